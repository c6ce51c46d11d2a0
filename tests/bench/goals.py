"""What is wanted of the figures that run.py measures, and whether they reach it."""
from sections import NETC_ALONE, NETC_INSIDE, TORCH, TORCH_LAST
from tables import row


def quotient(above, below):
    return above / below if above and below else None


# How a line of a section is looked at: what that is called, how it is printed, and a function of section and line.
TIMES_TORCH = "x PyTorch", "%.2f", lambda section, line: quotient(line.fastest(TORCH), line.fastest(NETC_ALONE))
TIMES_LAST = "x channels_last", "%.2f", lambda section, line: quotient(line.fastest(TORCH_LAST),
                                                                       line.fastest(NETC_ALONE))
TIMES_BEST = "x its best", "%.2f", lambda section, line: quotient(line.best_of_torch(), line.fastest(NETC_ALONE))
INSIDE = "in process : standalone", "%.2f", lambda section, line: quotient(line.fastest(NETC_INSIDE),
                                                                           line.fastest(NETC_ALONE))
THREADS = "x one thread", "%.2f", lambda section, line: quotient(
    section.line(line.label, 1).fastest(NETC_ALONE), line.fastest(NETC_ALONE))
PEAK = "% of the peak", "%.0f", lambda section, line: section.share_of_peak(line)
MICROSECONDS = "us", "%.0f", lambda section, line: 1e3 * line.fastest(NETC_ALONE)

LEAST, MOST = ">=", "<="

# What a section is called here; the lines of the others say it themselves.
CALLED = {"main": "main job, ", "lenet": "LeNet, ", "mlp": "MLP, ", "resnet": "ResNet-18 at 32x32, ",
          "stacks": "3x3 layer, ", "norms": "3x3 layer with batch norm, ", "inference": "inference of the main job, "}

# Section, lines (None: all of them), threads, how they are looked at, and the bound.
OF_LINES = [
    ("main", ["batch 64"], (2,), TIMES_TORCH, LEAST, 4.0),
    ("main", ["batch 64"], (2,), TIMES_BEST, LEAST, 3.0),
    ("main", ["batch 64"], (2,), PEAK, LEAST, 170),
    ("main", ["batch 64"], (2,), THREADS, LEAST, 1.9),
    ("main", ["batch 64"], (2,), INSIDE, MOST, 1.05),
    ("main", ["batch 64, precision exact"], (2,), TIMES_TORCH, LEAST, 3.0),
    ("main", ["batch 64, precision exact"], (2,), TIMES_BEST, LEAST, 2.3),
    ("lenet", None, (1, 2), TIMES_BEST, LEAST, 3),
    ("lenet", None, (1, 2), INSIDE, MOST, 1.05),
    ("mlp", None, (1, 2), TIMES_BEST, LEAST, 2),
    ("mlp", ["batch 64"], (1, 2), PEAK, LEAST, 92),
    ("resnet", None, (2,), TIMES_BEST, LEAST, 3),
    ("resnet", None, (2,), PEAK, LEAST, 200),
    ("stacks", None, (1, 2), TIMES_LAST, LEAST, 2.5),
    ("norms", None, (1, 2), TIMES_LAST, LEAST, 3.5),
    ("inference", ["batch 1"], (1,), MICROSECONDS, MOST, 50),
    ("inference", ["batch 1"], (1, 2), TIMES_BEST, LEAST, 2),
    ("deep", ["ResNet-50 at 224x224, batch 8"], (2,), TIMES_BEST, LEAST, 2.5),
    ("deep", ["ResNet-18 at 224x224, batch 8", "VGG16 at 224x224, batch 8"], (2,), TIMES_BEST, LEAST, 3),
    ("deep", ["MobileNetV2 at 224x224, batch 8"], (2,), TIMES_BEST, LEAST, 3),
    ("deep", ["ResNet-50 at 224x224, one picture"], (2,), TIMES_BEST, LEAST, 2.5),
    ("deep", ["ResNet-18 at 224x224, one picture", "VGG16 at 224x224, one picture"], (2,), TIMES_BEST, LEAST, 3),
    ("others", ["ResNet-18 at 32x32, batch 128"], (2,), TIMES_BEST, LEAST, 3),
    ("others", ["ResNet-18 at 32x32, batch 128"], (2,), PEAK, LEAST, 200),
    ("others", ["3x3 with a stride and batch norm", "7x7", "autoencoder, 4x4 and ConvTranspose2d at 128x128",
                "dilated 3x3", "3x3 in 32 groups with batch norm", "3x3 with GELU", "3x3 with GroupNorm and SiLU",
                "EmbeddingBag of 20000 words, SGD"], (2,), TIMES_BEST, LEAST, 2),
    ("others", ["Conv1d"], (2,), TIMES_BEST, LEAST, 3),
    ("others", ["MLP 1024-4096-4096-10, batch 256, SGD", "the same with Adam"], (1, 2), PEAK, LEAST, 92),
]

# The name of a number that is measured by itself, what it is, and the bound.
OF_NUMBERS = [
    ("epoch", "an epoch of CIFAR-10, x the tutorials' script", "%.2f", LEAST, 5),
    ("memory", "peak memory beside the data, MB", "%.1f", MOST, 16),
    ("build", "`netc build` of the main job, s", "%.2f", MOST, 1.5),
    ("own", "netc's own part of it, ms", "%.0f", MOST, 20),
    ("first step", "`netc run`: the first step, ms after the command", "%.0f", MOST, 20),
    ("plan resnet50_224 8", "the plan's ideal speed-up on 16 threads: ResNet-50 at batch 8", "%.1f", LEAST, 12),
    ("plan vgg16_224 1", "the same of VGG16 with one picture", "%.1f", LEAST, 12),
    ("plan cifar10 64", "the same of the main job at batch 64", "%.1f", LEAST, 14),
    ("plan cifar10 1", "the same of the main job at batch 1", "%.1f", LEAST, 6),
]


def cells(what, shape, sign, bound, value):
    reached = value >= bound if sign == LEAST else value <= bound
    return row([what, "%s %g" % (sign, bound), shape % value, "yes" if reached else "no"])


def of_lines(sections):
    for name, labels, counts, (called, shape, look), sign, bound in OF_LINES:
        section = sections.get(name)
        for line in section.lines if section else []:
            if (labels is None or line.label in labels) and line.threads in counts:
                value = look(section, line) if line.fastest(NETC_ALONE) else None
                if value is not None:
                    what = "%s%s, %d thread%s, %s" % (CALLED.get(name, ""), line.label, line.threads,
                                                      "s" * (line.threads > 1), called)
                    yield cells(what, shape, sign, bound, value)


def goals(sections, numbers):
    """The goals and what was reached, as far as it was measured."""
    found = [*of_lines(sections), *(cells(what, shape, sign, bound, numbers[name])
                                    for name, what, shape, sign, bound in OF_NUMBERS if name in numbers)]
    return found and "\n".join(["### Goals\n", row(["", "goal", "measured", "reached"]), "|---|---|---|---|"] + found +
                               [""])

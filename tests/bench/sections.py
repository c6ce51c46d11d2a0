"""What the bench measures of steps and forward passes: sections of lines; a line is one situation (a batch, a number of
threads), in which every contender is measured in turn."""
import os

from netc_side import NETC, Training, flop, forward, in_process, lacks
from support import done, run

NETC_ALONE, NETC_INSIDE = "netc", "netc in process"
TORCH, TORCH_LAST, TORCH_COMPILE, TORCH_FREEZE = ("PyTorch", "PyTorch channels_last", "torch.compile",
                                                  "torch.jit.freeze")
MODES = {TORCH: "default", TORCH_LAST: "channels_last", TORCH_COMPILE: "compile", TORCH_FREEZE: "freeze"}


class Line:
    def __init__(self, label, threads, work, measures):
        self.label, self.threads, self.work = label, threads, work  # work: FLOP
        self.measures = measures                   # contender: function that gives milliseconds, or None
        self.found = {who: [] for who in measures}

    def fastest(self, who):
        return min(self.found[who]) if self.found.get(who) else None

    def best_of_torch(self):
        return min((value for value in map(self.fastest, MODES) if value), default=None)


class Section:
    def __init__(self, name, title, lines, missing=None):
        self.name, self.title, self.lines = name, title, lines
        self.missing = missing                     # why there is nothing to measure
        self.peaks = {1: [], 2: []}
        self.shared = False                        # a round was kept in which others worked, or threads shared a core

    def line(self, label, threads):
        return next((line for line in self.lines if line.label == label and line.threads == threads), None)

    def share_of_peak(self, line):
        """Percent of the peak of as many threads, by the arithmetic of the definition."""
        mine, peaks = line.fastest(NETC_ALONE), self.peaks[line.threads]
        return 100 * line.work / mine / 1e6 / max(peaks) if mine and peaks else None


class Bench:
    """What sections are made with."""

    def __init__(self, programs, torch, options):
        self.programs, self.torch, self.options = programs, torch, options
        self.trainings = {}

    def step(self, command, work):
        """The function that measures a training step; the training is started when it is first measured."""
        key = tuple(command)

        def measure():
            if key not in self.trainings:
                self.trainings[key] = Training(command, work, self.programs.folder)
            return self.trainings[key].step(self.options.seconds)
        return measure

    def alone(self, name, batch, threads, exact=False):
        work = flop(name) * batch
        trainer = self.programs.path(name, batch, exact)
        return self.step([trainer, "--threads", str(threads)], work)

    def inside(self, name, batch, threads):
        return self.step([*in_process(name, batch), "--threads", str(threads)], flop(name) * batch)

    def ask(self, job, name, mode, batch, threads):
        return lambda: self.torch.ask(job=job, model=name, mode=mode, batch=batch, threads=threads,
                                      seconds=self.options.seconds)

    def torch_steps(self, name, batch, threads, images=True):
        """torch.compile takes long to compile, and has little to say of what are calls of convolutions: it is asked
        for one batch of each model but the stacks, and for all batches of small ones."""
        who = [TORCH, TORCH_LAST] if images else [TORCH]
        if name in ("lenet", "mlp") or (name, batch) == ("cifar10", 64):
            who.append(TORCH_COMPILE)
        return {mode: self.ask("step", name, MODES[mode], batch, threads) for mode in who}

    def end(self):
        for training in self.trainings.values():
            training.end()


def both(label_of, make, batches):
    return [make(label_of(batch), batch, threads) for batch in batches for threads in (1, 2)]


def steps(bench, name, title, batches, images=True):
    def make(label, batch, threads):
        return Line(label, threads, flop(name) * batch,
                    {NETC_ALONE: bench.alone(name, batch, threads), NETC_INSIDE: bench.inside(name, batch, threads),
                     **bench.torch_steps(name, batch, threads, images)})
    return Section(name, title, both("batch {}".format, make, batches))


def main_job(bench):
    quick = bench.options.quick
    section = steps(bench, "cifar10", "The main job: a training step of the model of samples/cifar10.net",
                    (64,) if quick else (1, 16, 64, 256))
    for threads in (1, 2):
        like = section.line("batch 64", threads)
        exact = Line("batch 64, precision exact", threads, like.work,
                     {NETC_ALONE: bench.alone("cifar10", 64, threads, exact=True)})
        exact.found.update({who: like.found[who] for who in MODES if who in like.found})  # PyTorch is as it was
        section.lines.insert(section.lines.index(section.line("batch 64", 2)) + threads, exact)
    section.name = "main"
    return section


def lenet(bench):
    return steps(bench, "lenet", "LeNet at 1x28x28: a training step", (64,) if bench.options.quick else (1, 16, 64))


def mlp(bench):
    return steps(bench, "mlp", "An MLP, 784-512-512-10 with ReLU: a training step",
                 (64,) if bench.options.quick else (1, 16, 64), images=False)


def resnet(bench):
    return steps(bench, "resnet18", "ResNet-18 at 3x32x32: a training step", (16,))


# Model of models/, what it is called, the batch, and the threads.
DEEP = [
    ("resnet50_224", "ResNet-50 at 224x224, batch 8", 8, (2,)),
    ("library/resnet18_224", "ResNet-18 at 224x224, batch 8", 8, (2,)),
    ("vgg16_224", "VGG16 at 224x224, batch 8", 8, (2,)),
    ("mobilenet_v2_224", "MobileNetV2 at 224x224, batch 8", 8, (2,)),
    ("resnet50_224", "ResNet-50 at 224x224, one picture", 1, (2,)),
    ("library/resnet18_224", "ResNet-18 at 224x224, one picture", 1, (2,)),
    ("vgg16_224", "VGG16 at 224x224, one picture", 1, (2,)),
]
OTHERS = [
    ("resnet18", "ResNet-18 at 32x32, batch 128", 128, (2,)),
    ("strided", "3x3 with a stride and batch norm", 16, (1, 2)),
    ("windows7", "7x7", 16, (1, 2)),
    ("autoencoder", "autoencoder, 4x4 and ConvTranspose2d at 128x128", 16, (1, 2)),
    ("dilated", "dilated 3x3", 16, (1, 2)),
    ("grouped", "3x3 in 32 groups with batch norm", 64, (1, 2)),
    ("gelu", "3x3 with GELU", 64, (1, 2)),
    ("group_norm", "3x3 with GroupNorm and SiLU", 64, (1, 2)),
    ("sequences", "Conv1d", 64, (1, 2)),
    ("tokens", "EmbeddingBag of 20000 words, SGD", 64, (1, 2)),
    ("wide_mlp_sgd", "MLP 1024-4096-4096-10, batch 256, SGD", 256, (1, 2)),
    ("wide_mlp_adam", "the same with Adam", 256, (1, 2)),
]


def networks(bench, name, title, rows):
    """Training steps of networks that take long, or that nobody tuned for."""
    lines = [Line(label, threads, flop(model) * batch,
                  {NETC_ALONE: bench.alone(model, batch, threads),
                   **bench.torch_steps(model, batch, threads, not model.startswith(("wide_mlp", "tokens")))})
             for model, label, batch, counts in rows for threads in counts]
    return Section(name, title, lines)


def stacks(bench, norm=False):
    """A layer alone is half of the difference between models with three and with one of them: its forward pass, both of
    its gradients, its ReLU's and its update."""
    kind, batch, lines = "norm" if norm else "stack", 64, []
    title = "VGG's 3x3 layers%s, batch 64: what one layer adds to a training step" % (
        " with batch norm" if norm else "")
    missing = lacks(kind + "64_1")
    if missing:
        return Section(kind + "s", title, [], "netc says: " + missing)

    def half(deep, shallow):
        def measure():
            values = deep(), shallow()
            return (values[0] - values[1]) / 2 if None not in values else None
        return measure

    for channels, side in ((64, 32), (128, 16)):
        deep, shallow = ("%s%d_%d" % (kind, channels, layers) for layers in (3, 1))
        for threads in (1, 2):
            first, second = (bench.torch_steps(name, batch, threads) for name in (deep, shallow))
            measures = {NETC_ALONE: half(bench.alone(deep, batch, threads), bench.alone(shallow, batch, threads)),
                        **{who: half(first[who], second[who]) for who in first}}
            lines.append(Line("%d to %d at %dx%d" % (channels, channels, side, side), threads,
                              (flop(deep) - flop(shallow)) / 2 * batch, measures))
    return Section(kind + "s", title, lines)


def inference(bench):
    title = "Inference: the forward pass of the main job's model, milliseconds a batch"
    data = os.environ.get("NETC_DATA")
    if not data:
        return Section("inference", title, [], "netc is measured by `test` over CIFAR-10: set NETC_DATA")
    folder = bench.programs.folder
    parameters = os.path.join(folder, "tudui_0.pth")
    lines = []
    for batch in (1, 64):
        trainer = bench.programs.path("cifar10_test", batch, test_batch=batch)
        inside = [NETC, "run", bench.programs.source("cifar10_test", test_batch=batch), "--batch-size", str(batch)]
        if not os.path.exists(parameters):
            done(run(trainer, "--data", data, "--max-steps", 1, "--quiet", cwd=folder))
        for threads in (1, 2):
            def alone(trainer=trainer, batch=batch, threads=threads):
                return forward([trainer], batch, threads, data, parameters, folder)

            def within(inside=inside, batch=batch, threads=threads):
                return forward(inside, batch, threads, data, parameters, folder)
            lines.append(Line("batch %d" % batch, threads, forward_flop() * batch, {
                NETC_ALONE: alone, NETC_INSIDE: within,
                **{who: bench.ask("infer", "cifar10", mode, batch, threads) for who, mode in MODES.items()}}))
    return Section("inference", title, lines)


def forward_flop():
    """Of a sample: layer by layer, multiplications and additions."""
    return 2 * (32 * 1024 * 75 + 32 * 256 * 800 + 64 * 64 * 800 + 1024 * 64 + 64 * 10)


SECTIONS = {"main": main_job, "lenet": lenet, "mlp": mlp, "resnet": resnet, "stacks": stacks,
            "norms": lambda bench: stacks(bench, norm=True), "inference": inference,
            "deep": lambda bench: networks(bench, "deep", "Deep networks: a training step", DEEP),
            "others": lambda bench: networks(bench, "others", "Networks that nobody tuned for: a training step",
                                             OTHERS)}
SLOW = ["deep", "others"]  # minutes, or steps of seconds: measured when they are named

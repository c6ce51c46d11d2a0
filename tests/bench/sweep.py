#!/usr/bin/env python3
"""The sweep: every layer shape of well-known networks, forward and in a training step, beside PyTorch.

    tests/bench/sweep.py [--networks resnet18,...] [--batches 1,16] [--seconds X] [--keep FILE]

A network is compiled as a whole; what its layers take is read from the profile of one thread. A unit is a convolution
or a linear layer with what netc computes together with it (a norm in evaluation, a ReLU, a pool); units of the same
shapes are one, with the mean of their times. PyTorch does the same operations one after the other (sweep_torch.py).
Both sides count the time that the thread had of a processor, so that others on the machine count less. netc's time of a
step has the packed weights and, where a gradient is made over the batch, the update in it; PyTorch's has not. --keep
FILE has what was measured before, and gets what is measured now.

Environment: NETC; NETC_ORACLE, a Python with torch; CC."""
import argparse
import collections
import json
import math
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from peers import ORACLE  # noqa: E402
from support import done, folder, netc, run, write  # noqa: E402

STEPS = {1: 6, 16: 2}     # that are measured, by batch, behind a first one
BATCHES = {1: 12, 16: 3}  # that a forward pass takes
SHORTEST = 0.002          # ms: a profile tells no less
TRAIN, FORWARD = "a training step", "forward"

LIBRARY = """import "%s"
model Net = %s(num_classes=10)
"""
PICTURES = """data pictures = Shapes(train=False, size=%d) { ToTensor() }
data few = Subset(pictures, range(%d))
"""
TRAIN_BLOCK = """train Net {
    seed 0
    data few, batch_size=%d
    test few, batch_size=%d
    loss CrossEntropyLoss()
    optimizer SGD(lr=1e-3)
    save "net.safetensors"
}
"""
WORDS, LENGTH = 5000, 64  # of the classifier of texts


def on_pictures(model, size):
    return lambda path, count: model + PICTURES % (size, count)


def on_words(model):
    def text(path, count):
        lines = [",".join([*("w%d" % k for k in range(LENGTH)), "y"])]
        for i in range(count):
            lines.append(",".join([*(str((31 * i + 7 * k * k) % WORDS) for k in range(LENGTH)), str(i % 10)]))
        write(path, "words.csv", "\n".join(lines) + "\n")
        return model + 'data few = CSV("words.csv", target="y")\n'
    return text


UNET = """block Twice(channels) {
    Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU()
    Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU()
}
model Net(3, 128, 128) {
    Twice(32)
    Concat { { }, { MaxPool2d(2), Twice(64)
        Concat { { }, { MaxPool2d(2), Twice(128)
            Concat { { }, { MaxPool2d(2), Twice(256), ConvTranspose2d(_, 128, 2, stride=2) } }
            Twice(128), ConvTranspose2d(_, 64, 2, stride=2) } }
        Twice(64), ConvTranspose2d(_, 32, 2, stride=2) } }
    Twice(32), Conv2d(_, 10, 1), AdaptiveAvgPool2d(1), Flatten()
}
"""
DCGAN = """model Net(3, 64, 64) { # the discriminator, and behind it the generator
    Conv2d(3, 64, 4, 2, 1, bias=False), LeakyReLU(0.2)
    Conv2d(_, 128, 4, 2, 1, bias=False), BatchNorm2d(_), LeakyReLU(0.2)
    Conv2d(_, 256, 4, 2, 1, bias=False), BatchNorm2d(_), LeakyReLU(0.2)
    Conv2d(_, 512, 4, 2, 1, bias=False), BatchNorm2d(_), LeakyReLU(0.2)
    Conv2d(_, 100, 4, 1, 0, bias=False)
    ConvTranspose2d(_, 512, 4, 1, 0, bias=False), BatchNorm2d(_), ReLU()
    ConvTranspose2d(_, 256, 4, 2, 1, bias=False), BatchNorm2d(_), ReLU()
    ConvTranspose2d(_, 128, 4, 2, 1, bias=False), BatchNorm2d(_), ReLU()
    ConvTranspose2d(_, 64, 4, 2, 1, bias=False), BatchNorm2d(_), ReLU()
    ConvTranspose2d(_, 3, 4, 2, 1, bias=False), Tanh()
    AdaptiveAvgPool2d(1), Flatten(), Linear(_, 10)
}
"""
TEXTCNN = """model Net(%d, tokens=%d) {
    Embedding(%d, 128), Permute((0, 2, 1))
    Concat {
        { Conv1d(128, 100, 3), ReLU(), AdaptiveMaxPool1d(1) }
        { Conv1d(128, 100, 4), ReLU(), AdaptiveMaxPool1d(1) }
        { Conv1d(128, 100, 5), ReLU(), AdaptiveMaxPool1d(1) }
    }
    Flatten(), Linear(_, 10)
}
""" % (LENGTH, WORDS, WORDS)

NETWORKS = {name: on_pictures(LIBRARY % (name, name), 224) for name in
            ("resnet18", "resnet50", "vgg16", "mobilenet_v2", "densenet121", "googlenet")}
NETWORKS["unet"] = on_pictures(UNET, 128)
NETWORKS["dcgan"] = on_pictures(DCGAN, 64)
NETWORKS["textcnn"] = on_words(TEXTCNN)


# ---- The layers' operations ------------------------------------------------------------------------------------------

VALUE = re.compile(r"%(\d+) \S+ : f32 \[([\d,N]*)\]")
LINE = re.compile(r"^(?P<values>%.*?) = (?P<kind>\w+)(?P<rest>.*?) *# (?P<layer>.*), line \d+$")
PRODUCTS = ("conv2d", "conv_transpose2d", "linear")
MEASURED = (*PRODUCTS, "norm", "relu", "activation", "add", "max_pool2d")


def pair(rest, name, default):
    match = re.search(name + r"=(\d+)(?:x(\d+))?", rest)
    return [int(match[1]), int(match[2] or match[1])] if match else [default, default]


def operations(graph):
    """{layer: [operation]}, as sweep_torch.py takes them; None for one that it does not measure."""
    shapes, layers = {}, collections.defaultdict(list)
    for text in graph.splitlines():
        line = LINE.match(text)
        for number, dims in VALUE.findall(line["values"] if line else text.split(" = ")[0]):
            shapes[int(number)] = [int(d) for d in dims.split(",") if d not in ("N", "")]
        if not line or line["kind"] in ("parameter", "moments", "batch_statistics", "dropout", "reshape"):
            continue
        inputs = [int(number) for number in re.findall(r"%(\d+)", line["rest"])]
        kind, rest = line["kind"], line["rest"]
        op = None
        if kind in MEASURED:
            op = {"kind": kind, "shape": shapes[inputs[0]], "first": inputs[0] == 0, "kernel": pair(rest, "kernel", 1),
                  "stride": pair(rest, "stride", 1), "padding": pair(rest, "padding", 0),
                  "dilation": pair(rest, "dilation", 1), "groups": pair(rest, "groups", 1)[0],
                  "ceil_mode": "ceil_mode" in rest}
            if kind in PRODUCTS:
                op["weight"] = shapes[inputs[1]]
            if kind != "linear" and len(op["shape"]) == 2:  # a sequence is an image of one row
                op["shape"] = [op["shape"][0], 1, op["shape"][1]]
                op["weight"] = [*op["weight"][:2], 1, op["weight"][2]] if kind in PRODUCTS else None
            if kind == "activation":
                op["name"] = re.search(r"[a-z_]+", re.sub(r"%\d+", "", rest))[0]
        layers[line["layer"]].append(op)
    return layers


# ---- netc's side -----------------------------------------------------------------------------------------------------

ROW = re.compile(r"^ *([\d.]+) +[\d.]+ % .*? (?:forward|backward|update|input) +\S+ +\d+  \S+  (.*)$")
PATH = re.compile(r"(?:^|, )([\w.]+): ")


def profile(trainer, path, clock, *words):
    """[(layers, ms of a step)] of the rows that are about layers."""
    result = run(trainer, *words, "--threads", 1, "--quiet", cwd=path, env={"LD_PRELOAD": clock})
    assert result.code == 0, result.err
    rows = []
    for line in result.out.splitlines():
        match = ROW.match(line)
        paths = PATH.findall(match[2]) if match else []
        if paths:
            rows.append((tuple(paths), float(match[1])))
    assert rows, result.out
    return rows


def steady(trainer, path, clock, steps):
    """Of a training step behind the first one."""
    first, all_of_them = (collections.Counter(), collections.Counter())
    for rows, to in ((profile(trainer, path, clock, "--max-steps", 1), first),
                     (profile(trainer, path, clock, "--max-steps", steps + 1), all_of_them)):
        for paths, ms in rows:
            to[paths] += ms
    return [(paths, ((steps + 1) * ms - first[paths]) / steps) for paths, ms in all_of_them.items()]


def units(rows):
    """[(layers, ms)]: layers that are in one row are in one unit."""
    unit = {}
    for paths, _ in rows:
        together = set(paths).union(*(unit.get(path, ()) for path in paths))
        for path in together:
            unit[path] = together
    times = collections.Counter()
    for paths, ms in rows:
        times[frozenset(unit[paths[0]])] += ms
    return times.items()


def measure_network(name, batch, path, clock):
    """{(what, operations as JSON): ms} of the units with products."""
    count = BATCHES[batch] * batch
    text = NETWORKS[name](path, count) + TRAIN_BLOCK % (batch, batch)
    write(path, "net.net", text)
    layers = operations(done(netc("check", "--dump=graph", "net.net", cwd=path)).out)
    done(netc("build", "--profile", "net.net", "-o", "trainer", cwd=path))
    trainer = os.path.join(path, "trainer")
    times = collections.defaultdict(list)
    for what, rows in ((TRAIN, steady(trainer, path, clock, STEPS[batch])),
                       (FORWARD, profile(trainer, path, clock, "test", "--load", "net.safetensors"))):
        for unit, ms in units(rows):
            ops = [op for layer in sorted(unit) for op in layers[layer]]
            if None not in ops and any(op["kind"] in PRODUCTS for op in ops):
                times[what, json.dumps(ops)].append(ms)
    means = {key: sum(values) / len(values) for key, values in times.items()}
    return {key: ms for key, ms in means.items() if ms >= SHORTEST}


# ---- Both ------------------------------------------------------------------------------------------------------------

class Torch:
    def __init__(self, seconds):
        self.seconds = seconds
        self.process = subprocess.Popen([ORACLE, os.path.join(HERE, "sweep_torch.py")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.version = json.loads(self.process.stdout.readline())["version"]

    def measure(self, ops, batch, train):
        request = {"ops": ops, "batch": batch, "train": train, "seconds": self.seconds}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["ms"]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def shape_of(ops):
    """What a unit is, in a few words: "conv2d 64x56x56 to 64, 3x3, stride 2, norm, relu"."""
    words = []
    for op in ops:
        if op["kind"] not in PRODUCTS:
            words.append(op.get("name", op["kind"]))
            continue
        outs = op["weight"][1] * op["groups"] if op["kind"] == "conv_transpose2d" else op["weight"][0]
        words.append("%s %s to %d" % (op["kind"], "x".join(map(str, op["shape"])), outs))
        if op["kind"] != "linear":
            words.append("x".join(map(str, op["kernel"])))
            words += ["stride %d" % op["stride"][0]] * (op["stride"][0] > 1) + ["depthwise"] * (op["groups"] > 1)
    return ", ".join(words)


def report(found, version):
    table = ["|  | shapes | geometric mean | worst | below 1.3 |", "|---|---|---|---|---|"]
    slow, every = [], collections.defaultdict(list)
    for (name, batch, what), pairs in sorted(found.items()):
        ratios = sorted((torch / ours, shape_of(json.loads(ops)), ours) for ops, (ours, torch) in pairs.items())
        every[batch, what] += [ratio for ratio, _, _ in ratios]
        every["all", "all"] += [ratio for ratio, _, _ in ratios]
        table.append(table_row("%s, batch %d, %s" % (name, batch, what), [ratio for ratio, _, _ in ratios]))
        slow += [(ratio, "%s, batch %d, %s: %s (%.3f ms)" % (name, batch, what, shape, ours))
                 for ratio, shape, ours in ratios if ratio < 1.3]
    for (batch, what), ratios in sorted(every.items(), key=str):
        table.append(table_row("**all**" if batch == "all" else "all, batch %d, %s" % (batch, what), ratios))
    print("PyTorch %s's time over netc's, one thread each:\n\n%s\n\nBelow 1.3:\n" % (version, "\n".join(table)))
    for ratio, text in sorted(slow):
        print("- %.2f: %s" % (ratio, text))


def table_row(title, ratios):
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    return "| %s | %d | %.2f | %.2f | %d |" % (title, len(ratios), mean, min(ratios), sum(r < 1.3 for r in ratios))


def arguments():
    parser = argparse.ArgumentParser(description="every layer shape of some networks, beside PyTorch")
    parser.add_argument("--networks", default=",".join(NETWORKS), help="of: %(default)s")
    parser.add_argument("--batches", default="1,16", help="of: %(default)s")
    parser.add_argument("--seconds", type=float, default=0.1, help="for an operation of PyTorch's, at least")
    parser.add_argument("--keep", help="a file with what was measured; what is in it is not measured again")
    options = parser.parse_args()
    options.networks = options.networks.split(",")
    options.batches = [int(batch) for batch in options.batches.split(",")]
    unknown = [name for name in options.networks if name not in NETWORKS]
    if unknown:
        parser.error("there is no network %s; there are %s" % (unknown[0], ", ".join(NETWORKS)))
    return options


def kept(name):
    if not name or not os.path.exists(name):
        return {}
    with open(name, encoding="utf-8") as file:
        return {tuple(key): value for key, value in json.load(file)}


def keep(name, found):
    if name:
        with open(name, "w", encoding="utf-8") as file:
            json.dump([[list(key), value] for key, value in found.items()], file)


def main():
    options = arguments()
    found, torch = kept(options.keep), Torch(options.seconds)
    with folder() as path:
        clock = os.path.join(path, "thread_clock.so")
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", os.path.join(HERE, "thread_clock.c"),
                        "-o", clock], check=True)
        for name in options.networks:
            for batch in options.batches:
                if (name, batch, TRAIN) in found:
                    continue
                now = collections.defaultdict(dict)
                for (what, ops), ms in measure_network(name, batch, path, clock).items():
                    now[name, batch, what][ops] = [ms, torch.measure(json.loads(ops), batch, what == TRAIN)]
                found.update(now)
                keep(options.keep, found)
                print("%s, batch %d" % (name, batch), file=sys.stderr, flush=True)
    torch.end()
    report(found, torch.version)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Libraries in integers (netc build --library NAME --plain --int8 DATA): every integer is what int8_reference.py makes
of the same parameters and the same scales, by each compiler and on other processors."""
import json
import math
import os
import random
import re
import shutil
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "parity"))
import items  # noqa: E402
from int8_reference import Integers, Reals, parameters  # noqa: E402
from support import Skip, compilers, done, folder, main, netc, read, run, write  # noqa: E402

STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
SAMPLES = 3
RELU, RELU6 = (0.0, math.inf), (0.0, 6.0)

# Integers of the samples in a file of floats, and what becomes of them by both functions.
PROGRAM = """
#include "lib.h"
#include <math.h>
#include <stdio.h>

static float x[lib_INPUTS], y[lib_OUTPUTS], arena[lib_ARENA_BYTES / sizeof(float)];
static int8_t qx[lib_INPUTS], qy[lib_OUTPUTS];
static float memory[lib_SELF_TEST_BYTES / sizeof(float)];

int main(int argc, char **argv)
{
    FILE *file = fopen(argv[argc - 1], "rb");
    if (file == NULL || lib_self_test(memory) != lib_DONE)
        return 3;
    if (lib_predict_int8(qx, NULL, arena) != lib_NO_POINTER)
        return 4;
    while (fread(x, sizeof x, 1, file) == 1) {
        for (int i = 0; i < lib_INPUTS; i++) {
            long q = lib_INPUT_ZERO + lroundf(x[i] / lib_INPUT_SCALE);
            qx[i] = (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
        }
        if (lib_predict(x, y, arena) != lib_DONE || lib_predict_int8(qx, qy, arena) != lib_DONE)
            return 5;
        for (int i = 0; i < lib_OUTPUTS; i++)
            printf("%d %.9g\\n", qy[i], (double)y[i]);
    }
    return fclose(file);
}
"""

# Each layer that there is, in the ways that it is computed: what a window has of padding and where it is cut, groups,
# a channel each, columns apart, a norm in front and alone, sums, tables, both sorts of means.
NET = """block Squeeze(channels) {
    pool: AdaptiveAvgPool2d(1)
    fc1: Conv2d(channels, 2, 1)
    relu: ReLU()
    fc2: Conv2d(2, channels, 1)
    gate: Sigmoid()
    forward { multiply { pool, fc1, relu, fc2, gate } }
}
model M(3, 9, 11) {
    conv: Conv2d(3, 6, 3, stride=(2, 1), padding=(1, 2))
    bn: BatchNorm2d(6)
    act: ReLU6()
    pool: MaxPool2d(3, 2, padding=1)
    pad: ZeroPad2d((1, 0, 2, 1))
    depth: Conv2d(6, 6, 3, padding=1, groups=6, bias=False)
    hard: Hardswish()
    alone: BatchNorm2d(6)
    act2: ReLU()
    group: Conv2d(6, 8, 3, padding=2, dilation=2, groups=2)
    res: Residual {
        c1: Conv2d(8, 8, (1, 3), padding=(0, 1))
        lrelu: LeakyReLU(0.1)
    }
    act3: ReLU()
    squeeze: Squeeze(8)
    cat: Concat {
        one: { a: AvgPool2d(3, 1, padding=1, count_include_pad=False) }
        two: { b: Conv2d(8, 3, 1), c: Tanh() }
        three: { d: AvgPool2d(3, 1, padding=1) }
    }
    prelu: PReLU()
    mean: AdaptiveAvgPool2d((2, 3))
    drop: Dropout(0.5)
    flat: Flatten()
    fc: Linear(114, 5)
}
"""


def hardswish(t):
    return 0.0 if t <= -3 else t if t >= 3 else t * (t + 3) / 6


def net(k, x):
    x = k.conv("relu6_act", k.input(x, (3, 9, 11)), "conv", (2, 1), (1, 2), norm="bn", cut=RELU6)
    x = k.max_pool("maxpool2d_pool", x, 3, 2, 1)
    x = k.pad("zeropad2d_pad", x, 1, 0, 2, 1, 0.0)
    x = k.conv("conv2d_depth", x, "depth", 1, 1, groups=6)
    x = k.table("hardswish_hard", x, hardswish)
    x = k.conv("relu_act2", x, None, norm="alone", cut=RELU)
    x = k.conv("conv2d_group", x, "group", 1, 2, 2, groups=2)
    y = k.conv("conv2d_res_c1", x, "res.c1", 1, (0, 1))
    y = k.table("leakyrelu_res_lrelu", y, lambda t: t if t > 0 else 0.1 * t)
    x = k.add("relu_act3", y, x, RELU)
    y = k.adaptive_avg_pool("adaptiveavgpool2d_squeeze_pool", x, 1, 1)
    y = k.conv("relu_squeeze_relu", y, "squeeze.fc1", cut=RELU)
    y = k.conv("conv2d_squeeze_fc2", y, "squeeze.fc2")
    y = k.table("sigmoid_squeeze_gate", y, lambda t: 1 / (1 + math.exp(-t)))
    x = k.multiply("multiply_squeeze_multiply", x, y)
    parts = [k.avg_pool("avgpool2d_cat_one_a", x, 3, 1, 1, include_pad=False),
             k.table("tanh_cat_two_c", k.conv("conv2d_cat_two_b", x, "cat.two.b"), math.tanh),
             k.avg_pool("avgpool2d_cat_three_d", x, 3, 1, 1)]
    x = k.concat("concat_cat", parts)
    slope = k.numbers("prelu.weight")[0]
    x = k.table("prelu_prelu", x, lambda t: t if t > 0 else slope * t)
    x = k.adaptive_avg_pool("adaptiveavgpool2d_mean", x, 2, 3)
    return k.linear("linear_fc", k.flatten(x), "fc")


# A sequence, whose images are rows; a pool of windows apart, and a softmax that is made in float.
ROWS = """model M(2, 12) {
    a: Conv1d(2, 4, 3, padding=1)
    bn: BatchNorm1d(4)
    act: Hardtanh(-0.5, 0.75)
    b: MaxPool1d(2, 2, dilation=3)
    c: Conv1d(4, 4, 3, dilation=2, groups=4)
    d: AdaptiveMaxPool1d(2)
    flat: Flatten()
    e: Linear(8, 3)
    end: Softmax(1)
}
"""
# A linear layer alone, whose parameters the test makes up.
LINEAR = "model M(4) { fc: Linear(4, 5) }\n"
# A model that learns something in a moment.
LEARNS = """model M(1, 16, 16) {
    Conv2d(1, 8, 3, padding=1), BatchNorm2d(8), ReLU(), MaxPool2d(2)
    Conv2d(8, 16, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(256, 10)
}
data shown = Shapes(train=True, size=16, channels=1) { ToTensor() }
data unseen = Shapes(train=False, size=16, channels=1) { ToTensor() }
train M {
    seed 1
    data shown, batch_size=64
    test unseen, batch_size=250
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1)
    epochs 1
    save "m.pth"
}
"""


class Model:
    """A model with its parameters and some samples."""

    def __init__(self, path, text, shape, x=None, change=None):
        self.path, self.shape, r = path, shape, random.Random(5)
        write(path, "m.net", text + "\ndata rows = NPY(\"x.npy\", target=\"y.npy\")\ntrain M {\n    seed 1\n"
              "    data rows, batch_size=3\n    loss MSELoss()\n    optimizer SGD(lr=1e-4)\n    epochs 1\n"
              "    save \"m.safetensors\"\n}\n")
        described = done(netc("check", "--dump=model", "m.net", cwd=path)).out
        self.outputs = int(re.search(r"^model M \S+ -> (\d+)$", described, re.M)[1])
        size = items.size_of(shape)
        self.x = x or [single(r.gauss(0, 1)) for _ in range(SAMPLES * size)]
        self.samples = [self.x[i:i + size] for i in range(0, len(self.x), size)]
        items.npy(os.path.join(path, "x.npy"), [len(self.samples), *shape], self.x)
        items.npy(os.path.join(path, "y.npy"), [len(self.samples), self.outputs],
                  [0.0] * len(self.samples) * self.outputs)
        write(path, "x.raw", struct.pack("<%df" % len(self.x), *self.x))
        done(netc("run", "m.net", "--tier", "jit", cwd=path))
        if change:
            replace(os.path.join(path, "m.safetensors"), change)
        self.tensors = parameters(os.path.join(path, "m.safetensors"))
        self.said = done(netc("build", "m.net", "--library", "lib", "--plain", "--int8", "train", cwd=path)).out
        write(path, "main.c", PROGRAM)
        self.text = read(path, "lib.c").decode()
        self.scales = {name: (float(scale), int(zero)) for name, scale, zero in
                       re.findall(r"int8_t \*const (\w+) = .*scale (\S+), zero (-?\d+)", self.text)}

    def answers(self, compiler, *words, start=()):
        """The integers and the floats that a program gives which is compiled so."""
        done(run(compiler, *words, "main.c", "lib.c", "-o", "main", "-lm", cwd=self.path))
        lines = [line.split() for line in done(run(*start, "./main", "x.raw", cwd=self.path)).out.splitlines()]
        assert len(lines) == len(self.samples) * self.outputs
        return [int(line[0]) for line in lines], [float(line[1]) for line in lines]

    def expected(self, function):
        k = Integers(self.tensors, self.scales)
        return [number for x in self.samples for number in function(k, x).numbers]


def single(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def replace(path, change):
    """Puts other numbers into a file of parameters."""
    whole = read("", path)
    begin = 8 + struct.unpack("<Q", whole[:8])[0]
    head = json.loads(whole[8:begin])
    for name, numbers in change.items():
        first, end = (begin + offset for offset in head[name]["data_offsets"])
        whole = whole[:first] + struct.pack("<%df" % len(numbers), *numbers) + whole[end:]
        assert end - first == 4 * len(numbers), name
    write("", path, whole)


def cc():
    return compilers()[0][1]


def hold_scales(model, function):
    """Each scale is that of the least and the largest number that the model makes of the samples."""
    k = Reals(model.tensors)
    for x in model.samples:
        function(k, x)
    tied = {"concat_cat": ["avgpool2d_cat_one_a", "tanh_cat_two_c", "avgpool2d_cat_three_d"],
            "maxpool2d_pool": ["relu6_act", "zeropad2d_pad"]}
    for name, (low, high) in k.ranges.items():
        for one, others in tied.items():
            if name in [one, *others]:
                low, high = (choose(k.ranges[other][i] for other in [one, *others]) for i, choose in
                             enumerate((min, max)))
        scale, zero = model.scales[name]
        if high > low:
            assert abs(scale - (high - low) / 255) <= 1e-5 * scale, (name, scale, low, high)
            assert abs(zero - (-128 - low / scale)) <= 0.5001, (name, zero, low, scale)


def test_every_layer():
    with folder() as path:
        model = Model(path, NET, (3, 9, 11))
        hold_scales(model, net)
        expected = model.expected(net)
        assert len(set(expected)) > 8, expected
        scale, zero = model.scales["linear_fc"]
        for name, words in (("gcc", ["-std=c99", "-O3", "-march=native"]), ("clang", ["-std=c99", "-O2"]),
                            ("g++", ["-x", "c++", "-O1"]),
                            ("gcc", ["-std=c99", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"])):
            if not shutil.which(name):
                continue
            q, y = model.answers(name, *words, *STRICT)
            assert q == expected, (name, q, expected)
            assert [single(number) for number in y] == [single((number - zero) * single(scale)) for number in q], y
        assert re.search(r"^calibrated on 3 samples of rows$", model.said, re.M), model.said
        assert re.search(r"^outputs for 3 samples of rows: in int8 they are \d\.\d\d % ", model.said, re.M), model.said


def test_sequences():
    def rows(k, x):
        x = k.conv("hardtanh_act", k.input(x, (2, 1, 12)), "a", 1, (0, 1), norm="bn", cut=(-0.5, 0.75))
        x = k.max_pool("maxpool1d_b", x, (1, 2), (1, 2), 0, (1, 3))
        x = k.conv("conv1d_c", x, "c", 1, 0, (1, 2), groups=4)
        x = k.adaptive_max_pool("adaptivemaxpool1d_d", x, 1, 2)
        return k.linear("linear_e", k.flatten(x), "e")

    with folder() as path:
        model = Model(path, ROWS, (2, 12))
        q, y = model.answers(cc(), "-std=c99", "-O1", *STRICT)
        assert q == model.expected(rows), (q, model.expected(rows))
        scale, zero = model.scales["linear_e"]
        for i in range(0, len(q), 3):
            powers = [math.exp(scale * (number - zero)) for number in q[i:i + 3]]
            for a, b in zip(y[i:i + 3], powers):
                assert abs(a - b / sum(powers)) < 1e-6, (y, q)


def test_numbers_that_are_hard():
    """Weights that are all 0, with a bias and without; a bias that has no room beside its weights; weights so large
    that the sums are cut off; a sample of one size; inputs that are all one number, and negative zeros."""
    weight = [0.0] * 4 + [0.0] * 4 + [1e-30, -1e-30, 0, 1e-31] + [3e30, -3e30, 1e30, 0] + [0.25, -0.5, -0.0, 1.0]
    change = {"fc.weight": weight, "fc.bias": [3.5, 0.0, 1.25, -1.0, 0.0]}

    def linear(k, x):
        return k.linear("linear_fc", k.input(x, (4, 1, 1)), "fc")

    for x in ([0.5] * 4, [0.0] * 4, [-0.0] * 4, [-2.0] * 4, [1.0, 0.25, -3.0, 7.0, -1.0, 0.5, 0.25, 9.0]):
        x = [single(number) for number in x]
        with folder() as path:
            model = Model(path, LINEAR, (4,), x, change)
            q, _ = model.answers(cc(), "-std=c99", "-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all", *STRICT)
            assert q == model.expected(linear), (x, q, model.expected(linear))
            low, high = min(x + [0.0]), max(x + [0.0])
            for number, back in zip(x, model.expected(lambda k, x: k.input(x, (4, 1, 1)))):
                scale, zero = model.scales["input"]
                assert abs(scale * (back - zero) - number) <= (high - low) / 255 * 0.51, (x, number, back)


def test_other_processors():
    """AArch64 by qemu has the same bits; of Cortex-M cortex_test.py tells."""
    if not shutil.which("aarch64-linux-gnu-gcc") or not shutil.which("qemu-aarch64"):
        raise Skip("no aarch64-linux-gnu-gcc, or no qemu-aarch64")
    with folder() as path:
        model = Model(path, NET, (3, 9, 11))
        words = ["-std=c99", "-O2", *STRICT]
        assert model.answers("aarch64-linux-gnu-gcc", "-static", *words, start=["qemu-aarch64"]) == \
            model.answers(cc(), *words)


def test_accuracy():
    """Of a model that has learned, on data that netc draws: int8 is within a point of float."""
    with folder() as path:
        write(path, "m.net", LEARNS)
        done(netc("run", "m.net", "--epochs", 10, "--tier", "jit", cwd=path))
        for words in (["train:200"], ["test"]):
            said = done(netc("build", "m.net", "--library", "lib", "--plain", "--int8", *words, cwd=path)).out
            exact, integers, alike = re.search(r"accuracy on \d+ samples of \w+: (\S+) in float, (\S+) in int8; "
                                               r"(\S+) % of the answers are the same", said).groups()
            assert abs(float(exact) - float(integers)) <= 0.01 and float(exact) > 0.3, said
            assert float(alike) > 93, said


def test_what_is_refused():
    data = ("data rows = NPY(\"x.npy\", target=\"y.npy\")\ntrain M {\n    data rows, batch_size=3\n    loss MSELoss()\n"
            "    optimizer SGD(lr=1e-4)\n    epochs 1\n    save \"m.pth\"\n}\n")
    with folder() as path:
        for layers, words, code, said in (
                ("Linear(4, 2)", ["--int8", "train"], 2, "--int8 is a library of the plain form: say --plain too"),
                ("Linear(4, 2)", ["--plain", "--int8", "some"], 2, "--int8 expects train or test"),
                ("Linear(4, 2)", ["--plain", "--int8", "train:0"], 2, "--int8 expects train or test"),
                ("Linear(4, 2)", ["--plain", "--data", "d"], 2, "--data is for --int8"),
                ("LayerNorm(4)", ["--plain", "--int8", "train"], 1,
                 "m.net:2:5: error: an int8 library has nothing for this layer"),
                ("Softmax(1), Linear(4, 2)", ["--plain", "--int8", "train"], 1, "at the end of the model alone"),
                ("PReLU(4)", ["--plain", "--int8", "train"], 1, "PReLU with one slope alone")):
            write(path, "m.net", "model M(4) {\n    %s\n}\n%s" % (layers, data))
            result = netc("build", "m.net", "--library", "lib", *words, cwd=path)
            assert result.code == code and said in result.err, (layers, words, result.code, result.err)
            assert os.listdir(path) == ["m.net"], os.listdir(path)
        write(path, "m.net", "model M(4) {\n    Linear(4, 2)\n}\n")
        result = netc("build", "m.net", "--library", "lib", "--plain", "--int8", "train", cwd=path)
        assert result.code == 1 and "has none" in result.err, result.err


if __name__ == "__main__":
    main(globals())

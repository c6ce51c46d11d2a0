#!/usr/bin/env python3
"""Generated models, trained by netc and by PyTorch from the same seed on the same Shapes: losses, weights and
the evaluation compared.

    layers.py [--count N] [--first N] [--march M] [--write] [--keep FOLDER]

Live: NETC_ORACLE is a Python that has torch and numpy; without it the test is skipped. The first configurations are
chosen models, the others are generated; configuration N is always the same one. One in ten is also built by the C
compiler, which must give the same bits; with --march all are built for that processor instead. --write keeps small ones
as tests/cases/parity/*.net, with PyTorch's losses, for machines without it."""
import argparse
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from sequences import SEQUENCES  # noqa: E402
from structure import BRANCHED, JOINED, PADDED, RESHAPED, RESIZED, TRANSPOSED  # noqa: E402
from structure import add_residuals, model_text, parse, sequential  # noqa: E402
from support import NETC, ROOT, done, folder, losses, netc, run, tensors  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
CASES = os.path.join(ROOT, "tests", "cases", "parity")
STEPS = 10
BATCHES = (1, 2, 3, 5, 7, 8, 9, 13, 16, 17, 31, 33, 64, 65, 300, 900)
MOST_WORK = 6e7  # multiplications of a batch's forward pass
MOST_CASES = 25

ACTIVATIONS = [
    ("Sigmoid", [""]), ("Tanh", [""]), ("ReLU6", [""]), ("LeakyReLU", ["", "0.2"]), ("Hardtanh", ["", "-0.5, 0.7"]),
    ("ELU", ["", "0.5"]), ("SELU", [""]), ("CELU", ["0.5"]), ("GELU", ["", "'tanh'"]), ("SiLU", [""]), ("Mish", [""]),
    ("Hardswish", [""]), ("Hardsigmoid", [""]), ("Softplus", ["", "2, threshold=1"]), ("LogSigmoid", [""]),
    ("Softsign", [""]), ("Tanhshrink", [""]), ("Softshrink", ["0.1"]), ("Hardshrink", ["0.1"]),
    ("Threshold", ["0.1, 0", "-0.1, 0.2"]), ("PReLU", ["", "init=-0.3"]), ("Softmax", ["dim=1"]),
    ("LogSoftmax", ["dim=1"]),
]

# Many weights for few pixels: kernels over several samples.
HEAVY = [
    "MaxPool2d(4); Conv2d(3,80,2,stride=2); LeakyReLU(); Conv2d(80,160,(3,2),padding=1,bias=False); MaxPool2d(2); "
    "ReLU(); ConvTranspose2d(160,80,3,stride=2); BatchNorm2d(80); Residual { Conv2d(80,96,(2,3),padding=(1,1)); "
    "ReLU(); Conv2d(96,80,(2,3),padding=(0,1)) }; AdaptiveAvgPool2d(1); Flatten(); Linear(80,10)",
    "MaxPool2d(8); Conv2d(3,256,3,padding=1); ReLU(); Conv2d(256,512,3,padding=1); ReLU(); MaxPool2d(2); "
    "Conv2d(512,64,3,padding=1); ReLU(); Flatten(); Linear(256,10)",
    "MaxPool2d(4); Conv2d(3,80,3); ReLU(); Conv2d(80,96,(3,4),padding=1); ReLU(); MaxPool2d(2); "
    "Conv2d(96,112,3,stride=2,padding=1); Conv2d(112,80,(2,4),padding=(1,2),bias=False); BatchNorm2d(80); ReLU(); "
    "Conv2d(80,1024,1); Flatten(); Linear(6144,10)",
    "MaxPool2d(4); Conv2d(3,80,2,stride=2); ReLU(); Conv2d(80,160,(3,2),padding=1,bias=False); MaxPool2d(2); "
    "ReLU(); ConvTranspose2d(160,80,3,stride=2); BatchNorm2d(80); Residual { Conv2d(80,96,(2,3),padding=(1,1)); "
    "ReLU(); Conv2d(96,80,(2,3),padding=(0,1)) }; AdaptiveAvgPool2d(1); Flatten(); Linear(80,10)",
]

# What has been wrong or is likely to be: one model a line.
CHOSEN = [
    "Flatten(); Linear(3072, 10)",
    "ReLU(); Flatten(); Linear(3072, 10)",
    "Dropout(0.5); Flatten(); Linear(3072, 10)",
    "Dropout(1.0); Flatten(); Linear(3072, 10)",
    "Conv2d(3,8,5); Dropout(1.0); ReLU(); MaxPool2d(2); Flatten(); Linear(1568, 10)",
    "Conv2d(3,1,3); Flatten(); Linear(900, 10)",
    "Conv2d(3,17,3); MaxPool2d(3); Conv2d(17,17,3); ReLU(); MaxPool2d(8); Flatten(); Linear(17, 10)",
    "Conv2d(3,17,32); Flatten(); Linear(17, 10)",
    "Conv2d(3,10,32); Flatten()",
    "Conv2d(3,10,32); ReLU(); Flatten()",
    "Conv2d(3,10,32); Dropout(0.2); Flatten()",
    "Conv2d(3,16,32); Conv2d(16,33,1); ReLU(); Conv2d(33,20,3,padding=1); MaxPool2d(1); Flatten(); Linear(20, 10)",
    "MaxPool2d(32); Conv2d(3,5,1); Flatten(); Linear(5, 10)",
    "MaxPool2d(31, stride=1, padding=15); Flatten(); Linear(3072, 10)",
    "Conv2d(3,4,3,stride=40,padding=4); Flatten(); Linear(4, 10)",
    "Conv2d(3,4,3,stride=2,padding=10); MaxPool2d(2); ReLU(); Flatten(); Linear(576, 10)",
    "Conv2d(3,4,3,stride=5); Conv2d(4,8,2,stride=5,padding=4); Flatten(); Linear(72,10)",
    "Conv2d(3,6,1,stride=7); Conv2d(6,6,1,padding=3); Conv2d(6,6,3,dilation=5,padding=1); Flatten(); Linear(54, 10)",
    "Conv2d(3,16,(32,1)); Conv2d(16,16,(1,32)); Flatten(); Linear(16,10)",
    "Conv2d(3,96,3,groups=3); Conv2d(96,48,3,groups=24,stride=2); MaxPool2d(2,stride=1); "
    "Conv2d(48,64,3,groups=16); Flatten(); Linear(7744,10)",
    "Conv2d(3,9,3,groups=3); Conv2d(9,18,3,groups=9,stride=2); Conv2d(18,6,3,groups=6,dilation=2); "
    "ReLU(); Flatten(); Linear(600,10)",
    "Conv2d(3,64,3,stride=4); Conv2d(64,64,3,groups=2); Conv2d(64,64,3,groups=4,stride=2); Flatten(); Linear(256,10)",
    "Conv2d(3,40,3,stride=4); Conv2d(40,40,3,groups=5,padding=1); Conv2d(40,80,3,groups=20); Flatten(); "
    "Linear(2880,10)",
    "Conv2d(3,32,3); ReLU(); MaxPool2d(2); ReLU(); ReLU(); Dropout(0.1); Dropout(0.2); MaxPool2d(2); "
    "MaxPool2d(2); Flatten(); ReLU(); Dropout(0.2); Linear(288,10)",
    "Conv2d(3,4,3,stride=2); " + "Conv2d(4,4,3,padding=1); ReLU(); " * 12 + "Flatten(); Linear(900,10)",
    "Flatten(); Linear(3072,8); " + "ReLU(); Linear(8,8); " * 10 + "Linear(8,10)",
    "Flatten(); ReLU(); Flatten(); Dropout(0.5); Linear(3072,1); Linear(1,1000); Linear(1000,10)",
    "Conv2d(3,5,3,padding=1); Flatten(); Dropout(0.3); ReLU(); Linear(5120,12)",
    "Conv2d(3,5,3,padding=1); ReLU(); Flatten(); Dropout(0.3); Linear(5120,12)",
    "Conv2d(3,5,3,padding=1); MaxPool2d(2); Flatten(); ReLU(); Linear(1280,12)",
    "Conv2d(3,8,4,stride=2); ReLU(); MaxPool2d(2); Dropout(0.5); Conv2d(8,8,3); Dropout(0.5); "
    "MaxPool2d(2); Flatten(); Linear(32,10)",
    "MaxPool2d(2); MaxPool2d(3,stride=2,padding=1,ceil_mode=True); Conv2d(3,20,2,stride=2,bias=False); "
    "MaxPool2d(2,ceil_mode=True,stride=3,padding=1); Flatten(); Linear(80,10)",
    "Conv2d(3,10,3,stride=3); MaxPool2d(10); Flatten()",
    "Conv2d(3,10,3,stride=3); MaxPool2d(2); MaxPool2d(2); MaxPool2d(2); ReLU(); Flatten()",
    "Conv2d(3,16,3,stride=2,padding=1); ReLU(); Conv2d(16,32,3,stride=2,padding=1,bias=False); ReLU(); "
    "Conv2d(32,32,3,stride=2,padding=1,groups=32); Conv2d(32,64,1); ReLU(); MaxPool2d(4); Flatten(); Linear(64,10)",
    "Conv2d(3,3,5,groups=3,padding=2); ReLU(); MaxPool2d(2); Conv2d(3,20,1); MaxPool2d(2); "
    "Conv2d(20,20,3,groups=20,stride=2,dilation=2,padding=3); ReLU(); Conv2d(20,20,(2,4),groups=20,bias=False); "
    "MaxPool2d(2); Flatten(); Linear(40,10)",
    "AvgPool2d(2); Conv2d(3,10,3); AvgPool2d((3,2),stride=(2,1),padding=1); ReLU(); AdaptiveAvgPool2d((4,None)); "
    "Conv2d(10,17,3,padding=1); ReLU(); AvgPool2d(3,stride=2,padding=1,ceil_mode=True,count_include_pad=False); "
    "AvgPool2d(2,stride=1,divisor_override=3); AdaptiveAvgPool2d((5,2)); Flatten(); Linear(170,10)",
    "Conv2d(3,20,3,padding=1); AdaptiveAvgPool2d(7); ReLU(); MaxPool2d(2,stride=1); AdaptiveAvgPool2d((None,1)); "
    "AvgPool2d((4,1),ceil_mode=True,padding=(2,0)); Flatten(); Linear(40,10)",
    "Conv2d(3,33,5,stride=2); ReLU(); AdaptiveAvgPool2d(1); Flatten(); Linear(33,10)",
    "Conv2d(3,64,11,stride=4,padding=2); ReLU(); MaxPool2d(3,stride=2); Flatten(); Linear(576,32); "
    "ReLU(); Dropout(0.5); Linear(32,10)",
    "Conv2d(3,20,3,padding=1,bias=False); BatchNorm2d(20); ReLU(); MaxPool2d(2); Conv2d(20,33,3); "
    "BatchNorm2d(33, momentum=0.3); ReLU(); MaxPool2d(4); Flatten(); Linear(297,24); BatchNorm1d(24); ReLU(); "
    "Linear(24,10)",
    "BatchNorm2d(3); Conv2d(3,8,3,stride=2); BatchNorm2d(8); BatchNorm2d(8, affine=False); ReLU(); "
    "AvgPool2d(3); Flatten(); Linear(200,10)",
    "Conv2d(3,16,3,stride=2,padding=1); BatchNorm2d(16, eps=1e-3, momentum=None); MaxPool2d(2); ReLU(); "
    "Conv2d(16,24,3,padding=1); BatchNorm2d(24, track_running_stats=False); ReLU(); Dropout(0.2); MaxPool2d(2); "
    "Flatten(); Linear(384,10)",
    "Conv2d(3,17,(5,3),stride=(2,1),groups=1); ReLU(); BatchNorm2d(17); MaxPool2d(3,stride=2,padding=1); Flatten(); "
    "Linear(1785,128); BatchNorm1d(128, momentum=None); ReLU(); Dropout(0.25); Linear(128,10); BatchNorm1d(10)",
    "Flatten(); Linear(3072,100,bias=False); BatchNorm1d(100, affine=False); ReLU(); Linear(100,33); BatchNorm1d(33); "
    "Linear(33,10)",
    "Conv2d(3,64,3,padding=1); ReLU(); MaxPool2d(4); Conv2d(64,64,3,padding=1,bias=False); BatchNorm2d(64); ReLU(); "
    "Conv2d(64,64,3,padding=1,groups=64,bias=False); BatchNorm2d(64, track_running_stats=False, affine=False); "
    "ReLU(); Conv2d(64,40,1); BatchNorm2d(40); AdaptiveAvgPool2d(2); BatchNorm2d(40); Flatten(); Linear(160,10)",
    "Conv2d(3,20,3,stride=2,padding=1); GroupNorm(5,20); ReLU(); MaxPool2d(2); Conv2d(20,33,3); "
    "InstanceNorm2d(33,affine=True); ReLU(); Conv2d(33,16,3,padding=1); LayerNorm([16,6,6]); "
    "MaxPool2d(3); Flatten(); Linear(64,24); LayerNorm(24); ReLU(); Linear(24,10)",
    "GroupNorm(3,3,affine=False); Conv2d(3,32,3,stride=2,groups=1); InstanceNorm2d(32,eps=1e-3); ReLU(); "
    "Conv2d(32,32,3,padding=1,bias=False); BatchNorm2d(32); ReLU(); Conv2d(32,24,1); GroupNorm(1,24); Dropout(0.1); "
    "LayerNorm((15,15),elementwise_affine=False); ReLU(); MaxPool2d(5); Flatten(); Linear(216,10); "
    "LayerNorm(10,bias=False)",
    "Flatten(); Linear(3072,64); LayerNorm((64,),eps=1e-6); ReLU(); Linear(64,40); GroupNorm(8,40); ReLU(); "
    "Linear(40,10)",
    *BRANCHED,
    *RESHAPED,
    *PADDED,
    *RESIZED,
    *SEQUENCES,
    *TRANSPOSED,
    "Dropout2d(0.3); Conv2d(3,20,3,stride=2); Dropout2d(); ReLU(); MaxPool2d(2); Conv2d(20,33,3,padding=1); "
    "BatchNorm2d(33); Dropout2d(0.2); ReLU(); Dropout2d(1.0); Conv2d(33,8,1); Flatten(); Linear(392,10)",
    "Conv2d(3,8,5,stride=3); Dropout2d(0.1); Flatten(); Dropout(0.1); Unflatten(1,(8,100)); Dropout1d(0.4); Flatten(); "
    "Linear(800,10)",
    "Conv2d(3,20,3,stride=2,bias=False); InstanceNorm2d(20,affine=True,track_running_stats=True); ReLU(); "
    "InstanceNorm2d(20,momentum=None,track_running_stats=True); MaxPool2d(3); Conv2d(20,33,3,padding=1); "
    "InstanceNorm2d(33,momentum=0.4,track_running_stats=True); BatchNorm2d(33); ReLU(); Flatten(); Linear(825,10)",
    "Flatten(1,2); Conv1d(96,17,3,stride=2); InstanceNorm1d(17,track_running_stats=True,affine=True); ReLU(); "
    "Residual { Conv1d(17,17,3,padding=1); InstanceNorm1d(17,eps=1e-3,track_running_stats=True) }; ReLU(); Flatten(); "
    "Linear(255,10)",
    "Conv2d(3,20,3,stride=2,padding=1); ReLU(); Flatten(2); Conv1d(20,16,3,padding=2,stride=2); BatchNorm1d(16); "
    "Unflatten(2,(3,43)); Conv2d(16,24,3,padding=1); ReLU(); Flatten(-2); Residual { Conv1d(24,24,3,padding=1); "
    "Unflatten(2,(43,3)); AvgPool2d(3,stride=1,padding=1); Flatten(2) }; MaxPool1d(3); Flatten(); Linear(1032,10)",
    "Flatten(2); Unflatten(2,(64,16)); Conv2d(3,8,3,stride=2); Flatten(2); Flatten(); Linear(1736,10)",
    *HEAVY,
    *JOINED,
]

# Writes the samples and the labels of Shapes as they are.
SHAPES = r"""
#include <stdio.h>
#include "internal.h"

int main(int argc, char **argv)
{
    static const struct nc_model model = {.name = "Any", .input_rank = 3, .input_shape = {3, 32, 32}, .outputs = 10,
                                          .classes = 1};
    static struct nc_run run = {.model = &model, .program = "shapes"};
    struct nc_data *data = nc_shapes(&run, "data", 0, "class", 32, 3);
    FILE *samples = fopen(argv[1], "wb"), *labels = fopen(argv[argc - 1], "wb");
    nc_to_tensor(data);
    data->load(data);
    for (long long i = 0; i < data->count; i++)
        fwrite(nc_data_sample(data, i), 3 * 32 * 32, 1, samples);
    fwrite(data->labels, sizeof *data->labels, (size_t)data->count, labels);
    return fclose(samples) + fclose(labels);
}
"""


class Model:
    """A model under way: its layers as PyTorch writes them, the shape they give, the work they are."""

    def __init__(self, r, batch_size):
        self.r, self.layers, self.shape, self.work, self.batch_size = r, [], (3, 32, 32), 0, batch_size
        self.shapes = []  # what each layer gets; None where that was not noted

    def add(self, make):
        """Adds a layer, by one of the functions below, and notes what it gets."""
        before, self.shapes = self.shape, self.shapes + [None] * (len(self.layers) - len(self.shapes))
        make()
        self.shapes += [before] * (len(self.layers) - len(self.shapes))

    def window(self, kernel, stride, padding, dilation, ceil_mode=False):
        """The extents that a window gives, or None where it does not fit."""
        out = []
        for axis in range(2):
            size = self.shape[1 + axis]
            span = size + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1
            if span < 0:
                return None
            extent = (span + (stride[axis] - 1 if ceil_mode else 0)) // stride[axis] + 1
            if ceil_mode and (extent - 1) * stride[axis] >= size + padding[axis]:
                extent -= 1
            out.append(extent)
        return out

    def pair(self, numbers, same=0.7):
        first = self.r.choice(numbers)
        return (first, first if self.r.random() < same else self.r.choice(numbers))

    def conv(self, outs=None):
        r, ins = self.r, self.shape[0]
        kernel, stride = self.pair((1, 2, 3, 3, 4, 5, 7)), self.pair((1, 1, 1, 2, 3, 4))
        padding, dilation = self.pair((0, 0, 1, 2, 3)), self.pair((1, 1, 1, 2, 3))
        groups = r.choice([g for g in range(1, ins + 1) if ins % g == 0] if r.random() < 0.4 else [1])
        some = [n for n in (1, 2, 3, 5, 8, 10, 16, 17, 20, 32, 33) if n * groups <= 64]
        outs = outs or groups * r.choice(some or [1])
        out = self.window(kernel, stride, padding, dilation)
        if out is None or outs % groups:
            return False
        work = out[0] * out[1] * outs * (ins // groups) * kernel[0] * kernel[1] * self.batch_size
        if self.work + work > MOST_WORK:
            return False
        self.work += work
        text = "Conv2d(%d, %d, %s" % (ins, outs, number(kernel))
        for name, value, default in (("stride", stride, (1, 1)), ("padding", padding, (0, 0)),
                                     ("dilation", dilation, (1, 1)), ("groups", groups, 1)):
            text += ", %s=%s" % (name, number(value)) if value != default else ""
        self.layers.append(text + (", bias=False)" if r.random() < 0.25 else ")"))
        self.shape = (outs, *out)
        return True

    def pool(self):
        r = self.r
        kernel = self.pair((1, 2, 2, 2, 3, 3, 4, 5))
        stride = kernel if r.random() < 0.5 else self.pair((1, 2, 2, 3, 4))
        dilation = (1, 1) if r.random() < 0.75 else self.pair((1, 2, 3))
        padding = tuple(r.choice((0, 0, 1, 2)) if r.random() < 0.4 else 0 for _ in range(2))
        padding = tuple(min(p, k // 2) for p, k in zip(padding, kernel))
        ceil_mode = r.random() < 0.3
        out = self.window(kernel, stride, padding, dilation, ceil_mode)
        if out is None or min(out) < 1 or any(d > size for d, size in zip(dilation, self.shape[1:])):
            return False  # a window might see nothing but padding: -inf, in PyTorch too
        text = "MaxPool2d(%s" % number(kernel)
        for name, value, default in (("stride", stride, kernel), ("padding", padding, (0, 0)),
                                     ("dilation", dilation, (1, 1)), ("ceil_mode", ceil_mode, False)):
            text += ", %s=%s" % (name, number(value)) if value != default else ""
        self.layers.append(text + ")")
        self.shape = (self.shape[0], *out)
        return True

    def average(self):
        r = self.r
        if r.random() < 0.4:
            out = [r.choice((None, 1, 2, 3, 5, 8)) for _ in range(2)]
            self.layers.append("AdaptiveAvgPool2d((%s, %s))" % tuple(out))
            self.shape = (self.shape[0], *(n or size for n, size in zip(out, self.shape[1:])))
            return True
        kernel = self.pair((1, 2, 2, 3, 3, 4, 5))
        stride = kernel if r.random() < 0.5 else self.pair((1, 2, 2, 3))
        padding = tuple(r.randint(0, k // 2) if r.random() < 0.3 else 0 for k in kernel)
        ceil_mode = r.random() < 0.3
        out = self.window(kernel, stride, padding, (1, 1), ceil_mode)
        if out is None or min(out) < 1:
            return False
        text = "AvgPool2d(%s" % number(kernel)
        for name, value, default in (("stride", stride, kernel), ("padding", padding, (0, 0)),
                                     ("ceil_mode", ceil_mode, False), ("count_include_pad", r.random() < 0.6, True),
                                     ("divisor_override", r.choice((None, None, 3)), None)):
            text += ", %s=%s" % (name, number(value)) if value != default else ""
        self.layers.append(text + ")")
        self.shape = (self.shape[0], *out)
        return True

    def norm(self):
        """Over enough values that their variance is not all rounding."""
        r, channels, pixels = self.r, self.shape[0], 1
        for extent in self.shape[1:]:
            pixels *= extent
        if r.random() < 0.6:
            if self.batch_size * pixels < 64:
                return False
            text = "BatchNorm%dd(%d" % (2 if len(self.shape) == 3 else 1, channels)
            text += r.choice(("", "", ", affine=False", ", momentum=None", ", momentum=0.3", ", eps=1e-3",
                              ", track_running_stats=False"))
        else:
            groups = r.choice([g for g in range(1, channels + 1) if channels % g == 0])
            if channels // groups * pixels < 32:
                return False
            text = "GroupNorm(%d, %d%s" % (groups, channels, r.choice(("", ", affine=False")))
            if len(self.shape) == 3 and groups == channels:
                text = "InstanceNorm2d(%d%s" % (channels, r.choice(("", ", affine=True")))
            elif groups == 1:
                text = "LayerNorm(%s%s" % (list(self.shape), r.choice(("", "", ", bias=False",
                                                                       ", elementwise_affine=False")))
        self.layers.append(text + ")")
        return True

    def linear(self, outs=None):
        outs = outs or self.r.choice((1, 3, 10, 16, 17, 40, 64, 100))
        self.layers.append("Linear(%d, %d%s)" % (self.shape[0], outs, ", bias=False" if self.r.random() < 0.25 else ""))
        self.shape = (outs,)

    def flatten(self):
        self.layers.append("Flatten()")
        size = 1
        for extent in self.shape:
            size *= extent
        self.shape = (size,)

    def simple(self):
        self.layers.append(self.r.choice(("ReLU()", "ReLU()", "ReLU(inplace=True)", "Dropout(0.25)", "Dropout(p=0.5)",
                                          "Dropout(0)")))

    def anything(self):
        if len(self.shape) == 1:
            return self.r.choice((self.linear, self.linear, self.simple, self.simple, self.norm))
        return self.r.choice((self.conv, self.conv, self.conv, self.pool, self.pool, self.average, self.simple,
                              self.simple, self.norm))


def number(value):
    return str(value[0]) if isinstance(value, tuple) and value[0] == value[1] else str(value)


def make_model(r, batch_size):
    model = Model(r, batch_size)
    for _ in range(r.choice((0, 1, 2, 3, 4, 5, 6, 8))):
        model.add(model.anything())
    if len(model.shape) == 3 and r.random() < 0.15 and 10 <= model.shape[0] * model.shape[1] * model.shape[2] <= 400:
        model.flatten()  # the output of a convolution as logits
        if r.random() < 0.5 and any(layer.startswith("Conv2d") for layer in model.layers):
            return model
    if len(model.shape) == 3:
        while model.shape[0] * model.shape[1] * model.shape[2] > 8000:
            if not model.pool():  # a window that does not fit
                model.layers.append("MaxPool2d((%d, 1))" % model.shape[1])
                model.shape = (model.shape[0], 1, model.shape[2])
        model.flatten()
    for _ in range(r.choice((0, 0, 1, 2, 4))):
        model.add(model.anything())
    if r.random() < 0.05:
        model.flatten()
    model.linear(r.choice((10, 10, 10, 11, 16, 17, 33)))
    if r.random() < 0.05:
        model.simple()
    return model


def nest(r, layers):
    """Some of the layers as children with or without a name."""
    if len(layers) < 3 or r.random() < 0.75:
        return layers
    first = r.randrange(len(layers) - 1)
    end = r.randrange(first + 1, len(layers) + 1)
    return layers[:first] + [sequential("features", nest(r, layers[first:end]))] + layers[end:]


def activated(r, layers):
    """The layers with other activations in place of some ReLUs."""
    def other():
        name, arguments = r.choice(ACTIVATIONS)
        return "%s(%s)" % (name, r.choice(arguments))
    return [other() if isinstance(layer, str) and layer.startswith("ReLU") and r.random() < 0.3 else layer
            for layer in layers]


def weighing(r, classes, batch_size):
    """Arguments that make some classes count more than others; some of a batch must count."""
    words = ["ignore_index=%d" % r.randrange(10)] if r.random() < 0.15 and batch_size > 8 else []
    if r.random() < 0.15:
        words.append("weight=[%s]" % ", ".join("%g" % r.choice((0.25, 0.5, 1, 3)) for _ in range(classes)))
    return words


def chosen(index):
    """One of the chosen models, as it is written."""
    return {"index": index, "seed": index, "layers": parse(CHOSEN[index]),
            "batch_size": (4, 7, 16, 1, 65, 17, 9)[index % 7], "optimizer": "lr=0.01, momentum=0.9",
            "loss": "CrossEntropyLoss()", "normalize": None, "shuffle": True, "drop_last": False,
            "steps": STEPS, "threads": 2, "test_batch": (100, 2000, 37)[index % 3]}


def configuration(index):
    if index < len(CHOSEN):
        return chosen(index)
    r = random.Random(index)
    batch_size = r.choice(BATCHES)
    model = make_model(r, batch_size)
    optimizer = "lr=%g" % r.choice((0.005, 0.01, 0.02))
    if r.random() < 0.5:
        optimizer += ", momentum=%g" % r.choice((0.5, 0.9))
        extra = r.random()
        optimizer += ", nesterov=True" if extra < 0.3 else ", dampening=0.3" if extra < 0.6 else ""
    optimizer += ", weight_decay=%g" % r.choice((5e-4, 1e-2)) if r.random() < 0.4 else ""
    words = ["label_smoothing=%g" % r.choice((0.1, 0.3))] if r.random() < 0.25 else []
    if r.random() < 0.1:
        words.append('reduction="sum"')
        optimizer = re.sub(r"lr=[\d.]+", "lr=%g" % (0.01 / batch_size), optimizer)
    words += weighing(random.Random(-index), model.shape[0], batch_size)
    normalize = [[0.5, 0.4, 0.3], [0.25, 0.3, 0.2]] if r.random() < 0.25 else None
    layers = add_residuals(random.Random("sums %d" % index), model)
    layers = activated(random.Random(~index), layers)
    return {"index": index, "seed": r.randrange(1000), "layers": nest(r, layers), "batch_size": batch_size,
            "optimizer": optimizer, "loss": "CrossEntropyLoss(%s)" % ", ".join(words), "normalize": normalize,
            "shuffle": r.random() < 0.7, "drop_last": r.random() < 0.3, "steps": STEPS,
            "threads": r.choice((1, 2, 3)),
            "test_batch": r.choice((9, 64, 100, 1999, 2000)) if model.work / batch_size < 2e5 else None}


def program(c, save=None):
    transforms = "ToTensor()" + (", Normalize(%s, %s)" % tuple(c["normalize"]) if c["normalize"] else "")
    lines = [*model_text("Generated(3, 32, 32)", c["layers"]), "",
             "data shapes = Shapes(train=False) { %s }" % transforms, "", "train Generated {",
             "    seed       %d" % c["seed"],
             "    data       shapes, batch_size=%d, shuffle=%s, drop_last=%s" % (c["batch_size"], c["shuffle"],
                                                                                c["drop_last"])]
    if save and c["test_batch"]:
        lines.append("    test       shapes, batch_size=%d" % c["test_batch"])
    lines += ["    loss       " + c["loss"], "    optimizer  SGD(%s)" % c["optimizer"], "    epochs     1"]
    if save:
        lines.append('    save       "%s"' % save)
    return "\n".join(lines + ["}", ""])


def write_shapes(path):
    """The bytes of Shapes for PyTorch."""
    source, maker = os.path.join(path, "shapes.c"), os.path.join(path, "shapes")
    with open(source, "w", encoding="utf-8") as file:
        file.write(SHAPES)
    library = os.path.join(os.path.dirname(os.path.dirname(NETC)), "runtime", "libnetc_rt.a")
    done(run(os.environ.get("CC", "cc"), "-std=gnu11", "-I", os.path.join(ROOT, "runtime"), source, library, "-lm",
             "-lpthread", "-o", maker))
    names = [os.path.join(path, name) for name in ("samples.bin", "labels.bin")]
    done(run(maker, *names))
    return names


def train(c, path):
    """Runs netc; the losses, and where the weights are."""
    name = os.path.join(path, "%d.net" % c["index"])
    c["saved"] = os.path.join(path, "%d_0.pth" % c["index"])
    with open(name, "w", encoding="utf-8") as file:
        file.write(program(c, "%d_{epoch}.pth" % c["index"]))
    words = ["--max-steps", STEPS, "--log-every", 1, "--threads", c["threads"]]
    trainer, march = os.path.join(path, "trainer"), c["march"]
    if march or c["index"] % 10 == 0:
        built = netc("build", name, "-o", trainer, *(["--march", march] if march else []), cwd=path)
        if built.code:
            return None, "netc build: exit code %d: %s" % (built.code, built.err[-2000:])
        result = run(trainer, *words, cwd=path)
        bits = None if result.code else tensors(c["saved"])
    if not march:
        result = netc("run", name, *words, cwd=path)
    if result.code:
        return None, "exit code %d: %s" % (result.code, result.err[-2000:])
    if c["index"] % 10 == 0 and tensors(c["saved"]) != bits:
        return None, "netc build gives other bits than netc run"
    scores = re.search(r"test_loss ([\d.]+) .*test_accuracy ([\d.]+)", result.out)
    return {"losses": [loss for _, loss in losses(result.out)],
            "test": [float(score) for score in scores.groups()] if scores else None}, None


def judge(ours, theirs):
    """What is wrong, or None."""
    if "error" in theirs:
        return "PyTorch: " + theirs["error"]
    if len(ours["losses"]) != len(theirs["losses"]):
        return "%d steps, PyTorch has %d" % (len(ours["losses"]), len(theirs["losses"]))
    for step, (a, b) in enumerate(zip(ours["losses"], theirs["losses"])):
        if not abs(a - b) <= 1e-6 + 1e-5 * (1 + step) * max(1, abs(b)):
            return "loss of step %d: %f, PyTorch %f" % (step + 1, a, b)
    if not theirs["worst"][0] <= 8e-3:
        return "weights of %s are apart by %.1e of what training changed" % (theirs["worst"][1], theirs["worst"][0])
    if theirs["test"] and not (ours["test"] and abs(ours["test"][0] / theirs["test"][0] - 1) < 1e-4 and
                               abs(ours["test"][1] - theirs["test"][1]) < 2e-3):
        return "evaluation: %s, PyTorch %s" % (ours["test"], theirs["test"])
    return None


def compare(configurations, path):
    """Trains all of them both ways; yields each with what is wrong with it."""
    samples = write_shapes(path)
    results = [train(c, path) for c in configurations]
    runs = [c for c, (_, wrong) in zip(configurations, results) if wrong is None]
    name = os.path.join(path, "configurations.json")
    with open(name, "w", encoding="utf-8") as file:
        json.dump(runs, file)
    torch = done(run(ORACLE, os.path.join(HERE, "layers_torch.py"), name, *samples, timeout=1800))
    theirs = iter(torch.out.splitlines())
    for c, (ours, wrong) in zip(configurations, results):
        answer = None if wrong else json.loads(next(theirs))
        c["losses"] = answer and answer.get("losses")
        yield c, wrong or judge(ours, answer)


def write_case(c):
    os.makedirs(CASES, exist_ok=True)
    expected = "".join("# %.6f\n" % loss for loss in c["losses"])
    with open(os.path.join(CASES, "generated_%03d.net" % c["index"]), "w", encoding="utf-8") as file:
        file.write("# Written by layers.py --write: the losses are PyTorch's.\n" + program(c))
        file.write("#> losses 1e-4\n" + expected + "#> args --max-steps %d\n" % STEPS)


def main(options, path):
    configurations = [configuration(index) for index in range(options.first, options.first + options.count)]
    for c in configurations:
        c["march"] = options.march
    print("1..%d" % len(configurations))
    failed = written = 0
    for number, (c, wrong) in enumerate(compare(configurations, path), 1):
        print("%s %d - configuration %d" % ("not ok" if wrong else "ok", number, c["index"]))
        if wrong:
            failed += 1
            print("\n".join("# " + line for line in (program(c, "x_{epoch}.pth") + wrong).splitlines()), flush=True)
        elif options.write and c["batch_size"] <= 17 and written < MOST_CASES and (number % 3 or number > len(CHOSEN)):
            written += 1
            write_case(c)
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=len(CHOSEN) + 60, help="how many configurations")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--march", help="build all of them for this processor")
    parser.add_argument("--write", action="store_true", help="keep what passes as cases")
    parser.add_argument("--keep", help="the folder to work in, kept")
    arguments = parser.parse_args()
    if not ORACLE:
        print("1..1\nok 1 - generated models # SKIP NETC_ORACLE names no Python with torch")
        sys.exit(0)
    if arguments.keep:
        os.makedirs(arguments.keep, exist_ok=True)
        sys.exit(main(arguments, os.path.abspath(arguments.keep)))
    with folder() as temporary:
        sys.exit(main(arguments, temporary))

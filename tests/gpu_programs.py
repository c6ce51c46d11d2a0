"""Small programs for gpu_test.py, which together name every layer, loss and optimizer; and the samples, made small.

A device's compiler takes long: so a program has many layers, and what has the same sizes shares a kernel."""
import copy
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "parity"))
import items  # noqa: E402
from items_table import targets_of  # noqa: E402
from support import ROOT, sample, write  # noqa: E402

SAMPLES, CLASSES = 20, 5
TRAIN = ("data items = NPY(\"x.npy\", target=\"y.npy\")\n"
         "train M {\n    data items, batch_size=4, shuffle=True\n    test items, batch_size=6\n    seed 1\n"
         "    epochs 2\n    save \"m.safetensors\"\n%s}\n")


class Program:
    """`shape` is that of a sample; `tokens`, how many there are, where it is of such."""

    def __init__(self, model, settings, shape, tokens=None, targets="classes"):
        self.text = "model M(%s) {\n%s\n}\n" % (", ".join(map(str, shape)), model) + TRAIN % "".join(
            "    %s\n" % setting for setting in settings)
        self.shape, self.tokens, self.targets = shape, tokens, targets

    def but(self, old, new):
        """The same with another text."""
        other = copy.copy(self)
        assert old in self.text
        other.text = self.text.replace(old, new)
        return other

    def write(self, path, name="m.net"):
        """Writes it with its data; gives its name."""
        r = random.Random(1)
        size = SAMPLES * items.size_of(self.shape)
        values = [r.randrange(self.tokens) if self.tokens else r.gauss(0, 1) for _ in range(size)]
        items.npy(os.path.join(path, "x.npy"), (SAMPLES, *self.shape), values, "i" if self.tokens else "f")
        items.npy(os.path.join(path, "y.npy"), *targets_of(self.targets, r, SAMPLES, CLASSES))
        return write(path, name, self.text)


PERCEPTRON = Program("Flatten(), Linear(_, 12), ReLU(), Linear(_, 5)",
                     ["loss CrossEntropyLoss()", "optimizer SGD(lr=0.05, momentum=0.9)"], (3, 5, 4))


def residuals(*layers):
    """What a layer makes is added to what it gets: so a long row of them loses nothing."""
    return ", ".join("Residual { %s }" % layer for layer in layers)


# No bias stands before a norm: its gradient is rounding alone.
PROGRAMS = {
    "images": Program(
        "    Conv2d(3, 8, 3, stride=2, padding=1, bias=False), BatchNorm2d(8), LeakyReLU(0.1)\n"
        "    ConvTranspose2d(8, 6, 3, stride=2, output_padding=1, bias=False), GroupNorm(2, 6), PReLU(6)\n"
        "    MaxPool2d(2, ceil_mode=True), ReflectionPad2d(1), Conv2d(6, 6, 3, groups=6), SiLU()\n"
        "    AdaptiveAvgPool2d((2, 3)), Flatten(), LayerNorm(_), Dropout(0.2), Linear(_, 5)",
        ["loss CrossEntropyLoss(label_smoothing=0.1)",
         "optimizer SGD(lr=0.02, momentum=0.9, weight_decay=0.01, nesterov=True)"], (3, 9, 8)),
    "branches": Program(
        "    Conv2d(4, 4, 3, padding=1, bias=False), InstanceNorm2d(4, affine=True), Tanh()\n"
        "    Upsample(scale_factor=2, mode=\"bilinear\"), AvgPool2d(3, stride=2, padding=1), Dropout2d(0.3)\n"
        "    Residual { Conv2d(4, 4, 1), Hardswish() }, Concat { Conv2d(4, 3, 1), AdaptiveMaxPool2d((6, 6)) }\n"
        "    ReplicationPad2d(1), Upsample(size=(4, 5)), Flatten(), Linear(_, 5), LogSoftmax(1)",
        ["loss NLLLoss(weight=[1, 2, 1, 0.5, 3])", "optimizer Adam(lr=0.01)", "clip grad_norm=0.5", "accumulate 2"],
        (4, 6, 6)),
    # What is computed together: pools behind and before activations, sums, norms with both.
    "fused": Program(
        "    Conv2d(3, 5, 3, padding=1), ReLU(), MaxPool2d(2), Conv2d(5, 4, 3, padding=1), MaxPool2d(2), LeakyReLU()\n"
        "    ConstantPad2d(1, 0.5), ZeroPad2d((0, 2, 1, 1)), CircularPad2d(1), Conv2d(4, 4, 3), AvgPool2d(2), ReLU()\n"
        "    Multiply { AdaptiveAvgPool2d(1), Conv2d(4, 4, 1), Sigmoid() }, Identity()\n"
        "    Residual { Conv2d(4, 4, 3, padding=1, bias=False), BatchNorm2d(4) }, ReLU()\n"
        "    Concat { Conv2d(4, 4, 1, groups=2), Hardtanh() }, MaxPool2d(2), ReLU(), Flatten(), Linear(_, 5)",
        ["loss CrossEntropyLoss(weight=[1, 2, 1, 0.5, 3])", "optimizer AdamW(lr=0.01)"], (3, 16, 12),
        targets="probabilities"),
    "sequences": Program(
        "    Conv1d(4, 6, 3, padding=1, bias=False), BatchNorm1d(6), MaxPool1d(2)\n"
        "    ConvTranspose1d(6, 4, 2, stride=2, bias=False), InstanceNorm1d(4), AvgPool1d(3, stride=1, padding=1)\n"
        "    ZeroPad1d(1), ConstantPad1d((1, 0), 0.5), ReflectionPad1d(2), ReplicationPad1d(1), CircularPad1d(1)\n"
        "    Dropout1d(0.2), AdaptiveMaxPool1d(9), Permute([0, 2, 1]), AdaptiveAvgPool1d(3)\n"
        "    Upsample(5, mode=\"linear\"), Flatten(), Unflatten(1, (9, 5, 1)), StochasticDepth(0.3, \"row\")\n"
        "    Flatten(), Linear(_, 5)",
        ["loss MSELoss()", "optimizer Adamax(lr=0.01)"], (4, 12), targets="numbers"),
    "tokens": Program(
        "Embedding(11, 5, padding_idx=2), Flatten(), Linear(_, 8), Softmax(1), Linear(8, 5)",
        ["loss CrossEntropyLoss(ignore_index=3)", "optimizer RMSprop(lr=0.01, centered=True, momentum=0.5)"], (6,), 11),
    "bags": Program("EmbeddingBag(11, 5, padding_idx=2), Linear(5, 5), LogSoftmax(1)",
                    ["loss KLDivLoss(reduction=\"batchmean\")", "optimizer NAdam(lr=0.01)"], (6,), 11,
                    targets="probabilities"),
    "activations": Program(
        "Linear(6, 8), " + residuals("ReLU6()", "ELU()", "SELU()", "CELU(0.5)", "GELU()") + ", LayerNorm(8), " +
        residuals("Mish()", "Hardsigmoid()", "Softplus()", "LogSigmoid()", "Softsign()") + ", LayerNorm(8), " +
        residuals("Tanhshrink()", "Softshrink(0.1)", "Hardshrink(0.1)", "Threshold(0.1, 0)", "Hardswish()") +
        ", Linear(8, 5)", ["loss SmoothL1Loss()", "optimizer RAdam(lr=0.01)"], (6,), targets="numbers"),
    # On OpenCL the same as without it.
    "tensor_cores": Program("Conv2d(3, 5, 3), MaxPool2d(2), Conv2d(5, 40, 2), Flatten(), Linear(_, 5)",
                            ["loss CrossEntropyLoss()", "optimizer SGD(lr=0.05)", "precision tf32"], (3, 10, 8)),
    "absolute": Program("Linear(6, 5)", ["loss L1Loss()", "optimizer Adagrad(lr=0.05)"], (6,), targets="numbers"),
    "huber": Program("Linear(6, 5)", ["loss HuberLoss()", "optimizer Adadelta(eps=1e-3)"], (6,), targets="numbers"),
    "shares": Program("Linear(6, 5), Sigmoid()", ["loss BCELoss()", "optimizer SGD(lr=0.1)"], (6,), targets="shares"),
    "logits": Program("Linear(6, 5)", ["loss BCEWithLogitsLoss()", "optimizer SGD(lr=0.1)", "clip grad_value=0.01"],
                      (6,), targets="shares"),
}


# ---- The samples -----------------------------------------------------------------------------------------------------

AS_THEY_ARE = {"cifar10", "shapes", "airbench"}  # what flattens an image wants its size
EDGES = {"transfer": 64}  # five halvings leave each channel of a norm some pixels
EDGE = 16  # the smallest that Shapes draws


def small_sample(name, path):
    """Writes a sample with few channels and, but for those, small images, of data that netc draws or that stand beside
    it; tested with four samples. Gives its name."""
    with open(sample(name), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r'CIFAR10\("data", ', "Shapes(", text)
    text = re.sub(r'(Fashion)?MNIST\("data", train=(\w+)\)', r"Shapes(train=\2, size=28, channels=1)", text)
    text = re.sub(r'ImageFolder\("hymenoptera_data/\w+"\)', "Shapes(train=True)", text)
    text = text.replace('CSV("data/', 'CSV("%s/' % os.path.join(ROOT, "samples", "data"))
    head, data = text.split("\ndata ", 1)
    data = "\ndata " + data
    head = head.replace("padding=1), BatchNorm", "padding=1, bias=False), BatchNorm")  # else its gradient is rounding
    edge = 32 if name in AS_THEY_ARE else EDGES.get(name, EDGE)
    head = re.sub(r"\b(16|24|32|48|64|84|120|128|256)\b", "4", head.replace("(3, 32, 32)", "(3, edge, edge)"))
    if name == "transfer":
        head = head.replace("resnet18(weights=\"resnet18-f37072fd.pth\")", "small18()")
        head = head.replace("\"resnet18\"", "\"small18\"").replace("(512, 2)", "(4, 10)")
        data = re.sub(r"\b(224|256)\)", "%d)" % edge, data)
        with open(os.path.join(ROOT, "compiler", "models", "resnet.net"), encoding="utf-8") as file:
            text = re.sub(r"\b(64|128|256|512)\b", "4", file.read())
        write(path, "small18.net", text + "model small18(3, edge, edge) = ResNet(BasicBlock, 2, 2, 2, 2, 10)\n".replace(
            "edge", str(edge)))
    head = head.replace("edge", str(edge))
    if "size=28" not in data:
        data = re.sub(r"Shapes\(train=(\w+)", r"Shapes(train=\1, size=%d" % edge, data)
    data = data.replace("Adam(lr=2e-3)", "Adam(lr=2e-3, eps=1e-3)")  # else rounding of gradients next to 0 decides
    few = [part for part in ("train", "test") if part == "test" or "Shapes(" in data]  # drawing all takes long
    for part in few:
        data = data.replace("data %s_data" % part, "data all_%s" % part)
    data = data.replace("\ntrain ", "".join("\ndata %s_data = Subset(all_%s, range(4))\n" % (part, part)
                                            for part in few) + "\ntrain ")
    return write(path, name + ".net", head + data)

#!/usr/bin/env python3
"""What netc summary says that PyTorch keeps for the backward pass, against what it keeps.

NETC_ORACLE is a Python that has torch and torchvision; skips, saying so, without."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import Skip, done, folder, main, netc, write  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
HERE = os.path.dirname(os.path.abspath(__file__))

PROGRAM = """%s
data d = Shapes(size=%d%s) { ToTensor() }
train %s {
    data       d, batch_size=%d
    loss       %s
    optimizer  SGD(lr=0.1)
}
"""
LENET = """Conv2d(3, 6, 5, padding=2), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5), ReLU(), MaxPool2d(2), Flatten(),
Linear(256, 84), Dropout(), ReLU(), Linear(84, %d)"""
NORMS = """Conv2d(3, 8, 3, stride=2), BatchNorm2d(8), ReLU(), Conv2d(8, 8, 3, groups=8), GroupNorm(2, 8), SiLU(),
Dropout2d(0.5), AvgPool2d(2), Sigmoid(), Conv2d(8, 4, 1), GELU(), AdaptiveAvgPool2d(2), Tanh(), Flatten(),
LayerNorm(16), LeakyReLU(0.1), Linear(16, %d), Softmax(dim=1)"""
REST = """ConvTranspose2d(3, 4, 2, stride=2), PReLU(4), Hardswish(), ReflectionPad2d(1), Conv2d(4, 4, 3), ELU(),
Softsign(), Tanhshrink(), LogSigmoid(), ReLU6(), Upsample(scale_factor=2), Conv2d(4, 2, 3), Mish(),
AdaptiveAvgPool2d(1), Flatten(), Linear(2, %d)"""


def told(path, model, name, size, batch, loss, target=""):
    write(path, "m.net", PROGRAM % (model, size, target, name, batch, loss))
    out = done(netc("summary", "m.net", cwd=path)).out
    return int(re.search(r"layer after layer PyTorch keeps ([\d,]+) ", out)[1].replace(",", ""))


def kept(asked):
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch and torchvision")
    lines = subprocess.run([ORACLE, os.path.join(HERE, "eager_torch.py")], check=True, capture_output=True, text=True,
                           input="".join(json.dumps(row) + "\n" for row in asked)).stdout.split()
    return [int(line) for line in lines]


def test_pytorch_keeps_what_the_summary_says():
    asked, said = [], []
    with folder() as path:
        for body in (LENET, NORMS, REST):
            for loss, outputs, target in (("CrossEntropyLoss()", 10, ""), ("MSELoss()", 3, ', target="position"')):
                text = body % outputs
                said.append(told(path, "model M(3, 24, 24) { %s }" % text, "M", 24, 20, loss, target))
                asked.append(["Sequential(%s)" % text, loss, [3, 24, 24], 20])
        for name in ("resnet18", "vgg11", "mobilenet_v2", "densenet121", "efficientnet_b0", "googlenet",
                     "squeezenet1_1"):
            said.append(told(path, 'import "%s"\nmodel M(3, 64, 64) = %s(num_classes=10)' % (name, name), "M", 64, 4,
                             "CrossEntropyLoss()"))
            more = ", aux_logits=False, init_weights=False" if name == "googlenet" else ""
            asked.append(["torchvision.models.%s(num_classes=10%s)" % (name, more), "CrossEntropyLoss()", [3, 64, 64],
                          4])
    for row, ours, theirs in zip(asked, said, kept(asked), strict=True):
        print("# %-60.60s %12d %12d" % (row[0].replace("\n", " "), ours, theirs))
        assert abs(ours - theirs) <= 0.001 * theirs, (row, ours, theirs)


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
"""Training with random transforms, by netc and by PyTorch from the same text and seed: the losses of the first steps,
which agree only where every picture of every batch does, so where all draws come in the same order.

NETC_ORACLE is a Python that has torch and torchvision, NETC_DATA the folder with cifar-10-batches-py; skips, saying so,
without the two."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, losses, main, netc, run  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")
STEPS = 12
NORMALIZE = "transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))"

PROGRAM = """
model M(3, 32, 32) { Conv2d(3, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(_, 10) }
data train_data = CIFAR10("data", train=True, transform=%s)
train M {
    seed       0
    data       train_data, batch_size=64, shuffle=True, num_workers=2
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.01)
    epochs     1
}
"""


def compare(*calls):
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torchvision")
    if not DATA or not os.path.exists(os.path.join(DATA, "cifar-10-batches-py")):
        raise Skip("NETC_DATA names no folder with cifar-10-batches-py")
    transform = "transforms.Compose([\n    %s,\n])" % ",\n    ".join(calls)
    theirs = json.loads(done(run(ORACLE, os.path.join(HERE, "augmented_torch.py"), DATA, transform, STEPS)).out)
    with folder() as path:
        with open(os.path.join(path, "m.net"), "w", encoding="utf-8") as file:
            file.write(PROGRAM % transform)
        options = ["--data", DATA, "--log-every", 1, "--max-steps", STEPS]
        ours = [loss for _, loss in losses(done(netc("run", "m.net", *options, cwd=path)).out)]
    assert len(ours) == len(theirs) == STEPS, (ours, theirs)
    worst = max(abs(a - b) for a, b in zip(ours, theirs))
    print("# losses within %.1e" % worst)
    assert worst < 2e-5, "%s\n%s\n%s" % (transform, ours, theirs)


def test_crops_and_flips():
    compare("transforms.RandomCrop(32, padding=4)", "transforms.RandomHorizontalFlip()", "transforms.ToTensor()",
            NORMALIZE)


def test_colours_rotations_and_resized_crops():
    compare("transforms.RandomResizedCrop(32, scale=(0.3, 1.0))", "transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)",
            "transforms.RandomRotation(15, interpolation=transforms.InterpolationMode.BILINEAR)",
            "transforms.RandomGrayscale(0.2)", "transforms.ToTensor()", NORMALIZE)


def test_tensors():
    compare("transforms.Resize(40, transforms.InterpolationMode.BICUBIC)", "transforms.RandomCrop((32, 32))",
            "transforms.ToTensor()", "transforms.RandomHorizontalFlip(0.3)", NORMALIZE,
            'transforms.RandomErasing(value="random")', "transforms.RandomVerticalFlip(0.1)")


main(globals())

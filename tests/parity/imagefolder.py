#!/usr/bin/env python3
"""Folders of pictures, live beside torchvision: the same files in the same order, the same random crops and flips, the
same losses.

NETC_ORACLE is a Python that has torch and torchvision; NETC_DATA a folder that may have hymenoptera_data. Skips, saying
so, without the first; without the second only pictures drawn here are tried."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, losses, main, netc  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")

PROGRAM = """
model Small(3, 64, 64) {
    Conv2d(3, 8, 3, padding=1), ReLU(), MaxPool2d(4), Conv2d(8, 16, 3, padding=1), ReLU(), MaxPool2d(4), Flatten()
    Linear(_, %d)
}
data photos = ImageFolder("%s") {
    Resize((72, 80)), RandomCrop(64, padding=4), RandomHorizontalFlip(), RandomVerticalFlip(0.25)
    ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
}
data others = ImageFolder("%s") {
    Resize((64, 64)), ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
}
train Small {
    seed       0
    data       photos, batch_size=8, shuffle=True
    test       others, batch_size=8
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.01, momentum=0.9)
    epochs     2
}
"""


def torch(*words):
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    result = subprocess.run([ORACLE, os.path.join(HERE, "imagefolder_torch.py"), *words], capture_output=True,
                            text=True, timeout=1800)
    if "No module named 'torchvision'" in result.stderr:
        raise Skip("the Python of NETC_ORACLE has no torchvision")
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


def train(path, program, *options):
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(program)
    text = done(netc("run", name, "--log-every", "1", *options, cwd=path)).out
    tests = [float(line.split("test_loss ")[1].split()[0]) for line in text.splitlines() if line.startswith("epoch ")]
    return [loss for _, loss in losses(text)], tests


def same_run(photos, others, path):
    theirs = json.loads(torch("steps", photos, others))
    program = PROGRAM % (len(theirs["classes"]), photos, others)
    ours, tests = train(path, program)
    assert len(ours) == len(theirs["losses"]), "%d and %d steps" % (len(ours), len(theirs["losses"]))
    apart = [abs(a - b) for a, b in zip(ours, theirs["losses"])]
    print("# %d steps; step 1: %.6f, torch %.8f; largest difference %.1e; test losses %s, torch %s" % (
        len(ours), ours[0], theirs["losses"][0], max(apart), tests, theirs["test"]))
    assert max(apart) <= 2e-5
    assert max(abs(a - b) for a, b in zip(tests, theirs["test"])) <= 2e-5
    for words in (["--set", "train.data.num_workers=2"], ["--threads", "1", "--set", "train.test.num_workers=3"]):
        assert train(path, program, *words) == (ours, tests), "another run with " + " ".join(words)


def test_drawn_pictures():
    with folder() as path:
        torch("pictures", path)
        same_run(os.path.join(path, "train"), os.path.join(path, "val"), path)


def test_ants_and_bees():
    parts = [os.path.join(DATA or "", "hymenoptera_data", part) for part in ("train", "val")]
    if not all(os.path.isdir(part) for part in parts):
        raise Skip("NETC_DATA names no folder with hymenoptera_data")
    with folder() as path:
        same_run(*parts, path)


main(globals())

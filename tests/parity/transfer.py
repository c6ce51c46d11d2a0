#!/usr/bin/env python3
"""The transfer-learning tutorial, by netc and by PyTorch's own script in one run: a ResNet-18 with parameters from a
file of torchvision's, its head replaced, trained on ants and bees; all of it, and the head alone.

NETC_ORACLE is a Python that has torch and torchvision, NETC_DATA a folder that has hymenoptera_data; skips, saying so,
without the two. The file's numbers are drawn, as torchvision draws them, since nothing is downloaded here: so what is
held is that both learn the same, not that they learn well."""
import json
import os
import re
import resource
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, losses, main, netc, run  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")
THREADS = 2

PROGRAM = """
import "resnet18"

model Ants = resnet18(weights="resnet18.pth") {
    %s
    replace fc = Linear(512, 2)
}

data train_data = ImageFolder("hymenoptera_data/train") {
    RandomResizedCrop(224), RandomHorizontalFlip()
    ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
}
data val_data = ImageFolder("hymenoptera_data/val") {
    Resize(256), CenterCrop(224)
    ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
}

train Ants {
    seed       0
    data       train_data, batch_size=%d, shuffle=True
    test       val_data, batch_size=%d
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.001, momentum=0.9)
    scheduler  StepLR(step_size=7, gamma=0.1)
    epochs     %d
}
"""
# `freeze` of the whole but its head, before the head is replaced, as `requires_grad = False` in the tutorial.
FROZEN = "\n    ".join("freeze %s" % name for name in ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4"))
EPOCH = re.compile(r"^epoch \d+ .* test_loss (\S+) .* test_accuracy (\S+) .* seconds (\S+)", flags=re.M)


def torch(*words):
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    result = run(ORACLE, os.path.join(HERE, "transfer_torch.py"), *words, timeout=1800)
    if "No module named 'torchvision'" in result.err:
        raise Skip("the Python of NETC_ORACLE has no torchvision")
    return done(result).out


def same_run(kind, change, epochs, batch, tolerance):
    """Losses and test losses within the tolerance; as many right in every epoch."""
    parts = [os.path.join(DATA or "", "hymenoptera_data", part) for part in ("train", "val")]
    if not all(os.path.isdir(part) for part in parts):
        raise Skip("NETC_DATA names no folder with hymenoptera_data")
    with folder() as path:
        file = os.path.join(path, "resnet18.pth")
        torch("weights", file)
        theirs = json.loads(torch("train", file, *parts, epochs, batch, kind, THREADS))
        os.symlink(os.path.abspath(os.path.join(DATA, "hymenoptera_data")), os.path.join(path, "hymenoptera_data"))
        with open(os.path.join(path, "ants.net"), "w", encoding="utf-8") as text:
            text.write(PROGRAM % (change, batch, batch, epochs))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = done(netc("run", "ants.net", "--log-every", 1, "--threads", THREADS, cwd=path, timeout=1800)).out
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    ours, tests = [loss for _, loss in losses(said)], [[float(x) for x in found] for found in EPOCH.findall(said)]
    assert len(ours) == len(theirs["losses"]) and len(tests) == epochs, said
    apart = [abs(a - b) for a, b in zip(ours, theirs["losses"])]
    print("# %s, %d steps; first %.6f, torch %.6f; largest difference %.1e" % (
        kind, len(ours), ours[0], theirs["losses"][0], max(apart)))
    for (loss, right, seconds), (their_loss, their_right), (their_seconds, their_busy) in zip(
            tests, theirs["test"], theirs["seconds"]):
        print("# test loss %.6f, torch %.6f; accuracy %.4f, torch %.4f; %.1f s, torch %.1f s, %.1f of the processor" % (
            loss, their_loss, right, their_right, seconds, their_seconds, their_busy))
        assert abs(loss - their_loss) <= tolerance and abs(right - their_right) < 1e-4
    print("# netc in all, from start to end: %.1f s of the processor" % busy)
    assert max(apart) <= tolerance


def test_head_alone():
    same_run("head", FROZEN, 2, 4, 1e-5)


def test_whole_model():
    """In batches of 16: in those of 4, as the tutorial has them, norms over so few samples make of a difference of 1e-7
    one of 1e-2 within ten steps; PyTorch with and without oneDNN is as far from itself."""
    same_run("whole", "", 1, 16, 1e-3)


main(globals())

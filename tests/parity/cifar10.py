#!/usr/bin/env python3
"""The same run as PyTorch: samples/cifar10.net and the same program in PyTorch, seed 0, on CIFAR-10, live.

NETC_ORACLE is a Python that has torch and numpy, NETC_DATA the folder with cifar-10-batches-bin or cifar-10-batches-py.
Prints the figures as it goes; skips, saying so, without the two."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, losses, main, netc, sample  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")

ORDER_PROGRAM = """
model Flat(3, 32, 32) { Flatten(), Linear(_, 10) }
data train_data = CIFAR10("data", train=True)  { ToTensor() }
data test_data  = CIFAR10("data", train=False) { ToTensor() }
train Flat {
    seed       0
    data       train_data, batch_size=10, shuffle=True
    test       test_data,  batch_size=1000
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.0)
    epochs     2
}
"""


def torch(*words):
    """What PyTorch's side says."""
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    if not DATA:
        raise Skip("NETC_DATA names no folder with CIFAR-10")
    words = [ORACLE, os.path.join(HERE, "cifar10_torch.py"), DATA, *map(str, words)]
    result = subprocess.run(words, capture_output=True, text=True, timeout=1800)
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout)


def train(path, *options):
    return done(netc("run", sample("cifar10"), "--data", DATA, *options, cwd=path, timeout=1800)).out


def figures(text):
    print("# " + text)


def saved(path):
    names = sorted(name for name in os.listdir(path) if name.endswith(".pth"))
    assert names, "nothing was saved"
    return os.path.join(path, names[-1])


def test_initial_weights_are_the_same_bits():
    with folder() as path:
        theirs = os.path.join(path, "theirs")
        version = torch("weights", theirs)["torch"]
        train(path, "--max-steps", "0")
        different = torch("compare", theirs, saved(path))
        figures("torch %s; elements that differ: %s" % (version, different))
        assert not any(different.values())


def test_order_of_samples_is_the_same_in_two_epochs():
    """Every batch of ten has its own loss under a model that does not learn: 5000 numbers an epoch."""
    with folder() as path:
        theirs = torch("order", 2, 10)["losses"]
        name = os.path.join(path, "order.net")
        with open(name, "w", encoding="utf-8") as file:
            file.write(ORDER_PROGRAM)
        ours = [loss for _, loss in losses(done(netc("run", name, "--data", DATA, "--log-every", "1", cwd=path)).out)]
        assert len(ours) == len(theirs) == 10000, "%d and %d batches" % (len(ours), len(theirs))
        worst = max(abs(a - b) for a, b in zip(ours, theirs))
        figures("largest difference of the losses of 10000 batches in two epochs: %.1e" % worst)
        assert worst < 5e-6


def test_losses_of_a_hundred_steps():
    with folder() as path:
        theirs = torch("steps", 100)["losses"]
        ours = [loss for _, loss in losses(train(path, "--max-steps", "100", "--log-every", "1"))]
        assert len(ours) == len(theirs) == 100, "%d and %d steps" % (len(ours), len(theirs))
        apart = [abs(a - b) for a, b in zip(ours, theirs)]
        figures("step 1: %.6f, PyTorch %.8f, apart %.1e" % (ours[0], theirs[0], apart[0]))
        figures("step 100: %.6f, PyTorch %.8f; largest difference of steps 1 to 100: %.1e at step %d"
                % (ours[-1], theirs[-1], max(apart), apart.index(max(apart)) + 1))
        assert apart[0] <= 1e-6 and max(apart) <= 1e-4


def test_accuracy_after_an_epoch():
    with folder() as path:
        theirs = torch("epoch")
        text = train(path, "--epochs", "1", "--log-every", "1")
        found = [line for line in text.splitlines() if line.startswith("epoch ")]
        accuracy = float(re.search(r"test_accuracy (\d+\.\d+)", found[-1])[1])
        ours = [loss for _, loss in losses(text)]
        assert len(ours) == len(theirs["losses"]), "%d and %d steps" % (len(ours), len(theirs["losses"]))
        figures(found[-1])
        figures("accuracy after an epoch: %.4f, PyTorch %.4f; test loss of PyTorch %.6f; last training step: %.6f, "
                "PyTorch %.6f" % (accuracy, theirs["test_accuracy"], theirs["test_loss"], ours[-1],
                                  theirs["losses"][-1]))
        assert abs(accuracy - theirs["test_accuracy"]) <= 0.005


main(globals())

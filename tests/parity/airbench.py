#!/usr/bin/env python3
"""The recipe of samples/airbench.net, whole but small, beside that of cifar10-airbench in PyTorch: whitening, partial
identities, flips that alternate, rates and decays by groups, a rate that rises and falls, Lookahead, and a test by
views. The losses of all steps, the test's loss and its accuracy are compared.

Live: NETC_ORACLE is a Python that has torch and numpy; without it the test is skipped. Crops by chance are left out,
which augmented.py holds to torchvision."""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from layers import write_shapes  # noqa: E402
from support import ROOT, done, folder, losses, netc, run, write  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
BATCH, EPOCHS, SAMPLES, RATE = 200, 3, 2000, 11.5
CHANGES = [
    ("let batch = 1000", "let batch = %d" % BATCH), ("let epochs = 10", "let epochs = %d" % EPOCHS),
    ("50000", str(SAMPLES)), ("rate = 11.5", "rate = %g" % RATE), ("(64, 256, 256)", "(8, 16, 32)"),
    ('CIFAR10("data", train=True)', "Shapes(train=False)"), ('CIFAR10("data", train=False)', "Shapes(train=False)"),
    ('    RandomCrop(32, padding=2, padding_mode="reflect")\n', ""),
]


def program():
    with open(os.path.join(ROOT, "samples", "airbench.net"), encoding="utf-8") as file:
        text = file.read()
    for old, new in CHANGES:
        assert old in text, old
        text = text.replace(old, new)
    return text


def judge(ours, tested, theirs):
    if len(ours) != len(theirs["losses"]):
        return "%d steps, PyTorch has %d" % (len(ours), len(theirs["losses"]))
    for step, (a, b) in enumerate(zip(ours, theirs["losses"])):
        if not abs(a - b) <= 2e-5 * (1 + step):
            return "loss of step %d: %f, PyTorch %f" % (step + 1, a, b)
    if not abs(tested[0] - theirs["test_loss"]) <= 1e-3:
        return "test_loss %f, PyTorch %f" % (tested[0], theirs["test_loss"])
    if not abs(tested[1] - theirs["test_accuracy"]) <= 10 / SAMPLES:
        return "test_accuracy %f, PyTorch %f" % (tested[1], theirs["test_accuracy"])
    return None


def main(path):
    print("1..1")
    name = write(path, "airbench.net", program())
    output = done(netc("run", name, "--log-every", 1, cwd=path)).out
    tested = re.findall(r"test_loss ([\d.]+) .*test_accuracy ([\d.]+)", output)
    assert len(tested) == 1, "tested %d times" % len(tested)
    words = [BATCH, EPOCHS, RATE]
    answer = done(run(ORACLE, os.path.join(HERE, "airbench_torch.py"), *write_shapes(path), *words, timeout=900)).out
    wrong = judge([loss for _, loss in losses(output)], [float(number) for number in tested[0]], json.loads(answer))
    print("%s 1 - the recipe" % ("not ok" if wrong else "ok"))
    print("# " + (wrong or "tested: %s %s" % tested[0]))
    return 1 if wrong else 0


if __name__ == "__main__":
    if not ORACLE:
        print("1..1\nok 1 - the recipe # SKIP NETC_ORACLE names no Python with torch")
        sys.exit(0)
    with folder() as temporary:
        sys.exit(main(temporary))

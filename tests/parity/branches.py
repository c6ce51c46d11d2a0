#!/usr/bin/env python3
"""The samples whose branches meet (a DenseNet, a GoogLeNet, a U-Net, squeeze and excitation) against the same models as
one writes them in PyTorch, live: losses of training and of evaluation, and the weights after it. Their data are numbers
that are drawn here, so that they need no CIFAR-10.

    NETC_ORACLE=python3 tests/parity/branches.py"""
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from items import npy  # noqa: E402
from support import Skip, done, folder, losses, main, netc, run, sample  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
COUNT, BATCH, EPOCHS = 32, 8, 1


def setting(text, name):
    return re.search(r"^ +%s +(.*)$" % name, text, flags=re.M)[1]


def write_data(path, places):
    """Samples of normal numbers, and a class for each, or for each place."""
    r = random.Random(0)
    npy(os.path.join(path, "x.npy"), (COUNT, 3, 32, 32), [r.gauss(0, 1) for _ in range(COUNT * 3 * 32 * 32)])
    shape = (COUNT, 32, 32) if places else (COUNT,)
    npy(os.path.join(path, "y.npy"), shape, [r.randrange(10) for _ in range(COUNT * (32 * 32 if places else 1))], "i")


def program(name):
    """The sample's model, trained as the sample says, but slowly, over these data."""
    with open(sample(name), encoding="utf-8") as file:
        text = file.read()
    model, _, rest = text.partition("\ndata ")
    head = re.search(r"^train \w+ \{$", rest, flags=re.M)[0]
    loss, optimizer = setting(rest, "loss"), setting(rest, "optimizer")
    optimizer = re.sub(r"lr=[^,)]+", "lr=0.002", optimizer)  # norms over few samples let rounding grow
    return ('%s\ndata items = NPY("x.npy", target="y.npy")\n\n%s\n    seed 0\n    data items, batch_size=%d\n'
            '    test items, batch_size=%d\n    loss %s\n    optimizer %s\n    epochs %d\n    save "saved.pth"\n}\n'
            % (model, head, BATCH, COUNT, loss, optimizer, EPOCHS)), loss, optimizer


def hold(name):
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    with folder() as path:
        write_data(path, name == "unet")
        text, loss, optimizer = program(name)
        file = os.path.join(path, "small.net")
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        said = done(netc("run", file, "--log-every", 1, cwd=path)).out
        ours = [loss for _, loss in losses(said)]
        tested = [float(loss) for loss in re.findall(r"test_loss (\S+)", said)]
        theirs = json.loads(done(run(ORACLE, os.path.join(HERE, "branches_torch.py"), name, "x.npy", "y.npy",
                                     "saved.pth", loss, optimizer, BATCH, EPOCHS, cwd=path, timeout=600)).out)
    assert len(ours) == len(theirs["losses"]) == EPOCHS * COUNT // BATCH and len(tested) == EPOCHS
    worst = max(abs(a - b) / max(1, abs(b)) for a, b in zip(ours + tested, theirs["losses"] + theirs["tested"]))
    print("# %s: losses apart %.1e, weights %.1e (%s)" % (name, worst, *theirs["worst"]))
    assert worst < 1e-4, (ours, tested, theirs)
    assert theirs["worst"][0] < 0.1, theirs["worst"]


def test_densenet():
    hold("densenet")


def test_inception():
    hold("inception")


def test_unet():
    hold("unet")


def test_squeeze_and_excitation():
    hold("senet")


main(globals())

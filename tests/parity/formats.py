#!/usr/bin/env python3
"""Files that go between netc and PyTorch, live: what netc saves and logs is read by torch.load and TensorBoard, and
what torch.save writes, in its several forms, is loaded by netc.

NETC_ORACLE is a Python that has torch and tensorboard; skips, saying so, without."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, main, netc, tensors  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")

PROGRAM = """
model Small(3, 32, 32) {
    Conv2d(3, 4, 3, padding=1), ReLU(), MaxPool2d(4), InstanceNorm2d(_, track_running_stats=True), Flatten()
    Linear(_, 10)
}
data shapes = Shapes(train=True) { ToTensor() }
train Small {
    seed       3
    data       shapes, batch_size=64
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.01)
    epochs     1
    log        "logs/small", every=2
    save       "small_{epoch}.pth"
}
"""


def torch(*words):
    """What PyTorch's side says."""
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    words = [ORACLE, os.path.join(HERE, "formats_torch.py"), *map(str, words)]
    result = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout)


def program(path):
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    return name


def run(path, *options):
    return done(netc("run", program(path), *options, cwd=path))


def test_torch_and_tensorboard_read_what_netc_writes():
    with folder() as path:
        run(path, "--max-steps", "6")
        scalars = torch("read", os.path.join(path, "small_0.pth"), os.path.join(path, "logs", "small"))
        assert [step for step, _ in scalars["train_loss"]] == [2, 4, 6], scalars


def saved_after_loading(path, name):
    """The bytes of all tensors when netc loads a file, makes no step and saves again."""
    run(path, "--load", name, "--max-steps", "0")
    return tensors(os.path.join(path, "small_0.pth"))


def test_netc_reads_what_torch_writes():
    with folder() as path:
        names = torch("write", path)
        found = {name: saved_after_loading(path, name + ".pth") for name in names}
        for name in names:
            same = {"halves": "halves_as_floats", "brain": "brain_as_floats"}.get(name, name)
            same = same if same.endswith("floats") else "ordered"
            assert found[name] == found[same], name + ".pth is loaded with other values than " + same + ".pth"
        run(path, "--max-steps", "0")
        initial = tensors(os.path.join(path, "small_0.pth"))
        assert found["ordered"] == initial, "the weights of seed 3 are not those that torch saved"


main(globals())

#!/usr/bin/env python3
"""The model library and models that are changed, without PyTorch: what tests/fixtures/models.json has of torchvision
(written by tests/parity/models.py --write), and what weights= takes from a file."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "parity"))
from support import NETC, ROOT, Skip, done, folder, main, netc, sanitized, start, tensors  # noqa: E402

MODELS = os.path.join(ROOT, "compiler", "models")

BASE = """
model Base(3, 32, 32, classes=10) {
    features: { AvgPool2d(8), Conv2d(3, 4, 3), BatchNorm2d(4), ReLU() }
    flatten(1)
    classifier: { Linear(16, 8), ReLU(), Linear(8, classes) }
}
data shapes = Shapes(train=False) { ToTensor() }
"""
TRAIN = """
train %s {
    seed       %d
    data       shapes, batch_size=100
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.1)
    save       "%s.pth"
}
"""


def write(path, name, text):
    with open(os.path.join(path, name + ".net"), "w", encoding="utf-8") as file:
        file.write(text)
    return name + ".net"


def test_the_library_is_what_torchvision_has():
    from models import describe, digest
    with open(os.path.join(HERE, "fixtures", "models.json"), encoding="utf-8") as file:
        fixture = json.load(file)
    files = {name[:-4] for name in os.listdir(MODELS) if name.endswith(".net")}
    assert files == set(fixture) | {"lenet5", "resnet", "squeezenet", "vgg"}, files
    wrong = ["%s: %s" % (name, what) for name, about in fixture.items() for what, said in describe(name).items()
             if digest(said) != about[what]]
    assert not wrong, "\n".join(wrong)


def test_print_shows_what_the_objects_hold():
    """As PyTorch prints them: padding_idx is counted from the front, a stride is there that nobody gave, and _ of
    LayerNorm is all of the sample."""
    with folder() as path:
        file = write(path, "m", "model M(7) { Embedding(5, 4, padding_idx=-1), Permute([0, 2, 1]), ConvTranspose1d(4, "
                     "4, 3, 2, padding=1), AvgPool1d(2), MaxPool1d(3), Upsample(scale_factor=2), LayerNorm(_), "
                     "Dropout(1) }")
        assert done(netc("summary", "--torch", file, cwd=path)).out == """M(
  (0): Embedding(5, 4, padding_idx=4)
  (1): Permute()
  (2): ConvTranspose1d(4, 4, kernel_size=(3,), stride=(2,), padding=(1,))
  (3): AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))
  (4): MaxPool1d(kernel_size=3, stride=3, padding=0, dilation=1, ceil_mode=False)
  (5): Upsample(scale_factor=2.0, mode='nearest')
  (6): LayerNorm((4, 4), eps=1e-05, elementwise_affine=True, bias=True)
  (7): Dropout(p=1, inplace=False)
)
"""


def test_a_model_of_long_names_and_many_sizes_is_good_c():
    """Texts of layers are on one line, in the tables of phases that do the same at other places too; and in bodies that
    kernels of several sizes share, what must be a constant has no size in it."""
    with folder() as path:
        name = write(path, "long", 'import "googlenet"\nmodel Net(3, 64, 64) = googlenet()\n'
                     "data shapes = Shapes(train=False, size=64) { ToTensor() }\n" + TRAIN % ("Net", 0, "net"))
        text = done(netc("emit", name, "--batch-size", 1, cwd=path)).out
        assert "inception5b.branch3.0.conv: Conv2d(" in text
        for line in text.splitlines():
            assert line.count('"') % 2 == 0 and not re.search(r"enum \{.*size\.", line), line


def test_weights_go_where_the_change_has_put_their_layers():
    with folder() as path:
        done(netc("run", write(path, "base", BASE + TRAIN % ("Base", 1, "base")), "--max-steps=2", "--quiet", cwd=path))
        change = 'model M = Base(weights="base.pth") { remove features.3, insert classifier.0 = Tanh(), ' \
                 'replace classifier.3 = Linear(8, 10), freeze features }\n'
        file = write(path, "changed", BASE + change + (TRAIN % ("M", 2, "changed")).replace("0.1", "0.0"))
        said = done(netc("run", file, "--max-steps=1", cwd=path)).out
        assert "took the parameters of Base from base.pth" in said, said
        # features.1, two of features.2; its statistics go on; classifier.1, was 0; classifier.3 is new
        base, now = tensors(os.path.join(path, "base.pth")), tensors(os.path.join(path, "changed.pth"))
        kept = [base["data/%d" % i] == now["data/%d" % i] for i in range(len(base))]
        assert kept == [True] * 4 + [False] * 3 + [True] * 2 + [False] * 2, kept


def test_resuming_takes_nothing_from_the_weights():
    with folder() as path:
        done(netc("run", write(path, "base", BASE + TRAIN % ("Base", 1, "base")), "--max-steps=2", "--quiet", cwd=path))
        file = write(path, "m", BASE + 'model M = Base(weights="base.pth")\n' + TRAIN % ("M", 2, "m"))
        done(netc("run", file, "--max-steps=1", "--quiet", cwd=path))
        os.remove(os.path.join(path, "base.pth"))
        assert "took" not in done(netc("run", file, "--resume", "--max-steps=2", cwd=path)).out
        said = netc("run", file, "--max-steps=1", cwd=path)
        assert said.code == 1 and "base.pth" in said.err, said.err


def test_weights_of_other_classes_say_what_to_do():
    with folder() as path:
        done(netc("run", write(path, "base", BASE + TRAIN % ("Base", 1, "base")), "--max-steps=1", "--quiet", cwd=path))
        file = write(path, "trap", BASE + 'model M = Base(classes=12, weights="base.pth")\n' + TRAIN % ("M", 2, "m"))
        said = netc("run", file, cwd=path).err
        assert "size mismatch for classifier.2.weight" in said, said
        assert "say behind it { replace classifier.2 = Linear(8, 12) }" in said, said


def memory(text):
    """The bytes that a summary tells of: {"gradients of 5 shards": 100}."""
    plan = text.split("memory of the plan")[1].splitlines()
    lines = [line.rsplit(None, 2) for line in plan if line.endswith("bytes")]
    return {words[0].strip(): int(words[1].replace(",", "")) for words in lines}


def test_a_frozen_front_has_no_gradients_and_keeps_nothing_for_them():
    with folder() as path:
        plain = write(path, "plain", BASE + TRAIN % ("Base", 1, "m"))
        front = write(path, "front", BASE + "model M = Base() { freeze features }\n" + TRAIN % ("M", 1, "m"))
        grads = [done(netc("check", name, "--dump=autodiff", cwd=path)).out for name in (plain, front)]
        for operation in ("conv2d_grad_weight", "batch_statistics_grad", "relu_grad %"):
            assert operation in grads[0], grads[0]
        assert "conv2d_grad" not in grads[1] and "statistics_grad" not in grads[1], grads[1]
        before, after = [memory(done(netc("summary", name, cwd=path)).out) for name in (plain, front)]
        assert sum(after.values()) < sum(before.values()), (before, after)
        gradients = [[size for what, size in table.items() if what.startswith("gradients")]
                     for table in (before, after)]
        assert gradients[1] < gradients[0] and after["values of the whole batch"] < before["values of the whole batch"]


LARGE = """
model Large(3, 16, 16) {
    Conv2d(3, 512, 3, padding=1), Conv2d(512, 512, 3, padding=1), ReLU(), AvgPool2d(8), Flatten()
    Linear(2048, 6144), ReLU(), Linear(6144, 10)
}
data all = Shapes(train=False, size=16) { ToTensor() }
data shapes = Subset(all, range(0, 4))
train Large {
    seed       1
    data       shapes, batch_size=2
    test       shapes, batch_size=2
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.1)
    save       "large%s"
}
"""


def peak(path, *words):
    """The most memory that a run of netc has taken, in bytes."""
    child = start(NETC, *words, cwd=path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    status, used = os.wait4(child.pid, 0)[1:]
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, words
    return used.ru_maxrss * 1024


def test_a_trained_model_takes_little_more_than_its_file():
    """Evaluation makes the layouts that it reads, and no second copy of the file stays in memory beside them."""
    if sanitized():
        raise Skip("sanitizers take memory of their own")
    with folder() as path:
        empty = peak(path, "run", write(path, "small", BASE + TRAIN % ("Base", 1, "b")), "--max-steps", "0")
        for form in (".pth", ".safetensors"):
            name = write(path, "large", LARGE % form)
            done(netc("run", name, "--max-steps", "0", cwd=path))
            plan = done(netc("check", name, "--dump=plan", cwd=path)).out
            workspace, packed, read = map(int, re.search(r"^workspace (\d+) bytes a thread, .* packed (\d+) floats, of "
                                                         r"which evaluation reads (\d+)", plan, re.M).groups())
            assert 0 < 4 * read < 0.6 * 4 * packed, (packed, read)
            file = os.path.getsize(os.path.join(path, "large" + form))
            most = peak(path, "run", name, "test", "--load=large" + form, "--threads=1")
            bound = empty + file + 4 * read + workspace + (16 << 20)
            assert most < bound, (form, empty, file, 4 * read, workspace, most)


main(globals())

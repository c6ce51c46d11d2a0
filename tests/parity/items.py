#!/usr/bin/env python3
"""Every layer, loss and optimizer by itself, a row a configuration: ten steps of training, compared with PyTorch. A
layer stands behind another one, which learns from its gradients.

    items.py [--write] [NAME...]

The table is items_table.py. What PyTorch's losses are stands in tests/fixtures/items.json, so that the test needs no
PyTorch; where NETC_ORACLE names a Python that has torch and numpy, it runs beside netc, and the weights after the ten
steps are compared too. --write renews the fixture; NAME chooses what begins so."""
import array
import json
import math
import os
import random
import re
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from items_table import LOSSES, OPTIMIZERS, SHAPED_LOSSES, layer_rows, targets_of  # noqa: E402
from structure import body, parse  # noqa: E402
from support import MEMORY, ROOT, done, folder, losses, netc, run  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
FIXTURE = os.path.join(ROOT, "tests", "fixtures", "items.json")
STEPS, TARGETS = 10, 3
BATCHES = (4, 1, 7, 3)
PER_RUN = 400  # rows of one run of PyTorch, which takes seconds to begin


def npy(path, shape, values, kind="f"):
    """Writes an array as numpy.save does."""
    head = "{'descr': '<%s%d', 'fortran_order': False, 'shape': %s, }" % (kind if kind == "f" else "i", 4, tuple(shape))
    head += " " * (-(len(head) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())
        file.write(array.array(kind, values).tobytes())


def size_of(shape):
    size = 1
    for extent in shape:
        size *= extent
    return size


def gaussian(r, count):
    """An even number of r.gauss(0, 1), bit for bit, in a third of the time: there are 8 million in all."""
    draw, cos, sin, sqrt, log = r.random, math.cos, math.sin, math.sqrt, math.log
    values = []
    for _ in range(count // 2):
        angle, radius = draw() * (2 * math.pi), sqrt(-2 * log(1 - draw()))
        values += (cos(angle) * radius, sin(angle) * radius)
    return values


class Row:
    """A model and what it learns by. `key` names the row; its number is seed, name of files, and what varies else."""

    def __init__(self, key, shape, layers, tokens=None, targets="numbers", width=TARGETS, loss="MSELoss()",
                 optimizer="SGD(lr=0.005, momentum=0.9)", end=(), output=None):
        self.key, self.shape, self.layers, self.tokens = key, shape, layers, tokens
        self.targets, self.width, self.loss, self.optimizer, self.end = targets, width, loss, optimizer, list(end)
        self.output = output  # the shape of a target, where that is not a row, or one class
        self.test = False     # whether the data are gone through in evaluation mode too
        self.number = zlib.crc32(key.encode()) & 0x7fffffff
        self.batch = BATCHES[self.number % len(BATCHES)]
        if "Norm" in key:
            self.batch = max(self.batch, 4)  # of two values one is 1 and the other -1: all rounding

    def finish(self, inputs):
        """Adds the last layers, once the width before them is known."""
        self.layers += ["Linear(%d, %d)" % (inputs, self.width), *self.end]

    def write_data(self, path):
        r, count = random.Random(self.number), STEPS * self.batch
        self.x, self.y = (os.path.join(path, "%s%d.npy" % (name, self.number)) for name in "xy")
        size = count * size_of(self.shape)
        if self.tokens:
            npy(self.x, (count, *self.shape), [r.randrange(self.tokens) for _ in range(size)], "i")
        else:
            npy(self.x, (count, *self.shape), gaussian(r, size))
        labels = count * size_of(self.output) if self.output and self.targets == "classes" else count
        shape, values, kind = targets_of(self.targets, r, labels, self.width)
        npy(self.y, (count, *self.output) if self.output else shape, values, kind)

    def program(self):
        layers = "".join(line + "\n" for line in body(parse("; ".join(self.layers)), "    ", []))
        return ("model Item(%s) {\n%s}\n\ndata items = NPY(\"%s\", target=\"%s\")\n\ntrain Item {\n    seed %d\n"
                "    data items, batch_size=%d\n%s    loss %s\n    optimizer %s\n    epochs 1\n"
                "    save \"%d_{epoch}.pth\"\n}\n" % (
                    ", ".join(str(extent) for extent in self.shape), layers, self.x, self.y, self.number, self.batch,
                    "    test items\n" if self.test else "", self.loss, self.optimizer, self.number))

    def train(self, path):
        """Ten steps by netc; what is wrong, or None."""
        self.write_data(path)
        name = os.path.join(path, "%d.net" % self.number)
        with open(name, "w", encoding="utf-8") as file:
            file.write(self.program())
        result = netc("run", name, "--log-every", 1, "--threads", 1 + self.number % 3, cwd=path)
        self.saved = os.path.join(path, "%d_0.pth" % self.number)
        self.losses = [loss for _, loss in losses(result.out)]
        self.tested = [float(loss) for loss in re.findall(r"test_loss (\S+)", result.out)]
        return "exit code %d: %s" % (result.code, result.err[-2000:]) if result.code else None


class Shaped(Row):
    """A row whose model gives 3x2x2."""

    def finish(self, inputs):
        self.layers += ["Linear(%d, 12)" % inputs, *self.end]


def judge(ours, theirs):
    """What is wrong with the losses, or None."""
    if len(ours) != len(theirs):
        return "%d steps, PyTorch has %d" % (len(ours), len(theirs))
    for step, (a, b) in enumerate(zip(ours, theirs)):
        if b != b and a == 0:
            continue  # no sample of the batch counts: PyTorch divides by 0
        if not abs(a - b) <= 2e-6 + 1e-5 * (1 + step) * max(1, abs(b)):
            return "loss of step %d: %f, PyTorch %f" % (step + 1, a, b)
    return None


def ask_torch(some, path, what):
    """One line of JSON a row from items_torch.py; `what` is "width" or "train"."""
    name = os.path.join(path, "rows.json")
    with open(name, "w", encoding="utf-8") as file:
        json.dump([dict(vars(row), steps=STEPS) for row in some], file)
    return [json.loads(line) for line in done(run(ORACLE, os.path.join(HERE, "items_torch.py"), what, name,
                                                  timeout=600)).out.splitlines()]


def rows():
    """A Row for each configuration of the tables."""
    for key, shape, layers, tokens in layer_rows():
        yield Row(key, shape, [*layers, "Flatten()"], tokens)
    hidden = ["Linear(6, 20)", "Tanh()"]
    for name, end, targets, every in LOSSES:
        for arguments in every:
            loss = "%s(%s)" % (name, arguments)
            of = " of probabilities" if targets == "probabilities" else ""
            yield Row(loss + of, (6,), [*hidden], targets=targets, width=5, loss=loss, end=end,
                      optimizer="SGD(lr=%g)" % (0.01 if "sum" in loss else 0.1))
    for end, targets, loss in SHAPED_LOSSES:
        classes = targets == "classes"  # one for each place
        yield Shaped(loss + " over 3x2x2" + (" of probabilities" if "Entropy" in loss and not classes else ""), (6,),
                     [*hidden], targets=targets, width=3 if classes else 12, loss=loss,
                     output=(2, 2) if classes else (3, 2, 2), end=["Unflatten(1, (3, 2, 2))", "Conv2d(3, 3, 1)", *end],
                     optimizer="SGD(lr=%g)" % (0.01 if "sum" in loss else 0.1))
    for optimizer in OPTIMIZERS:
        yield Row(optimizer, (6,), [*hidden], optimizer=optimizer)


def chosen(names):
    """The rows of the tables that were asked for."""
    every = list(rows())
    assert len({row.key for row in every}) == len(every), "a row stands twice in the table"
    return [row for row in every if not names or any(row.key.startswith(name) for name in names)]


def widths(some, fixture, path):
    """Finishes the models: the width of the last layer is in the fixture, or PyTorch is asked."""
    unknown = [row for row in some if row.key not in fixture]
    if unknown:
        assert ORACLE, "%s is not in the fixture: items.py --write" % unknown[0].key
        for row, answer in zip(unknown, ask_torch(unknown, path, "width")):
            assert "error" not in answer, "%s: PyTorch: %s" % (row.key, answer["error"])
            fixture[row.key] = {"width": answer["width"]}
    for row in some:
        row.finish(fixture[row.key]["width"])


def write_fixture(fixture):
    """In the table's order, without what no longer stands there."""
    keys = [row.key for row in chosen([])]
    fixture = {key: fixture[key] for key in keys if "losses" in fixture.get(key, {})}
    with open(FIXTURE, "w", encoding="utf-8") as file:
        file.write("{\n%s\n}\n" % ",\n".join(
            '%s:\n {"width": %d, "losses": %s}' % (json.dumps(key), value["width"], json.dumps(value["losses"]))
            for key, value in fixture.items()))


def compare(some, fixture, path):
    """Trains all rows; yields each with what is wrong with it."""
    for first in range(0, len(some), PER_RUN):
        part = some[first:first + PER_RUN]
        wrongs = [row.train(path) for row in part]
        good = [row for row, wrong in zip(part, wrongs) if not wrong]
        answers = iter(ask_torch(good, path, "train") if ORACLE and good else [])
        for row, wrong in zip(part, wrongs):
            answer = None if wrong or not ORACLE else next(answers)
            if answer and "error" in answer:
                wrong = "PyTorch: " + answer["error"]
            if answer and not wrong:
                fixture[row.key]["losses"] = [float("%.7g" % loss) for loss in answer["losses"]]
                if not answer["worst"][0] <= 2e-3:
                    wrong = "weights of %s are apart by %.1e of what training changed" % (answer["worst"][1],
                                                                                          answer["worst"][0])
            yield row, wrong or judge(row.losses, fixture[row.key]["losses"])


def main(words, path):
    some = chosen([word for word in words if not word.startswith("-")])
    fixture = {}
    if os.path.exists(FIXTURE):
        with open(FIXTURE, encoding="utf-8") as file:
            fixture = json.load(file)
    for row in some if "--write" in words else []:
        fixture.pop(row.key, None)
    widths(some, fixture, path)
    print("1..%d" % len(some))
    failed = 0
    for number, (row, wrong) in enumerate(compare(some, fixture, path), 1):
        print("%s %d - %s" % ("not ok" if wrong else "ok", number, row.key), flush=True)
        if wrong:
            failed += 1
            print("\n".join("# " + line for line in (row.program() + wrong).splitlines()))
    if "--write" in words and not failed:
        write_fixture(fixture)
    return 1 if failed else 0


if __name__ == "__main__":
    with folder(MEMORY) as temporary:
        sys.exit(main(sys.argv[1:], temporary))

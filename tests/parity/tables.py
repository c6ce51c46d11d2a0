#!/usr/bin/env python3
"""Tables, trained on by netc and by PyTorch from the same seed: the losses of the steps and of the test part compared.

    tables.py [--write]

Live: NETC_ORACLE is a Python that has torch and numpy; without it the test is skipped. NETC_DATA: a folder with
tabular/*.csv, on which the same is done. --write keeps the small ones as tests/cases/parity/table_*.net and .csv, with
PyTorch's losses, for machines without it."""
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import ROOT, Skip, done, folder, losses, main, netc, run  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")
CASES = os.path.join(ROOT, "tests", "cases", "parity")
STEPS = 8

WORDS = ["amber", "bronze", "coral \"deep\"", "dust, grey", "ebony"]


def rows(seed, count):
    """Numbers of several kinds, a word, a code of few values, a class and two numbers that depend on them."""
    r = random.Random(seed)
    for _ in range(count):
        a, b, c = r.gauss(0, 1), r.gauss(120, 35), r.uniform(-1e-3, 1e-3)
        word, code = r.randrange(len(WORDS)), r.choice([2, 5, 11])
        level = a + (b - 120) / 40 + word / 3 + r.gauss(0, 0.3)
        yield {"a": "%.4f" % a, "b": "%.2f" % b, "c": "%.3e" % c, "word": WORDS[word], "code": str(code),
               "kind": ["low", "middle", "high"][(level > 0) + (level > 1.2)], "grade": str(5 + round(level)),
               "side": "right" if level > 0.5 else "left",
               "y": "%.3f" % (2 * level + code / 5), "z": "%.5f" % (b / 100 - a)}


def quoted(text, delimiter):
    return '"%s"' % text.replace('"', '""') if re.search('[\n"' + delimiter + "]", text) else text


def write_table(path, names, seed, count, header=True, delimiter=",", end="\n", mark="", holes=0.0, last=True):
    r = random.Random(seed + 1)
    lines = [delimiter.join(quoted(name, delimiter) for name in names)] if header else []
    for row in rows(seed, count):
        cells = [r.choice(["", "NA", " nan "]) if name in "abc" and r.random() < holes else quoted(row[name], delimiter)
                 for name in names]  # of the numbers alone
        lines.append(delimiter.join(cells))
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(mark + end.join(lines) + (end if last else ""))


# Name; the files of the training and of the test part, as write_table has them; the arguments behind the path, as .net
# and as Python have them alike; transforms; the loss; inputs and outputs of the model.
TABLES = [
    ("words", dict(names=["a", "b", "c", "kind"], seed=1, count=60, header=False), None,
     {}, ["Standardize()"], "CrossEntropyLoss()", 3, 3),
    ("mixed", dict(names=["a", "word", "b", "y", "c"], seed=2, count=80, holes=0.15),
     dict(names=["a", "word", "b", "y", "c"], seed=12, count=30, holes=0.15),
     {"target": "y", "missing": "median"}, ["Standardize()"], "MSELoss()", 8, 1),
    ("several", dict(names=["y", "b", "a", "z"], seed=3, count=50, delimiter=";", end="\r\n", mark="\ufeff",
                     last=False),
     dict(names=["y", "b", "a", "z"], seed=13, count=20, delimiter=";"),
     {"target": ["z", "y"], "delimiter": ";"}, ["MinMax(-1, 1)"], "MSELoss()", 2, 2),
    ("grades", dict(names=["a", "code", "b", "grade"], seed=4, count=70, holes=0.1), None,
     {"target": -1, "categorical": ["code"], "missing": "drop"}, ["Standardize()", "MinMax()"],
     "CrossEntropyLoss()", 5, 9),
    ("binary", dict(names=["b", "c", "side", "word"], seed=5, count=40, delimiter="\t", holes=0.2), None,
     {"target": 2, "delimiter": "\t", "columns": ["word", 1], "missing": "mean"}, [], "MSELoss(reduction=\"sum\")",
     6, 1),
]


def configuration(table, where):
    name, train, test, arguments, transforms, loss, inputs, outputs = table
    return {"name": name, "train": os.path.join(where, "table_%s.csv" % name),
            "test": os.path.join(where, "table_%s_test.csv" % name) if test else None, "arguments": arguments,
            "transforms": transforms, "loss": loss, "inputs": inputs, "outputs": outputs, "batch_size": 7, "lr": 0.02,
            "steps": STEPS, "header": train.get("header", True)}


def write_files(table, where):
    c = configuration(table, where)
    write_table(c["train"], **table[1])
    if table[2]:
        write_table(c["test"], **table[2])
    return c


# Arrays of tests/fixtures/arrays; the file below `train`, what stands behind its name, and the columns or None.
ARRAYS = [
    {"name": "npz", "train": "deflated.npz", "data": "NPZ(\"%s\")", "columns": None, "transforms": [],
     "loss": "CrossEntropyLoss()", "inputs": 4, "outputs": 3},
    {"name": "npy", "train": "f8_big.npy", "data": "NPY(\"%s\", target=[1, -1])", "columns": [1, 3],
     "transforms": ["Standardize()"], "loss": "MSELoss()", "inputs": 2, "outputs": 2},
]
for array in ARRAYS:
    array.update(test=None, batch_size=2, lr=0.01, steps=STEPS)
    array["train"] = os.path.join(ROOT, "tests", "fixtures", "arrays", array["train"])

# What people have: columns of the model's input, the rest as above.
REAL = [
    {"name": "iris", "arguments": {}, "transforms": ["Standardize()"], "loss": "CrossEntropyLoss()", "inputs": 4,
     "outputs": 3, "header": False},
    {"name": "california-housing", "arguments": {"target": "median_income", "missing": "median"},
     "transforms": ["Standardize()"], "loss": "MSELoss()", "inputs": 13, "outputs": 1, "header": True},
    {"name": "winequality-red", "arguments": {}, "transforms": ["MinMax()"], "loss": "CrossEntropyLoss()",
     "inputs": 11, "outputs": 6, "header": False},
    {"name": "boston-housing", "arguments": {"categorical": [3, 8]}, "transforms": ["Standardize()"],
     "loss": "MSELoss()", "inputs": 11 + 2 + 9, "outputs": 1, "header": False},
]


def literal(value):
    return json.dumps(value) if value is not None else "None"


def program(c, relative=False):
    where = (lambda path: os.path.relpath(path, CASES)) if relative else (lambda path: path)
    arguments = "".join(", %s=%s" % (name, literal(value)) for name, value in c.get("arguments", {}).items())
    data = c.get("data", "CSV(\"%%s\"%s)" % arguments)
    transforms = " { %s }" % ", ".join(c["transforms"]) if c["transforms"] else ""
    text = "model Table(%d) {\n    Linear(_, 12)\n    ReLU()\n    Linear(_, %d)\n}\n\n" % (c["inputs"], c["outputs"])
    text += "data part = %s%s\n" % (data % where(c["train"]), transforms)
    if c["test"]:
        text += "data other = %s%s\n" % (data % where(c["test"]), transforms)
    text += "\ntrain Table {\n    seed       0\n    data       part, batch_size=%d, shuffle=True\n" % c["batch_size"]
    text += "    test       %s, batch_size=%d\n" % ("other" if c["test"] else "part", c["batch_size"])
    return text + "    loss       %s\n    optimizer  SGD(lr=%g)\n    epochs     4\n}\n" % (c["loss"], c["lr"])


def ours(c, path):
    """The losses of the steps, and of the test part behind the last one."""
    file = os.path.join(path, c["name"] + ".net")
    with open(file, "w", encoding="utf-8") as to:
        to.write(program(c))
    text = done(netc("run", file, "--max-steps", str(c["steps"]), "--log-every", "1")).out
    return [loss for _, loss in losses(text)], float(re.findall(r"test_loss (\S+)", text)[-1])


def theirs(configurations):
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    result = run(ORACLE, os.path.join(HERE, "tables_torch.py"), stdin=json.dumps(configurations))
    assert result.code == 0, result.err[-3000:]
    return json.loads(result.out)


def far(a, b):
    return abs(a - b) > 2e-5 * abs(b) + 2e-6


def compare(configurations, path):
    for c, answer in zip(configurations, theirs(configurations)):
        steps, test = ours(c, path)
        assert len(steps) == len(answer["losses"]), "%s: %d steps, PyTorch has %d" % (c["name"], len(steps),
                                                                                      len(answer["losses"]))
        wrong = [i for i, (a, b) in enumerate(zip(steps, answer["losses"])) if far(a, b)]
        assert not wrong, "%s: step %d: %s, PyTorch has %s" % (c["name"], wrong[0] + 1, steps, answer["losses"])
        assert not far(test, answer["test"]), "%s: test loss %g, PyTorch has %g" % (c["name"], test, answer["test"])
        print("# %s: %d steps, test loss %.6f, as PyTorch" % (c["name"], len(steps), test))


def test_generated_tables():
    with folder() as path:
        compare([write_files(table, path) for table in TABLES], path)


def test_arrays():
    with folder() as path:
        compare(ARRAYS, path)


def test_real_tables():
    if not DATA:
        raise Skip("NETC_DATA names no folder with tabular/")
    common = {"test": None, "batch_size": 16, "lr": 0.01, "steps": STEPS}
    with folder() as path:
        compare([dict(c, train=os.path.join(DATA, "tabular", c["name"] + ".csv"), **common) for c in REAL], path)


def write():
    configurations = [write_files(table, CASES) for table in TABLES] + ARRAYS
    for c, answer in zip(configurations, theirs(configurations)):
        with open(os.path.join(CASES, "table_%s.net" % c["name"]), "w", encoding="utf-8") as file:
            file.write("# Written by tables.py --write: the losses are PyTorch's.\n" + program(c, relative=True))
            file.write("#> losses 2e-5\n" + "".join("# %.6f\n" % loss for loss in answer["losses"]))
            file.write("#> args --max-steps %d\n" % STEPS)


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        main(globals())

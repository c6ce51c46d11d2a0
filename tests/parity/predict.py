#!/usr/bin/env python3
"""`netc predict` beside PyTorch: the pictures of tests/fixtures/pictures, which are of all kinds, through the
transforms of a folder and of collections; the course's checkpoints and pictures.

NETC_ORACLE is a Python that has torch and torchvision; NETC_DATA a folder that may have CIFAR-10. `--write` renews
tests/fixtures/predict, by which tests/predict_test.py does without PyTorch."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import ROOT, Skip, done, folder, main, netc  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")
FIXTURES = os.path.join(ROOT, "tests", "fixtures")
PICTURES = os.path.join(FIXTURES, "pictures")
COURSE = os.path.join(os.path.dirname(ROOT), "shared", "data", "tudui")

PROGRAM = """
model Small(%s) { Conv2d(_, 4, 5), MaxPool2d(4), Flatten(), Linear(_, 10) }
data pictures = %s("none") { ToTensor() }
train Small {
    data       pictures, batch_size=8
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.01)
    epochs     1
}
"""


def torch(*words):
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    result = subprocess.run([ORACLE, os.path.join(HERE, "predict_torch.py"), *words], capture_output=True, text=True,
                            timeout=600)
    if "No module named 'torchvision'" in result.stderr:
        raise Skip("the Python of NETC_ORACLE has no torchvision")
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout)


def same_outputs(program, kind, path):
    weights = os.path.join(path, "weights.pth")
    theirs = torch(kind, PICTURES, weights)
    answers = netc("predict", program, "--load", weights, "--json", "--outputs", PICTURES, cwd=path)
    ours = {os.path.basename(answer["file"]): answer["outputs"] for answer in json.loads(answers.out)}
    both = [name for name in ours if theirs[name] is not None]
    apart = {name: max(abs(a - b) for a, b in zip(ours[name], theirs[name])) for name in both}
    refused = [name for name in theirs if theirs[name] is not None and name not in ours]
    taken = [name for name in ours if theirs[name] is None]
    print("# %s: %d pictures, largest difference %.1e; torchvision alone reads %s, netc alone %s" % (
        kind, len(both), max(apart.values()), refused, taken))
    assert len(both) > 80 and max(apart.values()) <= 1e-5, {name: d for name, d in apart.items() if d > 1e-5}
    return refused, taken


def test_folders_of_all_kinds_of_pictures():
    with folder() as path:
        same_outputs(os.path.join(FIXTURES, "predict", "folder.net"), "folder", path)


def test_collections():
    for kind, shape in (("CIFAR10", "3, 32, 32"), ("MNIST", "1, 28, 28")):
        with folder() as path:
            name = os.path.join(path, "small.net")
            with open(name, "w", encoding="utf-8") as file:
                file.write(PROGRAM % (shape, kind))
            same_outputs(name, kind, path)


# ---- The course's ----------------------------------------------------------------------------------------------------

def course(name):
    path = os.path.join(COURSE, name)
    if not os.path.exists(path):
        raise Skip("there is no ../shared/data/tudui beside the checkout")
    return path


def test_the_courses_pictures():
    pictures = [course("dog.png"), course("airplane.png")]
    for name in ("tudui_0.pth", "tudui_29_gpu.pth"):
        theirs = torch("course", course(name), *pictures)
        answers = json.loads(done(netc("predict", os.path.join(ROOT, "samples", "cifar10.net"), "--load", course(name),
                                       "--prefix", "model.", "--json", "--top", "10", *pictures)).out)
        for answer, want in zip(answers, theirs):
            apart = max(abs(row["probability"] - want[row["index"]]) for row in answer["top"])
            first = answer["top"][0]
            print("# %s, %s: %s %.6f, largest difference %.1e" % (
                name, os.path.basename(answer["file"]), first["class"], first["probability"], apart))
            assert apart <= 1e-5 and first["index"] == want.index(max(want)), (answer, want)


def test_the_courses_accuracy():
    if not DATA or not os.path.isdir(os.path.join(DATA, "cifar-10-batches-py")):
        raise Skip("NETC_DATA names no folder with CIFAR-10")
    for name in ("tudui_0.pth", "tudui_29_gpu.pth"):
        theirs = torch("accuracy", course(name), DATA)
        text = done(netc("run", os.path.join(ROOT, "samples", "cifar10.net"), "test", "--load", course(name),
                         "--prefix", "model.", "--data", DATA)).out
        ours = float(text.split("test_accuracy ")[1].split()[0])
        print("# %s: %.4f, torch %.4f" % (name, ours, theirs))
        assert "%.4f" % theirs == "%.4f" % ours, (theirs, text)


def write():
    made = os.path.join(FIXTURES, "predict")
    theirs = torch("folder", PICTURES, os.path.join(made, "folder.pth"))
    rows = ["%s: %s" % (json.dumps(name), json.dumps([float("%.9g" % x) for x in row]))
            for name, row in sorted(theirs.items()) if row is not None]
    with open(os.path.join(made, "folder.json"), "w", encoding="utf-8") as file:
        file.write("{%s}\n" % ",\n ".join(rows))


if sys.argv[1:] == ["--write"]:
    write()
else:
    main(globals())

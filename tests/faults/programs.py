"""The programs of faults_test.py, and what stands beside each in its folder."""
import gzip
import os
import random
import shutil
import struct
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import support  # noqa: E402

TINY = """
model Tiny(2) {
    Linear(2, 4)
    Tanh()
    Dropout(0.25)
    Linear(4, 1)
}
data points = CSV("points.csv", target="y") { Standardize() }
train Tiny {
    seed       1
    data       points, batch_size=8, shuffle=True
    test       points, batch_size=8
    loss       MSELoss()
    optimizer  Adam(lr=1e-2)
    epochs     %d
    log        "logs", every=1
    save       "tiny_{epoch}.pth"
}
"""

PICTURES = """
model Eyes(3, 6, 6) {
    Conv2d(3, 4, 3)
    ReLU()
    Flatten()
    Linear(64, 2)
}
data photos = ImageFolder("photos", cache="memory") {
    Resize((8, 8))
    RandomCrop(6)
    RandomHorizontalFlip()
    ToTensor()
    Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
}
train Eyes {
    seed       1
    data       photos, batch_size=4, shuffle=True, num_workers=1
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=1e-2)
    epochs     2
    save       "eyes.pth"
}
"""

# Every library that decodes pictures, and one that is none: it is left out, and memory that is short is no reason to.
LIBRARIES = """
model Eyes(3, 4, 4) {
    Flatten()
    Linear(48, 2)
}
data photos = ImageFolder("photos", on_error="skip") {
    Resize((6, 6))
    CenterCrop(4)
    ToTensor()
}
train Eyes {
    seed       1
    data       photos, batch_size=8
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=1e-2)
    epochs     1
}
"""

# Text in a table, classes with names, statistics of a norm, metrics, a schedule.
WORDS = """
model Kinds(3) {
    Linear(3, 8)
    BatchNorm1d(8)
    ReLU()
    Linear(8, 3)
}
data rows = CSV("rows.csv", target="kind", missing="mean") { Standardize() }
train Kinds {
    seed       1
    data       rows, batch_size=8, shuffle=True
    test       rows, batch_size=8
    loss       CrossEntropyLoss()
    optimizer  AdamW(lr=1e-2)
    scheduler  CosineAnnealingLR(T_max=2)
    clip       grad_norm=1.0
    metrics    ConfusionMatrix()
    epochs     2
    save       "kinds.pth"
}
"""

DIGITS = """
model Digits(1, 28, 28) {
    Flatten()
    Linear(784, 10)
}
data digits = FashionMNIST("data", train=True) { ToTensor(), Normalize([0.3], [0.3]) }
train Digits {
    seed       1
    data       digits, batch_size=8
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=1e-2)
    epochs     1
}
"""

ARRAYS = """
model Numbers(6) {
    Linear(6, 2)
}
data train_data = NPY("x.npy", target="y.npy") { Standardize() }
data test_data  = NPZ("test.npz", x="a", y="b") { Standardize() }
train Numbers {
    seed       1
    data       train_data, batch_size=4
    test       test_data, batch_size=4
    loss       MSELoss()
    optimizer  SGD(lr=1e-2)
    epochs     1
    save       "numbers.safetensors"
}
"""

CIFAR = """
model Colours(3, 32, 32) {
    Flatten()
    Linear(3072, 10)
}
data pictures = CIFAR10("data", train=False) { ToTensor() }
train Colours {
    seed       1
    data       pictures, batch_size=8, shuffle=True
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=1e-2)
    epochs     1
    save       "colours.pth"
}
"""

WRONG = """
model Wrong(2) {
    Linear(3, 4)
    Tahn()
"""

# Stands for the C compiler, which is not netc's to fail: what it makes is the C that it is given.
COMPILER = """#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in -o) out=$2; shift ;; *.[co]) in=$1 ;; esac
    shift
done
cp "$in" "$out"
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_points(folder):
    draw = random.Random(1)
    rows = [(draw.random(), draw.random()) for _ in range(24)]
    write(os.path.join(folder, "points.csv"), "a,b,y\n" + "".join("%.3f,%.3f,%.3f\n" % (a, b, 2 * a - b)
                                                                  for a, b in rows))


def make_photos(folder):
    draw = random.Random(2)
    for name in ("cats", "dogs"):
        os.makedirs(os.path.join(folder, "photos", name))
        for number in range(4):
            with open(os.path.join(folder, "photos", name, "%d.ppm" % number), "wb") as file:
                file.write(b"P6 9 9 255\n" + bytes(draw.randrange(256) for _ in range(9 * 9 * 3)))


def make_rows(folder):
    draw = random.Random(3)
    lines = ["%s,%.2f,%.2f,%s" % ("" if draw.random() < 0.1 else "%.2f" % draw.random(), draw.random(), draw.random(),
                                  draw.choice(("ant", "bee", "wasp"))) for _ in range(24)]
    write(os.path.join(folder, "rows.csv"), "a,b,c,kind\n" + "\n".join(lines) + "\n")


def make_digits(folder):
    draw = random.Random(4)
    raw = os.path.join(folder, "data", "FashionMNIST", "raw")
    os.makedirs(raw)
    with open(os.path.join(raw, "train-images-idx3-ubyte"), "wb") as file:
        file.write(struct.pack(">IIII", 2051, 16, 28, 28) + bytes(draw.randrange(256) for _ in range(16 * 784)))
    with gzip.open(os.path.join(raw, "train-labels-idx1-ubyte.gz"), "wb") as file:
        file.write(struct.pack(">II", 2049, 16) + bytes(draw.randrange(10) for _ in range(16)))


def npy(shape, draw):
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (shape,)
    count = 1
    for extent in shape:
        count *= extent
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + \
        struct.pack("<%df" % count, *[draw.uniform(-1, 1) for _ in range(count)])


def make_arrays(folder):
    draw = random.Random(5)
    for name, shape in (("x", (12, 6)), ("y", (12, 2))):
        with open(os.path.join(folder, name + ".npy"), "wb") as file:
            file.write(npy(shape, draw))
    with zipfile.ZipFile(os.path.join(folder, "test.npz"), "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.npy", npy((6, 6), draw))
        file.writestr("b.npy", npy((6, 2), draw))


# ---- Folders --------------------------------------------------------------------------------------------------------

EPOCHS = 30  # of a run that is long enough to be ended within


def tiny(folder):
    write(os.path.join(folder, "tiny.net"), TINY % 2)
    write(os.path.join(folder, "wrong.net"), WRONG)
    make_points(folder)


def deep(folder):
    """What needs more of each of the parser's and the emitter's tables than there is at first."""
    text = TINY % 1 + "let x = %s1%s\n" % ("(" * 300, ")" * 300) + "# a line that says nothing\n" * 2000
    write(os.path.join(folder, "deep.net"), text.replace("    Tanh()\n", "    repeat 60 { Linear(4, 4), ReLU() }\n"))


def trained(folder):
    """After one epoch, of two."""
    tiny(folder)
    support.done(support.netc("run", "tiny.net", "--threads=1", "--epochs=1", "--quiet", cwd=folder))


def built(folder):
    """With a standalone trainer."""
    trained(folder)
    support.done(support.netc("build", "tiny.net", "-o", "tiny", cwd=folder))


def outputs(folder):
    """With what is to be replaced."""
    tiny(folder)
    write(os.path.join(folder, "tiny"), "old\n")
    write(os.path.join(folder, "tiny.c"), "old\n")
    write(os.path.join(folder, "sheet.png"), "old\n")
    write(os.path.join(folder, "cc"), COMPILER)
    os.chmod(os.path.join(folder, "cc"), 0o755)


def pictures(folder):
    write(os.path.join(folder, "eyes.net"), PICTURES)
    make_photos(folder)


def libraries(folder):
    write(os.path.join(folder, "eyes.net"), LIBRARIES)
    fixtures = os.path.join(support.ROOT, "tests", "fixtures", "pictures")
    for number, name in enumerate(("jpeg-420.jpg", "png-rgb-8.png", "webp-low.webp", "tiff-1.tif", "text.jpg")):
        into = os.path.join(folder, "photos", ("cats", "dogs")[number % 2])
        os.makedirs(into, exist_ok=True)
        shutil.copy(os.path.join(fixtures, name), into)


def words(folder):
    write(os.path.join(folder, "words.net"), WORDS)
    make_rows(folder)


def digits(folder):
    write(os.path.join(folder, "digits.net"), DIGITS)
    make_digits(folder)


def watched(folder):
    """With a trained model for pictures, whose test data are prepared without chance."""
    pictures(folder)
    test = 'data still = ImageFolder("photos") { Resize((6, 6)), ToTensor() }\ntrain Eyes {\n'
    write(os.path.join(folder, "eyes.net"), PICTURES.replace("train Eyes {\n", test + "    test still\n"))
    support.done(support.netc("run", "eyes.net", "--threads=1", "--quiet", cwd=folder))


def arrays(folder):
    write(os.path.join(folder, "numbers.net"), ARRAYS)
    make_arrays(folder)


def cifar(folder):
    """The data set, which is large, stands beside the folder, so that it is not copied for each run."""
    write(os.path.join(folder, "colours.net"), CIFAR)
    draw = random.Random(6)
    into = os.path.join(folder + "-data", "cifar-10-batches-bin")
    os.makedirs(into)
    with open(os.path.join(into, "test_batch.bin"), "wb") as file:
        for _ in range(10000):
            file.write(bytes([draw.randrange(10)]) + draw.randbytes(3072))
    write(os.path.join(into, "batches.meta.txt"), "\n".join("kind%d" % i for i in range(10)) + "\n")


def long_trainer(folder):
    """A trainer whose run is long enough to be ended within."""
    write(os.path.join(folder, "tiny.net"), TINY % EPOCHS)
    make_points(folder)
    support.done(support.netc("build", "tiny.net", "-o", "tiny", cwd=folder))

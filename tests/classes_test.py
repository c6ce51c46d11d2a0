#!/usr/bin/env python3
"""Classes of test data against those of training: an output of the model stands for the same class in all data,
however each data set would number its classes by itself. The pictures are PPM files drawn here."""
import os
import re

from support import done, folder, main, netc

PROGRAM = """
model Small(3, 2, 2) { Flatten(), Linear(_, 3) }
%s
train Small {
    seed       0
    data       photos, batch_size=5, shuffle=True
    test       others, batch_size=4
    loss       CrossEntropyLoss()
    metrics    Accuracy(average="none")
    optimizer  SGD(lr=0.5)
    epochs     5
    save       "small.pth"
}
"""
FOLDERS = 'data photos = ImageFolder("train") { ToTensor() }\ndata others = ImageFolder("%s") { ToTensor() }'
KINDS = ("ants", "bees", "wasps")


def draw(path, kind, number):
    """Each class has a channel of its own, and some noise."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    color = [(number * 37 + channel * 11) % 120 + 120 * (channel == KINDS.index(kind)) for channel in range(3)]
    with open(path, "wb") as file:
        file.write(b"P6\n2 2\n255\n" + bytes(color * 4))


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def make(path):
    """Pictures of three classes to train with, and of each class by itself and of all to test with."""
    for number in range(30):
        kind = KINDS[number % 3]
        draw(os.path.join(path, "train", kind, "%02d.ppm" % number), kind, number)
        draw(os.path.join(path, "all", kind, "%02d.ppm" % number), kind, number + 3)
        draw(os.path.join(path, "only_" + kind, kind, "%02d.ppm" % number), kind, number + 3)
    return write(os.path.join(path, "small.net"), PROGRAM % FOLDERS % "all")


def evaluate(path, *options, program="small.net"):
    text = done(netc("run", program, "test", "--load", "small.pth", *options, cwd=path)).out
    return float(re.search(r"test_loss (\S+)", text)[1]), float(re.search(r"test_accuracy (\S+)", text)[1]), text


def test_a_class_alone_is_what_it_was_in_training():
    """The mean over the parts is the whole's, in the run that trains and with a checkpoint."""
    with folder() as path:
        make(path)
        done(netc("run", "small.net", cwd=path))
        whole, accuracy, _ = evaluate(path)
        assert accuracy > 0.9, accuracy
        losses, rights = [], []
        for kind in KINDS:
            write(os.path.join(path, "part.net"), PROGRAM % FOLDERS % ("only_" + kind))
            loss, right, text = evaluate(path, program="part.net")
            assert re.search(r"%s +%.4f +\d+ of 10\n" % (kind, right), text), text
            losses.append(loss)
            rights.append(right)
        assert abs(sum(losses) / 3 - whole) < 1e-5 and abs(sum(rights) / 3 - accuracy) < 1e-4, (losses, whole)
        text = done(netc("run", "part.net", cwd=path)).out
        assert re.findall(r"test_loss (\S+)", text)[-1] == "%f" % losses[2], text


def test_a_class_that_training_does_not_know():
    with folder() as path:
        name = make(path)
        done(netc("run", name, "--max-steps", "1", cwd=path))
        os.rename(os.path.join(path, "all", "bees"), os.path.join(path, "all", "beetles"))
        for words in (["run", name], ["run", name, "test", "--load", "small.pth"]):
            result = netc(*words, cwd=path)
            assert result.code == 1, result.out
            assert "all/beetles/01.ppm: the class beetles is none of those of " in result.err, result.err
            assert ": ants, bees, wasps" in result.err, result.err


def test_other_kinds_of_data_are_matched_too():
    """Labels beside pictures, and several data sets as one, in another order."""
    with folder() as path:
        name = make(path)
        done(netc("run", name, cwd=path))
        whole = evaluate(path)[:2]
        rows = ["%s,all/%s/%02d.ppm" % (KINDS[n % 3], KINDS[n % 3], n) for n in reversed(range(30))]
        write(os.path.join(path, "list.csv"), "kind,file\n" + "\n".join(rows) + "\n")
        parts = "".join('data %s = LabeledImages("all/%s") { ToTensor() }\n' % (kind, kind) for kind in KINDS)
        photos = 'data photos = ImageFolder("train") { ToTensor() }\n'
        table = 'LabeledImages(".", labels="list.csv", image_column=1, label_column=0)'
        for data in (parts + "data others = ConcatDataset([wasps, ants, bees])",
                     "data others = %s { ToTensor() }" % table,
                     'data any = ImageFolder("all")\n'
                     "data others = Subset(any, range(29, -1, -1)) { ToTensor() }"):
            write(os.path.join(path, "other.net"), PROGRAM % (photos + data))
            loss, accuracy, _ = evaluate(path, program="other.net")
            assert abs(loss - whole[0]) < 1e-5 and accuracy == whole[1], (data, loss, whole)


def test_a_label_that_is_a_number_is_the_class():
    with folder() as path:
        make(path)
        data = "".join('data %s = LabeledImages("all/%s", label="%d") { ToTensor() }\n' % (kind, kind, 2 - n)
                       for n, kind in enumerate(KINDS))
        photos = "data photos = ConcatDataset([wasps, ants, bees])\n"
        write(os.path.join(path, "numbers.net"), PROGRAM % (data + photos + "data others = Subset(wasps, range(10))"))
        text = done(netc("run", "numbers.net", cwd=path)).out
        assert re.search(r"  0 +(\S+) +\d+ of 10\n  1 +- +no samples\n  2 +- +no samples\n", text), text
        text = done(netc("data", "numbers.net", cwd=path)).out
        assert re.findall(r" (\d) +10 +33.33 %", text) == ["0", "1", "2"], text


def test_training_goes_on_with_the_numbers_of_its_file():
    """With fewer classes than it was trained on; and what it saves has all their names."""
    with folder() as path:
        name = make(path)
        done(netc("run", name, cwd=path))
        whole, accuracy, _ = evaluate(path)
        for part in ("train", "all"):
            os.rename(os.path.join(path, part, "ants"), os.path.join(path, part + "_ants"))
        text = done(netc("run", name, "--load", "small.pth", "--lr", "0", "--epochs", "1", cwd=path)).out
        assert re.search(r"  ants +- +no samples\n  bees +\d", text), text
        assert float(re.search(r"train_accuracy (\S+)", text)[1]) > 0.9, text
        for part in ("train", "all"):
            os.rename(os.path.join(path, part + "_ants"), os.path.join(path, part, "ants"))
        assert evaluate(path)[:2] == (whole, accuracy)


def test_a_file_without_names():
    """Of PyTorch, or of a model whose classes are numbers: the training data name the classes where they are there."""
    with folder() as path:
        make(path)
        numbers = 'data photos = LabeledImages(".", labels="list.csv", image_column=1, label_column=0) { ToTensor() }\n'
        rows = ["%d,train/%s/%02d.ppm" % (n % 3, KINDS[n % 3], n) for n in range(30)]
        write(os.path.join(path, "list.csv"), "kind,file\n" + "\n".join(rows) + "\n")
        write(os.path.join(path, "numbers.net"), PROGRAM % (numbers + "data others = Subset(photos, range(30))"))
        done(netc("run", "numbers.net", cwd=path))
        whole = evaluate(path)
        assert whole[1] > 0.9
        write(os.path.join(path, "part.net"), PROGRAM % FOLDERS % "only_wasps")
        assert re.search(r"  wasps +\S+ +\d+ of 10\n", evaluate(path, program="part.net")[2])


NUMBERS = """
model Small(1) { Linear(1, 2) }
data rows = CSV("train.csv", target=%s)
data others = CSV("test.csv", target=%s)
train Small {
    seed       0
    data       rows, batch_size=2
    test       others, batch_size=4
    loss       BCEWithLogitsLoss()
    optimizer  SGD(lr=0.5)
    epochs     3
    save       "small.pth"
}
"""


def test_targets_go_by_name_too():
    """Words that are 0 and 1 stay so where a table lacks one of them; columns that change places are told."""
    with folder() as path:
        rows = [(number, ("no", "yes")[number % 2], number // 2 % 2) for number in range(4)]
        write(os.path.join(path, "train.csv"), "x,y,z\n" + "".join("%d,%s,%d\n" % row for row in rows))
        write(os.path.join(path, "small.net"), NUMBERS % ('["y", "z"]', '["y", "z"]'))
        losses = []
        for words in (("no", "yes"), ("yes",), ("no",)):
            write(os.path.join(path, "test.csv"), "x,y,z\n" + "".join("%d,%s,%d\n" % row for row in rows
                                                                     if row[1] in words))
            text = done(netc("run", "small.net", cwd=path)).out
            losses.append(float(re.findall(r"test_loss (\S+)", text)[-1]))
            assert re.search(r"test_loss (\S+)", done(netc("run", "small.net", "test", "--load", "small.pth",
                                                           cwd=path)).out)[1] == "%f" % losses[-1]
        assert abs(losses[1] + losses[2] - 2 * losses[0]) < 2e-6 and losses[1] != losses[2], losses
        for word, target, why in (("maybe", '["y", "z"]', "target y is 'maybe', and 'no' or 'yes'"),
                                  ("yes", '["z", "y"]', "target 0 is z, and y there")):
            write(os.path.join(path, "test.csv"), "x,y,z\n1,%s,0\n2,yes,1\n" % word)
            write(os.path.join(path, "small.net"), NUMBERS % ('["y", "z"]', target))
            for words in (["run", "small.net"], ["run", "small.net", "test", "--load", "small.pth"]):
                result = netc(*words, cwd=path)
                assert result.code == 1 and why in result.err, (result.out, result.err)


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
"""Numbers that are not finite: each run ends, says where they came from, and saves nothing. And losses whose divisor is
no plain count of samples."""
import os
import re
import struct
import zipfile

from support import done, folder, losses, main, netc, run, NETC

PROGRAM = """
model Small(3) { %s }
data rows = CSV("train.csv", target="y")
data tested = CSV("test.csv", target="y")
train Small {
    seed       0
    data       rows, batch_size=%d
    test       tested, batch_size=4
    loss       %s
    optimizer  SGD(lr=0.1)
    epochs     1
    save       "small.pth"
}
"""
NORMED = "Linear(3, 4), BatchNorm1d(4), ReLU(), Linear(4, 3)"


def table(path, name, rows):
    with open(os.path.join(path, name), "w", encoding="utf-8") as file:
        file.write("a,b,c,y\n" + "".join("%s,%s,%s,%s\n" % tuple(row) for row in rows))


def make(path, layers=NORMED, batch=4, loss="CrossEntropyLoss()", labels=lambda number: number % 3):
    rows = [(number % 5, number % 7 - 3, number * number % 11 / 10, labels(number)) for number in range(24)]
    table(path, "train.csv", rows)
    table(path, "test.csv", rows[5:])
    with open(os.path.join(path, "small.net"), "w", encoding="utf-8") as file:
        file.write(PROGRAM % (layers, batch, loss))


def change(path, record, place, value):
    """Puts a float into a tensor of a checkpoint."""
    with zipfile.ZipFile(path) as file:
        records = [(info, file.read(info)) for info in file.infolist()]
    with zipfile.ZipFile(path, "w") as file:
        for info, data in records:
            if info.filename == "archive/data/%d" % record:
                data = data[:4 * place] + struct.pack("<f", value) + data[4 * place + 4:]
            file.writestr(info.filename, data)


def refused(path, words, *options, command=(NETC, "run", "small.net")):
    before = sorted(os.listdir(path))
    result = run(*command, *options, cwd=path)
    assert result.code == 1 and words in result.err, (result.code, result.out, result.err)
    assert "update of step 0" not in result.err and "saved" not in result.out, (result.out, result.err)
    assert sorted(os.listdir(path)) == before
    return result


def test_a_file_with_numbers_that_are_none():
    """Weights, running means and variances: the file is told of, whatever is done with it."""
    for record, place, value, words in ((0, 5, float("nan"), "parameter 0.weight holds a value that is not a number"),
                                        (1, 0, float("-inf"), "parameter 0.bias holds a value that is infinite"),
                                        (4, 1, float("nan"), "parameter 1.running_mean holds a value that is not a"),
                                        (5, 2, float("nan"), "parameter 1.running_var holds a value that is not a"),
                                        (5, 2, -0.5, "1.running_var holds a variance of -0.5, which is below 0")):
        with folder() as path:
            make(path)
            done(netc("run", "small.net", cwd=path))
            os.rename(os.path.join(path, "small.pth"), os.path.join(path, "kept.pth"))
            change(os.path.join(path, "kept.pth"), record, place, value)
            refused(path, "kept.pth: " + words, "test", "--load", "kept.pth")
            refused(path, "kept.pth: " + words, "--load", "kept.pth", "--max-steps", "0")
            refused(path, "kept.pth: " + words, "--resume", "kept.pth", "--epochs", "2")


def test_a_last_update_that_overflows():
    """No step comes behind it whose loss would tell; with and without test data."""
    with folder() as path:
        make(path, layers="Linear(3, 3)", loss="CrossEntropyLoss(reduction=\"sum\")")
        refused(path, "parameter 0.weight holds a value that is", "--max-steps", "1", "--lr", "3e38")
        text = open(os.path.join(path, "small.net"), encoding="utf-8").read()
        with open(os.path.join(path, "small.net"), "w", encoding="utf-8") as file:
            file.write(re.sub("    test .*\n", "", text))
        refused(path, "parameter 0.weight holds a value that is", "--max-steps", "1", "--lr", "3e38")


def test_an_evaluation_that_overflows():
    """Of samples that are larger than those of training, in a model whose norms go by running statistics or not."""
    for layers, layer in (("Linear(3, 3)", "0: Linear(3, 3)"), (NORMED, "0: Linear(3, 4)")):
        with folder() as path:
            make(path, layers=layers)
            table(path, "test.csv", [(1, 2, 3, 0)] * 9 + [(3e38, -3e38, 3e38, 1)])
            result = refused(path, "the loss of tested is nan: the first layer whose output is ", "--lr", "20")
            assert layer + " (small.net:2)" in result.err, result.err


def first_loss(path, loss, batch=4, labels=lambda number: number % 3):
    make(path, layers="Linear(3, 3)", loss=loss, batch=batch, labels=labels)
    result = netc("run", "small.net", "--max-steps", "2", "--log-every", "1", cwd=path)
    return losses(result.out), result


def test_weights_that_add_up_to_less_than_nothing():
    """A loss divided by -4 is what it is divided by 4, with the other sign, and so are its gradients."""
    for loss in ("CrossEntropyLoss(weight=[%s]%s)", "NLLLoss(weight=[%s]%s)"):
        with folder() as path:
            plain = first_loss(path, loss % ("1, 2, 1", ""))[0]
            minus = first_loss(path, loss % ("-1, -2, -1", ""))[0]
            assert len(plain) == 2 and plain == minus, (plain, minus)
            below = first_loss(path, loss % ("-1, -2, 1", ""), batch=3)[0]
            assert below[0] != (1, 0.0) and below[0][1] != below[1][1], below
            os.remove(os.path.join(path, "small.pth"))
            result = first_loss(path, loss % ("-2, 1, 1", ""), batch=3)[1]
            assert result.code == 1 and "the loss at step 1 is " in result.err, result.err
            assert "the weights of the classes in this batch, by whose sum it is divided, add up to 0" in result.err
            assert not os.path.exists(os.path.join(path, "small.pth"))


def test_samples_that_are_ignored():
    """They count in no accuracy, and data of which all are ignored are refused."""
    for loss in ("CrossEntropyLoss(ignore_index=%d)", "NLLLoss(ignore_index=%d)"):
        with folder() as path:
            make(path, layers="Linear(3, 3)", loss=loss % 0)
            table(path, "test.csv", [(1, 2, 3, number % 2) for number in range(10)])
            text = done(netc("run", "small.net", cwd=path)).out
            found = re.findall(r"test_accuracy (\S+)", text)
            table(path, "test.csv", [(1, 2, 3, 1) for number in range(5)])
            text = done(netc("run", "small.net", cwd=path)).out
            assert re.findall(r"test_accuracy (\S+)", text) == found and found[0] in ("0.0000", "1.0000"), (found, text)
            table(path, "test.csv", [(1, 2, 3, 0) for number in range(5)])
            os.remove(os.path.join(path, "small.pth"))
            refused(path, "all samples of tested are of class 0, which the loss ignores")
            make(path, layers="Linear(3, 3)", loss=loss % 2, labels=lambda number: 2)
            refused(path, "all samples of rows are of class 2, which the loss ignores")


if __name__ == "__main__":
    main(globals())

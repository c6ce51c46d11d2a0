#!/usr/bin/env python3
"""`netc predict` and `TRAINER predict`: outputs against the model's definition, computed here; the forms that they are
printed in; pictures that can't be read. The pictures are PPM files drawn here."""
import csv
import io
import json
import math
import os
import shutil
import struct

from support import ROOT, Skip, done, folder, main, netc, run, tensors

PROGRAM = """
model Small(3, 8, 6) { Conv2d(3, 4, 3), ReLU(), BatchNorm2d(4), Flatten(), Dropout(0.5), Linear(_, 3) }
data photos = ImageFolder("train") {
    RandomHorizontalFlip(), ToTensor(), Normalize([0.25, 0.5, 0.75], [0.25, 0.5, 1.0])
}
data others = ImageFolder("train") { ToTensor(), Normalize([0.25, 0.5, 0.75], [0.25, 0.5, 1.0]) }
train Small {
    seed       3
    data       photos, batch_size=4, shuffle=True
    test       others, batch_size=2
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05)
    epochs     1
    save       "small_{epoch}.pth"
}
"""
WIDTH, HEIGHT, CLASSES = 6, 8, ("ants", "bees, \"wild\"", "wasps")
MEAN, STD = (0.25, 0.5, 0.75), (0.25, 0.5, 1.0)


def byte(number, x, y, channel):
    return (number * 29 + (y * WIDTH + x) * 7 + channel * 50) % 251


def draw(path, number):
    with open(path, "wb") as file:
        file.write(b"P6\n%d %d\n255\n" % (WIDTH, HEIGHT) +
                   bytes(byte(number, x, y, c) for y in range(HEIGHT) for x in range(WIDTH) for c in range(3)))


def trained(path):
    """The program beside pictures of three classes, trained in `path`: its name."""
    for number in range(12):
        below = os.path.join(path, "train", CLASSES[number % 3])
        os.makedirs(below, exist_ok=True)
        draw(os.path.join(below, "%02d.ppm" % number), number)
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    done(netc("run", name, cwd=path))
    shutil.rmtree(os.path.join(path, "train"))  # whoever predicts need not have the data
    for number in (20, 21, 22):
        draw(os.path.join(path, "%d.ppm" % number), number)
    return name


def floats(raw):
    return struct.unpack("<%df" % (len(raw) // 4), raw)


def expected(path, number):
    """The outputs of the model for picture `number`, by its definition in evaluation mode."""
    records = tensors(os.path.join(path, "small_0.pth"))
    weight, bias, gamma, beta, mean, variance = [floats(records["data/%d" % i]) for i in range(6)]
    linear, add = floats(records["data/7"]), floats(records["data/8"])
    features = []
    for o in range(4):
        for y in range(HEIGHT - 2):
            for x in range(WIDTH - 2):
                total = bias[o]
                for c in range(3):
                    for ky in range(3):
                        for kx in range(3):
                            value = (byte(number, x + kx, y + ky, c) / 255 - MEAN[c]) / STD[c]
                            total += weight[((o * 3 + c) * 3 + ky) * 3 + kx] * value
                features.append((max(total, 0) - mean[o]) / math.sqrt(variance[o] + 1e-5) * gamma[o] + beta[o])
    size = len(features)
    return [sum(a * b for a, b in zip(features, linear[i * size:(i + 1) * size])) + add[i] for i in range(3)]


def softmax(outputs):
    powers = [math.exp(x - max(outputs)) for x in outputs]
    return [x / sum(powers) for x in powers]


def test_answers_are_the_models():
    with folder() as path:
        name = trained(path)
        words = ["--json", "--outputs", "20.ppm", "21.ppm", "22.ppm"]
        answers = json.loads(done(netc("predict", name, *words, cwd=path)).out)
        assert [answer["file"] for answer in answers] == ["20.ppm", "21.ppm", "22.ppm"], answers
        for number, answer in zip((20, 21, 22), answers):
            want = expected(path, number)
            assert all(abs(a - b) < 1e-5 for a, b in zip(want, answer["outputs"])), (want, answer)
            order = sorted(range(3), key=lambda i: -want[i])
            assert [row["index"] for row in answer["top"]] == order, (want, answer)
            assert [row["class"] for row in answer["top"]] == [CLASSES[i] for i in order], answer
            for row in answer["top"]:
                assert abs(row["probability"] - softmax(want)[row["index"]]) < 1e-6, (want, answer)


def test_pictures_of_all_kinds_are_pytorchs():
    """tests/parity/predict.py made the outputs that are expected."""
    pictures, made = (os.path.join(ROOT, "tests", "fixtures", name) for name in ("pictures", "predict"))
    with open(os.path.join(made, "folder.json"), encoding="utf-8") as file:
        theirs = json.load(file)
    answers = json.loads(netc("predict", os.path.join(made, "folder.net"), "--load", os.path.join(made, "folder.pth"),
                              "--json", "--outputs", pictures).out)
    assert len(answers) > 100, len(answers)
    for answer in answers:
        want = theirs[os.path.basename(answer["file"])]
        assert all(abs(a - b) < 1e-5 for a, b in zip(want, answer["outputs"])), (want, answer)


def test_the_forms_agree_and_so_does_a_trainer():
    with folder() as path:
        name = trained(path)
        words = ["20.ppm", ".", "--load", "small_0.pth"]
        answers = json.loads(done(netc("predict", name, "--json", "--outputs", *words, cwd=path)).out)
        assert [answer["file"] for answer in answers] == ["20.ppm", "./20.ppm", "./21.ppm", "./22.ppm"], answers
        text = done(netc("predict", name, "--top", "1", *words, cwd=path)).out
        assert text == "".join("%s\n  %s  %.4f\n" % (a["file"], a["top"][0]["class"], a["top"][0]["probability"])
                               for a in answers), text
        rows = list(csv.reader(io.StringIO(done(netc("predict", name, "--csv", "--outputs", *words, cwd=path)).out)))
        assert rows[0] == ["file", "class_1", "probability_1", "class_2", "probability_2", "class_3", "probability_3",
                           "output_0", "output_1", "output_2"], rows[0]
        for row, answer in zip(rows[1:], answers):
            assert row[0] == answer["file"] and row[1::2][:3] == [top["class"] for top in answer["top"]], row
            assert [float(x) for x in row[7:]] == answer["outputs"], (row, answer)
        done(netc("build", name, "-o", "small", cwd=path))
        words += ["--json", "--outputs", "--threads", "1"]
        same = done(run(os.path.join(path, "small"), "predict", *words, cwd=path))
        assert json.loads(same.out) == answers, same.out


DENSE = """
model Dense(3, 16, 16) { Conv2d(3, 11, 3, padding=1) }
data drawn = Shapes(train=False, target="mask", size=16) { ToTensor() }
train Dense {
    seed       3
    data       drawn, batch_size=500
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05)
    epochs     1
    save       "dense.pth"
}
"""


def test_a_class_for_each_place():
    with folder() as path:
        name = os.path.join(path, "dense.net")
        with open(name, "w", encoding="utf-8") as file:
            file.write(DENSE)
        done(netc("run", name, cwd=path))
        draw(os.path.join(path, "20.ppm"), 20)
        answer = json.loads(done(netc("predict", name, "--json", "--outputs", "20.ppm", cwd=path)).out)[0]
        outputs = [answer["outputs"][c * 256:(c + 1) * 256] for c in range(11)]
        best = [max(range(11), key=lambda c: (outputs[c][place], -c)) for place in range(256)]
        assert answer["places"] == [best[row * 16:row * 16 + 16] for row in range(16)], answer["places"]
        shares = [(best.count(entry["index"]) / 256, entry["share"]) for entry in answer["top"]]
        assert all(math.isclose(ours, theirs) for ours, theirs in shares), shares
        names = {entry["index"]: entry["class"] for entry in answer["top"]}
        assert names.get(0, "ground") == "ground", names
        rows = list(csv.reader(io.StringIO(done(netc("predict", name, "--csv", "20.ppm", cwd=path)).out)))
        assert len(rows[1]) == 257 and all(names.get(c, word) == word for c, word in zip(best, rows[1][1:])), rows
        text = done(netc("predict", name, "--top", "1", "20.ppm", cwd=path)).out
        assert text.split() == ["20.ppm", names[answer["top"][0]["index"]], "%.4f" % shares[0][0]], text


def test_what_cannot_be_read_is_told_and_the_others_are_done():
    with folder() as path:
        name = trained(path)
        os.mkdir(os.path.join(path, "empty"))
        with open(os.path.join(path, "cut.ppm"), "wb") as file:
            file.write(b"P6\n6 8\n255\n" + bytes(100))
        with open(os.path.join(path, "large.ppm"), "wb") as file:
            file.write(b"P6\n7 8\n255\n" + bytes(7 * 8 * 3))
        result = netc("predict", name, "none.ppm", "cut.ppm", "20.ppm", "small.net", "large.ppm", "empty", cwd=path)
        assert result.code == 1 and result.out.startswith("20.ppm\n  ") and result.out.count(".ppm") == 1, result.out
        for said in ("none.ppm is left out: it cannot be opened", "cut.ppm: ",
                     "small.net is left out: the file is no picture", "there is no picture in empty",
                     "large.ppm is 3x8x7 after its transforms, but the model takes 3x8x6"):
            assert said in result.err, result.err
        result = netc("predict", name, "--json", "none.ppm", cwd=path)
        assert result.code == 1 and json.loads(result.out) == [], result.out


def test_names_that_are_no_text_are_printed_safely():
    with folder() as path:
        name = trained(path)
        os.rename(os.path.join(path, "20.ppm"), os.fsencode(path) + b"/a\xff\x1b[2J\n\"b.ppm")
        word = os.fsdecode(b"a\xff\x1b[2J\n\"b.ppm")
        answer = json.loads(done(netc("predict", name, "--json", word, cwd=path)).out)[0]
        assert answer["file"] == "a\ufffd\x1b[2J\n\"b.ppm", answer
        text = done(netc("predict", name, word, cwd=path)).out
        assert text.startswith("a\\xff\\x1b[2J\\n\"b.ppm\n"), text


def test_the_courses_pictures():
    course = os.path.join(os.path.dirname(ROOT), "shared", "data", "tudui")
    if not os.path.isdir(course):
        raise Skip("there is no ../shared/data/tudui beside the checkout")
    words = ["predict", os.path.join(ROOT, "samples", "cifar10.net"), "--prefix", "model.", "--top", "1", "--load"]
    pictures = [os.path.join(course, name) for name in ("dog.png", "airplane.png")]
    for name, said in (("tudui_0.pth", ("frog  0.1936", "frog  0.4031")),
                       ("tudui_29_gpu.pth", ("dog  0.9225", "airplane  0.6467"))):
        text = done(netc(*words, os.path.join(course, name), *pictures)).out
        assert text == "".join("%s\n  %s\n" % row for row in zip(pictures, said)), text


def test_the_best_epochs_file_is_taken_where_there_is_one():
    with folder() as path:
        name = trained(path)
        newest = done(netc("predict", name, "20.ppm", cwd=path))
        assert newest.err == "netc predict: the parameters are those of small_0.pth, the newest file\n", newest.err
        with open(name, "w", encoding="utf-8") as file:
            file.write(PROGRAM.replace('.pth"', '.pth", keep=1, best=train_loss'))
        assert done(netc("predict", name, "20.ppm", cwd=path)).err == newest.err  # there is none yet
        shutil.copy(os.path.join(path, "small_0.pth"), os.path.join(path, "small_best.pth"))
        best = done(netc("predict", name, "20.ppm", cwd=path))
        assert best.out == newest.out
        assert best.err == "netc predict: the parameters are those of small_best.pth, the best epoch's file\n", best.err
        assert not done(netc("predict", name, "20.ppm", "--load", "small_0.pth", cwd=path)).err
        with open(os.path.join(path, "small_best.pth"), "r+b") as file:
            file.truncate(1000)
        broken = done(netc("predict", name, "20.ppm", cwd=path))
        assert "small_best.pth is damaged, and the newest one is taken" in broken.err, broken.err
        assert broken.out == newest.out and broken.err.endswith(newest.err), broken.err


def test_the_command_line_is_checked():
    with folder() as path:
        name = trained(path)
        for words, said in ((["predict", name], "of what?"), (["predict", name, "--top", "0", "20.ppm"], "--top"),
                            (["predict"], "which file?")):
            result = netc(*words, cwd=path)
            assert result.code == 2 and said in result.err and not result.out, (words, result.err)
        os.remove(os.path.join(path, "small_0.pth"))
        result = netc("predict", name, "20.ppm", cwd=path)
        assert result.code == 1 and "there is no checkpoint" in result.err, result.err


main(globals())

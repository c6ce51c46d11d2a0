#!/usr/bin/env python3
"""Folders of pictures through netc: what `netc data` says of them, and what training makes of broken ones. The pictures
are PPM files drawn here."""
import os
import re
import struct
import zlib

from support import done, folder, losses, main, netc, sample

PROGRAM = """
model Small(3, 8, 6) { Conv2d(3, 4, 3), ReLU(), Flatten(), Dropout(0.2), Linear(_, 2) }
data photos = ImageFolder("train"%s) { ToTensor(), Normalize([0.5, 0.5, 0.5], [0.25, 0.5, 1.0]) }
data others = ImageFolder("val") { ToTensor() }
train Small {
    seed       3
    data       photos, batch_size=5, shuffle=True
    test       others, batch_size=4
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05)
    epochs     3
    save       "small_{epoch}.pth"
}
"""
WIDTH, HEIGHT, CLASSES = 6, 8, ("ants", "bees")


def pixels(number):
    """Of a picture: [(red, green, blue)], row by row."""
    return [tuple((number * 29 + i * 7 + channel * 50) % 251 for channel in range(3)) for i in range(WIDTH * HEIGHT)]


def draw(path, number):
    with open(path, "wb") as file:
        file.write(b"P6\n%d %d\n255\n" % (WIDTH, HEIGHT) + bytes(x for pixel in pixels(number) for x in pixel))


def pictures(path, program=PROGRAM % ""):
    """Pictures 0 to 22 in train/, 23 to 31 in val/, and the program beside them: its name."""
    for part, numbers in (("train", range(23)), ("val", range(23, 32))):
        for number in numbers:
            below = os.path.join(path, part, CLASSES[number % 3 == 0])
            os.makedirs(below, exist_ok=True)
            draw(os.path.join(below, "%02d.ppm" % number), number)
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(program)
    return name


def read_png(path):
    """(width, height, rows of bytes) of an 8-bit RGB PNG file."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, width, height = 8, b"", 0, 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 2)
        packed += body if kind == b"IDAT" else b""
        at += size + 12
    raw, stride, rows = zlib.decompress(packed), 3 * width, []
    for y in range(height):
        kind, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        above = rows[-1] if rows else bytes(stride)
        for x in range(stride):
            left, corner = (row[x - 3], above[x - 3]) if x >= 3 else (0, 0)
            guess = left + above[x] - corner
            near = min((left, above[x], corner), key=lambda value: abs(value - guess))
            row[x] = (row[x] + [0, left, above[x], (left + above[x]) // 2, near][kind]) & 255
        rows.append(bytes(row))
    return width, height, rows


def numbers_of(values):
    mean = sum(values) / len(values)
    return [mean, (sum((x - mean) ** 2 for x in values) / len(values)) ** 0.5, min(values), max(values)]


def test_data_says_what_a_model_sees():
    with folder() as path:
        text = done(netc("data", pictures(path), cwd=path)).out
        train, test = text.split("test data others")
        assert re.findall(r"(ants|bees) +(\d+) +([\d.]+) %", train) == [("ants", "15", "65.22"), ("bees", "8", "34.78")]
        assert re.findall(r"(ants|bees) +(\d+) ", test) == [("ants", "6"), ("bees", "3")]
        assert re.search(r"width +6 +6 +6\n +height +8 +8 +8\n", train)
        found = [[float(word) for word in line.split()[1:]] for line in
                 re.findall(r"^    [012] .*$", train, flags=re.M)]
        for channel, (mean, std) in enumerate(((0.5, 0.25), (0.5, 0.5), (0.5, 1.0))):
            values = [(pixel[channel] / 255 - mean) / std for number in range(23) for pixel in pixels(number)]
            apart = max(abs(a - b) for a, b in zip(found[channel], numbers_of(values)))
            assert apart < 2e-6, "channel %d: %s, %s" % (channel, found[channel], numbers_of(values))


# Of the sheet, in pixels: between pictures, a line of words, and how many times a small picture is enlarged.
GAP, CAPTION, SCALE = 4, 16, 12


def cells(rows, count):
    """The pictures of the sheet, as they were before they were enlarged; the gaps around them are paper."""
    found = []
    for place in range(count):
        left, top = GAP + place % 8 * (SCALE * WIDTH + GAP), GAP + CAPTION
        top += place // 8 * (SCALE * HEIGHT + CAPTION + GAP)
        assert rows[top][3 * left - 3:3 * left] == b"\xff\xff\xff", (place, left, top)
        found.append(b"".join(rows[top + y * SCALE][3 * (left + x * SCALE):][:3]
                              for y in range(HEIGHT) for x in range(WIDTH)))
    return found


def test_sheet_has_the_first_batch():
    with folder() as path:
        text = done(netc("data", pictures(path), "--sheet", "first.png", cwd=path)).out
        labels = re.search(r"first.png\n    (.*)\n", text)[1].split(", ")
        width, height, rows = read_png(os.path.join(path, "first.png"))
        assert (width, height) == (5 * (SCALE * WIDTH + GAP) + GAP, SCALE * HEIGHT + 2 * CAPTION + 2 * GAP)
        assert len(labels) == 5
        for seen, label in zip(cells(rows, 5), labels, strict=True):
            match = [number for number in range(23) if bytes(x for p in pixels(number) for x in p) == seen]
            assert len(match) == 1 and CLASSES[match[0] % 3 == 0] == label, (match, label)
        words = [row[3 * GAP:] for row in rows[GAP + CAPTION + SCALE * HEIGHT:-GAP]]
        assert any(min(row) < 128 for row in words), "no name below the pictures"
        assert not os.path.exists(os.path.join(path, "photos.png"))
        done(netc("data", "small.net", cwd=path))
        assert os.path.exists(os.path.join(path, "photos.png"))


def test_sheet_has_several_epochs_where_transforms_draw():
    with folder() as path:
        name = pictures(path, (PROGRAM % "").replace("{ ToTensor(), N", "{ AlternatingFlip(), ToTensor(), N"))
        text = done(netc("data", name, cwd=path)).out
        assert "    and below them 4 of them in 8 epochs" in text, text
        rows = read_png(os.path.join(path, "photos.png"))[2]
        below = rows[SCALE * HEIGHT + CAPTION + GAP + CAPTION:]
        first, seen = cells(rows, 5), cells(below, 32)
        for sample in range(4):
            epochs = seen[8 * sample:8 * sample + 8]
            turned = b"".join(epochs[0][3 * (WIDTH * y + x):][:3] for y in range(HEIGHT)
                              for x in reversed(range(WIDTH)))
            assert epochs == [epochs[0], turned] * 4 and epochs[0] == first[sample], sample


def test_targets_are_shown_as_they_are_distributed():
    with folder() as path:
        text = done(netc("data", sample("houses"), cwd=path, env={"LC_ALL": "C.UTF-8"})).out
        assert re.search(r"^  target +mean +std +least +most  distribution\n"
                         r"    price( +[\d.]+){4}  \|[▁▂▃▄▅▆▇█ ]{16}\|$", text, flags=re.M), text
        assert re.search(r"^    price( +[\d.]+){4}  \|[.:=+*#@ -]{16}\|$",
                         done(netc("data", sample("houses"), cwd=path, env={"LC_ALL": "C"})).out, flags=re.M)


def test_classes_that_one_part_lacks_are_told():
    with folder() as path:
        name = pictures(path)
        for number in range(23, 32):
            if number % 3 == 0:
                os.remove(os.path.join(path, "val", "bees", "%02d.ppm" % number))
        os.rmdir(os.path.join(path, "val", "bees"))
        result = done(netc("data", name, cwd=path))
        assert "others has no samples of 1 class of photos: bees; nobody will know" in result.err, result.err
        os.rename(os.path.join(path, "val", "ants"), os.path.join(path, "val", "bees"))
        result = done(netc("data", name, cwd=path))
        assert "others has no samples of 1 class of photos: ants" in result.err, result.err


def run(path, name, *options):
    return losses(done(netc("run", name, "--log-every", "1", *options, cwd=path)).out)


def test_any_workers_and_threads_and_caches_give_the_same():
    with folder() as path:
        name = pictures(path)
        expected = run(path, name)
        assert len(expected) == 15
        for options in (["--threads", "1"], ["--set", "train.data.num_workers=3"],
                        ["--set", "data.photos.cache=none", "--set", "train.test.num_workers=1"],
                        ["--set", "data.photos.cache=disk", "--threads", "2"],
                        ["--set", "data.photos.cache=memory", "--threads", "3"]):
            assert run(path, name, *options) == expected, options


def test_disk_without_a_place_is_an_error():
    with folder() as path:
        result = netc("run", pictures(path), "--set", "data.photos.cache=disk", cwd=path,
                      env={"TMPDIR": os.path.join(path, "nowhere")})
        assert result.code == 1 and "nowhere: No such file" in result.err, result.err
        assert "set TMPDIR to a folder with room" in result.err


def test_trainer_and_its_resumed_run_are_the_same():
    with folder() as path:
        name = pictures(path)
        expected = run(path, name)
        for old in [old for old in os.listdir(path) if old.endswith(".pth")]:  # --resume takes what was trained longest
            os.remove(os.path.join(path, old))
        done(netc("build", name, "-o", "small", cwd=path))
        first = run(path, name, "--max-steps", "7", "--set", "train.data.num_workers=2")
        rest = run(path, name, "--resume", "--set", "train.data.num_workers=2")
        assert first + rest == expected


def layouts(path):
    """The same pictures in the layouts of LabeledImages: {name: the call}."""
    os.mkdir(os.path.join(path, "labels"))
    os.mkdir(os.path.join(path, "images"))
    with open(os.path.join(path, "list.csv"), "w", encoding="utf-8") as file:
        file.write("label;note;picture\n")
        for number in range(23):
            kind = CLASSES[number % 3 == 0]
            draw(os.path.join(path, "images", "%s%02d.ppm" % (kind, number)), number)
            file.write('%s;x;"%s%02d.ppm"\n' % (kind, kind, number))
            with open(os.path.join(path, "labels", "%s%02d.txt" % (kind, number)), "w", encoding="utf-8") as label:
                label.write(" %s\n" % kind)
    table = 'labels="list.csv", image_column="picture", label_column=0, delimiter=";"'
    return {"files": 'LabeledImages("images", labels="labels")', "table": 'LabeledImages("images", %s)' % table,
            "folders": 'ConcatDataset([LabeledImages("train/ants"), LabeledImages("train/bees", label="bees")])'}


def test_labels_beside_pictures():
    """The order of the table is another one: its run need not be the same, but what it is made of is."""
    with folder() as path:
        expected, found = run(path, pictures(path)), {}
        for name, call in layouts(path).items():
            program = (PROGRAM % "").replace('ImageFolder("train")', call)
            if name == "folders":
                program = program.replace("data photos = " + call,
                                          'data ants = LabeledImages("train/ants")\n'
                                          'data bees = LabeledImages("train/bees", label="bees")\n'
                                          "data photos = ConcatDataset([ants, bees])")
            with open(os.path.join(path, name + ".net"), "w", encoding="utf-8") as file:
                file.write(program)
            found[name] = run(path, name + ".net")
            text = done(netc("data", name + ".net", cwd=path)).out
            assert re.findall(r"(ants|bees) +(\d+) +65", text) == [("ants", "15")], text
        assert found["files"] == found["folders"] == expected
        assert found["table"] != expected and len(found["table"]) == len(expected)


def test_labels_that_are_missing():
    with folder() as path:
        name, calls = pictures(path), layouts(path)
        os.remove(os.path.join(path, "labels", "ants04.txt"))
        with open(os.path.join(path, "list.csv"), "a", encoding="utf-8") as file:
            file.write("ants;y;gone.ppm\n")
        for call, words in ((calls["files"], "labels/ants04.txt, the label of ants04.ppm: it cannot be opened"),
                            (calls["table"], "images/gone.ppm: it cannot be opened"),
                            (calls["table"].replace("picture", "path"), "no column is called 'path'"),
                            ('LabeledImages("labels")', "there is no picture in")):
            with open(name, "w", encoding="utf-8") as file:
                file.write((PROGRAM % "").replace('ImageFolder("train")', call))
            result = netc("run", name, cwd=path)
            assert result.code == 1 and words in result.err, result.err


def test_parts_of_a_folder():
    with folder() as path:
        program = (PROGRAM % "").replace('ImageFolder("val") { ToTensor() }', 'Subset(rest, range(2))').replace(
            "data photos = ", "data whole = ").replace("data others", "data photos, rest = random_split(whole, "
                                                       "[0.8, 0.2], seed=1)\ndata others")
        name = pictures(path, program)
        text = done(netc("run", name, cwd=path)).out
        assert "train data: 19 samples" in text and "test data: 2 samples" in text, text
        assert run(path, name, "--set", "train.data.num_workers=2") == run(path, name, "--threads", "1")


def test_classes_of_a_checkpoint_are_remembered():
    with folder() as path:
        name = pictures(path)
        run(path, name, "--max-steps", "3")
        os.rename(os.path.join(path, "train", "ants"), os.path.join(path, "train", "wasps"))
        result = netc("run", name, "--resume", cwd=path)
        assert result.code == 1 and "number 0 is ants there, and bees in photos" in result.err, result.err


def test_broken_pictures():
    with folder() as path:
        name = pictures(path)
        with open(os.path.join(path, "train", "bees", "00.ppm"), "r+b") as file:
            file.truncate(30)
        result = netc("run", name, cwd=path)
        assert result.code == 1 and "train/bees/00.ppm: the PPM file is cut short" in result.err, result.err
        text = done(netc("run", pictures(path, PROGRAM % ', on_error="skip"'), cwd=path)).out
        assert "train data: 23 samples" in text  # they were drawn anew
        with open(os.path.join(path, "train", "bees", "00.ppm"), "r+b") as file:
            file.truncate(30)
        result = done(netc("run", name, cwd=path))
        assert "train data: 22 samples, 2 classes (ImageFolder); 1 picture left out" in result.out, result.out
        assert "00.ppm is left out" in result.err


WORDS = """
model Words(3) { EmbeddingBag(10, 4) }
data rows = %s
train Words {
    seed       0
    data       rows, batch_size=2
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.1)
}
"""


def write_npy(path, kind, shape, numbers):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    header = header.encode().ljust(117) + b"\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
        file.write(struct.pack("<%d%s" % (len(numbers), {"<i4": "i", "<i8": "q", "<f4": "f"}[kind]), *numbers))


def test_tokens_that_are_none():
    """Each is found when the data are read, before anything looks for a row of the table."""
    with folder() as path:
        name, table, array = [os.path.join(path, file) for file in ("words.net", "rows.csv", "rows.npy")]
        for row, said in (("1,2,10,0", "10"), ("-1,2,3,0", "-1"), ("1,2.5,3,1", "2.5"), ("1,,3,1", "missing"),
                          ("1,word,3,1", ""), ("1,1e30,3,1", "1e+30")):
            with open(name, "w", encoding="utf-8") as file:
                file.write(WORDS % "CSV(\"rows.csv\")")
            with open(table, "w", encoding="utf-8") as file:
                file.write("0,1,9,1\n" + row + "\n")
            result = netc("run", name, cwd=path)
            assert result.code == 1 and said in result.err and "rows" in result.err, result.err
            assert "word" in row or "rows.csv:2:" in result.err, result.err
        with open(name, "w", encoding="utf-8") as file:
            file.write(WORDS % "NPY(\"rows.npy\", target=\"labels.npy\")")
        write_npy(os.path.join(path, "labels.npy"), "<i4", "(2,)", [0, 1])
        for kind, last in (("<i4", 10), ("<i4", -1), ("<i8", 1 << 40), ("<i8", -(1 << 62))):
            write_npy(array, kind, "(2, 3)", [0, 1, 9, 3, 4, last])
            result = netc("run", name, cwd=path)
            assert result.code == 1 and "number 2 of sample 1" in result.err and "from 0 to 9" in result.err, result.err
        write_npy(array, "<i4", "(2, 3)", [0, 1, 9, 3, 4, 5])
        text = done(netc("data", name, cwd=path)).out
        assert re.search(r"\b2 +7\.000000 +2\.000000 +5\.000000 +9\.000000", text), text
        done(netc("run", name, cwd=path))


PIXELS = """model M(2, 3, 4) {
    Conv2d(2, 2, 1)
}
data rows = NPY("x.npy", target="y.npy")
train M {
    seed 1
    data rows
    loss MSELoss()
    optimizer SGD()
}
"""


def test_targets_have_the_shape_of_outputs():
    """Or they are rows of as many numbers."""
    with folder() as path:
        name, target = os.path.join(path, "m.net"), os.path.join(path, "y.npy")
        with open(name, "w", encoding="utf-8") as file:
            file.write(PIXELS)
        write_npy(os.path.join(path, "x.npy"), "<f4", "(2, 2, 3, 4)", range(48))
        for shape in ("(2, 2, 3, 4)", "(2, 24)"):
            write_npy(target, "<f4", shape, range(48))
            done(netc("run", name, cwd=path))
        for shape, said in (("(2, 4, 3, 2)", "(4, 3, 2), but M gives (2, 3, 4)"), ("(2, 23)", "23 numbers")):
            write_npy(target, "<f4", shape, range(48 if "4" in shape else 46))
            result = netc("run", name, cwd=path)
            assert result.code == 1 and said in result.err, result.err


FLOWERS = """model M(2) {
    Linear(2, 3)
}
data rows = CSV("rows.csv", target=%s, columns=[0, 1], header=False)
data others = CSV("rows.csv", target=%s, columns=[0, 1], header=False)
train M {
    seed 1
    data rows, batch_size=4
    test others
    loss %s
    metrics ConfusionMatrix()
    optimizer SGD(lr=0.1)
}
"""


def test_probabilities_of_classes():
    """A class is a probability of 1; what is no class and not as many probabilities is refused."""
    with folder() as path:
        name = os.path.join(path, "m.net")

        def outcome(target, loss, of_test=None):
            with open(name, "w", encoding="utf-8") as file:
                file.write(FLOWERS % (target, of_test or target, loss))
            return netc("run", name, "--log-every", "1", cwd=path)
        with open(os.path.join(path, "rows.csv"), "w", encoding="utf-8") as file:
            for i in range(24):
                file.write("%d.5,-%d.25,%d,%s\n" % (i % 5, i % 7, i * i % 3, "1,0,0" if i * i % 3 == 0 else "0,1,0"))
        for loss in ("CrossEntropyLoss()", "CrossEntropyLoss(label_smoothing=0.2)"):
            texts = [done(outcome(target, loss, of_test)).out for target, of_test in (
                ("2", "2"), ("[3, 4, 5]", "[3, 4, 5]"), ("[3, 4, 5]", "2"), ("2", "[3, 4, 5]"))]
            numbers = [[float(number) for number in re.findall(r"(?:loss|accuracy) ([\d.]+)", text)] for text in texts]
            tables = [text.partition("confusion")[2].split("\n")[:4] for text in texts]
            for text, some, table in zip(texts, numbers, tables):
                assert len(some) > 8 and all(abs(a - b) < 2e-6 for a, b in zip(some, numbers[0], strict=True)), text
                assert len(table) == 4 and table == tables[0], text
        for target, loss, said in (("[3, 4]", "CrossEntropyLoss()", "wants one, the class, or as many probabilities"),
                                   ("[3, 4, 5]", "CrossEntropyLoss(ignore_index=1)", "ignore_index=1 names none"),
                                   ("[3, 4, 5]", "NLLLoss()", "wants one, the class\n")):
            result = outcome(target, loss)
            assert result.code == 1 and said in result.err, result.err


def test_the_sample_of_books_learns():
    with folder() as path:
        text = done(netc("run", sample("books"), "--quiet", cwd=path)).out
        assert re.match(r"epoch 10 .*\naccuracy of each class\n(.*\n)+confusion matrix", text), text
        score = done(netc("run", sample("books"), "test", "--load", "books.pth", cwd=path)).out
        assert float(re.search(r"test_accuracy ([\d.]+)", score)[1]) > 0.9, score


def test_columns_of_wide_names_are_aligned():
    with folder() as path:
        with open(os.path.join(path, "t.csv"), "w", encoding="utf-8") as file:
            file.write("a,b,kind\n1,2,猫\n2,1,狗狗狗\n1,3,猫\n3,1,狗狗狗\n")
        with open(os.path.join(path, "t.net"), "w", encoding="utf-8") as file:
            file.write('model M(2) { Linear(2, 2) }\ndata d = CSV("t.csv", target="kind")\ntrain M {\nseed 0\n'
                       'data d, batch_size=2\ntest d\nloss CrossEntropyLoss()\noptimizer SGD(lr=0.1)\n'
                       'metrics ConfusionMatrix(), Accuracy(average="none")\n}\n')
        said = done(netc("run", "t.net", cwd=path)).out
        assert "\n          狗狗狗      猫\n  狗狗狗       2       0\n  猫           2       0\n" in said, said
        assert "\n  狗狗狗  1.0000  2 of 2\n  猫      0.0000  0 of 2\n" in said, said
        said = done(netc("data", "t.net", cwd=path)).out
        assert re.search("狗狗狗 {27}2 .*\n +猫 {31}2 ", said), said


def test_metrics_are_logged():
    with folder() as path, open(sample("books"), encoding="utf-8") as file:
        text = file.read().replace("    metrics    ", "    log        \"logs\"\n    metrics    Accuracy(top_k=2), ")
        text = text.replace("data/books", os.path.join(os.path.dirname(sample("books")), "data", "books"))
        name = os.path.join(path, "books.net")
        with open(name, "w", encoding="utf-8") as to:
            to.write(text)
        out = done(netc("run", name, "--epochs", "3", cwd=path)).out
        assert len(re.findall(r"^metrics  test_accuracy_top2 [01]\.\d{4}$", out, flags=re.M)) == 3, out
        events = b""
        for log in os.listdir(os.path.join(path, "logs")):
            if "tfevents" not in log:
                continue
            with open(os.path.join(path, "logs", log), "rb") as events_file:
                events += events_file.read()
        tags = [events.count(tag + b"\x15") for tag in (b"test_accuracy_top2", b"test_loss", b"test_loss_sum")]
        assert tags == [3, 3, 3], events


def test_layers_are_shown_where_no_norm_is_packed():
    """Evaluation has a plan of its own then, for which nothing is to be packed."""
    with folder() as path:
        name = os.path.join(path, "m.net")
        with open(name, "w", encoding="utf-8") as to:
            to.write("""model M(3, 16, 16) { Conv2d(3, 8, 3, padding=1), ReLU(), Flatten(), Linear(_, 10) }
data d = Shapes(size=16) { ToTensor() }
data t = Shapes(train=False, size=16) { ToTensor() }
train M {
    seed 0
    data d, batch_size=64
    test t
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1)
    log "logs", images=4, layers=[0]
}
""")
        out = done(netc("run", name, "--max-steps", "2", cwd=path)).out
        plain = done(netc("run", name, "--max-steps", "2", "--set", "train.log.images=0",
                          "--set", "train.log.layers=[]", cwd=path)).out
        shown = [re.findall(r"test_loss \S+", text) for text in (out, plain)]
        assert shown[0] == shown[1] and len(shown[0]) == 1, shown


if __name__ == "__main__":
    main(globals())

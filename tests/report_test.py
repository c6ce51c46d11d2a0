#!/usr/bin/env python3
"""The command report: what runs have logged as one page, looked at by a parser and by a browser (Debian's chromium;
skipped, saying so, where it is missing)."""
import base64
import html.parser
import json
import os
import re
import shutil
import tempfile

from support import Skip, done, folder, main, netc, run, write

HEADER = 'epoch,step,train_loss,train_accuracy,lr,train_loss_sum,test_loss,test_accuracy,loss_train,loss_test'
PROGRAM = """model M(3, 16, 16) {
    features: { Conv2d(3, 4, 3), ReLU() }
    Flatten()
    Linear(_, 10)
}
data shapes = Shapes(train=False, size=16) { ToTensor() }
train M {
    seed 7
    data shapes, batch_size=50
    test shapes
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.01)
    epochs 2
    log "logs"
    report "page.html"
}
"""
HOSTILE = "a</script><b>&'\""


def log(path, name, epochs=3, bad=(), column=""):
    """A log's folder with a table of two logged steps an epoch; in the rows of `bad` the losses are NaN."""
    lines = [HEADER + (',"%s"' % column.replace('"', '""') if column else "")]
    for epoch in range(epochs):
        for step in (10 * epoch + 5, 10 * epoch + 10):
            loss = "nan" if step in bad else "%g" % (2.5 / step)
            lines.append("%d,%d,%s,%g,0.1,,,,,%s" % (epoch, step, loss, 1 - 1 / step, "," if column else ""))
        loss = "nan" if 10 * epoch + 10 in bad else "%g" % (3 / (epoch + 1))
        lines.append("%d,%d,,,,12.5,%s,%g,0.5,%s%s" % (epoch, 10 * epoch + 10, loss, 1 - 1 / (epoch + 2), loss,
                                                       ",0.25" if column else ""))
    os.makedirs(os.path.join(path, name))
    write(os.path.join(path, name), "scalars.csv", "\n".join(lines) + "\n")


VOID = ("meta", "path", "rect", "img", "br")


class Page(html.parser.HTMLParser):
    """Tags that match, the texts by tag, and the data of the curves."""
    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.scripts, self.names, self.pictures = [], {}, [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        for name, value in attrs:
            assert name != "href" and not name.startswith("on") and not (value or "").startswith("http"), (tag, name)
            if name == "src":
                assert tag == "img" and re.fullmatch(r"data:image/(png|svg\+xml);base64,[A-Za-z0-9+/=]+", value), value
                self.pictures.append(base64.b64decode(value.split(",")[1]))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop()[0] == tag, tag

    def handle_data(self, data):
        if self.open:
            tag, attrs = self.open[-1]
            self.texts.setdefault(tag, []).append(data)
            if tag == "script":
                self.scripts.append((attrs.get("id"), data))

    def curves(self):
        return json.loads("".join(data for name, data in self.scripts if name == "curves"))


def report(path, *runs):
    done(netc("report", *runs, "-o", "r.html", cwd=path))
    with open(os.path.join(path, "r.html"), encoding="utf-8") as file:
        return file.read()


def test_a_page_has_the_curves():
    with folder() as path:
        log(path, "logs")
        text = report(path, "logs")
        page = Page(text)
        assert page.texts["figcaption"] == ["loss", "accuracy", "lr", "loss_sum"], page.texts["figcaption"]
        assert page.texts["li"].count("test") == 2 and page.texts["h1"] == ["logs"], page.texts
        curves = page.curves()["charts"][0]["curves"]
        assert [curve["kind"] for curve in curves] == ["train", "test", "train, mean of the epoch"]
        assert curves[0]["points"][0] == [5, 0.5] and len(curves[0]["points"]) == 6
        assert curves[1]["points"] == [[10, 3], [20, 1.5], [30, 1]]
        assert text.count('class="curve test c1" d="M') == 4  # two charts and their keys, drawn without a script


def test_runs_stand_side_by_side():
    with folder() as path:
        log(path, "one")
        log(path, "two")
        os.makedirs(os.path.join(path, "other"))
        log(path, "other/two")
        page = Page(report(path, "one", "two", "other/two/scalars.csv"))
        assert page.texts["h1"] == ["3 runs"]
        names = [curve["name"] for curve in page.curves()["charts"][0]["curves"]]
        assert set(names) == {"one", "two", "other/two/scalars.csv"}, names


def test_the_newest_table_of_a_folder_is_taken():
    with folder() as path:
        log(path, "logs")
        write(os.path.join(path, "logs"), "scalars_10.csv", "epoch,step,train_loss\n0,1,7\n")
        write(os.path.join(path, "logs"), "scalars_2.csv", "epoch,step,train_loss\n0,1,8\n0,2,")
        page = Page(report(path, "logs"))
        assert page.texts["h1"] == ["logs, run 10"]
        assert page.curves()["charts"][0]["curves"][0]["points"] == [[1, 7]]
        page = Page(report(path, "logs/scalars_2.csv"))  # its last line is being written
        assert page.curves()["charts"][0]["curves"][0]["points"] == [[1, 8]]


def test_hostile_names_and_numbers_are_shown_as_they_are():
    with folder() as path:
        log(path, HOSTILE.replace("/", "_"), epochs=1, bad=(5, 10), column=HOSTILE)
        text = report(path, HOSTILE.replace("/", "_"))
        page = Page(text)
        assert HOSTILE in page.texts["figcaption"] and text.count("</script>") == 2 and "b" not in page.names
        assert "".join(page.texts["h1"]) == HOSTILE.replace("/", "_")
        assert page.texts["em"] == ["(2 not finite)", "(1 not finite)"] and page.texts["td"].count("not finite") == 1
        assert page.curves()["charts"][0]["curves"][0]["points"] == [[5, None], [10, None]]


def test_an_empty_log_says_so():
    with folder() as path:
        os.makedirs(os.path.join(path, "logs"))
        write(os.path.join(path, "logs"), "scalars.csv", "epoch,step,train_loss\n")
        assert "Nothing is logged yet." in Page(report(path, "logs")).texts["p"]


def test_what_is_no_run_is_refused():
    with folder() as path:
        os.makedirs(os.path.join(path, "empty"))
        write(path, "x.csv", "a,b\n1,2\n")
        for words, code, text in ((["none"], 1, "cannot read none"), (["empty"], 1, "empty has no scalars.csv"),
                                  (["x.csv"], 1, "x.csv is no table of scalars"), ([], 2, "which run?")):
            result = netc("report", *words, cwd=path)
            assert result.code == code and text in result.err and not result.out, (words, result.err)
        assert sorted(os.listdir(path)) == ["empty", "x.csv"]


def test_a_long_run_keeps_its_extremes():
    with folder() as path:
        os.makedirs(os.path.join(path, "logs"))
        rows = ["0,%d,%d" % (i, 1000000 if i == 31234 else -7 if i == 50001 else i % 10) for i in range(100000)]
        write(os.path.join(path, "logs"), "scalars.csv", "epoch,step,train_loss\n" + "\n".join(rows) + "\n")
        points = Page(report(path, "logs")).curves()["charts"][0]["curves"][0]["points"]
        assert len(points) <= 1500 and [31234, 1000000] in points and [50001, -7] in points, len(points)
        assert [x for x, _ in points] == sorted(x for x, _ in points)


def record(path, name, **values):
    """The record of a run, beside its table."""
    write(os.path.join(path, name), "run.json", json.dumps(values))


def answers(names, matrix, wrong=()):
    return {"classes": names, "matrix": matrix, "samples": [[sum(row), row[i]] for i, row in enumerate(matrix)],
            "wrong": list(wrong)}


def test_a_run_leaves_what_the_page_shows():
    with folder() as path:
        write(path, "m.net", PROGRAM)
        words = ("run", "m.net", "--profile", "--epochs", "1", "--set", "train.report=it's.html", "--max-steps", "8")
        done(netc(*words, cwd=path))
        with open(os.path.join(path, "logs", "run.json"), encoding="utf-8") as file:
            left = json.load(file)
        assert left["seed"] == "7" and left["text"] == PROGRAM and left["ended"] and left["steps"] == 8, left
        assert left["command"][1:] == list(words) and ["optimizer.lr", 0.01] in left["settings"], left["command"]
        told = left["answers"]
        assert len(told["classes"]) == len(told["matrix"]) == len(told["samples"]) == 10
        assert [[sum(row), row[i]] for i, row in enumerate(told["matrix"])] == told["samples"]
        assert sum(sum(row) for row in told["matrix"]) == 2000, told["samples"]
        sure = [one["confidence"] for one in told["wrong"]]
        assert len(sure) == 24 and sure == sorted(sure, reverse=True) and 0.1 < sure[0] <= 1, sure
        assert all(one["label"] != one["answer"] for one in told["wrong"])
        assert left["filters"]["name"] == "features.0.weight" and left["filters"]["width"] == 4 * 3 + 3, left["filters"]
        assert abs(sum(row["share"] for row in left["profile"]["rows"]) - 1) < 1e-3
        with open(os.path.join(path, "it's.html"), encoding="utf-8") as file:
            own = file.read()
        assert own == report(path, "logs")
        page = Page(own)
        kinds = [picture[:4] for picture in page.pictures]
        assert kinds.count(b"\x89PNG") == 24 + 1 and kinds.count(b"<svg") == 1, kinds
        assert [len(x) for x in (page.texts["pre"], page.texts["h1"])] == [1, 1] and "--max-steps 8" in own
        assert "--set 'train.report=it'\\''s.html'" in "".join(page.texts["td"])
        assert page.texts["h2"] == ["Curves", "Results and settings", "Accuracy of each class", "Confusion matrix",
                                    "Most confidently wrong", "Filters of the first convolution", "Model", "Program",
                                    "Time of each layer"], page.texts["h2"]


def test_the_page_is_renewed_each_epoch_and_can_be_left_out():
    with folder() as path:
        write(path, "m.net", PROGRAM)
        done(netc("build", "m.net", "-o", "m", cwd=path))
        done(run("./m", "--epochs", "1", "--set", "train.report=", cwd=path))
        assert not [name for name in os.listdir(path) if name.endswith(".html")]
        result = run("./m", "--set", "train.log=", cwd=path)
        assert result.code == 1 and "--set train.report= leaves the report out too" in result.err, result.err
        result = run("./m", "--set", "train.report=none/page.html", cwd=path)
        assert result.code == 1 and "cannot write none/page.html" in result.err, result.err
        assert "\nreport: page.html\n" in done(run("./m", "--set", "train.log=more", cwd=path)).out
        with open(os.path.join(path, "page.html"), encoding="utf-8") as file:
            page = Page(file.read())
        assert page.texts["h1"] == ["more"] and len(page.curves()["charts"][0]["curves"][-1]["points"]) == 2
        assert "2 of 2" in page.texts["td"], page.texts["td"]


def test_each_table_has_a_record_of_its_own():
    with folder() as path:
        log(path, "logs")
        logs = os.path.join(path, "logs")
        record(path, "logs", seed="1")
        for name in ("scalars_2.csv", "other.csv"):
            shutil.copy(os.path.join(logs, "scalars.csv"), os.path.join(logs, name))
        write(logs, "run_2.json", '{"seed": "2"}')
        for name, seeds in (("scalars.csv", ["1"]), ("scalars_2.csv", ["2"]), ("other.csv", [])):
            found = re.findall("<th>seed</th><td>(.*?)</td>", report(path, os.path.join("logs", name)))
            assert found == seeds, (name, found)


def test_runs_that_differ_are_marked():
    with folder() as path:
        log(path, "one")
        log(path, "two")
        for name, lr in (("one", 0.1), ("two", 0.01)):
            record(path, name, seed="0", settings=[["optimizer", "SGD"], ["optimizer.lr", lr]], command=["netc", "a b"])
        text = report(path, "one", "two")
        assert "\u2260 optimizer.lr" in Page(text).texts["th"] and text.count('class="differs"') == 1
        assert Page(text).texts["td"].count("netc 'a b'") == 2


def test_hostile_records_are_shown_as_they_are():
    names = [HOSTILE, "<img src=x onerror=alert(1)>", "\x07\u202e\udcff".encode("utf-8", "replace").decode()]
    drawing = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    with folder() as path:
        log(path, "logs")
        record(path, "logs", text="a</pre><script>", file=HOSTILE, drawing=drawing, no_pictures=HOSTILE,
               command=[HOSTILE, 3, None], settings=[[HOSTILE, HOSTILE], "x", [], [1, 2], ["n", None], ["b", True]],
               answers=answers(names, [[5, 1, 0], [0, 0, 0], [9, 9, 9]],
                               [{"label": 0, "answer": 7, "confidence": 1e308, "png": "\"><script>", "width": -1},
                                {"label": -1, "answer": "x", "png": 5}, 3, None]),
               filters={"png": "x'", "width": 1e308}, profile={"rows": [3, {"layers": HOSTILE, "seconds": 1e308}]})
        page = Page(report(path, "logs"))
        assert "script" in page.names and page.names.count("script") == 2 and page.names.count("img") == 1
        assert page.texts["pre"] == ["a</pre><script>"] and page.pictures == [drawing.encode()]
        assert HOSTILE in page.texts["th"] and names[1] in page.texts["th"], page.texts["th"]


def test_what_is_no_record_is_told():
    with folder() as path:
        log(path, "logs")
        for text in ("", "[1]", '{"answers": ', "\0", '{"a":' * 5000):
            write(os.path.join(path, "logs"), "run.json", text)
            page = Page(report(path, "logs"))
            assert page.texts["p"][0] == "logs/run.json is no record of a run: it is no JSON object", page.texts["p"]
        for value in ({}, {"answers": 5}, {"answers": {"classes": ["a"], "matrix": [[1, 2]], "samples": [[1]]}},
                      {"answers": {"classes": ["a"], "matrix": [[-1]]}, "settings": {"a": [1]}, "filters": [],
                       "profile": {"rows": []}}):
            record(path, "logs", **value)
            assert "Confusion matrix" not in Page(report(path, "logs")).texts["h2"] or value["answers"]["matrix"]


def test_many_classes_are_a_picture_and_too_many_a_list():
    for classes, drawn in ((2, "td"), (200, "svg"), (300, None)):
        matrix = [[9 if row == c else int(c == (row + 1) % classes) for c in range(classes)] for row in range(classes)]
        with folder() as path:
            log(path, "logs", epochs=1)
            record(path, "logs", answers=answers(["c%d" % c for c in range(classes)], matrix))
            text = report(path, "logs")
            assert ('<svg class="matrix"' in text) == (drawn == "svg")
            assert ('td class="right' in text) == (drawn == "td")
            assert text.count(" taken for <b>") == min(classes, 20) and ": 1, 10.0 %" in text
            assert "c%d</th>" % (classes - 1) in text


DRIVE = """<script>
const svg = document.querySelector(".chart > svg"), box = svg.getBoundingClientRect();
const at = (type, x) => svg.dispatchEvent(new PointerEvent(type, {clientX: box.left + box.width * x,
  clientY: box.top + box.height / 2, pointerId: 1, bubbles: true}));
svg.setPointerCapture = () => {};
const before = svg.querySelector("path.curve").getAttribute("d"), said = [];
at("pointermove", 0.5);
said.push(document.querySelector(".tip").textContent, document.documentElement.scrollWidth <= innerWidth);
at("pointerdown", 0.4); at("pointermove", 0.8); at("pointerup", 0.8);
said.push(svg.querySelector("path.curve").getAttribute("d") !== before);
svg.dispatchEvent(new MouseEvent("dblclick"));
said.push(svg.querySelector("path.curve").getAttribute("d").split("L").length === before.split("L").length);
document.querySelector(".legend li").click();
said.push(svg.querySelector("path.curve").style.display);
document.body.innerHTML = "<p id=said></p>";
document.getElementById("said").textContent = JSON.stringify(said);
</script></body>"""


def test_a_browser_shows_values_and_looks_closer():
    chromium = shutil.which("chromium")
    if not chromium:
        raise Skip("chromium is not installed")
    with folder() as path, tempfile.TemporaryDirectory() as profile:
        log(path, "one")
        log(path, "two", bad=(15,))
        for name in ("one", "two"):
            record(path, name, text="model M(3) { }\n" * 3 + "x" * 300, command=["netc", "y" * 300],
                   answers=answers(["a class with a name of many words %d" % c for c in range(20)],
                                   [[c] * 20 for c in range(20)]),
                   drawing="<svg xmlns='http://www.w3.org/2000/svg' width='3000' height='200'></svg>")
        write(path, "drive.html", report(path, "one", "two").replace("</body>", DRIVE))
        for width in (500, 1280):
            result = done(run(chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + profile,
                              "--window-size=%d,900" % width, "--dump-dom", "file://" + path + "/drive.html"))
            said = re.search(r'<p id="said">(.*?)</p>', result.out)
            assert said, result.out[-2000:] + result.err[-2000:]
            tip, fits, zoomed, back, hidden = json.loads(said[1].replace("&quot;", '"'))
            assert "one: train, step " in tip and "two: test, step " in tip, tip
            assert fits and zoomed and back and hidden == "none", said[1]


main(globals())

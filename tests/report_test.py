#!/usr/bin/env python3
"""The command report: what runs have logged as one page, looked at by a parser and by a browser (Debian's chromium;
skipped, saying so, where it is missing)."""
import html.parser
import json
import os
import re
import shutil
import tempfile

from support import Skip, done, folder, main, netc, run, write

HEADER = 'epoch,step,train_loss,train_accuracy,lr,train_loss_sum,test_loss,test_accuracy,loss_train,loss_test'
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


class Page(html.parser.HTMLParser):
    """Tags that match, the texts by tag, and the data of the curves."""
    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.scripts, self.names = [], {}, [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        for name, value in attrs:
            assert name not in ("src", "href") and not (value or "").startswith("http"), (tag, name, value)
        if tag not in ("meta", "path", "rect"):
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in ("path", "rect"):
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

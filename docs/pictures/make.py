#!/usr/bin/env python3
"""Makes the pictures of docs/seeing.md anew: what a run shows in a terminal, the drawings, a sheet of data, and the
pages of the report and of TensorBoard as Chromium shows them.

    NETC=build/compiler/netc python3 docs/pictures/make.py DATA [NAME...]

DATA has torchvision's folder of CIFAR-10. NAMEs choose among the pictures; those that need a program that is not there
(chromium, tensorboard, Pillow, which makes them small) are left as they are, and named. PAGES in the environment names
other pages of TensorBoard than its scalars: images, graphs, histograms, text, hparams."""
import html
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tests"))
from support import NETC, in_terminal  # noqa: E402

COLUMNS = 96

MODEL = """model Tudui(3, 32, 32) {
    Conv2d(3, 32, 5, padding=2), MaxPool2d(2)
    Conv2d(32, 32, 5, padding=2), MaxPool2d(2)
    Conv2d(32, 64, 5, padding=2), MaxPool2d(2)
    Flatten(), Linear(_, 64), Linear(_, 10)
}
"""
TRAIN = MODEL + """
data all = CIFAR10("DATA", train=False) { ToTensor() }
data train_data, test_data = random_split(all, [8000, 2000], seed=0)

train Tudui {
    seed       0
    data       train_data, batch_size=64, shuffle=True
    test       test_data, batch_size=64
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05)
    epochs     4
    save       "tudui_{epoch}.pth"
    log        "logs/lr=0.05", images=8, layers=[0, 1], graph=True, histograms=True
}
"""
AUGMENTED = MODEL + """
data photos = CIFAR10("DATA", train=False) {
    RandomCrop(32, padding=4), RandomHorizontalFlip(), ColorJitter(brightness=0.4), ToTensor()
}
train Tudui {
    seed       0
    data       photos, batch_size=8, shuffle=True
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05)
}
"""


class Missing(Exception):
    pass


def program(name):
    found = shutil.which(name) or shutil.which(name, path=os.path.dirname(sys.executable))
    if not found:
        raise Missing(name)
    return found


def netc(folder, *words, path=None):
    env = dict(os.environ, **({"PATH": path} if path else {}))
    subprocess.run([NETC, *words], cwd=folder, check=True, env=env, stdout=subprocess.DEVNULL)


# ---- The terminal ----------------------------------------------------------------------------------------------------

def lines_of(text, until=None):
    """The lines that are on the screen, [(character, style)] each; up to the first state that `until` matches."""
    lines, at, style = [[]], 0, ""
    for word in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|[^\x1b]", text):
        if word == "\r":
            if until and until.search("".join(letter for letter, _ in lines[-1])):
                return lines
            at = 0
        elif word == "\n":
            lines.append([])
            at = 0
        elif word == "\x1b[K":
            del lines[-1][at:]
        elif word.startswith("\x1b"):
            style = {"32": "bar", "1": "bold"}.get(word[2:-1], "")
        else:
            lines[-1][at:at + 1] = [(word, style)]
            at += 1
    return lines


def terminal_svg(lines):
    wide, high = 8.4, 19
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" font-family="monospace" '
           'font-size="14">' % (COLUMNS * wide + 24, len(lines) * high + 24, COLUMNS * wide + 24),
           '<style>text{white-space:pre;fill:#d8dee9}.bar{fill:#a3be8c}.bold{font-weight:bold}</style>',
           '<rect width="100%" height="100%" rx="8" fill="#242933"/>']
    for row, line in enumerate(lines):
        spans, at = [], 0
        while at < len(line):
            end = at
            while end < len(line) and line[end][1] == line[at][1]:
                end += 1
            text = html.escape("".join(letter for letter, _ in line[at:end]))
            spans.append('<tspan class="%s" x="%.1f" textLength="%.1f">%s</tspan>'
                         % (line[at][1], 12 + at * wide, (end - at) * wide, text))
            at = end
        if spans:
            out.append('<text y="%d">%s</text>' % (26 + row * high, "".join(spans)))
    return "\n".join(out) + "\n</svg>\n"


def make_terminal(folder):
    text = in_terminal(COLUMNS, NETC, "run", "tudui.net", "--tier", "jit", cwd=folder)
    bar = lines_of(text, re.compile(r"^epoch 2/4 +[4-9]\d%"))
    whole = lines_of(text)
    while whole and not whole[-1]:
        whole.pop()
    write("terminal.svg", terminal_svg(bar + [[("…", "")]] + whole[-9:]))


# ---- Drawings and sheets ---------------------------------------------------------------------------------------------

def write(name, text):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        file.write(text)


def make_drawings(folder):
    """netc's own layout, which needs no Graphviz."""
    for name, words in (("model.svg", ()), ("memory.svg", ("--memory",))):
        netc(folder, "graph", "tudui.net", "-o", os.path.join(HERE, name), *words, path="/nowhere")


def small_png(path, name, colours, width=None):
    try:
        from PIL import Image
    except ImportError as error:
        raise Missing("Pillow") from error
    image = Image.open(path).convert("RGB")
    if width and image.width > width:
        image = image.resize((width, image.height * width // image.width), Image.LANCZOS)
    image.quantize(colours, dither=Image.Dither.NONE).save(os.path.join(HERE, name), optimize=True)


def make_sheet(folder):
    netc(folder, "data", "augmented.net", "--max-steps", "1", "--sheet", "sheet.png")
    small_png(os.path.join(folder, "sheet.png"), "sheet.png", 128)


# ---- Pages -----------------------------------------------------------------------------------------------------------

def screenshot(folder, address, name, width, height, wait):
    path = os.path.join(folder, name)
    subprocess.run([program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                    "--user-data-dir=" + os.path.join(folder, "browser"), "--window-size=%d,%d" % (width, height),
                    "--virtual-time-budget=%d" % wait, "--screenshot=" + path, address], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    small_png(path, name, 64)


def make_report(folder):
    program("chromium")
    second_run(folder)
    netc(folder, "report", "logs/lr=0.05", "logs/lr=0.01", "-o", "report.html")
    screenshot(folder, "file://" + os.path.join(folder, "report.html"), "report.png", 1000, 900, 2000)


def second_run(folder):
    """The first one is that of the terminal's picture, or is made now; beside it one of another rate."""
    if not os.path.isdir(os.path.join(folder, "logs", "lr=0.05")):
        netc(folder, "run", "tudui.net", "--tier", "jit")
    if not os.path.isdir(os.path.join(folder, "logs", "lr=0.01")):
        netc(folder, "run", "tudui.net", "--tier", "jit", "--set", "train.optimizer.lr=0.01", "--set",
             "train.log.folder=logs/lr=0.01")


def make_tensorboard(folder):
    program("chromium")
    second_run(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    board = subprocess.Popen([program("tensorboard"), "--logdir", os.path.join(folder, "logs"), "--port", str(port),
                              "--load_fast=false"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.5)
        time.sleep(5)  # it reads the runs
        for page in os.environ.get("PAGES", "scalars").split():
            screenshot(folder, "http://127.0.0.1:%d/#%s" % (port, page), "tensorboard_%s.png" % page, 1200, 800, 30000)
    finally:
        board.terminate()
        board.wait()


PICTURES = {"drawings": make_drawings, "sheet": make_sheet, "terminal": make_terminal, "report": make_report,
            "tensorboard": make_tensorboard}


def main():
    data, names = os.path.abspath(sys.argv[1]), sys.argv[2:] or list(PICTURES)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("tudui.net", TRAIN), ("augmented.net", AUGMENTED)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text.replace("DATA", data))
        for name in names:
            try:
                PICTURES[name](folder)
            except Missing as missing:
                print("%s is left as it is: there is no %s" % (name, missing))


if __name__ == "__main__":
    main()

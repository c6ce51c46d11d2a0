#!/usr/bin/env python3
"""What a run shows in a terminal of any width, and what it prints where there is none."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import NETC, done, folder, in_terminal, main, netc, write  # noqa: E402

PROGRAM = """
model M(1, 16, 16) { Conv2d(1, 8, 3), ReLU(), Flatten(), Linear(_, 10) }
data s = Shapes(size=16, channels=1) { ToTensor() }
data d = Subset(s, range(0, 2000))
data t = Subset(s, range(0, 500))
train M {
    seed       1
    data       d, batch_size=20
    test       t, batch_size=100
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05)
    epochs     %d
    save       "m_{epoch}.pth"
    log        "logs"
}
"""


class Screen:
    """A terminal of some width: keeps the lines that have scrolled by, and every state of the last one."""
    def __init__(self, columns):
        self.columns, self.lines, self.line, self.at, self.states, self.colours = columns, [], "", 0, [], 0

    def put(self, text):
        for word in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|[^\x1b]", text):
            if word == "\r":
                self.states.append(self.line)
                self.at = 0
            elif word == "\n":
                self.lines.append(self.line)
                self.line, self.at = "", 0
            elif word == "\x1b[K":
                self.line = self.line[:self.at]
            elif word.startswith("\x1b"):
                assert word.endswith("m"), repr(word)
                self.colours += 1
            else:
                self.line = self.line[:self.at] + word + self.line[self.at + 1:]
                self.at += 1


def shown(path, columns, *options, **env):
    """Runs the program in a terminal of so many columns; the screen."""
    screen = Screen(columns)
    screen.put(in_terminal(columns, NETC, "run", os.path.join(path, "m.net"), *options, cwd=path, **env))
    return screen


def drawn(screen):
    """What is drawn over, which the lines of the epochs are not."""
    return [state for state in screen.states if state.startswith("epoch 1/"[:screen.columns - 1])
            or state.startswith("epoch 2/")]


def bars(screen):
    return [state for state in drawn(screen) if "%" in state]


def test_a_wide_terminal_shows_everything():
    with folder() as path:
        write(path, "m.net", PROGRAM % 2)
        screen = shown(path, 120)
        last = bars(screen)[-1]
        assert re.fullmatch(r"epoch 2/2 100% \|█{10,30}\| 100/100 \[\d+:\d\d<0:00, \d+ samples/s\]  loss \d\.\d{3}  "
                            r"accuracy 0\.\d{4}  lr 0\.05", last), last
        assert all(len(line) < 120 for line in drawn(screen)), max(drawn(screen), key=len)
        assert "epoch 1/2  testing" in screen.states
        assert not any(line.startswith("step ") for line in screen.lines), screen.lines
        assert screen.colours > 0


def test_a_narrow_terminal_shows_what_fits():
    with folder() as path:
        write(path, "m.net", PROGRAM % 2)
        screen = shown(path, 40)
        assert re.fullmatch(r"epoch 2/2 100% \[\d+:\d\d<0:00\]  loss \d\.\d{3}", bars(screen)[-1]), bars(screen)[-1]
        assert all(len(line) < 40 for line in drawn(screen)), drawn(screen)
        epochs = [line for line in screen.lines if line.startswith("epoch ")]
        assert len(epochs) == 2, epochs
        assert all(re.fullmatch(r"epoch \d  test_accuracy 0\.\d{4}", line) for line in epochs), epochs
        table = screen.lines[[line.split() == ["train", "test"] for line in screen.lines].index(True):][:4]
        assert all(len(line) < 40 for line in table), table
        assert table[1].split() == ["epoch", "loss", "loss", "accuracy"], table


def test_any_width_is_kept_to():
    with folder() as path:
        write(path, "m.net", PROGRAM % 1)
        for columns in 5, 17, 30, 63, 80, 100, 300:
            screen = shown(path, columns, "--max-steps", "20")
            line = [line for line in screen.lines if line.startswith("epoch 1")][0]
            assert len(line) < max(columns, 31), (columns, line)
            assert ("samples/s" in line) == (columns > 120) and ("train_loss" in line) == (columns > 70), line
            states = [state for state in drawn(screen) if not state.startswith("epoch 1  ")]
            assert states and all(len(state) < columns for state in states), (columns, states)
        assert "|" in bars(shown(path, 80, "--max-steps", "20"))[-1]


def test_colours_go_where_they_are_wanted():
    with folder() as path:
        write(path, "m.net", PROGRAM % 2)
        assert shown(path, 80, "--max-steps", "110", NO_COLOR="1").colours == 0
        assert shown(path, 80, "--max-steps", "110", NO_COLOR="").colours > 0
        dumb = shown(path, 80, "--max-steps", "110", TERM="dumb")
        assert dumb.colours == 0 and not bars(dumb) and any(line.startswith("step ") for line in dumb.lines)
        ascii_only = bars(shown(path, 80, "--max-steps", "100", LC_ALL="C"))[-1]
        assert "#" in ascii_only and ascii_only.isascii(), ascii_only


def test_a_pipe_has_lines_with_times():
    with folder() as path:
        write(path, "m.net", PROGRAM % 2)
        out = done(netc("run", "m.net", "--log-every", "50", cwd=path)).out
        assert "\r" not in out and "\x1b" not in out
        steps = re.findall(r"^step (\d+)  loss \d\.\d{6}  accuracy 0\.\d{4}  seconds (\d+\.\d\d)$", out, flags=re.M)
        assert [int(step) for step, _ in steps] == [50, 100, 150, 200], steps
        whole = float(re.search(r"time taken: (\S+) s", out)[1])
        assert sum(float(seconds) for _, seconds in steps) <= whole + 0.02, (steps, whole)
        rows = [line.split() for line in out.splitlines() if re.match(r" +\d", line)]
        lines = [line.split() for line in out.splitlines() if re.match(r"epoch \d", line)]
        assert [row[0] for row in rows] == ["1", "2"], rows
        for row, line in zip(rows, lines):
            value = dict(zip(line[2::2], line[3::2]))
            assert [row[1], row[3], row[4], row[6], row[7]] == [
                value[name] for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy", "seconds")], row
            assert abs(float(row[5]) - float(value["sum"])) <= 0.0005
        assert "checkpoints: m_1.pth, the newest of 2\n" in out, out
        assert "log: tensorboard --logdir logs; table: logs/scalars.csv\n" in out, out


def test_many_epochs_are_told_in_short():
    with folder() as path:
        text = (PROGRAM % 40).replace("    save       \"m_{epoch}.pth\"\n    log        \"logs\"\n", "")
        write(path, "m.net", text.replace("data       d,", "data       t,").replace("batch_size=20", "batch_size=500"))
        out = done(netc("run", "m.net", cwd=path)).out
        rows = [line.split()[0] for line in out.splitlines() if re.match(r" +(\d|\.\.\.)", line)]
        assert rows == ["1", "2", "3", "..."] + [str(epoch) for epoch in range(20, 41)], rows
        assert "checkpoints" not in out and "log:" not in out


main(globals())

#!/usr/bin/env python3
"""HACKING.md's walk of one model through every step is what netc prints."""
import os
import re

from support import ROOT, done, folder, main, netc

COMMAND = re.compile(r"\$ netc check --dump=(\w+) walk\.net")
LEFT_OUT = "..."


def section():
    with open(os.path.join(ROOT, "HACKING.md"), encoding="utf-8") as file:
        return re.search(r"\n## One model, step by step\n(.*?)\n## ", file.read(), re.DOTALL)[1].split("\n")


def blocks(lines):
    """The indented stretches, each as its lines without the indent."""
    block, found = [], []
    for line in lines + [""]:
        if line.startswith("    "):
            block.append(line[4:])
        elif block:
            found.append(block)
            block = []
    return found


def matches(shown, line):
    """A line that ends with ... may go on."""
    return line.startswith(shown[:-len(LEFT_OUT)].rstrip()) if shown.endswith(LEFT_OUT) else line.rstrip() == shown


def compare(shown, printed):
    """Shown lines follow each other in what is printed, and but for those left out nothing stands between them."""
    at, gap = 0, False
    for line in shown:
        if line == LEFT_OUT:
            gap = True
            continue
        while gap and at < len(printed) and not matches(line, printed[at]):
            at += 1
        assert at < len(printed) and matches(line, printed[at]), "expected: %s" % line
        at, gap = at + 1, False
    assert gap or not any(printed[at:]), "more is printed: %s" % printed[at]


def test_the_walk_shows_what_is_printed():
    program, *dumps = blocks(section())
    steps = []
    with folder() as path:
        name = os.path.join(path, "walk.net")
        with open(name, "w", encoding="utf-8") as file:
            file.write("\n".join(program) + "\n")
        for dump in dumps:
            steps.append(COMMAND.match(dump[0])[1])
            compare(dump[1:], done(netc("check", "--dump=" + steps[-1], name)).out.split("\n"))
    assert steps == ["model", "graph", "autodiff", "fuse", "choose", "layout", "schedule", "plan"], steps


def test_a_wrong_line_is_found():
    printed = ["a", "b", "c", ""]
    compare(["a", "...", "c"], printed)
    compare(["a", "b ...", "..."], printed)
    for wrong in (["b"], ["a", "c", "..."], ["...", "d"], ["a", "b"]):
        try:
            compare(wrong, printed)
        except AssertionError:
            continue
        assert False, wrong


if __name__ == "__main__":
    main(globals())

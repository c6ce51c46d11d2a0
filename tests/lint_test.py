#!/usr/bin/env python3
"""The habits of the source that a script can see."""
import os
import re
import subprocess

from support import NETC, ROOT, main

# What may include what: a folder, and those before it. The commands come last; import is one in a folder of its own.
# runtime/ knows nothing of compiler/.
ORDER = ["base", "graph", "syntax", "vocabulary", "model", "passes", "draw", "targets", "onnx", ""]
LONGEST_LINE, LONGEST_FILE = 120, 600
BUILD = os.path.dirname(os.path.dirname(NETC))


def sources(*endings):
    """Paths of the tracked files, and of new ones that git does not ignore."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True,
                            text=True)
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [os.path.relpath(os.path.join(folder, name), ROOT) for folder, folders, files in os.walk(ROOT)
                 for name in files if "build" not in folder and "/." not in folder]
    return [name for name in sorted(set(names)) if name.endswith(endings) and os.path.exists(os.path.join(ROOT, name))]


def lines(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as file:  # some cases are not UTF-8
        return file.read().split("\n")


def place(name):
    """The place of a compiler file's folder in ORDER."""
    parts = name.split("/")
    return ORDER.index("" if len(parts) == 1 or parts[0] == "import" else parts[0])


def test_includes_climb_nowhere():
    wrong = []
    for name in sources(".c", ".h", ".def", ".l", ".y"):
        if not name.startswith(("compiler/", "grammar/")):
            continue
        own = "syntax/x" if name.startswith("grammar/") else name[len("compiler/"):]
        for number, line in enumerate(lines(name), 1):
            match = re.match(r'\s*#\s*include "([^"]+)"', line)
            if not match or not os.path.exists(os.path.join(ROOT, "compiler", match[1])):
                continue
            if place(match[1]) > place(own):
                wrong.append("%s:%d includes %s" % (name, number, match[1]))
    assert not wrong, "\n".join(wrong)


def test_runtime_knows_nothing_of_the_compiler():
    wrong = []
    for name in sources(".c", ".h"):
        if not name.startswith("runtime/"):
            continue
        for number, line in enumerate(lines(name), 1):
            match = re.match(r'\s*#\s*include "([^"]+)"', line)
            if match and (os.path.exists(os.path.join(ROOT, "compiler", match[1])) or "compiler/" in match[1]):
                wrong.append("%s:%d includes %s" % (name, number, match[1]))
    assert not wrong, "\n".join(wrong)


def calls(folder):
    """For each C file below `folder` of the build, as "room/file", the files that it calls or reads from."""
    defines, wants = {}, {}
    for path, _, files in os.walk(os.path.join(BUILD, folder)):
        room = re.sub(r"/[^/]*\.p$", "", os.path.relpath(path, BUILD))
        for file in (file for file in files if re.fullmatch(r"(?!meson-generated).*\.c\.o", file)):
            name = room + "/" + file[:-4].replace("_", "/", 1) if folder == "runtime" else room + "/" + file[:-4]
            wants[name] = set()
            for line in subprocess.run(["nm", os.path.join(path, file)], capture_output=True,
                                       text=True).stdout.splitlines():
                kind, symbol = line.split()[-2:]
                if kind == "U":
                    wants[name].add(symbol)
                elif kind in "TDBRC":
                    defines.setdefault(symbol, name)
    return {name: {defines[symbol] for symbol in symbols if symbol in defines} - {name}
            for name, symbols in wants.items()}


def circles(graph):
    """The sets of files that all reach each other."""
    def reached(start):
        found, left = set(), [start]
        while left:
            more = graph[left.pop()] - found
            found |= more
            left += more
        return found
    reach = {name: reached(name) for name in graph}
    return {frozenset(other for other in reach[name] if name in reach[other]) for name in graph
            if name in reach[name]}


def test_rooms_of_the_runtime_call_in_no_circle():
    """Files of one room may need each other; those of two rooms may not."""
    graph = calls("runtime")
    assert len(graph) > 80 or not graph, sorted(graph)
    wrong = [" ".join(sorted(circle)) for circle in circles(graph)
             if len({name.rsplit("/", 1)[0] for name in circle}) > 1]
    assert not wrong, "\n".join(wrong)


def test_lines_and_files_are_short():
    wrong = []
    for name in sources(".c", ".h", ".def", ".l", ".y", ".py", ".md", "meson.build"):
        text = lines(name)
        wrong += ["%s:%d has %d characters" % (name, number, len(line)) for number, line in enumerate(text, 1)
                  if len(line) > LONGEST_LINE and not line.startswith("|") and name != "generated/reference.md"]
        if len(text) > LONGEST_FILE + 1 and not name.startswith("generated/") and not name.endswith("_fixture.h"):
            wrong.append("%s has %d lines" % (name, len(text)))
    assert not wrong, "\n".join(wrong)


def test_no_tabs_and_no_blanks_at_line_ends():
    wrong = ["%s:%d" % (name, number) for name in sources(".c", ".h", ".def", ".py", ".net", "meson.build")
             for number, line in enumerate(lines(name), 1)
             if not name.startswith("tests/cases/") and ("\t" in line or line != line.rstrip())]
    assert not wrong, "\n".join(wrong)


def test_what_is_printed_is_escaped():
    """Through runtime/system/printable.h, and not by libc: names may hold what a terminal obeys."""
    free = ("runtime/system/printable.c", "runtime/system/progress.c",  # they print no names
            "compiler/targets/cpu/emit/kernelgen.c",
            "compiler/targets/plain/training.c", "compiler/targets/plain/schedule.c",
            "compiler/targets/plain/keep.c")  # the text of programs
    wrong = []
    for name in sources(".c"):
        if not name.startswith(("compiler/", "runtime/")) or name in free:
            continue
        for number, line in enumerate(lines(name), 1):
            if re.search(r"(?<!\w)(v?printf|perror)\(|\bv?fprintf\((stdout|stderr)", line) and "bug" not in line:
                wrong.append("%s:%d" % (name, number))
    assert not wrong, "\n".join(wrong)


def test_no_stream_loses_what_is_written():
    """open_memstream's fails in silence where memory is short: nc_memory_stream takes its place."""
    wrong = ["%s:%d" % (name, number) for name in sources(".c") if name.startswith(("compiler/", "runtime/"))
             for number, line in enumerate(lines(name), 1) if "open_memstream(" in line]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_left_to_do():
    word = "TO" + "DO|FIX" + "ME|XX" + "X"
    wrong = ["%s:%d" % (name, number) for name in sources(".c", ".h", ".def", ".l", ".y", ".py", ".md", ".net")
             for number, line in enumerate(lines(name), 1) if re.search(r"\b(%s)\b" % word, line)]
    assert not wrong, "\n".join(wrong)


def test_operations_are_asked_by_their_rows():
    """What an operation is stands in its row, and nothing else tells operations apart by cases."""
    wrong = ["%s:%d" % (name, number) for name in sources(".c", ".h")
             if name.startswith("compiler/") and not name.startswith("compiler/graph/ops/")
             for number, line in enumerate(lines(name), 1) if re.search(r"\bcase OP_", line)]
    assert not wrong, "\n".join(wrong)


def test_kernel_families_are_asked_by_their_rows():
    """What a kernel family is stands in its row, and nothing else tells families apart by cases."""
    wrong = ["%s:%d" % (name, number) for name in sources(".c", ".h") if name.startswith("compiler/")
             for number, line in enumerate(lines(name), 1) if re.search(r"\bcase FAMILY_", line)]
    assert not wrong, "\n".join(wrong)


def test_headers_guard_themselves():
    wrong = []
    for name in sources(".h"):
        if name.endswith("_fixture.h"):
            continue
        text = "\n".join(lines(name))
        guard = re.search(r"^#ifndef (\w+)\n#define (\w+)\n", text, flags=re.M)
        if not guard or guard[1] != guard[2]:
            wrong.append(name)
    assert not wrong, "\n".join(wrong)


def test_the_program_in_the_readme_is_the_sample():
    with open(os.path.join(ROOT, "samples", "cifar10.net"), encoding="utf-8") as file:
        assert "```\n" + file.read() + "```\n" in "\n".join(lines("README.md"))


main(globals())

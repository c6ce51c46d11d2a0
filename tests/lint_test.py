#!/usr/bin/env python3
"""The habits of the source that a script can see."""
import functools
import os
import re
import subprocess

from support import NETC, ROOT, main

# What may include what: a folder, and those before it. The commands come last; import is one in a folder of its own.
# runtime/ knows nothing of compiler/.
ORDER = ["base", "graph", "syntax", "vocabulary", "model", "passes", "draw", "targets", "onnx", ""]
LONGEST_LINE, LONGEST_FILE = 120, 600
BUILD = os.path.dirname(os.path.dirname(NETC))


@functools.lru_cache(None)
def tracked():
    """Paths of the tracked files, and of new ones that git does not ignore."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True,
                            text=True)
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [os.path.relpath(os.path.join(folder, name), ROOT) for folder, folders, files in os.walk(ROOT)
                 for name in files if "build" not in folder and "/." not in folder]
    return [name for name in sorted(set(names)) if os.path.exists(os.path.join(ROOT, name))]


def sources(*endings):
    return [name for name in tracked() if name.endswith(endings)]


@functools.lru_cache(None)
def text_of(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as file:  # some cases are not UTF-8
        return file.read()


def matches(pattern, names):
    """(name, number of the line, match) of all places, in which a line begins at ^ and ends at $."""
    for name in names:
        text = text_of(name)
        for match in re.finditer(pattern, text, re.M):
            yield name, text.count("\n", 0, match.start()) + 1, match


def places(pattern, names):
    return ["%s:%d" % (name, number) for name, number, _ in matches(pattern, names)]


def in_folders(names, *folders):
    return [name for name in names if name.startswith(folders)]


@functools.lru_cache(None)
def is_of_compiler(header):
    return os.path.exists(os.path.join(ROOT, "compiler", header))


INCLUDE = r'^[ \t]*#[ \t]*include "([^"\n]+)"'


def place(name):
    """The place of a compiler file's folder in ORDER."""
    parts = name.split("/")
    return ORDER.index("" if len(parts) == 1 or parts[0] == "import" else parts[0])


def test_includes_climb_nowhere():
    wrong = []
    for name, number, match in matches(INCLUDE, in_folders(sources(".c", ".h", ".def", ".l", ".y"), "compiler/",
                                                           "grammar/")):
        own = "syntax/x" if name.startswith("grammar/") else name[len("compiler/"):]
        if is_of_compiler(match[1]) and place(match[1]) > place(own):
            wrong.append("%s:%d includes %s" % (name, number, match[1]))
    assert not wrong, "\n".join(wrong)


def test_runtime_knows_nothing_of_the_compiler():
    wrong = ["%s:%d includes %s" % (name, number, match[1])
             for name, number, match in matches(INCLUDE, in_folders(sources(".c", ".h"), "runtime/"))
             if is_of_compiler(match[1]) or "compiler/" in match[1]]
    assert not wrong, "\n".join(wrong)


def calls(folder):
    """For each C file below `folder` of the build, as "room/file", the files that it calls or reads from."""
    defines, wants, names = {}, {}, {}
    for path, _, files in os.walk(os.path.join(BUILD, folder)):
        room = re.sub(r"/[^/]*\.p$", "", os.path.relpath(path, BUILD))
        for file in (file for file in files if re.fullmatch(r"(?!meson-generated).*\.c\.o", file)):
            name = room + "/" + file[:-4].replace("_", "/", 1) if folder == "runtime" else room + "/" + file[:-4]
            names[os.path.join(path, file)] = name
            wants[name] = set()
    listed = subprocess.run(["nm", "-A", *names], capture_output=True, text=True) if names else None
    for line in listed.stdout.splitlines() if listed else []:
        path, _, rest = line.partition(":")
        kind, symbol = rest.split()[-2:]
        if kind == "U":
            wants[names[path]].add(symbol)
        elif kind in "TDBRC":
            defines.setdefault(symbol, names[path])
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
    names = sources(".c", ".h", ".def", ".l", ".y", ".py", ".md", "meson.build")
    for name, number, match in matches(r"^.{%d,}$" % (LONGEST_LINE + 1), names):
        if not match[0].startswith("|") and name != "generated/reference.md":
            wrong.append("%s:%d has %d characters" % (name, number, len(match[0])))
    for name in names:
        count = text_of(name).count("\n") + 1
        if count > LONGEST_FILE + 1 and not name.startswith("generated/") and not name.endswith("_fixture.h"):
            wrong.append("%s has %d lines" % (name, count))
    assert not wrong, "\n".join(wrong)


def test_no_tabs_and_no_blanks_at_line_ends():
    wrong = places(r"\t|[^\S\n]+$", [name for name in sources(".c", ".h", ".def", ".py", ".net", "meson.build")
                                    if not name.startswith("tests/cases/")])
    assert not wrong, "\n".join(wrong)


def test_what_is_printed_is_escaped():
    """Through runtime/system/printable.h, and not by libc: names may hold what a terminal obeys."""
    free = ("runtime/system/printable.c", "runtime/system/progress.c",  # they print no names
            "compiler/targets/cpu/emit/kernelgen.c",
            "compiler/targets/plain/training.c", "compiler/targets/plain/schedule.c",
            "compiler/targets/plain/keep.c")  # the text of programs
    names = [name for name in in_folders(sources(".c"), "compiler/", "runtime/") if name not in free]
    wrong = places(r"^(?!.*bug).*((?<!\w)(v?printf|perror)\(|\bv?fprintf\((stdout|stderr))", names)
    assert not wrong, "\n".join(wrong)


def test_no_stream_loses_what_is_written():
    """open_memstream's fails in silence where memory is short: nc_memory_stream takes its place."""
    wrong = places(r"open_memstream\(", in_folders(sources(".c"), "compiler/", "runtime/"))
    assert not wrong, "\n".join(wrong)


def test_nothing_is_left_to_do():
    word = "TO" + "DO|FIX" + "ME|XX" + "X"
    wrong = places(r"\b(?:%s)\b" % word, sources(".c", ".h", ".def", ".l", ".y", ".py", ".md", ".net"))
    assert not wrong, "\n".join(wrong)


def test_operations_are_asked_by_their_rows():
    """What an operation is stands in its row, and nothing else tells operations apart by cases."""
    wrong = places(r"\bcase OP_", [name for name in in_folders(sources(".c", ".h"), "compiler/")
                                   if not name.startswith("compiler/graph/ops/")])
    assert not wrong, "\n".join(wrong)


def test_kernel_families_are_asked_by_their_rows():
    """What a kernel family is stands in its row, and nothing else tells families apart by cases."""
    wrong = places(r"\bcase FAMILY_", in_folders(sources(".c", ".h"), "compiler/"))
    assert not wrong, "\n".join(wrong)


def test_headers_guard_themselves():
    wrong = []
    for name in sources(".h"):
        if name.endswith("_fixture.h"):
            continue
        guard = re.search(r"^#ifndef (\w+)\n#define (\w+)\n", text_of(name), flags=re.M)
        if not guard or guard[1] != guard[2]:
            wrong.append(name)
    assert not wrong, "\n".join(wrong)


def test_the_program_in_the_readme_is_the_sample():
    with open(os.path.join(ROOT, "samples", "cifar10.net"), encoding="utf-8") as file:
        assert "```\n" + file.read() + "```\n" in text_of("README.md")


main(globals())

#!/usr/bin/env python3
"""--profile: a table at the end, with every kernel once and with all of the time; and otherwise the same program."""
import os
import re

from support import compilers, done, folder, losses, main, netc, run, sample, samples, Skip

PROGRAM = """
model Small(3, 32, 32) {
    Conv2d(3, 16, 5, stride=2, padding=2), ReLU(), MaxPool2d(2), Dropout(0.25), Flatten(), Linear(16*8*8, 10)
}
data shapes = Shapes(train=False) { ToTensor() }
data pictures = Subset(shapes, range(300))
train Small {
    seed       0
    data       pictures, batch_size=24, shuffle=True
    test       pictures, batch_size=100
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=1e-2)
    epochs     1
    save       "small.pth"
}
"""
ROW = re.compile(r"^ *(?P<ms>[\d.]+) +(?P<share>[\d.]+) % +(?P<calls>\d+) +(?P<rate>[\d.]+|-) +(?:\d+ %|-) +"
                 r"(?P<where>\S+) +(?P<family>\S+) +(?P<line>\d+|-)  (?P<name>.*)$")
ROWS_OF_ALL = 4  # update, loading, waiting, other


def table(output):
    """The rows of the table, and the time of the last line, which is that of a step."""
    lines = output[output.index("profile: "):].splitlines()
    rows = [match.groupdict() for match in map(ROW.match, lines[2:-1]) if match]
    assert len(rows) == len(lines) - 3, "\n".join(lines)
    assert lines[-1].endswith("all of it"), lines[-1]
    return rows, float(lines[-1].split()[0])


def kernels(text):
    """The kernels of the emitted C: (name, line)."""
    return re.findall(r'\{\.name = "(\w+)".*\n +\.line = (\d+)', text)


def check(output, want):
    rows, step = table(output)
    names = [row["name"].split("  ")[0] for row in rows if row["family"] != "-"]
    assert sorted(names) == sorted(want), "%s\n%s" % (names, want)
    assert len(rows) == len(names) + ROWS_OF_ALL
    share, time = (sum(float(row[key]) for row in rows) for key in ("share", "ms"))
    assert abs(share - 100) < 0.01 * len(rows), share
    assert abs(time - step) < 0.001 * step + 1e-4 * len(rows), "%g of %g" % (time, step)
    times = [float(row["ms"]) for row in rows]
    assert times == sorted(times, reverse=True)
    return {row["name"].split("  ")[0]: row for row in rows}


def write(path):
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    return name


def test_every_kernel_is_in_the_table_once():
    with folder() as path:
        name = write(path)
        text = done(netc("emit", "--profile", name)).out
        all_of = kernels(text)
        assert len(all_of) > 10 and len({kernel for kernel, _ in all_of}) == len(all_of)
        for threads in (1, 2):
            result = done(netc("run", name, "--profile", "--threads", threads, "--max-steps", 3, cwd=path))
            rows = check(result.out, [kernel for kernel, _ in all_of])
            assert "profile: 3 steps of 24.0 samples, %d thread" % threads in result.out
            for kernel, line in all_of:
                row = rows[kernel]
                assert row["line"] == line and int(row["calls"]) > 0
            rates = [float(row["rate"]) for row in rows.values() if row["rate"] != "-"]
            assert len(rates) >= 4 and min(rates) > 0  # of a convolution and a linear layer, forward and backward
            assert "0: Conv2d(3, 16, 5, stride=2, padding=2)" in result.out


def test_standalone_and_the_command_test():
    """`test` goes forward only, and its batches are counted."""
    if not compilers():
        raise Skip("no C compiler")
    with folder() as path:
        name = write(path)
        all_of = kernels(done(netc("emit", "--profile", name)).out)
        done(netc("build", "--profile", name, "-o", os.path.join(path, "small")))
        result = done(run("./small", "--max-steps", 2, "--threads", 2, cwd=path))
        check(result.out, [kernel for kernel, _ in all_of])
        result = done(run("./small", "test", "--load", "small.pth", cwd=path))
        assert "profile: 3 batches of 100.0 samples" in result.out
        rows, _ = table(result.out)
        assert {row["where"] for row in rows if row["family"] != "-"} == {"input", "forward", "loss"}
        assert abs(sum(float(row["share"]) for row in rows) - 100) < 0.01 * len(rows)


def test_the_results_are_the_same():
    with folder() as path:
        name, words = write(path), ("--max-steps", 3, "--log-every", 1)
        plain = losses(done(netc("run", name, *words, cwd=path)).out)
        assert len(plain) == 3 and plain == losses(done(netc("run", name, "--profile", *words, cwd=path)).out)


def unbraced(text):
    """A loop over one call has no braces; with the lap behind the call it has."""
    return re.sub(r"(?m)^    \}\n", "", re.sub(r"(?m)^(    for \(.*\)) \{$", r"\1", text))


def unwrapped(text):
    """What has more in it may be broken into lines elsewhere."""
    return re.sub(r",\n +", ", ", text)


def test_only_where_it_is_asked_for():
    for name in samples():
        for words in ((), ("--plain",)):
            text, measured = (done(netc("emit", *words, *more, sample(name))).out for more in ((), ("--profile",)))
            assert "nc_lap" not in text and "nc_profile" not in text
            short = re.sub(r"/\* What nc_lap counts. \*/\n(.*\n)*?};\n\n", "", measured)
            short = re.sub(r" *nc_(lap|profile)\(.*\n|, \.kernel = \d+|,\n +\.kernel = \d+", "", short)
            assert unwrapped(unbraced(short)) == unwrapped(unbraced(text))


main(globals())

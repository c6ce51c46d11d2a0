#!/usr/bin/env python3
"""Measures a training step of the main job: netc standalone and in process, PyTorch, and the machine's peak beside.

    tests/bench/run.py [--rounds N] [--batch N] [--threads N,N...] [--steps N]

All are run in turn within each round, since the clock of a machine moves; the figures are medians over the rounds.
netc's steps are whole steps of a run with its loader; PyTorch's are on one batch that stays in memory, without a
loader, which favours PyTorch. Environment: NETC, NETC_ORACLE (a Python with torch; left out without), CC. A round whose
peak of two threads is below 1.8 times the peak of one is marked: the two shared a core, and its figures say nothing."""
import argparse
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import NETC, ROOT, done, folder, netc, run  # noqa: E402

PROGRAM = """
model Tudui(3, 32, 32) {
    Conv2d(3, 32, 5, 1, 2), MaxPool2d(2), Conv2d(32, 32, 5, 1, 2), MaxPool2d(2), Conv2d(32, 64, 5, 1, 2), MaxPool2d(2)
    Flatten(), Linear(64*4*4, 64), Linear(64, 10)
}
data train_data = Shapes(train=True) { ToTensor() }
train Tudui {
    seed       0
    data       train_data, batch_size=%d, shuffle=True
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=1e-2)
    epochs     1000
}
"""
# Multiplications and additions of a sample: all three passes of every layer, but no data gradient of the first one.
FLOP_FORWARD = 2 * (32 * 1024 * 75 + 32 * 256 * 800 + 64 * 64 * 800 + 1024 * 64 + 64 * 10)
FLOP = 3 * FLOP_FORWARD - 2 * 32 * 1024 * 75


def timed_steps(command, steps, path):
    """Milliseconds of a step: the median over the intervals between the lines that the trainer prints. It is ended
    when it has printed enough."""
    every = max(1, steps // 10)
    process = subprocess.Popen([*command, "--log-every", str(every)], stdout=subprocess.PIPE, cwd=path, text=True)
    times = []
    for line in process.stdout:
        if line.startswith("step "):
            times.append(time.perf_counter())
        if len(times) == 12:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    assert len(times) == 12, "the trainer ended early"
    return 1e3 * statistics.median(b - a for a, b in zip(times[1:], times[2:])) / every


def torch_step(mode, threads, batch, steps):
    oracle = os.environ.get("NETC_ORACLE")
    if not oracle:
        return None
    words = [oracle, os.path.join(HERE, "torch_step.py"), mode, str(threads), str(batch), str(steps)]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()[0])


def main():
    parser = argparse.ArgumentParser(description="ms of a training step of the main job, beside PyTorch's")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--steps", type=int, default=50)
    options = parser.parse_args()
    threads = [int(count) for count in options.threads.split(",")]
    with folder() as path:
        name, trainer, peak = (os.path.join(path, part) for part in ("main.net", "trainer", "peak"))
        with open(name, "w", encoding="utf-8") as file:
            file.write(PROGRAM % options.batch)
        done(netc("build", name, "-o", trainer))
        done(run(os.environ.get("CC", "cc"), "-O2", "-march=native", "-pthread", "-I" + os.path.join(ROOT, "runtime"),
                 os.path.join(HERE, "peak.c"), "-o", peak))
        measures = {
            "netc, standalone": lambda count: timed_steps([trainer, "--threads", str(count)], options.steps, path),
            "netc, in process": lambda count: timed_steps([NETC, "run", name, "--threads", str(count)], options.steps,
                                                          path),
            "PyTorch": lambda count: torch_step("default", count, options.batch, options.steps),
            "PyTorch, channels_last": lambda count: torch_step("channels_last", count, options.batch, options.steps),
        }
        report(measures, threads, options, peak)


def report(measures, threads, options, peak):
    found = {(what, count): [] for what in measures for count in threads}
    peaks = {count: [] for count in threads}
    for number in range(options.rounds):
        for count in threads:
            one, all_of = map(float, done(run(peak, count)).out.split())
            peaks[count].append(all_of)
            shared = " (they share a core: worthless)" if count == 2 and all_of < 1.8 * one else ""
            print("round %d, %d threads: peak %.0f GFLOP/s of one, %.0f of all%s"
                  % (number + 1, count, one, all_of, shared), flush=True)
            for what, measure in measures.items():
                value = measure(count)
                if value is not None:
                    found[what, count].append(value)
    heads = ["%d thread%s, ms | of peak | x PyTorch | x channels_last" % (count, "s" * (count > 1))
             for count in threads]
    print("\n| batch %d | %s |" % (options.batch, " | ".join(heads)))
    print("|---" * (1 + 4 * len(threads)) + "|")
    for what in measures:
        cells = []
        for count in threads:
            mine = found[what, count]
            if not mine:
                cells += ["-"] * 4
                continue
            middle = statistics.median(mine)
            cells.append("%.2f (%.2f-%.2f)" % (middle, min(mine), max(mine)))
            cells.append("%.0f %%" % (100 * FLOP * options.batch / middle / 1e6 / statistics.median(peaks[count])))
            for other in ("PyTorch", "PyTorch, channels_last"):
                theirs = found[other, count]
                cells.append("%.2f" % (statistics.median(theirs) / middle) if theirs else "-")
        print("| %s | %s |" % (what, " | ".join(cells)))


main()

#!/usr/bin/env python3
"""A training step of trainers that this netc builds, beside those that another one builds: before a change and after.

    NETC=build/compiler/netc tests/bench/before.py OTHER/compiler/netc [MODEL:BATCH...]

Both are measured in turn, in rounds, for --seconds each; the fastest round of each counts, for what others do on the
machine only adds time. Models are those of models/. With --keep the trainers stay in a folder, and those that are there
are not built again. Prints a table as Markdown."""
import argparse
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from netc_side import Training, flop, model  # noqa: E402
from support import NETC, done, run  # noqa: E402
from tables import number, row  # noqa: E402

ROWS = ["cifar10:1", "cifar10:16", "cifar10:64", "lenet:1", "lenet:16", "lenet:64", "mlp:1", "mlp:16", "mlp:64",
        "stack64_3:64", "stack128_3:64", "norm64_3:64", "norm128_3:64", "resnet18:16"]


def build(netc, name, batch, out):
    if not os.path.exists(out):
        done(run(netc, "build", model(name), "--batch-size", batch, "-o", out))
    return out


def measure(trainers, work, options, folder):
    """Milliseconds a step by each trainer, by the number of threads."""
    found = {}
    for threads in (1, 2):
        trainings = [Training([trainer, "--threads", str(threads)], work, folder) for trainer in trainers]
        rounds = [[training.step(options.seconds) for training in trainings] for _ in range(options.rounds)]
        found[threads] = [min(times) for times in zip(*rounds)]
        for training in trainings:
            training.end()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("other", help="the netc of before")
    parser.add_argument("rows", nargs="*", default=ROWS, help="MODEL:BATCH")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--keep", metavar="FOLDER")
    options = parser.parse_intermixed_args()
    print(row(["ms a step", "before, 1 thread", "now", "now : before", "before, 2 threads", "now", "now : before"]))
    print("|---" * 7 + "|", flush=True)
    for text in options.rows:
        name, batch = text.split(":")
        with tempfile.TemporaryDirectory() as folder:
            kept = os.path.join(options.keep or folder, "%s-%s-" % (name, batch))
            trainers = [build(netc, name, batch, kept + which)
                        for netc, which in ((options.other, "before"), (NETC, "now"))]
            work = flop(name, "--batch-size", batch) * int(batch)
            cells = ["%s, batch %s" % (name, batch)]
            for times in measure(trainers, work, options, folder).values():
                cells += [number(times[0]), number(times[1]), "%.2f" % (times[1] / times[0])]
        print(row(cells), flush=True)


main()

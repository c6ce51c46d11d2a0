#!/usr/bin/env python3
"""The model of docs/scaling.md, what a step takes on several ranks: scaling.py FILE.net [--seconds S | --rate R]

A step's arithmetic, its cut into shards and parts, and the bytes that ranks exchange are what netc says of the program.
Compute takes S seconds on one rank, or its arithmetic at R GFLOP/s (default: 1000)."""
import argparse
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from support import done, netc, run, NETC  # noqa: E402

LATENCY = 20e-6        # of a message, in seconds
CHUNK = 65536 * 4      # bytes of a message of the sum (runtime/step/ranks.c)
RATES = [1, 10, 100]   # of a link, in Gbit/s
RANKS = [2, 4, 8, 16, 64, 1024]


class Step:
    """What a step of a program computes and exchanges."""

    def __init__(self, path):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "trainer")
            run(NETC, "build", path, "--mpi", "--cc", "true", "--keep-c", "-o", out) # the C alone is wanted
            with open(out + ".c", encoding="utf-8") as file:
                text = file.read()
        rows = re.search(r"struct nc_gathered gathered\[\] = \{(.*?)\n\};", text, re.S)
        self.batch = int(re.search(r"\.batch = (\d+),$", text, re.M)[1])
        self.shards = -(-self.batch // int(re.search(r"\.shard = (\d+)", text)[1]))
        self.sum = 4 * int(re.search(r"\.sharded = (\d+)", text)[1])
        self.gathered = [self.batch * int(row) for row in re.findall(r"\.bytes = (\d+)", rows[1] if rows else "")]
        self.gradients = 4 * int(re.search(r"\.block = (\d+), \.sharded", text)[1])
        self.gflop = float(re.search(r"arithmetic of a training step: ([\d.]+)", done(netc("summary", path)).out)[1])
        schedule = done(netc("check", "--dump=schedule", path)).out.split("\nevaluation,")[0]
        phases = re.findall(r"phase \d+, (\d+) (shard|part)s?, ([\d.]+) %", schedule)
        shares = {kind: sum(int(n) * float(p) for n, k, p in phases if k == kind) for kind in ("shard", "part")}
        self.repeated = shares["part"] / (shares["shard"] + shares["part"])

    def seconds(self, compute, ranks, rate):
        """compute shared out, compute of every rank, exchange."""
        bytes_a_second = rate * 1e9 / 8
        gathers = sum(size * (ranks - 1) / ranks / bytes_a_second + (ranks - 1) * LATENCY for size in self.gathered)
        chain = 2 * self.sum / bytes_a_second + 2 * (ranks - 1) * (min(CHUNK, self.sum) / bytes_a_second + LATENCY)
        largest = -(-self.shards // ranks) / self.shards
        return compute * (1 - self.repeated) * largest, compute * self.repeated, gathers + chain


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--rate", type=float, default=1000)
    options = parser.parse_args()
    step = Step(options.file)
    compute = options.seconds or step.gflop / options.rate
    print("batch %d in %d shards, %.1f GFLOP, %.1f ms on one rank, %.0f %% of them in kernels over the batch" %
          (step.batch, step.shards, step.gflop, 1e3 * compute, 100 * step.repeated))
    print("all gradients %.1f MB; in shards %.1f MB, which a rank sends twice; samples of all, %d times, %.1f MB" %
          (1e-6 * step.gradients, 1e-6 * step.sum, len(step.gathered), 1e-6 * sum(step.gathered)))
    print("| ranks |" + "".join(" %d Gbit/s, ms | x |" % rate for rate in RATES))
    print("|---|" + "---|---|" * len(RATES))
    for ranks in RANKS:
        row = ""
        for rate in RATES:
            seconds = sum(step.seconds(compute, ranks, rate))
            row += " %.1f | %.2f |" % (1e3 * seconds, compute / seconds)
        print("| %d%s |%s" % (ranks, "" if ranks <= step.shards else " (refused)", row))


main()

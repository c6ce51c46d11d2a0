#!/usr/bin/env python3
"""The model of docs/scaling.md, what a step takes on several ranks: scaling.py FILE.net [--seconds S | --rate R]

A step's arithmetic, its phases, and the bytes that ranks exchange behind them are what netc says of the program.
Compute takes S seconds on one rank, or its arithmetic at R GFLOP/s (default: 1000)."""
import argparse
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from support import done, netc, run, NETC  # noqa: E402

CHUNK = 65536 * 4      # bytes of a message of the sum (runtime/step/sum.c)
RATES = [1, 10, 100]   # of a link, in Gbit/s
RANKS = [2, 4, 8, 16, 64, 1024]


def rows(text, table):
    """The rows of a table of the emitted text, each as {field: numbers}."""
    body = re.search(r"struct nc_\w+ %s\[\] = \{\n(.*?)\n\};" % table, text, re.S)
    found = re.split(r"^    \{", body[1], flags=re.M)[1:] if body else []
    fields = r"\.(\w+) = (?:\{([^}]*)\}|(-?\d+))"
    return [{name: [int(n) for n in (several or one).split(",")] for name, several, one in re.findall(fields, row)}
            for row in found]


def along_curve(a, b):
    """The place of (a, b) along the curve by which parts are shared out (runtime/step/exchange.c)."""
    code = sum((a >> bit & 1) << (2 * bit + 1) | (b >> bit & 1) << 2 * bit for bit in range(16))
    for shift in (1, 2, 4, 8, 16):
        code ^= code >> shift
    return code


class Gathered:
    """What a phase leaves of all samples, and which share of it a rank reads, whose parts read some channels alone."""

    def __init__(self, row, batch):
        self.size = batch * row["rows"][0] * row["cols"][0] * row["bytes"][0]
        self.before, self.column = row["before"][0], row["col_step"][0]
        self.part, self.step, self.order = row.get("part", [0])[0], row.get("part_step"), []

    def start(self, part, cut):
        numbers = (part // cut[2] // cut[1], part // cut[2] % cut[1], part % cut[2])
        return sum(i * step for i, step in zip(numbers, self.step)) % self.column

    def shares(self, ranks):
        if not self.part:
            return [1.0] * ranks
        count, shares = len(self.order), []
        for rank in range(ranks):
            own = self.order[-(-count * rank // ranks):-(-count * (rank + 1) // ranks)]
            shares.append((max(own) + self.part - min(own)) / self.column if own else 0)
        return shares

    def bytes(self, ranks):
        """What a rank sends, or gets: the most."""
        shares = self.shares(ranks)
        return self.size / ranks * max(sum(shares) - min(shares), (ranks - 1) * max(shares))


def order_parts(row, gathered):
    """Puts the parts of a phase in the ranks' order."""
    some = sorted((g for g in gathered if g.part), key=lambda g: -g.size)
    cut, count = row["cut"], row["parts"][0]
    if not some:
        return
    key = [along_curve(some[0].start(i, cut) // some[0].part,
                       some[1].start(i, cut) // some[1].part if len(some) > 1 else 0) for i in range(count)]
    order = sorted(range(count), key=lambda i: (key[i], i))
    for one in some:
        one.order = [one.start(i, cut) for i in order]


class Phase:
    """Its share of a step's arithmetic on one rank, and how that is shared out."""

    def __init__(self, number, tasks, kind, percent):
        self.number, self.tasks, self.kind, self.share = number, tasks, kind, tasks * percent
        self.gathers = []  # what it leaves for phases that wait for it
        self.told = 0      # bytes of the gradient that ranks make parts of
        self.sum = 0       # bytes of gradients in shards that it finishes

    def part(self, ranks, shards):
        """What the rank with the most tasks does of it."""
        if self.kind == "part" and not self.told:
            return 1.0
        return 1 / min(ranks, self.tasks) if self.kind != "shard" else -(-shards // ranks) / shards


class Step:
    """What a step of a program computes and exchanges."""

    def __init__(self, path):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "trainer")
            run(NETC, "build", path, "--mpi", "--cc", "true", "--keep-c", "-o", out) # the C alone is wanted
            with open(out + ".c", encoding="utf-8") as file:
                text = file.read()
        self.batch = int(re.search(r"\.batch = (\d+),$", text, re.M)[1])
        self.shards = -(-self.batch // int(re.search(r"\.shard = (\d+)", text)[1]))
        self.gradients = 4 * int(re.search(r"\.block = (\d+), \.sharded", text)[1])
        self.gflop = float(re.search(r"arithmetic of a training step: ([\d.]+)", done(netc("summary", path)).out)[1])
        schedule = done(netc("check", "--dump=schedule", path)).out.split("\nevaluation,")[0]
        self.phases = [Phase(int(i) - 1, int(n), kind, float(percent)) for i, n, kind, percent in
                       re.findall(r"phase (\d+), (\d+) (shard|part)s?, ([\d.]+) %", schedule)]
        table = re.search(r"struct nc_phase phases\[\] = \{\n(.*?)\n\};", text, re.S)[1]
        for phase, row in zip(self.phases, re.findall(r"^    \{(.*?)\},$", table, re.S | re.M)):
            function = re.search(r"(?:ALWAYS|TRAIN)(?:_AT)?\((\w+)", row)
            body = function and re.search(r"^static void %s\(struct nc_microbatch \*mb\)\n\{\n(.*?)^\}" % function[1],
                                          text, re.S | re.M)
            of_samples = ".samples" in row or (body and "mb->own" in body[1])
            phase.kind = "samples" if of_samples else phase.kind
        for row in rows(text, "gathered"):
            self.phases[row["phase"][0]].gathers.append(Gathered(row, self.batch))
        for row in rows(text, "shared_out"):
            r, number = row["rows"], row["phase"][0]
            order_parts(row, [g for phase in self.phases for g in phase.gathers if g.before == number])
            self.phases[number].told = 4 * row["parts"][0] * row["floats"][0] * (r[0] * r[2] or 1)
        begin = 0
        for row in rows(text, "finished"):
            self.phases[row["phase"][0]].sum += 4 * (row["end"][0] - begin)
            begin = row["end"][0]
        whole = sum(phase.share for phase in self.phases)
        for phase in self.phases:
            phase.share /= whole

    def repeated(self):
        return sum(phase.share for phase in self.phases if phase.kind == "part" and not phase.told)

    def bytes(self, ranks):
        """What a rank sends in a step: samples, gradients in parts (in a ring), gradients in shards (in a chain, where
        each of two ranks sends them once)."""
        return (sum(g.bytes(ranks) for phase in self.phases for g in phase.gathers),
                (ranks - 1) / ranks * sum(phase.told for phase in self.phases),
                min(2, ranks - 1) * sum(phase.sum for phase in self.phases))

    def seconds(self, compute, ranks, rate, latency):
        """A step. Transfers go one after the other over a rank's link, while phases that need none go on."""
        others, a_second = (ranks - 1) / ranks, rate * 1e9 / 8
        now = free = 0.0  # when the phase ends, and the link is free
        come = [0.0] * len(self.phases)
        for phase in self.phases:
            now = max(now, come[phase.number]) + compute * phase.share * phase.part(ranks, self.shards)
            for gathered in phase.gathers:
                free = max(free, now) + gathered.bytes(ranks) / a_second + (ranks - 1) * latency
                come[gathered.before] = max(come[gathered.before], free)
            if phase.told:
                free = max(free, now) + others * phase.told / a_second + (ranks - 1) * latency
            if phase.sum:
                free = max(free, now) + min(2, ranks - 1) * phase.sum / a_second
        total = sum(phase.sum for phase in self.phases)
        chain = 2 * (ranks - 1) * (min(CHUNK, total) / a_second + latency) if total else 0
        return max(now, free + chain)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--latency", type=float, default=20, help="of a message, in microseconds")
    options = parser.parse_args()
    step = Step(options.file)
    compute = options.seconds or step.gflop / options.rate
    print("batch %d in %d shards, %.1f GFLOP, %.1f ms on one rank, %.1f %% of them repeated by every rank" %
          (step.batch, step.shards, step.gflop, 1e3 * compute, 100 * step.repeated()))
    print("all gradients %.1f MB" % (1e-6 * step.gradients))
    for ranks in RANKS:
        print("what a rank of %d sends: %.2f MB of samples, %.2f MB of gradients in parts, %.2f MB of gradients in "
              "shards" % (ranks, *(1e-6 * b for b in step.bytes(ranks))))
    print("| ranks |" + "".join(" %d Gbit/s, ms | x |" % rate for rate in RATES))
    print("|---|" + "---|---|" * len(RATES))
    for ranks in RANKS:
        row = ""
        for rate in RATES:
            seconds = step.seconds(compute, ranks, rate, 1e-6 * options.latency)
            row += " %.1f | %.2f |" % (1e3 * seconds, compute / seconds)
        print("| %d%s |%s" % (ranks, "" if ranks <= step.shards else " (refused)", row))


main()

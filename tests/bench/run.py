#!/usr/bin/env python3
"""The bench: netc beside PyTorch and beside the machine's peak. README.md tells how to read it.

    tests/bench/run.py [--rows main,lenet,...] [--rounds N] [--seconds X] [--quick] [--write]

Environment: NETC; NETC_ORACLE, a Python with torch (without it netc is measured alone); NETC_DATA, a folder with
CIFAR-10 in both of its forms (without it there is no epoch and no inference); CC."""
import argparse
import datetime
import os
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from goals import goals  # noqa: E402
from netc_side import Programs  # noqa: E402
from peers import Peak, Torch  # noqa: E402
from sections import SECTIONS, SLOW, Bench  # noqa: E402
from single import SINGLE  # noqa: E402
from support import folder  # noqa: E402
from tables import section_table, single_table  # noqa: E402

SHARED = 1.8  # two threads that get less than so many times the peak of one have no core each for themselves
TRIES = 3     # of a round of a section, before it is kept all the same
PATIENCE = 120  # seconds that all the rounds thrown away may have taken
README = os.path.join(HERE, "README.md")
HEADING = "## The last table\n"
USUAL = [name for name in [*SECTIONS, *SINGLE] if name not in SLOW]


def arguments():
    parser = argparse.ArgumentParser(description="netc beside PyTorch and beside the machine's peak")
    rows = [*SECTIONS, *SINGLE]
    parser.add_argument("--rows", default=",".join(USUAL), help="what to measure: %%(default)s; or %s" %
                        ", ".join(SLOW))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3, help="for a figure in a round")
    parser.add_argument("--quick", action="store_true", help="one short round, batch 64 alone")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    parser.add_argument("--machine", default="", help="what to call the machine there")
    options = parser.parse_args()
    options.rows = options.rows.split(",")
    unknown = [name for name in options.rows if name not in rows]
    if unknown:
        parser.error("there is no row %s; there are %s" % (unknown[0], ", ".join(rows)))
    if options.quick:
        options.rounds, options.seconds = 1, 0.1
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure_round(section, peak):
    """Everything of a section once: {(line, contender): ms}, the peaks around it, whether the cores were shared."""
    before = peak.measure()
    found = {(line, who): measure() for line in section.lines for who, measure in line.measures.items()}
    peaks = before, peak.measure()
    return found, peaks, any(mean < SHARED * one for one, _, mean in peaks)


def add_round(section, peak, patience):
    """Measures until a round is good; returns the patience that is left."""
    for attempt in range(TRIES):
        began = time.monotonic()
        found, peaks, shared = measure_round(section, peak)
        took = time.monotonic() - began
        if not shared or attempt == TRIES - 1 or took > patience:
            break
        patience -= took
        say("  %s once more: two threads have %.0f GFLOP/s where one has %.0f" % (
            section.name, min(mean for _, _, mean in peaks), peaks[0][0]))
    section.shared = section.shared or shared
    for (line, who), value in found.items():
        if value is not None:
            line.found[who].append(value)
    for one, two, _ in peaks:
        section.peaks[1].append(one)
        section.peaks[2].append(two)
    return patience


def measure_all(bench, options, peak, chosen):
    """The rounds, then what is measured by itself: (texts, numbers for the goals)."""
    began, patience, texts, numbers = time.monotonic(), PATIENCE, [], {}
    try:
        for number in range(options.rounds):
            for section in [section for section in chosen.values() if section.lines]:
                patience = add_round(section, peak, patience)
                say("round %d of %d, %s: %.0f s" % (number + 1, options.rounds, section.name,
                                                    time.monotonic() - began))
        bench.end()
        for name in [name for name in SINGLE if name in options.rows]:
            title, measure = SINGLE[name]
            rows, more = measure(bench)
            numbers.update(more)
            texts.append(single_table(title, rows))
            say("%s: %.0f s" % (name, time.monotonic() - began))
    except KeyboardInterrupt:
        say("stopped: these are the figures until now")
    return texts, numbers


def run_all(options, path):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background job ignores
    torch = Torch()
    bench = Bench(Programs(path), torch, options)
    try:
        peak = Peak(path)
        chosen = {name: SECTIONS[name](bench) for name in SECTIONS if name in options.rows}
        texts, numbers = measure_all(bench, options, peak, chosen)
        texts = [goals(chosen, numbers) or "", *map(section_table, chosen.values()), *texts]
        if torch.missing:
            texts.append("Not available:\n\n" + "\n".join("- %s: %s" % pair for pair in torch.missing.items()) + "\n")
        return "\n".join(texts), torch.version()
    finally:
        bench.end()
        torch.end()


def write(text, options, version):
    words = "    NETC=build/compiler/netc NETC_ORACLE=python3 NETC_DATA=DIR tests/bench/run.py \\\n"
    words += "        --rounds %d --seconds %g" % (options.rounds, options.seconds)
    if options.rows != USUAL:
        words += " --rows " + ",".join(options.rows)
    words += " --quick" * options.quick
    with open(README, encoding="utf-8") as file:
        head = file.read().split(HEADING)[0]
    with open(README, "w", encoding="utf-8") as file:
        file.write("%s%s\n%s\n\non %s%s, PyTorch %s, the CPU's.\n\n%s" % (
            head, HEADING, words, datetime.date.today().isoformat(),
            ", on " + options.machine if options.machine else "", version or "not there", text))


def main():
    options = arguments()
    with folder() as path:
        text, version = run_all(options, path)
    print(text)
    if options.write:
        write(text, options, version)


main()

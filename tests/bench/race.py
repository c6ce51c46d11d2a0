#!/usr/bin/env python3
"""The race: a training step of netc beside those of PyTorch, JAX and tinygrad, and a page with bars.

    tests/bench/race.py [--models cifar10,lenet,...] [--rounds N] [--seconds X] [--threads N] [-o race.html]

Environment: NETC; NETC_ORACLE, a Python with torch; NETC_JAX and NETC_TINYGRAD, Pythons with these libraries (default:
NETC_ORACLE). Who is not there is left out, and the page says so. The measuring is that of run.py (README.md)."""
import argparse
import datetime
import html
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from netc_side import Programs, flop, lacks  # noqa: E402
from peers import ORACLE, Torch  # noqa: E402
from sections import MODES, NETC_ALONE, TORCH, TORCH_COMPILE, TORCH_LAST, Bench, Line  # noqa: E402
from support import folder  # noqa: E402

# Model: its title, the batch, and whether it has images.
RACES = {
    "cifar10": ("The model of samples/cifar10.net, 3x32x32", 64, True),
    "lenet": ("LeNet, 1x28x28", 64, True),
    "mlp": ("An MLP, 784-512-512-10", 64, False),
    "resnet18": ("ResNet-18, 3x32x32", 16, True),
    "resnet50_224": ("ResNet-50, 3x224x224", 8, True),
}
JAX, TINYGRAD = "JAX", "tinygrad"
COLOURS = {NETC_ALONE: "#c8511b", TORCH: "#6b7a8f", TORCH_LAST: "#8796a9", TORCH_COMPILE: "#a3b0c0", JAX: "#7d9b76",
           TINYGRAD: "#b39b6d"}
WIDTH, NAMES, NUMBERS, BAR, STEP = 860, 170, 150, 20, 28  # of a picture, in pixels


def arguments():
    parser = argparse.ArgumentParser(description="a training step of netc beside those of others")
    parser.add_argument("--models", default=",".join(RACES), help="of: %(default)s")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="for a figure in a round")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="default: as many as cores")
    parser.add_argument("-o", "--output", default="race.html", help="where the page goes")
    options = parser.parse_args()
    options.models = options.models.split(",")
    unknown = [name for name in options.models if name not in RACES]
    if unknown:
        parser.error("there is no model %s; there are %s" % (unknown[0], ", ".join(RACES)))
    return options


class Race:
    """The contenders, and one line for each model."""

    def __init__(self, path, options):
        self.options = options
        self.sides = {TORCH: Torch(), JAX: Torch(os.environ.get("NETC_JAX", ORACLE), "jax_side.py"),
                      TINYGRAD: Torch(os.environ.get("NETC_TINYGRAD", ORACLE), "tinygrad_side.py")}
        self.bench = Bench(Programs(path), self.sides[TORCH], options)
        self.missing = {}  # (model, contender): why
        self.lines = {name: self.line(name) for name in options.models}

    def line(self, name):
        _, batch, images = RACES[name]
        threads = self.options.threads
        measures = {}
        why = lacks(name)
        if why:
            self.missing[name, NETC_ALONE] = why
        else:
            measures[NETC_ALONE] = self.bench.alone(name, batch, threads)
        for who in [TORCH, *[TORCH_LAST] * images, TORCH_COMPILE]:
            measures[who] = self.bench.ask("step", name, MODES[who], batch, threads)
        for who in (JAX, TINYGRAD):
            measures[who] = self.ask(who, name, batch)
        return Line(name, threads, 0 if why else flop(name) * batch, measures)

    def ask(self, who, name, batch):
        return lambda: self.sides[who].ask(job="step", model=name, mode="default", batch=batch,
                                           threads=self.options.threads, seconds=self.options.seconds)

    def run(self):
        """A contender that could not do a model once is not asked again: libraries compile for long."""
        for number in range(self.options.rounds):
            for name, line in self.lines.items():
                for who, measure in line.measures.items():
                    if (name, who) in self.missing:
                        continue
                    value = measure()
                    if value is None:
                        self.missing[name, who] = self.why(who, name)
                        continue
                    line.found[who].append(value)
                    print("round %d of %d, %s, %s: %.3g ms" % (number + 1, self.options.rounds, name, who, value),
                          file=sys.stderr, flush=True)

    def why(self, who, name):
        side = self.sides.get(who, self.sides[TORCH])
        if not side.process:
            return "no Python for it is named (NETC_ORACLE)"
        return side.missing.get("step of %s, %s" % (name, MODES.get(who, "default")), "it gave no answer")

    def end(self):
        self.bench.end()
        for side in self.sides.values():
            side.end()


def picture(line):
    """The bars of a model, the fastest first, as SVG: netc's is as long as its time, like all others'."""
    found = sorted((line.fastest(who), who) for who in line.found if line.found[who])
    longest, own = found[-1][0], line.fastest(NETC_ALONE)
    rows = []
    for i, (value, who) in enumerate(found):
        top, length = i * STEP, max(1, value / longest * (WIDTH - NAMES - NUMBERS))
        told = "%.3g ms" % value
        if own and who != NETC_ALONE:
            told += ", %.2f x netc's" % (value / own)
        rows.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (NAMES - 8, top + 15, html.escape(who)))
        rows.append('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>' % (NAMES, top, length, BAR,
                                                                                COLOURS[who]))
        rows.append('<text x="%.1f" y="%d">%s</text>' % (NAMES + length + 6, top + 15, told))
    return '<svg viewBox="0 0 %d %d" width="%d" role="img">\n%s\n</svg>' % (WIDTH, len(found) * STEP, WIDTH,
                                                                          "\n".join(rows))


PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>netc: the race</title>
<style>
body { font: 15px/1.5 sans-serif; max-width: 900px; margin: 2em auto; color: #222; background: #fff }
svg { max-width: 100%%; height: auto; font: 13px sans-serif }
h2 { font-size: 17px; margin: 1.6em 0 .5em }
</style>
<h1>A training step</h1>
<p>Milliseconds, the least of %(rounds)d rounds; a short bar is a fast step. %(threads)d threads%(machine)s, %(date)s.
netc's steps are those of a standalone trainer with its loader; the others repeat one batch that stays in memory.</p>
%(body)s
</html>
"""


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        return ""
    return " on " + html.escape(names[0]) if names else ""


def page(lines, missing, options):
    body = []
    for name, line in lines.items():
        title, batch, _ = RACES[name]
        body.append("<h2>%s, batch %d</h2>" % (html.escape(title), batch))
        if any(line.found.values()):
            body.append(picture(line))
    if missing:
        body.append("<h2>Not there</h2>\n<ul>\n%s\n</ul>" % "\n".join(
            "<li>%s, %s: %s</li>" % tuple(map(html.escape, (who, RACES[name][0], why)))
            for (name, who), why in missing.items()))
    return PAGE % {"rounds": options.rounds, "threads": options.threads, "machine": processor(),
                   "date": datetime.date.today().isoformat(), "body": "\n".join(body)}


def main():
    options = arguments()
    with folder() as path:
        race = Race(path, options)
        try:
            race.run()
        finally:
            race.end()
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(page(race.lines, race.missing, options))
    for (name, who), why in race.missing.items():
        print("not there: %s of %s: %s" % (who, name, why), file=sys.stderr)
    print(options.output)


if __name__ == "__main__":
    main()

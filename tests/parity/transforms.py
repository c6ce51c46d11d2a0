#!/usr/bin/env python3
"""Transforms of generated pictures with generated arguments and seeds, by netc's runtime and by torchvision: sizes,
sums of all bytes, and the state of the generator afterwards.

    transforms.py [--count N] [--first N] [--write]

Live: NETC_ORACLE is a Python that has torchvision; without it the test is skipped. Case N is always the same one.
--write keeps the first cases in tests/unit/transforms_fixture.h, for machines without it."""
import argparse
import json
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import NETC, ROOT  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
TOOL = os.path.join(os.path.dirname(os.path.dirname(NETC)), "tests", "unit", "test_transforms")
FIXTURE = os.path.join(ROOT, "tests", "unit", "transforms_fixture.h")
KEPT = 600
FILTERS = {"NEAREST": 0, "NEAREST_EXACT": 0, "LANCZOS": 1, "BILINEAR": 2, "BICUBIC": 3, "BOX": 4, "HAMMING": 5}
MODES = ["constant", "edge", "reflect", "symmetric"]


def side(r):
    return r.choice([1, 2, 3, 5, 7, 8, 13, 16, 28, 31, 32, 33, 37, 50, 64, 75, 97, 113])


def numbers(*values):
    return " ".join(repr(float(v)) if isinstance(v, float) else str(int(v)) for v in values)


def interpolation(r, names=None):
    name = r.choice(list(names or FILTERS))
    return "T.InterpolationMode.%s" % name, FILTERS[name]


def border(r, channels, modes=MODES):
    """Keyword arguments, and the line's mode, number of fills and fills."""
    mode = r.choice(modes)
    if channels == 3 and r.random() < 0.4:
        fill = tuple(r.choice([0, 1, 17, 128, 255, 300, -4]) for _ in range(3))
    else:
        fill = r.choice([0, 0, 1, 77, 255, 256])
    fills = list(fill) if isinstance(fill, tuple) else [fill]
    return fill, mode, numbers(MODES.index(mode), len(fills), *(fills + [0] * (3 - len(fills))))


def paddings(r, least=0):
    form = r.randrange(3)
    values = [r.randrange(least, 9) for _ in range((1, 2, 4)[form])]
    four = values * 4 if form == 0 else values * 2 if form == 1 else values
    return (values[0] if form == 0 else tuple(values)), four


def two(r, low, high, digits=3):
    return sorted(round(r.uniform(low, high), digits) for _ in range(2))


# Each gives torchvision's expression and the line's numbers, for a picture of w x h x c.

def resize(r, w, h, c):
    mode, number = interpolation(r)
    if r.random() < 0.5:
        size = (side(r), side(r))
        return "T.Resize(%r, %s)" % (size, mode), numbers(*size, number, 0)
    size = min(side(r), 5 * min(w, h))
    most = size + r.randrange(1, 60) if r.random() < 0.3 else None
    return "T.Resize(%d, %s, max_size=%r)" % (size, mode, most), numbers(size, 0, number, most or 0)


def center_crop(r, w, h, c):
    size = (side(r), side(r))
    return "T.CenterCrop(%r)" % (size,), numbers(*size)


def pad(r, w, h, c):
    padding, four = paddings(r, -2 if min(w, h) > 4 else 0)
    fill, mode, line = border(r, c)
    return "T.Pad(%r, %r, %r)" % (padding, fill, mode), numbers(*four) + " " + line


def random_crop(r, w, h, c):
    padding, four = paddings(r) if r.random() < 0.7 else (None, [0] * 4)
    fill, mode, line = border(r, c)
    needed = r.random() < 0.5
    if needed:
        size = (side(r), side(r))
    else:
        size = tuple(r.randrange(1, n + 1) for n in (h + four[1] + four[3], w + four[0] + four[2]))
        size = size if r.random() < 0.9 else (h + four[1] + four[3], w + four[0] + four[2])
    return ("T.RandomCrop(%r, %r, %r, %r, %r)" % (size, padding, needed, fill, mode),
            numbers(*size, *four, needed) + " " + line)


def random_resized_crop(r, w, h, c):
    size, scale = (side(r), side(r)), two(r, 0.01, 1.0)
    ratio = r.choice([(3 / 4, 4 / 3), (0.5, 2.0), (1.0, 1.0), (2.5, 4.0), (0.2, 0.3), tuple(two(r, 0.3, 3.0))])
    scale = r.choice([(0.08, 1.0), tuple(scale)])
    mode, number = interpolation(r)
    return ("T.RandomResizedCrop(%r, %r, %r, %s)" % (size, scale, ratio, mode),
            numbers(*size, *map(float, scale + ratio), number))


def flip(name):
    def make(r, w, h, c):
        p = r.choice([0.5, 0.5, 0.1, 0.9, 0.0, 1.0, round(r.random(), 4)])
        return "T.%s(%r)" % (name, p), numbers(p)
    return make


def random_rotation(r, w, h, c):
    degrees = r.choice([(-30.0, 30.0), (0.0, 0.0), (90.0, 90.0), (180.0, 180.0), (270.0, 270.0), (-90.0, -90.0),
                        (-720.0, 720.0), (45.0, 45.0), tuple(two(r, -200, 200))])
    mode, number = interpolation(r, ["NEAREST", "NEAREST", "BILINEAR", "BICUBIC"])
    expand = r.random() < 0.4
    center = None if r.random() < 0.6 else (r.randrange(-3, w + 3), r.randrange(-3, h + 3))
    fill, _, line = border(r, c, ["constant"])
    x, y = center or (0, 0)
    return ("T.RandomRotation(%r, %s, %r, %r, %r)" % (degrees, mode, expand, center, fill),
            numbers(*degrees, number, expand, center is not None, x, y) + " " + line)


def color_jitter(r, w, h, c):
    bounds, given = [], []
    for kind in range(4):
        center, low, high = (0.0, -0.5, 0.5) if kind == 3 else (1.0, 0.0, 2.5)
        if r.random() < 0.35:
            bounds += [center, center]
            given.append("0")
        elif r.random() < 0.5:
            value = round(r.uniform(0, 0.5 if kind == 3 else 1.5), 3)
            bounds += [center - value, center + value] if kind == 3 else [max(0.0, 1 - value), 1 + value]
            given.append(repr(value))
        else:
            pair = two(r, low, high)
            bounds += pair
            given.append(repr(tuple(pair)))
    return "T.ColorJitter(%s)" % ", ".join(given), numbers(*map(float, bounds))


def grayscale(r, w, h, c):
    channels = r.choice([1, 3])
    return "T.Grayscale(%d)" % channels, numbers(channels)


def random_erasing(r, w, h, c):
    p = r.choice([1.0, 1.0, 0.5])
    scale, ratio = r.choice([((0.02, 0.33), (0.3, 3.3)), (tuple(two(r, 0, 1)), tuple(two(r, 0.2, 4)))])
    form = r.randrange(4)
    value = [0, round(r.uniform(-2, 2), 3), tuple(round(r.uniform(-2, 2), 3) for _ in range(c)), "random"][form]
    values = [] if form == 3 else list(value) if form == 2 else [value]
    return ("T.RandomErasing(%r, %r, %r, %r)" % (p, scale, ratio, value),
            numbers(p, *map(float, scale + ratio), len(values), *map(float, values)))


MAKERS = [resize, resize, resize, center_crop, pad, random_crop, random_crop, random_resized_crop, random_resized_crop,
          flip("RandomHorizontalFlip"), flip("RandomVerticalFlip"), flip("RandomGrayscale"), random_rotation,
          random_rotation, color_jitter, color_jitter, grayscale, random_erasing, random_erasing, random_erasing]


def case(number):
    """Case `number`: torchvision's expression, the picture's size, the seed, and the line."""
    r = random.Random(number)
    maker = MAKERS[number % len(MAKERS)]
    w, h, c = side(r), side(r), r.choice([3, 3, 3, 1])
    make, line = maker(r, w, h, c)
    name = make[2:make.index("(")]
    seed = r.randrange(1000)
    line = "%s %s | %d %d %d | %d" % (name, line, w, h, c, seed)
    return {"make": make, "size": [w, h, c], "seed": seed, "line": line}


def feed(command, lines):
    done = subprocess.run(command, input="".join(line + "\n" for line in lines), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


def torchvision(cases):
    return feed([ORACLE, os.path.join(HERE, "transforms_torch.py")], map(json.dumps, cases))


def write(cases):
    with open(FIXTURE, "w", encoding="utf-8") as file:
        file.write("/* Made by tests/parity/transforms.py --write with torchvision; cases are read in "
                   "test_transforms.c. */\nstatic const struct {\n    const char *line, *result;\n} "
                   "transform_fixture[] = {\n")
        for one, result in zip(cases, torchvision(cases)):
            if result.startswith("refused"):
                continue  # in other words than netc's: test_transforms.c has those
            file.write('    {"%s",\n     "%s"},\n' % (one["line"], result))
        file.write("};\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if not ORACLE:
        print("1..0 # SKIP NETC_ORACLE names no Python with torchvision")
        return
    if options.write:
        write([case(number) for number in range(KEPT)])
        return
    cases = [case(number) for number in range(options.first, options.first + options.count)]
    wrong = []
    for one, own, other in zip(cases, feed([TOOL, "-"], [one["line"] for one in cases]), torchvision(cases)):
        if own != other and not (own.startswith("refused") and other.startswith("refused")):
            wrong.append("%s of %r, seed %d: %s instead of %s\n#   %s" % (one["make"], one["size"], one["seed"], own,
                                                                          other, one["line"]))
    print("1..1\n%sok 1 - %d transforms as torchvision's" % ("not " if wrong else "", len(cases)))
    for line in wrong[:20]:
        print("# " + line)
    if wrong:
        print("# %d are wrong" % len(wrong))
    sys.exit(1 if wrong else 0)


main()

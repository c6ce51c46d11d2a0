#!/usr/bin/env python3
"""The plain target (netc emit --target plain) over the rows of items.py: what its program prints in float is PyTorch's
losses; and compiled in double it is the oracle of the cpu target's kernels, by the losses and by the parameters after
ten steps, which say what all gradients were.

    plain.py [--sample N] [--cc CC] [NAME...]

--sample takes every Nth row; NAME chooses what begins so."""
import array
import json
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
import items  # noqa: E402
from support import Skip, compilers, done, folder, losses, netc, run  # noqa: E402

STRICT = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1"]


def tensors(path):
    """The tensors of a safetensors file as lists."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    table = json.loads(data[8:8 + length])
    table.pop("__metadata__", None)
    return {name: array.array({"F32": "f", "I64": "q"}[entry["dtype"]],
                              data[8 + length:][slice(*entry["data_offsets"])]).tolist()
            for name, entry in table.items()}


def apart(ours, theirs):
    """How far the parameters are from each other, by the largest of each tensor."""
    worst = (0, None)
    assert sorted(ours) == sorted(theirs), "the parameters have other names: %s" % sorted(set(ours) ^ set(theirs))
    for name, values in ours.items():
        size = max(1e-3, max(map(abs, theirs[name])))
        worst = max(worst, (max(abs(a - b) for a, b in zip(values, theirs[name])) / size, name))
    return worst


def build(cc, path, name, *words):
    """The program of a .net file; words are more of the compiler's options."""
    trainer = os.path.join(path, "trainer")
    done(netc("emit", name, "--target", "plain", "-o", trainer + ".c"))
    result = run(cc, *STRICT, *words, trainer + ".c", "-o", trainer, "-lm")
    assert result.code == 0 and not result.err, result.err[:2000]
    return trainer


def train(trainer, path, *words):
    result = done(run(trainer, os.path.join(path, "data.train.raw"), os.path.join(path, "data.test.raw"), "every=1",
                      *words))
    return [loss for _, loss in losses(result.out)]


def wrong_with(row, fixture, path, cc):
    """What is wrong with a row's programs, or None."""
    row.write_data(path)
    name = os.path.join(path, "row.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(re.sub(r'save ".*"', 'save "cpu.safetensors"', row.program()))
    done(netc("data", name, "--raw", os.path.join(path, "data"), cwd=path))
    wrong = items.judge(train(build(cc, path, name), path), fixture[row.key]["losses"])
    if wrong:
        return wrong
    saved = os.path.join(path, "plain.safetensors")
    exact = train(build(cc, path, name, "-Dreal=double"), path, "save=" + saved)
    cpu = done(netc("run", name, "--log-every", 1, "--threads", 1, cwd=path))
    wrong = items.judge([loss for _, loss in losses(cpu.out)], exact)
    if wrong:
        return "the cpu target: " + wrong.replace("PyTorch", "in double")
    distance, tensor = apart(tensors(os.path.join(path, "cpu.safetensors")), tensors(saved))
    return None if distance <= 2e-4 else "the cpu target's %s is %.1e from that in double" % (tensor, distance)


def main(words):
    names, every, cc = [], 1, None
    while words:
        word = words.pop(0)
        if word == "--sample":
            every = int(words.pop(0))
        elif word == "--cc":
            cc = words.pop(0)
        else:
            names.append(word)
    found = compilers()
    if not cc and not found:
        raise Skip("no C compiler")
    some = items.chosen(names)[::every]
    with open(items.FIXTURE, encoding="utf-8") as file:
        fixture = json.load(file)
    print("1..%d" % len(some))
    failed = 0
    with folder() as path:
        items.widths(some, fixture, path)
        for number, row in enumerate(some, 1):
            try:
                wrong = wrong_with(row, fixture, path, cc or found[0][1])
            except AssertionError as error:
                wrong = str(error)
            print("%s %d - %s" % ("not ok" if wrong else "ok", number, row.key), flush=True)
            if wrong:
                failed += 1
                print("\n".join("# " + line for line in (row.program() + wrong).splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""The plain target (netc emit --target plain) over the rows of items.py: what its program prints in float is PyTorch's
losses; and compiled in double it is the oracle of the cpu target's kernels, by the losses and by the parameters after
ten steps, which say what all gradients were.

    plain.py [--sample N] [--cc CC] [NAME...]

--sample takes every Nth row; NAME chooses what begins so."""
import array
import json
import os
import random
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
import items  # noqa: E402
from support import Skip, compilers, done, folder, losses, netc, run  # noqa: E402

# Train blocks: what is said of optimizers, schedulers, clipping and initialisers. training.py and the runtime's unit
# tests hold `netc run` to PyTorch there; here its losses are what the programs must print.
TRAINING = [
    ["optimizer SGD(lr=0.1, momentum=0.9) { \"2.weight\": lr=0.01, weight_decay=0.1, bias: momentum=0 }"],
    ["optimizer SGD(lr=0.1, momentum=0.9, nesterov=True) { bias: nesterov=False }"],
    ["optimizer Adam(lr=0.01, weight_decay=0.1, decoupled_weight_decay=True) { bias: weight_decay=0 }"],
    ["optimizer SGD(lr=0.2, momentum=0.9)", "clip grad_norm=0.2"],
    ["optimizer SGD(lr=0.2)", "clip grad_value=0.01"],
    ["optimizer SGD(lr=0.2, momentum=0.9)", "accumulate 3", "clip grad_norm=0.3"],
    ["optimizer Adam(lr=0.01)", "accumulate 4", "scheduler ExponentialLR(gamma=0.8), every=batch"],
    ["optimizer SGD(lr=0.2)", "scheduler StepLR(step_size=2, gamma=0.3)"],
    ["optimizer SGD(lr=0.2)", "scheduler MultiStepLR(milestones=[0, 3, 3, 12], gamma=0.5), every=batch"],
    ["optimizer SGD(lr=0.2)", "scheduler ConstantLR(factor=0.1, total_iters=5), every=batch"],
    ["optimizer SGD(lr=0.2)", "scheduler LinearLR(0.1, total_iters=7), every=batch"],
    ["optimizer SGD(lr=0.2)", "scheduler PolynomialLR(total_iters=15, power=2.0), every=batch"],
    ["optimizer SGD(lr=0.2)", "scheduler CosineAnnealingLR(T_max=6, eta_min=0.01), every=batch"],
    ["optimizer SGD(lr=0.2)", "scheduler CosineAnnealingWarmRestarts(T_0=3, T_mult=2), every=batch"],
    ["optimizer SGD()", "scheduler OneCycleLR(0.1, epochs=_, steps_per_epoch=_), every=batch"],
    ["optimizer Adam(eps=0.1)", "scheduler OneCycleLR(1, total_steps=50, three_phase=True), every=batch"],
    ["optimizer SGD(momentum=0.5)", "scheduler OneCycleLR(0.1, total_steps=50, anneal_strategy=\"linear\", "
     "div_factor=5), every=batch"],
    ["optimizer SGD(momentum=0.9)", "scheduler CyclicLR(0.01, 0.3, step_size_up=4), every=batch"],
    ["optimizer SGD()", "scheduler CyclicLR(0.01, 0.3, step_size_up=3, step_size_down=5, mode=\"triangular2\", "
     "cycle_momentum=False), every=batch"],
    ["optimizer AdamW()", "scheduler CyclicLR(0.001, 0.03, step_size_up=3, mode=\"exp_range\", gamma=0.9), "
     "every=batch"],
    ["optimizer SGD(lr=0.3)", "scheduler ReduceLROnPlateau(patience=0, threshold=0.2, factor=0.5), metric=train_loss"],
    ["optimizer SGD(lr=0.3)", "scheduler ReduceLROnPlateau(mode=\"max\", patience=0, threshold=0.1, cooldown=1, "
     "threshold_mode=\"abs\", min_lr=0.01), metric=test_loss"],
    ["optimizer SGD(lr=0.03, momentum=0.9) { bias: lr=0.1 }",
     "scheduler SequentialLR([LinearLR(0.1, total_iters=6), CosineAnnealingLR(T_max=19)], milestones=[6]), "
     "every=batch"],
    ["optimizer SGD(lr=0.3)", "scheduler SequentialLR([ConstantLR(0.5, total_iters=3), "
     "CosineAnnealingWarmRestarts(4), StepLR(2), PolynomialLR()], milestones=[4, 13, 20]), every=batch"],
    ["optimizer SGD(lr=0.3, momentum=0.9)", "scheduler ChainedScheduler([ConstantLR(0.1, total_iters=3), "
     "ExponentialLR(gamma=0.9), MultiStepLR([2, 9])]), every=batch"],
    ["freeze 0.bias, \"2.weight\"", "optimizer AdamW(lr=0.01)"],
    ["init Linear.weight = kaiming_normal_(nonlinearity=\"relu\"), bias = constant_(0.1)", "optimizer SGD(lr=0.1)"],
    ["init \"2.weight\" = trunc_normal_(std=0.05), bias = normal_(0.1, 0.5)", "optimizer SGD(lr=0.1)"],
    ["init Linear.weight = trunc_normal_(a=2, b=3)", "optimizer SGD(lr=0.001)"],
    ["init \"0.weight\" = orthogonal_(gain=0.5), \"2.weight\" = orthogonal_()", "optimizer SGD(lr=0.1)"],
    ["init \"0.weight\" = eye_()", "optimizer SGD(lr=0.1)"],
    ["optimizer SGD(lr=0.3)", "stop patience=1, metric=train_loss, min_delta=0.02"],
    ["optimizer SGD(lr=0.3)", "stop patience=2, min_delta=0.5, restore_best=True"],
    ["optimizer SGD(lr=0.1, momentum=0.9)", "load \"begin.pth\""],
]

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
    worst = (0, "")
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


def output(trainer, path, *words):
    files = [os.path.join(path, "data" + end) for end in (".train.raw", ".test.raw", ".safetensors")]
    return done(run(trainer, *filter(os.path.exists, files), "every=1", *words)).out


def train(trainer, path, *words):
    return [loss for _, loss in losses(output(trainer, path, *words))]


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


class Training:
    """A row of TRAINING: four epochs and a bit over a small model."""

    def __init__(self, lines):
        self.key, self.lines = "; ".join(lines), lines

    def program(self, seed=5, *more):
        """With other lines than the row's: what writes the file that a row may begin with."""
        settings = ["seed %d" % seed, "data items, batch_size=4, shuffle=True", "test items, batch_size=7",
                    "loss MSELoss()", *(more or self.lines), "epochs 5",
                    "save \"%s\"" % ("begin.pth" if more else "cpu.safetensors")]
        return ("model M(6) {\n    Linear(6, 20)\n    Tanh()\n    Linear(20, 3)\n}\n\n"
                "data items = NPY(\"x.npy\", target=\"y.npy\")\n\ntrain M {\n%s}\n"
                % "".join("    %s\n" % line for line in settings))

    def write(self, path):
        """The data, and the file that a row may begin with; gives the name of a program."""
        r, name = random.Random(3), os.path.join(path, "row.net")
        items.npy(os.path.join(path, "x.npy"), (37, 6), [r.gauss(0, 1) for _ in range(37 * 6)])
        items.npy(os.path.join(path, "y.npy"), (37, 3), [r.gauss(0, 1) for _ in range(37 * 3)])
        with open(name, "w", encoding="utf-8") as file:
            file.write(self.program(6, "optimizer SGD(lr=0.1)"))
        done(netc("run", name, "--threads", 1, cwd=path))
        return name

    def wrong(self, path, cc):
        name = self.write(path)
        with open(name, "w", encoding="utf-8") as file:
            file.write(self.program())
        done(netc("data", name, "--raw", "data", cwd=path))
        cpu = done(netc("run", name, "--log-every", 1, "--threads", 1, cwd=path)).out
        saved = os.path.join(path, "plain.safetensors")
        exact = train(build(cc, path, name, "-Dreal=double"), path, "save=" + saved)
        wrong = items.judge([loss for _, loss in losses(cpu)], exact)
        if wrong:
            return "the cpu target: " + wrong.replace("PyTorch", "in double")
        distance, tensor = apart(tensors(os.path.join(path, "cpu.safetensors")), tensors(saved))
        return None if distance <= 2e-4 else "the cpu target's %s is %.1e from that in double" % (tensor, distance)


def walk(names, every, wrong_of):
    """Tries every so many of the rows that the names choose: wrong_of(row, fixture, path) says what is wrong with one,
    or None. 1 if anything was."""
    some = (items.chosen(names) + [row for row in map(Training, TRAINING)
                                   if not names or row.key.startswith(tuple(names))])[::every]
    with open(items.FIXTURE, encoding="utf-8") as file:
        fixture = json.load(file)
    print("1..%d" % len(some))
    failed = 0
    with folder() as path:
        items.widths([row for row in some if isinstance(row, items.Row)], fixture, path)
        for number, row in enumerate(some, 1):
            try:
                wrong = wrong_of(row, fixture, path)
            except AssertionError as error:
                wrong = str(error)
            print("%s %d - %s" % ("not ok" if wrong else "ok", number, row.key), flush=True)
            if wrong:
                failed += 1
                print("\n".join("# " + line for line in (row.program() + wrong).splitlines()))
    return 1 if failed else 0


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
    compiler = cc or found[0][1]
    return walk(names, every, lambda row, fixture, path: row.wrong(path, compiler) if isinstance(row, Training)
                else wrong_with(row, fixture, path, compiler))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

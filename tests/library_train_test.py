#!/usr/bin/env python3
"""Libraries that train (netc build --library --train): a C program that takes steps by them has PyTorch's losses, goes
on from what it saved to the bit, and is told what it does wrong.

    library_train_test.py [--every N] [NAME...]

--every takes every Nth row of parity/items.py, whose losses PyTorch has given, and is 83 where nothing is said."""
import csv
import json
import os
import random
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "parity"))
import items  # noqa: E402
import plain  # noqa: E402
from support import ROOT, Skip, compilers, done, folder, main, netc, read, run, write  # noqa: E402
from support import losses as trainer_losses  # noqa: E402

STRICT = ["-Wall", "-Wextra", "-Werror"]
WATCH = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
ORACLE = os.environ.get("NETC_ORACLE")

# Takes steps of BATCH samples each, and prints their losses. Half way it saves everything, and in the end goes on from
# there once more: the losses are the same. What it predicts by the state, it predicts by the saved parameters.
PROGRAM = """
#include "lib.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = (char *)malloc(1 << 24);
    *size = file == NULL || bytes == NULL ? 0 : fread(bytes, 1, 1 << 24, file);
    if (file != NULL)
        fclose(file);
    return bytes;
}

static int step(void *state, const XTYPE *x, const TTYPE *t, long number, float *loss, void *arena)
{
    return STEP(state, x + number * lib_BATCH * lib_INPUTS, t + number * lib_BATCH * PER_TARGET, lib_BATCH, loss,
                arena);
}

int main(void)
{
    size_t xs, ts;
    XTYPE *x = (XTYPE *)whole("x.raw", &xs);
    TTYPE *t = (TTYPE *)whole("t.raw", &ts);
    float losses[1000], loss, *a = (float *)malloc(lib_ARENA_BYTES);
    float *y = (float *)malloc(2 * lib_OUTPUTS * sizeof *y);
    void *state = malloc(lib_STATE_BYTES), *saved = malloc(lib_STATE_BYTES), *arena = malloc(lib_TRAIN_ARENA_BYTES);
    void *weights = malloc(lib_WEIGHTS_BYTES);
    const int samples = (int)(xs / sizeof *x / lib_INPUTS), steps = samples / lib_BATCH;
    memset(state, 85, lib_STATE_BYTES);
    memset(arena, 85, lib_TRAIN_ARENA_BYTES);
    if (ts / sizeof *t / PER_TARGET != (size_t)samples)
        return 1;
    if (STEP(state, x, t, lib_BATCH, &loss, arena) != lib_NO_STATE ||
        lib_scale_lr(state, 1) != lib_NO_STATE)
        return 2;
    if (lib_init(state, lib_SEED, arena) != lib_DONE)
        return 3;
    for (int i = 0; i < steps; i++) {
        if (i == steps / 2 && lib_save(state, saved, lib_STATE_BYTES) != lib_DONE)
            return 4;
        if (step(state, x, t, i, &losses[i], arena) != lib_DONE)
            return 5;
        printf("%.9g\\n", (double)losses[i]);
    }
    if (lib_predict(x, y, a, state) != lib_DONE || lib_save(state, weights, lib_WEIGHTS_BYTES) != lib_DONE ||
        lib_predict(x, y + lib_OUTPUTS, a, weights) != lib_DONE ||
        memcmp(y, y + lib_OUTPUTS, lib_OUTPUTS * sizeof *y) != 0)
        return 6;
    memset(state, 85, lib_STATE_BYTES);
    memset(arena, 170, lib_TRAIN_ARENA_BYTES);
    if (lib_load(state, saved, lib_STATE_BYTES) != lib_DONE || lib_load(state, state, lib_STATE_BYTES) != lib_DONE)
        return 7;
    for (int i = steps / 2; i < steps; i++)
        if (step(state, x, t, i, &loss, arena) != lib_DONE || memcmp(&loss, &losses[i], sizeof loss) != 0)
            return 8;
    if (lib_predict(x, y + lib_OUTPUTS, a, state) != lib_DONE ||
        memcmp(y, y + lib_OUTPUTS, lib_OUTPUTS * sizeof *y) != 0)
        return 9;
    free(x), free(t), free(a), free(y), free(state), free(saved), free(arena), free(weights);
    return 0;
}
"""


def raw(path, name, array):
    """The numbers of an array of NumPy's as a file of their own."""
    data = read(os.path.dirname(array), os.path.basename(array))
    write(path, name, data[10 + int.from_bytes(data[8:10], "little"):])


def library(path, *words, name="m.net"):
    """Makes the library. Where nothing was trained before, it begins by itself."""
    return done(netc("build", name, "--library", "lib", "--plain", "--train", *words, cwd=path))


def program(path, text, *words, compiler=None, start=(), arguments=()):
    """What a program prints."""
    write(path, "main.c", text)
    result = run(compiler or compilers()[0][1], *words, *STRICT, "main.c", "lib.c", "-o", "main", "-lm", cwd=path)
    assert result.code == 0 and not result.err, result.err[:3000]
    return done(run(*start, "./main", *arguments, cwd=path)).out


def losses_of(path, x_type="float", t_type="float", words=("-std=c99", "-pedantic", "-O1"), **more):
    soft = t_type == "probabilities"
    text = PROGRAM.replace("XTYPE", x_type).replace("TTYPE", "float" if soft else t_type)
    text = text.replace("STEP(", "lib_train_step_soft(" if soft else "lib_train_step(")
    text = text.replace("PER_TARGET", "lib_OUTPUTS" if soft else "lib_TARGETS")
    return [float(line) for line in program(path, text, *words, **more).split()]


def every():
    return int(sys.argv[sys.argv.index("--every") + 1]) if "--every" in sys.argv else 83


def test_rows_of_pytorch():
    """Layers, losses and optimizers, ten steps each. What draws in training is held to PyTorch below, without a
    DataLoader, which draws too."""
    fixture = json.loads(read(ROOT, "tests/fixtures/items.json"))
    rows = [row for row in items.chosen([]) if "Drop" not in row.key and "StochasticDepth" not in row.key]
    soft, wrong = [row for row in rows if "of probabilities" in row.key], []
    for row in rows[::every()] + soft[1::every()]:
        row.finish(fixture[row.key]["width"])
        with folder() as path:
            row.write_data(path)
            write(path, "m.net", row.program())
            raw(path, "x.raw", row.x), raw(path, "t.raw", row.y)
            try:
                library(path)
                ours = losses_of(path, "int" if row.tokens else "float",
                                 "probabilities" if row in soft else
                                 "int" if re.search(r"NLL|CrossEntropyLoss", row.loss) else "float")
                found = items.judge(ours, fixture[row.key]["losses"])
            except AssertionError as error:
                found = str(error)
            if found:
                wrong.append("%s\n%s%s" % (row.key, row.program(), found))
    assert not wrong, "\n".join(wrong)


TRAIN = """
data rows = NPY("x.npy", target="y.npy")
train M {
    seed 3
    data rows, batch_size=8
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1, momentum=0.9, weight_decay=1e-3) { bias: lr=0.2 }
    %s
    epochs 1
    save "m.pth"
}
"""
MODEL = """model M(3, 8, 8) {
    body: {
        Conv2d(3, 6, 3, padding=1), BatchNorm2d(_), ReLU(), MaxPool2d(2), %s
    }
    Flatten()
    head: Linear(96, 4)
}
"""


def write_rows(path, model, more="clip grad_norm=0.5"):
    """A model, and six batches for it."""
    r = random.Random(5)
    x, y = [r.gauss(0, 1) for _ in range(48 * 192)], [r.randrange(4) for _ in range(48)]
    items.npy(os.path.join(path, "x.npy"), (48, 3, 8, 8), x)
    items.npy(os.path.join(path, "y.npy"), (48,), y, "i")
    raw(path, "x.raw", os.path.join(path, "x.npy")), raw(path, "t.raw", os.path.join(path, "y.npy"))
    write(path, "m.net", model + TRAIN % more)


def test_compilers_languages_and_bounds():
    """By all compilers that are there, as C99 and as C++, with the same losses as netc's trainer; and with memory of
    exactly the bytes that are asked for."""
    with folder() as path:
        write_rows(path, MODEL % "Tanh()")
        library(path)
        text = done(netc("run", "m.net", "--log-every", 1, "--tier", "jit", cwd=path)).out
        expected = [loss for _, loss in trainer_losses(text)]
        assert len(expected) == 6
        for name, words in (("gcc", ["-std=c99", "-O1", *WATCH]), ("clang", ["-std=c99", "-pedantic"]),
                            ("g++", ["-x", "c++"]), ("clang++", ["-x", "c++", "-std=c++11"])):
            if shutil.which(name):
                assert not items.judge(losses_of(path, "float", "int", words, compiler=name), expected), name
        library(path, "--embed")
        assert not items.judge(losses_of(path, "float", "int", ["-std=c99", "-DWIDE=float"]), expected)


TORCH = """
import json, sys, torch
from torch import nn
torch.manual_seed(3)
model = nn.Sequential(nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
                                    nn.Dropout(0.3), nn.Dropout2d(0.2)), nn.Flatten(), nn.Linear(96, 4))
import numpy as np
x, y = torch.from_numpy(np.load("x.npy")), torch.from_numpy(np.load("y.npy")).long()
bias = [p for n, p in model.named_parameters() if n.endswith("bias")]
rest = [p for n, p in model.named_parameters() if not n.endswith("bias")]
optimizer = torch.optim.SGD([{"params": rest}, {"params": bias, "lr": 0.2}], lr=0.1, momentum=0.9, weight_decay=1e-3)
for i in range(6):
    loss = nn.functional.cross_entropy(model(x[8 * i:8 * i + 8]), y[8 * i:8 * i + 8])
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    print(repr(loss.item()))
"""


def test_dropout_is_pytorchs():
    """Masks are drawn behind the parameters, by the same generator."""
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    with folder() as path:
        write_rows(path, MODEL % "Dropout(0.3), Dropout2d(0.2)")
        library(path)
        theirs = [float(line) for line in done(run(ORACLE, "-c", TORCH, cwd=path)).out.split()]
        found = items.judge(losses_of(path, "float", "int"), theirs)
        assert not found, found


def constant(path, name):
    return int(re.search(r"lib_%s (?:\(lib_WEIGHTS_BYTES \+ )?(\d+)" % name, read(path, "lib.h").decode())[1])


def test_freeze():
    """What is frozen stays as it is, and takes neither gradients nor what the optimizer keeps."""
    sizes = []
    for more in ("clip grad_norm=0.5", "freeze body"):
        with folder() as path:
            write_rows(path, MODEL % "Tanh()", more)
            library(path)
            sizes.append((constant(path, "STATE_BYTES"), constant(path, "TRAIN_ARENA_BYTES")))
            expected = [loss for _, loss in trainer_losses(done(netc("run", "m.net", "--log-every", 1, "--tier", "jit",
                                                                     cwd=path)).out)]
            found = items.judge(losses_of(path, "float", "int"), expected)
            assert not found, (more, found)
    learned, head = 3 * 6 * 9 + 3 * 6 + 96 * 4 + 4, 96 * 4 + 4
    assert 0 <= sizes[0][0] - sizes[1][0] - 4 * (learned - head) < 8, sizes
    assert sizes[1][1] < sizes[0][1], sizes


# Trains for some epochs; each has a metric in the command line. The state moves in between. Prints losses, and behind
# each the rate that the step had.
SCHEDULED = """
#include "lib.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    enum { COUNT = SAMPLES };
    (void)argv;
    static float x[COUNT * lib_INPUTS], t[COUNT * lib_TARGETS], loss;
    void *state = malloc(lib_STATE_BYTES), *arena = malloc(lib_TRAIN_ARENA_BYTES);
    FILE *xs = fopen("x.raw", "rb"), *ts = fopen("t.raw", "rb");
    if (!xs || !ts || fread(x, sizeof x, 1, xs) != 1 || fread(t, sizeof t, 1, ts) != 1 || lib_lr(state) != 0)
        return 1;
    lib_init(state, lib_SEED, arena);
    for (int epoch = 1; epoch < argc; epoch++) {
        void *moved = malloc(lib_STATE_BYTES);
        for (int i = 0; i < COUNT; i += lib_BATCH) {
            int count = COUNT - i < lib_BATCH ? COUNT - i : lib_BATCH;
            double rate = lib_lr(state);
            if (lib_train_step(state, x + i * lib_INPUTS, t + i * lib_TARGETS, count, &loss, arena) != lib_DONE)
                return 2;
            printf("%.9g %.17g\\n", (double)loss, rate);
        }
        END
        if (lib_save(state, moved, lib_STATE_BYTES) != lib_DONE)
            return 3;
        free(state);
        state = moved;
    }
    free(state), free(arena), fclose(xs), fclose(ts);
    return 0;
}
"""


def test_schedulers():
    """The losses and the rates of netc's trainer, epoch after epoch. Where the gradients of some batches make an
    update, epochs end with fewer."""
    rows = [row for row in plain.TRAINING if "scheduler" in row[-1] and "steps_per_epoch" not in row[-1]]
    some = [row for row in rows if re.search(r"\bStepLR.step|Plateau.patience|bias|accumulate", str(row))]
    assert len(some) == 4
    for row in rows if every() < 83 else some:
        with folder() as path:
            training = plain.Training([*row, "log \"logs\""])
            training.write(path)
            os.remove(os.path.join(path, "begin.pth"))
            text = re.sub(r"save .*", "", training.program()).replace(", shuffle=True", "")
            write(path, "m.net", text)
            raw(path, "x.raw", os.path.join(path, "x.npy")), raw(path, "t.raw", os.path.join(path, "y.npy"))
            out = done(netc("run", "m.net", "--log-every", 1, "--tier", "jit", cwd=path)).out
            log = list(csv.DictReader(read(path, "logs/scalars.csv").decode().splitlines()))
            rates = [float(line["lr"]) for line in log if line["lr"]]
            expected = [loss for _, loss in trainer_losses(out)]
            metric = re.search(r"metric=(\w+)", row[-1])
            column = {"train_loss": "loss_train", "test_loss": "test_loss"}[metric[1] if metric else "test_loss"]
            metrics = [line[column] for line in log if line[column]]
            assert len(metrics) == 5 and len(expected) == len(rates) == 50, out
            library(path)
            waits = "accumulate" in str(row)
            end = "lib_end_epoch(state%s%s);" % (", atof(argv[epoch])" if metric else "", ", arena" if waits else "")
            end = "" if "every=batch" in row[-1] and not waits else end
            text = SCHEDULED.replace("SAMPLES", "37").replace("END", end)
            numbers = [float(word) for word in program(path, text, "-std=c99", *WATCH, arguments=metrics).split()]
            found = items.judge(numbers[::2], expected)
            assert not found, (row, found)
            assert all(abs(a - b) <= 1e-6 * b for a, b in zip(numbers[1::2], rates)), (row, numbers[1::2], rates)


WRONG = """
#include "lib.h"
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    static float x[lib_BATCH * lib_INPUTS], loss;
    static int t[lib_BATCH];
    void *state = malloc(lib_STATE_BYTES), *other = calloc(1, lib_STATE_BYTES), *arena = malloc(lib_TRAIN_ARENA_BYTES);
    lib_init(state, 7, arena);
    t[1] = 4;
    printf("%d ", lib_train_step(state, x, t, 2, &loss, arena) == lib_NO_CLASS);
    t[1] = -1;
    printf("%d ", lib_train_step(state, x, t, 2, &loss, arena) == lib_NO_CLASS);
    t[1] = -100; /* counts nothing */
    printf("%d ", lib_train_step(state, x, t, 2, &loss, arena) == lib_DONE);
    printf("%d ", lib_train_step(state, x, t, lib_BATCH + 1, &loss, arena) == lib_NO_COUNT);
    printf("%d ", lib_train_step(state, x, t, 0, &loss, arena) == lib_NO_COUNT);
    printf("%d ", lib_train_step(state, NULL, t, 2, &loss, arena) == lib_NO_POINTER);
    printf("%d ", lib_load(state, other, lib_STATE_BYTES) == lib_OTHER_WEIGHTS);
    printf("%d ", lib_load(state, state, 17) == lib_OTHER_SIZE);
    lib_save(state, other, lib_WEIGHTS_BYTES); /* parameters, and behind them no state */
    printf("%d ", lib_load(state, other, lib_STATE_BYTES) == lib_NO_STATE);
    printf("%d ", lib_load(other, state, lib_WEIGHTS_BYTES) == lib_NO_STATE);
    printf("%d\\n", lib_load(state, other, lib_WEIGHTS_BYTES) == lib_DONE);
    free(state), free(other), free(arena);
    return 0;
}
"""


def test_what_is_refused():
    with folder() as path:
        write_rows(path, MODEL % "Tanh()")
        result = library(path)
        for nothing in (result, library(path, "--load=")):
            assert "nothing is trained yet: the parameters are those that seed 3 draws" in nothing.err, nothing.err
        assert program(path, WRONG, "-std=c99", *WATCH).split() == ["1"] * 11
        for more, words, said in (
                ("accumulate 2", ["--train"], "say --plain too"),
                ("scheduler OneCycleLR(0.1, epochs=_, steps_per_epoch=_), every=batch", ["--train", "--plain"],
                 "which sees no data set; say total_steps="),
                ("load \"none.pth\"", ["--train", "--plain"], "there is no checkpoint m.pth yet")):
            write_rows(path, MODEL % "Tanh()", more)
            result = netc("build", "m.net", "--library", "lib", *words, cwd=path)
            assert result.code and said in result.err, (words, result.err)
        result = netc("build", "m.net", "--train", cwd=path)
        assert result.code == 2 and "--train is for --library" in result.err, result.err
        write(path, "n.net", "model M(4) { Linear(4, 2) }\n")
        result = netc("build", "n.net", "--library", "lib", "--plain", "--train", cwd=path)
        assert result.code == 1 and "there is no train block" in result.err, result.err


def test_the_page():
    """docs/deploy.md's example, as it stands there: 20 pictures, of which it learns the classes. The model has fewer
    channels than the page's, and learns faster."""
    page = read(ROOT, "docs/deploy.md").decode()
    text = re.search(r"```c\n(.*?)```", page[page.index("### A library that trains"):], re.S)[1]
    with folder() as path:
        model = read(ROOT, "samples/shapes.net").decode()
        for wide, narrow in ("(3, 32, 5", "(3, 8, 5"), ("(32, 32, 5", "(8, 8, 5"), ("(32, 64, 5", "(8, 16, 5"), (
                "64*4*4, 64", "16*4*4, 64"), ("lr=1e-2", "lr=5e-2"):
            assert wide in model, wide
            model = model.replace(wide, narrow)
        write(path, "shapes.net", model)
        done(netc("run", "shapes.net", "--max-steps", 2, "--tier", "jit", cwd=path))
        done(netc("build", "shapes.net", "--library", "shapes", "--plain", "--train", "--batch-size", 20, cwd=path))
        r = random.Random(2)
        write(path, "pictures.bin", b"".join(
            bytes([k % 10]) + bytes((r.randrange(64) + 19 * (k % 10)) for _ in range(3072)) for k in range(20)))
        write(path, "main.c", text)
        done(run(compilers()[0][1], "-std=c99", "-O2", *STRICT, "main.c", "shapes.c", "-o", "main", "-lm", cwd=path))
        out = done(run("./main", cwd=path)).out
        found = [float(loss) for loss in re.findall(r"loss (\S+)", out)]
        assert len(found) == 30 and found[-1] < found[0] - 0.05, out
        assert len(read(path, "tuned.weights")) == len(read(path, "shapes.weights"))


if __name__ == "__main__":
    main(globals())

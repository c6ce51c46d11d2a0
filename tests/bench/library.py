#!/usr/bin/env python3
"""One picture through a model: the library that `netc build --library` makes, beside ONNX Runtime with one thread.

    NETC_ORACLE=python3 tests/bench/library.py make DIR       # needs torch, torchvision, onnx; takes minutes
    NETC_ORACLE=python3 tests/bench/library.py measure DIR    # needs onnxruntime; on a machine that does nothing else
    tests/bench/library.py pages DIR [NAME...]                # needs Chromium: what `netc build --web` makes of them

Both have the same parameters, which torch draws. What counts is the fastest of all runs in a second, in two rounds; the
outputs must be equal. Prints a table. Pages are measured with and without Winograd's transforms, in a headless browser.
"""
import base64
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NETC = os.environ.get("NETC", os.path.join(ROOT, "build", "compiler", "netc"))
ORACLE = os.environ.get("NETC_ORACLE", "python3")
CC = os.environ.get("CC", "cc")
SECONDS = float(os.environ.get("SECONDS", "1"))

QUICK = """model M(3, 32, 32) {
    Conv2d(3, 32, 5, 1, 2), MaxPool2d(2), Conv2d(32, 32, 5, 1, 2), MaxPool2d(2), Conv2d(32, 64, 5, 1, 2), MaxPool2d(2)
    Flatten(), Linear(64*4*4, 64), Linear(64, 10)
}
"""
LENET = """model M(1, 28, 28) {
    Conv2d(1, 6, 5, padding=2), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5), ReLU(), MaxPool2d(2)
    Flatten(), Linear(16*5*5, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10)
}
"""

# name, the .net text, and torch's model of the same parameters
MODELS = [
    ("lenet", LENET, "sequential(LENET)", (1, 28, 28)),
    ("quick", QUICK, "sequential(QUICK)", (3, 32, 32)),
    ("mobilenet_v2", None, "torchvision.models.mobilenet_v2()", (3, 224, 224)),
    ("resnet18", None, "torchvision.models.resnet18()", (3, 224, 224)),
    ("vgg16", None, "torchvision.models.vgg16()", (3, 224, 224)),
]

MAKE = """
import re, sys, torch, torchvision
from torch.nn import *
sys.path.insert(0, sys.argv[1])
from library import LENET, QUICK

def sequential(text):
    return eval("Sequential(" + ", ".join(line.strip() for line in text.splitlines()[1:-1]) + ")")

torch.manual_seed(0)
name, expression, shape, folder = sys.argv[2], sys.argv[3], eval(sys.argv[4]), sys.argv[5]
model = eval(expression).eval()
x = torch.randn(1, *shape)
torch.save(model.state_dict(), folder + "/" + name + ".pth")
x.numpy().tofile(folder + "/" + name + ".x")
with torch.no_grad():
    model(x).numpy().tofile(folder + "/" + name + ".y")
torch.onnx.export(model, x, folder + "/" + name + ".onnx", dynamo=False)
"""

RUNTIME = """
import json, sys, time, numpy, onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
sessions = {}
for line in sys.stdin:
    name, shape, seconds, folder = json.loads(line)
    if name not in sessions:
        sessions[name] = onnxruntime.InferenceSession(folder + "/" + name + ".onnx", options,
                                                      providers=["CPUExecutionProvider"])
    session = sessions[name]
    given = {session.get_inputs()[0].name: numpy.fromfile(folder + "/" + name + ".x", "float32").reshape(1, *shape)}
    best, end = 1e9, time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        y = session.run(None, given)
        best = min(best, time.perf_counter() - begun)
    print(1e3 * best, flush=True)
"""

PROGRAM = """
#define _POSIX_C_SOURCE 199309L
#include "NAME.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void *whole(const char *path, long size)
{
    FILE *file = fopen(path, "rb");
    void *bytes = malloc(size);
    if (file == NULL || bytes == NULL || fread(bytes, 1, size, file) != (size_t)size)
        exit(2);
    return bytes;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv)
{
    void *weights = whole("NAME.weights", NAME_WEIGHTS_BYTES), *arena = malloc(NAME_ARENA_BYTES);
    float *x = whole("NAME.x", sizeof(float) * NAME_INPUTS), *expected = whole("NAME.y", sizeof(float) * NAME_OUTPUTS);
    float *y = malloc(sizeof(float) * NAME_OUTPUTS), largest = 0, apart = 0;
    double best = 1e9, end = now() + atof(argv[argc - 1]);
    while (now() < end) {
        double begun = now();
        if (NAME_predict(x, y, arena, weights) != NAME_DONE)
            return 1;
        best = fmin(best, now() - begun);
    }
    for (int i = 0; i < NAME_OUTPUTS; i++) {
        largest = fmaxf(largest, fabsf(expected[i]));
        apart = fmaxf(apart, fabsf(expected[i] - y[i]));
    }
    printf("%.6f %g\\n", 1e3 * best, apart / largest);
    return 0;
}
"""


def make(folder):
    os.makedirs(folder, exist_ok=True)
    for name, text, torch, shape in MODELS:
        here = os.path.dirname(os.path.abspath(__file__))
        subprocess.run([ORACLE, "-c", MAKE, here, name, torch, repr(shape), folder], check=True,
                       stderr=subprocess.DEVNULL)
        net = "bench_%s.net" % name  # by its own name it would import itself
        with open(os.path.join(folder, net), "w", encoding="utf-8") as file:
            file.write(text or "import \"%s\"\n\nmodel M = %s()\n" % (name, name))
        subprocess.run([NETC, "build", net, "--library", name, "--load", name + ".pth"], cwd=folder,
                       check=True)
        with open(os.path.join(folder, "main.c"), "w", encoding="utf-8") as file:
            file.write(PROGRAM.replace("NAME", name))
        subprocess.run([CC, "-O2", "-march=native", "main.c", name + ".c", "-o", name + ".run", "-lm"], cwd=folder,
                       check=True)


def measure(folder):
    runtime = subprocess.Popen([ORACLE, "-c", RUNTIME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    best = {}
    for _ in range(2):
        for name, _, _, shape in MODELS:
            if not os.path.exists(os.path.join(folder, name + ".run")):
                continue
            words = subprocess.run(["./" + name + ".run", str(SECONDS)], cwd=folder, check=True, capture_output=True,
                                   text=True).stdout.split()
            runtime.stdin.write(json.dumps([name, shape, SECONDS, folder]) + "\n")
            runtime.stdin.flush()
            theirs = float(runtime.stdout.readline())
            before = best.get(name, (1e9, 1e9, 0))
            best[name] = (min(before[0], float(words[0])), min(before[1], theirs), float(words[1]))
    print("| model | library | ONNX Runtime | ratio | apart from torch |\n|---|---|---|---|---|")
    for name, (ours, theirs, apart) in best.items():
        print("| %s | %.3f ms | %.3f ms | %.2f | %.1e |" % (name, ours, theirs, theirs / ours, apart))


# What a page takes for a picture at best: its clock has steps of a tenth of a millisecond, so some go together.
IN_THE_PAGE = """(() => {
    new Uint8Array(memory.buffer, places.x, 4 * inputs).set(bytesOf("SAMPLE"));
    let best = 1e9;
    for (const end = performance.now() + 1000 * SECONDS; performance.now() < end;) {
        const begun = performance.now();
        let runs = 0, now;
        for (; (now = performance.now()) < begun + 10; runs++) run();
        best = Math.min(best, (now - begun) / runs);
    }
    return best;
})()"""

# A file says so in its train block; the page takes nothing else from there.
EXACT = """
data rows = NPY("x.npy", target="y.npy")

train M {
    data rows
    loss MSELoss()
    optimizer SGD(lr=1)
    epochs 1
    precision exact
}
"""


def pages(folder, *names):
    sys.path.insert(0, os.path.join(ROOT, "tests"))
    from browser import Browser  # pylint: disable=import-outside-toplevel
    print("| model | page | a picture | page, precision exact | a picture |\n|---|---|---|---|---|")
    for name, _, _, _ in MODELS:
        if names and name not in names:
            continue
        cells = []
        with open(os.path.join(folder, "bench_%s.net" % name), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(folder, name + ".x"), "rb") as file:
            sample = base64.b64encode(file.read()).decode()
        for more in ("", EXACT):
            with open(os.path.join(folder, "page.net"), "w", encoding="utf-8") as file:
                file.write(text + more)
            subprocess.run([NETC, "build", "page.net", "--web", "page", "--load", name + ".pth"], cwd=folder,
                           check=True)
            page = os.path.join(folder, "page", "index.html")
            with Browser() as browser:
                browser.open(page)
                script = IN_THE_PAGE.replace("SAMPLE", sample).replace("SECONDS", str(SECONDS))
                cells += ["%.2f MB" % (1e-6 * os.path.getsize(page)), "%.2f ms" % browser.ask(script)]
        print("| %s | %s |" % (name, " | ".join(cells)), flush=True)


if __name__ == "__main__":
    {"make": make, "measure": measure, "pages": pages}[sys.argv[1]](os.path.abspath(sys.argv[2]), *sys.argv[3:])

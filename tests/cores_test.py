#!/usr/bin/env python3
"""How well plans keep many threads at work: the speed-up that --dump=schedule reckons with for the samples and for the
model library, which no machine of two cores could measure."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import ROOT, done, folder, main, netc  # noqa: E402

SAMPLES = os.path.join(ROOT, "samples")
MAIN = os.path.join(ROOT, "tests", "bench", "models", "cifar10.net")

# What a model of the library is to reach on 16 threads: a step of 8 pictures, the forward pass of one.
LIBRARY = {"alexnet": (14, 14), "densenet121": (13, 10), "googlenet": (12.5, 11), "mobilenet_v2": (12.5, 10),
           "resnet18": (13.5, 13.5), "resnet50": (13.5, 14.5), "squeezenet1_1": (12.3, 10), "vgg16": (13, 14.5),
           "vgg16_bn": (13, 14)}

# The same of a step of each sample, as it is written. Those of few numbers are no work for many threads.
STEPS = {"airbench": 14, "cifar10": 14, "densenet": 14, "inception": 13, "lenet": 10, "mlp": 8, "resnet": 14,
         "segment": 14, "senet": 14, "shapes": 14, "transfer": 14, "unet": 14, "vgg": 14}

PROGRAM = """import "%s"
model Net(3, 224, 224) = %s()
data pictures = Shapes(train=True, size=224) { ToTensor() }
train Net {
    data pictures, batch_size=%d
    test pictures, batch_size=%d
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1)
}
"""


def speedup(text, what="a step", threads=16):
    """The figure of the first plan that has it."""
    match = re.search(r"ideal speed-up of %s:.* ([\d.]+) on %d[, ]" % (what, threads), text)
    assert match, text
    return float(match[1])


def schedule(*words):
    return done(netc("check", "--dump=schedule", *words)).out


def library(name, batch):
    with folder() as path:
        file = os.path.join(path, "m.net")
        with open(file, "w", encoding="utf-8") as out:
            out.write(PROGRAM % (name, name, batch, batch))
        return schedule(file)


def test_samples():
    for name, least in STEPS.items():
        found = speedup(schedule(os.path.join(SAMPLES, name + ".net")))
        assert found >= least, "%s: %.1f of %.1f" % (name, found, least)


def test_the_main_job():
    for batch, least in (64, 14), (1, 6):
        found = speedup(schedule(MAIN, "--batch-size", str(batch)))
        assert found >= least, "batch %d: %.1f of %.1f" % (batch, found, least)


def test_models_of_the_library():
    for name, (step, picture) in LIBRARY.items():
        found = speedup(library(name, 8))
        assert found >= step, "a step of %s: %.1f of %.1f" % (name, found, step)
        found = speedup(library(name, 1), "the forward pass")
        assert found >= picture, "a picture by %s: %.1f of %.1f" % (name, found, picture)


def test_no_gradient_is_stored_more_than_twice():
    """Of a model with many weights: the gradients of all shards take less memory than two of all parameters."""
    text = done(netc("summary", os.path.join(SAMPLES, "transfer.net"))).out
    block = int(re.search(r"^ +parameters +([\d,]+) bytes", text, flags=re.M)[1].replace(",", ""))
    sharded = int(re.search(r"gradients of \d+ shards? +([\d,]+) bytes", text)[1].replace(",", ""))
    assert sharded <= 2 * block, text


main(globals())

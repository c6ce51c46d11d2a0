#!/usr/bin/env python3
"""CIFAR-10 to 94 %: samples/airbench.net as a whole, from the command to the accuracy, and the same recipe in PyTorch.

    NETC_ORACLE=python3 NETC_DATA=DIR tests/bench/record.py [--seeds N] [--epochs N] [--threads N] [--torch STEPS]

For each seed the sample is compiled by `netc build` and trained; the time is that of both, with loading and the test.
DIR has cifar-10-batches-bin. PyTorch is measured over so many steps (50), with its own test, and reckoned up to all of
them; --torch 0 trains it whole, which takes hours. Without NETC_ORACLE netc is measured alone."""
import argparse
import os
import re
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import ROOT, done, folder, netc, run  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")
HOURS = 4 * 3600
STEPS = 50  # of an epoch


def train(seed, options, path):
    """Seconds and the accuracy of one run."""
    program, begin = os.path.join(path, "airbench"), time.time()
    done(netc("build", os.path.join(ROOT, "samples", "airbench.net"), "-o", program, "--set", "let.epochs=%d" %
              options.epochs, "--set", "train.seed=%d" % seed))
    output = done(run(program, "--data", DATA, "--threads", options.threads, "--set", "train.save=", cwd=path,
                      timeout=HOURS)).out
    return time.time() - begin, float(re.findall(r"test_accuracy ([\d.]+)", output)[-1])


def torch_side(options):
    words = [DATA, 0, options.threads, options.epochs, options.torch]
    begin = time.time()
    loading, training, testing, steps, accuracy = map(float, done(
        run(ORACLE, os.path.join(HERE, "record_torch.py"), *words, timeout=HOURS)).out.split())
    whole = time.time() - begin - training + training / steps * STEPS * options.epochs
    reached = "accuracy %.4f" % accuracy if not options.torch else "reckoned up from %d steps" % steps
    print("PyTorch: %.0f s, %s; loading %.1f, a step %.2f, the test %.1f" %
          (whole, reached, loading, training / steps, testing), flush=True)
    return whole


def main(options):
    results = []
    with folder() as path:
        for seed in range(options.seeds):
            results.append(train(seed, options, path))
            print("netc, seed %d: %.1f s, accuracy %.4f" % (seed, *results[-1]), flush=True)
    seconds, accuracies = ([result[i] for result in results] for i in range(2))
    if len(results) > 1:
        print("netc: mean %.1f s, accuracy %.4f, deviation %.4f" %
              (statistics.mean(seconds), statistics.mean(accuracies), statistics.stdev(accuracies)), flush=True)
    if ORACLE:
        print("PyTorch : netc %.2f" % (torch_side(options) / statistics.mean(seconds)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("seeds", 5), ("epochs", 10), ("threads", 2), ("torch", STEPS)):
        parser.add_argument("--" + name, type=int, default=value)
    if not DATA:
        sys.exit("record.py: NETC_DATA is to name a folder with cifar-10-batches-bin")
    main(parser.parse_args())

#!/usr/bin/env python3
"""A training step of a deep network at 224x224, batch 8: a trainer of netc's and PyTorch, for as short as it goes.

    netc build tests/bench/models/resnet50_224.net --batch-size 8 -o trainer
    tests/bench/deep.py MODEL THREADS WHO...        MODEL: resnet50_224, vgg16_224, mobilenet_v2_224,
                                                       library/resnet18_224

WHO: a trainer, or default or channels_last, which are PyTorch's. A step takes seconds, so that a whole round of run.py
would be long. Environment: NETC; NETC_ORACLE, a Python with torch and torchvision."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from netc_side import Training, flop  # noqa: E402
from peers import Peak, Torch  # noqa: E402
from support import folder  # noqa: E402

BATCH, SECONDS = 8, 6


def measured(who, model, threads, path):
    """Milliseconds a step, by the median; None: there is no PyTorch."""
    if os.path.exists(who):
        training = Training([os.path.abspath(who), "--threads", str(threads)], flop(model) * BATCH, path)
        try:
            return training.step(SECONDS)
        finally:
            training.end()
    torch = Torch()
    try:
        return torch.ask(job="step", model=model, mode=who, batch=BATCH, threads=threads, seconds=SECONDS)
    finally:
        torch.end()


def main():
    if len(sys.argv) < 4 or not sys.argv[2].isdigit():
        sys.exit(__doc__)
    model, threads = sys.argv[1], int(sys.argv[2])
    with folder() as path:
        peak = Peak(path)
        for who in sys.argv[3:]:
            before = peak.measure()[threads > 1]
            ms = measured(who, model, threads, path)
            after = peak.measure()[threads > 1]
            if ms is None:
                print("%s: not there" % who)
                continue
            rate = flop(model) * BATCH / ms / 1e6
            print("%s, %d threads, %s: %.0f ms a step, %.0f GFLOP/s; the peak before and behind it: %.0f, %.0f" % (
                model, threads, who, ms, rate, before, after), flush=True)


if __name__ == "__main__":
    main()

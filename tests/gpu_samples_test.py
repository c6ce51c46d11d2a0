#!/usr/bin/env python3
"""Every sample, made small, trains two steps by OpenCL as it does on the CPU."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "parity")]
import devices  # noqa: E402
from gpu_programs import small_sample  # noqa: E402
from support import folder, main, samples  # noqa: E402


def of_sample(name):
    def small():
        devices.needs_opencl()
        with folder() as path:
            wrong = devices.wrong_with(small_sample(name, path), path, "opencl", "--batch-size", 2,
                                       "--max-steps", 2)
            assert not wrong, wrong
    return small


globals().update({"test_" + name: of_sample(name) for name in samples()})
main(globals())

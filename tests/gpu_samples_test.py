#!/usr/bin/env python3
"""Every sample, made small, trains two steps as it does on the CPU, by a CUDA without a GPU or what NETC_GPU names; and
its kernels are OpenCL's C too."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "parity")]
import devices  # noqa: E402
from gpu_programs import small_sample  # noqa: E402
from support import folder, main, samples  # noqa: E402


def of_sample(name):
    def small():
        with folder() as path:
            device, env = devices.chosen_device(path)
            wrong = devices.wrong_with(small_sample(name, path), path, device, "--batch-size", 2, "--max-steps", 2,
                                       env=env)
            assert not wrong, wrong
    return small


globals().update({"test_" + name: of_sample(name) for name in samples()})


def test_the_kernels_of_all_samples_are_opencl():
    devices.needs_opencl_compiler()
    with folder() as path:
        devices.check_as_opencl(*[small_sample(name, path) for name in samples()])


main(globals())

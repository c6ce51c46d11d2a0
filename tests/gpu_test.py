#!/usr/bin/env python3
"""Devices other than the CPU: what is said where there is none; the kernels as CUDA's compiler sees them; and training
by OpenCL beside the CPU, which PoCL does on a machine without a GPU."""
import os
import random
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "parity")]
import devices  # noqa: E402
import items  # noqa: E402
from support import Skip, done, folder, main, netc, run, sample, write  # noqa: E402

# Few samples: by PoCL each kernel takes long to compile, and the processor does the rest.
SAMPLES, CLASSES = 20, 5
TRAIN = ("data items = NPY(\"x.npy\", target=\"y.npy\")\n"
         "train M {\n    data items, batch_size=4, shuffle=True\n    test items, batch_size=6\n    seed 1\n"
         "    epochs 2\n    save \"m.safetensors\"\n%s}\n")
PERCEPTRON = ("model M(3, 5, 4) { Flatten(), Linear(_, 12), ReLU(), Linear(_, 5) }\n" +
              TRAIN % "    loss CrossEntropyLoss()\n    optimizer SGD(lr=0.05, momentum=0.9)\n")


def with_data(path, program, shape=(3, 5, 4)):
    """Writes a program and its samples; gives its name."""
    r = random.Random(1)
    items.npy(os.path.join(path, "x.npy"), (SAMPLES, *shape),
              [r.gauss(0, 1) for _ in range(SAMPLES * items.size_of(shape))])
    items.npy(os.path.join(path, "y.npy"), (SAMPLES,), [r.randrange(CLASSES) for _ in range(SAMPLES)], "i")
    return write(path, "m.net", program)


def test_a_perceptron_learns_by_opencl_what_it_learns_on_the_cpu():
    if not devices.has_opencl():
        raise Skip("no device of OpenCL: Debian's package pocl-opencl-icd is one")
    with folder() as path:
        wrong = devices.wrong_with(with_data(path, PERCEPTRON), path, "opencl", None)
        assert not wrong, wrong


def test_without_a_driver_auto_trains_on_the_cpu_and_says_why():
    if run("sh", "-c", "ldconfig -p | grep -q libcuda.so.1").code == 0:
        raise Skip("there is a CUDA driver")
    with folder() as path:
        name = with_data(path, PERCEPTRON)
        out = done(netc("run", name, "--device", "auto", "--max-steps", 1, cwd=path)).out
        assert "no CUDA driver: libcuda.so.1 not found; training on the CPU" in out, out
        refused = netc("run", name, "--device", "cuda", cwd=path)
        assert refused.code == 1 and "device cuda: no CUDA driver: libcuda.so.1 not found" in refused.err, refused.err
        assert "--device cpu trains without it" in refused.err, refused.err


def test_a_program_with_kernels_for_the_cpu_alone_says_so():
    with folder() as path:
        name = with_data(path, PERCEPTRON)
        done(netc("build", name, "-o", os.path.join(path, "m"), cwd=path))
        refused = run(os.path.join(path, "m"), "--device", "opencl", cwd=path)
        assert refused.code == 1 and "this program has kernels for the CPU alone" in refused.err, refused.err
        wrong = run(os.path.join(path, "m"), "--device", "cpu", "--max-steps", 0, cwd=path)
        assert wrong.code == 0, wrong.err


def test_what_no_device_knows_is_refused_before_the_first_step():
    with folder() as path:
        log = "    log \"logs\", images=2, layers=[0]\n"
        name = with_data(path, PERCEPTRON.replace("M(3, 5, 4) { ", "M(3, 5, 4) { Conv2d(3, 3, 1), ").replace(
            "    seed 1\n", "    seed 1\n" + log))
        refused = netc("run", name, "--device", "opencl", cwd=path)
        assert refused.code == 1 and "device 'opencl' does not show what layers make" in refused.err, refused.err


def test_the_compiler_of_cuda_takes_the_kernels_without_a_warning():
    nvcc = shutil.which("nvcc")
    if not nvcc:
        raise Skip("no nvcc")
    with folder() as path:
        for name in ("cifar10", "books"):
            kernels = write(path, name + ".cu", done(netc("emit", sample(name), "--target", "gpu")).out)
            assert re.search(r"^KERNEL ", open(kernels, encoding="utf-8").read(), re.M)
            result = run(nvcc, "-ptx", "-arch=sm_80", "-Werror", "all-warnings", kernels, "-o", kernels + ".ptx")
            assert result.code == 0 and not result.err, name + ": " + result.err


main(globals())

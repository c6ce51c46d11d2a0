#!/usr/bin/env python3
"""Devices other than the CPU: what is said where there is none; the kernels as CUDA's compiler sees them; and training
by OpenCL beside the CPU, which PoCL does on a machine without a GPU."""
import ctypes
import glob
import os
import random
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "parity")]
import devices  # noqa: E402
import items  # noqa: E402
from support import Skip, done, folder, main, netc, run, sample, tensors, write  # noqa: E402

# Few samples: by PoCL each kernel takes long to compile, and the processor does the rest.
SAMPLES, CLASSES = 20, 5
TRAIN = ("data items = NPY(\"x.npy\", target=\"y.npy\")\n"
         "train M {\n    data items, batch_size=4, shuffle=True\n    test items, batch_size=6\n    seed 1\n"
         "    epochs 2\n    save \"m.safetensors\"\n%s}\n")
PERCEPTRON = ("model M(3, 5, 4) { Flatten(), Linear(_, 12), ReLU(), Linear(_, 5) }\n" +
              TRAIN % "    loss CrossEntropyLoss()\n    optimizer SGD(lr=0.05, momentum=0.9)\n")


# Of each kind of kernel one, in three networks. No bias stands before a norm: its gradient is rounding alone.
IMAGES = ("model M(3, 9, 8) {\n"
          "    Conv2d(3, 8, 3, stride=2, padding=1), BatchNorm2d(8), LeakyReLU(0.1)\n"
          "    ConvTranspose2d(8, 6, 3, stride=2, output_padding=1, bias=False), GroupNorm(2, 6), PReLU(6)\n"
          "    MaxPool2d(2, ceil_mode=True), ReflectionPad2d(1), Conv2d(6, 6, 3, groups=6), SiLU()\n"
          "    AdaptiveAvgPool2d((2, 3)), Flatten(), LayerNorm(_), Dropout(0.2), Linear(_, 5)\n}\n" +
          TRAIN % ("    loss CrossEntropyLoss(label_smoothing=0.1)\n"
                   "    optimizer SGD(lr=0.02, momentum=0.9, weight_decay=0.01, nesterov=True)\n"))
BRANCHES = ("model M(4, 6, 6) {\n"
            "    Conv2d(4, 4, 3, padding=1, bias=False), InstanceNorm2d(4, affine=True), Tanh()\n"
            "    Upsample(scale_factor=2, mode=\"bilinear\"), AvgPool2d(3, stride=2, padding=1), Dropout2d(0.3)\n"
            "    Residual { Conv2d(4, 4, 1), Hardswish() }, Concat { Conv2d(4, 3, 1), AdaptiveMaxPool2d((6, 6)) }\n"
            "    ReplicationPad2d(1), Upsample(size=(4, 5)), Flatten(), Linear(_, 5), LogSoftmax(1)\n}\n" +
            TRAIN % ("    loss NLLLoss(weight=[1, 2, 1, 0.5, 3])\n    optimizer Adam(lr=0.01)\n"
                     "    clip grad_norm=0.5\n    accumulate 2\n"))
TOKENS = ("model M(6) { Embedding(11, 5, padding_idx=2), Flatten(), Linear(_, 8), Softmax(1), Linear(8, 5) }\n" +
          TRAIN % ("    loss CrossEntropyLoss(ignore_index=3)\n    lookahead k=3, alpha=0.3\n"
                   "    optimizer RMSprop(lr=0.01, centered=True, momentum=0.5)\n"))


def with_data(path, program, shape=(3, 5, 4), tokens=None):
    """Writes a program and its samples; gives its name."""
    r = random.Random(1)
    values = [r.randrange(tokens) if tokens else r.gauss(0, 1) for _ in range(SAMPLES * items.size_of(shape))]
    items.npy(os.path.join(path, "x.npy"), (SAMPLES, *shape), values, "i" if tokens else "f")
    items.npy(os.path.join(path, "y.npy"), (SAMPLES,), [r.randrange(CLASSES) for _ in range(SAMPLES)], "i")
    return write(path, "m.net", program)


def beside_the_cpu(*data):
    """The same losses, test loss and parameters by OpenCL and on the CPU."""
    if not devices.has_opencl():
        raise Skip("no device of OpenCL: Debian's package pocl-opencl-icd is one")
    with folder() as path:
        wrong = devices.wrong_with(with_data(path, *data), path, "opencl", None)
        assert not wrong, wrong


def test_a_perceptron_learns_by_opencl_what_it_learns_on_the_cpu():
    beside_the_cpu(PERCEPTRON)


def test_layers_of_images_learn_so():
    beside_the_cpu(IMAGES, (3, 9, 8))


def test_branches_learn_so_in_updates_of_several_batches():
    beside_the_cpu(BRANCHES, (4, 6, 6))


def test_a_table_learns_so_with_slow_weights():
    beside_the_cpu(TOKENS, (6,), 11)


def test_a_run_goes_on_on_another_device_and_gives_the_same_bits_again():
    if not devices.has_opencl():
        raise Skip("no device of OpenCL")
    with folder() as path:
        name = with_data(path, PERCEPTRON.replace("m.safetensors", "m.pth"))

        def saved(file, *words):
            # With several threads PoCL itself gives last bits that vary from run to run (docs/devices.md).
            done(netc("run", name, "--quiet", "--set", "train.save=" + file, *words, cwd=path,
                      env={"POCL_MAX_PTHREAD_COUNT": "1"}))
            return tensors(os.path.join(path, file))

        saved("half.pth", "--device", "opencl", "--max-steps", 5)
        there = saved("there.pth", "--device", "opencl", "--resume=half.pth")
        assert there == saved("again.pth", "--device", "opencl"), "a run that was stopped gives other bits"
        here = saved("here.pth", "--resume=half.pth")
        assert sorted(here) == sorted(there)
        tested = [float(re.search(r"test_loss (\S+)", done(
            netc("run", name, "test", "--load", "there.pth", *device, cwd=path)).out).group(1))
                  for device in ((), ("--device", "opencl"))]
        assert abs(tested[0] - tested[1]) < 2e-6, tested


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


def nvrtc():
    """The compiler that `device cuda` uses: the system's, or that of the PyTorch in NETC_ORACLE."""
    oracle = os.path.dirname(os.path.dirname(os.environ.get("NETC_ORACLE", "/nowhere/bin/python")))
    folders = glob.glob(os.path.join(oracle, "lib/python*/site-packages/nvidia/*/lib"))
    for place in [""] + [one + "/" for one in folders]:
        for version in ("13", "12", "11.2"):
            try:
                for builtins in glob.glob(place + "libnvrtc-builtins.so.*") if place else []:
                    ctypes.CDLL(builtins, mode=ctypes.RTLD_GLOBAL)
                return ctypes.CDLL(place + "libnvrtc.so." + version)
            except OSError:
                pass
    raise Skip("no NVRTC")


def test_nvrtc_takes_the_kernels_too():
    library = nvrtc()
    for name in ("cifar10", "books"):
        text = done(netc("emit", sample(name), "--target", "gpu")).out.encode()
        program, length = ctypes.c_void_p(), ctypes.c_size_t()
        options = (ctypes.c_char_p * 2)(b"--gpu-architecture=compute_80", b"--std=c++14")
        assert library.nvrtcCreateProgram(ctypes.byref(program), text, b"kernels.cu", 0, None, None) == 0
        status = library.nvrtcCompileProgram(program, len(options), options)
        library.nvrtcGetProgramLogSize(program, ctypes.byref(length))
        log = ctypes.create_string_buffer(length.value)
        library.nvrtcGetProgramLog(program, log)
        assert status == 0 and not log.value, "%s: %d %s" % (name, status, log.value.decode()[:2000])
        library.nvrtcDestroyProgram(ctypes.byref(program))


main(globals())

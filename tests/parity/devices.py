#!/usr/bin/env python3
"""Device opencl over the rows of items.py and plain.py's train blocks: its losses are PyTorch's, its test loss and its
parameters after the run are those of the plain target in double, which say what all gradients were.

    devices.py [--sample N] [--device NAME] [NAME...]

--sample takes every Nth row; NAME chooses what begins so. OpenCL runs on the CPU where PoCL is installed."""
import atexit
import functools
import glob
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
import items  # noqa: E402
from plain import Training, apart, build, output, tensors, walk  # noqa: E402
from support import ROOT, Skip, compilers, done, folder, losses, netc, run, write  # noqa: E402

# The device that programs and samples are run on where a test doesn't ask for another one: "opencl", "cuda:1"; empty:
# a CUDA without a GPU.
DEVICE = os.environ.get("NETC_GPU", "")

# With several threads PoCL gives last bits that vary from run to run (docs/devices.md). Without its optimizations it
# compiles in less than half of the time; an environment that has something else is left as it is.
POCL = {"POCL_MAX_PTHREAD_COUNT": "1", "POCL_EXTRA_BUILD_FLAGS": os.environ.get("POCL_EXTRA_BUILD_FLAGS",
                                                                              "-cl-opt-disable")}


def has_opencl():
    """Whether there is a device of OpenCL, as netc sees it."""
    with folder() as path:
        name = write(path, "none.net", "model M(3, 16, 16) { Flatten(), Linear(_, 10) }\n"
                     "data d = Shapes(size=16) { ToTensor() }\n"
                     "train M { data d\n loss CrossEntropyLoss()\n optimizer SGD(lr=0.1) }\n")
        result = netc("run", name, "--device", "opencl:999", "--max-steps", 0)
        return "there is no OpenCL device 999" in result.err


def needs_opencl():
    if not has_opencl():
        raise Skip("no device of OpenCL: Debian's package pocl-opencl-icd is one")


@functools.lru_cache(None)
def fake_cuda_library(*options):
    """A folder with a CUDA without a GPU, which keeps the kernels that it compiles as long as the script runs."""
    place = tempfile.mkdtemp(prefix="netc-cuda-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    done(run(*os.environ.get("CC", "cc").split(), "-O1", "-shared", "-fPIC", "-I", os.path.join(ROOT, "runtime"),
             *options, *glob.glob(os.path.join(ROOT, "tests", "fake_cuda", "*.c")), "-o",
             os.path.join(place, "libcuda.so.1"), "-ldl"))
    os.symlink("libcuda.so.1", os.path.join(place, "libnvrtc.so.13"))
    return place


def fake_cuda(path, *options):
    """The environment in which netc finds it; it notes in a folder what it is called for."""
    return {"LD_LIBRARY_PATH": fake_cuda_library(*options), "FAKE_CUDA_LOG": os.path.join(path, "calls")}


def chosen_device(path):
    """DEVICE, with the environment for it."""
    if DEVICE.startswith("opencl"):
        needs_opencl()
    return (DEVICE, POCL) if DEVICE else ("cuda", fake_cuda(path))


def needs_opencl_compiler():
    if not shutil.which("clang"):
        raise Skip("no clang, which knows OpenCL's C")


def check_as_opencl(*names):
    """The kernels of these programs are OpenCL's C too, as clang knows it, without a warning."""
    with folder() as path:
        texts = []
        for name in names:
            texts.append(os.path.join(path, "%d.cl" % len(texts)))
            done(netc("emit", name, "--target", "gpu", "-o", texts[-1]))
        result = run("clang", "-x", "cl", "-cl-std=CL1.2", "-D__OPENCL_VERSION__=120", "-Xclang",
                     "-finclude-default-header", "-Xclang", "-fdeclare-opencl-builtins", "-Wall", "-Werror",
                     "-fsyntax-only", *texts)
        assert result.code == 0 and not result.err, result.err[-4000:]


def trained(path, name, device, *words, env=None):
    """Losses of the steps, of the test, and the parameters of a run."""
    saved = os.path.join(path, device.replace(":", "") + ".safetensors")
    out = done(netc("run", name, "--log-every", 1, "--threads", 1, "--device", device, "--set",
                       "train.save=" + saved, *words, cwd=path, env=env or POCL)).out
    return told(out, saved)


def told(out, saved):
    tested = [float(loss) for loss in re.findall(r"test_loss (\S+)", out)]
    return [loss for _, loss in losses(out)], tested, tensors(saved)


def in_double(path, name):
    """The same of the plain target's program, in double."""
    if not compilers():
        raise Skip("no C compiler")
    saved = os.path.join(path, "plain.safetensors")
    done(netc("data", name, "--raw", os.path.join(path, "data"), cwd=path))
    trainer = build(compilers()[0][1], path, name, "-O0", "-Dreal=double")
    return told(output(trainer, path, "save=" + saved), saved)


def differs(ours, theirs, fixture=None):
    """What of a run is not as in another one, or None; the losses of the steps may be those of a fixture."""
    wrong = items.judge(ours[0], fixture or theirs[0])
    if wrong:
        return wrong
    if len(ours[1]) != len(theirs[1]):
        return "%d test losses in place of %d" % (len(ours[1]), len(theirs[1]))
    for a, b in zip(ours[1], theirs[1]):
        if not abs(a - b) <= 1e-6 + 1e-4 * abs(b):
            return "test loss %f in place of %f" % (a, b)
    distance, tensor = apart(ours[2], theirs[2])
    return None if distance <= 2e-4 else "%s is %.1e from what it must be" % (tensor, distance)


def wrong_with(name, path, device, *words, env=None):
    """What of a program on the device is not as on the CPU, or None; `words` are more options of both runs."""
    ours, theirs = (trained(path, name, place, *words, env=env) for place in (device, "cpu"))
    return differs(ours, theirs)


def program_of(row, path):
    if isinstance(row, Training):
        row.write(path)
        return row.program()
    row.write_data(path)
    row.test = True
    return re.sub(r'save ".*"', 'save "row.safetensors"', row.program())


def main(words):
    names, every, device = [], 1, "opencl"
    while words:
        word = words.pop(0)
        if word == "--sample":
            every = int(words.pop(0))
        elif word == "--device":
            device = words.pop(0)
        else:
            names.append(word)
    if device == "opencl" and not has_opencl():
        raise Skip("no device of OpenCL: Debian's pocl-opencl-icd is one")

    def wrong_of(row, fixture, path):
        name = write(path, "row.net", program_of(row, path))
        return differs(trained(path, name, device), in_double(path, name),
                       fixture[row.key]["losses"] if isinstance(row, items.Row) else None)

    return walk(names, every, wrong_of)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

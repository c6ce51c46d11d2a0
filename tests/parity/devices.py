#!/usr/bin/env python3
"""Device opencl over the rows of items.py and plain.py's train blocks: its losses are PyTorch's, its test loss and its
parameters after the run are those of the CPU, which say what all gradients were.

    devices.py [--sample N] [--device NAME] [NAME...]

--sample takes every Nth row; NAME chooses what begins so. OpenCL runs on the CPU where PoCL is installed."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
import items  # noqa: E402
from plain import Training, apart, tensors, walk  # noqa: E402
from support import Skip, done, folder, losses, netc, write  # noqa: E402


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


def trained(path, name, device, *words, env):
    """Losses of the steps, of the test, and the parameters of a run."""
    saved = os.path.join(path, device.replace(":", "") + ".safetensors")
    result = done(netc("run", name, "--log-every", 1, "--threads", 1, "--device", device, "--set",
                       "train.save=" + saved, *words, cwd=path, env=env))
    tested = [float(loss) for loss in re.findall(r"test_loss (\S+)", result.out)]
    return [loss for _, loss in losses(result.out)], tested, tensors(saved)


def wrong_with(name, path, device, fixture, *words, env=None):
    """What is wrong with a program on the device, or None; `words` are more options of both runs."""
    cpu, ours = (trained(path, name, place, *words, env=env or POCL) for place in ("cpu", device))
    wrong = items.judge(ours[0], fixture or cpu[0])
    if wrong:
        return wrong
    for a, b in zip(ours[1], cpu[1]):
        if not abs(a - b) <= 1e-6 + 1e-4 * abs(b):
            return "test loss %f, on the CPU %f" % (a, b)
    distance, tensor = apart(ours[2], cpu[2])
    return None if distance <= 2e-4 else "%s is %.1e from that of the CPU" % (tensor, distance)


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
        return wrong_with(name, path, device, fixture[row.key]["losses"] if isinstance(row, items.Row) else None)

    return walk(names, every, wrong_of)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

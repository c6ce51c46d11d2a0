#!/usr/bin/env python3
"""Device opencl over the rows of items.py and plain.py's train blocks: its losses are PyTorch's, its test loss and its
parameters after the run are those of the CPU, which say what all gradients were.

    devices.py [--sample N] [--device NAME] [NAME...]

--sample takes every Nth row; NAME chooses what begins so. OpenCL runs on the CPU where PoCL is installed."""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
import items  # noqa: E402
from plain import TRAINING, Training, apart, tensors  # noqa: E402
from support import Skip, done, folder, losses, netc, write  # noqa: E402


def has_opencl():
    """Whether there is a device of OpenCL, as netc sees it."""
    with folder() as path:
        name = write(path, "none.net", "model M(3, 16, 16) { Flatten(), Linear(_, 10) }\n"
                     "data d = Shapes(size=16) { ToTensor() }\n"
                     "train M { data d\n loss CrossEntropyLoss()\n optimizer SGD(lr=0.1) }\n")
        result = netc("run", name, "--device", "opencl:999", "--max-steps", 0)
        return "there is no OpenCL device 999" in result.err


def trained(path, name, device, *words):
    """Losses of the steps, of the test, and the parameters of a run."""
    saved = os.path.join(path, device.replace(":", "") + ".safetensors")
    result = done(netc("run", name, "--log-every", 1, "--threads", 1, "--device", device, "--set",
                       "train.save=" + saved, *words, cwd=path))
    tested = [float(loss) for loss in re.findall(r"test_loss (\S+)", result.out)]
    return [loss for _, loss in losses(result.out)], tested, tensors(saved)


def wrong_with(name, path, device, fixture, *words):
    """What is wrong with a program on the device, or None; `words` are more options of both runs."""
    cpu, ours = trained(path, name, "cpu", *words), trained(path, name, device, *words)
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
    some = (items.chosen(names) + [row for row in map(Training, TRAINING)
                                   if not names or row.key.startswith(tuple(names))])[::every]
    with open(items.FIXTURE, encoding="utf-8") as file:
        fixture = json.load(file)
    print("1..%d" % len(some))
    failed = 0
    with folder() as path:
        items.widths([row for row in some if isinstance(row, items.Row)], fixture, path)
        for number, row in enumerate(some, 1):
            try:
                name = write(path, "row.net", program_of(row, path))
                wrong = wrong_with(name, path, device,
                                   fixture[row.key]["losses"] if isinstance(row, items.Row) else None)
            except AssertionError as error:
                wrong = str(error)
            print("%s %d - %s" % ("not ok" if wrong else "ok", number, row.key), flush=True)
            if wrong:
                failed += 1
                print("\n".join("# " + line for line in (row.program() + wrong).splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The recipe of samples/airbench.net in PyTorch, on CIFAR-10: record_torch.py FOLDER SEED THREADS EPOCHS STEPS.
FOLDER has cifar-10-batches-bin; STEPS ends the training sooner (0: all). Crops and flips are done as cifar10-airbench
does them, for all pictures at once. Prints the seconds of loading, training and testing, the steps that were made and
the accuracy."""
import os
import sys
import time

import numpy
import torch
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "parity"))
from airbench_torch import MEAN, STD, Recipe, begins_flipped, flip, infer, make_net  # noqa: E402
from layers_torch import pixels  # noqa: E402

BATCH, WIDTHS, PAD = 1000, (64, 256, 256), 2


def read(folder, names):
    rows = numpy.concatenate([numpy.fromfile(os.path.join(folder, "cifar-10-batches-bin", name), dtype=numpy.uint8)
                              for name in names]).reshape(-1, 3073)
    images = torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy())
    return pixels(images, (MEAN, STD)).to(memory_format=torch.channels_last), torch.from_numpy(rows[:, 0].astype(int))


def crop(padded):
    """Each picture moved by up to PAD pixels."""
    shifts = torch.randint(-PAD, PAD + 1, size=(len(padded), 2))
    cropped = torch.empty((len(padded), 3, 32, 32)).to(memory_format=torch.channels_last)
    for y in range(-PAD, PAD + 1):
        for x in range(-PAD, PAD + 1):
            chosen = (shifts[:, 0] == y) & (shifts[:, 1] == x)
            cropped[chosen] = padded[chosen, :, PAD + y:PAD + y + 32, PAD + x:PAD + x + 32]
    return cropped


def train(images, labels, epochs, steps):
    flips = torch.tensor([begins_flipped(i) for i in range(len(images))])
    net = make_net(WIDTHS, images[:5000]).to(memory_format=torch.channels_last)
    recipe = Recipe(net, BATCH, len(images) // BATCH * epochs)
    padded, made = F.pad(flip(images, flips), (PAD,) * 4, "reflect"), 0
    for epoch in range(epochs):
        cropped = crop(padded)
        cropped = cropped.flip(-1) if epoch % 2 else cropped
        for indices in torch.randperm(len(images)).split(BATCH):
            recipe.step(cropped[indices], labels[indices])
            made += 1
            if made == steps:
                return net, made
    return net, made


def main(folder, seed, threads, epochs, steps):
    torch.manual_seed(int(seed))
    torch.set_num_threads(int(threads))
    times = [time.time()]
    images, labels = read(folder, ["data_batch_%d.bin" % number for number in range(1, 6)])
    unseen, answers = read(folder, ["test_batch.bin"])
    times.append(time.time())
    net, made = train(images, labels, int(epochs), int(steps))
    times.append(time.time())
    net.eval()
    with torch.no_grad():
        right = sum((infer(net, x).argmax(1) == y).sum().item() for x, y in zip(unseen.split(500), answers.split(500)))
    times.append(time.time())
    print(*("%.2f" % (end - begin) for begin, end in zip(times, times[1:])), made, "%.4f" % (right / len(answers)))


if __name__ == "__main__":
    main(*sys.argv[1:])

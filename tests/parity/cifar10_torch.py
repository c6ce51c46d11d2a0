"""PyTorch's side of cifar10.py: the main job as a PyTorch user writes it. Prints one line of JSON.

cifar10_torch.py FOLDER weights OUT.pth | steps N | order EPOCHS BATCH | epoch"""
import json
import os
import pickle
import sys

import numpy
import torch
from torch import nn


def load(folder, train):
    """(images [n,3,32,32] float 0..1, labels) from either official form of CIFAR-10."""
    batches = ["data_batch_%d" % i for i in range(1, 6)] if train else ["test_batch"]
    images, labels = [], []
    for batch in batches:
        binary = os.path.join(folder, "cifar-10-batches-bin", batch + ".bin")
        if os.path.exists(binary):
            rows = numpy.fromfile(binary, dtype=numpy.uint8).reshape(-1, 3073)
            images.append(rows[:, 1:])
            labels.append(rows[:, 0])
        else:
            with open(os.path.join(folder, "cifar-10-batches-py", batch), "rb") as file:
                content = pickle.load(file, encoding="latin1")
            images.append(content["data"])
            labels.append(numpy.array(content["labels"]))
    pixels = torch.from_numpy(numpy.concatenate(images).reshape(-1, 3, 32, 32))
    return pixels.to(torch.float32).div(255), torch.from_numpy(numpy.concatenate(labels).astype(numpy.int64))


class Samples(torch.utils.data.Dataset):
    def __init__(self, folder, train):
        self.images, self.labels = load(folder, train)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.images[index], self.labels[index]


def tudui():
    return nn.Sequential(nn.Conv2d(3, 32, 5, 1, 2), nn.MaxPool2d(2), nn.Conv2d(32, 32, 5, 1, 2), nn.MaxPool2d(2),
                         nn.Conv2d(32, 64, 5, 1, 2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64 * 4 * 4, 64),
                         nn.Linear(64, 10))


def evaluate(model, loss_of, loader):
    """(mean loss of a sample, share that is right), without gradients; draws random numbers as any use of a loader."""
    total, right, count = 0.0, 0, 0
    model.eval()
    with torch.no_grad():
        for images, labels in loader:
            output = model(images)
            total += loss_of(output, labels).item() * len(labels)
            right += (output.argmax(1) == labels).sum().item()
            count += len(labels)
    model.train()
    return total / count, right / count


def train(folder, steps):
    """The losses of the first `steps` steps, or of one epoch with the evaluation after it."""
    torch.manual_seed(0)
    model, loss_of = tudui(), nn.CrossEntropyLoss()
    loader = torch.utils.data.DataLoader(Samples(folder, True), batch_size=64, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
    losses = []
    for images, labels in loader:
        loss = loss_of(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if len(losses) == steps:
            return {"losses": losses}
    test = torch.utils.data.DataLoader(Samples(folder, False), batch_size=64)
    loss, accuracy = evaluate(model, loss_of, test)
    return {"losses": losses, "test_loss": loss, "test_accuracy": accuracy}


def order(folder, epochs, batch):
    """The losses of all batches of a model that learns nothing: they tell in which order the samples came."""
    torch.manual_seed(0)
    model, loss_of = nn.Sequential(nn.Flatten(), nn.Linear(3072, 10)), nn.CrossEntropyLoss(reduction="none")
    data, test = Samples(folder, True), Samples(folder, False)
    with torch.no_grad():
        each = loss_of(model(data.images), data.labels).double()
    numbers = torch.utils.data.TensorDataset(torch.arange(len(data)))
    loader = torch.utils.data.DataLoader(numbers, batch_size=batch, shuffle=True)
    losses = []
    for _ in range(epochs):
        losses += [each[index].mean().item() for index, in loader]
        for _ in torch.utils.data.DataLoader(test, batch_size=1000):
            pass
    return {"losses": losses}


def main(folder, what, *words):
    torch.set_num_threads(1)
    if what == "weights":
        torch.manual_seed(0)
        torch.save(tudui().state_dict(), words[0])
        result = {"torch": torch.__version__}
    elif what == "compare":
        first, second = (torch.load(name, weights_only=True) for name in words)
        assert list(first) == list(second), "names: %s and %s" % (list(first), list(second))
        result = {name: int((first[name] != second[name]).sum()) for name in first}
    elif what == "order":
        result = order(folder, int(words[0]), int(words[1]))
    else:
        result = train(folder, int(words[0]) if what == "steps" else 0)
    print(json.dumps(result))


main(*sys.argv[1:])

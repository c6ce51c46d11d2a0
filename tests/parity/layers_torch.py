"""PyTorch's side of layers.py: trains every configuration of a JSON file. Prints one line of JSON for each.

layers_torch.py CONFIGURATIONS.json SAMPLES.bin LABELS.bin"""
import collections
import json
import os
import re
import sys

import numpy
import torch
from torch import nn


class Dropout(nn.Module):
    """nn.Dropout, its mask drawn by PyTorch's own generator: on Intel processors builds with MKL take that one's."""

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        self.p = p

    def noise(self, x):
        return x.shape

    def forward(self, x):
        if self.p == 0 or not self.training:
            return x
        shape = self.noise(x)
        keep = torch.rand(shape, dtype=torch.float64) < 1 - self.p if self.p < 1 else torch.zeros(shape)
        return x * (keep.to(torch.float32) / (1 - self.p) if self.p < 1 else keep)


class ChannelDropout(Dropout):
    """nn.Dropout1d and nn.Dropout2d likewise: a draw a channel."""

    def noise(self, x):
        return x.shape[:2] + (1,) * (x.dim() - 2)


class StochasticDepth(Dropout):
    """torchvision.ops.StochasticDepth likewise: a draw a sample, or one for the batch. It draws where p is 1, too."""

    def __init__(self, p, mode):
        super().__init__(p)
        self.mode = mode

    def forward(self, x):
        if self.p == 0 or not self.training:
            return x
        count = len(x) if self.mode == "row" else 1
        noise = (torch.rand(count, dtype=torch.float64) < 1 - self.p).to(torch.float32)
        return x * noise.div(1 - self.p if self.p < 1 else 1).reshape([-1] + [1] * (x.dim() - 1))


class Permute(nn.Module):
    """torchvision.ops.Permute, without torchvision."""

    def __init__(self, dims):
        super().__init__()
        self.dims = dims

    def forward(self, x):
        return torch.permute(x, self.dims)


NAMES = {name: getattr(nn, name) for name in dir(nn)}
NAMES.update(Dropout=Dropout, Dropout1d=ChannelDropout, Dropout2d=ChannelDropout, Permute=Permute,
             StochasticDepth=StochasticDepth)


def cross_entropy(weight=None, **words):
    return nn.CrossEntropyLoss(weight if weight is None else torch.tensor(weight), **words)


NAMES["CrossEntropyLoss"] = cross_entropy


def documented_class(name):
    """The class that docs/language.md has for a layer in which branches meet."""
    page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "language.md")
    with open(page, encoding="utf-8") as file:
        source = re.search(r"^```python\n((?:(?!^```).)*?^class %s\b.*?)^```" % name, file.read(), flags=re.M | re.S)[1]
    names = {"nn": nn, "torch": torch}
    exec(source, names)
    return names[name]


HOLDERS = {name.lower(): documented_class(name) for name in ("Residual", "Concat", "Multiply")}


def children(items, start=0):
    """(name, module) of each item; one without a name is called by its place (structure.py tells what items are)."""
    for item in items:
        if isinstance(item, dict) and item["kind"] == "repeat":
            for _ in range(item["count"]):
                copy = list(children(item["items"], start))
                yield from copy
                start += len(copy)
        else:
            yield child(item, str(start))
            start += 1


def child(item, place):
    if isinstance(item, str):
        name, colon, call = item.partition(": ")
        # Two in a row in place are too much for autograd.
        return (name if colon else place), eval((call if colon else item).replace("inplace=True", ""), NAMES)
    body = collections.OrderedDict(children(item["items"]))
    if item.get("shortcut"):
        body.update([child(item["shortcut"], "")])
    return item["name"] or place, HOLDERS.get(item["kind"], nn.Sequential)(body)


def build(layers):
    return nn.Sequential(collections.OrderedDict(children(layers)))


def pixels(data, normalize):
    x = data.to(torch.float32).div(255)
    if normalize:
        mean, std = (torch.tensor(numbers, dtype=torch.float32).view(-1, 1, 1) for numbers in normalize)
        x = x.sub(mean).div(std)
    return x


class Samples(torch.utils.data.Dataset):
    def __init__(self, data, labels):
        self.data, self.labels = data, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.data[index], self.labels[index]


def compare(model, before, path):
    """The worst of all parameters: the difference against what training changed, both as Euclidean norms, rounding of
    the weights apart. One maximum in a near tie that goes to the other element changes a channel, not a tensor."""
    ours, worst = torch.load(path, weights_only=True), [0.0, ""]
    theirs = model.state_dict()
    assert list(ours) == list(theirs), "names: %s and %s" % (list(ours), list(theirs))
    for name, tensor in theirs.items():
        assert ours[name].shape == tensor.shape, name
        if tensor.numel() == 0:
            continue
        difference = (ours[name].double() - tensor.double()).norm().item()
        changed = (tensor.double() - before[name].double()).norm().item()
        apart = max(0.0, difference - 2e-7 * tensor.double().norm().item()) / max(changed, 1e-4)
        if not apart <= worst[0]:
            worst = [apart, name]
    return worst


def evaluate(model, loss_of, data, labels, c):
    """The mean of the loss and the accuracy over all of the data, in evaluation mode; `loss_of` sums."""
    model.eval()
    loss = right = 0
    counted = labels[labels != loss_of.ignore_index]
    weight = len(counted) if loss_of.weight is None else loss_of.weight[counted].sum().item()
    with torch.no_grad():
        for images, targets in zip(data.split(c["test_batch"]), labels.split(c["test_batch"])):
            output = model(pixels(images, c["normalize"]))
            loss += loss_of(output, targets).item()
            right += (output.argmax(1) == targets).sum().item()
    return loss / weight, right / len(labels)


def train(configuration, data, labels):
    c = configuration
    torch.manual_seed(c["seed"])
    model = build(c["layers"])
    loss_of = eval(c["loss"], NAMES)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    learned = list(model.parameters())
    optimizer = eval("SGD(learned, %s)" % c["optimizer"], {"SGD": torch.optim.SGD, "learned": learned})
    loader = torch.utils.data.DataLoader(Samples(data, labels), batch_size=c["batch_size"], shuffle=c["shuffle"],
                                         drop_last=c["drop_last"])
    losses = []
    for images, targets in loader:
        loss = loss_of(model(pixels(images, c["normalize"])), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if len(losses) == c["steps"]:
            break
    result = {"losses": losses, "worst": compare(model, before, c["saved"]), "test": None}
    if c["test_batch"]:
        loss_of.reduction = "sum"
        result["test"] = evaluate(model, loss_of, data, labels, c)
    return result


def read(samples, labels):
    """The files that write_shapes of layers.py writes."""
    torch.set_num_threads(1)
    data = torch.from_numpy(numpy.fromfile(samples, dtype=numpy.uint8).reshape(-1, 3, 32, 32))
    return data, torch.from_numpy(numpy.fromfile(labels, dtype=numpy.int32).astype(numpy.int64))


def main(configurations, samples, labels):
    data, classes = read(samples, labels)
    with open(configurations, encoding="utf-8") as file:
        for configuration in json.load(file):
            try:
                result = train(configuration, data, classes)
            except Exception as error:
                result = {"error": "%s: %s" % (type(error).__name__, error)}
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

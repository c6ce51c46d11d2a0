"""PyTorch's side of items.py: one line of JSON a row.

items_torch.py width|train ROWS.json

`width` builds the model and tells what its Flatten gives; `train` trains it and compares the weights with what netc
saved."""
import json
import sys

import numpy
import torch
from torch.utils.data import DataLoader, TensorDataset

from layers_torch import build, compare
from structure import parse


def built(row):
    return build(parse("; ".join(row["layers"])))


def width_of(row):
    model = built(row).eval()
    x = torch.zeros(2, *row["shape"])
    return {"width": model(x.long() if row["tokens"] else x).shape[1]}


def weighted(kind):
    """The loss, its weights given as lists, or as numbers."""
    def make(**words):
        return kind(**{name: torch.tensor(value, dtype=torch.float32) if name.endswith("weight") else value
                       for name, value in words.items()})
    return make


def train(row):
    x, y = torch.from_numpy(numpy.load(row["x"])), torch.from_numpy(numpy.load(row["y"]))
    y = y.long() if row["targets"] == "classes" else y
    torch.manual_seed(row["number"])
    model = built(row)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    loss_of = eval(row["loss"], {name: weighted(getattr(torch.nn, name)) for name in dir(torch.nn)})
    optimizer = eval(row["optimizer"].replace("(", "(parameters, ", 1),
                     dict(vars(torch.optim), parameters=model.parameters()))
    losses = []
    loader = DataLoader(TensorDataset(x, y), batch_size=row["batch"])  # draws a number, as dropout does
    for samples, targets in loader:
        loss = loss_of(model(samples.long() if row["tokens"] else samples), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    answer = {"losses": losses, "worst": compare(model, before, row["saved"])}
    if row["test"]:
        model.eval()
        with torch.no_grad():
            answer["tested"] = [numpy.mean([loss_of(model(samples.long() if row["tokens"] else samples), targets).item()
                                            for samples, targets in loader])]
    return answer


def main(what, path):
    torch.set_num_threads(1)
    with open(path, encoding="utf-8") as file:
        for row in json.load(file):
            try:
                answer = (width_of if what == "width" else train)(row)
            except Exception as error:
                answer = {"error": "%s: %s" % (type(error).__name__, error)}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

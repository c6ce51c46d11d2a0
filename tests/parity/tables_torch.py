"""PyTorch's side of tables.py: reads tables with Python's csv, numpy and scikit-learn's formulas, and trains. Takes
configurations as JSON, and prints the losses as JSON."""
import csv
import json
import re
import sys

import numpy
import torch
from torch import nn

MISSING = {"", "NA", "nan"}


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def read(path, header, delimiter=",", **_):
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file, delimiter=delimiter) if row]
    names = rows.pop(0) if header else list(range(len(rows[0])))
    return names, rows


def place(names, wanted):
    return names.index(wanted) if isinstance(wanted, str) else wanted % len(names)


class Table:
    """The columns of a file as floats with NAN, words as words; the targets."""

    def __init__(self, c, path):
        self.arguments = a = c["arguments"]
        names, rows = read(path, c["header"], **a)
        targets = a.get("target", -1)
        targets = [place(names, t) for t in (targets if isinstance(targets, list) else [targets])]
        features = [place(names, f) for f in a["columns"]] if "columns" in a else [i for i in range(len(names))
                                                                                  if i not in targets]
        if a.get("missing") == "drop":
            rows = [row for row in rows if not any(row[i] in MISSING for i in features + targets)]
        self.columns = []
        for i in features:
            cells = [row[i] for row in rows]
            words = i in [place(names, k) for k in a.get("categorical", [])] or any(
                number(cell) is None and cell not in MISSING for cell in cells)
            self.columns.append(cells if words else numpy.array([numpy.nan if cell in MISSING else float(cell)
                                                                 for cell in cells]))
        self.targets = [[row[i] for row in rows] for i in targets]


class Array:
    """The same of numpy's files."""

    def __init__(self, c):
        self.arguments, content = {}, numpy.load(c["train"])
        columns = c["columns"]
        x = content["x"] if columns is None else numpy.delete(content, columns, 1)
        self.columns = list(x.astype(numpy.float64).T)
        self.targets = [list(content["y"])] if columns is None else [list(content[:, column]) for column in columns]


def categories(cells):
    present = {cell for cell in cells if cell not in MISSING}
    return sorted(present, key=float) if all(number(cell) is not None for cell in present) else sorted(present)


class Fit:
    """What is learned from the training part: fills, scales and categories."""

    def __init__(self, c, table):
        self.fills, self.steps, self.categories = [], [], []
        fill = {"mean": numpy.nanmean, "median": numpy.nanmedian}.get(c["arguments"].get("missing"))
        for column in table.columns:
            words = isinstance(column, list)
            self.categories.append(categories(column) if words else None)
            self.fills.append(fill(column) if fill and not words else 0.0)
            steps = []
            if not words:
                x = numpy.where(numpy.isnan(column), self.fills[-1], column)
                for transform in c["transforms"]:
                    steps.append(self.step(transform, x))
                    x = steps[-1](x)
            self.steps.append(steps)

    @staticmethod
    def step(transform, x):
        if transform == "Standardize()":
            mean, std = x.mean(), x.std() or 1.0
            return lambda x: (x - mean) / std
        low, high = map(float, re.findall(r"-?[\d.]+", transform) or (0, 1))
        scale = (high - low) / ((x.max() - x.min()) or 1.0)
        offset = low - x.min() * scale
        return lambda x: x * scale + offset

    def samples(self, table):
        floats = []
        for column, fill, steps, names in zip(table.columns, self.fills, self.steps, self.categories):
            if names:
                floats += [numpy.array([float(cell == name) for cell in column]) for name in names]
                continue
            x = numpy.where(numpy.isnan(column), fill, column)
            for step in steps:
                x = step(x)
            floats.append(x)
        return torch.from_numpy(numpy.stack(floats, 1).astype(numpy.float32))


def targets(c, table, classes):
    if c["loss"].startswith("CrossEntropy"):
        labels = table.targets[0]
        if all(number(label) is not None for label in labels):
            values = [float(label) for label in labels]
            if all(0 <= value < c["outputs"] for value in values):
                return torch.tensor([int(value) for value in values])
        return torch.tensor([classes.index(label) for label in labels])
    return torch.tensor([[float(cell if number(cell) is not None else classes.index(cell)) for cell in row]
                         for row in zip(*table.targets)])


def train(c):
    if "columns" in c:
        table = other = Array(c)
        c["arguments"] = {}
    else:
        table, other = Table(c, c["train"]), Table(c, c["test"] or c["train"])
    fit, classes = Fit(c, table), categories(table.targets[0])
    part, test = (torch.utils.data.TensorDataset(fit.samples(t), targets(c, t, classes)) for t in (table, other))
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(c["inputs"], 12), nn.ReLU(), nn.Linear(12, c["outputs"]))
    loss_of = eval("nn." + c["loss"], {"nn": nn})
    optimizer = torch.optim.SGD(model.parameters(), lr=c["lr"])
    loader = torch.utils.data.DataLoader(part, batch_size=c["batch_size"], shuffle=True)
    losses, total = [], 0.0
    while len(losses) < c["steps"]:
        for x, t in loader:
            loss = loss_of(model(x), t)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == c["steps"]:
                break
        with torch.no_grad():  # behind every epoch, and behind the last step
            total = sum(loss_of(model(x), t).item() * (1 if "sum" in c["loss"] else len(x))
                        for x, t in torch.utils.data.DataLoader(test, batch_size=c["batch_size"]))
    return {"losses": losses, "test": total / len(test)}


print(json.dumps([train(c) for c in json.load(sys.stdin)]))

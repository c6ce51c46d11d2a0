"""PyTorch's side of tokens.py: trains the models that it is given as JSON on TOKENS.csv, and prints the losses, how far
netc's weights are, the evaluation and its own checkpoint, as JSON."""
import io
import json
import os
import sys

import numpy
import torch
from layers_torch import Samples, build, compare
from torch import nn


def evaluate(model, x, y, batch):
    model.eval()
    with torch.no_grad():
        outputs = torch.cat([model(part) for part in x.split(batch)])
    right = (outputs.argmax(1) == y).sum().item()
    return [nn.functional.cross_entropy(outputs.double(), y).item(), right / len(y)]


def train(c, x, y, steps, batch):
    torch.manual_seed(0)
    model = build(c["layers"])
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    optimizer = eval("torch.optim." + c["optimizer"].replace("(", "(model.parameters(), ", 1),
                     {"torch": torch, "model": model})
    losses = []
    while len(losses) < steps:
        for rows, labels in torch.utils.data.DataLoader(Samples(x, y), batch_size=batch, shuffle=True):
            model.train()
            loss = nn.functional.cross_entropy(model(rows), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == steps:
                break
        test = evaluate(model, x, y, batch)
        next(iter(torch.utils.data.DataLoader(Samples(x, y), batch_size=batch)))  # draws what the test loader draws
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    worst = compare(model, before, c["saved"]) if c["saved"] and os.path.exists(c["saved"]) else None
    return {"losses": losses, "test": test, "worst": worst, "pth": file.getvalue().hex()}


def main(path):
    table = torch.from_numpy(numpy.loadtxt(path, delimiter=",", dtype=numpy.int64))
    torch.set_num_threads(1)
    task = json.load(sys.stdin)
    print(json.dumps([train(c, table[:, :-1], table[:, -1], task["steps"], task["batch"]) for c in task["models"]]))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""PyTorch's side of training.py: trains every run of a JSON file. Prints one line of JSON for each.

training_torch.py RUNS.json SAMPLES.bin LABELS.bin"""
import json
import sys

import torch
from torch import nn, optim
from torch.optim import lr_scheduler

from layers_torch import Samples, build, compare, pixels, read


def whiten(layer, images, eps=5e-4):
    """As cifar10-airbench does it (github.com/KellerJordan/cifar10-airbench, init_whitening_conv); of an eigenvector
    and its opposite the one whose largest number is above 0."""
    height, width = layer.weight.shape[2:]
    patches = images.unfold(2, height, 1).unfold(3, width, 1).transpose(1, 3).reshape(-1, layer.weight[0].numel())
    patches = patches.double()
    values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
    vectors = vectors * vectors.gather(0, vectors.abs().argmax(0, True)).sign()
    scaled = (vectors / torch.sqrt(values + eps)).flip(1).T[:len(layer.weight) // 2]
    scaled = scaled.reshape(-1, *layer.weight.shape[1:])
    layer.weight.data[:] = torch.cat((scaled, -scaled)).float()


class Lookahead:
    """The LookaheadState of cifar10-airbench, with alpha for 1 - decay; at the end the slow weights are what stays."""

    def __init__(self, k, alpha, power):
        self.k, self.alpha, self.power, self.updates = k, alpha, power, 0

    def begin(self, model, updates):
        self.slow, self.all = {name: tensor.clone() for name, tensor in model.state_dict().items()}, updates

    def update(self, model):
        self.updates += 1
        if self.updates % self.k == 0:
            self.meet(model, 1 - (1 - self.alpha) * (self.updates / self.all) ** self.power)
        if self.updates == self.all:
            self.meet(model, 0.0)

    def meet(self, model, share):
        for slow, fast in zip(self.slow.values(), model.state_dict().values()):
            if fast.dtype == torch.float:
                fast.copy_(slow.lerp_(fast, share))


def prepare(model, code, images):
    """What the code of a row defines: the optimizer, and what else it has."""
    def groups(*parts):
        parameters, taken = dict(model.named_parameters()), [name for part in parts for name in part["names"]]
        rest = dict(params=[p for name, p in parameters.items() if name not in taken])
        return [rest] + [dict({key: value for key, value in part.items() if key != "names"},
                              params=[parameters[name] for name in part["names"]]) for part in parts]
    names = dict(model=model, optim=optim, sched=lr_scheduler, nn=nn, groups=groups, scheduler=None, every="epoch",
                 metric=False, clip_norm=None, clip_value=None, accumulate=1, whiten=whiten, pixels=images,
                 Lookahead=Lookahead, lookahead=None)
    exec(code, names)
    return names


def train(r, data, labels):
    torch.manual_seed(7)
    model = build(r["layers"])
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    n = prepare(model, r["code"], pixels(data, None))
    loader = torch.utils.data.DataLoader(Samples(data, labels), batch_size=r["batch"], shuffle=True)
    optimizer, scheduler, losses = n["optimizer"], n["scheduler"], []
    optimizer.zero_grad()
    if n["lookahead"]:
        n["lookahead"].begin(model, r["epochs"] * -(-len(loader) // n["accumulate"]))
    for _ in range(r["epochs"]):
        for number, (images, targets) in enumerate(loader, 1):
            loss = nn.functional.cross_entropy(model(pixels(images, None)), targets)
            (loss / n["accumulate"]).backward()
            losses.append(loss.item())
            if number % n["accumulate"] and number < len(loader):
                continue
            if n["clip_norm"]:
                nn.utils.clip_grad_norm_(model.parameters(), n["clip_norm"])
            if n["clip_value"]:
                nn.utils.clip_grad_value_(model.parameters(), n["clip_value"])
            optimizer.step()
            if n["lookahead"]:
                n["lookahead"].update(model)
            optimizer.zero_grad()
            if scheduler and n["every"] == "batch":
                scheduler.step()
        if scheduler and n["every"] == "epoch":
            scheduler.step(*([sum(losses[-len(loader):]) / len(loader)] if n["metric"] else []))
    return {"losses": losses, "worst": compare(model, before, r["saved"])}


def main(runs, samples, labels):
    data, classes = read(samples, labels)
    with open(runs, encoding="utf-8") as file:
        for r in json.load(file):
            try:
                result = train(r, data, classes)
            except Exception as error:
                result = {"error": "%s: %s" % (type(error).__name__, error)}
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

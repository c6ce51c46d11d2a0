"""What PyTorch keeps for the backward pass: the bytes of all storages that autograd saves of a training step, without
those of parameters and buffers. Reads models as Python has them, one a line, with the loss, the input's shape and the
batch; prints a number for each."""
import json
import sys

import torch
import torchvision
from torch import nn


def kept(model, loss, shape, batch):
    own = {tensor.untyped_storage().data_ptr() for tensor in list(model.parameters()) + list(model.buffers())}
    sizes = {}
    alive = []  # so that no storage is given back and its place taken by another

    def keep(tensor):
        storage = tensor.untyped_storage()
        alive.append(storage)
        if storage.data_ptr() not in own:
            sizes[storage.data_ptr()] = storage.nbytes()
        return tensor
    x = torch.rand(batch, *shape)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        y = model(x)
        target = torch.randint(0, y.shape[1], (batch,)) if isinstance(loss, nn.CrossEntropyLoss) else torch.rand_like(y)
        loss(y, target)
    return sum(sizes.values())


def main():
    names = {"torchvision": torchvision, **{name: getattr(nn, name) for name in dir(nn)}}
    for line in sys.stdin:
        text, loss, shape, batch = json.loads(line)
        print(kept(eval(text, names), eval(loss, names), shape, batch), flush=True)


if __name__ == "__main__":
    main()

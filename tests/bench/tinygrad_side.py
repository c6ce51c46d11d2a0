"""tinygrad's side of the race: a training step that TinyJit replays, on its CPU device, with plain SGD (side.py)."""
import os

from race_models import MODELS
from side import answer


def build(nn, layers):
    made = []
    for kind, *sizes in layers:
        if kind == "conv":
            ins, outs, kernel, stride, padding, bias = sizes
            made.append(nn.Conv2d(ins, outs, kernel, stride, padding, bias=bias))
        elif kind == "linear":
            made.append(nn.Linear(*sizes))
        elif kind == "norm":
            made.append(nn.BatchNorm(*sizes))
        elif kind == "residual":
            made.append([build(nn, part) for part in sizes])
        else:
            made.append(None)
    return made


def apply(layers, made, x):
    for (kind, *sizes), layer in zip(layers, made):
        if kind in ("conv", "linear", "norm"):
            x = layer(x)
        elif kind == "relu":
            x = x.relu()
        elif kind == "pool":
            x = x.max_pool2d((sizes[0], sizes[0]), stride=sizes[1], padding=sizes[2])
        elif kind == "mean":
            x = x.mean((2, 3))
        elif kind == "flatten":
            x = x.flatten(1)
        else:
            x = apply(sizes[0], layer[0], x) + apply(sizes[1], layer[1], x)
    return x


def make(name, batch):
    os.environ.setdefault("DEV", "CPU")
    os.environ.setdefault("CPU", "1")
    from tinygrad import Tensor, TinyJit, nn
    from tinygrad.helpers import Context
    layers, shape = MODELS[name]
    made = build(nn, layers)
    optimizer = nn.optim.SGD(nn.state.get_parameters(made), lr=1e-3)
    images, labels = Tensor.rand(batch, *shape).realize(), Tensor.randint(batch, high=10).realize()

    @TinyJit
    def update():
        optimizer.zero_grad()
        loss = apply(layers, made, images).sparse_categorical_crossentropy(labels).backward()
        return loss.realize(*optimizer.schedule_step())

    def step():
        with Context(TRAINING=1):
            return update().item()
    return step


if __name__ == "__main__":
    answer(make)

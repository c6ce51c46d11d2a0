"""PyTorch's side of the sweep (sweep.py). Each line of its input is a unit: {"ops": [...], "batch": 16, "train": true,
"seconds": 0.2}; each line of its output what the unit's operations take, the sum of each one's shortest of several
times: {"ms": 1.23}, as PyTorch lays images out or channels_last, whichever is faster. Times are the processor's for one
thread.

An operation is {"kind": "conv2d", "shape": [3, 224, 224], "weight": [64, 3, 7, 7], "first": true, ...}, which sweep.py
reads from --dump=graph. With "train" it goes forward and back: to its parameters, and to its input where that is not
the network's ("first")."""
import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
FEWEST = 3  # times that are measured, of what takes no longer than so many seconds:
LONG = 1.0


def images(batch, shape, last):
    x = torch.randn(batch, *shape)
    return x.to(memory_format=torch.channels_last) if last and x.dim() == 4 else x


def weight(op, last):
    w = torch.randn(op["weight"]) * 0.05
    return w.to(memory_format=torch.channels_last) if last and w.dim() == 4 else w


def conv2d(op, train, last):
    words = {"stride": op["stride"], "padding": op["padding"], "dilation": op["dilation"], "groups": op["groups"]}
    return lambda x, w: F.conv2d(x, w, **words), [weight(op, last)]


def conv_transpose2d(op, train, last):
    words = {"stride": op["stride"], "padding": op["padding"], "dilation": op["dilation"], "groups": op["groups"]}
    return lambda x, w: F.conv_transpose2d(x, w, **words), [weight(op, last)]


def linear(op, train, last):
    return F.linear, [weight(op, False)]


def norm(op, train, last):
    channels = op["shape"][0]
    mean, variance = torch.zeros(channels), torch.ones(channels)
    return (lambda x, w, b: F.batch_norm(x, mean, variance, w, b, training=train),
            [torch.ones(channels), torch.zeros(channels)])


def relu(op, train, last):
    return F.relu, []


def activation(op, train, last):
    names = {"hardtanh": F.relu6, "leaky_relu": F.leaky_relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
    return names[op["name"]], []


def add(op, train, last):
    return lambda x: x + x, []


def max_pool2d(op, train, last):
    return lambda x: F.max_pool2d(x, op["kernel"], op["stride"], op["padding"], ceil_mode=op["ceil_mode"]), []


OPS = {kind.__name__: kind for kind in (conv2d, conv_transpose2d, linear, norm, relu, activation, add, max_pool2d)}


def shortest(function, seconds):
    """The processor's time of the shortest call, after one that is not counted unless it is long."""
    began, times = time.thread_time(), []
    while True:
        at = time.thread_time()
        function()
        times.append(time.thread_time() - at)
        spent = time.thread_time() - began
        if spent > seconds and (len(times) > FEWEST or spent > LONG):
            return min(times)


def measure(op, request, last):
    train = request["train"]
    function, parameters = OPS[op["kind"]](op, train, last)
    x = images(request["batch"], op["shape"], last)
    if not train:
        with torch.inference_mode():
            return shortest(lambda: function(x, *parameters), request["seconds"])
    wanted = parameters + ([] if op["first"] else [x])
    for tensor in wanted:
        tensor.requires_grad_()
    with torch.no_grad():
        dy = torch.randn_like(function(x, *parameters))

    def step():
        torch.autograd.grad(function(x, *parameters), wanted, dy)
    return shortest(step, request["seconds"])


def main():
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        modes = [sum(measure(op, request, last) for op in request["ops"]) for last in (False, True)]
        print(json.dumps({"ms": 1e3 * min(modes)}), flush=True)


main()

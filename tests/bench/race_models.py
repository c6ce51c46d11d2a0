"""The models of the race, for the sides that have no nn.Sequential of their own: layer for layer those of models/*.net.
A layer is a tuple:

    ("conv", ins, outs, kernel, stride, padding, bias)   ("norm", channels)   ("relu",)
    ("pool", kernel, stride, padding)
    ("mean",) over all pixels   ("flatten",)   ("linear", ins, outs)   ("residual", body, shortcut)

bench_test.py counts their parameters beside netc's."""


def conv_norm(ins, outs, kernel, stride=1):
    return [("conv", ins, outs, kernel, stride, kernel // 2, False), ("norm", outs)]


def basic(ins, outs, stride):
    body = [*conv_norm(ins, outs, 3, stride), ("relu",), *conv_norm(outs, outs, 3)]
    return body, outs


def bottleneck(ins, outs, stride):
    body = [*conv_norm(ins, outs, 1), ("relu",), *conv_norm(outs, outs, 3, stride), ("relu",),
            *conv_norm(outs, 4 * outs, 1)]
    return body, 4 * outs


def resnet(stem, block, depths):
    layers, ins = list(stem), 64
    for stage, depth in enumerate(depths):
        for i in range(depth):
            stride = 2 if stage and not i else 1
            body, outs = block(ins, 64 << stage, stride)
            shortcut = conv_norm(ins, outs, 1, stride) if stride > 1 or ins != outs else []
            layers += [("residual", body, shortcut), ("relu",)]
            ins = outs
    return [*layers, ("mean",), ("linear", ins, 10)]


MODELS = {
    "cifar10": ([("conv", 3, 32, 5, 1, 2, True), ("pool", 2, 2, 0), ("conv", 32, 32, 5, 1, 2, True), ("pool", 2, 2, 0),
                 ("conv", 32, 64, 5, 1, 2, True), ("pool", 2, 2, 0), ("flatten",), ("linear", 1024, 64),
                 ("linear", 64, 10)], (3, 32, 32)),
    "lenet": ([("conv", 1, 6, 5, 1, 2, True), ("relu",), ("pool", 2, 2, 0), ("conv", 6, 16, 5, 1, 0, True), ("relu",),
               ("pool", 2, 2, 0), ("flatten",), ("linear", 400, 120), ("relu",), ("linear", 120, 84), ("relu",),
               ("linear", 84, 10)], (1, 28, 28)),
    "mlp": ([("flatten",), ("linear", 784, 512), ("relu",), ("linear", 512, 512), ("relu",), ("linear", 512, 10)],
            (1, 28, 28)),
    "resnet18": (resnet([*conv_norm(3, 64, 3), ("relu",)], basic, (2, 2, 2, 2)), (3, 32, 32)),
    "resnet50_224": (resnet([*conv_norm(3, 64, 7, 2), ("relu",), ("pool", 3, 2, 1)], bottleneck, (3, 4, 6, 3)),
                 (3, 224, 224)),
}


def flat(layers):
    """All layers, those of branches too."""
    for layer in layers:
        if layer[0] == "residual":
            yield from flat(layer[1])
            yield from flat(layer[2])
        else:
            yield layer


def parameters(name):
    """How many numbers of a model are learned."""
    count = 0
    for kind, *sizes in flat(MODELS[name][0]):
        if kind == "conv":
            ins, outs, kernel, _, _, bias = sizes
            count += outs * (ins * kernel * kernel + bias)
        elif kind == "linear":
            count += sizes[1] * (sizes[0] + 1)
        elif kind == "norm":
            count += 2 * sizes[0]
    return count

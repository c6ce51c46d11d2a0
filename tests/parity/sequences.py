"""Models over sequences, (C, L), for layers.py, and pools with so many windows: what is likely to be wrong, and some
that are drawn. Each begins with the 3x32x32 of Shapes."""
import random

CHOSEN = [
    "Flatten(2); Conv1d(3,8,5); ReLU(); MaxPool1d(4); Conv1d(8,17,3,padding=1); ReLU(); "
    "MaxPool1d(3,stride=2,padding=1); Flatten(); Linear(2176,10)",
    "Flatten(1,2); Conv1d(96,20,3,stride=2,padding=1); ReLU(); Conv1d(20,33,4,dilation=2,padding=3); ReLU(); "
    "AdaptiveAvgPool1d(5); Flatten(); Linear(165,10)",
    "Flatten(1,2); Conv1d(96,40,1); ReLU(); Conv1d(40,40,5,groups=40,padding=2); Conv1d(40,24,3,groups=8,bias=False); "
    "AdaptiveMaxPool1d(7); Flatten(); Linear(168,10)",
    "Flatten(2); Conv1d(3,6,3,stride=5); Conv1d(6,12,2,stride=3,groups=3); AvgPool1d(4,stride=3,padding=2); "
    "AvgPool1d(3,stride=2,ceil_mode=True,count_include_pad=False,padding=1); Flatten(); Linear(144,10)",
    "Flatten(1,2); Conv1d(96,16,3,padding='same',dilation=3); BatchNorm1d(16); ReLU(); MaxPool1d(2,dilation=3); "
    "Conv1d(16,32,3,padding='valid',bias=False); BatchNorm1d(32,momentum=None); ReLU(); MaxPool1d(2,ceil_mode=True); "
    "Flatten(); Linear(224,24); BatchNorm1d(24); ReLU(); Linear(24,10)",
    "Flatten(2); Unflatten(1,(3,1)); Flatten(1,2); Conv1d(3,10,16,stride=16); Residual { Conv1d(10,10,3,padding=1); "
    "ReLU(); BatchNorm1d(10) }; Residual { ReLU(); Conv1d(10,20,2,stride=2); shortcut: Conv1d(10,20,1,stride=2) }; "
    "Dropout(0.3); GELU(); PReLU(20); Flatten(); Linear(640,10)",
    "Flatten(1,2); GroupNorm(8,96); Conv1d(96,24,3); InstanceNorm1d(24,affine=True); ReLU(); Conv1d(24,12,3); "
    "LayerNorm([12,28]); ReLU(); GroupNorm(3,12,affine=False); Flatten(); Linear(336,10)",
    "Conv2d(3,8,3,padding=1); ReLU(); Flatten(2); Conv1d(8,16,8,stride=4); ReLU(); Unflatten(2,(15,17)); "
    "Conv2d(16,8,3); AdaptiveMaxPool2d((3,7)); Flatten(); Linear(168,10)",
    "Flatten(); Linear(3072,60); Unflatten(1,(6,10)); Conv1d(6,16,3); ReLU(); MaxPool1d(8); Flatten(); Linear(16,10)",
    "Flatten(2); MaxPool1d(64,stride=64); Softmax(1); Conv1d(3,10,16); Flatten()",
    "AdaptiveMaxPool2d((5,9)); Conv2d(3,17,2); AdaptiveMaxPool2d(3); ReLU(); AdaptiveMaxPool2d((None,2)); Flatten(); "
    "Linear(102,10)",
    "Conv2d(3,16,3,padding=1); AdaptiveMaxPool2d(16); ReLU(); Conv2d(16,20,3); AdaptiveMaxPool2d((20,3)); "
    "AdaptiveMaxPool2d(1); Flatten(); Linear(20,10)",
]

MOST_WORK = 3e6  # multiplications of a sample


def extent(size, kernel, stride, padding, dilation=1, ceil_mode=False):
    """torch's, or 0 where the window does not fit."""
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    if span < 0:
        return 0
    out = (span + (stride - 1 if ceil_mode else 0)) // stride + 1
    return out - (ceil_mode and (out - 1) * stride >= size + padding)


def arguments(**given):
    """What is said of the arguments: those that are not their defaults, (value, default) each."""
    return "".join(", %s=%s" % (name, value) for name, (value, default) in given.items() if value != default)


def conv(r, channels, length):
    kernel, stride, dilation = r.choice((1, 2, 3, 3, 4, 5, 7)), r.choice((1, 1, 1, 2, 3, 5)), r.choice((1, 1, 1, 2, 3))
    padding = r.choice((0, 0, 1, 2, 3))
    groups = r.choice([g for g in range(1, channels + 1) if channels % g == 0] if r.random() < 0.4 else [1])
    outs = groups * r.choice([n for n in (1, 2, 3, 5, 8, 10, 16, 17, 20, 32, 33) if n * groups <= 64] or [1])
    out = extent(length, kernel, stride, padding, dilation)
    text = "Conv1d(%d, %d, %d%s)" % (channels, outs, kernel, arguments(
        stride=(stride, 1), padding=(padding, 0), dilation=(dilation, 1), groups=(groups, 1),
        bias=(r.random() < 0.75, True)))
    return text, outs, out, outs * out * channels // groups * kernel


def pool(r, channels, length):
    kernel = r.choice((1, 2, 2, 3, 4, 5))
    stride, padding = r.choice((kernel, kernel, 1, 2, 3, 6)), r.choice((0, 0, kernel // 2))
    ceil_mode, dilation = r.random() < 0.3, r.choice((1, 1, 2))
    given = {"stride": (stride, kernel), "padding": (padding, 0), "ceil_mode": (ceil_mode, False)}
    if r.random() < 0.5:
        text = "AvgPool1d(%d%s)" % (kernel, arguments(count_include_pad=(r.random() < 0.5, True), **given))
        return text, channels, extent(length, kernel, stride, padding, 1, ceil_mode), 0
    if dilation > length:  # a window might see nothing but padding
        dilation = 1
    text = "MaxPool1d(%d%s)" % (kernel, arguments(dilation=(dilation, 1), **given))
    return text, channels, extent(length, kernel, stride, padding, dilation, ceil_mode), 0


def adaptive(r, channels, length):
    out = r.choice((1, 2, 3, 5, 8, 13))
    return "Adaptive%sPool1d(%d)" % (r.choice(("Avg", "Max")), out), channels, out, 0


def norm(r, channels, length):
    groups = r.choice([g for g in range(1, channels + 1) if channels % g == 0])
    affine = r.choice(("", ", affine=False"))
    texts = ["BatchNorm1d(%d%s)" % (channels, r.choice((affine, ", momentum=None", ", track_running_stats=False")))]
    if channels // groups * length >= 32:
        texts.append("GroupNorm(%d, %d%s)" % (groups, channels, affine))
    if length >= 32:
        texts.append("InstanceNorm1d(%d%s)" % (channels, r.choice(("", ", affine=True"))))
    if channels * length >= 32:
        texts.append("LayerNorm((%d, %d)%s)" % (channels, length, r.choice(("", ", bias=False"))))
    enough = length >= 64  # that the variance is not all rounding, with a batch of one too
    return r.choice(texts if enough else texts[1:] or ["Identity()"]), channels, length, 0


def simple(r, channels, length):
    del channels, length
    return r.choice(("ReLU()", "ReLU()", "GELU()", "Dropout(0.25)", "Tanh()", "PReLU()")), None, None, 0


def drawn(number):
    """A model of its own for each number."""
    r = random.Random("sequence %d" % number)
    layers, channels, length, work = r.choice((["Flatten(1, 2)", 96, 32, 0], ["Flatten(2)", 3, 1024, 0]))
    layers, biased = [layers], False
    for _ in range(r.choice((2, 3, 4, 5, 6))):
        make = r.choice((conv, conv, conv, pool, pool, adaptive, simple, simple, norm))
        text, outs, out, more = make(r, channels, length)
        if out == 0 or work + more > MOST_WORK or (make is norm and (biased or len(layers) == 1)):
            continue  # before a norm, the gradient of a bias is all rounding; behind one, so are a picture's even rows
        biased = (biased and make in (pool, adaptive)) or (make is conv and "bias" not in text)
        layers.append(text)
        channels, length, work = outs or channels, out or length, work + more
    if channels * length > 4000:
        layers.append("AdaptiveAvgPool1d(9)")
        length = 9
    return "; ".join(layers + ["Flatten()", "Linear(%d, 10)" % (channels * length)])


SEQUENCES = CHOSEN + [drawn(number) for number in range(60)]

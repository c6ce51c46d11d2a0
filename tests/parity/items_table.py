"""The tables of items.py: layers, losses, optimizers.

A group of layers has the shapes they get and their arguments; all arguments of a group meet all its shapes.

{c}, {h} and {w} stand for a shape's extents. Shapes are odd and even, of channels below, at and above a vector's 16,
and of one pixel where a layer allows it."""
import math

IMAGES = [(3, 9, 7), (16, 6, 6), (5, 4, 11), (20, 5, 3)]
EVEN = [(4, 9, 7), (16, 6, 6), (8, 5, 12)]
SMALL = [(3, 9, 7), (17, 4, 5)]
SEQUENCES = [(3, 13), (16, 8), (5, 21), (20, 7)]
EVEN_SEQUENCES = [(4, 13), (16, 8), (8, 22)]
FEATURES = [(5,), (16,), (33,)]
EVERY = [(7,), (3, 5, 4), (4, 9)]

# name, shapes, arguments
GROUPS = [
    ("Conv2d", IMAGES, [
        "{c}, 5, 3", "{c}, 17, 3, padding=1", "{c}, 8, 1", "{c}, 6, 3, stride=2, padding=1", "{c}, 4, (3, 2)",
        "{c}, 5, 2, stride=3", "{c}, 7, 3, padding=2, dilation=2", "{c}, 5, (1, 3), stride=(2, 1), padding=(0, 1)",
        "{c}, 3, 5, padding=2, bias=False", "{c}, 6, 3, padding='same'", "{c}, 6, (3, 1), padding='valid'",
        "{c}, 3, 3, padding='same', dilation=(2, 1)"]),
    ("Conv2d", EVEN, [
        "{c}, {c}, 3, padding=1, groups={c}", "{c}, 8, 3, groups=4", "{c}, 12, 2, stride=2, groups=2, bias=False",
        "{c}, 2*{c}, 3, groups={c}, dilation=2, padding=2",
        "{c}, {c}, (3, 5), padding=(1, 2), groups=4, stride=(1, 2)"]),
    ("Conv2d", [(3, 9, 7), (16, 6, 6), (5, 4, 11)], [
        "{c}, 5, 3, padding=1, padding_mode='reflect'", "{c}, 5, 3, padding=2, padding_mode='replicate'",
        "{c}, 5, 3, padding=(1, 2), stride=2, padding_mode='circular'",
        "{c}, 5, (2, 3), padding='same', padding_mode='reflect'", "{c}, 6, (4, 2), padding='same'"]),
    ("Conv1d", SEQUENCES, [
        "{c}, 5, 3", "{c}, 17, 3, padding=1", "{c}, 8, 1", "{c}, 6, 4, stride=2, padding=1", "{c}, 5, 2, stride=4",
        "{c}, 7, 3, padding=2, dilation=2", "{c}, 3, 5, padding=2, bias=False", "{c}, 6, 3, padding='same'",
        "{c}, 6, (3,), padding='valid', stride=(2,)", "{c}, 6, 4, padding='same'", "{c}, 6, 3, padding=2, "
        "padding_mode='circular'", "{c}, 4, 4, padding='same', padding_mode='reflect'",
        "{c}, 5, 3, padding=2, stride=3, padding_mode='replicate'"]),
    ("Conv1d", EVEN_SEQUENCES, [
        "{c}, {c}, 3, padding=1, groups={c}", "{c}, 8, 3, groups=4, stride=2",
        "{c}, 2*{c}, 2, groups={c}, dilation=2, padding=1, bias=False"]),
    ("ConvTranspose2d", IMAGES, [
        "{c}, 5, 3", "{c}, 6, 2, stride=2", "{c}, 4, 3, stride=2, padding=1, output_padding=1", "{c}, 17, 1",
        "{c}, 3, (2, 3), stride=(1, 2), padding=(0, 1), bias=False", "{c}, 5, 3, dilation=2, padding=1",
        "{c}, 3, 2, stride=3", "{c}, 4, 3, padding=2", "{c}, 5, 1, stride=2, bias=False",
        "{c}, 3, (3, 2), stride=(2, 3), dilation=(3, 4), padding=(2, 1), output_padding=(2, 3)"]),
    ("ConvTranspose1d", SEQUENCES, [
        "{c}, 5, 3", "{c}, 6, 2, stride=3", "{c}, 4, (3,), stride=2, padding=1, output_padding=1, bias=False",
        "{c}, 17, 2, stride=2, dilation=4, output_padding=3", "{c}, 4, 5, padding=3"]),
    ("ConvTranspose1d", EVEN_SEQUENCES, [
        "{c}, {c}, 3, groups={c}, stride=2", "{c}, 8, 4, stride=2, padding=1, groups=4"]),
    ("ConvTranspose2d", EVEN, [
        "{c}, {c}, 3, groups={c}, padding=1", "{c}, 8, 4, stride=2, padding=1, groups=4",
        "{c}, {c}, 2, stride=3, groups={c}, output_padding=(1, 2)", "{c}, 2*{c}, (1, 3), groups={c}, bias=False",
        "{c}, {c}, 5, padding=2, groups=2"]),
    ("MaxPool2d", IMAGES, [
        "2", "3, stride=1, padding=1", "2, stride=3", "(3, 2)", "2, ceil_mode=True", "3, stride=2, padding=1",
        "2, dilation=2, stride=1", "(1, 3), stride=(2, 1), padding=(0, 1), ceil_mode=True"]),
    ("AvgPool2d", IMAGES, [
        "2", "3, stride=1, padding=1", "2, stride=3", "(3, 2)", "2, ceil_mode=True",
        "3, stride=2, padding=1, count_include_pad=False", "(1, 3), stride=(2, 1), padding=(0, 1), ceil_mode=True",
        "2, divisor_override=3"]),
    ("MaxPool1d", SEQUENCES, [
        "2", "3, stride=1, padding=1", "2, stride=3", "3, stride=2, ceil_mode=True", "2, dilation=3, stride=1"]),
    ("AvgPool1d", SEQUENCES, [
        "2", "3, stride=1, padding=1", "2, stride=3", "3, stride=2, ceil_mode=True",
        "3, stride=2, padding=1, count_include_pad=False"]),
    ("AdaptiveAvgPool2d", IMAGES, ["1", "2", "(3, 2)", "(None, 1)", "(5, 4)"]),
    ("AdaptiveAvgPool1d", SEQUENCES, ["1", "3", "5", "(9,)"]),
    ("AdaptiveMaxPool2d", IMAGES, ["1", "2", "(3, 2)", "(None, 1)", "(5, 4)"]),
    ("AdaptiveMaxPool1d", SEQUENCES, ["1", "3", "5", "(9,)"]),
    ("Linear", FEATURES, ["{c}, 7", "{c}, 64, bias=False", "{c}, 1"]),
    ("Linear", [*SEQUENCES, (3, 1), (1, 40)], ["{w}, 7", "{w}, 16, bias=False", "{w}, 1"]),
    ("Linear", [(3, 9, 7), (16, 6, 1), (1, 4, 20)], ["{w}, 5", "{w}, 17, bias=False"]),
    ("Permute", [*SEQUENCES, (3, 1)], ["[0, 2, 1]", "dims=(0, -1, -2)"]),
    ("Flatten", EVERY, ["", "1, -1"]),
    ("Unflatten", [(12,), (36,)], ["1, (3, 2, -1)", "1, ({c}, 1, 1)"]),
    ("Identity", EVERY, [""]),
    ("ZeroPad2d", SMALL, ["2", "(1, 0, 2, 3)", "(-1, 2, 0, -2)"]),
    ("ConstantPad2d", SMALL, ["2, -0.5", "(1, 0, 2, 3), 1", "(-1, 2, 0, -2), 0.25"]),
    ("ReflectionPad2d", SMALL, ["2", "(1, 0, 2, 3)", "(-1, 4, 0, -2)"]),
    ("ReplicationPad2d", SMALL, ["2", "(1, 0, 9, 3)", "(-1, 2, 0, -2)"]),
    ("CircularPad2d", SMALL, ["2", "(1, 0, 2, 4)", "(-1, 2, 0, -2)"]),
    ("ConstantPad1d", SEQUENCES[:2], ["2, -0.5", "(-1, 3), 1"]),
    ("ZeroPad1d", SEQUENCES[2:], ["(2, 0)", "-2"]),
    ("ReflectionPad1d", SEQUENCES, ["3", "(6, -1)"]),
    ("ReplicationPad1d", SEQUENCES[1:3], ["2", "(-2, 30)"]),
    ("CircularPad1d", SEQUENCES[:3], ["(8, 1)", "(-2, 6)"]),
    ("Upsample", IMAGES, [
        "scale_factor=2", "scale_factor=(1.5, 2)", "size=(5, 8)", "scale_factor=2, mode='bilinear'",
        "size=(7, 13), mode='bilinear'", "scale_factor=3, mode='bilinear', align_corners=True",
        "size=(3, 2), mode='bilinear'", "scale_factor=(0.5, 1.7), mode='bilinear'", "size=(2, 2), mode='nearest'",
        "size=1, mode='bilinear', align_corners=True", "size=(9, 5), mode='nearest-exact'",
        "scale_factor=1.3, mode='bilinear', recompute_scale_factor=True"]),
    ("Upsample", SEQUENCES[:1] + SEQUENCES[3:], [
        "5, mode='linear'", "scale_factor=2.3", "scale_factor=1.7, mode='linear'",
        "29, mode='linear', align_corners=True"]),
    ("BatchNorm2d", IMAGES, ["{c}", "{c}, affine=False", "{c}, momentum=None", "{c}, eps=1e-3, momentum=0.3",
                             "{c}, track_running_stats=False", "{c}, bias=False",
                             "{c}, affine=False, bias=False"]),
    ("BatchNorm1d", FEATURES, ["{c}", "{c}, affine=False", "{c}, momentum=None", "{c}, bias=False"]),
    ("BatchNorm1d", SEQUENCES, ["{c}", "{c}, affine=False, track_running_stats=False"]),
    ("LayerNorm", SEQUENCES, ["[{c}, {w}]", "{w}, elementwise_affine=False", "{w}", "({w},), bias=False"]),
    ("LayerNorm", SMALL, ["[{h}, {w}]", "{w}", "[{h}, {w}], bias=False", "{w}, elementwise_affine=False",
                          "[{h}, {w}], elementwise_affine=False"]),
    ("LayerNorm", IMAGES, ["[{c}, {h}, {w}]", "[{c}, {h}, {w}], elementwise_affine=False"]),
    ("LayerNorm", [(16,), (33,)], ["{c}", "{c}, eps=1e-3, bias=False"]),
    ("GroupNorm", EVEN_SEQUENCES, ["1, {c}", "4, {c}", "2, {c}, affine=False"]),
    ("GroupNorm", EVEN, ["1, {c}", "4, {c}", "2, {c}, affine=False", "2, {c}, eps=1e-3", "4, {c}, bias=False"]),
    ("InstanceNorm2d", IMAGES, ["{c}", "{c}, affine=True", "{c}, eps=1e-2", "{c}, track_running_stats=True",
                                "{c}, momentum=0.3, affine=True, track_running_stats=True",
                                "{c}, momentum=None, track_running_stats=True",
                                "{c}, affine=True, track_running_stats=True, bias=False"]),
    ("InstanceNorm1d", SEQUENCES, ["{c}", "{c}, affine=True", "{c}, affine=True, track_running_stats=True",
                                   "{c}, affine=True, bias=False"]),
    ("Dropout", EVERY, ["", "0.2", "0"]),
    ("Dropout1d", SEQUENCES, ["", "0.2", "0"]),
    ("Dropout2d", [(3, 5, 4), (17, 4, 3)], ["", "0.2", "0", "p=0.7, inplace=True"]),
    ("StochasticDepth", EVERY, ["0.5, 'row'", "0.3, 'batch'", "p=0.2, mode='row'", "0, 'row'", "1, 'row'",
                                "1, 'batch'"]),
    ("PReLU", SMALL, ["", "{c}", "init=-0.3"]),
    ("PReLU", [(7,), (17, 9)], ["", "{c}"]),
    ("Softmax", [(7,), (33,), (3, 5, 4), (17, 6)], ["dim=1", "dim=-1"]),
    ("LogSoftmax", [(7,), (33,), (3, 5, 4), (17, 6)], ["dim=1", "dim=-1"]),
]

# Where branches meet: name, shapes, what stands in the braces, as structure.py reads it.
BRANCHES = [
    ("Concat", [(3, 9, 7), (16, 6, 6), (20, 5, 3)], [
        "Conv2d({c}, 5, 1); Conv2d({c}, 16, 3, padding=1)", "Identity(); Conv2d({c}, 7, 3, padding=1)",
        "Conv2d({c}, 16, 1); Identity(); MaxPool2d(3, 1, 1); Conv2d({c}, 32, 3, padding=1)",
        "{ Conv2d({c}, 16, 1); BatchNorm2d(16); ReLU() }; Tanh(); Conv2d({c}, 1, 1); Conv2d({c}, 2, 1); Identity(); "
        "AvgPool2d(3, 1, 1); Concat { ReLU(); Identity() }; Conv2d({c}, 3, 1); Residual { Conv2d({c}, {c}, 1) }"]),
    ("Concat", [(5,), (16,), (33,)], ["Linear({c}, 7); Linear({c}, 16)", "Identity(); Tanh(); Linear({c}, 3)"]),
    ("Concat", [(3, 13), (16, 8)], ["Conv1d({c}, 5, 3, padding=1); Identity()",
                                    "Conv1d({c}, 16, 1); Sigmoid(); Conv1d({c}, 16, 3, padding=1)"]),
    ("Multiply", [(3, 9, 7), (16, 6, 6), (20, 5, 3)], [
        "AdaptiveAvgPool2d(1); Conv2d({c}, 4, 1); ReLU(); Conv2d(4, {c}, 1); Sigmoid()", "Conv2d({c}, {c}, 1)",
        "AdaptiveAvgPool2d(1); Flatten(); Linear({c}, {c}); Hardsigmoid(); Unflatten(1, ({c}, 1, 1))", "Identity()",
        "Residual { StochasticDepth(0.4, 'row') }"]),
    ("Multiply", [(5,), (33,)], ["Linear({c}, {c}); Sigmoid()"]),
    ("Multiply", [(3, 13), (16, 8)], ["AdaptiveAvgPool1d(1); Sigmoid()", "Conv1d({c}, {c}, 3, padding=1); Tanh()"]),
]

ACTIVATIONS = [
    ("ReLU", ["", "inplace=True"]), ("ReLU6", [""]), ("LeakyReLU", ["", "0.2", "-0.3"]),
    ("ELU", ["", "0.5"]), ("SELU", [""]), ("CELU", ["0.5"]), ("GELU", ["", "approximate='tanh'"]), ("SiLU", [""]),
    ("Mish", [""]), ("Hardswish", [""]), ("Hardsigmoid", [""]), ("Hardtanh", ["", "-0.5, 0.7"]), ("Sigmoid", [""]),
    ("Tanh", [""]), ("Softplus", ["", "2, threshold=1"]), ("LogSigmoid", [""]), ("Softsign", [""]),
    ("Tanhshrink", [""]), ("Softshrink", ["0.1"]), ("Hardshrink", ["0.1"]), ("Threshold", ["0.1, 0", "-0.1, 0.2"]),
]

# What is computed in the kernel that makes its input: behind layers of every kind, shapes, what stands behind it.
FUSED = [("ReLU", ""), ("ReLU6", ""), ("LeakyReLU", "0.2"), ("Hardtanh", "-0.5, 0.7"), ("Hardtanh", "0.1, 0.6"),
         ("Hardswish", ""), ("Hardsigmoid", "")]
AROUND = [
    (["Conv2d(3, 16, 3, padding=1)"], (3, 9, 8), ["MaxPool2d(2)", "Conv2d(16, 5, 2)"]),
    (["Conv2d(3, 20, 3)", "MaxPool2d(2)"], (3, 9, 7), ["Conv2d(20, 5, 2)"]),
    (["Conv2d(3, 16, 1)", "Conv2d(16, 32, 3, padding=1)"], (3, 12, 12), ["MaxPool2d(2)"]),
    (["Conv2d(16, 16, 3, padding=1, groups=16)"], (16, 5, 9), ["Conv2d(16, 7, 3)"]),
    (["Conv2d(5, 16, 3, stride=2)", "BatchNorm2d(16)"], (5, 8, 9), ["Conv2d(16, 5, 3)", "BatchNorm2d(5)"]),
    (["Conv2d(4, 12, 1)", "GroupNorm(3, 12)"], (4, 4, 11), ["Conv2d(12, 5, 2)"]),
    (["ConvTranspose2d(4, 7, 3, stride=2)"], (4, 3, 4), ["AvgPool2d(2)"]),
    (["AvgPool2d(2)"], (3, 8, 6), ["Conv2d(3, 5, 2)"]),
    (["Linear(11, 32)", "BatchNorm1d(32)"], (11,), ["Linear(32, 9)"]),
    (["Conv1d(5, 16, 3, padding=1)"], (5, 12), ["MaxPool1d(2)"]),
]

# num_embeddings, what the samples are, arguments behind it
TOKENS = [
    (10, (6,), "4"), (50, (9,), "16"), (7, (1,), "33"), (10, (6,), "5, padding_idx=3"), (300, (40,), "8"),
    (5, (12,), "20, padding_idx=-1"),
]

# name, what the model ends with, what the targets are (see targets_of), arguments
LOSSES = [
    ("L1Loss", [], "numbers", ["", "reduction='sum'"]),
    ("MSELoss", [], "numbers", ["", "reduction='sum'"]),
    ("SmoothL1Loss", [], "numbers", ["", "beta=0.3", "reduction='sum', beta=2.5"]),
    ("HuberLoss", [], "numbers", ["", "delta=0.3", "reduction='sum', delta=2.5"]),
    ("CrossEntropyLoss", [], "classes", [
        "", "reduction='sum'", "label_smoothing=0.2", "ignore_index=2", "weight=[0.5, 1, 2, 0.25, 3]",
        "weight=[0.5, 1, 2, 0.25, 3], ignore_index=1, label_smoothing=0.1"]),
    ("CrossEntropyLoss", [], "probabilities", [
        "", "reduction='sum'", "label_smoothing=0.2", "weight=[0.5, 1, 2, 0.25, 3]",
        "weight=[0.5, 1, 2, 0.25, 3], label_smoothing=0.1", "ignore_index=-1, reduction='sum', label_smoothing=1"]),
    ("NLLLoss", ["LogSoftmax(dim=1)"], "classes", [
        "", "reduction='sum'", "ignore_index=2", "weight=[0.5, 1, 2, 0.25, 3], ignore_index=0"]),
    ("BCELoss", ["Sigmoid()"], "shares", ["", "reduction='sum'", "weight=[0.5, 1, 2, 0.25, 3]", "weight=0.3",
                                          "weight=[2.5], reduction='sum'", "weight=[[0.5]]"]),
    ("BCEWithLogitsLoss", [], "shares", ["", "reduction='sum'", "pos_weight=[0.5, 1, 2, 0.25, 3]",
                                         "weight=[2, 1, 0.5, 1, 2], pos_weight=[1, 1, 2, 3, 0.5]",
                                         "weight=0.3, pos_weight=[4]", "weight=[[2, 1, 0.5, 1, 2]], pos_weight=2.5"]),
    ("KLDivLoss", ["LogSoftmax(dim=1)"], "shares", ["", "reduction='batchmean'", "reduction='sum'"]),
    ("KLDivLoss", ["LogSoftmax(dim=1)"], "logs", ["reduction='batchmean', log_target=True"]),
]

# The same over outputs of more dimensions, 3x2x2; classes are those of the 2x2 places: what the model ends with,
# targets, loss.
SHAPED_LOSSES = [
    ([], "numbers", "MSELoss()"), ([], "numbers", "L1Loss(reduction='sum')"), ([], "numbers", "HuberLoss(delta=0.3)"),
    ([], "numbers", "SmoothL1Loss(beta=0.3)"), (["Sigmoid()"], "shares", "BCELoss(weight=[0.5, 2])"),
    ([], "shares", "BCEWithLogitsLoss(pos_weight=[[[0.5]], [[2]], [[3]]], weight=[[1, 2], [3, 0.5]])"),
    ([], "shares", "BCEWithLogitsLoss(pos_weight=[[[[2], [3]]]], weight=[0.25])"),
    (["LogSoftmax(dim=1)"], "shares", "KLDivLoss(reduction='batchmean')"),
    (["LogSoftmax(dim=1)"], "shares", "KLDivLoss()"),
    ([], "classes", "CrossEntropyLoss()"), ([], "classes", "CrossEntropyLoss(reduction='sum', label_smoothing=0.2)"),
    ([], "classes", "CrossEntropyLoss(weight=[0.5, 2, 1], ignore_index=1)"),
    ([], "classes", "CrossEntropyLoss(weight=[0.5, 2, 1], label_smoothing=0.1, ignore_index=0)"),
    ([], "shares", "CrossEntropyLoss()"), ([], "shares", "CrossEntropyLoss(weight=[0.5, 2, 1], label_smoothing=0.1)"),
    ([], "shares", "CrossEntropyLoss(reduction='sum')"),
    (["LogSoftmax(dim=1)"], "classes", "NLLLoss()"),
    (["LogSoftmax(dim=1)"], "classes", "NLLLoss(weight=[0.5, 2, 1], ignore_index=2)"),
    (["LogSoftmax(dim=1)"], "classes", "NLLLoss(reduction='sum')"),
]

# eps is larger where rounding of gradients next to 0 would decide.
OPTIMIZERS = [
    "SGD(lr=0.05)", "SGD(lr=0.05, momentum=0.9, weight_decay=0.01)", "SGD(lr=0.05, momentum=0.9, nesterov=True)",
    "SGD(lr=0.05, momentum=0.9, dampening=0.3)", "SGD(lr=0.005, maximize=True)",
    "Adam(lr=0.01)", "Adam(lr=0.01, betas=(0.8, 0.95), weight_decay=0.1)", "Adam(lr=0.01, amsgrad=True)",
    "AdamW(lr=0.01)", "AdamW(lr=0.01, weight_decay=0.3, amsgrad=True)",
    "NAdam(lr=0.01)", "NAdam(lr=0.01, weight_decay=0.1, decoupled_weight_decay=True)", "RAdam(lr=0.01)",
    "RAdam(lr=0.01, weight_decay=0.1)", "RMSprop(lr=0.01, eps=1e-3)", "RMSprop(lr=0.01, momentum=0.5, eps=1e-3)",
    "RMSprop(lr=0.01, centered=True, weight_decay=0.1, eps=1e-2)", "Adagrad(lr=0.05)",
    "Adagrad(lr=0.05, lr_decay=0.1, initial_accumulator_value=0.1)", "Adadelta()",
    "Adadelta(lr=0.5, rho=0.8, eps=1e-3)", "Adamax(lr=0.01)", "Adamax(lr=0.01, betas=(0.8, 0.95), weight_decay=0.1)",
]


def learner(shape):
    """A layer that gives the shape it gets, and whose gradients come from those of all inputs of the next one."""
    if len(shape) == 1:
        return "Linear(%d, %d)" % (shape[0], shape[0])
    return "Conv%dd(%d, %d, 1)" % (len(shape) - 1, shape[0], shape[0])


def row_key(name, arguments, shape):
    return "%s(%s) over %s" % (name, arguments, "x".join(map(str, shape)))


def layer_rows():
    """(key, shape, layers, how many tokens there are or None) of every configuration; a layer is as structure.py reads
    it."""
    item = "item: %s(%s)"
    activations = [(name, EVERY, arguments) for name, arguments in ACTIVATIONS]
    for name, shapes, arguments in GROUPS + activations:
        for shape in shapes:
            h, w = shape[1] if len(shape) > 2 else None, shape[-1]
            for text in arguments:
                text = text.format(c=shape[0], h=h, w=w).replace("2*%d" % shape[0], str(2 * shape[0]))
                yield row_key(name, text, shape), shape, [learner(shape), item % (name, text)], None
    for name, shapes, bodies in BRANCHES:
        for shape in shapes:
            for text in bodies:
                text = "%s { %s }" % (name, text.replace("{c}", str(shape[0])))
                yield "%s over %s" % (text, "x".join(map(str, shape))), shape, [learner(shape), "item: " + text], None
    for before, shape, behind in AROUND:
        for name, text in FUSED:
            key = row_key(name, text, shape) + ", behind %s, before %s" % (", ".join(before), ", ".join(behind))
            yield key, shape, [*before, item % (name, text), *behind], None
    for count, shape, text in TOKENS:
        some = [("Embedding", "%d, %s" % (count, text))]
        some += [("EmbeddingBag", "%d, %s%s" % (count, text, mode)) for mode in ("", ", mode=\"sum\"")]
        for name, arguments in some:
            yield row_key(name, arguments, shape), shape, [item % (name, arguments)], count


def targets_of(kind, r, count, width):
    """The shape and the values of a batch of targets, as .npy files hold them, and their type."""
    if kind == "classes":
        return (count,), [r.randrange(width) for _ in range(count)], "i"
    values = [r.gauss(0, 1) for _ in range(count * width)]
    if kind != "numbers":
        values = [1 / (1 + math.exp(-2 * value)) for value in values]
    if kind == "probabilities":
        sums = [sum(values[i:i + width]) for i in range(0, count * width, width)]
        values = [value / sums[i // width] for i, value in enumerate(values)]
    return (count, width), [math.log(value) for value in values] if kind == "logs" else values, "f"

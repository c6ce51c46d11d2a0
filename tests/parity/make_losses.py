"""Makes tests/unit/loss_fixture.h: what PyTorch's losses and their gradients are, a row a configuration.

    python make_losses.py > ../unit/loss_fixture.h

The outputs and targets are drawn from seeds that the test draws them from too: [ROWS][COLUMNS] numbers between -8 and
8, which some losses get as they are, some mapped to 0..1; a few targets are made equal to their output, 0 or 1.
"""
import torch
from torch import nn

ROWS, COLUMNS = 6, 5
LABELS = [3, 0, 4, 2, 2, 1]


def drawn(seed):
    values = torch.empty(ROWS * COLUMNS).uniform_(-8, 8, generator=torch.Generator().manual_seed(seed))
    return values.view(ROWS, COLUMNS)


def share(values):
    return (values + 8) / 16


def targets_of(x, t):
    t = t.clone()
    t[0, 0], t[1, 1], t[2, 2] = x[0, 0], 0, 1
    return t


WEIGHT = [0.5, 1, 2, 0.25, 3]
UNEVEN = torch.tensor(WEIGHT)
# the module, its arguments, whether outputs are shares, what the targets are
CONFIGURATIONS = [
    ("CrossEntropyLoss", dict(), 0, "labels"), ("CrossEntropyLoss", dict(reduction="sum"), 0, "labels"),
    ("CrossEntropyLoss", dict(label_smoothing=0.1), 0, "labels"),
    ("CrossEntropyLoss", dict(weight=UNEVEN), 0, "labels"),
    ("CrossEntropyLoss", dict(weight=UNEVEN, ignore_index=2), 0, "labels"),
    ("CrossEntropyLoss", dict(weight=UNEVEN, ignore_index=2, label_smoothing=0.3), 0, "labels"),
    ("CrossEntropyLoss", dict(ignore_index=4, label_smoothing=0.3, reduction="sum"), 0, "labels"),
    ("CrossEntropyLoss", dict(), 0, "shares"),
    ("CrossEntropyLoss", dict(label_smoothing=0.3, weight=UNEVEN), 0, "shares"),
    ("CrossEntropyLoss", dict(label_smoothing=0.1, reduction="sum"), 0, "shares"),
    ("NLLLoss", dict(), 0, "labels"), ("NLLLoss", dict(weight=UNEVEN, ignore_index=3), 0, "labels"),
    ("NLLLoss", dict(ignore_index=2, reduction="sum"), 0, "labels"),
    ("L1Loss", dict(), 0, "plain"), ("L1Loss", dict(reduction="sum"), 0, "plain"),
    ("MSELoss", dict(), 0, "plain"), ("MSELoss", dict(reduction="sum"), 0, "plain"),
    ("SmoothL1Loss", dict(), 0, "plain"), ("SmoothL1Loss", dict(beta=4.0), 0, "plain"),
    ("SmoothL1Loss", dict(beta=0.0, reduction="sum"), 0, "plain"),
    ("HuberLoss", dict(), 0, "plain"), ("HuberLoss", dict(delta=5.0, reduction="sum"), 0, "plain"),
    ("BCELoss", dict(), 1, "shares"), ("BCELoss", dict(weight=UNEVEN, reduction="sum"), 1, "shares"),
    ("BCEWithLogitsLoss", dict(), 0, "shares"), ("BCEWithLogitsLoss", dict(pos_weight=UNEVEN), 0, "shares"),
    ("BCEWithLogitsLoss", dict(weight=UNEVEN, pos_weight=UNEVEN.flip(0), reduction="sum"), 0, "shares"),
    ("KLDivLoss", dict(), 0, "shares"), ("KLDivLoss", dict(reduction="batchmean"), 0, "shares"),
    ("KLDivLoss", dict(log_target=True, reduction="sum"), 0, "plain"),
]
FUNCTIONS = {
    "CrossEntropyLoss": "cross_entropy", "NLLLoss": "nll", "L1Loss": "l1", "MSELoss": "mse", "KLDivLoss": "kl_div",
    "SmoothL1Loss": "smooth_l1", "HuberLoss": "huber", "BCELoss": "bce", "BCEWithLogitsLoss": "bce_with_logits",
}


def floats(tensor):
    return "(const float[]){" + ", ".join(f"{v:.9g}" for v in tensor.tolist()) + "}"


def settings(name, given, labels):
    reductions = {"mean": "NC_MEAN", "sum": "NC_SUM", "batchmean": "NC_BATCH_MEAN"}
    fields = [f".reduction = {reductions[given.get('reduction', 'mean')]}"]
    if labels:
        fields.append(f".ignore_index = {given.get('ignore_index', -100)}")
    if name in ("SmoothL1Loss", "HuberLoss"):
        fields.append(f".threshold = {given.get('beta', given.get('delta', 1.0))}")
    for key in ("label_smoothing", "log_target"):
        if key in given:
            fields.append(f".{key} = {given[key] + 0}")
    for key in ("weight", "pos_weight"):
        if key in given:
            fields.append(f".{key} = {floats(given[key])}")
    line = ", ".join(fields)
    return line if len(line) < 100 else ",\n      ".join(fields)


print(f"/* Made by tests/parity/make_losses.py with PyTorch {torch.__version__.split('+')[0]}. */")
print("#ifndef NETC_TESTS_LOSS_FIXTURE_H\n#define NETC_TESTS_LOSS_FIXTURE_H\n")
print(f"enum {{ ROWS = {ROWS}, COLUMNS = {COLUMNS} }};\n")
print(f"static const int labels[ROWS] = {{{', '.join(map(str, LABELS))}}};\n")
print("enum { LABELS, PLAIN, SHARES };\n")
print("static const struct expectation {\n"
      "    const char *name;\n"
      "    void (*function)(struct nc_microbatch *, const struct nc_loss *, const float *, int, int, float *);\n"
      "    struct nc_loss settings;\n    int shares;  /* outputs are mapped to 0..1 */\n"
      "    int targets; /* LABELS, ... */\n"
      "    double loss;\n    unsigned gradient[ROWS * COLUMNS]; /* bits of floats */\n} expectations[] = {")
for name, given, shares, kind in CONFIGURATIONS:
    x = drawn(2)
    x = share(x) if shares else x
    if kind == "labels":
        target = torch.tensor(LABELS)
    else:
        target = targets_of(x, share(drawn(3)) if kind == "shares" else drawn(3))
        target = target.clamp(0, 1) if kind == "shares" else target
    x.requires_grad_()
    value = getattr(nn, name)(**given)(x, target)
    value.backward()
    words = [f"0x{w & 0xffffffff:08x}" for w in x.grad.flatten().view(torch.int32).tolist()]
    print(f'    {{"{name}", nc_{FUNCTIONS[name]},\n     {{{settings(name, given, kind == "labels")}}},\n'
          f"     {shares}, {kind.upper()}, {value.item()!r},\n     {{", end="")
    print(",\n      ".join(", ".join(words[i:i + 9]) for i in range(0, len(words), 9)) + "}},")
print("};\n\n#endif")

#!/usr/bin/env python3
"""Optimizers, schedulers, clipping, accumulation and initialisers in whole runs, by netc and by PyTorch from the same
seed on the same Shapes: losses and weights compared. Each run is stopped and resumed as well, and must give the bits of
the run that was not.

    training.py [--write] [PREFIX...]

Live: NETC_ORACLE is a Python that has torch and numpy; without it the test is skipped. --write keeps the rows as
tests/cases/training/*.net, with PyTorch's losses, for machines without it."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from layers import write_shapes  # noqa: E402
from structure import model_text  # noqa: E402
from support import ROOT, done, folder, losses, netc, run, tensors  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
CASES = os.path.join(ROOT, "tests", "cases", "training")
SMALL = ["MaxPool2d(4)", "Flatten()", "Linear(192, 24)", "ReLU()", "Linear(24, 10)"]
NORMED = ["Conv2d(3, 5, 5, stride=4, bias=False)", "BatchNorm2d(5)", "ReLU()", "Flatten()", "Linear(245, 10)"]
WIDE = ["MaxPool2d(2)", "Flatten()", "Linear(768, 1500)", "ReLU()", "Linear(1500, 10)"]  # learns part by part
# Of 400 samples, blocks are taken for the gradient of the layer in the middle.
BLOCKS = ["MaxPool2d(8)", "Flatten()", "Linear(48, 512)", "ReLU()", "Linear(512, 1530)", "ReLU()", "Linear(1530, 10)"]
BATCH, EPOCHS = 400, 5  # five steps an epoch
KEPT = 10  # steps of a case

# Adam's eps is larger where there are many gradients next to 0: divided by their own size, rounding would decide.
#
# name, layers, lines of the train block, and the same in Python: `groups(...)` makes param groups, the rest first.
ROWS = [
    ("sgd", SMALL, ["optimizer SGD(lr=0.1, momentum=0.9, weight_decay=1e-3, nesterov=True)"],
     "optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3, nesterov=True)"),
    ("adam", SMALL, ["optimizer Adam(lr=0.01, weight_decay=0.01)"],
     "optimizer = optim.Adam(model.parameters(), lr=0.01, weight_decay=0.01)"),
    ("adam_amsgrad", BLOCKS, ["optimizer Adam(lr=0.001, eps=1e-3, amsgrad=True)"],
     "optimizer = optim.Adam(model.parameters(), lr=0.001, eps=1e-3, amsgrad=True)"),
    ("adamw", WIDE, ["optimizer AdamW(lr=0.001, eps=0.1, betas=(0.8, 0.95))"],
     "optimizer = optim.AdamW(model.parameters(), lr=0.001, eps=0.1, betas=(0.8, 0.95))"),
    ("nadam", SMALL, ["optimizer NAdam()"], "optimizer = optim.NAdam(model.parameters())"),
    ("radam", SMALL, ["optimizer RAdam(lr=0.01)"], "optimizer = optim.RAdam(model.parameters(), lr=0.01)"),
    ("rmsprop", SMALL, ["optimizer RMSprop(lr=0.002, momentum=0.5, centered=True, eps=1e-3)"],
     "optimizer = optim.RMSprop(model.parameters(), lr=0.002, momentum=0.5, centered=True, eps=1e-3)"),
    ("adagrad", BLOCKS, ["optimizer Adagrad(lr=0.003, initial_accumulator_value=0.1)"],
     "optimizer = optim.Adagrad(model.parameters(), lr=0.003, initial_accumulator_value=0.1)"),
    ("adadelta", SMALL, ["optimizer Adadelta()"], "optimizer = optim.Adadelta(model.parameters())"),
    ("adamax", SMALL, ["optimizer Adamax(lr=0.01)"], "optimizer = optim.Adamax(model.parameters(), lr=0.01)"),
    ("parts", SMALL, ["optimizer SGD(lr=0.1, momentum=0.9) { 4: lr=0.01, weight_decay=0.1, \"2.bias\": momentum=0 }"],
     "optimizer = optim.SGD(groups(dict(names=['4.weight', '4.bias'], lr=0.01, weight_decay=0.1), "
     "dict(names=['2.bias'], momentum=0)), lr=0.1, momentum=0.9)"),
    ("parts_wide", WIDE, ["optimizer AdamW(lr=0.001, eps=0.1, weight_decay=0.1) { bias: lr=0.01, weight_decay=0 }"],
     "optimizer = optim.AdamW(groups(dict(names=['2.bias', '4.bias'], lr=0.01, weight_decay=0)), lr=0.001, eps=0.1, "
     "weight_decay=0.1)"),
    ("clip_norm", SMALL, ["optimizer SGD(lr=0.2, momentum=0.9)", "clip grad_norm=0.2"],
     "optimizer = optim.SGD(model.parameters(), lr=0.2, momentum=0.9); clip_norm = 0.2"),
    ("clip_norm_wide", WIDE, ["optimizer Adam(lr=0.001, eps=1e-3)", "clip grad_norm=0.1"],
     "optimizer = optim.Adam(model.parameters(), lr=0.001, eps=1e-3); clip_norm = 0.1"),
    ("clip_value", BLOCKS, ["optimizer SGD(lr=0.1)", "clip grad_value=0.003"],
     "optimizer = optim.SGD(model.parameters(), lr=0.1); clip_value = 0.003"),
    ("clip_normed", NORMED, ["optimizer AdamW(lr=0.003, eps=0.01, weight_decay=0.1)", "clip grad_norm=0.5"],
     "optimizer = optim.AdamW(model.parameters(), lr=0.003, eps=0.01, weight_decay=0.1); clip_norm = 0.5"),
    ("accumulate", SMALL, ["optimizer SGD(lr=0.2, momentum=0.9)", "accumulate 3"],
     "optimizer = optim.SGD(model.parameters(), lr=0.2, momentum=0.9); accumulate = 3"),
    ("accumulate_wide", WIDE, ["optimizer Adam(lr=0.001)", "accumulate 2", "clip grad_norm=0.1",
                               "scheduler ExponentialLR(gamma=0.8), every=batch"],
     "optimizer = optim.Adam(model.parameters(), lr=0.001); accumulate = 2; clip_norm = 0.1; every = 'batch'; "
     "scheduler = sched.ExponentialLR(optimizer, gamma=0.8)"),
    ("lookahead", NORMED, ["optimizer SGD(lr=0.1, momentum=0.9)", "lookahead k=3, alpha=0.3"],
     "optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9); lookahead = Lookahead(3, 0.3, 0)"),
    ("lookahead_power", NORMED, ["optimizer SGD(lr=0.1, momentum=0.9)", "lookahead k=4, alpha=0.2, power=3",
                                 "accumulate 2"],
     "optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9); accumulate = 2; "
     "lookahead = Lookahead(4, 0.2, 3)"),
    ("step_lr", SMALL, ["optimizer SGD(lr=0.2)", "scheduler StepLR(step_size=2, gamma=0.3)"],
     "optimizer = optim.SGD(model.parameters(), lr=0.2); scheduler = sched.StepLR(optimizer, step_size=2, gamma=0.3)"),
    ("one_cycle", SMALL, ["optimizer SGD()", "scheduler OneCycleLR(0.4, epochs=_, steps_per_epoch=_), every=batch"],
     "optimizer = optim.SGD(model.parameters()); every = 'batch'; "
     "scheduler = sched.OneCycleLR(optimizer, 0.4, epochs=5, steps_per_epoch=5)"),
    ("one_cycle_adam", WIDE, ["optimizer Adam(eps=0.1)", "scheduler OneCycleLR(0.004, total_steps=25), every=batch"],
     "optimizer = optim.Adam(model.parameters(), eps=0.1); every = 'batch'; "
     "scheduler = sched.OneCycleLR(optimizer, 0.004, total_steps=25)"),
    ("plateau", SMALL, ["optimizer SGD(lr=0.3)",
                        "scheduler ReduceLROnPlateau(patience=0, threshold=0.02, factor=0.5), metric=train_loss"],
     "optimizer = optim.SGD(model.parameters(), lr=0.3); metric = True; "
     "scheduler = sched.ReduceLROnPlateau(optimizer, patience=0, threshold=0.02, factor=0.5)"),
    ("warm_up", SMALL, ["optimizer SGD(lr=0.3, momentum=0.9) { 4: lr=0.1 }",
                        "scheduler SequentialLR([LinearLR(0.1, total_iters=6), CosineAnnealingLR(T_max=19)], "
                        "milestones=[6]), every=batch"],
     "optimizer = optim.SGD(groups(dict(names=['4.weight', '4.bias'], lr=0.1)), lr=0.3, momentum=0.9); "
     "every = 'batch'; "
     "scheduler = sched.SequentialLR(optimizer, [sched.LinearLR(optimizer, 0.1, total_iters=6), "
     "sched.CosineAnnealingLR(optimizer, T_max=19)], milestones=[6])"),
    ("freeze_front", NORMED, ["freeze 0, BatchNorm2d", "optimizer AdamW(lr=0.003, eps=0.01, weight_decay=0.1)"],
     "[p.requires_grad_(False) for n, p in model.named_parameters() if n[0] in '01']; "
     "optimizer = optim.AdamW(model.parameters(), lr=0.003, eps=0.01, weight_decay=0.1)"),
    ("freeze_back", NORMED, ["freeze \"4.weight\"", "freeze BatchNorm2d.weight",
                             "optimizer SGD(lr=0.01, momentum=0.9, weight_decay=1e-3) { bias: lr=0.03 }"],
     "[P.requires_grad_(False) for n, P in model.named_parameters() if n in ('4.weight', '1.weight')]; "
     "optimizer = optim.SGD(groups(dict(names=['1.bias', '4.bias'], lr=0.03)), lr=0.01, momentum=0.9, "
     "weight_decay=1e-3)"),
    ("freeze_wide", WIDE, ["freeze Linear.bias, 2", "optimizer Adam(lr=0.001, eps=1e-3)", "clip grad_norm=0.1"],
     "[p.requires_grad_(False) for n, p in model.named_parameters() if n != '4.weight']; "
     "optimizer = optim.Adam(model.parameters(), lr=0.001, eps=1e-3); clip_norm = 0.1"),
    ("inits", SMALL, ["init Linear.weight = kaiming_normal_(nonlinearity=\"relu\"), bias = constant_(0.1)",
                      "init \"4.weight\" = trunc_normal_(std=0.05), \"4.bias\" = uniform_(-0.5, 0.5)",
                      "optimizer SGD(lr=0.1)"],
     "I = nn.init; P = dict(model.named_parameters()); [I.kaiming_normal_(P[n], nonlinearity='relu') "
     "for n in ('2.weight', '4.weight')]; [I.constant_(P[n], 0.1) for n in ('2.bias', '4.bias')]; "
     "I.trunc_normal_(P['4.weight'], std=0.05); I.uniform_(P['4.bias'], -0.5, 0.5); "
     "optimizer = optim.SGD(model.parameters(), lr=0.1)"),
    ("inits_dirac", ["Conv2d(3, 8, 3, stride=2)", "ReLU()", "Conv2d(8, 6, 3)", "MaxPool2d(4)", "Flatten()",
                     "Linear(54, 10)"],
     ["init Conv2d.weight = partial_dirac_()", "optimizer SGD(lr=0.1)"],
     "P = dict(model.named_parameters()); "
     "[nn.init.dirac_(P[n].data[:P[n].size(1)]) for n in ('0.weight', '2.weight')]; "
     "optimizer = optim.SGD(model.parameters(), lr=0.1)"),
    ("whitening", ["Conv2d(3, 24, 2)", "GELU()", "MaxPool2d(8)", "Flatten()", "Linear(216, 10)"],
     ["init \"0.weight\" = whitening_(eps=0.01, samples=300)", "freeze \"0.weight\"",
      "optimizer SGD(lr=0.01)"],
     "whiten(model[0], pixels[:300], 0.01); model[0].weight.requires_grad_(False); "
     "optimizer = optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.01)"),
    ("inits_normed", NORMED, ["init Conv2d.weight = xavier_normal_(gain=2.0), BatchNorm2d.bias = normal(0.0, 0.3)",
                              "init Conv2d = normal_(std=0.2), Linear.weight = orthogonal_(gain=0.5)",
                              "optimizer SGD(lr=0.1)"],
     "I = nn.init; P = dict(model.named_parameters()); I.xavier_normal_(P['0.weight'], gain=2.0); "
     "I.normal_(P['1.bias'], 0.0, 0.3); I.normal_(P['0.weight'], std=0.2); "
     "I.orthogonal_(P['4.weight'], gain=0.5); optimizer = optim.SGD(model.parameters(), lr=0.1)"),
]


def program(row, save=None):
    name, layers, lines, _ = row
    saved = ['save "%s_{epoch}.pth"' % name] if save else []
    settings = ["seed 7", "data shapes, batch_size=%d, shuffle=True" % BATCH, "loss CrossEntropyLoss()", *lines,
                "epochs %d" % EPOCHS, *saved]
    return "\n".join([*model_text("Generated(3, 32, 32)", layers), "",
                      "data shapes = Shapes(train=False) { ToTensor() }", "", "train Generated {",
                      *("    " + line for line in settings), "}", ""])


def train(row, path):
    """Runs netc, once through and once with a stop in the middle of an epoch; the losses, or what is wrong."""
    name, last = os.path.join(path, row[0] + ".net"), "%s_%d.pth" % (row[0], EPOCHS - 1)
    with open(name, "w", encoding="utf-8") as file:
        file.write(program(row, save=True))
    whole = netc("run", name, "--log-every", 1, cwd=path)
    if whole.code:
        return None, "exit code %d: %s" % (whole.code, whole.err[-2000:])
    bits = tensors(os.path.join(path, last))
    os.rename(os.path.join(path, last), os.path.join(path, row[0] + ".pth"))
    for words in (["--max-steps", 12, "--threads", 1], ["--resume", "%s_2.pth" % row[0], "--threads", 2]):
        again = netc("run", name, *words, cwd=path)
        if again.code:
            return None, "resumed: exit code %d: %s" % (again.code, again.err[-2000:])
    if tensors(os.path.join(path, last)) != bits:
        return None, "a run that is resumed gives other bits"
    return [loss for _, loss in losses(whole.out)], None


def judge(ours, theirs):
    if "error" in theirs:
        return "PyTorch: " + theirs["error"]
    if len(ours) != len(theirs["losses"]):
        return "%d steps, PyTorch has %d" % (len(ours), len(theirs["losses"]))
    for step, (a, b) in enumerate(zip(ours, theirs["losses"])):
        if not abs(a - b) <= 1e-6 + 1e-5 * (1 + step) * max(1, abs(b)):
            return "loss of step %d: %f, PyTorch %f" % (step + 1, a, b)
    if not theirs["worst"][0] <= 5e-3:
        return "weights of %s are apart by %.1e of what training changed" % (theirs["worst"][1], theirs["worst"][0])
    return None


def write_case(row, expected):
    os.makedirs(CASES, exist_ok=True)
    with open(os.path.join(CASES, row[0] + ".net"), "w", encoding="utf-8") as file:
        file.write("# Written by training.py --write: the losses are PyTorch's.\n" + program(row))
        file.write("#> args --max-steps %d\n" % KEPT)
        file.write("#> losses 2e-4\n" + "".join("# %.6f\n" % loss for loss in expected[:KEPT]))


def main(rows, path, write):
    print("1..%d" % len(rows))
    samples = write_shapes(path)
    results = [train(row, path) for row in rows]
    runs = [dict(layers=row[1], code=row[3], batch=BATCH, epochs=EPOCHS, saved=os.path.join(path, row[0] + ".pth"))
            for row, (_, wrong) in zip(rows, results) if wrong is None]
    name = os.path.join(path, "runs.json")
    with open(name, "w", encoding="utf-8") as file:
        json.dump(runs, file)
    theirs = iter(done(run(ORACLE, os.path.join(HERE, "training_torch.py"), name, *samples,
                           timeout=1800)).out.splitlines())
    failed = 0
    for number, (row, (ours, wrong)) in enumerate(zip(rows, results), 1):
        answer = None if wrong else json.loads(next(theirs))
        wrong = wrong or judge(ours, answer)
        failed += bool(wrong)
        print("%s %d - %s%s" % ("not ok" if wrong else "ok", number, row[0],
                                "" if wrong else " # weights apart by %.1e" % answer["worst"][0]))
        if wrong:
            print("\n".join("# " + line for line in wrong.splitlines()), flush=True)
        elif write:
            write_case(row, answer["losses"])
    return 1 if failed else 0


if __name__ == "__main__":
    if not ORACLE:
        print("1..1\nok 1 - whole runs # SKIP NETC_ORACLE names no Python with torch")
        sys.exit(0)
    prefixes = tuple(word for word in sys.argv[1:] if not word.startswith("--")) or ("",)
    with folder() as temporary:
        sys.exit(main([row for row in ROWS if row[0].startswith(prefixes)], temporary, "--write" in sys.argv))

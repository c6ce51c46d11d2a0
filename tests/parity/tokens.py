#!/usr/bin/env python3
"""Embeddings, trained by netc and by PyTorch from the same seed on rows of whole numbers: the losses of the steps, the
weights and the evaluation compared.

    tokens.py [--write]

Live: NETC_ORACLE is a Python that has torch and numpy; without it the test is skipped. --write keeps the models as
tests/cases/parity/tokens_*.net, with tokens.csv and PyTorch's losses, for machines without it."""
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import ROOT, Skip, done, folder, losses, main, netc, run  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
CASES = os.path.join(ROOT, "tests", "cases", "parity")
STEPS, TOKENS, WORDS, CLASSES, ROWS, BATCH = 10, 12, 20, 4, 60, 7

# Name; the layers; the optimizer. Batches of 7 leave one of 4 at the end of an epoch.
MODELS = [
    ("flatten", "Embedding(20, 8); Flatten(); Linear(96, 4)", "SGD(lr=0.1)"),
    ("padded", "Embedding(20, 5, padding_idx=0); ReLU(); Flatten(); Linear(60, 4)", "SGD(lr=0.1, momentum=0.9)"),
    ("linear", "Embedding(23, 17); Linear(17, 6); ReLU(); Linear(6, 19, bias=False); Tanh(); Flatten(); "
               "Linear(228, 4)", "SGD(lr=0.05, momentum=0.9, weight_decay=0.01)"),
    ("bag", "EmbeddingBag(20, 16); Linear(16, 4)", "Adam(lr=0.01)"),
    ("bag_sum", "EmbeddingBag(20, 7, mode=\"sum\"); ReLU(); Linear(7, 4)", "SGD(lr=0.02)"),
    ("bag_padded", "EmbeddingBag(20, 33, padding_idx=-20); Linear(33, 8); ReLU(); Linear(8, 4)", "SGD(lr=0.5)"),
    ("bag_sum_padded", "EmbeddingBag(20, 4, mode=\"sum\", padding_idx=0)", "SGD(lr=0.02)"),
    ("large", "Embedding(3001, 20, padding_idx=19); Dropout(0.3); Flatten(); Linear(240, 4)", "AdamW(lr=0.01)"),
    ("mixed", "Embedding(20, 12); Dropout(0.2); Linear(12, 3); Linear(3, 12); GELU(); Flatten(); Linear(144, 4)",
     "RMSprop(lr=0.005)"),
    ("convolution", "Embedding(20, 8, padding_idx=0); Permute([0, 2, 1]); Conv1d(8, 12, 3, padding=1); ReLU(); "
                    "AdaptiveMaxPool1d(2); Flatten(); Linear(24, 4)", "SGD(lr=0.1, momentum=0.9)"),
    ("permuted", "Embedding(20, 6); Permute([0, 2, 1]); Permute([0, -1, -2]); Linear(6, 5); ReLU(); "
                 "Permute(dims=[0, 2, 1]); Linear(12, 7); Flatten(); Linear(35, 4)", "SGD(lr=0.1)"),
]


def write_tokens(path):
    """Rows of tokens, of which many are 0 at the end, and the class that some of them make likely."""
    r = random.Random(5)
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(ROWS):
            label, length = r.randrange(CLASSES), r.choice([0, 1, 3, 7, TOKENS, TOKENS])
            words = [r.choice([label, r.randrange(WORDS)]) for _ in range(length)] + [0] * (TOKENS - length)
            file.write(",".join("%d" % n for n in words + [label]) + "\n")


def program(model, path, saved=None):
    name, layers, optimizer = model
    text = "model Tokens(%d) {\n" % TOKENS + "".join("    %s\n" % layer for layer in layers.split("; ")) + "}\n\n"
    text += "data rows = CSV(\"%s\")\n\ntrain Tokens {\n" % path
    text += "    seed       0\n    data       rows, batch_size=%d, shuffle=True\n" % BATCH
    text += "    test       rows, batch_size=%d\n    loss       CrossEntropyLoss()\n" % BATCH
    return text + "    optimizer  %s\n    epochs     2\n%s}\n" % (optimizer, saved or "")


def ours(model, tokens, path):
    """The losses of the steps, the score of the test, and where the weights are."""
    file = os.path.join(path, model[0] + ".net")
    with open(file, "w", encoding="utf-8") as to:
        to.write(program(model, tokens, "    save       \"%s_{epoch}.pth\"\n" % model[0]))
    text = done(netc("run", file, "--max-steps", STEPS, "--log-every", "1", cwd=path)).out
    test = re.findall(r"test_loss ([\d.]+) .*test_accuracy ([\d.]+)", text)[-1]
    return [loss for _, loss in losses(text)], [float(score) for score in test]


def theirs(tokens, path):
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    models = [{"layers": layers.split("; "), "optimizer": optimizer,
               "saved": path and os.path.join(path, name + "_1.pth")} for name, layers, optimizer in MODELS]
    result = run(ORACLE, os.path.join(HERE, "tokens_torch.py"), tokens,
                 stdin=json.dumps({"models": models, "steps": STEPS, "batch": BATCH}))
    assert result.code == 0, result.err[-3000:]
    return json.loads(result.out)


def far(a, b):
    return abs(a - b) > 2e-5 * abs(b) + 2e-6


def test_embeddings():
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    with folder() as path:
        tokens = os.path.join(path, "tokens.csv")
        write_tokens(tokens)
        results = [ours(model, tokens, path) for model in MODELS]
        for (name, _, _), (steps, test), answer in zip(MODELS, results, theirs(tokens, path)):
            assert len(steps) == len(answer["losses"]) == STEPS, "%s: %d steps" % (name, len(steps))
            wrong = [i for i, (a, b) in enumerate(zip(steps, answer["losses"])) if far(a, b)]
            assert not wrong, "%s: step %d: %s, PyTorch has %s" % (name, wrong[0] + 1, steps, answer["losses"])
            assert answer["worst"][0] < 1e-3, "%s: %s is apart by %g" % (name, answer["worst"][1], answer["worst"][0])
            assert not far(test[0], answer["test"][0]) and abs(test[1] - answer["test"][1]) < 1e-4, \
                "%s: test %s, PyTorch has %s" % (name, test, answer["test"])
            print("# %s: %d steps and the weights as PyTorch" % (name, STEPS))


def test_weights_go_both_ways():
    """netc loads what PyTorch saved, and evaluates it as PyTorch does."""
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    with folder() as path:
        tokens = os.path.join(path, "tokens.csv")
        write_tokens(tokens)
        for model, answer in zip(MODELS, theirs(tokens, None)):
            file, weights = os.path.join(path, model[0] + ".net"), os.path.join(path, model[0] + ".pth")
            with open(file, "w", encoding="utf-8") as to:
                to.write(program(model, tokens, "    save       \"unused.pth\"\n"))
            with open(weights, "wb") as to:
                to.write(bytes.fromhex(answer["pth"]))
            text = done(netc("run", file, "test", "--load", weights, cwd=path)).out
            loss = float(re.findall(r"test_loss ([\d.]+)", text)[-1])
            assert not far(loss, answer["test"][0]), "%s: %s, PyTorch has %s" % (model[0], loss, answer["test"])


def write():
    tokens = os.path.join(CASES, "tokens.csv")
    write_tokens(tokens)
    for model, answer in zip(MODELS, theirs(tokens, None)):
        with open(os.path.join(CASES, "tokens_%s.net" % model[0]), "w", encoding="utf-8") as file:
            file.write("# Written by tokens.py --write: the losses are PyTorch's.\n" + program(model, "tokens.csv"))
            file.write("#> losses 2e-5\n" + "".join("# %.6f\n" % loss for loss in answer["losses"]))
            file.write("#> grad 0.02\n#> args --max-steps %d\n" % STEPS)


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        main(globals())

#!/usr/bin/env python3
"""Whole models both ways, a row a configuration of a layer (items_table.py).

    NETC_ORACLE=python3 whole.py [--all] [NAME...]

Without --all and names, the first row of each layer and each third one.

What netc saves with whole=True comes back by torch.load as the nn.Sequential that PyTorch builds itself of the same
layers: it prints so, its objects have the same attributes, it computes the same and learns. What torch.save writes of
that model, and what print shows of it, netc imports: both as the same text, whose test loss with the file's parameters
is PyTorch's."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from items import FIXTURE, ORACLE, Row, widths  # noqa: E402
from items_table import layer_rows  # noqa: E402
from support import done, netc, oracle_main, run  # noqa: E402

# What print(model) does not show.
UNSHOWN = ["Permute", "count_include_pad", "divisor_override", "align_corners", "recompute_scale_factor", "init="]


def rows(names, every):
    """Each layer with each of its arguments once, on the first shape that the table has for it."""
    seen, kinds = set(), set()
    for key, shape, layers, tokens in layer_rows():
        call = key.split(" over ")[0].replace(str(shape[0]), "c")
        if "{" in call:  # torch has no class for where branches meet
            continue
        if call in seen or (names and not any(key.startswith(name) for name in names)):
            continue
        seen.add(call)
        kind = key.split("(")[0]
        if every or names or kind not in kinds or len(seen) % 3 == 0:
            yield Row(key, shape, [*layers, "Flatten()"], tokens)
        kinds.add(kind)


def save_whole(row, path):
    """Two steps by netc, and the whole model saved; what is wrong, or None."""
    row.write_data(path)
    row.net = os.path.join(path, "%d.net" % row.number)
    row.ours = os.path.join(path, "%d_0.pth" % row.number)
    row.theirs = os.path.join(path, "%d_theirs.pth" % row.number)
    with open(row.net, "w", encoding="utf-8") as file:
        file.write(row.program().replace('.pth"', '.pth", whole=True'))
    result = netc("run", row.net, "--max-steps", 2, "--quiet", cwd=path)
    return "netc run: " + result.err[-2000:] if result.code else None


def ask(some, path):
    name = os.path.join(path, "rows.json")
    with open(name, "w", encoding="utf-8") as file:
        json.dump([vars(row) for row in some], file)
    return [json.loads(line) for line in done(run(ORACLE, os.path.join(HERE, "whole_torch.py"), name,
                                                  timeout=600)).out.splitlines()]


def import_theirs(row, loss, path):
    """The text for the file and for what it prints; what is wrong with them, or None."""
    shape = ",".join(str(extent) for extent in row.shape)
    texts = []
    for source in (row.theirs, row.theirs + ".txt"):
        if source != row.theirs and (any(word in texts[0] for word in UNSHOWN) or
                                      "AvgPool" in texts[0] and "ceil_mode" in texts[0]):
            continue
        result = netc("import", source, "--input", shape)
        if result.code:
            return "netc import %s: %s" % (os.path.basename(source), result.err)
        texts.append(result.out.split("\n", 1)[1])
    if texts[0] != texts[-1]:
        return "%s\nis not what print shows:\n%s" % tuple(texts)
    name = os.path.join(path, "%d_theirs.net" % row.number)
    with open(name, "w", encoding="utf-8") as file:
        file.write(texts[0] + row.program().split("\n\n", 1)[1].replace("train Item", "train Net").replace(
            "    data items", "    test items\n    data items"))
    result = netc("run", name, "test", "--load", row.theirs, "--quiet", cwd=path)
    if result.code:
        return "netc test: %s\n%s" % (result.err, texts[0])
    ours = float(result.out.split()[1])
    return None if abs(ours - loss) <= 2e-6 + 2e-5 * abs(loss) else "test loss %f, PyTorch %f" % (ours, loss)


def main(words, path):
    some = list(rows([word for word in words if word != "--all"], "--all" in words))
    with open(FIXTURE, encoding="utf-8") as file:
        widths(some, json.load(file), path)
    wrongs = [save_whole(row, path) for row in some]
    answers = iter(ask([row for row, wrong in zip(some, wrongs) if not wrong], path))
    print("1..%d" % len(some))
    failed = 0
    for number, (row, wrong) in enumerate(zip(some, wrongs), 1):
        if not wrong:
            answer = next(answers)
            if "skip" in answer:
                print("ok %d - %s # SKIP %s" % (number, row.key, answer["skip"]))
                continue
            wrong = answer["wrong"] or import_theirs(row, answer["loss"], path)
        print("%s %d - %s" % ("not ok" if wrong else "ok", number, row.key), flush=True)
        if wrong:
            failed += 1
            print("\n".join("# " + line for line in wrong.splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    oracle_main("torch", main)

#!/usr/bin/env python3
"""onnx's own suite (onnx.backend.test): what `netc import` makes of each model, as the scoreboard docs/onnx.md.

    NETC_ORACLE=python3 onnx_suite.py [--write] [NAME...]

The models are those that PyTorch exported (pytorch-converted, pytorch-operator) and the node cases. Of a model with
several inputs all but the first one are made numbers of the file, since a .net file has its weights so. What netc takes
is compiled as a library, which computes the suite's outputs of its inputs, within the suite's own tolerances. Nothing
may be wrong: a model is taken and gives those outputs, or it is refused by the name of a node, a tensor or a type."""
import collections
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from onnx_library import floats, outputs  # noqa: E402
from support import ROOT, done, folder, netc, oracle_main, run  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
PAGE = os.path.join(ROOT, "docs", "onnx.md")


def judge(case):
    """("passed" | "refused" | "wrong", what was said)."""
    with folder() as path:
        result = netc("import", case["model"], "--weights", "m.pth", "-o", "m.net", cwd=path)
        said = result.err.strip().split("\n")[0]
        if result.code == 1 and said:
            return "refused", re.sub(r"^.*?\.onnx[:0-9]*: (error: )?", "", said)
        if result.code:
            return "wrong", "exit code %d: %s" % (result.code, said)
        try:
            ours = outputs(path, "m.net", "m.pth", floats(case["x"]))
        except AssertionError as error:
            return "wrong", str(error)
    wanted = floats(case["y"])
    if len(ours) != len(wanted):
        return "wrong", "%d outputs, not %d" % (len(ours), len(wanted))
    for a, b in zip(ours, wanted):
        if not abs(a - b) <= case["atol"] + case["rtol"] * abs(b) and not (a != a and b != b):
            return "wrong", "%g, not %g" % (a, b)
    return "passed", ""


def reason(said):
    """The kind of refusal, without names and numbers."""
    said = re.sub(r"^(node|tensor) '[^']*',? ?", "", said)
    said = re.sub(r"several: .*", "several", said)
    return re.sub(r"\d+", "n", re.sub(r"'[^']*'", "'...'", said))[:110]


# Why, in a word; the first that the refusal has. What is left are numbers and windows that PyTorch's layers have not.
CLASSES = [
    ("several inputs: a model here has one", "has several"),
    ("types of elements beside float32: strings, sequences, whole numbers, float16", r"output of floats|of the type|"
     "numbers are float32|in float32|is not of floats|of two types"),
    ("samples of other ranks: a sample has one to three dimensions behind the batch", r"dimensions; a sample has|"
     "one to three dimensions|has no input|no tensor with a shape|left open|numbers have at most"),
    ("it computes across the batch, or takes it apart", "batch"),
    ("it is of training", "training mode"),
    ("operators that the language has no layer for", r"no layer for this operator|no layer takes several|"
     "it is no layer|not computed here|something of no input|no node's first output|no numbers of the file"),
]


def kind_of(said):
    return next((name for name, found in CLASSES if re.search(found, said)),
                "numbers, windows and orders that PyTorch's layers have not")


def kept():
    """The part of the page that others write: from the exported models on, up to the names."""
    with open(PAGE, encoding="utf-8") as file:
        found = re.search(r"^## Exported.*?(?=^## Passed)", file.read(), re.M | re.S)
    return found[0].rstrip().split("\n") if found else []


def page(results):
    kinds = collections.OrderedDict()
    for kind, name, verdict, said in results:
        kinds.setdefault(kind, collections.Counter())[verdict] += 1
    lines = ["# ONNX's own suite", "",
             "What `netc import` makes of the models that the Python package `onnx` carries for those who write back "
             "ends", "(`onnx.backend.test`). Written by `NETC_ORACLE=python3 tests/parity/onnx_suite.py --write`.", "",
             "A model passes where netc takes it and computes the suite's outputs within the suite's tolerances. It is "
             "refused where", "netc says by the name of a node, a tensor or a type what of it no layer is.", "",
             "| models | passed | refused by name | wrong |", "|---|---|---|---|"]
    for kind, count in kinds.items():
        lines.append("| %s | %d | %d | %d |" % (kind, count["passed"], count["refused"], count["wrong"]))
    why = collections.Counter(kind_of(said) for _, _, verdict, said in results if verdict == "refused")
    lines += ["", "Why a model is refused:", "", "| models | |", "|---|---|"]
    lines += ["| %d | %s |" % (count, said) for said, count in why.most_common()]
    lines += [""] + kept()
    for kind in kinds:
        names = sorted(name for one, name, verdict, _ in results if one == kind and verdict == "passed")
        lines += ["", "## Passed: %s" % kind, "", "| |", "|---|", "| %s |" % ", ".join("`%s`" % n for n in names)]
    lines += ["", "## What is refused", "", "| models | what netc says |", "|---|---|"]
    why = collections.Counter(reason(said) for _, _, verdict, said in results if verdict == "refused")
    lines += ["| %d | %s |" % (count, said.replace("|", "/")) for said, count in sorted(why.items(),
                                                                                  key=lambda row: (-row[1], row[0]))]
    return "\n".join(lines) + "\n"


def main(words, path):
    names = [word for word in words if word != "--write"]
    done(run(ORACLE, os.path.join(HERE, "onnx_suite_cases.py"), path, *names, timeout=1200))
    with open(os.path.join(path, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)
    print("1..%d" % len(cases))
    results, failed = [], 0
    for number, case in enumerate(cases, 1):
        verdict, said = judge(case)
        results.append((case["kind"], case["name"], verdict, said))
        failed += verdict == "wrong"
        print("%s %d - %s %s is %s%s" % ("not ok" if verdict == "wrong" else "ok", number, case["kind"], case["name"],
                                         verdict, ": " + said if said else ""), flush=True)
    if "--write" in words:
        text = page(results)
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(text)
    return 1 if failed else 0


if __name__ == "__main__":
    oracle_main("onnx", main)

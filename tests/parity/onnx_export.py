#!/usr/bin/env python3
"""What netc exports, in the hands of others: onnx's checker takes each file, and ONNX Runtime computes of it what
PyTorch does, to 1e-5 of the largest output.

    NETC_ORACLE=python3 onnx_export.py [--all] [NAME...]

The models are a row a configuration of a layer (items_table.py; without --all and names each third one, and the first
of each layer), and the model library beside torchvision's. Their parameters are PyTorch's, drawn at random, running
statistics too. A row that netc refuses must be among REFUSED."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from items import ORACLE  # noqa: E402
from items_table import layer_rows  # noqa: E402
from structure import body, parse  # noqa: E402
from support import done, folder, netc, run  # noqa: E402

LIBRARY = ["alexnet", "densenet121", "efficientnet_b0", "googlenet", "mobilenet_v2", "resnet18", "resnet50",
           "squeezenet1_1", "vgg16", "vgg11_bn"]
QUICK = ["resnet18", "mobilenet_v2", "squeezenet1_1"]  # what a minute is enough for

# What ONNX has no operator for, by what the row begins with, and what netc says of it.
REFUSED = {"AdaptiveMaxPool": "MaxPool has windows of one size",
           "BatchNorm": "the batch's own statistics",
           "AvgPool": "windows are not those of PyTorch",
           "MaxPool": "windows are not those of PyTorch",
           "ConvTranspose": "ConvTranspose takes an output_padding",
           "Upsample": "Resize would make another extent"}


class Model:
    """A row, or a model of the library (`layers` is None)."""

    def __init__(self, key, shape, layers, tokens, path, number):
        self.key, self.shape, self.layers, self.tokens, self.number = key, shape, layers, tokens, number
        self.refused = False
        self.net, self.weights, self.onnx = (os.path.join(path, "%d.%s" % (number, ending))
                                             for ending in ("net", "pth", "onnx"))
        extents = ", ".join(map(str, shape))
        if layers:
            self.layers = parse("; ".join(layers))
            text = "".join(line + "\n" for line in body(self.layers, "    ", []))
            text = "model Item(%s) {\n%s}\n" % (extents, text)
        else:
            text = 'import "%s"\nmodel Item = %s()\n' % (key, key)
        with open(self.net, "w", encoding="utf-8") as file:
            file.write(text)

    def export(self):
        """What is wrong, or None; sets `refused`."""
        result = netc("export", self.net, "--onnx", self.onnx, "--load", self.weights)
        kind = next((kind for kind in REFUSED if self.key.startswith(kind)), None)
        self.refused = result.code == 1 and kind and REFUSED[kind] in result.err
        return None if result.code == 0 or self.refused else "exit code %d: %s" % (result.code, result.err[-2000:])



def models(names, every, path):
    seen = set()
    for number, (key, shape, layers, tokens) in enumerate(layer_rows()):
        kind = key.split("(")[0]
        if any(key.startswith(name) for name in names) if names else every or kind not in seen or number % 3 == 0:
            yield Model(key, shape, layers, tokens, path, number)
        seen.add(kind)
    for number, name in enumerate(LIBRARY, 10000):
        if name in names if names else every or name in QUICK:
            yield Model(name, (3, 224, 224), None, None, path, number)


def ask(what, some, path):
    name = os.path.join(path, "models.json")
    with open(name, "w", encoding="utf-8") as file:
        json.dump([vars(model) for model in some], file)
    lines = done(run(ORACLE, os.path.join(HERE, "onnx_export_torch.py"), what, name, timeout=1800)).out.splitlines()
    return [json.loads(line) for line in lines]


def main(words, path):
    some = list(models([word for word in words if word != "--all"], "--all" in words, path))
    for model, answer in zip(some, ask("draw", some, path)):
        model.wrong = answer["wrong"] or model.export()
    answers = iter(ask("compare", [model for model in some if not model.wrong and not model.refused], path))
    print("1..%d" % len(some))
    failed, worst = 0, 0
    for number, model in enumerate(some, 1):
        wrong = model.wrong
        if not wrong and not model.refused:
            answer = next(answers)
            wrong, worst = answer["wrong"], max(worst, answer.get("worst", 0))
        print("%s %d - %s%s" % ("not ok" if wrong else "ok", number, model.key,
                                " is refused" if model.refused and not wrong else ""), flush=True)
        if wrong:
            failed += 1
            print("\n".join("# " + line for line in wrong.splitlines()))
    print("# %d of %d refused; apart by at most %.1e" % (sum(bool(model.wrong is None and model.refused)
                                                         for model in some), len(some), worst))
    return 1 if failed else 0


if __name__ == "__main__":
    if not ORACLE or run(ORACLE, "-c", "import torch, onnx, onnxruntime").code:
        print("1..0 # SKIP NETC_ORACLE names no Python with torch, onnx and onnxruntime")
        sys.exit(0)
    with folder() as place:
        sys.exit(main(sys.argv[1:], place))

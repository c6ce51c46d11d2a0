#!/usr/bin/env python3
"""What netc exports, in the hands of others: onnx's checker takes each file, and ONNX Runtime computes of it what
PyTorch does, to 1e-5 of the largest output.

    NETC_ORACLE=python3 onnx_export.py [--all] [NAME...]

The models are a row a configuration of a layer (items_table.py; without --all and names each third one, and the first
of each layer), the model library beside torchvision's, and the samples, "samples/unet", beside what a C library of
netc's makes of them. Their parameters are drawn at random, running statistics too. A row that netc refuses must be
among REFUSED."""
import array
import glob
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from items import ORACLE  # noqa: E402
from items_table import layer_rows  # noqa: E402
from onnx_library import floats, outputs  # noqa: E402
from structure import body, parse  # noqa: E402
from support import ROOT, done, folder, netc, oracle_main, run  # noqa: E402

LIBRARY = ["alexnet", "densenet121", "efficientnet_b0", "googlenet", "mobilenet_v2", "resnet18", "resnet34", "resnet50",
           "resnet101", "squeezenet1_1", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19",
           "vgg19_bn"]
SAMPLES = sorted(glob.glob(os.path.join(ROOT, "samples", "*.net")) +
                 [os.path.join(ROOT, "compiler", "models", "lenet5.net")])
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
        self.parameters = None
        self.net, self.weights, self.onnx, self.x, self.y = (os.path.join(path, "%d.%s" % (number, ending))
                                                             for ending in ("net", "pth", "onnx", "x", "y"))
        extents = ", ".join(map(str, shape))
        if layers:
            self.layers = parse("; ".join(layers))
            text = "".join(line + "\n" for line in body(self.layers, "    ", []))
            text = "model Item(%s) {\n%s}\n" % (extents, text)
        else:
            text = 'import "%s"\nmodel Item = %s()\n' % (key, key)
        with open(self.net, "w", encoding="utf-8") as file:
            file.write(text)

    def own(self, net):
        """What it is where PyTorch has no module for it: a .net file, whose parameters the compiler lists."""
        dump = done(netc("build", "--dump=model", net)).out
        self.net, self.parameters = net, re.findall(r"^    (\S+) (\d+(?:x\d+)*) ", dump, re.M)
        head = re.search(r"^model \S+ (\S+) -> ", dump, re.M)
        self.shape = [int(size) for size in head[1].split("x")]
        table = re.search(r"Embedding(?:Bag)?\(num_embeddings=(\d+)", dump)
        self.tokens = int(table[1]) if table else None
        return self

    def ask_netc(self):
        with folder() as place:
            made = outputs(place, self.net, self.weights, floats(self.x))
        with open(self.y, "wb") as file:
            array.array("f", made).tofile(file)

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
    for number, name in enumerate(SAMPLES, 20000):
        key = "samples/" + os.path.basename(name)[:-4]
        if key in names if names else every or key == "samples/unet":
            yield Model(key, (1,), None, None, path, number).own(name)


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
        if model.parameters and not model.wrong:
            model.ask_netc()
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
    oracle_main("torch, onnx, onnxruntime", main)

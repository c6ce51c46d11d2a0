#!/usr/bin/env python3
"""`netc import` of what others export: PyTorch by both of its exporters, scikit-learn by skl2onnx, Keras by tf2onnx.
What the imported model makes of samples is what ONNX Runtime makes of them, to 1e-5 of the largest output.

    NETC_ORACLE=python3 [NETC_KERAS=python3] onnx_import.py [--all] [--write] [NAME...]

The oracle has torch, torchvision, onnxscript, onnxruntime and skl2onnx; a Python of NETC_KERAS has keras, tensorflow
and tf2onnx, and without one Keras's rows are left out. Without --all and names these are the small models and a ResNet.
With --write the small ones become tests/fixtures/onnx, which tests/onnx_import_test.py reads without any of these
programs. A model that netc refuses must be among REFUSED."""
import json
import math
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from items import ORACLE  # noqa: E402
from onnx_library import floats, outputs  # noqa: E402
from support import ROOT, done, folder, netc, oracle_main, run  # noqa: E402

KERAS = os.environ.get("NETC_KERAS")
FIXTURES = os.path.join(ROOT, "tests", "fixtures", "onnx")
SMALL = ["torch-%s-%s" % (kind, how) for kind in ("view", "dense", "gates", "tokens") for how in ("script", "dynamo")]
SMALL += ["sklearn-classifier", "sklearn-binary", "sklearn-regressor"]
SMALL += ["keras-pixels", "keras-rows", "keras-signal", "keras-unet", "keras-transposed"]
QUICK = ["torch-resnet18-dynamo"]
LARGE = ["torch-%s-%s" % (kind, how) for kind in (
    "alexnet", "vgg16", "vgg11_bn", "resnet18", "resnet50", "resnext50_32x4d", "squeezenet1_1", "densenet121",
    "googlenet", "inception_v3", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "efficientnet_v2_s",
    "mnasnet0_5", "regnet_y_400mf", "shufflenet_v2_x0_5", "convnext_tiny") for how in ("fixed", "script", "dynamo")]
LARGE += ["keras-%s" % kind for kind in (
    "VGG16", "ResNet50", "DenseNet121", "MobileNetV2", "EfficientNetB0", "Xception", "InceptionV3")]

# What no .net file says, and what netc says of it.
REFUSED = {"torch-shufflenet": ("its input was turned", "no node's first output"),
           "torch-convnext": ("its input was turned",)}


def make(names, path):
    """Has each exporter write its files. What is wrong by name."""
    wrong = {}
    for name in names:
        which = name.split("-")[0]
        made = run(KERAS if which == "keras" else ORACLE, os.path.join(HERE, "onnx_import_torch.py"), "make", path,
                   which, name, timeout=1800)
        if made.code:
            wrong[name] = "its exporter says: " + made.err.strip().splitlines()[-1]
    there = [name for name in names if name not in wrong]
    lines = done(run(ORACLE, os.path.join(HERE, "onnx_import_torch.py"), "run", path, *there, timeout=1800)).out
    for row in map(json.loads, lines.splitlines()):
        if row["wrong"]:
            wrong[row["name"]] = row["wrong"]
    return wrong


def compare(name, path):
    """(what is wrong or None, whether it is refused, how far apart)."""
    with folder() as place:
        result = netc("import", os.path.join(path, name + ".onnx"), "--weights", "m.pth", "-o", "m.net", cwd=place)
        if result.code:
            allowed = next((said for kind, said in REFUSED.items() if name.startswith(kind)), ())
            said = any(one in result.err for one in allowed) and "node '" in result.err
            return (None if said else result.err.strip()[-500:]), True, 0
        x, y = (floats(os.path.join(path, "%s.%s" % (name, end))) for end in ("input", "output"))
        try:
            ours = outputs(place, "m.net", "m.pth", x, plain=name in SMALL)
        except AssertionError as error:
            return str(error), False, 0
    if len(ours) != len(y):
        return "%d outputs, not %d" % (len(ours), len(y)), False, 0
    if not all(map(math.isfinite, y)) or len(set(y)) <= len(y) // 2:
        return "ONNX Runtime's outputs are no numbers, or mostly the same: they tell nothing", False, 0
    apart = max(abs(a - b) for a, b in zip(ours, y)) / max(map(abs, y))
    return (None if apart <= 1e-5 else "is %.1e apart from ONNX Runtime" % apart), False, apart


def keep(names, path):
    os.makedirs(FIXTURES, exist_ok=True)
    for name in names:
        for end in ("onnx", "input", "output"):
            shutil.copyfile(os.path.join(path, "%s.%s" % (name, end)), os.path.join(FIXTURES, "%s.%s" % (name, end)))


def main(words, path):
    names = [word for word in words if not word.startswith("--")]
    names = [name for name in SMALL + LARGE if (any(name.startswith(one) for one in names) if names else
             "--all" in words or name in SMALL + QUICK) and (KERAS or not name.startswith("keras"))]
    print("1..%d" % len(names))
    failed, refused, worst = 0, 0, 0
    for number, name in enumerate(names, 1):
        wrong, is_refused, apart = make([name], path).get(name), False, 0
        if not wrong:
            wrong, is_refused, apart = compare(name, path)
        print("%s %d - %s%s" % ("not ok" if wrong else "ok", number, name, " is refused" if is_refused else ""),
              flush=True)
        if wrong:
            print("\n".join("# " + line for line in wrong.splitlines()), flush=True)
        elif "--write" in words and name in SMALL:
            keep([name], path)
        failed, refused, worst = failed + bool(wrong), refused + is_refused, max(worst, apart)
        for end in ("onnx", "input", "output"):
            if os.path.exists(os.path.join(path, "%s.%s" % (name, end))):
                os.remove(os.path.join(path, "%s.%s" % (name, end)))
    print("# %d models, %d refused, %d wrong; apart by at most %.1e" % (len(names), refused, failed, worst))
    return 1 if failed else 0


if __name__ == "__main__":
    oracle_main("torchvision, onnx, onnxruntime, onnxscript, skl2onnx", main)

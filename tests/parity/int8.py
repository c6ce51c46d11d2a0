#!/usr/bin/env python3
"""Libraries in integers beside ONNX Runtime's static quantization: the quick model, trained on CIFAR-10, calibrated
with the same 1,000 pictures by both, and judged by all 10,000 test pictures.

    NETC_ORACLE=python3 NETC_DATA=DIR tests/parity/int8.py [--epochs=N] [--load=FILE.pth]

Skips, saying so, without a Python that has onnxruntime, or a folder that has CIFAR-10. Prints a table; fails where the
integers lose a percent of the accuracy, or half a percent to ONNX Runtime's."""
import json
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, compilers, done, folder, main, netc, run, sample, write  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")


def option(name, otherwise=None):
    return next((word.split("=", 1)[1] for word in sys.argv if word.startswith(name + "=")), otherwise)


def train(path):
    """The sample with momentum, so that a few epochs are enough; and the file of its parameters."""
    with open(sample("cifar10"), encoding="utf-8") as file:
        text = file.read()
    text = text[:text.index("train Tudui")] + """train Tudui {
    seed       0
    data       train_data, batch_size=64, shuffle=True
    test       test_data, batch_size=64
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=1e-2, momentum=0.9)
    epochs     %s
    save       "quick.pth"
}
""" % option("--epochs", "6")
    write(path, "quick.net", text)
    if option("--load"):
        shutil.copy(option("--load"), os.path.join(path, "quick.pth"))
    else:
        print(done(netc("run", "quick.net", "--data", DATA, cwd=path, timeout=7200)).out.splitlines()[-1])


def test_accuracy():
    if not ORACLE or run(ORACLE, "-c", "import onnx, onnxruntime").code:
        raise Skip("NETC_ORACLE names no Python with onnxruntime")
    if not DATA or not os.path.isdir(os.path.join(DATA, "cifar-10-batches-bin")):
        raise Skip("NETC_DATA names no folder with cifar-10-batches-bin")
    with folder() as path:
        train(path)
        print("# " + "\n# ".join(done(netc("build", "quick.net", "--library", "quick", "--plain", "--int8", "train",
                                           "--data", DATA, cwd=path, timeout=1800)).out.splitlines()))
        done(run(compilers()[0][1], "-O3", "-march=native", "-shared", "-fPIC", "quick.c", "-o", "quick.so", "-lm",
                 cwd=path))
        done(netc("export", "quick.net", "--onnx", "quick.onnx", cwd=path))
        result = json.loads(done(run(ORACLE, os.path.join(HERE, "int8_torch.py"), path, DATA, timeout=3600)).out)
        print("# | in float | int8, ONNX Runtime | int8, netc | answers as in float, ONNX Runtime | netc |")
        print("# | %.4f | %.4f | %.4f | %.2f %% | %.2f %% |" % tuple(
            result[name] for name in ("float", "theirs", "ours", "their_share", "our_share")))
        assert result["ours"] > result["float"] - 0.01 and result["ours"] > result["theirs"] - 0.005, result


if __name__ == "__main__":
    main(globals())

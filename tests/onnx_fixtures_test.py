#!/usr/bin/env python3
"""`netc import` of the small files that PyTorch, scikit-learn and Keras exported, and what ONNX Runtime made of samples
then: tests/fixtures/onnx, which tests/parity/onnx_import.py --write makes."""
import os

from onnx_library import floats, outputs
from support import ROOT, done, folder, main, netc

FIXTURES = os.path.join(ROOT, "tests", "fixtures", "onnx")


def apart(name):
    x, wanted = (floats(os.path.join(FIXTURES, "%s.%s" % (name, end))) for end in ("input", "output"))
    with folder() as path:
        done(netc("import", os.path.join(FIXTURES, name + ".onnx"), "--weights", "m.pth", "-o", "m.net", cwd=path))
        ours = outputs(path, "m.net", "m.pth", x)
    assert len(ours) == len(wanted), "%s: %d outputs, not %d" % (name, len(ours), len(wanted))
    return max(abs(a - b) for a, b in zip(ours, wanted)) / max(map(abs, wanted))


def test_imported_models_compute_what_they_did():
    names = sorted(name[:-5] for name in os.listdir(FIXTURES) if name.endswith(".onnx"))
    assert len(names) > 10, names
    far = {name: apart(name) for name in names}
    assert max(far.values()) <= 1e-5, far


main(globals())

"""The cases of onnx's suite for onnx_suite.py: onnx_suite_cases.py FOLDER [NAME...] writes each as a model, with the
first input's numbers and the first output's, and cases.json, a list of them."""
import json
import os
import sys

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

KINDS = ("pytorch-converted", "pytorch-operator", "node")


def read(path, value):
    """A .pb file's tensor; None: it is something else."""
    if not value.type.HasField("tensor_type"):
        return None
    with open(path, "rb") as file:
        return numpy_helper.to_array(onnx.TensorProto.FromString(file.read()))


def data_of(case, model):
    """The numbers of the inputs and of the outputs, from the case or from its folder."""
    if case.data_sets:
        return case.data_sets[0]
    place = os.path.join(case.model_dir, "test_data_set_0")
    given = {one.name for one in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in given]
    return ([read(os.path.join(place, "input_%d.pb" % i), one) for i, one in enumerate(inputs)],
            [read(os.path.join(place, "output_%d.pb" % i), one) for i, one in enumerate(model.graph.output)])


def write(case, folder, number):
    model = case.model or onnx.load(os.path.join(case.model_dir, "model.onnx"))
    inputs, outputs = data_of(case, model)
    given = {one.name for one in model.graph.initializer}
    names = [one.name for one in model.graph.input if one.name not in given]
    for name, value in list(zip(names, inputs))[1:]:
        if isinstance(value, numpy.ndarray) and value.dtype in (numpy.float32, numpy.int64):
            model.graph.initializer.append(numpy_helper.from_array(value, name))
    row = {"name": case.name, "kind": case.kind, "rtol": case.rtol, "atol": case.atol,
           "model": os.path.join(folder, "%d.onnx" % number), "x": os.path.join(folder, "%d.x" % number),
           "y": os.path.join(folder, "%d.y" % number)}
    onnx.save(model, row["model"])
    for path, values in ((row["x"], inputs), (row["y"], outputs)):
        first = values[0] if len(values) and isinstance(values[0], numpy.ndarray) else numpy.zeros(0)
        numeric = first.dtype.kind in "fiub"
        (first.astype(numpy.float32) if numeric else numpy.zeros(0, numpy.float32)).tofile(path)
    return row


def main(folder, *names):
    rows = []
    for kind in KINDS:
        for case in load_model_tests(kind=kind):
            if not names or any(name in case.name for name in names):
                rows.append(write(case, folder, len(rows)))
    with open(os.path.join(folder, "cases.json"), "w", encoding="utf-8") as file:
        json.dump(rows, file)


main(*sys.argv[1:])

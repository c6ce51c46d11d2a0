"""The other side of int8.py: int8_torch.py FOLDER DATA

quantizes quick.onnx by ONNX Runtime (QDQ, weights per channel, calibrated by the least and the largest numbers), and
takes all test pictures through that, through the model in float, and through the library quick.so. Prints JSON."""
import ctypes
import json
import os
import sys

import numpy
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

SAMPLES = 1000
path, data = sys.argv[1:]


def pictures(*names):
    """(samples as ToTensor makes them, labels) of files of CIFAR-10's binary form."""
    rows = numpy.concatenate([numpy.fromfile(os.path.join(data, "cifar-10-batches-bin", name), "uint8")
                              for name in names]).reshape(-1, 3073)
    return (rows[:, 1:].reshape(-1, 3, 32, 32) / numpy.float32(255)).astype("float32"), rows[:, 0]


class Reader(CalibrationDataReader):
    """The samples that netc takes too: spread evenly over the training data."""

    def __init__(self):
        x, _ = pictures(*("data_batch_%d.bin" % i for i in range(1, 6)))
        self.rest = iter(x[[i * len(x) // SAMPLES for i in range(SAMPLES)]])

    def get_next(self):
        x = next(self.rest, None)
        return None if x is None else {"input": x[None]}


def session(name):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(os.path.join(path, name), options, providers=["CPUExecutionProvider"])


def answers(model, x):
    return numpy.concatenate([model.run(None, {"input": x[i:i + 100]})[0].argmax(1) for i in range(0, len(x), 100)])


def library_answers(x):
    """By quick_predict, which takes floats and gives floats."""
    with open(os.path.join(path, "quick.h"), encoding="utf-8") as file:
        constants = dict(line.split()[1:3] for line in file if line.startswith("#define quick_") and " " in line[9:])
    predict = ctypes.CDLL(os.path.join(path, "quick.so")).quick_predict
    y, arena = numpy.zeros(10, "float32"), numpy.zeros(int(constants["quick_ARENA_BYTES"]), "uint8")
    found = []
    for one in x:
        assert predict(*(ctypes.c_void_p(array.ctypes.data) for array in (one, y, arena))) == 0
        found.append(y.argmax())
    return numpy.array(found)


quantize_static(os.path.join(path, "quick.onnx"), os.path.join(path, "int8.onnx"), Reader(),
                quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QInt8,
                weight_type=QuantType.QInt8)
samples, labels = pictures("test_batch.bin")
exact, theirs, ours = answers(session("quick.onnx"), samples), answers(session("int8.onnx"), samples), library_answers(
    samples)
print(json.dumps({"float": (exact == labels).mean(), "theirs": (theirs == labels).mean(),
                  "ours": (ours == labels).mean(), "their_share": 100 * (theirs == exact).mean(),
                  "our_share": 100 * (ours == exact).mean()}))

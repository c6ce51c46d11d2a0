#!/usr/bin/env python3
"""`netc import M.onnx`: files that are made here, good ones and such as would do harm. Those that PyTorch and others
write, tests/parity/onnx_import.py reads."""
import os
import struct

from onnx_file import INTS_OF, Model, message, model, node, tensor
from support import done, folder, main, netc, read, tensors, write


def rising(count):
    return [index / 10 for index in range(count)]


def imported(path, data, *words):
    write(path, "m.onnx", data)
    return netc("import", "m.onnx", *words, cwd=path)


def text(path, data, *words):
    return done(imported(path, data, *words)).out


def refused(path, data, *texts):
    result = imported(path, data)
    assert result.code == 1 and result.out == "", "exit code %d\n%s" % (result.code, result.out)
    for one in texts:
        assert one in result.err, result.err


IMAGE = (("x", ("N", 1, 8, 8)),)


def test_layers_become_text_and_their_numbers_parameters():
    nodes = [node("Conv", "x w b", "a", pads=[1, 1, 1, 1], strides=[2, 2]), node("Relu", "a", "c"),
             node("Flatten", "c", "d"), node("MatMul", "d m", "e"), node("Add", "e n", "f"),
             node("Softmax", "f", "y", axis=-1)]
    numbers = [tensor("w", [2, 1, 3, 3], rising(18)), tensor("b", [2], rising(2)),
               tensor("m", [32, 3], rising(96)), tensor("n", [3], rising(3))]
    with folder() as path:
        data = model(nodes, numbers, IMAGE)
        assert text(path, data) == ("# Imported from m.onnx.\nmodel Net(1, 8, 8) {\n"
                                    "    Conv2d(_, 2, 3, stride=2, padding=1)\n    ReLU()\n    Flatten()\n"
                                    "    Linear(_, 3)\n    Softmax(dim=1)\n}\n")
        done(imported(path, data, "--weights", "m.pth", "-o", "m.net"))
        there = list(tensors(os.path.join(path, "m.pth")).values())
        turned = [index % 32 * 3 / 10 + index // 32 / 10 for index in range(96)]
        assert struct.pack("<18f", *rising(18)) in there
        assert any(len(one) == 384 and max(abs(a - b) for a, b in zip(struct.unpack("<96f", one), turned)) < 1e-5
                   for one in there), "a MatMul's numbers are a Linear's, transposed"
        done(netc("export", "m.net", "--load", "m.pth", "--onnx", "back.onnx", cwd=path))
        again = Model(read(path, "back.onnx"))
        assert [one.op for one in again.nodes] == ["Conv", "Relu", "Flatten", "Gemm", "Softmax"]


def test_what_meets_becomes_blocks_and_what_repeats_is_folded():
    nodes = [node("Conv", "x w b", "a0", pads=[1, 1, 1, 1])]
    for number in range(3):
        nodes += [node("Conv", "a%d v c" % number, "b%d" % number, pads=[1, 1, 1, 1]),
                  node("Sigmoid", "b%d" % number, "s%d" % number),
                  node("Mul", "b%d s%d" % (number, number), "m%d" % number),
                  node("Add", "m%d a%d" % (number, number), "a%d" % (number + 1))]
    nodes += [node("MaxPool", "a3", "p", kernel_shape=[2, 2], strides=[2, 2]),
              node("AveragePool", "a3", "q", kernel_shape=[2, 2], strides=[2, 2]),
              node("Concat", "p q", "y", axis=1)]
    numbers = [tensor("w", [2, 1, 3, 3], rising(18)), tensor("b", [2], rising(2)),
               tensor("v", [2, 2, 3, 3], rising(36)), tensor("c", [2], rising(2))]
    with folder() as path:
        assert text(path, model(nodes, numbers, IMAGE)).split("\n", 1)[1] == """model Net(1, 8, 8) {
    Conv2d(_, 2, 3, padding=1)
    repeat 3 {
        Residual {
            Conv2d(_, 2, 3, padding=1)
            SiLU()
        }
    }
    Concat {
        MaxPool2d(2)
        AvgPool2d(2)
    }
}
"""


def test_an_imported_model_trains():
    with folder() as path:
        data = model([node("Gemm", "x w b", "h", transB=1), node("Tanh", "h", "t"),
                      node("Gemm", "t v c", "y", transB=1)],
                     [tensor("w", [5, 4], rising(20)), tensor("b", [5], rising(5)), tensor("v", [1, 5], rising(5)),
                      tensor("c", [1], [0.5])])
        net = text(path, data, "--weights", "m.pth")
        rows = "".join("%d,%d,%d,%d,%d\n" % (i % 2, i % 3, i % 5, i % 7, i % 2) for i in range(64))
        write(path, "rows.csv", "a,b,c,d,t\n" + rows)
        write(path, "m.net", net + """
data rows = CSV("rows.csv", target="t")
train Net {
    data rows, batch_size=8
    loss MSELoss()
    optimizer SGD(lr=0.01)
    load "m.pth"
    epochs 2
}
""")
        out = done(netc("run", "m.net", "--log-every", 8, cwd=path)).out
        assert "loss" in out, out


def test_what_no_layer_is_is_refused_by_its_node():
    with folder() as path:
        refused(path, model([node("Einsum", "x", "y")]), "m.onnx", "node 'y', Einsum: there is no layer")
        refused(path, model([node("Add", "x b", "y")], [tensor("b", [4], rising(4))]), "node 'y', Add", "no layer")
        refused(path, model([node("Relu", "x", "a"), node("Tanh", "x", "b"), node("Mul", "a b", "y")]),
                "node 'y', Mul", "Multiply is of what layers make")
        refused(path, model([node("Relu", "x", "a"), node("Tanh", "a", "b"), node("Add", "x b", "c"),
                             node("Add", "c a", "d"), node("Concat", "d b", "y", axis=1)]), "across each other")
        refused(path, model([node("Relu", "x", "y")], inputs=(("x", ("N", "rows")),)), "--input 3,224,224")
        refused(path, model([node("Reshape", "x d", "y")], [tensor("d", [2], [-1, 2], INTS_OF)]),
                "takes the batch apart")
        refused(path, model([node("Reshape", "x d", "y")], [tensor("d", [2], [6, -1], INTS_OF)]), "stays in front")
        refused(path, model([node("Relu", "x", "y")], inputs=(("x", ("N", 4), INTS_OF),)), "the type 7")
        result = netc("import", "m.net", "--weights", "m.pth", cwd=path)
        assert result.code == 1 and "--weights is of ONNX files" in result.err, result.err


def test_files_that_would_do_harm_are_refused():
    linear = node("Gemm", "x w", "y", transB=1)
    with folder() as path:
        refused(path, b"", "no ONNX file")
        good = model([linear], [tensor("w", [1, 4], rising(4))])
        for length in range(1, len(good)):
            write(path, "m.onnx", good[:length])
            assert netc("import", "m.onnx", cwd=path).code == 1, "the first %d bytes are taken" % length
            if length > 40:
                break
        refused(path, b"\x3a\xff\xff\xff\xff\x7f" + good, "damaged")
        refused(path, model([node("Relu", "b", "a"), node("Relu", "a", "b"), node("Relu", "b", "y")]), "in a circle")
        refused(path, model([node("Relu", "z", "y")]), "'z', which is no input")
        refused(path, model([node("Identity", "y", "y")]), "node 'y'")
        for dims in ([1 << 40, 1 << 40], [1 << 31, 1 << 33], [-1, -4], [3, 4]):
            refused(path, model([linear], [tensor("w", dims, rising(4))]), "tensor 'w'")
        refused(path, model([linear], [tensor("w", [1, 4], [1, 2, 3, 4], INTS_OF)]), "is not of floats")
        refused(path, model([node("Relu", "x", "y")], inputs=(("x", ("N", 1 << 40, 1 << 40, 4)),)))
        refused(path, model([node("MaxPool", "x", "y", kernel_shape=[1 << 40, 2])], inputs=IMAGE))
        write(path, "beside", struct.pack("<4f", *rising(4)))
        for place, offset, said in (("../beside", "0", "outside of the folder"), ("/etc/passwd", "0", "outside of the"),
                                    ("beside", "4", "beyond the end"), ("beside", "-4", "beyond the end"),
                                    ("nowhere", "0", "cannot read")):
            more = ((13, message((1, "location"), (2, place))), (13, message((1, "offset"), (2, offset))), (14, 1))
            refused(path, model([linear], [tensor("w", [1, 4], raw=b"", more=more)]), "tensor 'w'", said)
        more = ((13, message((1, "location"), (2, "beside"))), (14, 1))
        assert "Linear(_, 1, bias=False)" in text(path, model([linear], [tensor("w", [1, 4], raw=b"", more=more)]))


main(globals())

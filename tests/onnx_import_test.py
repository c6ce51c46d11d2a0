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


def test_what_repeats_but_for_its_numbers_becomes_a_block():
    nodes, numbers, channels = [], [], 1
    for number, (after, stride) in enumerate(((4, 1), (8, 2), (8, 1))):
        x, weights = "x" if number == 0 else "s%d" % (number - 1), (after, channels)
        nodes += [node("Conv", "%s w%d" % (x, number), "a%d" % number, pads=[1, 1, 1, 1], strides=[stride, stride]),
                  node("Relu", "a%d" % number, "b%d" % number),
                  node("Conv", "%s v%d" % (x, number), "c%d" % number, strides=[stride, stride]),
                  node("Add", "b%d c%d" % (number, number), "s%d" % number)]
        numbers += [tensor("w%d" % number, [*weights, 3, 3], rising(9 * after * channels)),
                    tensor("v%d" % number, [*weights, 1, 1], rising(after * channels))]
        channels = after
    with folder() as path:
        assert text(path, model(nodes[:8], numbers, IMAGE, "s1")).split("\n", 1)[1] == """model Net(1, 8, 8) {
    Residual {
        Conv2d(_, 4, 3, padding=1, bias=False)
        ReLU()
        shortcut: Conv2d(_, 4, 1, bias=False)
    }
    Residual {
        Conv2d(_, 8, 3, stride=2, padding=1, bias=False)
        ReLU()
        shortcut: Conv2d(_, 8, 1, stride=2, bias=False)
    }
}
"""
        assert text(path, model(nodes, numbers, IMAGE, "s2")).split("\n", 1)[1] == """block Block1(channels) {
    Residual {
        Conv2d(_, channels, 3, padding=1, bias=False)
        ReLU()
        shortcut: Conv2d(_, channels, 1, bias=False)
    }
}

model Net(1, 8, 8) {
    Block1(4)
    Residual {
        Conv2d(_, 8, 3, stride=2, padding=1, bias=False)
        ReLU()
        shortcut: Conv2d(_, 8, 1, stride=2, bias=False)
    }
    Block1(8)
}
"""


def test_shapes_that_are_computed_are_known():
    """What exporters write for x.view(x.size(0), -1), and for a padding in PyTorch's own order."""
    nodes = [node("Shape", "x", "all"), node("Gather", "all zero", "n", axis=0), node("Unsqueeze", "n first", "rows"),
             node("Concat", "rows rest", "dims", axis=0), node("Reshape", "x dims", "y")]
    numbers = [tensor("zero", [], [0], INTS_OF), tensor("first", [1], [0], INTS_OF), tensor("rest", [1], [-1], INTS_OF)]
    with folder() as path:
        assert "    Flatten()\n" in text(path, model(nodes, numbers, IMAGE))
        nodes[3:] = [node("Mul", "rows two", "more"), node("Concat", "more rest", "dims", axis=0),
                     node("Reshape", "x dims", "y")]
        refused(path, model(nodes, numbers + [tensor("two", [1], [2], INTS_OF)], IMAGE), "Mul", "size of the batch")
        nodes = [node("ConstantOfShape", "size", "y0"), node("Reshape", "x y0", "y")]
        refused(path, model(nodes, [tensor("size", [2], [1 << 20, 1 << 20], INTS_OF)]), "more numbers")


def test_images_with_channels_last_are_turned():
    """As Keras has them: the first Linear behind them knows its row in another order."""
    nodes = [node("Transpose", "x", "a", perm=[0, 3, 1, 2]), node("Conv", "a w", "b"), node("Relu", "b", "c"),
             node("Transpose", "c", "d", perm=[0, 2, 3, 1]), node("Reshape", "d dims", "e"),
             node("MatMul", "e m", "y")]
    numbers = [tensor("w", [2, 3, 1, 1], rising(6)), tensor("dims", [2], [-1, 8], INTS_OF),
               tensor("m", [8, 1], rising(8))]
    with folder() as path:
        data = model(nodes, numbers, (("x", ("N", 2, 2, 3)),))
        made = text(path, data, "--weights", "m.pth")
        assert made.split("\n", 1)[1] == """# The file's samples are H,W,C; here they are C,H,W.
model Net(3, 2, 2) {
    Conv2d(_, 2, 1, bias=False)
    ReLU()
    Flatten()
    Linear(_, 1, bias=False)
}
"""
        there = list(tensors(os.path.join(path, "m.pth")).values())
        assert struct.pack("<8f", *(index / 10 for index in (0, 2, 4, 6, 1, 3, 5, 7))) in there
        data = model(nodes[:4] + [node("Sigmoid", "d", "y")], numbers, (("x", ("N", 2, 2, 3)),))
        assert "# The file's output is H,W,C; here it is C,H,W.\n" in text(path, data)
        refused(path, model([node("Sigmoid", "x", "a"), node("Transpose", "a", "b", perm=[0, 2, 3, 1]),
                             node("Conv", "b w", "y")], [tensor("w", [2, 8, 1, 1], rising(16))], IMAGE),
                "Conv", "was turned")


def test_a_norm_of_groups_is_found_again():
    nodes = [node("Conv", "x w", "a"), node("Reshape", "a groups", "b"),
             node("InstanceNormalization", "b one no", "c"), node("Shape", "a", "shape"),
             node("Reshape", "c shape", "d"), node("Mul", "d scale", "e"), node("Add", "e shift", "y")]
    numbers = [tensor("w", [4, 1, 1, 1], rising(4)), tensor("groups", [3], [0, 2, -1], INTS_OF),
               tensor("one", [2], [1, 1]), tensor("no", [2], [0, 0]), tensor("scale", [4, 1, 1], rising(4)),
               tensor("shift", [4, 1, 1], rising(4))]
    with folder() as path:
        assert "    GroupNorm(2, _)\n}" in text(path, model(nodes, numbers, IMAGE), "--weights", "m.pth")
        nodes[5] = node("Mul", "scale d", "e")
        assert "    GroupNorm(2, _)\n}" in text(path, model(nodes, numbers, IMAGE))
        numbers[2] = tensor("one", [2], [1, 2])
        assert "GroupNorm" not in text(path, model(nodes, numbers, IMAGE)), "each group has numbers of its own"


def test_concatenations_of_all_that_was_before_are_of_the_last_one():
    """As torchvision's DenseNets do it."""
    nodes, before = [], ["x"]
    for number in range(3):
        joined = before[0]
        if len(before) > 1:
            joined = "c%d" % number
            nodes.append(node("Concat", " ".join(before), joined, axis=1))
        nodes.append(node("Conv", "%s w%d" % (joined, number), "y%d" % number))
        before.append("y%d" % number)
    nodes.append(node("Concat", " ".join(before), "y", axis=1))
    numbers = [tensor("w%d" % number, [2, 1 + 2 * number, 1, 1], rising(2 + 4 * number)) for number in range(3)]
    with folder() as path:
        assert text(path, model(nodes, numbers, IMAGE)).split("\n", 1)[1] == """model Net(1, 8, 8) {
    repeat 3 {
        Concat {
            Identity()
            Conv2d(_, 2, 1, bias=False)
        }
    }
}
"""


def test_other_windows_and_extents():
    def layers(*nodes, numbers=()):
        made = text(path, model(list(nodes), list(numbers), IMAGE))
        return made.split("{\n", 1)[1].replace("    ", "")[:-2].strip()

    with folder() as path:
        assert layers(node("MaxPool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")) == \
            "ConstantPad2d((0, 1, 0, 1), -3.4028234e+38)\nMaxPool2d(3, stride=2)"
        weight = tensor("w", [1, 2, 3, 3], rising(18))
        assert layers(node("ConvTranspose", "x w", "y", strides=[2, 2], auto_pad="SAME_UPPER"), numbers=[weight]) == \
            "ConvTranspose2d(_, 2, 3, stride=2, bias=False)\nZeroPad2d((0, -1, 0, -1))"
        scale = tensor("s", [4], [1, 1, 2, 2])
        assert layers(node("Resize", "x  s", "y", mode="nearest", coordinate_transformation_mode="asymmetric",
                           nearest_mode="floor").replace(b"\n\x01s", b"\n\x00\n\x01s"), numbers=[scale]) == \
            "Upsample(scale_factor=2)"
        starts, ends, axes = (tensor(name, [2], values, INTS_OF) for name, values in
                              (("a", [1, 2]), ("b", [7, -1]), ("i", [2, 3])))
        assert layers(node("Slice", "x a b i", "y"), numbers=[starts, ends, axes]) == "ZeroPad2d((-2, -1, -1, -1))"
        refused(path, model([node("AveragePool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")],
                            (), IMAGE), "AveragePool", "does not count")


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
        refused(path, model([node("Pow", "x b", "y")], [tensor("b", [4], rising(4))]), "node 'y', Pow", "no layer")
        refused(path, model([node("Add", "x b", "y")], [tensor("b", [8], rising(8))], IMAGE), "node 'y', Add",
                "no layer")
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

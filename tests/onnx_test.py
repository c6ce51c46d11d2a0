#!/usr/bin/env python3
"""`netc export --onnx`: what is in the file, by a reader of the tests' own. What other programs make of it,
tests/parity/onnx_export.py asks them."""
import os
import struct

from onnx_file import FLOATS_OF, INTS_OF, Model
from support import ROOT, done, folder, main, netc, read, tensors, write

NET = """
model Net(1, 8, 8) {
    conv: Conv2d(_, 4, 3, padding=1), BatchNorm2d(_), ReLU()
    Residual { Conv2d(_, 4, (3, 1), padding=(1, 0), bias=False), Dropout(0.5), LeakyReLU(0.2) }
    MaxPool2d(2), Flatten(), Linear(_, 3), Softmax(dim=1)
}
data samples = NPY("x.npy", target="y.npy")
train Net {
    data samples, batch_size=4
    loss MSELoss()
    optimizer SGD(lr=0.01)
    save "net_{epoch}.pth"
}
"""


def npy(shape, values):
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (shape,)
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() +
            struct.pack("<%df" % len(values), *values))


def trained(path):
    """The folder with a model that was trained for an epoch."""
    write(path, "x.npy", npy((8, 1, 8, 8), [i % 7 - 3 for i in range(512)]))
    write(path, "y.npy", npy((8, 3), [i % 2 for i in range(24)]))
    net = write(path, "net.net", NET)
    done(netc("run", net, "--quiet", cwd=path))
    return net


def refused(result, *texts, code=1):
    assert result.code == code and result.out == "", "exit code %d\n%s" % (result.code, result.out)
    for text in texts:
        assert text in result.err, result.err


def test_a_file_has_the_layers_and_the_trained_parameters():
    with folder() as path:
        net = trained(path)
        done(netc("export", net, "--onnx", "net.onnx", "--load", "net_0.pth", cwd=path))
        model = Model(read(path, "net.onnx"))
        assert (model.version, model.opset) == (9, 20)
        assert model.inputs == [("input", FLOATS_OF, ["N", 1, 8, 8])], model.inputs
        assert model.outputs == [("output", FLOATS_OF, ["N", 3])], model.outputs
        assert [node.op for node in model.nodes] == ["Conv", "BatchNormalization", "Relu", "Conv", "LeakyRelu", "Add",
                                                     "MaxPool", "Flatten", "Gemm", "Softmax"]
        conv, norm, second, leaky = model.nodes[0], model.nodes[1], model.nodes[3], model.nodes[4]
        assert conv.inputs == ["input", "conv.weight", "conv.bias"] and conv.attributes["pads"] == [1] * 4
        assert conv.attributes["kernel_shape"] == [3, 3] and "dilations" not in conv.attributes
        assert norm.inputs[1:] == ["1.weight", "1.bias", "1.running_mean", "1.running_var"], norm.inputs
        assert second.attributes["pads"] == [1, 0, 1, 0] and len(second.inputs) == 2
        assert abs(leaky.attributes["alpha"] - 0.2) < 1e-7
        assert model.nodes[5].inputs == [leaky.outputs[0], model.nodes[2].outputs[0]]
        assert model.nodes[-1].outputs == ["output"]
        bytes_of = set(tensors(os.path.join(path, "net_0.pth")).values())
        assert model.tensors["conv.weight"].dims == [4, 1, 3, 3]
        for name, tensor in model.tensors.items():
            assert tensor.raw in bytes_of, name


def test_parameters_are_the_newest_of_the_run_or_those_of_a_file():
    with folder() as path:
        net = trained(path)
        done(netc("export", net, "--onnx", "own.onnx", cwd=path))
        done(netc("export", net, "--onnx", "given.onnx", "--load", "net_0.pth", cwd=path))
        assert read(path, "own.onnx") == read(path, "given.onnx")
        bare = write(path, "bare.net", NET.split("data ")[0])  # without a train block
        done(netc("export", bare, "--onnx", "bare.onnx", "--load", "net_0.pth", cwd=path))
        assert read(path, "own.onnx") == read(path, "bare.onnx")
        refused(netc("export", bare, "--onnx", "none.onnx", cwd=path), "which parameters? Say --load FILE", code=2)
        other = write(path, "other.net", "model Other(1, 8, 8) { Flatten(), Linear(_, 3) }")
        refused(netc("export", other, "--onnx", "none.onnx", "--load", "net_0.pth", cwd=path),
                "size mismatch for 1.weight")
        assert not os.path.exists(os.path.join(path, "none.onnx"))


def test_parameters_beside_the_file_lie_at_whole_pages():
    with folder() as path:
        net = trained(path)
        done(netc("export", net, "--onnx", "within.onnx", cwd=path))
        done(netc("export", net, "--onnx", "beside.onnx", "--external", cwd=path))
        within, beside, data = Model(read(path, "within.onnx")), Model(read(path, "beside.onnx")), \
            read(path, "beside.onnx.data")
        for name, tensor in within.tensors.items():
            there = beside.tensors[name]
            offset, length = int(there.external["offset"]), int(there.external["length"])
            assert there.external["location"] == "beside.onnx.data" and offset % 4096 == 0
            assert there.raw is None and data[offset:offset + length] == tensor.raw, name


def test_whole_numbers_go_in_as_such():
    with folder() as path:
        net = write(path, "words.net", "model Words(5) { Embedding(7, 3), Flatten(), Linear(_, 2) }")
        values = b"".join(struct.pack("<%df" % count, *range(count)) for count in (21, 30, 2))
        head = ('{"0.weight":{"dtype":"F32","shape":[7,3],"data_offsets":[0,84]},'
                '"2.weight":{"dtype":"F32","shape":[2,15],"data_offsets":[84,204]},'
                '"2.bias":{"dtype":"F32","shape":[2],"data_offsets":[204,212]}}')
        write(path, "words.safetensors", struct.pack("<Q", len(head)) + head.encode() + values)
        done(netc("export", net, "--onnx", "words.onnx", "--load", "words.safetensors", cwd=path))
        model = Model(read(path, "words.onnx"))
        assert model.inputs == [("input", INTS_OF, ["N", 5])], model.inputs
        assert [node.op for node in model.nodes] == ["Gather", "Flatten", "Gemm"], [node.op for node in model.nodes]


def test_what_cannot_be_said_is_refused_by_name():
    with folder() as path:
        net = write(path, "net.net", "model Net(1, 8, 8) { pool: AdaptiveMaxPool2d(3) }")
        write(path, "none.safetensors", struct.pack("<Q", 2) + b"{}")
        refused(netc("export", net, "--onnx", "net.onnx", "--load", "none.safetensors", cwd=path),
                "net.net:1:28", "let output_size divide the extents")
        refused(netc("export", net, cwd=path), "to which file? Say --onnx FILE.onnx", code=2)
        assert sorted(os.listdir(path)) == ["net.net", "none.safetensors"]


main(globals())

"""ONNX files without a library: protobuf's messages as lists of (number, value), a number, bytes, or for what a file is
made of a list again. What the numbers mean stands in compiler/onnx/onnx.proto."""
import struct

FLOAT, INT, STRING, TENSOR, FLOATS, INTS = 1, 2, 3, 4, 6, 7  # AttributeProto's types
FLOATS_OF, INTS_OF = 1, 7                                    # TensorProto's


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def message(*fields):
    """The bytes of (number, value) pairs: whole numbers, floats, texts, bytes."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        elif isinstance(value, float):
            out += varint(number << 3 | 5) + struct.pack("<f", value)
        else:
            value = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def attribute(name, value):
    if isinstance(value, list):
        return message((1, name), *((8, one) for one in value), (20, INTS))
    if isinstance(value, float):
        return message((1, name), (2, value), (20, FLOAT))
    return message((1, name), (4, value) if isinstance(value, str) else (3, value),
                   (20, STRING if isinstance(value, str) else INT))


def node(op, inputs, outputs, **attributes):
    return message(*((1, name) for name in inputs.split()), *((2, name) for name in outputs.split()), (3, outputs),
                   (4, op), *((5, attribute(name, value)) for name, value in attributes.items()))


def tensor(name, dims, values=None, kind=FLOATS_OF, raw=None, more=()):
    if raw is None:
        raw = struct.pack("<%d%s" % (len(values), "f" if kind == FLOATS_OF else "q"), *values)
    return message(*((1, dim) for dim in dims), (2, kind), (8, name), (9, raw), *more)


def value(name, dims, kind=FLOATS_OF):
    shape = message(*((1, message((1, dim)) if isinstance(dim, int) else message((2, dim))) for dim in dims))
    return message((1, name), (2, message((1, message((1, kind), (2, shape))))))


def model(nodes, numbers=(), inputs=(("x", ("N", 4)),), output="y"):
    graph = message(*((1, one) for one in nodes), (2, "made"), *((5, one) for one in numbers),
                    *((11, value(*one)) for one in inputs), (12, value(output, ("N", 1))))
    return message((1, 8), (7, graph), (8, message((1, ""), (2, 17))))


def take_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def fields(data):
    """{number: [value, ...]} of a message: whole numbers, floats, and bytes."""
    found, at = {}, 0
    while at < len(data):
        key, at = take_varint(data, at)
        if key & 7 == 0:
            value, at = take_varint(data, at)
            value -= value >> 63 << 64
        elif key & 7 == 5:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        else:
            assert key & 7 == 2, "wire type %d" % (key & 7)
            size, at = take_varint(data, at)
            assert at + size <= len(data), "a field of %d bytes ends beyond the file" % size
            value, at = data[at:at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def text(found, number):
    return found.get(number, [b""])[0].decode()


class Node:
    def __init__(self, data):
        found = fields(data)
        self.op, self.name = text(found, 4), text(found, 3)
        self.inputs = [word.decode() for word in found.get(1, [])]
        self.outputs = [word.decode() for word in found.get(2, [])]
        self.attributes = {}
        for one in map(fields, found.get(5, [])):
            kind = one[20][0]
            self.attributes[text(one, 1)] = {FLOAT: one.get(2, [0.0])[0], INT: one.get(3, [0])[0],
                                             STRING: text(one, 4), INTS: one.get(8, [])}[kind]


class Tensor:
    def __init__(self, data):
        found = fields(data)
        self.name, self.dims, self.type = text(found, 8), found.get(1, []), found[2][0]
        self.raw = found.get(9, [None])[0]
        self.external = {text(entry, 1): text(entry, 2) for entry in map(fields, found.get(13, []))}


class Model:
    """nodes, tensors by name, and the graph's inputs and outputs: (name, type, dimensions)."""

    def __init__(self, data):
        found = fields(data)
        graph = fields(found[7][0])
        self.version, self.opset = found[1][0], fields(found[8][0])[2][0]
        self.nodes = [Node(one) for one in graph.get(1, [])]
        self.tensors = {tensor.name: tensor for tensor in map(Tensor, graph.get(5, []))}
        self.inputs, self.outputs = ([self.value(one) for one in graph[number]] for number in (11, 12))

    @staticmethod
    def value(data):
        found = fields(data)
        kind = fields(fields(found[2][0])[1][0])
        dims = [fields(dim) for dim in fields(kind[2][0])[1]]
        return text(found, 1), kind[1][0], [dim[1][0] if 1 in dim else text(dim, 2) for dim in dims]

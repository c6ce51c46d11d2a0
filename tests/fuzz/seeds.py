"""The inputs that fuzzing begins from, made of the cases, the samples and the fixtures. An input of fuzz_files is a
byte, which its kind takes for what else is to be varied, and a file."""
import gzip
import io
import json
import os
import pickle
import re
import struct
import sys
import tarfile
import zipfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIXTURES = os.path.join(TESTS, "fixtures")
SAMPLES = os.path.join(os.path.dirname(TESTS), "samples")
sys.path.append(TESTS)
from onnx_file import INTS_OF, model, node, tensor  # noqa: E402


def files(folder, *endings):
    """The contents of the files below a folder, the small ones first."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            if name.endswith(endings):
                with open(os.path.join(place, name), "rb") as file:
                    found.append(file.read())
    return sorted(found, key=lambda content: (len(content), content))


def varied(variants, contents):
    return [bytes([variant]) + content for content in contents for variant in variants]


def language():
    """The programs of the cases, without what is expected of them, and the samples."""
    texts = files(os.path.join(TESTS, "cases"), ".net") + files(SAMPLES, ".net")
    programs = [re.split(rb"^#> ", text, maxsplit=1, flags=re.M)[0] for text in texts]
    return [program for program in programs if program]


def checkpoints():
    """The files that PyTorch wrote, out of the unit test's fixture."""
    with open(os.path.join(TESTS, "unit", "checkpoint_fixture.h"), encoding="utf-8") as file:
        arrays = re.findall(r"unsigned char \w+\[\] = \{([^}]*)\}", file.read())
    return [bytes(int(number) for number in re.findall(r"\d+", array)) for array in arrays]


def pickles():
    values = [None, [1, 2.5, "text", b"bytes", True, (1,), {"a": [1]}, {1, 2}, 1 << 80, -1, 1 << 31],
              {"labels": list(range(5)), "data": b"\0" * 30}, {"state_dict": {"0.weight": 1}}, [[[[[]]]]], bytearray(9)]
    made = [pickle.dumps(value, protocol) for value in values for protocol in (2, 3, 4, 5)]
    for content in checkpoints():
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                made.append(file.read("archive/data.pkl"))
        else:
            made.append(content)
    return made


def models():
    """What `netc import` reads: what print(model) shows, of PyTorch's layers and models; whole models' pickles."""
    with open(os.path.join(FIXTURES, "printed.json"), encoding="utf-8") as file:
        printed = json.load(file)
    layers = [shown for _, shown in printed["layers"]]
    groups = [layers[i:i + 5] for i in range(0, len(layers), 5)] + [[layer] for layer in layers]
    texts = ["Sequential(\n%s)\n" % "".join("  (%d): %s\n" % child for child in enumerate(group)) for group in groups]
    texts = [text.encode() for text in texts + printed["models"]] + files(os.path.join(FIXTURES, "whole"), ".txt")
    pickles = []
    for content in files(os.path.join(FIXTURES, "whole"), ".pth"):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            pickles += [file.read(name) for name in file.namelist() if name.endswith("data.pkl")]
    shapes = [b"2,12,12", b"3,8,8", b"2,12", b"20"]
    return texts + pickles + [b"#--input %s\n" % shapes[i % 4] + text for i, text in enumerate(texts + pickles)]


def onnx():
    """A model of each operator that `netc import` has a word for, and one of blocks."""
    numbers = [tensor("w", [2, 2, 3, 3], [0.5] * 36), tensor("m", [2, 2], [0.5] * 4), tensor("b", [2], [1.0, 2.0]),
               tensor("half", [], [0.5]), tensor("pads", [8], [0, 0, 1, 0, 0, 0, 2, 1], INTS_OF),
               tensor("dims", [2], [0, -1], INTS_OF), tensor("axes", [2], [2, 3], INTS_OF)]
    image = (("x", ("N", 2, 6, 6)),)
    one = [node("Conv", "x w b", "y", pads=[1, 1, 1, 1], group=1), node("ConvTranspose", "x w", "y", strides=[2, 2]),
           node("MaxPool", "x", "y", kernel_shape=[2, 2], ceil_mode=1), node("PRelu", "x b", "y"),
           node("AveragePool", "x", "y", kernel_shape=[2, 2], strides=[2, 2]), node("GlobalAveragePool", "x", "y"),
           node("BatchNormalization", "x b b b b", "y", epsilon=0.5), node("InstanceNormalization", "x b b", "y"),
           node("Pad", "x pads half", "y"), node("Reshape", "x dims", "y"), node("ReduceMean", "x axes", "y"),
           node("Clip", "x half", "y"), node("LeakyRelu", "x", "y", alpha=0.25), node("Shrink", "x", "y"),
           node("Softmax", "x", "y", axis=1), node("Gelu", "x", "y", approximate="tanh")]
    rows = [[node("Gemm", "x m b", "y")], [node("MatMul", "x m", "a"), node("Add", "a b", "y")],
            [node("Relu", "x", "a"), node("Sigmoid", "a", "b0"), node("Mul", "a b0", "c"), node("Add", "c x", "d"),
             node("Concat", "d a", "y", axis=1)]]
    numbers += [tensor("scales", [4], [1.0, 1.0, 2.0, 2.0]), tensor("ones", [1], [1.0]), tensor("zero", [1], [0.0]),
                tensor("groups", [3], [0, 1, -1], INTS_OF), tensor("first", [1], [0], INTS_OF),
                tensor("rest", [1], [-1], INTS_OF), tensor("ends", [2], [5, -1], INTS_OF)]
    one += [node("Slice", "x first rest", "y"), node("Slice", "x axes ends axes", "y"),
            node("GroupNormalization", "x b b", "y", num_groups=2), node("ReduceMax", "x axes", "y"),
            node("Upsample", "x scales", "y"), node("Mul", "x half", "y"), node("ThresholdedRelu", "x", "y")]
    rows.append([node("Shape", "x", "s"), node("Gather", "s first", "n"), node("Concat", "n rest", "d", axis=0),
                 node("Reshape", "x d", "a"), node("MatMul", "a m", "y")])
    turned = [[node("Transpose", "x", "a", perm=[0, 3, 1, 2]), node("Relu", "a", "r"),
               node("Transpose", "r", "c", perm=[0, 2, 3, 1]), node("Reshape", "c dims", "d"), node("Tanh", "d", "y")],
              [node("Reshape", "x groups", "a"), node("InstanceNormalization", "a ones zero", "c"),
               node("Shape", "x", "s"), node("Reshape", "c s", "y")]]
    images = [[some] for some in one] + turned
    return [model(some, numbers, image) for some in images] + [model(some, numbers, (("x", ("N", 2)),))
                                                               for some in rows]


def tar():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as file:
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        file.addfile(folder)
        for name, size in (("folder/a", 700), ("folder/b", 0), ("folder/c", 512)):
            entry = tarfile.TarInfo(name)
            entry.size = size
            file.addfile(entry, io.BytesIO(b"x" * size))
    return packed.getvalue()[:5 * 1024]


def idx():
    labels = struct.pack(">HBBI", 0, 8, 1, 2) + bytes([3, 7])
    wide = struct.pack(">HBBII", 0, 12, 2, 2, 8) + struct.pack(">16I", *[3, 0, 0, 0, 0, 0, 0, 0] * 2)
    images = struct.pack(">HBBIII", 0, 8, 3, 2, 28, 28) + bytes(2 * 28 * 28)

    def pair(variant, first, second):
        return bytes([variant]) + struct.pack("<H", len(first)) + first + second
    return [pair(0, labels, images), pair(1, labels, images),
            pair(2, gzip.compress(labels, mtime=0),
                 gzip.compress(images, mtime=0)),
            pair(4, wide, images), pair(5, wide, images)]


def cifar():
    def batch(key):
        """As Python 2 pickled it; FE FE FE FE is replaced by the pixels."""
        return (b"\x80\x02}q\x01(U" + bytes([len(key)]) + key + b"](" + b"K\x03" * 10000 + b"eU\x04datacnumpy.core"
                b".multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01M\x10'M\x00\x0c\x86cnumpy\ndtype"
                b"\n(U\x02u1K\x00K\x01tR\x89T\x00\xc0\xd4\x01\xfe\xfe\xfe\xfetbu.")
    names = pickle.dumps({"label_names": ["a"] * 10, "fine_label_names": ["b"] * 100}, 2)
    text = b"\n".join(b"name%d" % i for i in range(100))
    return [b"\x02" + batch(b"labels"), b"\x03" + batch(b"fine_labels"), b"\x02" + names, b"\x03" + names,
            b"\x00" + text, b"\x01" + text, b"\x00" + bytes(20), b"\x01" + bytes(20), b"\x04" + bytes(4)]


def csv():
    texts = [b"a,b,y\n1,2,0\n3,4,1\n5,6,2\n", b"1,2,0\n3,4,1\n", b"a;b;y\n1,5;x;0\n", b"a\tb\ty\n1\t\t0\n",
             b"1 2 0\n3 4 1\n",
             b"\xef\xbb\xbf\n  \n a , \"b \"\"c\"\"\",\"d,\ne\"\r\n1.5,  two words ,\"3\"\r\r\n-2,NA,  \n",
             b"a,b,y\n1,red,yes\n2,,no\nNA,blue,yes\n", b"y,x\n1e308,1\n-1e308,2\n", b",,\n", b"a,a\n1,2\n", b""]
    texts += [text[:1500].rsplit(b"\n", 1)[0] + b"\n" for text in files(os.path.join(SAMPLES, "data"), ".csv")]
    return varied((0, 1, 2, 4, 9, 16, 32 + 8, 64, 128 + 2, 192), texts)


def options():
    lines = ["--epochs=3", "--set\ntrain.optimizer.lr=0.1", "--set\ntrain.optimizer.betas=(0.9, 0.99)", "--help",
             "test",
             "--set\ntrain.scheduler.gamma=0.5", "--set\ntrain.optimizer.second.lr=1e-3", "--load\na.pth\n--quiet",
             "--resume\nx.pth\n--max-steps\n5", "--set\ntrain.save=a_{epoch}.pth", "--lr\n1e-5\n--seed=9\n--threads\n2",
             "data\n--sheet=a.png\n--data\nthere", "--set\ntrain.data.shuffle=False", "--set\ntrain.clip.grad_norm=1.5"]
    return [b"\0" + line.encode() for line in lines + ["\n".join(lines[:3])]]


def pictures():
    endings = (".bmp", ".jpg", ".png", ".pbm", ".pgm", ".ppm", ".tif", ".webp")
    contents = files(os.path.join(FIXTURES, "pictures"), *endings)
    return varied((0,), contents) + varied((1,), [content for content in contents if content[1:4] == b"PNG"])


def unpack():
    return varied((1, 3), [tar()]) + varied((0,), [gzip.compress(tar(), mtime=0), gzip.compress(b"text", mtime=0)])


def arrays(*endings):
    return files(os.path.join(FIXTURES, "arrays"), *endings)


def changes():
    """Of records: no change, and some places."""
    places = [b"", struct.pack("<HB", 12, 255), struct.pack("<HB", 60, 3) + struct.pack("<HB", 2660, 9)]
    return varied((0, 1, 2, 4, 7, 12, 13, 140, 191), places)


# For each kind: its seeds, the longest input, and how many inputs the smoke run tries beside the seeds.
KINDS = {
    "language": (language, 3000, 400),
    "import": (models, 6000, 400),
    "onnx": (onnx, 4096, 1000),
    "pickle": (lambda: varied((0,), pickles()), 4096, 3000),
    "checkpoint": (lambda: varied((0, 5), checkpoints()) + varied((2, 3), pickles()), 8192, 1000),
    "state": (changes, 64, 1000),
    "fit": (changes, 64, 1000),
    "npy": (lambda: varied((0, 1, 2, 3, 5, 20, 49), arrays(".npy")), 1024, 3000),
    "npz": (lambda: varied((0, 3), arrays(".npz")) + varied((64, 66), arrays(".npy")), 2048, 1000),
    "csv": (csv, 2048, 3000),
    "idx": (idx, 4096, 2000),
    "cifar": (cifar, 32768, 100),
    "picture": (pictures, 4096, 1000),
    "unpack": (unpack, 6144, 500),
    "options": (options, 512, 2000),
}

#!/usr/bin/env python3
"""`netc import`: whole models that PyTorch saved, those that netc saves itself, and what print(model) shows. The files
of PyTorch are tests/fixtures/whole (tests/parity/make_whole.py made them)."""
import array
import json
import os
import shutil

from support import ROOT, done, folder, main, netc

FIXTURES = os.path.join(ROOT, "tests", "fixtures", "whole")
TRAIN = """
data samples = NPY("x.npy", target="y.npy")
train %s {
    seed       1
    data       samples, batch_size=4
    test       samples, batch_size=4
    loss       MSELoss()
    optimizer  SGD(lr=0.01)
    epochs     1
    save       "whole_{epoch}.pth", whole=True
}
"""
CLASS = "# The forward of %s is not in it: here its children are applied in their order, each once.\n" \
        "# Hold that against the class.\n"
COURSE = """model Course(3, 8, 8) {
    model: {
        Conv2d(3, 4, 5, padding=2)
        MaxPool2d(2)
        Flatten()
        Linear(64, 3)
    }
}
"""
PARTS = """model Parts(3, 8, 8) {
    features: {
        conv: Conv2d(3, 4, 3, padding=1, bias=False)
        norm: BatchNorm2d(4)
        act: LeakyReLU(negative_slope=0.2, inplace=True)
    }
    avgpool: AdaptiveAvgPool2d(2)
    flatten(1)  # not in the file: 'classifier' takes a row
    classifier: {
        Dropout(p=0.3)
        Linear(16, 3)
    }
}
"""


def fixture(name):
    return os.path.join(FIXTURES, name)


def imported(*words, **options):
    return done(netc("import", *words, **options)).out


def refused(result, *texts):
    assert result.code == 1 and result.out == "", "exit code %d\n%s" % (result.code, result.out)
    for text in texts:
        assert text in result.err, "no %r in:\n%s" % (text, result.err)


def npy(path, shape, values):
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (shape,)
    head += " " * (-(len(head) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())
        file.write(array.array("f", values).tobytes())


def write_samples(path):
    """As make_whole.py has them."""
    npy(os.path.join(path, "x.npy"), (4, 3, 8, 8), [((i * 37) % 101) / 50 - 1 for i in range(4 * 192)])
    npy(os.path.join(path, "y.npy"), (4, 3), [((i * 29) % 17) / 8 - 1 for i in range(12)])


def program(path, name, text, model):
    """A file of an imported model and a train block."""
    file = os.path.join(path, name)
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(text + TRAIN % model)
    return file


def loss_of(result):
    return float(result.out.split("test_loss ")[1].split()[0])


def test_files_and_what_they_print_become_the_same_text():
    for name, model, expected in (("course", "Course", COURSE), ("parts", "Parts", PARTS)):
        for ending in (".pth", ".txt"):
            text = imported(fixture(name + ending), "--input", "3,8,8")
            assert text == "# Imported from %s%s.\n" % (name, ending) + CLASS % model + expected, text


def test_imported_models_compute_what_they_computed():
    for name, model in (("course", "Course"), ("parts", "Parts")):
        with open(fixture(name + ".txt"), encoding="utf-8") as file:
            expected = float(file.read().split("# test loss ")[1])
        with folder() as path:
            write_samples(path)
            file = program(path, "a.net", imported(fixture(name + ".pth"), "--input=3x8x8"), model)
            loss = loss_of(done(netc("run", file, "test", "--load", fixture(name + ".pth"), "--quiet")))
            assert abs(loss - expected) <= 2e-6, "%s: %f, not %f" % (name, loss, expected)


def test_whole_models_come_back():
    """What netc saves whole it imports, loads, evaluates and goes on from."""
    with folder() as path:
        write_samples(path)
        file = program(path, "a.net", PARTS, "Parts")
        trained = done(netc("run", file, "--quiet", cwd=path))
        text = imported(os.path.join(path, "whole_0.pth"), "--input", "3,8,8")
        body = PARTS.split("\n", 1)[1].replace("flatten(1)  # not in the file: 'classifier' takes a row",
                                               "flatten: Flatten()")
        assert text == "# Imported from whole_0.pth.\nmodel Net(3, 8, 8) {\n" + body, text
        again = program(path, "b.net", text, "Net")
        for name in (file, again):
            tested = done(netc("run", name, "test", "--load", os.path.join(path, "whole_0.pth"), "--quiet"))
            assert loss_of(tested) == loss_of(trained)
        done(netc("run", file, "--epochs", 2, "--quiet", "--resume", cwd=path))
        with open(os.path.join(path, "whole_1.pth"), "rb") as one:
            resumed = one.read()
        for name in ("whole_0.pth", "whole_1.pth"):
            os.remove(os.path.join(path, name))
        done(netc("run", file, "--epochs", 2, "--quiet", cwd=path))
        with open(os.path.join(path, "whole_1.pth"), "rb") as one:
            assert one.read() == resumed


def test_shapes_are_found_or_asked_for():
    with folder() as path:
        for text, shape in (("(0): Linear(in_features=7, out_features=3)", "7"),
                            ("(0): Conv2d(3, 4, (3, 3))\n  (1): Flatten()\n  (2): Linear(144, 2)", "3, 8, 8"),
                            ("(0): Conv1d(2, 4, 3)\n  (1): Flatten()\n  (2): Linear(24, 2)", "2, 8"),
                            ("(0): Embedding(9, 4)\n  (1): Flatten()\n  (2): Linear(24, 2)", "6")):
            name = os.path.join(path, "printed.txt")
            with open(name, "w", encoding="utf-8") as file:
                file.write("Sequential(\n  %s\n)\n" % text)
            assert "model Net(%s) {" % shape in imported(name), imported(name)
    refused(netc("import", fixture("course.pth")), "squares of 8 to 9 fit", "hint: say --input 3,H,W")
    refused(netc("import", fixture("parts.pth")), "squares of 1 or more fit")
    refused(netc("import", fixture("course.pth"), "--input", "3,9x,9"), "--input expects")
    refused(netc("import", fixture("course.pth"), "--input", "3,32,32"), "Linear expects 64 input features")


def test_layers_are_read_as_torch_prints_them():
    """tests/fixtures/printed.json (tests/parity/models.py --write)."""
    with open(os.path.join(ROOT, "tests", "fixtures", "printed.json"), encoding="utf-8") as file:
        layers = json.load(file)["layers"]
    with folder() as path:
        name, again = os.path.join(path, "printed.txt"), os.path.join(path, "again.net")
        for layer, printed in layers:
            with open(name, "w", encoding="utf-8") as file:
                file.write("Sequential(\n  (0): %s\n)\n" % printed)
            shape = "20" if layer.startswith("Embedding") else "2,12" if "1d(" in layer else \
                "6" if layer.startswith("Unflatten") else "2,12,12"
            done(netc("import", name, "--input", shape, "-o", again))
            assert printed in done(netc("summary", "--torch", again)).out, printed


def test_lists_within_lists_are_read_at_once():
    depth, lines = 90, ["Net("]
    lines += ["  " * level + "(0): ModuleList(" for level in range(1, depth)]
    lines += ["(0): Linear(in_features=192, out_features=3)", "(1): Linear(in_features=4, out_features=3)"]
    lines += [")"] * depth
    with folder() as path:
        name = os.path.join(path, "printed.txt")
        with open(name, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        refused(netc("import", name, "--input", "3,8,8", timeout=20), "Linear expects")


def test_what_no_file_tells_is_refused():
    for name in ("residual.pth", "residual.txt"):
        result = netc("import", fixture(name), "--input", "3,8,8")
        refused(result, "Block has a forward of its own")
        assert result.err.count("error:") == 1, result.err


def test_other_files_are_refused():
    with folder() as path:
        write_samples(path)
        file = program(path, "a.net", COURSE, "Course")
        with open(file, encoding="utf-8") as stream:
            text = stream.read().replace(", whole=True", "")
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text)
        done(netc("run", file, "--quiet", cwd=path))
        refused(netc("import", os.path.join(path, "whole_0.pth")), "it holds no modules", "torch.save(model, path)")
        refused(netc("import", file), "no file that torch.save writes")
        refused(netc("import", os.path.join(path, "none.pth")), "No such file")
        for printed, said in (("Net(\n  (a): Conv3d(1, 2, 3)\n)", "Conv3d"),
                              ("Net(\n  (a): Linear(2, 3)\n", "it ends within Net("),
                              ("Net(\n  hello\n)", "line 2 is none that print(model) shows"),
                              ("Net(\n  (a b): ReLU()\n)", "'a b', which is no name"),
                              ("Net(\n  (a): Linear(2, 3)\n  (b): Linear(4, 3)\n)", "Linear expects 4 input features"),
                              ("Net(\n  (a): Linear(2, x=exit(1))\n)", "an argument here is a number"),
                              ("Net(\n  (0-3): 4 x Linear(2, 2)\n)", "line 2")):
            name = os.path.join(path, "printed.txt")
            with open(name, "w", encoding="utf-8") as stream:
                stream.write(printed)
            refused(netc("import", name, "--input", "2"), said)


def test_damaged_files_are_refused():
    """Cut short anywhere, or with a byte changed: an error, or a text; never a crash."""
    with open(fixture("parts.pth"), "rb") as file:
        whole = file.read()
    with folder() as path:
        name = os.path.join(path, "damaged.pth")
        for number in range(60):
            place = number * len(whole) // 60
            damaged = bytearray(whole)
            damaged[place] ^= 1 << number % 8
            with open(name, "wb") as file:
                file.write(damaged if number % 3 else damaged[:place])
            result = netc("import", name, "--input", "3,8,8")
            assert result.code in (0, 1), "byte %d: exit code %d\n%s" % (place, result.code, result.err)


def test_output_goes_to_a_file():
    with folder() as path:
        shutil.copy(fixture("course.pth"), path)
        done(netc("import", "course.pth", "--input", "3,8,8", "-o", "course.net", cwd=path))
        done(netc("check", "course.net", cwd=path))
        assert done(netc("summary", "course.net", cwd=path)).out.startswith("model Course\n")


main(globals())

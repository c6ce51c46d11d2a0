#!/usr/bin/env python3
"""netc run FILE.net accuracy: a row for what each layer makes, with an error as float32's; and what it refuses."""
import functools
import os
import re

from support import Skip, compilers, done, folder, main, netc, run, sanitized, write

LAYERS = """    conv: Conv2d(3, 32, 5, padding=2), ReLU(), MaxPool2d(2)
    deep: Conv2d(32, 32, 5, padding=2), MaxPool2d(2), Dropout(0.25)
    side: Residual { Conv2d(32, 32, 3, padding=1, bias=False), BatchNorm2d(_), GELU() }
    Flatten(), Linear(_, 10)
"""
TRAIN = """train Model {
    seed      0
    data      samples, batch_size=8, shuffle=True
    loss      CrossEntropyLoss()
    optimizer SGD(lr=1e-2)
    epochs    1
}
"""
PICTURES = "model Model(3, 32, 32) {\n" + LAYERS + "}\ndata samples = Shapes(train=False) { ToTensor() }\n" + TRAIN
WORDS = """model Model(6, tokens=9) {
    Embedding(9, 16), Flatten(), Linear(_, 20), Tanh(), Dropout(0.5), Linear(_, 2)
}
data samples = CSV("words.csv", target="y")
""" + TRAIN.replace("size=8", "size=5")
ROW = re.compile(r"^ *(?P<largest>[\d.]+e\S+) +(?P<rms>\S+) +(?P<float_largest>\S+) +(?P<float_rms>\S+)  "
                 r"(?P<what>output|gradient of the input|\S+) +(?P<family>\w+) +(?P<layers>.*?)"
                 r"(?P<cancels>  \(cancels out\))?$")


def accuracy(path, text, *words):
    if not compilers() or sanitized():
        raise Skip("compares with what a C compiler makes, without sanitizers")
    write(path, "model.net", text)
    return done(netc("run", "model.net", "accuracy", *words, cwd=path)).out


@functools.lru_cache(None)
def of_pictures():
    with folder() as path:
        return accuracy(path, PICTURES)


def rows(output):
    return [match.groupdict() for match in map(ROW.match, output.splitlines()) if match]


def test_every_layer_is_told_and_none_is_worse_than_its_family():
    with folder() as path:
        output = of_pictures()
        table = rows(output)
        told = {(row["layers"].split(":")[0], row["what"]) for row in table}
        for what in ("output", "conv.weight", "conv.bias"):
            assert ("conv", what) in told, output
        for what in ("output", "gradient of the input", "deep.weight", "deep.bias"):
            assert ("deep", what) in told, output
        assert any(row["family"].startswith("winograd") for row in table), output
        for row in table:
            assert row["cancels"] or float(row["rms"]) < 1e-5, row
            assert row["cancels"] or float(row["float_rms"]) < 1e-5, row
        losses = re.search(r"^loss (\S+), in float64 (\S+), in float32 in order (\S+)$", output, re.M)
        assert all(abs(float(loss) - float(losses[2])) < 1e-5 for loss in losses.groups()), output
        exact = rows(accuracy(path, PICTURES.replace("    epochs", "    precision exact\n    epochs")))
        assert not any(row["family"].startswith("winograd") for row in exact), exact
        assert all(row["cancels"] or float(row["rms"]) < 2e-6 for row in exact), exact


def test_no_layer_rounds_more_than_its_precision():
    with folder() as path:
        families = {}
        for number in ("2.5e-6", "1e-5"):
            table = rows(accuracy(path, PICTURES.replace("    epochs", "    precision %s\n    epochs" % number)))
            families[number] = {row["family"] for row in table}
            for row in table:
                assert row["cancels"] or float(row["rms"]) <= float(number), (number, row)
        assert "winograd5" not in families["2.5e-6"] and "winograd3" in families["2.5e-6"], families
        assert "winograd5" in families["1e-5"], families


def write_words(path):
    write(path, "words.csv", "a,b,c,d,e,f,y\n" + "".join(
        ",".join(str((7 * i + k * k) % 9) for k in range(6)) + ",%d\n" % (i % 2) for i in range(11)))


def test_tokens_and_targets_of_a_table_with_parameters_that_are_loaded():
    with folder() as path:
        write_words(path)
        text = WORDS.replace("    epochs", "    save      \"model.safetensors\"\n    epochs")
        output = accuracy(path, text)
        table = rows(output)
        assert any(row["what"] == "0.weight" for row in table), table
        assert all(float(row["rms"]) < 1e-5 for row in table), table
        done(netc("run", "model.net", "--max-steps", 2, "--quiet", cwd=path))
        loaded = accuracy(path, text, "--load", "model.safetensors")
        assert re.search("^loss .*", output, re.M)[0] != re.search("^loss .*", loaded, re.M)[0], loaded


def test_refuses():
    with folder() as path:
        write_words(path)
        accuracy(path, WORDS)
        for words, why in ((("--threads", 2), "watched on one thread"),
                           (("--cc", "no-such"), "there is no 'no-such' here"),
                           (("--profile",), "no steps that --profile could measure")):
            result = netc("run", "model.net", "accuracy", *words, cwd=path)
            assert result.code and why in result.err, (words, result.err)
        done(netc("build", "model.net", "-o", "trainer", cwd=path))
        result = run(os.path.join(path, "trainer"), "accuracy", cwd=path)
        assert result.code and "netc run FILE.net accuracy" in result.err, result.err


main(globals())

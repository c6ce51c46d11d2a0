#!/usr/bin/env python3
"""The reference of the vocabulary, generated/reference.md: a section a noun, with what `netc help` says of it.

reference_test.py --bless writes it anew (tests/generated_test.py --bless does too): read the diff."""
import functools
import os
import re
import sys

from support import NETC, ROOT, done, folder, main, netc

PAGES = [os.path.join(ROOT, "docs", name) for name in ("language.md", "models.md")]
PAGE = os.path.join(ROOT, "generated", "reference.md")
HEAD = """# What a `.net` file can name

Written by `tests/generated_test.py --bless` from the tables that the compiler reads; `netc help NAME` prints the same.
Arguments have torch's names, places and defaults; `_` stands for a size that the input fixes. A line `differs` says
what is not as its counterpart in torch. How a file is put together is in [docs/language.md](../docs/language.md).
"""

# A program around an example, by the group of the noun; {} is the example.
MODEL = "model M(%s) {\n    %s\n}\n"
TRAIN = """
data drawn = Shapes(train=False, target="%s") { ToTensor() }
train M {
    %s
}
"""
KINDS = {"settings": "setting of a train block", "words": "word of the language"}
OF_THE_LANGUAGE = ("settings", "words")  # of which torch has no counterpart, and which make no shape of a shape


@functools.lru_cache(None)
def nouns():
    """{group: [name, ...]}, in the order of the tables."""
    groups, group = {}, None
    text = done(netc("help")).out.split("What a file can name", 1)[1].split("\n", 1)[1]
    for line in text.splitlines():
        head, names = line[:16].strip(), line[16:]
        group = head or group
        groups.setdefault(group, []).extend(name for name in re.split(r",\s*", names) if name)
    return groups


@functools.lru_cache(None)  # each is asked for its shape, its example and all that the page has
def entry(group, name):
    """What `netc help NAME` says of it as one of a group: a word may also be a command, a group or another noun."""
    entries = re.findall(r"^(?:.+\n){2}\n(?:kind .+\n(?:.+\n)*)", done(netc("help", name)).out, flags=re.M)
    entries = [text for text in entries if re.search("^kind +%s$" % KINDS.get(group, ".*"), text, flags=re.M)]
    assert len(entries) == 1, "'netc help %s' has %d entries of %s" % (name, len(entries), group)
    return entries[0]


def section(group, name):
    return "\n### %s\n```\n%s```\n" % (name, entry(group, name))


def page():
    return HEAD + "".join("\n## %s\n%s" % (group.capitalize(), "".join(section(group, name) for name in names))
                          for group, names in nouns().items())


def field(group, name, key):
    """What `netc help NAME` says after a word, or an assertion that tells where it belongs."""
    found = re.search(r"^%s +(.+(?:\n {9}.+)*)" % key, entry(group, name), flags=re.M)
    assert found, ("'netc help %s' has no %s: its kind in compiler/vocabulary/ lacks .help.%s "
                   "(vocabulary.h tells what belongs there)" % (name, key, key))
    return found[1]


def compiles(text, words=()):
    """What is wrong with a program, or an empty text."""
    result = netc("check", "-", *words, stdin=text)
    return result.err if result.code else ""


def train_block(line, target):
    lines = {"data": "data drawn, batch_size=8", "test": "test drawn", "optimizer": "optimizer SGD(lr=0.1)",
             "loss": "loss MSELoss()" if target == "position" else "loss CrossEntropyLoss()", "epochs": "epochs 1"}
    lines[line.split()[0]] = line
    outputs = 3 if target == "position" else 10
    return MODEL % ("3, 32, 32", "Conv2d(3, 4, 3)\n    Flatten()\n    Linear(_, %d)" % outputs) + TRAIN % (target,
                                                                                      "\n    ".join(lines.values()))


def wrong_example(group, name, example):
    """What is wrong with the example of a noun, or an empty text."""
    if group == "layers":
        shapes = re.search(r"^(.*?) +# ([\dx]+) -> ([\dx]+)$", example)
        assert shapes, "the example of %s ends with its shapes: 'Flatten()  # 3x32x32 -> 3072'" % name
        result = netc("check", "-", "--dump=model", stdin=MODEL % (shapes[2].replace("x", ", "), shapes[1]))
        if result.code or result.out.split("\n")[0].endswith("-> " + shapes[3]):
            return result.err
        return "its output is not %s:\n%s" % (shapes[3], result.out)
    if group == "words":
        data = "data drawn = Shapes() { ToTensor() }\n"
        return compiles(("" if example.startswith("model") else MODEL % ("3, 32, 32", "Flatten(), Linear(_, 10)")) +
                        data + example + "\n")
    if group == "data sets":
        whole = "data whole = Shapes() { ToTensor() }\n"  # what parts are parts of
        return compiles(MODEL % ("3, 32, 32", "Flatten()") + whole + example + "\n")
    if group == "transforms":  # of pictures, or of what ToTensor made, or of tables
        texts = [MODEL % ("3, 32, 32", "Flatten()") + "data d = %s { %s }\n" % (data, calls)
                 for data, calls in (("Shapes()", example), ("Shapes()", "ToTensor(), " + example),
                                     ("Shapes()", example + ", ToTensor()"), ("CSV(\"x.csv\")", example))]
    else:
        texts = [train_block(example, target) for target in ("class", "position")]
    wrong = compiles(texts[0])
    return wrong if wrong and all(compiles(text) for text in texts[1:]) else ""


def test_every_noun_has_its_shape_and_example():
    wrong = []
    for group, names in nouns().items():
        for name in names:
            if group not in OF_THE_LANGUAGE:
                field(group, name, "shape")
            elif name == "import":  # which is not there yet
                continue
            example = field(group, name, "example").replace("\n" + " " * 9, "\n")
            used = r"\b%s\b" % ("data" if name == "DataLoader" else name)
            assert re.search(used if group in OF_THE_LANGUAGE else name + r" ?[({]", example), (
                "the example of %s does not use it: %s" % (name, example))
            said = wrong_example(group, name, example)
            if said:
                wrong.append("the example of %s, '%s', does not compile:\n%s" % (name, example, said))
    assert not wrong, "\n".join(wrong)


def test_the_page_is_what_the_tables_say():
    have = open(PAGE, encoding="utf-8").read() if os.path.exists(PAGE) else ""
    assert have == page(), "generated/reference.md is not what the tables say: tests/generated_test.py --bless"


def test_the_examples_of_the_language_compile():
    examples = []
    for path in PAGES:
        with open(path, encoding="utf-8") as file:
            examples += re.findall(r"^```net\n(.*?)^```", file.read(), flags=re.M | re.S)
    assert len(examples) >= 5
    wrong = ["%s\n%s" % (example, compiles(example)) for example in examples if compiles(example)]
    assert not wrong, "\n".join(wrong)


def test_names_are_those_of_the_groups():
    names = done(netc("help", "names")).out.split()
    assert names == [name for group in nouns().values() for name in group]
    for group, members in nouns().items():
        lines = done(netc("help", group)).out.split("\n\n")[0].splitlines()
        assert [line.split()[0] for line in lines[:len(members)]] == members


def test_help_knows_what_torch_has():
    assert done(netc("help", "nn.Conv2d")).out == done(netc("help", "Conv2d")).out
    assert done(netc("help", "data", "sets")).out == done(netc("help", "data sets")).out
    assert re.search(r"^usage: netc data (.*\n)+\ndata DATA, batch_size=1, (.*\n)+\ndata NAME = ",
                     done(netc("help", "data")).out)
    for words, text in ((["Convv2d"], "nothing is called 'Convv2d'; did you mean 'Conv2d'?"),
                        (["LSTM"], "LSTM is a layer of torch's that netc does not support yet"),
                        (["biuld"], "did you mean 'build'?"), (["qwertz"], "there is no command 'qwertz'"),
                        (["Conv2d", "ReLU"], "'ReLU' is one word too many")):
        result = netc("help", *words)
        assert result.code == 2 and not result.out and text in result.err, result.err


def bless():
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page())


if __name__ == "__main__":
    if "--bless" in sys.argv:
        bless()
    else:
        main(globals())

#!/usr/bin/env python3
"""What no person writes: netc says what is wrong with it, in little time, and never crashes.

Programs that nest deeply or grow explosively, and samples and cases with pieces left out, doubled, swapped or put in;
the pieces are drawn from a seed, so that a failure can be had again."""
import os
import random
import re

from support import ROOT, main, netc, sample, samples

SECONDS = 60  # of one check on a busy machine; most need a hundredth of one
MUTANTS = 150
SIGNS = ["{", "}", "(", ")", "[", "]", ",", ":", "=", "\n", "_", "-", "**", "//", "repeat", "block", "model", "train",
         "Residual", "shortcut", "Sequential", "None", "1e999", "99999999999999999999", "0", "-1", '"', "'", "#", "\\",
         "\0", "é", "let"]


def checked(text, *words):
    """The messages of `netc check`, which must end by itself: 0 and silent, or 1 with a reason."""
    result = netc("check", "-", *words, stdin=text, timeout=SECONDS)
    assert result.code in (0, 1), "exit code %d\n%s\n%s" % (result.code, result.err[-2000:], text[:4000])
    assert (result.code == 1) == bool(result.err), "exit code %d\n%s\n%s" % (result.code, result.err, text[:4000])
    assert len(result.err) < 100000, "%d bytes of messages" % len(result.err)
    return result.err


def refused(text, sentence):
    said = checked(text)
    assert sentence in said, "no %r in:\n%s" % (sentence, said[:2000])


def chain(count, body="%s"):
    """Blocks that use each other in a row, the outermost first."""
    return ["block B%d() { %s }\n" % (i, body % ("B%d()" % (i + 1))) for i in range(count)]


def model(body):
    return "model M(3, 8, 8) { %s }\n" % body


def test_deep_nesting_has_an_end():
    for opening, closing in (("{", "}"), ("Sequential(", ")"), ("repeat 1 {", "}"), ("Residual {", "}")):
        assert not checked(model(opening * 200 + "ReLU()" + closing * 200))
        for count in (900, 3000, 30000):
            refused(model(opening * count + "ReLU()" + closing * count), "nest")
    refused("let x = " + "(" * 30000 + "1" + ")" * 30000 + "\n" + model("ReLU()"), "nest")
    refused("let x = " + "-" * 5000 + "1\n" + model("ReLU()"), "nest")


def test_long_rows_of_blocks_have_an_end():
    blocks = chain(9000)
    leaf = "block B9000() { ReLU() }\n"
    refused("".join(blocks) + leaf + model("B0()"), "blocks nest more than")
    refused(leaf + "".join(reversed(blocks)) + model("B0()"), "nests more than")
    deep = chain(20, "{" * 90 + " %s " + "}" * 90)
    leaf = "block B20() { ReLU() }\n"
    refused("".join(deep) + leaf + model("B0()"), "blocks nest more than")
    refused(leaf + "".join(reversed(deep)) + model("B0()"), "nests more than")


def test_models_that_double_have_an_end():
    doubling = ["block B%d() { B%d(), B%d() }\n" % (i, i + 1, i + 1) for i in range(60)]
    for leaf in ("block B60() { ReLU() }\n", "block B60() { }\n", "block B60() { Convv2d(3) }\n",
                 "block B60() { Conv2d(7, 7, 7) }\n"):
        assert checked("".join(doubling) + leaf + model("B0()"))
    refused(model("repeat 9999 { repeat 9999 { repeat 9999 { } } }"), "more than")


def test_mutants_are_read_to_the_end():
    folder = os.path.join(ROOT, "tests", "cases")
    names = [os.path.join(at, name) for part in ("blocks", "residual", "syntax", "shapes")
             for at, _, files in os.walk(os.path.join(folder, part)) for name in files]
    names = sorted(names) + [sample(name) for name in samples()]
    r = random.Random(5)
    for _ in range(MUTANTS):
        with open(r.choice(names), encoding="utf-8", errors="replace") as file:
            text = file.read().split("\n#> ")[0]
        pieces = re.findall(r"\w+|\s+|.", text)[:3000]
        for _ in range(r.choice((1, 1, 2, 5, 20))):
            at, other = r.randrange(len(pieces)), r.randrange(len(pieces))
            change = r.randrange(4)
            if change == 0:
                del pieces[at]
            elif change == 1:
                pieces[at:at] = pieces[other:other + r.choice((1, 3, 10))]
            elif change == 2:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            else:
                pieces[at:at] = [r.choice(SIGNS)]
        checked("".join(pieces))


main(globals())

#!/usr/bin/env python3
"""The emitted C: generated/ holds what the samples emit, byte for byte, and it compiles everywhere without a word.

generated_test.py --bless writes generated/ anew: read the diff."""
import functools
import os
import re
import shutil
import sys

import reference_test
from support import NETC, ROOT, Skip, compilers, done, folder, main, netc, run, sample, samples

STRICT = ["-std=gnu11", "-Wall", "-Wextra", "-Wshadow", "-Werror"]


PLAIN = ["cifar10"]  # the samples whose text for the plain target is kept too, in generated/plain/
GPU = ["cifar10"]  # and those whose kernels for a GPU are, in generated/gpu/


def golden(name):
    return os.path.join(ROOT, "generated", name + ".c")


def gpu_golden(name):
    return os.path.join(ROOT, "generated", "gpu", name + ".cu")


def plain_golden(name):
    return os.path.join(ROOT, "generated", "plain", name + ".c")


def test_generated_is_what_the_samples_emit():
    wrong = []
    for name in samples():
        text = done(netc("emit", sample(name))).out
        have = open(golden(name), encoding="utf-8").read() if os.path.exists(golden(name)) else None
        if text != have:
            wrong.append("generated/%s.c is not what its sample emits: tests/generated_test.py --bless, and read the "
                         "diff" % name)
    assert not wrong, "\n".join(wrong)


def test_generated_plain_is_what_the_samples_emit():
    for name in PLAIN:
        with open(plain_golden(name), encoding="utf-8") as file:
            assert done(netc("emit", sample(name), "--target", "plain")).out == file.read(), (
                "generated/plain/%s.c is not what its sample emits: tests/generated_test.py --bless" % name)


def test_generated_gpu_is_what_the_samples_emit():
    for name in GPU:
        with open(gpu_golden(name), encoding="utf-8") as file:
            assert done(netc("emit", sample(name), "--target", "gpu")).out == file.read(), (
                "generated/gpu/%s.cu is not what its sample emits: tests/generated_test.py --bless" % name)


def test_plain_target_compiles_silently():
    """As C99 to the letter, in float and in double, for every sample that it takes."""
    found = compilers()
    if not found:
        raise Skip("no C compiler")
    with folder() as path:
        for name in samples():
            result = netc("emit", sample(name), "--target", "plain", "-o", os.path.join(path, "x.c"))
            if result.code:
                assert "the plain target does not support" in result.err, result.err
                continue
            for _, cc in found + [("tcc", name) for name in [shutil.which("tcc")] if name]:
                for real in ("float", "double")[:1 if cc.endswith("tcc") else 2]: # it takes no object above 2 GiB
                    whole = real == "float" and not cc.endswith("clang") # which says all when it has read the text
                    result = run(cc, "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Dreal=" + real,
                                 "-c" if whole else "-fsyntax-only", os.path.join(path, "x.c"), "-o",
                                 os.path.join(path, "x.o"))
                    assert result.code == 0 and not result.err, "%s %s:\n%s" % (cc, name, result.err)


def test_generated_has_nothing_else():
    names = {name + ".c" for name in samples()} | {"reference.md", "plain", "gpu"}
    have = set(os.listdir(os.path.join(ROOT, "generated"))) if names else set()
    assert have <= names, "no sample emits " + ", ".join(sorted(have - names))


def test_the_same_input_gives_the_same_bytes():
    for name in samples():
        text = done(netc("emit", sample(name))).out
        with folder() as path:
            assert done(netc("emit", sample(name), cwd=path)).out == text
        assert not re.search(r"/(home|tmp|usr|work|root)/", text), "a path of this machine is in the C of " + name


@functools.lru_cache(None)
def options():
    """Where the headers are and how it is optimised, as `netc build -v` shows it."""
    with folder() as path:
        shown = netc("build", sample(samples()[0]), "-o", os.path.join(path, "x"), "--cc", "true", "-v").err
    return [word for word in shown.split("\n")[0].split() if re.match("-[IOf]", word)]


def ways():
    """What is to compile: every sample, and one that measures itself."""
    return [(name, ()) for name in samples()] + [(samples()[0], ("--profile",))]


def with_all_families():
    """Some of the samples, which have kernels of all families that there are in any: the shortest texts."""
    seen, chosen = set(), []
    for name in sorted(samples(), key=lambda name: os.path.getsize(golden(name))):
        families = set(re.findall(r" by (\w+):", done(netc("check", sample(name), "--dump=choose")).out))
        if not families <= seen:
            chosen.append(name)
        seen |= families
    assert len(seen) > 30, seen
    return chosen


def test_specialised_c_compiles_silently():
    """For vectors of every width that there is; and, kernels of each family, with the warnings of gcc's optimizer:
    unit/test_kernels_text.c has those of other sizes. What clang's has to say, of loops that it cannot unroll,
    same_bits_test.py sees in the trainers that it builds."""
    found, optimized = compilers(), with_all_families()
    if not found:
        raise Skip("no C compiler")
    marches = ["x86-64", "haswell", "x86-64-v4"] if os.uname().machine == "x86_64" else ["native"]
    with folder() as path:
        for name, words in ways():
            done(netc("emit", *words, sample(name), "-o", os.path.join(path, "x.c")))
            for cc, command in found:
                for march in marches:
                    result = run(command, *STRICT, "-march=" + march, *options(), "-fsyntax-only",
                                 os.path.join(path, "x.c"))
                    assert result.code == 0 and not result.err, "%s -march=%s %s:\n%s" % (cc, march, name, result.err)
                if cc != "clang" and name in optimized:
                    result = run(command, *STRICT, *options(), "-c", "-o", os.path.join(path, "x.o"),
                                 os.path.join(path, "x.c"))
                    assert result.code == 0 and not result.err, "%s -c %s:\n%s" % (cc, name, result.err)


def test_plain_c_compiles_silently():
    """With the declarations that netc gives libtcc in front; tcc itself compiles it in same_bits_test.py."""
    found = compilers()
    if not found:
        raise Skip("no C compiler")
    with folder() as path:
        for name, words in ways():
            done(netc("emit", *words, sample(name), "--plain", "-o", os.path.join(path, "x.c")))
            for _, cc in found:
                result = run(cc, *STRICT, *options(), "-include", "netc.h", "-include", "kernels.h", "-fsyntax-only",
                             os.path.join(path, "x.c"))
                assert result.code == 0 and not result.err, "%s %s:\n%s" % (cc, name, result.err)


def test_plain_c_needs_no_file():
    for name in samples():
        assert "#include" not in done(netc("emit", sample(name), "--plain")).out


def test_trainer_needs_only_what_its_file_uses():
    """No protobuf-c without log. Checkpoints are in every trainer: `test --load` and `predict` read them."""
    with open(sample("shapes"), encoding="utf-8") as file:
        lines = file.readlines()
    with folder() as path:
        name, trainer = os.path.join(path, "x.net"), os.path.join(path, "x")
        for left_out in (("save", "log"), ("log",)):
            with open(name, "w", encoding="utf-8") as file:
                file.writelines(line for line in lines if not line.strip().startswith(left_out))
            done(netc("build", name, "-o", trainer))
            with open(trainer, "rb") as file:
                binary = file.read()
            assert b"protobuf_c" not in binary, "protobuf-c is linked without " + " and ".join(left_out)


def test_in_process_opens_no_file_of_a_compiler():
    """Neither tcc's own library nor a header of the system. (By itself a run that lasts looks for a C compiler.)"""
    name = samples()[0]
    with folder() as path:
        log = os.path.join(path, "strace")
        if not shutil.which("strace"):
            raise Skip("strace is not installed")
        run("strace", "-f", "-e", "trace=openat,open,access", "-o", log, NETC, "run", sample(name), "--data=/nowhere",
            "--tier=jit", "--max-steps=1", cwd=path)
        with open(log, encoding="utf-8", errors="replace") as file:
            opened = [line for line in file if re.search(r'libtcc1|/tcc/|\.h"|crt1\.o|libc\.a|gcc', line)]
        assert not opened, "".join(opened)


def bless():
    for name in samples():
        done(netc("emit", sample(name), "-o", golden(name)))
    for name in PLAIN:
        done(netc("emit", sample(name), "--target", "plain", "-o", plain_golden(name)))
    for name in GPU:
        done(netc("emit", sample(name), "--target", "gpu", "-o", gpu_golden(name)))
    reference_test.bless()


if "--bless" in sys.argv:
    bless()
else:
    main(globals())

#!/usr/bin/env python3
"""Vectors that this machine may not have: NEON as qemu emulates it, and 16 lanes, taken apart by gcc or only read.

What is compiled for AArch64 is the runtime's core, the emitted C in both forms, the prebuilt kernels, and the kernels'
own tests. There are no libraries for it but libc: tests/cross has the part of Check that those tests use, and a `save`
that writes bare floats."""
import functools
import glob
import os
import re
import shutil
import tempfile

from support import NETC, ROOT, Skip, compilers, done, folder, losses, main, netc, run, sample, tensors, write

CROSS = "aarch64-linux-gnu-gcc"
FLAGS = ["-std=gnu11", "-O1", "-ffp-contract=off", "-D_GNU_SOURCE", "-DNETC_VERSION=\"0\"", "-Wall", "-Wextra",
         "-Wshadow", "-Werror"]
RUNTIME = os.path.join(ROOT, "runtime")
WINOGRAD = os.path.join(RUNTIME, "kernels", "winograd.c")
BUILT = os.path.join(os.path.dirname(os.path.dirname(NETC)), "runtime", "kernels")
INCLUDES = ["-I" + path for path in (os.path.join(ROOT, "tests", "cross"), os.path.join(ROOT, "compiler"), RUNTIME,
                                     BUILT)]
HERE = ("gcc", *FLAGS, *INCLUDES, "-pthread")
ARM = (CROSS, "-static", *FLAGS, *INCLUDES, "-pthread")
PASSES = ["targets/cpu/libnetc_cpu.a", "passes/libnetc_passes.a", "graph/libnetc_graph.a", "base/libnetc_base.a"]
TESTS = ["kernels", "kernels_simple", "kernels_embedding", "kernels_gradient", "kernels_sparse", "kernels_winograd"]
STEPS = ["--max-steps", "3", "--log-every", "1"]
# Machines that are emulated, and compilers that are told to take their time for nothing, are slow: the unit tests go
# through all the shapes, with vectors that this processor has.
FEWER = "-DONE_IN=8"

# Vectors of 16 lanes that the compiler takes apart (runtime/vector.h). gcc works on all kernels of them for most of a
# minute, however little it optimizes; clang does it in some seconds, but by functions that are slow where it does not.
WIDE = ("-march=x86-64-v3", "-DNC_LANES=16", "-Wno-psabi")

# A layer of every kind that has kernels of its own, as small as they come.
PROGRAM = """
model Small(3, 32, 32) {
    Conv2d(3, 16, 5, padding=2)
    MaxPool2d(2)
    Conv2d(16, 16, 5, padding=2)
    MaxPool2d(2)
    Conv2d(16, 32, 3, padding=1)
    ReLU()
    Conv2d(32, 32, 3, stride=2, padding=1)
    ReLU()
    MaxPool2d(3, stride=1)
    Conv2d(_, 64, 1, groups=4)
    Flatten()
    Dropout(0.3)
    Linear(_, 10)
}
data train_data = Shapes(train=True) { ToTensor() }
train Small {
    seed       3
    data       train_data, batch_size=20, shuffle=True
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
    epochs     1
    save       "small.pth"
}
"""


def emulator():
    found = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
    if not shutil.which(CROSS):
        raise Skip("there is no " + CROSS)
    if not found:
        raise Skip("there is no qemu-aarch64")
    return found


def below(path, *patterns):
    return sorted(name for pattern in patterns for name in glob.glob(os.path.join(path, pattern)))


def archive(path, name, compiler, sources):
    """Compiles sources into an archive: a program then takes what it needs."""
    result = os.path.join(path, name) + ".a"
    for number, folder in enumerate(sorted(set(map(os.path.dirname, sources)))):  # whose files may be named alike
        objects = os.path.join(path, "%s%d" % (name, number))
        os.mkdir(objects)
        done(run(*compiler, "-c", *[source for source in sources if os.path.dirname(source) == folder], cwd=objects))
        for made in below(objects, "*.o"):
            os.rename(made, made[:-2] + "_%d.o" % number)
        done(run("ar", "rcs", result, *below(objects, "*.o")))
    return result


@functools.lru_cache(None)
def archives():
    """The folder of the archives that several tests link."""
    return tempfile.TemporaryDirectory(prefix="netc-cross-")


@functools.lru_cache(None)
def kernels(name, compiler, lanes=4):
    """The prebuilt kernels of one width, what chooses them, and where to find them. There is a kernel for each tile:
    what they compute takes less time than to optimize them all, as the emitted ones are."""
    return archive(archives().name, "prebuilt-" + name, (*compiler, "-O0"), [
        os.path.join(BUILT, "kernels_w%d.c" % lanes), os.path.join(BUILT, "calls.c"),
        os.path.join(RUNTIME, "kernels", "dispatch.c")])


@functools.lru_cache(None)
def winograd(name, compiler):
    """What prebuilt and emitted kernels call."""
    return archive(archives().name, "winograd-" + name, (*compiler, "-O0"), [WINOGRAD])


def bare(path):
    """What raw_store.c saves."""
    with open(path, "rb") as file:
        return file.read()


def floats(path):
    """The same of a file of PyTorch's."""
    return b"".join(values for _, values in sorted(tensors(path).items(), key=lambda one: int(one[0].split("/")[1])))


@functools.lru_cache(None)
def trained_here():
    """What the trainer gives that netc makes for this processor, with vectors of 8 lanes if it has them."""
    march = "x86-64-v3" if {"avx2", "fma"} <= processor() else "native"
    with folder() as path:
        program = os.path.join(path, "here")
        done(netc("build", small(path), "-o", program, "--march", march))
        return trained(program, read=floats)


def trained(program, start=(), read=bare):
    """(losses, saved bytes) of a trainer that is run in a folder of its own."""
    place = program + ".run"
    os.mkdir(place)
    result = done(run(*start, program, *STEPS, cwd=place))
    return losses(result.out), read(os.path.join(place, "small.pth"))


def small(path):
    return write(path, "small.net", PROGRAM)


def emitted(path, *options):
    """The C of the small program."""
    text = os.path.join(path, "small%s.c" % "".join(options))
    done(netc("emit", small(path), "-o", text, *options))
    return text


def core(path):
    """The runtime for AArch64 but for what reads and writes the formats of others. Its few steps take less time than
    to optimize it."""
    return archive(path, "core", (*ARM, "-O0"), [os.path.join(ROOT, "tests", "cross", "raw_store.c")] + below(
        RUNTIME, "system/*.c", "random/*.c", "step/*.c", "run/*.c", "commands/*.c", "data/[!c]*.c", "data/cache.c",
        "optimizers/*.c", "schedulers/*.c", "image/color.c", "image/image.c", "image/resample.c", "image/resize.c",
        "image/taps.c", "image/text.c", "image/transform.c"))


def check_kernels(path, compiler, libraries, start):
    """Builds and runs the kernels' own tests."""
    for name in TESTS:
        program = os.path.join(path, name)
        source = os.path.join(ROOT, "tests", "unit", "test_%s.c" % name)
        done(run(*compiler, source, *libraries, "-lm", "-o", program))
        done(run(*start, program))


def same(found, wanted, what):
    assert len(wanted[0]) == 3, wanted
    assert found[0] == wanted[0], "%s: losses %s, not %s" % (what, found[0], wanted[0])
    assert found[1] == wanted[1], what + ": other bits are saved"


def trainer(path, name, compiler, text, *libraries):
    """The path of a trainer for AArch64, which saves bare floats."""
    program = os.path.join(path, name)
    done(run(*compiler, text, *libraries, winograd("arm", ARM), "-lm", "-o", program))
    return program


def variant(path, compiler, text, march):
    """The object that `netc build` makes of an emitted text: main is variant.c's."""
    result = os.path.join(path, march + ".o")
    done(run(*compiler, "-O0", "-march=" + march, "-include", "variant.h", "-c", text, "-o", result))
    return result


def test_kernels_with_neon():
    qemu = emulator()
    with folder() as path:
        passes = archive(path, "passes", (*ARM, "-O0"), below(
            os.path.join(ROOT, "compiler"), "targets/cpu/*.c", "targets/cpu/families/*.c", "passes/kernel_graph.c",
            "base/*.c", "graph/*.c", "graph/ops/*.c") + [os.path.join(RUNTIME, "system", "printable.c")])
        check_kernels(path, (*ARM, FEWER), [passes, kernels("arm", ARM), winograd("arm", ARM)], [qemu])


def test_trainers_with_neon():
    """Emitted and prebuilt kernels, in the losses and in every saved bit as this processor has them."""
    qemu = emulator()
    with folder() as path:
        own, plain = emitted(path), emitted(path, "--plain")
        wanted, library = trained_here(), core(path)
        same(trained(trainer(path, "arm", ARM, own, library), [qemu]), wanted, "emitted for NEON")
        calling = [*ARM, "-include", "netc.h", "-include", "kernels.h"]
        same(trained(trainer(path, "plain", calling, plain, kernels("arm", ARM), library), [qemu]), wanted,
             "prebuilt for NEON")
        scalable = trainer(path, "scalable", ARM, variant(path, ARM, own, "armv8.2-a+sve"), library)
        done(run(qemu, "-cpu", "max", scalable, "--help"))
        result = run(qemu, "-cpu", "cortex-a57", scalable)
        assert result.code == 1 and "this one lacks SVE, " in result.err, result.err


def processor():
    """The words by which the system tells of the processor."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return set(file.read().split())


def needs_avx2():
    if not {"avx2", "fma"} <= processor():
        raise Skip("this processor has no AVX2")


def apart():
    """The compiler that takes vectors of 16 lanes apart."""
    return (dict(compilers()).get("clang", "gcc"), *HERE[1:], *WIDE)


def test_kernels_with_16_lanes():
    needs_avx2()
    if "avx512f" in processor():
        raise Skip("this processor has 16 lanes: the unit tests go through the same kernels with them")
    with folder() as path:
        passes = [os.path.join(os.path.dirname(NETC), name) for name in PASSES]
        others = [os.path.join(BUILT, "libkernels_w%d.a" % lanes) for lanes in (4, 8)]
        check_kernels(path, (*apart(), "-O0", FEWER), [*passes, kernels("wide", apart(), 16),
                                                       winograd("wide", apart()), *others], [])


def test_trainer_with_16_lanes():
    needs_avx2()
    with folder() as path:
        program = os.path.join(path, "wide")
        done(run(*HERE, "-Og", *WIDE, emitted(path), os.path.join(RUNTIME, "libc.c"), winograd("wide", apart()),
                 os.path.join(os.path.dirname(BUILT), "libnetc_rt.a"), "-lm", "-o", program))
        same(trained(program, read=floats), trained_here(), "16 lanes")


def innermost_loops(assembly):
    """(function, its instructions) of every loop that has none inside."""
    function, code, labels = "", [], {}
    for line in assembly.split("\n"):
        label = re.match(r"([\w.]+):", line)
        if label and not label[1].startswith("."):
            function, code, labels = label[1], [], {}
        elif label:
            labels[label[1]] = len(code)
        elif re.match(r"\s+[a-z]", line):
            code.append(line)
            jump = re.match(r"\s+j\w+\s+(\S+)", line)
            if jump and jump[1] in labels:
                start = labels[jump[1]]
                yield function, code[start:]
                labels = {name: at for name, at in labels.items() if at > start}  # what is around it is not innermost


def largest_product(path):
    """winograd.c with one of its products: of those, which differ in how many sums they keep, the one that keeps most.
    """
    with open(os.path.join(RUNTIME, "winograd_forward.h"), encoding="utf-8") as file:
        text, count = re.subn(r"^#define WINOGRAD_CASES_5 .*?^#endif\n", "#define WINOGRAD_CASES WINOGRAD_CASE"
                              "(WINOGRAD_TILES)\n", file.read(), flags=re.M | re.S)
    assert count == 1
    write(path, "winograd_forward.h", text)
    return shutil.copy(WINOGRAD, path)


def test_sums_stay_in_registers():
    """In the loops that are mostly multiply-adds, each works on a whole vector, and hardly any on the stack."""
    if os.uname().machine != "x86_64":
        raise Skip("not an x86-64")
    with folder() as path:
        text = os.path.join(path, "cifar10.c")
        done(netc("emit", sample("cifar10"), "-o", text))
        product = largest_product(path)
        for name, command in compilers():
            for march, register in (("x86-64-v4", "zmm"), ("x86-64-v3", "ymm")):
                loops = []
                for source in text, product:
                    done(run(command, *FLAGS, *INCLUDES, "-O2", "-march=" + march, "-S", source, "-o", text + ".s"))
                    with open(text + ".s", encoding="utf-8") as file:
                        loops += innermost_loops(file.read())
                found = 0
                for function, code in loops:
                    sums = [line for line in code if "fmadd" in line]
                    if 3 * len(sums) < len(code):
                        continue
                    found += 1
                    what = "%s, %s: a loop of %s" % (name, march, function)
                    assert all(register in line for line in sums), what + " has narrow sums"
                    moved = [line for line in code if re.search("(mov|fmadd).*%rsp", line) and register in line]
                    assert len(moved) <= len(sums) / 8, "%s moves\n%s" % (what, "\n".join(moved))
                assert found >= 8, "only %d loops of multiply-adds were found" % found


main(globals())

"""A model as a C library that is called from here."""
import array
import ctypes
import os
import re

from support import done, netc, run


def floats(path):
    values = array.array("f")
    with open(path, "rb") as file:
        values.frombytes(file.read())
    return values


def outputs(path, net, weights, x, plain=True):
    """What a model makes of samples, one behind the other; the library is made in the folder `path`."""
    form, flags = (["--plain"], ["-O1"]) if plain else ([], ["-O2", "-march=native"])
    done(netc("build", net, "--library", "m", *form, "--load", weights, "-o", path, cwd=path))
    with open(os.path.join(path, "m.h"), encoding="utf-8") as file:
        head = file.read()
    ins, outs, memory = (int(re.search(r"m_%s\s*=?\s*(\d+)" % name, head)[1])
                         for name in ("INPUTS", "OUTPUTS", "ARENA_BYTES"))
    done(run(*os.environ.get("CC", "cc").split(), *flags, "-shared", "-fPIC", "-o", "m.so", "m.c", "-lm", cwd=path,
             timeout=900))
    library = ctypes.CDLL(os.path.join(path, "m.so"))
    with open(os.path.join(path, "m.weights"), "rb") as file:
        data = file.read()
    parameters = ctypes.create_string_buffer(data, len(data) + 1)
    numbers = ctypes.c_int if "const int *x" in head else ctypes.c_float  # of tokens, or not
    found, arena = [], (ctypes.c_float * (memory // 4 + 16))()
    assert len(x) % ins == 0, "%d numbers are no samples of %d" % (len(x), ins)
    for first in range(0, len(x), ins):
        sample = (numbers * ins)(*(numbers(int(one) if numbers is ctypes.c_int else one).value
                                   for one in x[first:first + ins]))
        y = (ctypes.c_float * outs)()
        code = library.m_predict(sample, y, arena, parameters)
        assert code == 0, "m_predict gives %d" % code
        found += list(y)
    return found

"""Makes tests/fixtures/arrays: numpy's own files in all types and orders, which tests/unit/test_npy.c reads.

    python make_arrays.py ../fixtures/arrays

Element i of an array of 3x4 is (i * 37 % 101) - 50, of unsigned types without the 50, of bool whether that is odd."""
import os
import sys

import numpy

FOLDER = sys.argv[1]
TYPES = ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "|u1", "<u2", ">u4",
         "<u8", "|b1"]


def values(kind):
    numbers = numpy.arange(12) * 37 % 101
    return (numbers % 2 if kind == "b" else numbers if kind == "u" else numbers - 50).reshape(3, 4)


def path(name):
    return os.path.join(FOLDER, name)


def main():
    for kind in TYPES:
        array = values(kind[1]).astype(kind)
        numpy.save(path("%s_%s.npy" % (kind[1:], "big" if kind[0] == ">" else "little")), array)
    numpy.save(path("fortran.npy"), numpy.asfortranarray(values("i").astype("<f4")))
    with open(path("version2.npy"), "wb") as file:
        numpy.lib.format.write_array(file, values("i").astype("<f4"), version=(2, 0))
    with open(path("version3.npy"), "wb") as file:
        numpy.lib.format.write_array(file, values("i").astype("<f4"), version=(3, 0))
    numpy.save(path("words.npy"), numpy.array(["a", "bc"]))
    numpy.save(path("objects.npy"), numpy.array([{}, None], dtype=object), allow_pickle=True)
    numpy.save(path("fields.npy"), numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    numpy.save(path("empty.npy"), numpy.zeros((0, 4), dtype="<f4"))
    x, y = values("i").astype("<f4"), numpy.array([2, 0, 1])
    numpy.savez(path("stored.npz"), x=x, y=y)
    numpy.savez_compressed(path("deflated.npz"), x=x, y=y, other=x)


main()

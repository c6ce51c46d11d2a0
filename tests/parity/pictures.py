#!/usr/bin/env python3
"""Pictures decoded by netc and by PIL, byte for byte: tests/fixtures/pictures, and the JPEG files of NETC_DATA.

Needs NETC_ORACLE, a Python that has PIL; the photographs need NETC_DATA, a folder with hymenoptera_data in it.
"""
import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from support import NETC, ROOT, Skip, main, run  # noqa: E402

TOOL = os.path.join(os.path.dirname(NETC), "..", "tests", "unit", "picture_sums")
PIL_SUMS = """
import json, sys, warnings, zlib
from PIL import Image
warnings.simplefilter("ignore")
for path in json.load(sys.stdin):
    try:
        with open(path, "rb") as file:  # as torchvision: given the path, PIL maps files into memory
            image = Image.open(file).convert("RGB")
        print("%d %d %08x" % (image.width, image.height, zlib.crc32(image.tobytes())))
    except Exception as error:
        print("refused", str(error).replace("\\n", " "))
"""


def compare(paths):
    oracle = os.environ.get("NETC_ORACLE")
    if not oracle:
        raise Skip("NETC_ORACLE is not set")
    theirs = subprocess.run([oracle, "-c", PIL_SUMS], input=json.dumps(paths), capture_output=True, text=True,
                            check=True).stdout.splitlines()
    ours = run(TOOL, *paths).out.splitlines()
    assert len(ours) == len(theirs) == len(paths), (len(ours), len(theirs), len(paths))
    return ["%s: PIL %s, netc %s" % row for row in zip(paths, theirs, ours)
            if row[1] != row[2] and not (row[1].startswith("refused") and row[2].startswith("refused"))]


def test_fixtures_are_pils():
    """All but those that netc alone refuses."""
    folder = os.path.join(ROOT, "tests", "fixtures", "pictures")
    with open(os.path.join(folder, "sums.txt"), encoding="utf-8") as file:
        names = [line.split()[0] for line in file if line.split()[1] != "refused"]
    wrong = compare([os.path.join(folder, name) for name in names])
    assert not wrong, "\n".join(wrong)


def test_photographs_are_pils():
    data = os.environ.get("NETC_DATA")
    paths = sorted(glob.glob(os.path.join(data or "", "hymenoptera_data", "*", "*", "*.jpg")))
    if not data or not paths:
        raise Skip("NETC_DATA has no hymenoptera_data")
    wrong = compare(paths)
    assert not wrong, "%d of %d differ\n%s" % (len(wrong), len(paths), "\n".join(wrong))


main(globals())

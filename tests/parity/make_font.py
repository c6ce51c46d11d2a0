#!/usr/bin/env python3
"""Writes runtime/image/font.h: the letters of pictures, from X's font 6x13, which is in the public domain ("Public
domain font. Share and enjoy."). Wants Pillow and the file, of Debian's package xfonts-base:

    python3 tests/parity/make_font.py /usr/share/fonts/X11/misc/6x13-ISO8859-1.pcf.gz
"""
import gzip
import io
import os
import sys

from PIL import PcfFontFile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEIGHT, WIDTH = 13, 6
FIRST = (0x20, 0xA0)  # of 96 characters each

HEADER = """/* The printable characters of Latin-1 as X's font 6x13 has them, which is in the public domain.
 * Written by tests/parity/make_font.py. */
#ifndef NC_IMAGE_FONT_H
#define NC_IMAGE_FONT_H

enum { NC_FONT_HALF = 96 };

/* From U+0020 on, and from U+00A0 on: the rows of pixels from above, of each row the leftmost pixel in the highest
 * bit. */
static const unsigned char nc_font[2][NC_FONT_HALF][%d] = {
%s
};

#endif
"""


def rows(glyph):
    image = glyph[3]
    assert image.size == (WIDTH, HEIGHT), image.size
    return [sum(0x80 >> x for x in range(WIDTH) if image.getpixel((x, y))) for y in range(HEIGHT)]


def main():
    with gzip.open(sys.argv[1]) as file:
        font = PcfFontFile.PcfFontFile(io.BytesIO(file.read()))
    halves = []
    for first in FIRST:
        lines = []
        for code in range(first, first + 96):
            bytes_of = rows(font.glyph[code]) if font.glyph[code] else [0] * HEIGHT
            lines.append("        {%s}," % ", ".join("0x%02x" % byte for byte in bytes_of))
        halves.append("    {\n%s\n    }," % "\n".join(lines))
    with open(os.path.join(ROOT, "runtime", "image", "font.h"), "w", encoding="utf-8") as file:
        file.write(HEADER % (HEIGHT, "\n".join(halves)))


if __name__ == "__main__":
    main()

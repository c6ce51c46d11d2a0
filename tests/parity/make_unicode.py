#!/usr/bin/env python3
"""Writes what netc knows of Unicode, of the version of the Python that runs it: compiler/base/letters.h, characters of
names beyond ASCII, and runtime/system/cells.h, how many cells of a terminal a character takes."""
import os
import sys
import unicodedata

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAST = 0x10FFFF
FULL_WIDTH = range(0xFF01, 0xFF5F)  # ASCII once more, from input methods: a slip, and no letters of a name

LETTERS = """/* Characters that names may have beyond ASCII: Unicode %s, XID_Start and XID_Continue as Python has them,
 * without the full-width forms of ASCII. Written by tests/parity/make_unicode.py. */
#ifndef NETC_BASE_LETTERS_H
#define NETC_BASE_LETTERS_H

#include <stdint.h>

/* From, to: those that a name may begin with. */
static const uint32_t letter_starts[][2] = {
%s
};

/* Those that a name may only go on with. */
static const uint32_t letter_others[][2] = {
%s
};

#endif
"""

CELLS = """/* How many cells of a terminal a text takes: Unicode %s, East Asian Width.
 * Written by tests/parity/make_unicode.py. */
#ifndef NETC_CELLS_H
#define NETC_CELLS_H

#include "system/characters.h"

/* From, to, in order; how many cells: 0 of what is drawn over the character before it, 2 of what is wide or full-width,
 * 1 of everything else. */
static const uint32_t nc_cell_ranges[][3] = {
%s
};

static inline int nc_character_cells(uint32_t code)
{
    const uint32_t *range = NC_RANGE_OF(nc_cell_ranges, code);
    return range != NULL ? (int)range[2] : 1;
}

static inline int nc_text_cells(const char *text)
{
    int cells = 0;
    while (*text)
        cells += nc_character_cells(nc_character(&text));
    return cells;
}

/* What printf's %%*s or %%-*s takes, so that `text` gets a field of so many cells. */
static inline int nc_field(const char *text, int cells)
{
    return cells + (int)strlen(text) - nc_text_cells(text);
}

#endif
"""


def ranges(of):
    """[(from, to, what)] of what is not None."""
    found = []
    for code in range(LAST + 1):
        what = of(code)
        if what is None:
            continue
        if found and found[-1][1] == code - 1 and found[-1][2] == what:
            found[-1][1] = code
        else:
            found.append([code, code, what])
    return found


def letter(code):
    if code < 0x80 or code in FULL_WIDTH:
        return None
    if chr(code).isidentifier():
        return "start"
    return "other" if ("a" + chr(code)).isidentifier() else None


def cells(code):
    if code < 0x300 or 0xD800 <= code <= 0xDFFF:
        return None
    category = unicodedata.category(chr(code))
    if category in ("Mn", "Me", "Cf"):
        return 0
    if category == "Cn":  # of which Python says any width
        return None
    return 2 if unicodedata.east_asian_width(chr(code)) in ("W", "F") else None


def rows(items):
    lines, line = [], "   "
    for item in items:
        text = " {%s}," % ", ".join(item)
        if len(line) + len(text) > 120:
            lines.append(line)
            line = "   "
        line += text
    return "\n".join(lines + [line])


def codes(found):
    return [["0x%x" % first, "0x%x" % last] for first, last, _ in found]


def main():
    letters, widths = ranges(letter), ranges(cells)
    version = unicodedata.unidata_version
    for path, text in (
            ("compiler/base/letters.h",
             LETTERS % (version, rows(codes([r for r in letters if r[2] == "start"])),
                        rows(codes([r for r in letters if r[2] == "other"])))),
            ("runtime/system/cells.h",
             CELLS % (version, rows([pair + [str(r[2])] for pair, r in zip(codes(widths), widths)])))):
        with open(os.path.join(ROOT, path), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main())

"""Writes the C file that carries the page's style and script: embed.py OUTPUT NAME=FILE..."""
import sys


def quoted(line):
    return '    "%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"')


def main(output, items):
    lines = ['#include "report.h"']
    for item in items:
        name, path = item.split("=", 1)
        with open(path, encoding="ascii") as file:
            text = file.read()
        assert "</" not in text, path + " would end the page's style or script"
        lines += ["", "const char %s[] =" % name] + [quoted(line) for line in text.splitlines()]
        lines[-1] += ";"
    with open(output, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


main(sys.argv[1], sys.argv[2:])

"""Writes the C file that carries the model library inside netc: library.py OUTPUT NET..."""
import os
import sys


def main(output, paths):
    lines = ['#include "model/library.h"', "", "const LibraryText library_texts[] = {"]
    for path in sorted(paths, key=os.path.basename):
        lines.append('    {"%s",' % os.path.basename(path)[: -len(".net")])
        with open(path, encoding="utf-8") as file:
            for line in file.read().splitlines():
                lines.append('     "%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"'))
        lines[-1] += "},"
    lines += ["    {0, 0},", "};", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


main(sys.argv[1], sys.argv[2:])

"""Writes the C file that carries the runtime's declarations inside netc, and the texts of other headers:

    embed.py OUTPUT HEADER... -- HEADER...
"""
import re
import sys


def literals(text):
    return ['    "%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"') for line in text.splitlines()]


def main(output, words):
    headers, carried = words[:words.index("--")], words[words.index("--") + 1:]
    texts = [open(path, encoding="utf-8").read() for path in headers]
    code = re.sub(r"/\*.*?\*/", "", "\n".join(texts), flags=re.S)
    names = sorted(set(re.findall(r"^[a-z][\w *]*?\b(nc_\w+)\s*\(", code, flags=re.M)))
    if not names:
        sys.exit("embed.py: no function is declared in " + ", ".join(headers))
    lines = ['#include "embedded.h"', ""]
    lines += ['#include "%s"' % path.rsplit("/", 1)[-1] for path in headers]
    lines += ["", "const char embedded_declarations[] ="]
    for text in texts:
        lines += literals(re.sub(r"^#include.*\n", "", text, flags=re.M))  # one of the other headers
    lines[-1] += ";"
    lines += ["", "const EmbeddedSymbol embedded_symbols[] = {"]
    lines += ['    {"%s", (const void *)%s},' % (name, name) for name in names]
    lines += ["    {0, 0},", "};", "", "const EmbeddedText embedded_texts[] = {"]
    for path in carried:
        lines += ['    {"%s",' % path.rsplit("/", 1)[-1], *literals(open(path, encoding="utf-8").read()), "    },"]
    lines += ["    {0, 0},", "};", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


main(sys.argv[1], sys.argv[2:])

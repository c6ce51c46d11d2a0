"""Writes a C file that carries a text: embed_text.py OUTPUT NAME FILE"""
import sys

output, name, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    lines = file.read().splitlines()
with open(output, "w", encoding="utf-8") as file:
    file.write("extern const char %s[];\nconst char %s[] =\n" % (name, name))
    for line in lines:
        file.write('    "%s\\n"\n' % line.replace("\\", "\\\\").replace('"', '\\"'))
    file.write("    ;\n")

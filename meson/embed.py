#!/usr/bin/env python3
"""Writes a file as a C array: embed.py OUT.c HEADER NAME FILE makes `NAME` and `NAME_size` of HEADER."""
import sys

out, header, name, path = sys.argv[1:]
with open(path, "rb") as file:
    data = file.read()
body = ", ".join(f"(char){byte}" if byte > 127 else str(byte) for byte in data)
with open(out, "w", encoding="ascii") as file:
    file.write(f'/* Made by meson/embed.py. */\n#include "{header}"\n\nconst char {name}[] = {{ {body}, 0 }};\n'
               f"const size_t {name}_size = sizeof {name} - 1;\n")

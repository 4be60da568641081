#!/usr/bin/env python3
"""Writes the list of migrations as C: embed.py OUT.c 0001_users.sql 0002_consults.sql ..."""
import os
import re
import sys


def array(text):
    """An array, not a literal: -Wpedantic minds literals of more than 4095 bytes. char is signed here and there."""
    return ", ".join(f"(char){byte}" if byte > 127 else str(byte) for byte in text.encode()) + ", 0"


def main(out, paths):
    rows, texts = [], []
    for expected, path in enumerate(sorted(paths, key=os.path.basename), 1):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", os.path.basename(path))
        if not match or int(match[1]) != expected:
            sys.exit(f"{path}: want {expected:04}_name.sql")
        with open(path, encoding="utf-8") as file:
            texts.append(f"static const char sql_{expected}[] = {{ {array(file.read())} }};\n")
        rows.append(f'    {{ {expected}, "{match[2]}", sql_{expected} }},\n')
    with open(out, "w", encoding="utf-8") as file:
        file.write('/* Made by migrations/embed.py. */\n#include <stddef.h>\n\n#include "storage/migrate.h"\n\n')
        file.writelines(texts)
        file.write("\nconst struct migration migrations_sqlite[] = {\n" + "".join(rows) + "    { 0, NULL, NULL },\n};\n")


main(sys.argv[1], sys.argv[2:])

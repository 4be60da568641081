#!/usr/bin/env python3
"""choose.py CONTROL TO - copies the inputs that a merge found to reach most new code; says what is left out.

CONTROL is what -merge_control_file wrote: the files, then for each what it reaches that none before it did."""
import pathlib
import shutil
import sys

control, to = pathlib.Path(sys.argv[1]).read_text().splitlines(), pathlib.Path(sys.argv[2])
most = 98 - len(list(to.iterdir()))               # those with names of their own stand there already
count = int(control[0])
files = control[2:2 + count]
reached = sorted(((len(edges), files[int(number)]) for kind, number, *edges in map(str.split, control[2 + count:])
                  if kind == "COV" and edges), reverse=True)
for _, file in reached[:most]:
    if pathlib.Path(file).parent != to:
        shutil.copy(file, to)
print(f"{to}: {len(list(to.iterdir()))} files; {sum(n for n, _ in reached[:most])} of {sum(n for n, _ in reached)} edges")

#!/usr/bin/env python3
"""coverage.py FOLDER - runs what tests protocol/ in a build folder made with b_coverage, and prints how much of it ran.

Lines and branches each have a floor; the last line is `N passed, N failed`. What did not run: FOLDER/report/index.html."""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SUITES = ("protocol", "sim", "fault")               # those that drive protocol/ and nothing above it
# Every line of protocol/, and every branch but those of assert(): it is about our own bugs and never goes the other way.
COUNTED = ("--filter", "protocol/", "--exclude-branches-by-pattern", r".*\bassert\(.*")
FLOORS = {"line": 95.0, "branch": 90.0}             # percent


def run_tests(folder):
    """False: a test failed, and said so."""
    for old in folder.rglob("*.gcda"):              # counts of an earlier run would add up
        old.unlink()
    chosen = [word for suite in SUITES for word in ("--suite", suite)]
    done = subprocess.run(["meson", "test", "-C", str(folder), "--quiet", "--print-errorlogs", *chosen], cwd=ROOT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout[-8000:])
    return done.returncode == 0


def measure(folder):
    report = folder / "report"
    report.mkdir(exist_ok=True)
    subprocess.run(["gcovr", "--root", ".", *COUNTED, "--json-summary", str(report / "summary.json"),
                    "--html-details", str(report / "index.html"), str(folder / "protocol")], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    return json.loads((report / "summary.json").read_text())


def row(name, of):
    cells = [f"{of[f'{kind}_covered']:>5} of {of[f'{kind}_total']:>5}  {of[f'{kind}_percent'] or 100.0:>5.1f} %" for kind in FLOORS]
    print(f"{name:<32}{cells[0]}{cells[1]:>26}")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    if not run_tests(folder):
        print("0 passed, 1 failed")
        return 1
    total = measure(folder)
    print(f"{'':<39}lines{'':<18}branches")
    for one in total["files"]:
        if one["line_total"] > 0:
            row(one["filename"], one)
    row("all of it", total)
    below = [kind for kind, floor in FLOORS.items() if total[f"{kind}_percent"] < floor]
    for kind in below:
        print(f"{kind} coverage is below {FLOORS[kind]:.0f} %; see {folder}/report/index.html")
    print(f"{len(FLOORS) - len(below)} passed, {len(below)} failed")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())

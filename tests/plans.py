#!/usr/bin/env python3
"""plans.py - no statement of the stores reads a whole table that grows: SQLite is asked how it would run each."""
import pathlib
import re
import sqlite3
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SMALL = {"clinic", "department", "department_keyword", "service", "policy", "doctor", "consent_document"}
ALLOWED = {                                         # file, table: why all of it is read
    "store_reconcile.c": "reconcile reads the books whole",
    "store_sandbox.c": "the sandbox is for trying out",
    "store_session.c": "what has ended is forgotten from time to time",
}
SOUGHT = {                                          # what is asked at each key: a range of an index
    "icd_word": "USING PRIMARY KEY (version_id=? AND word>? AND word<?)",
}
COUNTED = "SELECT count(*) FROM users"              # once, when it starts


def database():
    db = sqlite3.connect(":memory:")
    for path in sorted((ROOT / "migrations/sqlite").glob("*.sql")):
        db.executescript(path.read_text())
    return db


def statements(path):
    """The literals of a file that are SQL, as the compiler sees them."""
    text = subprocess.run(["cc", "-E", "-P", "-D_GNU_SOURCE", f"-I{ROOT}", str(path)], check=True, capture_output=True,
                          text=True).stdout
    for group in re.finditer(r'(?:"(?:[^"\\]|\\.)*"\s*)+', text):
        sql = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', group[0])).replace('\\"', '"')
        if re.match(r"(SELECT|UPDATE|DELETE|INSERT|WITH)\b", sql):
            yield sql


def scanned(db, sql):
    """Tables, by their names, that are read from one end to the other, or not as they must be."""
    names = {alias or table: table for table, alias in
             re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?!ON\b|WHERE\b|SET\b|JOIN\b|ORDER\b|GROUP\b)(\w+))?", sql)}
    arguments = {number: None for number in re.findall(r"\$(\d+)", sql)}
    for *_, step in db.execute("EXPLAIN QUERY PLAN " + sql, arguments):
        scan = re.match(r"SCAN (\w+)(?! USING INDEX)", step)
        if scan and names.get(scan[1], scan[1]) in TABLES - SMALL:
            yield names.get(scan[1], scan[1])
        search = re.match(r"(?:SCAN|SEARCH) (\w+)(.*)", step)
        if search and search[1] in SOUGHT and SOUGHT[search[1]] not in search[2]:
            yield search[1]


def main():
    passed, failed = 0, 0
    for path in sorted((ROOT / "storage").glob("store_*.c")):
        bad = [f"{table}: {sql}" for sql in statements(path) if sql != COUNTED for table in scanned(DB, sql)]
        if bad and path.name not in ALLOWED:
            failed += 1
            print(f"not ok - {path.name} reads all of a table that grows\n    " + "\n    ".join(bad))
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


DB = database()
TABLES = {name for (name,) in DB.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
if __name__ == "__main__":
    sys.exit(main())

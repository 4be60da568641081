#!/usr/bin/env python3
"""tidy.py - the house style as a test: include direction, sizes, banned calls, a permission on every row.

Reads the tree git tracks (and what it does not ignore). Each rule is one check; last line `N passed, N failed`."""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS, FUNCTION_LINES, FILE_LINES, EXAMPLE_LINES = 110, 70, 400, 119
BYTES_MAX = 1_000_000

# folder -> what its files may include beside the C library and their own folder (longest prefix rules)
LIBC = set("""assert.h ctype.h errno.h limits.h locale.h math.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h
strings.h inttypes.h search.h stdatomic.h""".split())
POSIX = set("""dirent.h fcntl.h getopt.h netdb.h pthread.h signal.h time.h unistd.h sys/file.h sys/mman.h sys/resource.h
sys/socket.h sys/stat.h sys/types.h sys/uio.h netinet/in.h netinet/tcp.h poll.h spawn.h sys/wait.h arpa/inet.h sys/random.h""".split())
SERVER_SHARED = {"config.h", "log.h", "metrics.h", "status.h", "clock.h", "parse.h", "xalloc.h"}
MAY_INCLUDE = {
    "protocol": [r"zlib\.h", r"jansson\.h"],
    "storage": [r"pthread\.h", r"sqlite3\.h", r"jansson\.h"],
    "auth": [r"openssl/.*", r"jwt\.h", r"jansson\.h"],
    "server/net": [r"uv\.h", r"curl/curl\.h", r"llhttp\.h", r"openssl/.*", r"zlib\.h", "@protocol"],
    "server/clinic": [r"jansson\.h"],
    "server/api": [r"jansson\.h", "@storage", "@auth", "@server/clinic", r"socketio\.h", r"engineio\.h", r"websocket\.h",
                   r"(net/)?(sio_http|http_stream|router|fetch|pool|timer|upload|limiter|url|command)\.h", "@server"],
    "server": [r".*"],
    "examples": [r"(websocket|engineio|socketio|sio_http|sio_uv)\.h", r"jansson\.h", r"uv\.h",
                 r"openssl/sha\.h"],
}
NO_POSIX = ("protocol", "server/clinic", "auth")      # pure: neither sockets nor clocks (auth opens its key files)
BANNED = {                                             # call -> what to use instead
    "strcpy": "snprintf or buf", "strcat": "snprintf or buf", "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "strncpy": "snprintf or buf", "gets": "fgets", "strtok": "strcspn", "atoi": "parse.h", "atol": "parse.h",
    "alloca": "a bounded array or the heap", "setjmp": "a return value", "longjmp": "a return value",
    "rand": "the host's random", "random": "the host's random", "time": "clock.h", "gettimeofday": "clock.h",
    "localtime": "zone.h", "gmtime": "zone.h", "strftime": "zone.h", "getenv": "config.h", "system": "fork and exec",
    "popen": "fork and exec", "signal": "sigaction",
}
ALLOCATORS = ("malloc", "calloc", "realloc")
OWN_NAME = {"time": set(), "random": {"protocol", "server/net", "storage"}}   # a member called ->random() is not libc's
FUNCTION = re.compile(r"^[A-Za-z_][\w \t*(),]*\)\s*$|^[A-Za-z_].*\)\n?$")

failures = 0
checks = 0


def check(name, problems):
    global failures, checks
    checks += 1
    if problems:
        failures += 1
        print(f"not ok - {name}")
        for problem in problems[:20]:
            print(f"    {problem}")
        if len(problems) > 20:
            print(f"    … and {len(problems) - 20} more")
    else:
        print(f"ok - {name}")


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
                         check=True).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


def without_comments(text):
    def blank(match):
        token = match.group(0)
        return token if token[0] == '"' else re.sub(r"[^\n]", " ", token)
    return re.sub(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)


def without_strings(text):
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def folder_of(path):
    relative = path.relative_to(ROOT).as_posix()
    for folder in sorted(MAY_INCLUDE, key=len, reverse=True):
        if relative.startswith(folder + "/"):
            return folder
    return None


def headers_of(folder):
    return {p.name for p in (ROOT / folder).glob("*.h")}


def may_include(folder, name):
    base = name.split("/")[-1]
    own = {p.name for p in (ROOT / folder).glob("*.h")}
    if name in LIBC or base in own:
        return True
    if name in POSIX:
        return folder not in NO_POSIX or (folder == "auth" and name in {"fcntl.h", "unistd.h", "sys/stat.h"})
    for allowed in MAY_INCLUDE[folder]:
        if allowed == "@server" and base in SERVER_SHARED:
            return True
        if allowed.startswith("@") and allowed != "@server" and base in headers_of(allowed[1:]):
            return True
        if not allowed.startswith("@") and re.fullmatch(allowed, name):
            return True
    return False


def include_direction(sources):
    problems = []
    for path, text in sources.items():
        folder = folder_of(path)
        if folder is None:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if found and not may_include(folder, found.group(1)):
                problems.append(f"{path.relative_to(ROOT)}:{number}: {folder} may not include {found.group(1)}")
        if folder == "server/api" and re.search(r"\buv_[a-z]+", without_comments(text)):
            problems.append(f"{path.relative_to(ROOT)}: server/api knows no uv_*")
    return problems


def shadows(sources):
    """A header of ours is not taken for one of the system's: our folders are looked through first."""
    ours = {p.name: p for p in sources if p.suffix == ".h"}
    return [f"{ours[name].relative_to(ROOT)} hides <{name}> of {path.relative_to(ROOT)}"
            for path, text in sources.items()
            for name in re.findall(r"#include <([\w.]+)>", text) if name in ours]


def columns(files):
    return [f"{path.relative_to(ROOT)}:{number}: {len(line)} columns, {COLUMNS} at most"
            for path, text in files.items() for number, line in enumerate(text.splitlines(), 1) if len(line) > COLUMNS]


def function_lengths(sources):
    problems = []
    for path, text in sources.items():
        lines = text.splitlines()
        for start, line in enumerate(lines):
            if line != "{":
                continue
            for end in range(start + 1, len(lines)):
                if lines[end].startswith("}"):
                    if lines[end] == "}" and end - start - 1 > FUNCTION_LINES:
                        problems.append(f"{path.relative_to(ROOT)}:{start}: a function of {end - start - 1} lines, "
                                        f"{FUNCTION_LINES} at most")
                    break
    return problems


def file_lengths(files):
    limits = {path: EXAMPLE_LINES if path.parent.name == "examples" else FILE_LINES for path in files}
    return [f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines, {limits[path]} at most" for path, text in files.items()
            if text.count("\n") > limits[path]]


def banned_calls(sources):
    problems = []
    for path, text in sources.items():
        relative = path.relative_to(ROOT).as_posix()
        if not re.match(r"(protocol|storage|auth|server)/", relative):
            continue
        code = without_strings(without_comments(text))
        names = dict(BANNED)
        # server/net is a library: it answers -ENOMEM
        if re.match(r"server/(?!net/|xalloc\.c)", relative):
            names.update({name: "xalloc.h" for name in ALLOCATORS})
        for name, instead in names.items():
            for match in re.finditer(rf"(?<![\w>.]){name}\s*\(", code):
                before = code[max(0, match.start() - 2):match.start()]
                if before.endswith("*"):                # a declared function pointer
                    continue
                number = code.count("\n", 0, match.start()) + 1
                problems.append(f"{relative}:{number}: {name}() is banned, use {instead}")
        for match in re.finditer(r"json_load(s|b|f|_file)?\s*\(([^;]*);", code):
            if "JSON_REJECT_DUPLICATES" not in match.group(2):
                problems.append(f"{relative}:{code.count(chr(10), 0, match.start()) + 1}: json_load without "
                                "JSON_REJECT_DUPLICATES")
        if re.search(r"\bjwt_decode\s*\(", code):
            problems.append(f"{relative}: jwt_decode() is banned outside tests, use token_verify()")
    return problems


def table_permissions(sources):
    """Every row of a routes[] or events[] table of the product names its permission."""
    problems, rows = [], 0
    for path, text in sources.items():
        if not path.relative_to(ROOT).as_posix().startswith("server/api/"):
            continue
        for table in re.finditer(r"(?:struct route|struct live_event)\s+\w+\[\]\s*=\s*\{(.*?)\n\};", text, re.S):
            for row in re.findall(r"\{\s*\.?\w*\s*=?\s*\"[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", table.group(1)):
                rows += 1
                if not re.search(r"\b(MAY_[A-Z_]+|IN_ROOM|IN_CALL)\b", row):
                    problems.append(f"{path.relative_to(ROOT)}: a row without a permission: {' '.join(row.split())[:80]}")
    if rows == 0:
        problems.append("no table rows found in server/api: the check itself is broken")
    return problems


def routes_described(sources):
    """Every row of a routes[] table is a path of openapi.json, and every path there is a row."""
    described = json.loads((ROOT / "server/api/openapi.json").read_text())["paths"]
    want = {(method.upper(), path) for path, item in described.items() for method in item if method != "parameters"}
    have = set()
    for path, text in sources.items():
        if path.relative_to(ROOT).as_posix().startswith("server/"):
            have |= set(re.findall(r'\{\s*(?:\.method = )?"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)",\s*(?:\.path = )?"(/[^"]*)"', text))
    return [f"a route that openapi.json does not describe: {m} {p}" for m, p in sorted(have - want)] + \
           [f"openapi.json describes what no table has: {m} {p}" for m, p in sorted(want - have)]


def own_words(files):
    """Nothing in the project speaks of one machine or of how it was made."""
    words = re.compile(r"(?<![\w.}])/(home|root|work)/\w|\b(TODO|FIXME|XXX)\b")
    return [f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}" for path, text in files.items()
            if path.name not in ("tidy.py", "package-lock.json")
            for number, line in enumerate(text.splitlines(), 1) if words.search(line)]


def main():
    paths = tracked()
    texts = {}
    for path in paths:
        if path.suffix in (".c", ".h", ".py", ".ts", ".vue", ".mjs", ".sql", ".md", ".json", ".build", "") or path.name == "dev":
            try:
                texts[path] = path.read_text()
            except UnicodeDecodeError:
                pass
    sources = {p: t for p, t in texts.items() if p.suffix in (".c", ".h")}
    code = {p: t for p, t in texts.items() if p.suffix in (".c", ".h", ".py", ".ts", ".vue", ".mjs")
            and p.name not in ("types.ts",)}

    check("includes go in one direction", include_direction(sources))
    check("no header hides one of the system's", shadows(sources))
    check(f"lines have at most {COLUMNS} columns", columns({p: t for p, t in sources.items()}))
    check(f"functions have at most {FUNCTION_LINES} lines", function_lengths(sources))
    check(f"files have at most {FILE_LINES} lines, examples {EXAMPLE_LINES}", file_lengths(code))
    check("no banned calls", banned_calls(sources))
    check("every row of every table names a permission", table_permissions(sources))
    check("openapi.json and the route tables agree", routes_described(sources))
    check("nothing speaks of one machine", own_words(texts))
    check(f"no file is larger than {BYTES_MAX} bytes",
          [f"{p.relative_to(ROOT)}: {p.stat().st_size}" for p in paths if p.stat().st_size > BYTES_MAX])
    print(f"{checks - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

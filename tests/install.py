#!/usr/bin/env python3
"""install.py BUILD - installs the libraries into an empty folder and uses them as an embedder would.

What is exported is what the headers declare; headers and examples compile outside the tree, by gcc and clang, shared
and static, with nothing but pkg-config; the official client talks to what came out. Last line `N passed, N failed`."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from guide import check_guide

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIBRARIES = {                                           # what is installed, its headers, what it may need
    "socketio": (("websocket.h", "engineio.h", "socketio.h"), r"lib(z|jansson|msgpack-?c|c)\.so.*"),
    "socketio-uv": (("sio_http.h", "sio_uv.h"), r"lib(socketio|uv|ssl|crypto|llhttp|c)\.so.*"),
}
EXTRA = {"own_loop": ["libsocketio", "libcrypto"]}      # the examples that want other packages
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
C17 = ["-std=c17", "-D_GNU_SOURCE"]                     # libuv's header wants more than c17
LANGUAGES = [("gcc", C17), ("clang", C17), ("g++", ["-std=c++11"]), ("g++", ["-std=c++20"]), ("clang++", ["-std=c++17"])]

failures = checks = 0


def check(name, problem):
    """One line a check; a problem is a text, and none is none."""
    global failures, checks
    checks += 1
    failures += bool(problem)
    print(f"not ok - {name}\n{problem}" if problem else f"ok - {name}", flush=True)


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, timeout=900, **more)
    return done.returncode, done.stdout + done.stderr


def text_of(*command):
    status, output = run(*command)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}: {output}\n0 passed, 1 failed")
    return output


class Installed:
    """`meson install` into a folder; a second copy of it has no shared libraries."""

    def __init__(self, build, folder):
        text_of("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", folder / "stage")
        pc, = (folder / "stage").rglob("libsocketio.pc")
        prefix = re.search(r"^prefix=(.*)$", pc.read_text(), re.M).group(1)
        self.roots = {}
        for kind in ("shared", "static"):
            shutil.copytree(folder / "stage" / prefix.lstrip("/"), folder / kind, symlinks=True)
            self.roots[kind] = folder / kind
            for one in (folder / kind).rglob("*.pc"):
                one.write_text(one.read_text().replace(f"prefix={prefix}\n", f"prefix={folder / kind}\n", 1))
        for one in (folder / "static").rglob("*.so*"):
            one.unlink()
        self.pkgconfig = pc.parent.relative_to(folder / "stage" / prefix.lstrip("/"))

    def find(self, name, kind="shared"):
        return next(self.roots[kind].rglob(name))

    def flags(self, *what, kind="shared"):
        path = {"PKG_CONFIG_PATH": str(self.roots[kind] / self.pkgconfig)}
        status, output = run("pkg-config", *(["--static"] if kind == "static" else []), *what,
                             env={**os.environ, **path})
        assert status == 0, output
        return output.split()

    def environment(self, kind):
        return {**os.environ, "LD_LIBRARY_PATH": str(self.find("libsocketio.so").parent)} if kind == "shared" else None


# --- names ------------------------------------------------------------------------------------------------------

def declared(header):
    """The functions and objects a header declares."""
    text = re.sub(r"/\*.*?\*/", " ", header.read_text(), flags=re.S)
    text = re.sub(r"^\s*#(?:.*\\\n)*.*$", "", text, flags=re.M).replace('extern "C" {', "")
    while re.search(r"\{[^{}]*\}", text):
        text = re.sub(r"\{[^{}]*\}", "", text)
    names = set()
    for line in text.split(";"):
        found = re.search(r"(\w+)\s*(\(|\[)", line)
        if found and not line.strip().startswith("typedef"):
            names.add(found.group(1))
    return names


def defined(library, *flags):
    return {line.split()[-1] for line in text_of("nm", "--defined-only", *flags, library).splitlines()
            if re.match(r"[0-9a-f]+ [A-TV-Z] ", line)}


def differences(have, want):
    return "\n".join([f"    exported, not declared: {n}" for n in sorted(have - want)] +
                     [f"    declared, not exported: {n}" for n in sorted(want - have)])


def check_names(installed):
    for library, (headers, needed) in LIBRARIES.items():
        want = {name for header in headers for name in declared(installed.find(header))}
        check(f"lib{library}: the headers declare something, all of it prefixed", "\n".join(
            n for n in sorted(want) if not re.match(r"(ws|eio|sio)_", n)) or ("" if len(want) > 10 else f"only {want}"))
        shared = installed.find(f"lib{library}.so")
        check(f"lib{library}.so exports what the headers declare", differences(defined(shared, "-D"), want))
        check(f"lib{library}.a exports what the headers declare",
              differences(defined(installed.find(f"lib{library}.a"), "-g"), want))
        dynamic = text_of("readelf", "-d", shared)
        check(f"lib{library}.so has a versioned name", "" if f"soname: [lib{library}.so.0]" in dynamic else dynamic)
        check(f"lib{library}.so needs its own dependencies only", "\n".join(
            n for n in re.findall(r"NEEDED.*\[(.*)\]", dynamic) if not re.fullmatch(needed, n)))
        check(f"lib{library}.so is read-only where it can be", "" if re.search(r"BIND_NOW|FLAGS.*NOW", dynamic) else dynamic)


def check_clash(installed, work):
    """A program may have a function of each name that we keep to ourselves."""
    used = {"main"}
    hidden = set()
    for library in LIBRARIES:
        for line in text_of("nm", "--defined-only", installed.find(f"lib{library}.a")).splitlines():
            found = re.match(r"[0-9a-f]+ t ([a-z]\w*)$", line)
            hidden |= {found.group(1)} if found else set()
    system = {line.split()[-1].split("@")[0] for lib in ("libc.so.6", "libcrypto.so.3", "libuv.so.1")
              for line in text_of("nm", "-D", "--defined-only", text_of("gcc", f"-print-file-name={lib}").strip()).splitlines()}
    hidden -= used | system
    source = work / "clash.c"
    source.write_text("".join(f"void {name}(void);\nvoid {name}(void) {{ __builtin_trap(); }}\n" for name in sorted(hidden)))
    out = work / "clash"
    status, output = run("gcc", "-std=c17", "-D_GNU_SOURCE", "-w", "-fno-builtin", "-x", "c", source, "-x", "none",
                         "-x", "c++", ROOT / "tests/install/embed.cc", "-x", "none", *installed.flags("--cflags", "--libs", "libsocketio-uv", kind="static"),
                         "-lstdc++", "-o", out)
    if status == 0:
        status, output = run(out)
    check(f"a program may use our {len(hidden)} private names", output or f"exit {status}" if status or len(hidden) < 200 else "")


# --- compiling --------------------------------------------------------------------------------------------------

def check_headers(installed, work):
    for library, (headers, _) in LIBRARIES.items():
        for header in headers:
            for compiler, standard in LANGUAGES:
                if library == "socketio" and standard == C17:
                    standard = ["-std=c17"]             # the pure headers are plain C17
                source = work / f"only_{header}.c{'c' if '++' in compiler else ''}"
                source.write_text(f'#include "{header}"\n')
                status, output = run(compiler, *standard, *WARNINGS, "-fsyntax-only",
                                     *installed.flags("--cflags", f"lib{library}"), source)
                check(f"{header} by {compiler} {standard[0]}", output if status else "")


def check_embedding(installed, work):
    for compiler, standard in [("g++", "-std=c++11"), ("clang++", "-std=c++17")]:
        for kind in ("shared", "static"):
            out = work / f"embed-{compiler}-{kind}"
            status, output = run(compiler, standard, *WARNINGS, ROOT / "tests/install/embed.cc",
                                 *installed.flags("--cflags", "--libs", "libsocketio-uv", kind=kind), "-o", out)
            if status == 0:
                status, output = run(out, env=installed.environment(kind))
            check(f"a C++ program by {compiler}, {kind}", (output or f"exit {status}") if status else "")


def build_examples(installed, work):
    """The examples, copied out of the tree; returns the folders of those that built."""
    built = {}
    for compiler in ("gcc", "clang"):
        for kind in ("shared", "static"):
            folder = work / f"{compiler}-{kind}"
            shutil.copytree(ROOT / "examples", folder / "examples")
            problems = ""
            for source in sorted((folder / "examples").glob("*.c")):
                packages = EXTRA.get(source.stem, ["libsocketio-uv"])
                status, output = run(compiler, *C17, *WARNINGS, "-O1", source, "-o", source.with_suffix(""),
                                     *installed.flags("--cflags", "--libs", *packages, kind=kind))
                problems += output if status else ""
            check(f"all examples by {compiler}, {kind}", problems)
            built[compiler, kind] = folder
    return built


def check_running(installed, folder, kind):
    env = {**(installed.environment(kind) or os.environ), "TEST_BUILD": str(folder)}
    status, output = run(ROOT / "dev", "_in_node", "node", "--test", "--test-reporter=tap", "--test-concurrency=1",
                         *sorted((ROOT / "tests/e2e").glob("examples*.test.mjs")), env=env, cwd=ROOT)
    passed = re.search(r"^# pass (\d+)$", output, re.M)
    good = status == 0 and passed and int(passed.group(1)) > 50
    check(f"the official client talks to the examples of {folder.name}", "" if good else output[-6000:])


def main():
    with tempfile.TemporaryDirectory(prefix="socketio-install-") as name:
        work = pathlib.Path(name)
        installed = Installed(sys.argv[1], work)
        check_names(installed)
        check_clash(installed, work)
        check_headers(installed, work)
        check_embedding(installed, work)
        environment = installed.environment("shared")
        environment["PKG_CONFIG_PATH"] = str(installed.roots["shared"] / installed.pkgconfig)
        check_guide(installed, work, check, run, WARNINGS, environment)
        built = build_examples(installed, work)
        for compiler, kind in [("gcc", "shared"), ("clang", "static")]:
            check_running(installed, built[compiler, kind], kind)
    print(f"{checks - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

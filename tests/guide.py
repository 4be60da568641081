"""guide.py - docs/library.md, taken at its word: every block of C compiles, the programs run, the limits exist.

Used by install.py, which has the libraries installed."""
import pathlib
import re
import shutil
import socket

ROOT = pathlib.Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs/library.md"
PRELUDE = "".join(f"#include <{header}>\n" for header in
                  ("errno.h", "jansson.h", "stdio.h", "stdlib.h", "string.h", "sio_uv.h"))


def blocks(language):
    """(line, text) of the fenced blocks of one language."""
    text = GUIDE.read_text()
    return [(text.count("\n", 0, found.start()) + 2, found.group(1))
            for found in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)]


def only(language):
    (_, text), = blocks(language)
    return text


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def check_blocks(installed, work, check, run, warnings):
    flags = installed.flags("--cflags", "libsocketio-uv")
    for line, text in blocks("c"):
        for compiler in ("gcc", "clang"):
            source = work / f"guide-{line}.c"
            source.write_text(text if "#include" in text else f"{PRELUDE}#line {line} \"library.md\"\n{text}")
            status, output = run(compiler, "-std=c17", "-D_GNU_SOURCE", *warnings, "-Wno-unused-function",
                                 "-Wno-unused-const-variable", "-Wno-unused-variable", "-c", *flags, source,
                                 "-o", source.with_suffix(".o"))
            check(f"docs/library.md:{line} compiles by {compiler}", output if status else "")


def check_limits(installed, work, check, run):
    rows = re.findall(r"^\| `(\w+_(?:options|limits))\.(\w+)` \|", GUIDE.read_text(), re.M)
    source = work / "limits.c"
    source.write_text(PRELUDE + "".join(f"int has_{s}_{m}[sizeof ((struct {s} *)0)->{m}];\n" for s, m in rows))
    status, output = run("gcc", "-fsyntax-only", *installed.flags("--cflags", "libsocketio-uv"), source)
    check(f"the {len(rows)} limits of docs/library.md are options", output if status or len(rows) < 20 else "")
    check("every limit of the headers is in docs/library.md", "\n".join(sorted(
        f"    {s}.{m}" for s, m in limits_of_headers(installed) - set(rows))))


def limits_of_headers(installed):
    """(struct, member) of all that end in _max or _ms in the structures of options."""
    found = set()
    for name in ("websocket.h", "engineio.h", "socketio.h", "sio_http.h", "sio_uv.h"):
        text = re.sub(r"/\*.*?\*/", "", installed.find(name).read_text(), flags=re.S)
        for struct, body in re.findall(r"^struct (\w+_(?:options|limits)) \{(.*?)^\};", text, re.M | re.S):
            found |= {(struct, member) for member in re.findall(r"\b(\w+_(?:max|ms))\b\s*[,;]", body)}
    return found


def check_hello(installed, work, check, run, environment):
    """The first program, built by both ways the page names, and its client."""
    (_, program), port = blocks("c")[0], free_port()
    folder = work / "hello"
    folder.mkdir()
    (folder / "hello.c").write_text(program.replace("3000", port))
    status, output = run("sh", "-c", only("sh"), cwd=folder, env=environment)
    check("hello.c builds as the page says", output if status else "")

    (folder / "meson.build").write_text("project('hello', 'c', default_options: ['c_std=gnu17'])\n" + only("meson"))
    status, output = run("sh", "-c", "meson setup build && ninja -C build", cwd=folder, env=environment)
    check("hello.c builds with meson as the page says", output if status else "")

    (folder / "client.mjs").write_text(only("js").replace("3000", port))
    (folder / "node_modules").symlink_to(ROOT / "tests/e2e/node_modules")
    for way, binary in (("cc", "./hello"), ("meson", "build/hello")):
        status, output = run("sh", "-c", f"""
            {binary} & server=$!
            timeout 60 {ROOT}/dev _in_node node $PWD/client.mjs
            client=$?
            kill -TERM $server; wait $server && exit $client""", cwd=folder, env=environment)
        check(f"hello.c by {way} does as the page says",
              output if status or sorted(output.split("\n"))[1:] != ["Anna is here", "welcome"] else "")
    shutil.rmtree(folder)


def check_guide(installed, work, check, run, warnings, environment):
    check_blocks(installed, work, check, run, warnings)
    check_limits(installed, work, check, run)
    check_hello(installed, work, check, run, environment)

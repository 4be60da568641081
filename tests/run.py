#!/usr/bin/env python3
"""run.py - every suite, each said in one line when it ends; the last line is `N passed, N failed`.

A suite builds what it needs through ./dev. Called with names it runs only those; `durability N` takes a number."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEV = str(ROOT / "dev")
LOGS = pathlib.Path(tempfile.mkdtemp(prefix="consultd-test-"))
SIMS = ("sim", "replay")                            # suites of meson: seeded runs, and whether theirs can be replayed
ASAN = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}


class Failed(Exception):
    """A step that was to prepare a suite did not succeed."""


def run(command, name, env=None, cwd=ROOT, timeout=1800):
    """Runs one command, its output in a file; returns (exit status, output)."""
    log = LOGS / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', name)}.log"
    with log.open("wb") as out:
        try:
            status = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, stdout=out,
                                    stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=timeout,
                                    check=False).returncode
        except subprocess.TimeoutExpired:
            out.write(f"\ngave up after {timeout} s\n".encode())
            status = 124
    return status, log.read_text(errors="replace")


PREPARED = set()
PREPARING = threading.Lock()


def prepare(*verb):
    with PREPARING:
        if verb in PREPARED:
            return
        status, output = run([DEV, *verb], "prepare-" + "-".join(verb))
        if status != 0:
            print(output[-4000:])
            raise Failed(" ".join(verb))
        PREPARED.add(verb)


def counted(status, output, passed, failed):
    """No suite passes by dying early: an exit status without a failed test is a failed test."""
    if status != 0 and failed == 0:
        failed = 1
    if status == 0 and passed + failed == 0:
        failed = 1
        output += "\nran no test at all\n"
    return passed, failed, output if failed else ""


def said(status, output):
    """For suites that end in `N passed, N failed`."""
    last = re.findall(r"^(\d+) passed, (\d+) failed$", output, re.M)
    passed, failed = (int(n) for n in last[-1]) if last else (0, 1)
    return counted(status, output, passed, failed)


NOTES = []                                          # what a suite has to say beside its figures


def c_list(folder, wanted):
    """The C tests of a build folder whose suite is `wanted`."""
    listed = json.loads(subprocess.run(["meson", "introspect", "--tests", folder], cwd=ROOT, check=True,
                                       capture_output=True, text=True).stdout)
    return [t for t in listed if wanted(t["suite"][0].split(":")[1])]


def c_tests(folder, wanted, wrap=(), env=None, arguments=(), timeout=600):
    def one(test):
        status, output = run([*wrap, *test["cmd"], *arguments], f"{wrap[0] if wrap else folder}-{test['name']}",
                             {**test["env"], "CMOCKA_MESSAGE_OUTPUT": "TAP", **(env or {})}, timeout=timeout)
        NOTES.extend(re.findall(r"^# (sim_.*)$", output, re.M))
        passed, failed, why = counted(status, output, len(re.findall(r"^ok \d(?!.*# SKIP)", output, re.M)),
                                      len(re.findall(r"^not ok \d", output, re.M)))
        return passed, failed, f"--- {test['name']}\n{why[-4000:]}" if why else ""

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(one, c_list(folder, wanted)))
    return sum(r[0] for r in results), sum(r[1] for r in results), "".join(r[2] for r in results)


def added(one, other):
    return tuple(a + b for a, b in zip(one, other))


def tap_failures(output):
    """Of TAP only what failed, each with its reason: an end of 12,000 characters would be what passed last."""
    return "\n".join(re.findall(r"^ *not ok .*(?:\n *---\n(?:.*\n)*? *\.\.\.)?", output, re.M)) or output


def node_tests(pattern, env=None):
    prepare("_npm", "tests/e2e")
    files = sorted(str(p.relative_to(ROOT / "tests/e2e")) for p in (ROOT / "tests/e2e").glob(pattern))
    status, output = run([DEV, "_in_node", "node", "--test", "--test-reporter=tap", "--test-concurrency=1",
                          *[f"tests/e2e/{f}" for f in files]], f"e2e-{pattern}", env, timeout=900)
    numbers = dict(re.findall(r"^# (pass|fail|cancelled) (\d+)$", output, re.M))
    failed = int(numbers.get("fail", 0)) + int(numbers.get("cancelled", 0))
    return counted(status, tap_failures(output), int(numbers.get("pass", 0)), failed)


def suite_tidy(_):
    return said(*run([sys.executable, "tests/tidy.py"], "tidy"))


def suite_plans(_):
    """How SQLite would run each statement of the stores: none reads a whole table that grows."""
    return said(*run([sys.executable, "tests/plans.py"], "plans"))


def suite_clang(_):
    prepare("_clang")                               # the compile check: the same flags, another compiler
    return 1, 0, ""


def suite_unit(_):
    prepare("_asan")
    return c_tests("build-asan", lambda suite: suite not in SIMS and suite != "fault", env=ASAN)


def suite_fault(_):
    """The n-th allocation, write or step fails, for every n."""
    prepare("_asan")
    return c_tests("build-asan", lambda suite: suite == "fault", env=ASAN)


def suite_sim(_):
    prepare("_asan")
    return c_tests("build-asan", lambda suite: suite in SIMS, env=ASAN)


def suite_sim_long(arguments):
    """Seeds nobody has tried, for about five minutes."""
    prepare("_release")
    def wanted(suite):
        return suite == "sim"

    seconds = int(arguments[0]) if arguments else 300
    each = str(max(1, seconds * (os.cpu_count() or 1) // len(c_list("build", wanted))))
    return c_tests("build", wanted, arguments=("for", each, str(int(time.time()))), timeout=seconds + 600)


def valgrind(wanted, arguments=()):
    wrap = ("valgrind", "-q", "--fair-sched=yes", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite,possible")
    return c_tests("build", wanted, wrap, arguments=arguments)


def suite_valgrind(_):
    """What ASan cannot see is a byte that was read before it was written: here, where bytes come from outside."""
    prepare("_release")
    prepare("_need_test")
    return added(valgrind(lambda suite: suite == "protocol"), valgrind(lambda suite: suite == "sim", ("1", "20")))


def suite_valgrind_all(_):
    prepare("_release")
    prepare("_need_test")
    return added(valgrind(lambda suite: suite not in SIMS), valgrind(lambda suite: suite == "sim", ("1", "200")))


def suite_coverage(_):
    return said(*run([DEV, "coverage"], "coverage"))


def suite_hardening(_):
    prepare("_release")
    return said(*run([sys.executable, "tests/hardening.py", "build/consultd"], "hardening"))


def suite_install(_):
    """The two libraries as an embedder has them: installed, found by pkg-config, spoken to by the official client."""
    prepare("_release")
    prepare("_need_test")
    prepare("_npm", "tests/e2e")
    return said(*run([sys.executable, "tests/install.py", "build"], "install"))


def suite_fuzz(_):
    """Every input that ever mattered, once more; ./dev fuzz looks for new ones."""
    prepare("_need_test")
    status, listed = run(["tests/fuzz/run", "list"], "fuzz-list")
    total = [0, 0, ""]
    for name in listed.split():
        status, output = run(["tests/fuzz/run", name, "replay"], f"fuzz-{name}")
        total = [total[0] + (status == 0), total[1] + (status != 0), total[2] + (output if status else "")]
    return counted(status, total[2], total[0], total[1])


def suite_hostile(_):
    prepare("_asan")
    prepare("_need_test")
    prepare("_frontend")                            # the server serves it, and does not start without
    return said(*run([sys.executable, "tests/hostile/run.py", "build-asan"], "hostile", ASAN))


def suite_conformance(_):
    prepare("_asan")
    prepare("_npm", "tests/conformance")
    return said(*run([DEV, "_in_node", "node", "tests/conformance/run.mjs"], "conformance",
                     {**ASAN, "TEST_BUILD": str(ROOT / "build-asan")}))


def suite_bench(_):
    """Are the generator's answers right? What they cost is ./dev bench's business."""
    prepare("_asan")
    return said(*run([sys.executable, "bench/run.py", "--smoke", "--build", "build-asan"], "bench", ASAN))


def suite_e2e(_):
    prepare("_asan")
    prepare("_need_test")
    prepare("_frontend")
    return node_tests("*.test.mjs", {**ASAN, "TEST_BUILD": str(ROOT / "build-asan")})


def suite_durability(arguments):
    prepare("_release")
    prepare("_frontend")
    prepare("_npm", "tests/e2e")
    rounds = arguments[0] if arguments else "5"
    return said(*run([DEV, "_in_node", "node", "tests/e2e/durability.mjs", rounds], "durability", timeout=3600))


def suite_pages(_):
    """The frontend's own: types, lint and specs."""
    prepare("_npm", "frontend")
    total = [0, 0, ""]
    for script in ("type-check", "lint"):
        status, output = run([DEV, "_in_node", "npm", "run", "--silent", "--prefix", "frontend", script], f"pages-{script}")
        total = [total[0] + (status == 0), total[1] + (status != 0), total[2] + (output if status else "")]
    report = LOGS / "vitest.json"
    status, output = run([DEV, "_in_node", "npm", "run", "--silent", "--prefix", "frontend", "test", "--",
                          "--reporter=default", "--reporter=json", f"--outputFile.json={report}"], "pages-specs")
    result = json.loads(report.read_text()) if report.exists() else {}
    one = counted(status, output, result.get("numPassedTests", 0), result.get("numFailedTests", 0))
    return total[0] + one[0], total[1] + one[1], total[2] + one[2]


def playwright(name, project, env=None, *specs):
    prepare("_release")
    prepare("_frontend")
    prepare("_npm", "tests/e2e")                    # the account center
    prepare("_need_test")
    report = LOGS / f"{name}.json"
    status, output = run([DEV, "_in_node", "npm", "exec", "--prefix", "frontend", "--", "playwright", "test", "--config",
                          "frontend", "--project", project, "--reporter=list,json",
                          "--output", str(LOGS / f"{name}-pages"), *specs], name,
                         {"PLAYWRIGHT_JSON_OUTPUT_NAME": str(report), **(env or {})}, timeout=900)
    stats = json.loads(report.read_text())["stats"] if report.exists() else {}
    return counted(status, output, stats.get("expected", 0), stats.get("unexpected", 0) + stats.get("flaky", 0))


def suite_browser(_):
    return playwright("browser", "e2e")


def suite_waiting(_):
    return playwright("waiting", "waiting")


def suite_screenshots(_):
    """Every page can be drawn; the pictures themselves are for people to look at."""
    return playwright("screenshots", "screenshots", {"SCREENSHOTS_DIR": str(LOGS / "pictures")})


def suite_canvas(_):
    """Three pages draw for half a minute on bad lines, with a server that is killed, and see the same in the end."""
    return playwright("canvas", "e2e", {"CANVAS_RACE_S": "30"}, "canvas.spec.ts")


SUITES = {                                          # in the order they run; when all do, LANES come last
    "tidy": suite_tidy,
    "plans": suite_plans,
    "unit": suite_unit,
    "fault": suite_fault,
    "sim": suite_sim,
    "clang": suite_clang,
    "coverage": suite_coverage,
    "valgrind": suite_valgrind,
    "hardening": suite_hardening,
    "install": suite_install,
    "fuzz": suite_fuzz,
    "hostile": suite_hostile,
    "conformance": suite_conformance,
    "bench": suite_bench,
    "e2e": suite_e2e,
    "durability": suite_durability,
    "pages": suite_pages,
    "browser": suite_browser,
    "waiting": suite_waiting,
}
# When all are run, these go side by side at the end: each waits for others more than it computes.
LANES = (("browser",), ("install", "hostile", "conformance", "bench", "e2e", "durability", "pages", "waiting"))
NAMED = {                                           # only when they are asked for
    "sim-long": suite_sim_long,
    "valgrind-all": suite_valgrind_all,
    "screenshots": suite_screenshots,
    "canvas": suite_canvas,
}
LONG = {"valgrind-all": [], "sim-long": [], "durability": ["50"], "screenshots": [], "canvas": []}    # what the name `long` stands for
WITH_NUMBER = ("durability", "sim-long")


def run_suite(name, arguments):
    began = time.monotonic()
    NOTES.clear()
    try:
        passed, failed, why = {**SUITES, **NAMED}[name](arguments)
    except Failed as step:
        passed, failed, why = 0, 1, f"preparing failed: ./dev {step}\n"
    lines = [f"{name:<12} {passed:>4} passed {failed:>3} failed {time.monotonic() - began:6.0f} s",
            *(f"             {note}" for note in NOTES), *([why[-12000:]] if failed else [])]
    print("\n".join(lines), flush=True)
    return passed, failed


def run_all(chosen):
    """In order; when all are run, the lanes last and at the same time."""
    lanes = LANES if chosen.keys() >= SUITES.keys() else ()
    beside = {name for lane in lanes for name in lane}
    results = [run_suite(name, rest) for name, rest in chosen.items() if name not in beside]
    with concurrent.futures.ThreadPoolExecutor(max(1, len(lanes))) as pool:
        for lane in pool.map(lambda names: [run_suite(name, chosen[name]) for name in names], lanes):
            results += lane
    return results


def main(arguments):
    known = {**SUITES, **NAMED}
    if "--list" in arguments:
        print("\n".join([*SUITES, *(f"{name:<12} by its name only" for name in (*NAMED, "long"))]))
        return 0
    if arguments == ["long"]:
        chosen = LONG
    else:
        rest = [a for a in arguments if a not in known]
        chosen = {a: rest for a in arguments if a in known} or dict.fromkeys(SUITES, [])
        if rest and (len(chosen) != 1 or not chosen.keys() <= set(WITH_NUMBER)):
            print(f"no such suite: {' '.join(rest)}; there are: {' '.join(known)} long")
            return 2
    results = run_all(chosen)
    passed, failed = sum(r[0] for r in results), sum(r[1] for r in results)
    if failed:
        print(f"the whole output is in {LOGS}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

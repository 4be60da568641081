#!/usr/bin/env python3
"""run.py - ours, the floor and the Node peer, side by side: a table, and one line of JSON.

Rounds alternate between the servers, so that what disturbs the machine disturbs all of them; a figure is the median of
its rounds. The generator has one core, the servers another. `--smoke` compares answers and measures nothing."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS = {                                            # name -> what one operation is, and our share of the floor at most
    "echo-64": ("an event of 64 B and its echo", 1.5), "echo-1k": ("an event of a 1 KiB object and its echo", 1.5),
    "ack": ("an event of 64 B and its ack", 1.5), "rooms-2": ("64 B to the other one in a room, 500 rooms", 1.5),
    "room-1000": ("64 B to one of 1000 in a room", 1.5), "polling": ("an event of 64 B and its echo, POST and GET", 1.5),
    "connect": ("upgrade, join, goodbye", 2.0), "idle": ("bytes of RSS, of 10,000 connections", None),
}
IDLE_BYTES_MAX = 4096


def cores():
    """The generator's and the servers'."""
    mine = sorted(os.sched_getaffinity(0))
    return mine[0], mine[1] if len(mine) > 1 else mine[0]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A process that listens; it ends with the block it is opened in."""

    def __init__(self, name, build):
        self.port = free_port()
        self.kind = "floor" if name == "floor" else "sio"
        self.command = {
            "ours": [f"{build}/examples/conformance", "--port", str(self.port), "--ping-interval", "25000",
                     "--ping-timeout", "20000", "--connect-timeout", "45000", "--no-deflate"],
            "floor": [f"{build}/bench/floor", str(self.port)],
            "node": ["node", "bench/peer.mjs", str(self.port)],
        }[name]

    def __enter__(self):
        self.process = subprocess.Popen(["taskset", "-c", str(cores()[1]), *self.command], cwd=ROOT)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        raise SystemExit(f"{self.command[0]} does not listen")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def load(build, row, server, seconds, count=None, kind=None):
    command = ["taskset", "-c", str(cores()[0]), f"{build}/bench/load", row, kind or server.kind, str(server.port),
               str(server.process.pid), str(seconds), *([str(count)] if count else [])]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)


def measure(build, row, server, seconds):
    done = load(build, row, server, seconds)
    if done.returncode != 0:
        raise SystemExit(f"{row} on {server.command[0]}: {done.stderr.strip()[:500]}")
    return json.loads(done.stdout)["each"]


def run_rounds(build, names, rows, rounds, seconds, idle_rounds):
    figures = {row: {name: [] for name in names} for row in rows}
    servers = {}
    try:
        for name in names:
            servers[name] = Server(name, build).__enter__()
        for turn in range(rounds):
            for row in (r for r in rows if r != "idle"):
                for name in names[turn % len(names):] + names[:turn % len(names)]:
                    figures[row][name].append(measure(build, row, servers[name], seconds))
            print(f"round {turn + 1} of {rounds}", file=sys.stderr)
    finally:
        for server in servers.values():
            server.__exit__()
    for _ in range(idle_rounds if "idle" in rows else 0):
        for name in names:                          # a new process: memory that other rows left would be used again
            with Server(name, build) as server:
                figures["idle"][name].append(measure(build, "idle", server, 0))
    return {row: {name: statistics.median(all_) for name, all_ in of.items()} for row, of in figures.items()}


def verdict(row, figure):
    if row == "idle":
        return "" if figure["ours"] <= IDLE_BYTES_MAX else f"more than {IDLE_BYTES_MAX} B"
    missed = [f"more than {ROWS[row][1]} x floor"] if figure["ours"] > ROWS[row][1] * figure["floor"] else []
    return ", ".join(missed + (["dearer than Node"] if figure["ours"] >= figure.get("node", float("inf")) else []))


def print_table(figures):
    print(f"{'':<10} {'ours':>9} {'floor':>9} {'node':>9}    {'ours/floor':>10} {'ours/node':>10}   an operation is")
    for row, figure in figures.items():
        unit, scale = ("B ", 1) if row == "idle" else ("us", 1000)
        node = figure.get("node")
        print(f"{row:<10} {figure['ours'] / scale:>9.2f} {figure['floor'] / scale:>9.2f} "
              f"{node / scale if node else float('nan'):>9.2f} {unit} {figure['ours'] / figure['floor']:>10.2f} "
              f"{figure['ours'] / node if node else float('nan'):>10.3f}   {ROWS[row][0]}"
              + (f"  <- {verdict(row, figure)}" if verdict(row, figure) else ""))


def smoke(build):
    """Are the answers right, and is a wrong one seen?"""
    counts = {"rooms-2": 8, "room-1000": 8, "polling": 8, "idle": 8}
    passed = failed = 0
    for name in ("ours", "floor"):
        with Server(name, build) as server:
            checks = [(row, server.kind, 0) for row in ROWS] + [("echo-64", {"sio": "floor", "floor": "sio"}[server.kind], 1)]
            for row, kind, want in checks:
                done = load(build, row, server, 0, counts.get(row, 4), kind)
                good = done.returncode == want
                passed, failed = passed + good, failed + (not good)
                if not good:
                    print(f"not ok - {row} as {kind} on {name}: {done.returncode} {done.stdout} {done.stderr[:300]}")
            if server.process.poll() is not None:
                failed += 1
                print(f"not ok - {name} ended by itself")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three short rounds, less than three minutes")
    parser.add_argument("--smoke", action="store_true", help="only compare the answers")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of one measurement")
    parser.add_argument("--build", default="build", help="the folder of the programs")
    parser.add_argument("--without-node", action="store_true")
    parser.add_argument("row", nargs="*", help=f"all unless named: {' '.join(ROWS)}")
    o = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))     # the servers end with us
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))    # for the servers: 10,000 connections
    if o.smoke:
        return smoke(o.build)
    rows = [row for row in ROWS if row in o.row or not o.row]
    if set(o.row) - set(ROWS):
        parser.error(f"no such row: {' '.join(set(o.row) - set(ROWS))}")
    names = ["ours", "floor"] + ([] if o.without_node else ["node"])
    rounds, seconds, idle_rounds = (3, 0.5, 1) if o.quick else (9, 1.5, 3)
    rounds, seconds = o.rounds or rounds, o.seconds or seconds
    figures = run_rounds(o.build, names, rows, rounds, seconds, idle_rounds)
    print_table(figures)
    print(json.dumps({"at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                      "machine": f"{os.cpu_count()} x {platform.processor() or platform.machine()}, {platform.release()}",
                      "rounds": rounds, "seconds": seconds, "figures": figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""run.py BUILD_DIR - every attack beside this file against BUILD_DIR/consultd, started here on a free port.

An attack is a program that is called with HOST:PORT, or https://HOST:PORT, and ends in `N passed, N failed`. The server
must survive all of them, end by SIGTERM with status 0, and no sanitizer may have spoken; then another one that speaks
TLS. Last line: `N passed, N failed`."""
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
START_S, END_S, ATTACK_S = 30, 30, 600
HTTPS_ONLY, HTTPS_TOO = {"tls.py"}, {"http.py"}
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|Assertion .* failed|Sanitizer:")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder):
    """The flags of a server that speaks TLS."""
    key, certificate = f"{folder}/key.pem", f"{folder}/cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return ["--tls-cert", certificate, "--tls-key", key]


class Server:
    def __init__(self, build, folder, secure):
        self.secure = secure
        self.port = free_port()
        self.log = pathlib.Path(folder) / "log"
        pages = pathlib.Path(folder) / "pages"       # of our own: attacks need no built frontend
        pages.mkdir()
        (pages / "index.html").write_text("<!doctype html><title>a page</title>")
        command = [str(build / "consultd"), "serve", "--listen", f"localhost:{self.port}", "--data", f"{folder}/data",
                   "--demo", "--cheap-passwords", "--frontend", str(pages), *(make_certificate(folder) if secure else [])]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def connect(self):
        wire = socket.create_connection(("127.0.0.1", self.port), timeout=1)
        return ssl._create_unverified_context().wrap_socket(wire) if self.secure else wire

    def attacks(self):
        """The programs for it, and what they are called with."""
        names = {p.name for p in HERE.glob("*.py")} - {"run.py"}
        names = names & (HTTPS_ONLY | HTTPS_TOO) if self.secure else names - HTTPS_ONLY
        where = f"127.0.0.1:{self.port}"
        return [(HERE / name, f"https://{where}" if self.secure else where) for name in sorted(names)]

    def wait(self):
        """None once it answers, or why it does not."""
        ends = time.monotonic() + START_S
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                with self.connect() as wire:
                    wire.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    if wire.recv(64).startswith(b"HTTP/1.1 200 "):
                        return None
            except OSError:
                pass
            time.sleep(0.05)
        return "it did not start"

    def end(self):
        """None when it ended as it should, or what was wrong."""
        if self.process.poll() is not None:
            return f"it died in between, with {self.process.returncode}"
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return f"SIGTERM did not end it within {END_S} s"
        return None if status == 0 else f"it ended with {status}"

    def complaint(self):
        """The line where a sanitizer spoke, or None."""
        lines = self.log.read_text(errors="replace").splitlines()
        return next((line for line in lines if SANITIZER.search(line)), None)


def attack(program, where):
    """(passed, failed, output)"""
    done = subprocess.run([sys.executable, str(program), where], capture_output=True, text=True, timeout=ATTACK_S,
                          check=False)
    said = re.findall(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
    passed, failed = (int(n) for n in said[-1]) if said else (0, 1)
    if done.returncode != 0 and failed == 0:
        failed = 1
    return passed, failed, done.stdout + done.stderr


def attack_server(build, secure):
    """(passed, failed) of all attacks on one server."""
    passed = failed = 0

    def count(name, wrong):
        nonlocal passed, failed
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        if wrong is not None:
            print(f"FAIL {name}: {wrong}")

    with tempfile.TemporaryDirectory(prefix="consultd-hostile-") as folder:
        server = Server(build, folder, secure)
        try:
            ready = server.wait()
            count("the server starts", ready)
            for program, where in server.attacks() if ready is None else []:
                one = attack(program, where)
                passed, failed = passed + one[0], failed + one[1]
                if one[1]:
                    print(one[2], end="")
            count("the server survives and ends in order", server.end())
            count("no sanitizer spoke", server.complaint())
        finally:
            if server.process.poll() is None:
                server.process.kill()
                server.process.wait()
        if failed:
            print(server.log.read_text(errors="replace")[-4000:])
    return passed, failed


def main():
    if len(sys.argv) != 2 or not os.access(pathlib.Path(sys.argv[1]) / "consultd", os.X_OK):
        sys.exit(__doc__)
    both = [attack_server(pathlib.Path(sys.argv[1]), secure) for secure in (False, True)]
    passed, failed = (sum(numbers) for numbers in zip(*both))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

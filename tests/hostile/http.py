#!/usr/bin/env python3
"""Raw bytes against a running server: http.py [https://]HOST:PORT...

Malformed HTTP, request smuggling and the limits of SECURITY.md 1.5. Every case is one connection; the server must give
the replies named here and no other, and must still serve afterwards. Last line: `N passed, N failed`.
"""
import socket
import ssl
import sys
import time

WAIT_S = 3                       # for a reply, and for the server's end of a connection it must close
HEAD_MS, LATE_S = 10_000, 8      # the deadline of a head, and how much later than that we accept

# --- what may come back ----------------------------------------------------------------------------------------------

SERVED = set(range(200, 300)) | {301, 302, 304, 400, 401, 404, 405, 415, 426}    # understood, whatever stands there
GONE = 'gone'                    # the end without a reply


def reply(statuses, closes=None):
    """One reply of these statuses; closes True/False: the server must, or must not, end the connection."""
    return [set([statuses]) if isinstance(statuses, int) else set(statuses)], closes


def refused(*statuses):
    """Exactly one reply, one of these, and the end; or the end at once."""
    return [set(statuses or (400,)) | {GONE}], True


def served(times=1, closes=None):
    return [SERVED] * times, closes


HOST = b'Host: x\r\n'


def get(lines=b'', target=b'/', version=b'HTTP/1.1', host=HOST, method=b'GET'):
    return method + b' ' + target + b' ' + version + b'\r\n' + host + lines + b'\r\n'


def post(lines, body=b'', target=b'/none'):
    return get(lines, target=target, method=b'POST') + body


CHUNKED = b'Transfer-Encoding: chunked\r\n'
SMUGGLED = get(target=b'/smuggled')

# --- the cases: name, bytes (or pieces), what must come --------------------------------------------------------------

GOOD = [
    ('a plain request', get(), served(closes=False)),
    ('an empty line before it', b'\r\n' + get(), served()),
    ('two empty lines before it', b'\r\n\r\n' + get(), served()),
    ('byte by byte', [bytes([b]) for b in get()], served()),
    ('HTTP/1.0 ends after the reply', get(version=b'HTTP/1.0'), served(closes=True)),
    ('HTTP/1.0 without Host', get(version=b'HTTP/1.0', host=b''), served(closes=True)),
    ('Connection: close is obeyed', get(b'Connection: close\r\n'), served(closes=True)),
    ('Connection: close among others', get(b'Connection: TE, close\r\n'), served(closes=True)),
    ('names in any case', get(host=b'hOsT: x\r\n'), served()),
    ('no space behind the colon', get(host=b'Host:x\r\n'), served()),
    ('spaces around a value', get(b'X: \t a \t \r\n'), served()),
    ('an empty value', get(b'X:\r\n'), served()),
    ('bytes above 127 in a value', get(b'X: \xc3\xa9\r\n'), served()),
    ('absolute form that names the host', get(target=b'http://x/'), served()),
    ('Host with a port', get(host=b'Host: localhost:8080\r\n'), served()),
    ('Host that is an IPv6 address', get(host=b'Host: [::1]:8080\r\n'), served()),
    ('three in one segment, in order', get() * 3, served(3, closes=False)),
    ('pipelined, the second one byte by byte', [get()] + [bytes([b]) for b in get()], served(2)),
    ('100 header lines', get(b'X: y\r\n' * 99), served()),
    ('a target of 8,000 bytes', get(target=b'/' + b'a' * 7999), served()),
    ('a header of 16,000 bytes', get(b'X: ' + b'y' * 15_900 + b'\r\n'), served()),
    ('a body with a length', post(b'Content-Length: 3\r\n', b'abc'), reply(SERVED | {413})),
    ('a chunked body', post(CHUNKED, b'3\r\nabc\r\n0\r\n\r\n'), reply(SERVED | {413})),
    ('a chunked body, byte by byte',
     [bytes([b]) for b in post(CHUNKED, b'3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: v\r\n\r\n')], reply(SERVED)),
    ('two bodies, pipelined', post(b'Content-Length: 3\r\n', b'abc') * 2, served(2)),
    ('an unknown upgrade is ignored', get(b'Connection: Upgrade\r\nUpgrade: h2c\r\n'), served()),
]

LINES = [
    ('rubbish', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', refused()),
    ('a NUL', b'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', refused()),
    ('a control byte in a value', get(b'X: a\x01b\r\n'), refused()),
    ('DEL in a value', get(b'X: a\x7fb\r\n'), refused()),
    ('a control byte in a name', get(b'X\x01: a\r\n'), refused()),
    ('a name with a space', get(b'X y: a\r\n'), refused()),
    ('a space before the colon', get(b'X : a\r\n'), refused()),
    ('a line without a colon', get(b'nonsense\r\n'), refused()),
    ('an empty name', get(b': a\r\n'), refused()),
    ('a folded line', get(b'X: a\r\n b\r\n'), refused()),
    ('a line that begins with a tab', get(b'X: a\r\n\tb\r\n'), refused()),
    ('the first line begins with a space', b' ' + get(), refused()),
    ('the first header line is folded', b'GET / HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n', refused()),
    ('bare LF', b'GET / HTTP/1.1\nHost: x\n\n', refused()),
    ('one bare LF', b'GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n', refused()),
    ('a bare CR in a value', get(b'X: a\rb\r\n'), refused()),
    ('CR CR LF', get(b'X: a\r\r\n'), refused()),
    ('three empty lines before it', b'\r\n\r\n\r\n' + get(), refused()),
    ('an empty line of LF before it', b'\n' + get(), refused()),
]

REQUEST_LINE = [
    ('HTTP/0.9', b'GET /\r\n\r\n', refused(400, 505)),
    ('HTTP/0.9 with Host', b'GET /\r\nHost: x\r\n\r\n', refused(400, 505)),
    ('HTTP/2.0', get(version=b'HTTP/2.0'), refused(400, 505)),
    ('HTTP/1.2', get(version=b'HTTP/1.2'), refused(400, 505)),
    ('the version 013', get(version=b'HTTP/01.3'), refused(400, 505)),
    ('the version 1.10', get(version=b'HTTP/1.10'), refused(400, 505)),
    ('http/1.1 in small letters', get(version=b'http/1.1'), refused(400, 505)),
    ('another protocol', get(version=b'ICE/1.0'), refused(400, 505)),
    ('the preface of HTTP/2', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', refused(400, 405, 505)),
    ('two spaces', b'GET  / HTTP/1.1\r\nHost: x\r\n\r\n', refused()),
    ('a tab between', b'GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n', refused()),
    ('a space at the end', b'GET / HTTP/1.1 \r\nHost: x\r\n\r\n', refused()),
    ('a space in the target', b'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n', refused()),
    ('# in the target', get(target=b'/a#b'), refused()),
    ('a byte above 127 in the target', get(target=b'/\xc3\xa9'), refused()),
    ('no target', b'GET HTTP/1.1\r\nHost: x\r\n\r\n', refused(400, 505)),
    ('a target without its slash', get(target=b'a'), refused()),
    ('a target of another scheme', get(target=b'ftp://x/'), refused()),
    ('absolute form of another host', get(target=b'http://y/'), refused()),
    ('an unknown method', get(method=b'BREW'), refused(400, 405, 501)),
    ('a method in small letters', get(method=b'get'), refused(400, 405, 501)),
    ('TRACE', get(method=b'TRACE'), refused(400, 405, 501)),
    ('CONNECT', get(method=b'CONNECT', target=b'x:443'), refused(400, 405, 501)),
    ('SOURCE, of ICE', get(method=b'SOURCE'), refused(400, 405, 501)),
    ('DESCRIBE, of RTSP', get(method=b'DESCRIBE', version=b'RTSP/1.0'), refused(400, 405, 501, 505)),
]

PATHS = [(f'the path {path.decode()!r} stays inside', get(target=path), reply({400, 404, 405, 426}))
         for path in (b'/../../etc/passwd', b'/%2e%2e/%2e%2e/etc/passwd', b'/..%2f..%2fetc/passwd', b'/.%2e/x',
                      b'/..\\..\\x', b'/%5c..%5cx', b'/a/%00.html', b'/%', b'/%2', b'/%zz', b'/%c0%ae%c0%ae/x',
                      b'/assets/../../x', b'/%ff', b'/./x')]

HOSTS = [
    ('no Host', get(host=b''), refused()),
    ('two Hosts', get(host=HOST + b'Host: y\r\n'), refused()),
    ('two equal Hosts', get(host=HOST * 2), refused()),
    ('an empty Host', get(host=b'Host:\r\n'), refused()),
    ('a Host with a path', get(host=b'Host: x/y\r\n'), refused()),
    ('a Host with a user', get(host=b'Host: a@x\r\n'), refused()),
    ('a Host with a space', get(host=b'Host: x y\r\n'), refused()),
    ('two Hosts in one', get(host=b'Host: x, y\r\n'), refused()),
]

SMUGGLING = [
    ('length and coding', post(CHUNKED + b'Content-Length: 5\r\n', b'0\r\n\r\n' + SMUGGLED), refused()),
    ('coding and length', post(b'Content-Length: 5\r\n' + CHUNKED, b'0\r\n\r\n' + SMUGGLED), refused()),
    ('two lengths', post(b'Content-Length: 3\r\nContent-Length: 4\r\n', b'abc' + SMUGGLED), refused()),
    ('two equal lengths', post(b'Content-Length: 3\r\n' * 2, b'abc' + SMUGGLED), refused()),
    ('a list of lengths', post(b'Content-Length: 3, 3\r\n', b'abc' + SMUGGLED), refused()),
    ('a length with a sign', post(b'Content-Length: +3\r\n', b'abc' + SMUGGLED), refused()),
    ('a negative length', post(b'Content-Length: -3\r\n', b'abc' + SMUGGLED), refused()),
    ('a hexadecimal length', post(b'Content-Length: 0x3\r\n', b'abc' + SMUGGLED), refused()),
    ('a length with a space inside', post(b'Content-Length: 3 3\r\n', b'abc' + SMUGGLED), refused()),
    ('an empty length', post(b'Content-Length:\r\n', SMUGGLED), refused()),
    ('a length past 64 bits', post(b'Content-Length: 18446744073709551619\r\n', b'abc' + SMUGGLED), refused(400, 413)),
    ('a length that wraps to 3', post(b'Content-Length: 340282366920938463463374607431768211459\r\n', b'abc'),
     refused(400, 413)),
    ('a length behind a space', b'POST /none HTTP/1.1\r\nHost: x\r\n Content-Length: 3\r\n\r\nabc', refused()),
    ('Content-Length with a space before the colon', post(b'Content-Length : 3\r\n', b'abc' + SMUGGLED), refused()),
    ('Transfer-Encoding with a space before the colon', post(b'Transfer-Encoding : chunked\r\n', b'0\r\n\r\n'),
     refused()),
    ('an unknown coding', post(b'Transfer-Encoding: xchunked\r\n', b'0\r\n\r\n' + SMUGGLED), refused(400, 501)),
    ('chunked and identity', post(b'Transfer-Encoding: chunked, identity\r\n', b'0\r\n\r\n' + SMUGGLED),
     refused(400, 501)),
    ('gzip, chunked', post(b'Transfer-Encoding: gzip, chunked\r\n', b'0\r\n\r\n' + SMUGGLED), refused(400, 501)),
    ('chunked twice', post(CHUNKED * 2, b'0\r\n\r\n' + SMUGGLED), refused(400, 501)),
    ('chunked twice in one', post(b'Transfer-Encoding: chunked, chunked\r\n', b'0\r\n\r\n'), refused(400, 501)),
    ('a folded coding', post(b'Transfer-Encoding:\r\n chunked\r\n', b'0\r\n\r\n' + SMUGGLED), refused()),
    ('a coding behind a bare CR (CVE-2023-30589)', post(b'X:\rTransfer-Encoding: chunked\r\n', b'0\r\n\r\n'), refused()),
    ('a coding with a vertical tab', post(b'Transfer-Encoding: \x0bchunked\r\n', b'0\r\n\r\n'), refused()),
    ('a coding in quotes', post(b'Transfer-Encoding: "chunked"\r\n', b'0\r\n\r\n'), refused(400, 501)),
    ('a coding in HTTP/1.0',
     get(CHUNKED, method=b'POST', version=b'HTTP/1.0') + b'0\r\n\r\n' + SMUGGLED, refused()),
    ('the head ends with CR LF CR X (CVE-2025-23167)', b'GET / HTTP/1.1\r\nHost: x\r\n\rX' + SMUGGLED, refused()),
    ('the head ends with LF LF', b'GET / HTTP/1.1\r\nHost: x\r\n\n' + SMUGGLED, refused()),
    ('bytes after Connection: close', get(b'Connection: close\r\n') + SMUGGLED, served(1, closes=True)),
]

CHUNKS = [
    ('a size that is no number', post(CHUNKED, b'x\r\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('an empty size', post(CHUNKED, b'\r\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('a size with 0x', post(CHUNKED, b'0x3\r\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('a negative size', post(CHUNKED, b'-3\r\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('a size with a sign', post(CHUNKED, b'+3\r\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('a space before the size', post(CHUNKED, b' 3\r\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('a size past 64 bits', post(CHUNKED, b'fffffffffffffffff\r\nabc' + SMUGGLED), refused(400, 413)),
    ('data longer than its size', post(CHUNKED, b'3\r\nabcd\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('data without CRLF', post(CHUNKED, b'3\r\nabc0\r\n\r\n' + SMUGGLED), refused()),
    ('a bare LF behind the size', post(CHUNKED, b'3\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('a bare LF behind the data', post(CHUNKED, b'3\r\nabc\n0\r\n\r\n' + SMUGGLED), refused()),
    ('a bare CR in an extension', post(CHUNKED, b'3;a\rb\r\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('a bare LF in an extension', post(CHUNKED, b'3;a\nabc\r\n0\r\n\r\n' + SMUGGLED), refused()),
    ('an endless extension (CVE-2024-22019)', post(CHUNKED, b'1;' + b'a' * 100_000), refused(400, 413)),
    ('a folded trailer', post(CHUNKED, b'0\r\nT: v\r\n w\r\n\r\n' + SMUGGLED), refused()),
    ('a trailer without a colon', post(CHUNKED, b'0\r\nnonsense\r\n\r\n' + SMUGGLED), refused()),
    ('trailers without end', post(CHUNKED, b'0\r\n' + b'T: v\r\n' * 200), refused(400, 431)),
    ('a trailer of 20,000 bytes', post(CHUNKED, b'0\r\nT: ' + b'v' * 20_000), refused(400, 431)),
]

LIMITS = [
    ('101 header lines', get(b'X: y\r\n' * 100), refused(431)),
    ('2,100 header lines (CVE-2024-37890)', get(b'X:\r\n' * 2100), refused(431)),
    ('a header of 17,000 bytes', get(b'X: ' + b'y' * 17_000 + b'\r\n'), refused(431)),
    ('a header that does not end', get(b'X: ' + b'y' * 100_000)[:-4], refused(431)),
    ('a target of 9,000 bytes', get(target=b'/' + b'a' * 9000), refused(414)),
    ('a request line that does not end', b'GET /' + b'a' * 100_000, refused(414, 431)),
    ('a method that does not end', b'G' * 100_000, refused(400, 414, 431)),
    ('empty lines without end', b'\r\n' * 50_000, refused(400, 431)),
    ('a body of 4 GB is refused by its length', post(b'Content-Length: 4294967296\r\n'), reply({400, 404, 413, 426}, True)),
    ('an unknown expectation', post(b'Expect: tea\r\nContent-Length: 1\r\n', b'x'), refused(417)),
]

SECTIONS = (GOOD, LINES, REQUEST_LINE, PATHS, HOSTS, SMUGGLING, LIMITS)

# A server without a handler at this path may reply before it reads the body; then it must end the connection.
BEHIND_CHUNKS = post(CHUNKED, b'1\r\nx\r\n0\r\n\r\n') + get()

# --- the client ------------------------------------------------------------------------------------------------------


class Wire:
    """One connection; `replies` are statuses, then GONE if the server ended it."""

    tls = None                                   # or what to wrap each connection in

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=WAIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls is not None:
            self.socket = self.tls.wrap_socket(self.socket)
        self.bytes = b''

    def send(self, pieces):
        try:
            for piece in [pieces] if isinstance(pieces, bytes) else pieces:
                self.socket.sendall(piece)
                if not isinstance(pieces, bytes):
                    time.sleep(0.001)            # so that the pieces arrive as pieces
        except OSError:
            pass                                 # the server may end it before all was sent

    def more(self, timeout_s):
        """False: the end; None: nothing came in time."""
        self.socket.settimeout(timeout_s)
        try:
            piece = self.socket.recv(65536)
        except socket.timeout:
            return None
        except OSError:
            return False
        self.bytes += piece
        return bool(piece)

    def reply(self):
        """The status of the next whole reply, GONE, or None for silence."""
        while True:
            head, found, rest = self.bytes.partition(b'\r\n\r\n')
            if found:
                fields = dict(line.lower().split(b': ', 1) for line in head.split(b'\r\n')[1:])
                size = int(fields.get(b'content-length', 0))
                if len(rest) >= size:
                    self.bytes = rest[size:]
                    status = int(head.split(b' ')[1])
                    if status != 100:
                        return status
                    continue
            more = self.more(WAIT_S)
            if not more:
                return GONE if more is False else None

    def ended(self, timeout_s=WAIT_S):
        """True: the server ended it without another byte; False: it still stands."""
        return not self.bytes and self.more(timeout_s) is False

    def close(self):
        self.socket.close()


def run(address, pieces, want):
    """None, or what went wrong."""
    statuses, closes = want
    wire = Wire(address)
    try:
        wire.send(pieces)
        for allowed in statuses:
            got = wire.reply()
            if got not in allowed:
                return f'got {got}, wanted one of {sorted(map(str, allowed))[:8]}'
            if got == GONE:
                return None
        if closes is True and not wire.ended():
            return f'the connection still stands, or more came: {wire.bytes[:80]!r}'
        if closes is False and (wire.bytes or wire.more(0.1) is not None):
            return f'the connection ended, or more came: {wire.bytes[:80]!r}'
        if closes is None and wire.more(0.05):
            return f'a reply too many: {wire.bytes[:80]!r}'
        return None
    finally:
        wire.close()


def expect_continue(address):
    wire = Wire(address)
    wire.send(post(b'Expect: 100-continue\r\nContent-Length: 3\r\n', target=b'/api/v1/auth/login'))
    wire.more(WAIT_S)
    early = int(wire.bytes.split(b' ')[1]) if wire.bytes else None
    wire.send(b'abc')
    final = wire.reply()
    wire.close()
    return None if early == 100 and final in SERVED or early in SERVED | {413} else f'got {early}, then {final}'


def slow_heads(address):
    """Opens them; a byte each second must not buy time. Gives what to ask at the end."""
    begun, wires = time.monotonic(), [Wire(address) for _ in range(4)]
    for wire, first in zip(wires, (b'', b'GET', get()[:-2], b'GET / HTTP/1.1\r\nX: ')):
        wire.send(first)

    def finish():
        while any(wires) and time.monotonic() < begun + HEAD_MS / 1000 + LATE_S:
            for i, wire in enumerate(wires):
                if wire is not None and wire.more(0.25) is False:
                    wires[i] = None
            if wires[3] is not None:
                wires[3].send(b'a')
        lived_s = time.monotonic() - begun
        if any(wires):
            return f'{sum(w is not None for w in wires)} of 4 still stand after {lived_s:.0f} s'
        return None if lived_s > 1 else f'cut after {lived_s:.1f} s: too early to be the deadline'
    return finish


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    passed = failed = 0

    def count(name, wrong):
        nonlocal passed, failed
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        if wrong is not None:
            print(f'FAIL {name}: {wrong}')

    for argument in sys.argv[1:]:
        if argument.startswith('https://'):
            Wire.tls = ssl._create_unverified_context()         # its certificate was made a moment ago
        host, port = argument.removeprefix('https://').rsplit(':', 1)
        address = (host.strip('[]'), int(port))
        finish = slow_heads(address)
        for section in SECTIONS:
            for name, pieces, want in section:
                count(name, run(address, pieces, want))
        reads_on = run(address, BEHIND_CHUNKS, served(2)) is None
        count('a chunked body, then a request', None if reads_on else run(address, BEHIND_CHUNKS, served(1, closes=True)))
        for name, pieces, (statuses, closes) in CHUNKS:
            count(name, run(address, pieces, ([statuses[0] | (set() if reads_on else {404, 426})], closes)))
        count('Expect: 100-continue is met or answered', expect_continue(address))
        count('slow heads end at the deadline', finish())
        count('it still serves', run(address, get(), served(closes=False)))
    print(f'{passed} passed, {failed} failed')
    sys.exit(failed > 0)


if __name__ == '__main__':
    main()

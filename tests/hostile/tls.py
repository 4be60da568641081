#!/usr/bin/env python3
"""What comes to a TLS port and is no TLS, or half of it, or too slow: tls.py https://HOST:PORT

Every case is one connection or a few; the server must end each, give no byte of a page, and still serve afterwards.
Last line: `N passed, N failed`.
"""
import random
import socket
import ssl
import sys
import time

WAIT_S = 5                       # for the end of a connection that the server must end
HANDSHAKE_MS, LATE_S = 10_000, 8 # the deadline of a handshake, and how much later than that we accept
SEED = 20240611
GET = b'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'


def context(**settings):
    made = ssl._create_unverified_context()      # its certificate was made a moment ago
    for name, value in settings.items():
        setattr(made, name, value)
    return made


class Talk:
    """A TLS client over two buffers, so that its bytes can be bent on their way."""

    def __init__(self, settings=None):
        self.into, self.out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (settings or context()).wrap_bio(self.into, self.out, server_hostname='localhost')

    def hello(self):
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.out.read()

    def shake(self, wire):
        """The whole handshake; what is to be sent last is returned unsent."""
        wire.sendall(self.hello())
        while True:
            self.into.write(wire.recv(65536))
            try:
                self.tls.do_handshake()
                return self.out.read()
            except ssl.SSLWantReadError:
                wire.sendall(self.out.read())


def connect(address):
    wire = socket.create_connection(address, timeout=WAIT_S)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire


def until_end(wire, within_s=WAIT_S):
    """All that came until the server ended it, or None: it still stands."""
    heard, ends = b'', time.monotonic() + within_s
    while True:
        wire.settimeout(max(0.001, ends - time.monotonic()))
        try:
            piece = wire.recv(65536)
        except TimeoutError:
            return None
        except OSError:
            return heard
        if not piece:
            return heard
        heard += piece


def send(wire, data):
    try:
        wire.sendall(data)
    except OSError:
        pass                                     # it may be ended before all is sent


def record(kind, body, version=b'\x03\x01', size=None):
    return bytes([kind]) + version + (len(body) if size is None else size).to_bytes(2, 'big') + body


def client_hello(size):
    return b'\x01' + size.to_bytes(3, 'big')


HTTP_400 = b'HTTP/1.1 400 Bad Request\r\n'

PLAIN = [                                        # name, bytes, answered in plain words
    ('a GET', GET, True),
    ('a POST', b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n' + b'a' * 100_000, True),
    ('a HEAD', b'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n', True),
    ('a WebSocket', b'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n', True),
    ('another method', b'OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n', False),
    ('HTTP/2 without TLS', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', False),
    ('an SSH client', b'SSH-2.0-OpenSSH_9.2\r\n', False),
    ('a PROXY line', b'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n', False),
]

GARBAGE = [
    ('zeros', bytes(4096)),
    ('0xff', b'\xff' * 4096),
    ('an SSLv2 hello', b'\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10' + bytes(37)),
    ('an SSLv3 hello', record(22, client_hello(40) + b'\x03\x00' + bytes(38), b'\x03\x00')),
    ('a hello that is empty', record(22, client_hello(0))),
    ('a hello of 16 MB', record(22, client_hello(0xffffff) + bytes(16000))),
    ('a hello in a record of 65,535', record(22, client_hello(70000), size=65535) + bytes(65535)),
    ('a hello longer than its record says', record(22, client_hello(200) + b'\x03\x03' + b'\xff' * 198)),
    ('an empty record', record(22, b'') * 40),
    ('data first', record(23, b'hello')),
    ('an alert first', record(21, b'\x02\x28')),
    ('warnings without end', record(21, b'\x01\x5a') * 200),
    ('a change of ciphers first', record(20, b'\x01') * 100),
    ('a heartbeat (CVE-2014-0160)', record(24, b'\x01\x40\x00')),
    ('a record of an unknown kind', record(99, b'hello')),
    ('a Finished first', record(22, b'\x14\x00\x00\x0c' + bytes(12))),
]


def plain(address, data, in_words):
    with connect(address) as wire:
        send(wire, data)
        heard = until_end(wire)
    if heard is None:
        return 'it still stands'
    if in_words and (not heard.startswith(HTTP_400) or heard.count(b'HTTP/') != 1):
        return f'heard {heard[:60]!r}'
    return None if in_words or len(heard) <= 7 else f'heard {heard[:60]!r}'


def serves(address):
    with connect(address) as wire, context().wrap_socket(wire) as tls:
        tls.sendall(GET)
        heard = until_end(tls)
    return None if heard and heard.startswith(b'HTTP/1.1 200 ') else f'heard {heard!r}'


def refused(address, settings, reason):
    try:
        with connect(address) as wire, settings.wrap_socket(wire):
            return 'it was let in'
    except ssl.SSLError as error:
        return None if reason in str(error).lower() else f'refused by {error}'


def bent_hellos(address, rounds=300):
    """Bytes of a good hello changed, cut or doubled: an answer or an end, in time."""
    chance, good = random.Random(SEED), Talk().hello()
    for number in range(rounds):
        bent = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            bent[chance.randrange(5, len(bent))] = chance.randrange(256)
        if number % 3 == 1:
            bent = bent[:chance.randrange(len(bent))]
        elif number % 3 == 2:
            bent += bent[chance.randrange(len(bent)):]
        with connect(address) as wire:
            send(wire, bytes(bent))
            wire.shutdown(socket.SHUT_WR)
            if until_end(wire) is None:
                return f'round {number} of seed {SEED} still stands'
    return None


def after_handshake(address, data):
    """Bytes that no key of ours made, behind a good handshake and half a request."""
    with connect(address) as wire:
        talk = Talk()
        last = talk.shake(wire)
        talk.tls.write(b'GET /healthz HTTP/1.1\r\n')
        send(wire, last + talk.out.read() + data)
        heard = until_end(wire)
    if heard is None:
        return 'it still stands'
    return None if len(heard) < 100 else f'heard {len(heard)} bytes'


def replayed(address):
    """The same record twice: the second one has another number."""
    with connect(address) as wire:
        talk = Talk()
        last = talk.shake(wire)
        talk.tls.write(GET.replace(b'close', b'keep-alive'))
        once = talk.out.read()
        send(wire, last + once + once)
        heard = until_end(wire)
        if heard is None:
            return 'it still stands'
        talk.into.write(heard)
        try:
            answers = b''.join(iter(lambda: talk.tls.read(65536), b''))
        except ssl.SSLError:
            answers = b''
    return None if answers.count(b'HTTP/1.1 200') <= 1 else 'it was served twice'


def left_at_once(address, times=300):
    for number in range(times):
        with connect(address) as wire:
            if number % 2:
                send(wire, Talk().hello()[:200])
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\x01\0\0\0\0\0\0\0')     # a reset
    return None


def slow_handshakes(address):
    """Four that never finish; called again, it says what became of them."""
    begun, hello = time.monotonic(), Talk().hello()
    wires = [connect(address) for _ in range(4)]
    send(wires[1], hello[:100])
    send(wires[2], hello)                        # and no answer to the server's
    dripped = 0

    def finish():
        nonlocal dripped
        stands = set(range(4))
        while stands and time.monotonic() < begun + HANDSHAKE_MS / 1000 + LATE_S:
            for i in list(stands):
                if until_end(wires[i], 0.1) is not None:
                    stands.discard(i)
            if 3 in stands and dripped < len(hello) - 1:
                send(wires[3], hello[dripped:dripped + 1])
                dripped += 1
        lived_s = time.monotonic() - begun
        if stands:
            return f'{len(stands)} of 4 still stand after {lived_s:.0f} s'
        return None if lived_s > HANDSHAKE_MS / 2000 else f'cut after {lived_s:.1f} s: too early to be the deadline'
    return finish


def main():
    if len(sys.argv) != 2 or not sys.argv[1].startswith('https://'):
        sys.exit(__doc__)
    host, port = sys.argv[1].removeprefix('https://').rsplit(':', 1)
    address = (host.strip('[]'), int(port))
    passed = failed = 0

    def count(name, wrong):
        nonlocal passed, failed
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        if wrong is not None:
            print(f'FAIL {name}: {wrong}')

    finish = slow_handshakes(address)
    for name, data, in_words in PLAIN:
        count(f'plain: {name}', plain(address, data, in_words))
    for name, data in GARBAGE:
        count(f'garbage: {name}', plain(address, data, False))
    old = context(minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
    old.set_ciphers('ALL:@SECLEVEL=0')
    count('TLS 1.1', refused(address, old, 'protocol version'))
    h2 = context()
    h2.set_alpn_protocols(['h2'])
    count('HTTP/2 only', refused(address, h2, 'no application protocol'))
    count('hellos that were bent', bent_hellos(address))
    count('a forged record', after_handshake(address, record(23, b'\x17' * 64, b'\x03\x03')))
    count('a record without its end', after_handshake(address, record(23, b'', b'\x03\x03', size=0x4200)))
    count('plain text behind a handshake', after_handshake(address, GET))
    count('a record that is replayed', replayed(address))
    count('clients that leave at once', left_at_once(address))
    count('slow handshakes end at the deadline', finish())
    count('it still serves', serves(address))
    print(f'{passed} passed, {failed} failed')
    sys.exit(failed > 0)


if __name__ == '__main__':
    main()

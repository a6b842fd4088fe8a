#!/usr/bin/env python3
"""Requests that are wrong, slow or too much: each is refused as it should be,
and meanwhile another client is served.

	http_hostile.py HTTP_ECHO             straight at the server
	http_hostile.py HTTP_ECHO --nginx     through nginx with tools/nginx.conf

A row of `CASES` is a name, what is sent, and what may come: statuses in order
("200 200"), or "closed" without an answer, several ways parted by "|". A fourth
column is for what comes through nginx, where that differs.
"""
import concurrent.futures
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import http_raw  # noqa: E402
from nginx import Nginx  # noqa: E402

BEHIND = "--nginx" in sys.argv
SETTINGS = ["head_seconds=2", "body_seconds=2", "threads=2"]
HOST = b"Host: a\r\n"
POST = b"POST /echo HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
MIB = 1 << 20
# Who is slow is cut off after 2 s, long before he is done. nginx waits for the end of what comes, then
# 2 s, and lingers for 5 more. The rest is for a sanitizer on a busy machine.
SLOW_SECONDS, LATEST = (4, 25) if BEHIND else (16, 14)


def get(*lines, target=b"/", version=b"HTTP/1.1", host=HOST):
    return b"GET " + target + b" " + version + b"\r\n" + host + b"".join(lines) + b"\r\n"


def slowly(start, piece):
    """`start`, then `piece` again and again."""
    yield start
    end = time.monotonic() + SLOW_SECONDS
    while time.monotonic() < end:
        time.sleep(0.1)
        yield piece


def half_closed(data):
    yield data
    yield None


REFUSED = "400"
CASES = [
    # What is right is answered: else the rest would prove nothing.
    ("plain", get(), "200"),
    ("no blank after the colon, two blanks, blanks at the end",
     get(b"A:b\r\n", b"C:  d  \r\n"), "200"),
    ("empty lines before the request", b"\r\n\r\n" + get(), "200"),
    ("bytes over ASCII in the target", get(target="/互认?q=甲状腺".encode()), "200"),
    ("body", POST + b"Content-Length: 2\r\n\r\nab", "200"),
    ("chunked", CHUNKED + b"2\r\nab\r\n0\r\n\r\n", "200"),
    ("chunked with an extension and a trailer", CHUNKED + b"2;a=b\r\nab\r\n0\r\nA: b\r\n\r\n", "200"),
    ("pipelined", get() + get(target=b"/forbidden") + get(), "200 403 200"),
    ("half closed", lambda: half_closed(get()), "200", "200 | closed"),
    ("HTTP/1.0 without Host", get(version=b"HTTP/1.0", host=b""), "200"),
    ("body of nothing", POST + b"Content-Length: 0\r\n\r\n" + get(), "200 200"),

    # Two readers, two lengths.
    ("two lengths, equal", POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", REFUSED),
    ("two lengths, different", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", REFUSED),
    ("a list of lengths", POST + b"Content-Length: 2, 2\r\n\r\nab", REFUSED),
    ("a length with a sign", POST + b"Content-Length: +2\r\n\r\nab", REFUSED),
    ("a negative length", POST + b"Content-Length: -2\r\n\r\nab", REFUSED),
    ("a length in hexadecimal", POST + b"Content-Length: 0x2\r\n\r\nab", REFUSED),
    ("an empty length", POST + b"Content-Length:\r\n\r\nab", REFUSED),
    ("a length of 2^64 + 2", POST + b"Content-Length: 18446744073709551618\r\n\r\nab", "400 | 413"),
    ("a length of 20 digits", POST + b"Content-Length: 00000000000000000002\r\n\r\nab", REFUSED, "200"),
    ("length and chunked",
     POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", REFUSED),
    ("chunked and length",
     POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nab\r\n0\r\n\r\n", REFUSED),
    ("another coding", POST + b"Transfer-Encoding: gzip\r\n\r\nab", "501"),
    ("two codings in a list", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"),
    ("two codings", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     REFUSED),
    ("a coding that looks like chunked", POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
     "400 | 501"),
    ("chunked in HTTP/1.0",
     b"POST /echo HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", REFUSED),
    ("GET with a body", get(b"Content-Length: 2\r\n") + b"ab", REFUSED),
    ("GET with a chunked body", get(b"Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n", REFUSED, "200"),

    # Chunks.
    ("chunk size 0x2", CHUNKED + b"0x2\r\nab\r\n0\r\n\r\n", REFUSED),
    ("chunk size +2", CHUNKED + b"+2\r\nab\r\n0\r\n\r\n", REFUSED),
    ("chunk size -2", CHUNKED + b"-2\r\nab\r\n0\r\n\r\n", REFUSED),
    ("chunk size zz", CHUNKED + b"zz\r\nab\r\n0\r\n\r\n", REFUSED),
    ("chunk size of nothing", CHUNKED + b"\r\nab\r\n0\r\n\r\n", REFUSED),
    ("chunk size 2^64 + 2", CHUNKED + b"10000000000000002\r\nab\r\n0\r\n\r\n", "400 | 413"),
    ("chunk longer than its size", CHUNKED + b"2\r\nabc\r\n0\r\n\r\n", REFUSED),
    ("chunk ended by CR", CHUNKED + b"2\rab\r0\r\r", "400 | closed"),

    # What the library passes over in a head, and the check sees.
    ("lines ended by LF", get().replace(b"\r\n", b"\n"), REFUSED, "200"),
    ("one line ended by LF", b"GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n", REFUSED, "200"),
    ("the last line ended by LF", b"GET / HTTP/1.1\r\nHost: a\r\nA: b\n\r\n", REFUSED, "200"),
    ("the head ended by LF", b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\n", REFUSED, "200"),
    ("LF and a blank too many", b"GET / HTTP/1.1\r\nHost:  a\nA: b\r\n\r\n", REFUSED, "200"),
    ("CR in a value", get(b"A: b\rC: d\r\n"), REFUSED),
    ("CR as a line", b"GET / HTTP/1.1\r\nHost: a\r\r", "closed"),
    ("NUL in a value", get(b"A: b\0c\r\n"), REFUSED),
    ("NUL in a name", get(b"A\0B: c\r\n"), REFUSED),
    ("NUL in the target", get(target=b"/a\0b"), REFUSED),
    ("a folded line", get(b"A: b\r\n c\r\n"), REFUSED),
    ("a folded first line", b"GET / HTTP/1.1\r\n A: b\r\nHost: a\r\n\r\n", REFUSED),
    ("a length hidden behind a fold", POST + b"A: b\r\n\tContent-Length: 2\r\n\r\nab", REFUSED),
    ("blank before the colon", get(b"A : b\r\n"), REFUSED),
    ("blank before the colon of the length", POST + b"Content-Length : 2\r\n\r\nab", REFUSED),
    ("no colon", get(b"A\r\n"), REFUSED, "200"),
    ("no name", get(b": b\r\n"), REFUSED),
    ("a name that is no word", get(b"A(b: c\r\n"), REFUSED),
    ("a control character in a value", get(b"A: b\x01c\r\n"), REFUSED, "200 | 400"),
    ("DEL in a value", get(b"A: b\x7fc\r\n"), REFUSED, "200 | 400"),

    # What the library passes over and nobody behind it can see; nginx closes what of it matters
    # (SECURITY.md).
    ("hidden: NUL LF for CR LF", get(b"A: b\r\n").replace(b"b\r\n", b"b\0\n"), "200", REFUSED),
    ("hidden: LF after a chunk's size", CHUNKED + b"2\nab\r\n0\r\n\r\n", "200", "200 | 400"),
    ("hidden: LF after an extension", CHUNKED + b"2;a=b\nab\r\n0\r\n\r\n", "200", "200 | 400"),
    ("hidden: LF after a chunk", CHUNKED + b"2\r\nab\n0\r\n\r\n", "200", "200 | 400"),
    ("hidden: NUL in an extension", CHUNKED + b"2;\0\r\nab\r\n0\r\n\r\n", "200", "200 | 400"),
    ("hidden: CR in an extension", CHUNKED + b"2;a\rb\r\nab\r\n0\r\n\r\n", "200", "200 | 400"),
    ("hidden: 22 digits of size", CHUNKED + b"0" * 21 + b"2\r\nab\r\n0\r\n\r\n", "200", "200 | 400"),
    ("hidden: a length in a trailer", CHUNKED + b"0\r\nContent-Length: 5\r\n\r\n", "200",
     "200 | 400"),

    # The first line and the Host.
    ("no Host", get(host=b""), REFUSED),
    ("two Hosts", get(host=HOST * 2), REFUSED),
    ("an empty Host", get(host=b"Host:\r\n"), REFUSED),
    ("a Host with a path", get(host=b"Host: a/b\r\n"), REFUSED),
    ("a Host with a user", get(host=b"Host: a@b\r\n"), REFUSED, "200 | 400"),
    ("a target with its host", get(target=b"http://a/"), REFUSED, "200"),
    ("a target without a path", get(target=b"a"), REFUSED),
    ("a fragment", get(target=b"/a#b"), REFUSED, "200 | 400"),
    ("a blank in the target", get(target=b"/a b"), REFUSED),
    ("two blanks", b"GET  /  HTTP/1.1\r\n" + HOST + b"\r\n", REFUSED, "200 | 400"),
    ("a tab in the target", get(target=b"/a\tb"), REFUSED),
    ("a broken escape", get(target=b"/%4"), REFUSED),
    ("%00", get(target=b"/?a=%00"), REFUSED),
    ("not UTF-8 in the target", get(target=b"/?a=%ff"), REFUSED),
    ("HTTP/1.2", get(version=b"HTTP/1.2"), "505", "200 | 505"),
    ("HTTP/2.0", get(version=b"HTTP/2.0"), "505"),
    ("HTTP/0.9", b"GET /\r\n", "400 | closed"),
    ("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400 | closed"),
    ("another expectation", POST + b"Expect: tea\r\nContent-Length: 2\r\n\r\n", "417", "417 | closed"),

    # Too much.
    ("64 KiB of head", get(b"A: " + b"a" * 65536 + b"\r\n"), "431 | 400"),
    ("64 KiB of target", get(target=b"/" + b"a" * 65536), "414"),
    ("a target over 8000", get(target=b"/" + b"a" * 8000), "414", "414 | 200"),
    ("100 fields", get(b"A: b\r\n" * 99), "200", "431"),
    ("101 fields", get(b"A: b\r\n" * 100), "431", "400 | 431"),
    ("100,000 fields", get(b"A: b\r\n" * 100000), "431 | 400"),
    ("65 fields of query", get(target=b"/?" + b"&".join([b"a"] * 65)), "414"),
    ("a body over the limit, announced", POST + b"Content-Length: 1048577\r\n\r\n", "413"),
    ("a body over the limit, sent", POST + b"Content-Length: 3145728\r\n\r\n" + bytes(3 * MIB), "413"),
    ("a body over the limit, chunked",
     CHUNKED + b"180000\r\n" + bytes(0x180000) + b"\r\n0\r\n\r\n", "413"),
    ("a body far over the limit, chunked",
     CHUNKED + b"1000000\r\n" + bytes(16 * MIB) + b"\r\n0\r\n\r\n", "closed", "413"),
    ("a body over the limit, awaited",
     POST + b"Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n", "413"),
    ("another type", POST + b"Content-Type: a/b\r\nContent-Length: 2\r\n\r\nab", "415"),
    ("another method", b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n", "405"),

    # Too little.
    ("early close in the head", lambda: half_closed(b"GET / HTTP/1.1\r\nHo"), "closed", "400 | closed"),
    ("early close in the body",
     lambda: half_closed(POST + b"Content-Length: 9\r\n\r\nab"), "closed", "400 | closed"),
    ("nothing", b"", "closed", "closed | 408"),
    ("slow head", lambda: slowly(b"GET / HTTP/1.1\r\n" + HOST + b"A: ", b"a"), "closed",
     "closed | 408"),
    ("slow body", lambda: slowly(POST + b"Content-Length: 999\r\n\r\n", b"a"), "closed",
     "closed | 408"),
    ("slow chunks", lambda: slowly(CHUNKED, b"1\r\na\r\n"), "closed", "closed | 408"),
    ("slow after an answer", lambda: slowly(get() + b"GET", b"a"), "200",
     "200 | 200 400 | 200 408"),
]


def send(connection, pieces):
    """What is refused early may break off while it is sent; the answer is what counts."""
    try:
        for piece in [pieces] if isinstance(pieces, bytes) else pieces():
            if piece is None:
                connection.shutdown(1)
            else:
                connection.sendall(piece)
    except OSError:
        pass


def run(port, case):
    """What is wrong with the case, or None."""
    name, pieces, *wants = case
    want = wants[-1]
    begin = time.monotonic()
    with http_raw.connect(port) as connection:
        sender = threading.Thread(target=send, args=(connection, pieces))
        sender.start()
        answers, closed = http_raw.read_answers(connection, seconds=LATEST)
        took = time.monotonic() - begin
        sender.join()
    got = " ".join(str(a.status) for a in answers) or ("closed" if closed else "nothing")
    if got not in [way.strip() for way in want.split("|")]:
        return f"{name}: {got}, not {want}"
    if any(a.status in (400, 413, 414, 431, 505) for a in answers) and not closed:
        return f"{name}: refused, and the connection stays open"
    if took > LATEST:
        return f"{name}: took {took:.1f} s"
    return None


class Bystander(threading.Thread):
    """A client like any other, while the others do what they do."""

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.stopped = False
        self.served = 0
        self.slowest = 0.0
        self.faults = []

    def run(self):
        while not self.stopped:
            begin = time.monotonic()
            answer = http_raw.get(self.port)
            self.slowest = max(self.slowest, time.monotonic() - begin)
            if not answer or answer.status != 200:
                self.faults.append(f"a client in between got {answer and answer.status}")
            self.served += 1
            time.sleep(0.02)


def run_all(port, cases):
    bystander = Bystander(port)
    bystander.start()
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        faults = [fault for fault in pool.map(lambda case: run(port, case), cases) if fault]
    bystander.stopped = True
    bystander.join()
    if bystander.slowest > 5:
        faults.append(f"a client in between waited {bystander.slowest:.1f} s")
    print(f"{len(cases)} cases; {bystander.served} requests in between, "
          f"the slowest {bystander.slowest * 1000:.0f} ms")
    return faults + bystander.faults


def run_behind(nginx, port):
    with tempfile.TemporaryDirectory() as folder, Nginx(nginx, folder, port) as front:
        return run_all(front.port, CASES)


def main():
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if BEHIND and not nginx:
        print("skipped: there is no nginx (tools/packages.txt)")
        return 77
    with http_raw.Server(sys.argv[1], *SETTINGS, f"trusted_proxy={'127.0.0.1' if BEHIND else ''}") as server:
        if BEHIND:
            faults = run_behind(nginx, server.port)
        else:
            faults = run_all(server.port, [case[:3] for case in CASES])
        if server.stop() != 0:
            faults.append("the server did not stop well")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""HL7 v2 over MLLP from outside: `huren serve --mllp`, asked with raw sockets.

	mllp.py HUREN [--slow]

A row of `CASES` is a name, the pieces that are sent, and the codes of the ACKs
in order; "closed" at the end: by the server.
"""
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = sys.argv[1]
SLOW = "--slow" in sys.argv
ENV = {**os.environ, "HUREN_CONFIG": "/dev/null"}
RECEIVER = "121100004000000014"
MESSAGE_BYTES = 20000
SECONDS = 2  # --mllp-message-seconds, --mllp-idle-seconds is one more
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def make(*flags, encoding="UTF-8"):
    done = subprocess.run([sys.executable, ROOT / "tests/support/make_hl7.py", "--encoding",
                           encoding, *flags], capture_output=True, check=True)
    return done.stdout


def frame(message):
    return b"\x0b" + message + b"\x1c\r"


class Service:
    def __init__(self, registry, folder, *flags, mllp="127.0.0.1:0"):
        self.log = os.path.join(folder, "log")
        self.process = subprocess.Popen(
            [HUREN, "serve", "--registry", registry, "--listen", "127.0.0.1:0", "--mllp",
             mllp, "--receiver", RECEIVER, "--log", self.log, "--threads", "2", *flags],
            stderr=subprocess.PIPE, env=ENV, cwd=ROOT)
        self.http, self.port = (int(re.search(rb"://[\d.]+:(\d+)", self.process.stderr.readline())[1])
                                for _ in range(2))

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}") as answer:
            return answer.read().decode()

    def metric(self, name):
        """Of a family its samples by the value of their label, "" where there is none."""
        return {label or "": int(n) for label, n in
                re.findall(rf'^{name}(?:\{{\w+="([^"]+)"\}})? (\d+)$', self.get("/metrics"), re.M)}

    def acks(self):
        return self.metric("huren_mllp_acks_total")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class Reader:
    """The ACKs that come on a socket; None at its end."""

    def __init__(self, s):
        self.socket, self.bytes = s, b""

    def next(self):
        while b"\x1c\r" not in self.bytes:
            got = self.socket.recv(65536)
            if not got:
                return None
            self.bytes += got
        ack, self.bytes = self.bytes.split(b"\x1c\r", 1)
        assert ack[:1] == b"\x0b", ack
        return ack[1:]


def segments(ack):
    """Of an ACK with the usual delimiters: fields of each segment, by its name."""
    return {line.split(b"|")[0]: line.split(b"|") for line in ack.split(b"\r") if line}


def code_of(ack):
    return segments(ack)[b"MSA"][1].decode()


# --- one connection each ---

LAB = make("--count", "3")
LARGE = make("--count", "3") + b"NTE|1||" + b"a" * MESSAGE_BYTES + b"\r"
# Their second bytes are those of the delimiters "|", "^", "\\" and "~".
TRAILS = "皘癪癨皛"
assert [c.encode("gbk")[1:] for c in TRAILS] == [b"|", b"^", b"\\", b"~"]
GBK = make("--count", "3", "--charset", "GB 18030-2000", "--patient", TRAILS, encoding="gb18030")

CASES = [
    ("one", [frame(LAB)], "AA"),
    ("two in one write", [frame(LAB) * 2], "AA AA"),
    ("three and a half, then its rest", [frame(LAB) * 3 + frame(LAB)[:99], frame(LAB)[99:]],
     "AA AA AA AA"),
    ("no lead byte", [LAB + b"\x1c\r"], "AA"),
    ("no CR at the end", [b"\x0b" + LAB + b"\x1c"], "AA"),
    ("LF", [frame(LAB.replace(b"\r", b"\n"))], "AA"),
    ("CRLF", [frame(LAB.replace(b"\r", b"\r\n"))], "AA"),
    ("GBK with delimiters in its characters", [frame(GBK)], "AA"),
    ("broken off and begun again", [b"\x0b" + LAB[:200] + frame(LAB)], "AA"),
    ("empty frames keep it alive", [frame(b"") * 5 + frame(LAB)], "AA"),
    ("no ORU", [frame(LAB.replace(b"ORU^R01", b"ADT^A01")) + frame(LAB)], "AR AA"),
    ("another version", [frame(LAB.replace(b"|2.5.1", b"|3.0"))], "AR"),
    ("no MSH", [frame(b"PID|1||SYN\r")], "AR"),
    ("an ORU without a result", [frame(LAB.split(b"PID|")[0]) + frame(LAB)], "AE AA"),
    ("neither UTF-8 nor GB18030", [frame(LAB.replace(b"|LIS|", b"|\xff\xff|", 1))], "AE"),
    ("too large", [frame(LARGE)], "AE closed"),
    ("at the limit", [frame(LAB + b"\r" * (MESSAGE_BYTES - len(LAB)))], "AA"),
    ("a byte above it", [frame(LAB + b"\r" * (MESSAGE_BYTES - len(LAB) + 1))], "AE closed"),
    ("HTTP", [b"GET / HTTP/1.1\r\n\r\n" + b"x" * 2000], "closed"),
    ("begun and not ended", [b"\x0b" + LAB[:100]], "closed"),
    ("nothing", [], "closed"),
]


def comes_true(what, seconds=30):
    """The other side of a connection learns of its end a moment later."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def play(service, pieces, closes):
    codes = []
    with service.connect() as s:
        reader = Reader(s)
        for piece in pieces:
            s.sendall(piece)
            time.sleep(0.02)
        if not closes:
            s.shutdown(socket.SHUT_WR)
        try:
            while (ack := reader.next()) is not None:
                codes.append(code_of(ack))
        except ConnectionResetError:
            codes.append("reset")
    return codes


def check_case(service, name, pieces, wanted):
    closes = wanted.endswith("closed")
    got = play(service, pieces, closes)
    if closes:
        got.append("closed")
    check(got == wanted.split(), f"{name}: {' '.join(got)}, not {wanted}")


def check_split(service):
    """Two messages, cut at every offset of the first; the server sees two reads, or one."""
    both = frame(LAB) + frame(GBK)
    step = 7 if SLOW else 1
    with service.connect() as s:
        reader = Reader(s)
        for at in range(1, len(frame(LAB)) + 3, step):
            s.sendall(both[:at])
            time.sleep(0.0005)
            s.sendall(both[at:])
            got = [code_of(reader.next()), code_of(reader.next())]
            check(got == ["AA", "AA"], f"cut at {at}: {got}")
    with service.connect() as s:
        for byte in frame(LAB):
            s.sendall(bytes([byte]))
        check(code_of(Reader(s).next()) == "AA", "byte by byte")


def check_fields(service):
    with service.connect() as s:
        reader = Reader(s)
        s.sendall(frame(LAB) + frame(GBK) + frame(LAB.replace(b"ORU^R01", b"ADT^A01")))
        plain, gbk, refused = (segments(reader.next()) for _ in range(3))
    check(plain[b"MSA"][2] == b"SYN-M-0001" and plain[b"MSA"][3] in
          (b"recognised", b"not-recognised", b"undecided", b"no-items"), f"MSA of AA: {plain[b'MSA']}")
    check(plain[b"MSH"][8] == b"ACK^R01^ACK" and plain[b"MSH"][11] == b"2.5.1", "MSH of the ACK")
    check(plain[b"MSH"][4] == b"LIS", "sender and receiver change places")
    check(9 < len(plain[b"MSH"][9]) <= 20 and plain[b"MSH"][9] != gbk[b"MSH"][9], "an id of its own")
    check(gbk[b"MSH"][17] == b"GB 18030-2000", "the character set of the sender")
    check(gbk[b"MSH"][5].decode("gb18030") == segments(GBK)[b"MSH"][3].decode("gb18030"),
          "in his bytes")
    check(refused[b"MSA"][3] == b"unsupported" and refused[b"ERR"][3].startswith(b"200^"), "ERR")


def check_readers_that_do_not_read(service):
    """More answers than the socket holds: the server stops reading, and loses nothing."""
    count = 500 if SLOW else 5000
    with service.connect() as s:
        sender = threading.Thread(target=s.sendall, args=(frame(LAB) * count,))
        sender.start()
        time.sleep(0.5)
        reader = Reader(s)
        got = [code_of(reader.next()) for _ in range(count)]
        sender.join()
    check(got == ["AA"] * count, "every message of a sender who reads late")


def check_caps(service):
    check(comes_true(lambda: service.metric("huren_mllp_connections") == {"": 0}),
          "those before are closed on the other side, too")
    before = service.metric("huren_mllp_closed_total")["too-many"]
    held = [service.connect() for _ in range(8)]
    for s in held:
        s.sendall(frame(LAB))
        check(code_of(Reader(s).next()) == "AA", "up to the limit, each is served")
    with service.connect() as s:
        try:
            check(s.recv(1) == b"", "one above is closed")
        except ConnectionResetError:
            pass
    check(comes_true(lambda: service.metric("huren_mllp_connections") == {"": 8}),
          "the gauge of connections")
    check(service.metric("huren_mllp_closed_total")["too-many"] == before + 1, "counted as above")
    for s in held:
        s.close()
    check(comes_true(lambda: service.metric("huren_mllp_connections") == {"": 0}),
          "and when they are gone")
    check(play(service, [frame(LAB)], False) == ["AA"], "and after them there is room")


def check_callers(registry, folder):
    """Where others reach it only those that are named are let in."""
    state = os.path.join(folder, "state")
    subprocess.run([HUREN, "access", "add", "--state", state, "a"], check=True, env=ENV, capture_output=True)
    service = Service(registry, folder, "--state", state, "--trusted-proxy", "127.0.0.2 10.0.0.0/8",
                      mllp="0.0.0.0:0")
    for address, want in (("127.0.0.1", []), ("127.0.0.2", ["AA"])):
        with socket.socket() as s:
            s.settimeout(60)
            s.bind((address, 0))
            s.connect(("127.0.0.1", service.port))
            got = []
            try:
                s.sendall(frame(LAB))
                answer = Reader(s).next()
                got = [code_of(answer)] if answer else []
            except ConnectionError:
                pass
            check(got == want, f"{address} gets {want}: {got}")
    check(service.end() == 0, "ended by TERM")


def check_storm(service):
    """Two thousand that connect and go, and one who wants his answers meanwhile."""
    def storm():
        for _ in range(200 if SLOW else 2000):
            service.connect().close()
    thread = threading.Thread(target=storm)
    with service.connect() as s:
        reader = Reader(s)
        s.sendall(frame(LAB))
        check(code_of(reader.next()) == "AA", "before the storm")
        thread.start()
        slowest = 0
        while thread.is_alive():
            began = time.time()
            s.sendall(frame(LAB))
            check(code_of(reader.next()) == "AA", "in the storm")
            slowest = max(slowest, time.time() - began)
        check(slowest < 10, f"an answer in the storm took {slowest:.2f} s")
    thread.join()
    check(comes_true(lambda: service.metric("huren_mllp_connections") == {"": 0}), "it is over")


def check_metrics(service):
    closed = service.metric("huren_mllp_closed_total")
    check(closed["idle"] == 1 and closed["slow"] == 1 and closed["junk"] == 1 and
          closed["too-large"] == 2 and closed["memory"] == 0, f"why they were closed: {closed}")
    check(service.metric("huren_mllp_held_bytes")[""] < 1 << 20, "what is held")
    counts = service.metric("huren_mllp_message_seconds_count")
    check(counts == {code: n for code, n in service.acks().items() if n}, f"durations: {counts}")


def check_log(service):
    with open(service.log, encoding="utf-8") as file:
        text = file.read()
    lines = [json.loads(line) for line in text.splitlines()]
    said = [line for line in lines if line["event"] == "message"]
    check(len(said) == sum(service.acks().values()) and said, "a line a message")
    for word in ("SYN-M-0001", "示范患者", "120116195603150021", "SYN-R-0001"):
        check(word not in text, f"'{word}' is not in the log")


# --- the end ---

class Sender(threading.Thread):
    """Sends without a pause, eight ahead of the answers, until the server closes."""

    def __init__(self, service):
        super().__init__()
        self.socket = service.connect()
        self.sent, self.answered, self.was_reset = 0, 0, False
        self.start()

    def run(self):
        reader = Reader(self.socket)
        try:
            while True:
                while self.sent < self.answered + 8:
                    self.socket.sendall(frame(LAB))
                    self.sent += 1
                if reader.next() is None:
                    return
                self.answered += 1
        except BrokenPipeError:
            while reader.next() is not None:
                self.answered += 1
        except ConnectionResetError:
            self.was_reset = True


class Flood(threading.Thread):
    """Sends without waiting for any answer, and takes them all."""

    def __init__(self, service):
        super().__init__()
        self.socket = service.connect()
        self.answered = 0
        self.start()

    def send(self):
        try:
            while True:
                self.socket.sendall(frame(LAB) * 64)
        except OSError:
            pass

    def run(self):
        sender = threading.Thread(target=self.send)
        sender.start()
        try:
            while got := self.socket.recv(65536):
                self.answered += got.count(b"\x1c")
        except ConnectionResetError:
            pass
        sender.join()


def check_end_under_flood(registry, folder):
    """Who sends faster than he is answered does not keep the service from its end."""
    service = Service(registry, folder, "--drain-seconds", "60")
    flood = Flood(service)
    time.sleep(0.5)
    began = time.time()
    code = service.end()
    took = time.time() - began
    flood.join()
    check(code == 0 and took < (50 if SLOW else 15) and flood.answered,
          f"under a flood it ends: {code} in {took:.1f} s")


def check_end_under_load(registry, folder):
    service = Service(registry, folder, "--mllp-connections", "64")
    waiting = service.connect()
    senders = [Sender(service) for _ in range(8)]
    time.sleep(0.5)
    whole = 20
    waiting.sendall(frame(LAB) * whole + frame(LAB)[:50])
    time.sleep(0.05)
    began = time.time()
    code = service.end()
    took = time.time() - began
    for sender in senders:
        sender.join()
    reader = Reader(waiting)
    got = 0
    while reader.next() is not None:
        got += 1
    with open(service.log, encoding="utf-8") as file:
        said = sum(json.loads(line)["event"] == "message" for line in file)
    total = sum(sender.answered for sender in senders) + got
    check(code == 0 and took < (30 if SLOW else 8), f"it ends by itself: {code} in {took:.1f} s")
    check(got == whole, f"what was whole before TERM has its ACK: {got} of {whole}")
    check(not any(sender.was_reset for sender in senders), "no connection is reset")
    check(said == total, f"what was judged was answered: {said} judged, {total} answered")
    print(f"  {total} messages until TERM, ended in {took:.2f} s")


def check_start(registry):
    def start(*flags, **popen):
        return subprocess.run([HUREN, "serve", "--registry", registry, "--check-config", *flags],
                              capture_output=True, env=ENV, cwd=ROOT, check=False, **popen)
    done = start("--mllp", "0.0.0.0:2575")
    check(done.returncode == 2 and b"MLLP" in done.stderr, "not where others reach it")
    check(start("--mllp", "[::1]:2575").returncode == 0, "on loopback")
    check_files(start)


def check_files(start):
    """900 connections of HTTP and 100 files beside, 64 of MLLP, an epoll of the one thread and two."""
    flags = ("--connections", "900", "--threads", "1", "--mllp", "127.0.0.1:2575",
             "--mllp-connections", "64")

    def start_with(soft, hard, *words):
        return start(*words, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))
    check(start_with(1067, 1067, *flags).returncode == 0, "as many files as there may be connections")
    check(start_with(256, 1067, *flags).returncode == 0, "what may be had is taken")
    done = start_with(1066, 1066, *flags)
    check(done.returncode == 2 and b"for 964 connections 1067 files must be open at once, but only 1066 may"
          in done.stderr, f"one file short: {done.stderr}")
    check(start_with(1000, 1000, *flags[:4]).returncode == 0, "without MLLP its connections do not count")


def main():
    with tempfile.TemporaryDirectory() as folder:
        registry = os.path.join(folder, "registry.git")
        for words in (["registry", "init", registry],
                      ["registry", "publish", registry, "catalog/sample", "-m", "first"]):
            subprocess.run([HUREN, *words], check=True, cwd=ROOT, env=ENV, capture_output=True)
        check_start(registry)
        service = Service(registry, folder, "--mllp-connections", "8", "--mllp-message-seconds",
                          str(SECONDS), "--mllp-idle-seconds", str(SECONDS + 1), "--body-bytes",
                          str(MESSAGE_BYTES))
        for case in CASES:
            check_case(service, *case)
        check_split(service)
        check_fields(service)
        check_readers_that_do_not_read(service)
        check_caps(service)
        check_storm(service)
        check_metrics(service)
        check_log(service)
        check(json.loads(service.get("/readyz"))["ready"] is True, "/readyz")
        check(service.end() == 0, "ended by TERM")
        os.mkdir(os.path.join(folder, "load"))
        os.mkdir(os.path.join(folder, "callers"))
        check_callers(registry, os.path.join(folder, "callers"))
        check_end_under_load(registry, os.path.join(folder, "load"))
        check_end_under_flood(registry, os.path.join(folder, "load"))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

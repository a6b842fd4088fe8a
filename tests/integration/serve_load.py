#!/usr/bin/env python3
"""The service under load: nothing fails while versions change, break, and it ends.

	serve_load.py HUREN HTTP_LOAD [--slow]

`--slow`: a build with a sanitizer, of which no speed and no memory is judged.
In the environment: HUREN_LONG for the long run; HUREN_LOAD_REQUESTS,
HUREN_LOAD_VERSIONS and HUREN_SOAK_SECONDS for one of another length.
"""
import bisect
import hashlib
import http.client
import itertools
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

import serve
from serve import ENV, HUREN, LAG_MAX, ROOT, SLOW, Service, check, query, run, wait_for

HTTP_LOAD = sys.argv[2]
LONG = "HUREN_LONG" in os.environ
CONNECTIONS = 64
NO_END = 10**9


def setting(name, sample, long, slow):
    return int(os.environ.get(name, slow if SLOW else long if LONG else sample))


REQUESTS = setting("HUREN_LOAD_REQUESTS", 10_000, 200_000, 1000)
VERSIONS = setting("HUREN_LOAD_VERSIONS", 5, 50, 3)
SOAK_SECONDS = setting("HUREN_SOAK_SECONDS", 20, 1800, 15)

DRAIN_SECONDS = 30  # promised, too


class Load:
    """tests/support/http_load, and what it says."""

    def __init__(self, service, report, requests):
        self.answers, self.lost = [], []
        self.process = subprocess.Popen(
            [HTTP_LOAD, str(service.port), str(CONNECTIONS), str(requests), query(), report],
            stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "lost":
                self.lost.append(line.strip())
            else:
                start, end, connection, status = map(int, words[:4])
                self.answers.append((start / 1e6, end / 1e6, connection, status, *words[4:]))

    def wait_until(self, what, seconds):
        """False when the load ended, or the time."""
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline or not self.reader.is_alive():
                return what()
            time.sleep(0.01)
        return True

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.join()

    def join(self):
        code = self.process.wait(120)
        self.reader.join()
        check(code == 0, f"the load ends well: {code}")
        return self

    def serves(self, id):
        return any(answer[4] == id for answer in self.answers[-CONNECTIONS:])


class Registry:
    """Every version has another window, so that no two give the same answer."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "registry.git")
        self.catalogue = pathlib.Path(folder) / "catalogue"
        shutil.copytree(ROOT / "catalog/sample", self.catalogue)
        self.windows = self.catalogue / "demonstration/windows-demo.xml"
        self.text = self.windows.read_text(encoding="utf-8")
        run(HUREN, "registry", "init", self.path)
        self.published = []  # (id, when it was begun, when it was done)
        self.publish()

    def publish(self):
        # From 8: what chemistry has in the sample is 7.
        days = 8 + len(self.published) % 80
        self.windows.write_text(re.sub(r'(class="chemistry" days=)"\d+"', rf'\1"{days}"',
                                       self.text), encoding="utf-8")
        begun = time.monotonic()
        id = run(HUREN, "registry", "publish", self.path, self.catalogue, "-m",
                 f"chemistry {days} days").decode().strip()
        self.published.append((id, begun, time.monotonic()))
        return id


def digest_of_command(registry, id, report):
    flags = [f"--{name}={value}" for name, value in serve.ASKED.items()]
    done = subprocess.run([HUREN, "verify", "--registry", registry.path, "--rev", id, "--json",
                           *flags, report], capture_output=True, env=ENV, check=False)
    return hashlib.sha256(done.stdout).hexdigest()


# --- what is true of every load ---

def check_answers(load, where):
    check(not load.lost, f"{where}: every request is answered: {len(load.lost)} are not, "
                         f"{load.lost[:3]}")
    other = [answer[3] for answer in load.answers if answer[3] != 200]
    check(not other, f"{where}: every answer is 200: {len(other)} are not, {other[:3]}")


def check_versions(load, registry, report, where):
    """Each of one version, which was there, never one back; its bytes those of the command."""
    order = {id: n for n, (id, _, _) in enumerate(registry.published)}
    ends, newest = [], [0]  # newest[i]: of the first i that ended
    digests = {}
    for start, end, _, _, id, digest in load.answers:
        if id not in order:
            check(False, f"{where}: an answer names one version of ours: {id}")
            return
        n = order[id]
        if registry.published[n][1] > end:
            check(False, f"{where}: version {n} was published when it was answered")
        # The client is one thread: what ended by then was over before this was asked.
        if n < newest[bisect.bisect_right(ends, start)]:
            check(False, f"{where}: version {n} comes after a newer one")
        ends.append(end)
        newest.append(max(newest[-1], n))
        digests.setdefault(id, set()).add(digest)
    for id, found in digests.items():
        check(found == {digest_of_command(registry, id, report)},
              f"{where}: the bytes of version {id[:7]} are those of the command")


def find_lag(load, registry):
    """How long after a version was published an older one was still answered."""
    order = {id: n for n, (id, _, _) in enumerate(registry.published)}
    lag = 0
    for _, end, _, _, id, _ in load.answers:
        newer = order.get(id, NO_END) + 1
        if newer < len(registry.published):
            lag = max(lag, end - registry.published[newer][2])
    return lag


def tell_speed(load, lag):
    took = sorted(end - start for start, end, *_ in load.answers)
    seconds = load.answers[-1][1] - load.answers[0][0]
    print(f"  {len(took)} answers on {CONNECTIONS} connections, {len(took) / seconds:.0f}/s; "
          f"ms: p50 {took[len(took) // 2] * 1e3:.1f}, p99 {took[len(took) * 99 // 100] * 1e3:.1f}, "
          f"greatest {took[-1] * 1e3:.1f}; greatest lag {lag:.2f} s")


# --- loads ---

def check_load(service, registry, report):
    load = Load(service, report, NO_END)
    for n in range(VERSIONS):
        load.wait_until(lambda n=n: len(load.answers) >= REQUESTS * (n + 1) // (VERSIONS + 1), 600)
        id = registry.publish()
        check(load.wait_until(lambda id=id: load.serves(id), LAG_MAX + 1),
              f"load: version {id[:7]} is served")
    check(load.wait_until(lambda: len(load.answers) >= REQUESTS, 600), "load: it is served on")
    load.end()
    lag = find_lag(load, registry)
    check_answers(load, "load")
    check_versions(load, registry, report, "load")
    check(lag < LAG_MAX, f"load: the newest is served within {LAG_MAX} s: {lag:.2f} s")
    check(len({answer[4] for answer in load.answers}) == VERSIONS + 1, "load: each was served")
    tell_speed(load, lag)


def has_metric(service, line):
    return f"\n{line}\n" in service.ask("GET", "/metrics")[2].decode()


def check_broken(service, registry, folder, report):
    before = registry.published[-1][0]
    load = Load(service, report, NO_END)
    load.wait_until(lambda: len(load.answers) >= CONNECTIONS, 60)
    broken = serve.push_broken(registry.path, folder)
    check(wait_for(lambda: "refused" in service.get("/readyz")[1], LAG_MAX), "broken: /readyz")
    status, ready = service.get("/readyz")
    check(status == 200 and ready["refused"]["id"] == broken and ready["catalogue"] == before,
          "broken: /readyz says which is refused, and which is served on")
    check(has_metric(service, "huren_catalogue_refused 1"), "broken: /metrics says so")
    said = [line for line in service.lines() if line["event"] == "catalogue-refused"]
    check([line["id"] for line in said] == [broken], "broken: the log says so, once")
    count = len(load.answers)
    load.wait_until(lambda: len(load.answers) > count + REQUESTS // 10, 60)
    check(load.serves(before), "broken: the one before is served on")
    sound = registry.publish()
    check(load.wait_until(lambda: load.serves(sound), LAG_MAX), "broken: a sound one heals")
    check("refused" not in service.get("/readyz")[1], "broken: healed, says /readyz")
    check(has_metric(service, "huren_catalogue_refused 0"), "broken: healed, says /metrics")
    load.end()
    check_answers(load, "broken")
    check_versions(load, registry, report, "broken")
    print(f"  {len(load.answers)} answers over a version that does not load")


def half_a_request(service, report):
    body = pathlib.Path(report).read_bytes()
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    connection.sendall(f"POST {query()} HTTP/1.1\r\nHost: load\r\nContent-Length: {len(body)}\r\n"
                       "\r\n".encode() + body[:1000])
    return connection, body[1000:]


def is_let_in(service):
    try:
        socket.create_connection(("127.0.0.1", service.port), timeout=3).close()
    except OSError:
        return False
    return True


def check_term(service, report):
    """All of the load is answered; so is a request whose body was half there."""
    load = Load(service, report, NO_END)
    load.wait_until(lambda: len(load.answers) >= CONNECTIONS * 4, 60)
    slow, rest = half_a_request(service, report)
    time.sleep(0.1)
    begun = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    load.join()
    check(service.process.poll() is None, "TERM: a request on its way is waited for")
    check(not is_let_in(service), "TERM: nobody is let in any more")
    slow.sendall(rest)
    answer = http.client.HTTPResponse(slow)
    answer.begin()
    check(answer.status == 200 and answer.headers["Connection"] == "close" and answer.read(),
          "TERM: and is answered")
    code = service.process.wait(DRAIN_SECONDS + 10)
    took = time.monotonic() - begun
    check(code == 0 and took < DRAIN_SECONDS, f"TERM: exit {code} after {took:.1f} s")
    check_answers(load, "TERM")
    print(f"  {len(load.answers)} answers until TERM, none lost; ended after {took:.1f} s")


# --- a soak ---

HEAD_SECONDS, PUBLISH_SECONDS = 2, 3


class Soak:
    """Clients of every kind, each some times a second, until the time is over."""

    def __init__(self, service, registry, report):
        self.service, self.registry = service, registry
        self.body = pathlib.Path(report).read_bytes()
        self.paths = itertools.cycle([
            "/v1/catalog", "/v1/catalog/versions", "/v1/catalog/items?q=TSH",
            "/v1/catalog/institutions?limit=20", "/openapi.json", "/metrics", "/readyz",
            "/v1/catalog/institutions/" + serve.ASKED["receiver"]])
        self.faults = itertools.cycle([
            ("/nothing", b"", 404), (query(), self.body[:500], 400), (query(), b"%PDF-1.7", 415),
            (query(setting="x"), self.body, 400), (query(), b"{}", 415)])
        self.counts, self.failed = {}, []
        self.lock, self.stop = threading.Lock(), threading.Event()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.service.port), timeout=60)

    def head(self):
        return (f"POST {query()} HTTP/1.1\r\nHost: soak\r\nContent-Type: application/xml\r\n"
                f"Content-Length: {len(self.body)}\r\n\r\n").encode()

    def next(self, rows):
        with self.lock:
            return next(rows)

    # Each says whether it got what is due to it.

    def verify(self, kept):
        return self.service.ask("POST", query(), self.body, connection=kept)[0] == 200

    def look_up(self, kept):
        return self.service.ask("GET", self.next(self.paths), connection=kept)[0] == 200

    def reconnect(self, _):
        return self.service.ask("POST", query(), self.body, {"Connection": "close"})[0] == 200

    def ask_badly(self, _):
        path, body, status = self.next(self.faults)
        return self.service.ask("POST", path, body)[0] == status

    def send_slowly(self, _):
        with self.connect() as connection:
            connection.sendall(self.head())
            for at in range(0, len(self.body), 2000):
                connection.sendall(self.body[at:at + 2000])
                time.sleep(0.05)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status == 200 and len(answer.read()) > 0

    def break_off(self, _):
        with self.connect() as connection:
            connection.sendall(self.head() + self.body[:9000])
            # Closed with RST, not FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return True

    def fall_silent(self, _):
        """Half a head, and then nothing: it is cut off."""
        with self.connect() as connection:
            connection.sendall(self.head()[:40])
            begun = time.monotonic()
            try:
                while connection.recv(4096):
                    pass
            except ConnectionResetError:
                pass
            return SLOW or time.monotonic() - begun < HEAD_SECONDS + 2

    def publish(self, _):
        self.registry.publish()
        return True

    KINDS = [  # how, of how many threads, with what pause
        (verify, 4, 0.02), (look_up, 2, 0.03), (reconnect, 2, 0.05), (ask_badly, 2, 0.05),
        (send_slowly, 3, 0.1), (break_off, 2, 0.05), (fall_silent, 3, 0.1),
        (publish, 1, PUBLISH_SECONDS)]

    def client(self, kind, pause):
        kept = self.service.connect()
        count = 0
        while not self.stop.wait(pause):
            try:
                if not kind(self, kept):
                    self.failed.append(kind.__name__)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{kind.__name__}: {error!r}")
                kept.close()
            count += 1
        kept.close()
        with self.lock:
            self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + count

    def run(self, seconds):
        threads = [threading.Thread(target=self.client, args=(kind, pause))
                   for kind, number, pause in self.KINDS for _ in range(number)]
        for thread in threads:
            thread.start()
        sizes, files = [], []
        for _ in range(seconds):
            time.sleep(1)
            sizes.append(resident(self.service))
            files.append(count_files(self.service))
        self.stop.set()
        for thread in threads:
            thread.join()
        return sizes, files


def resident(service):
    """In MiB."""
    text = pathlib.Path(f"/proc/{service.process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


def count_files(service):
    return len(os.listdir(f"/proc/{service.process.pid}/fd"))


def check_soak(registry, folder, report):
    os.makedirs(os.path.join(folder, "soak"))
    service = Service(registry.path, os.path.join(folder, "soak"), "--head-seconds",
                      str(HEAD_SECONDS))
    try:
        soak = Soak(service, registry, report)
        check(soak.reconnect(None), "soak: it answers")
        time.sleep(1)
        # The follower has files open now and then.
        files_before = min(count_files(service) for _ in range(20) if not time.sleep(0.02))
        sizes, files = soak.run(SOAK_SECONDS)
        check(not soak.failed, f"soak: {len(soak.failed)} failed: {soak.failed[:3]}")
        check(wait_for(lambda: count_files(service) == files_before),
              f"soak: {count_files(service)} files at rest, as before: {files_before}")
        check_sizes(sizes)
        check(service.end() == 0, "soak: exit 0")
        print(f"  {SOAK_SECONDS} s of {soak.counts}; files {files_before} at rest, {max(files)} "
              "at most")
    finally:
        service.process.kill()


def check_sizes(sizes):
    """
    After a quarter to warm up, the last third's median is at most 5 % or 4 MiB
    above the first third's. A sanitizer keeps what was freed: not judged.
    """
    warm = sizes[len(sizes) // 4:]
    third = len(warm) // 3
    first, last = statistics.median(warm[:third]), statistics.median(warm[-third:])
    check(SLOW or last <= first + max(4, first * 0.05),
          f"soak: memory is flat: {first:.1f} MiB, then {last:.1f}")
    print(f"  memory: {sizes[0]:.1f} MiB after a second, {first:.1f} when warm, {last:.1f} at the "
          f"end, {max(sizes):.1f} at most")


def main():
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.xml")
        run(ROOT / "tests/support/make_cda.py", "--count", "24", "--out", report)
        registry = Registry(folder)
        service = Service(registry.path, folder)
        try:
            check_load(service, registry, report)
            check_broken(service, registry, folder, report)
            check_term(service, report)
        finally:
            service.process.kill()
        check_soak(registry, folder, report)
    sys.exit(bool(serve.failures))


if __name__ == "__main__":
    main()

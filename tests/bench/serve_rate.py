#!/usr/bin/env python3
"""What the service adds to the library's own time.

	serve_rate.py HUREN HTTP_ECHO BENCH REGISTRY CDA

wrk on one core posts the CDA, keep-alive, to a server on the other: to `huren
serve`, and to the same HTTP server with a constant answer (of 3 bytes, and of
the very bytes of the verdict) that is first busy for as long as the library
takes alone: that is what the two allow together. Beside them the constant
without that, and nginx `return 200`. The speed of a machine with neighbours
changes from second to second, so rounds are many and short, and the library is
timed before and after every turn of ours.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from pinned import CORES, cpu_seconds, pinned

ROUNDS, SECONDS, CLIENTS, GOAL = 9, 1, 16, 0.8
HUREN, ECHO, BENCH, REGISTRY, CDA = sys.argv[1:6]
ASKED = "receiver=121100004000000014&setting=outpatient&at=2025-02-20T09:30:00"


def library_seconds():
    """hr_verify and the JSON of its verdict, one after the other."""
    out = subprocess.run(pinned(CORES[0], BENCH, "--answer", "catalog/sample", CDA), check=True,
                         capture_output=True, text=True).stdout
    return float(re.search(r"([\d.]+) us", out)[1]) / 1e6


class Server:
    def __init__(self, name, words, path, find_port=None, port=None):
        self.name, self.path = name, path
        self.process = subprocess.Popen(pinned(CORES[0], *words), stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.port = port or find_port(self.process)
        self.rates, self.cpu, self.kernel = [], [], []

    def measure(self, script, more=""):
        before = cpu_seconds(self.process.pid)
        out = subprocess.run(pinned(CORES[-1], "wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", "-s", script,
                                    f"http://127.0.0.1:{self.port}{self.path}{more}"),
                             check=True, capture_output=True, text=True).stdout
        if "Non-2xx" in out or "Socket errors" in out:
            sys.exit(f"{self.name}: {out}")
        requests = int(re.search(r"(\d+) requests in", out)[1])
        self.rates.append(float(re.search(r"Requests/sec: +([\d.]+)", out)[1]))
        used = [b - a for a, b in zip(before, cpu_seconds(self.process.pid))]
        self.cpu.append(used[0] / requests)
        self.kernel.append(used[1] / requests)


def start_nginx(folder):
    with open(f"{folder}/nginx.conf", "w", encoding="utf-8") as file:
        file.write(f"daemon off; pid {folder}/pid; error_log stderr; worker_processes 1;\n"
                   "events {}\nhttp { access_log off; keepalive_requests 1000000000;\n"
                   f"client_body_temp_path {folder}/body; client_body_buffer_size 64k;\n"
                   "server { listen 127.0.0.1:18479; location / { return 200; } } }\n")
    server = Server("nginx return 200", ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"], "/",
                    port=18479)
    time.sleep(0.5)
    return server


def start_all(folder):
    """POST /v1/verify; the constants that are busy before; and what stands beside them."""
    verify = Server("POST /v1/verify", [HUREN, "serve", "--registry", REGISTRY, "--listen",
                                        "127.0.0.1:0", "--threads", "1", "--log", "/dev/null"],
                    f"/v1/verify?{ASKED}",
                    lambda p: int(re.search(r"127.0.0.1:(\d+)", p.stderr.readline())[1]))
    answer = f"{folder}/answer.json"
    with open(CDA, "rb") as document, open(answer, "wb") as file:
        url = f"http://127.0.0.1:{verify.port}{verify.path}"
        file.write(urllib.request.urlopen(urllib.request.Request(url, document.read(),
                                                                 {"Content-Type": ""})).read())
    echo = lambda name, *words: Server(name, [ECHO, "threads=1", *words], "/answer",
                                       lambda p: int(re.search(r"\d+", p.stdout.readline())[0]))
    busy = [echo("library + constant, 3 bytes"),
            echo(f"library + constant, {os.path.getsize(answer)} bytes", f"answer={answer}")]
    beside = [echo("constant of 3 bytes")] + ([start_nginx(folder)] if shutil.which("nginx") else [])
    return verify, busy, beside


def report(verify, busy, beside, library):
    print(f"{'':<34}{'req/s':>10}{'CPU us':>10}{'kernel':>10}")
    for server in [verify, *busy, *beside]:
        print(f"{server.name:<34}{statistics.median(server.rates):>10.0f}"
              f"{statistics.median(server.cpu) * 1e6:>10.1f}"
              f"{statistics.median(server.kernel) * 1e6:>10.1f}")
    usual = statistics.median(library)
    print(f"{'library: verify and JSON':<34}{1 / usual:>10.0f}{usual * 1e6:>10.1f}")
    apart = statistics.median(v * (1 / c + l) for c, v, l in zip(beside[0].rates, verify.rates, library))
    print(f"of 1 / (library's time + a constant's): {apart:.2f} by rate; its client is awake, a verdict's is woken")
    for server in busy:
        by_rate = statistics.median(v / c for v, c in zip(verify.rates, server.rates))
        by_cpu = statistics.median(c / v for v, c in zip(verify.cpu, server.cpu))
        print(f"of {server.name}: {by_rate:.2f} by rate, {by_cpu:.2f} by CPU time (goal {GOAL})")


def main():
    if not shutil.which("wrk") or len(CORES) < 2:
        print("skipped: wrk and two cores are wanted (apt-get install wrk)")
        return
    os.environ["HUREN_CONFIG"] = "/dev/null"
    with tempfile.TemporaryDirectory() as folder:
        script = f"{folder}/post.lua"
        with open(script, "w", encoding="utf-8") as file:
            file.write(f'local f = io.open("{os.path.abspath(CDA)}", "rb")\n'
                       'wrk.method = "POST"\nwrk.body = f:read("*a")\n')
        verify, busy, beside = start_all(folder)
        try:
            library = []
            for _ in range(ROUNDS):
                before = library_seconds()
                verify.measure(script)
                library.append((before + library_seconds()) / 2)
                for server in busy:
                    server.measure(script, f"?us={library[-1] * 1e6:.0f}")
                for server in beside:
                    server.measure(script)
            report(verify, busy, beside, library)
        finally:
            for server in [verify, *busy, *beside]:
                server.process.terminate()


if __name__ == "__main__":
    main()

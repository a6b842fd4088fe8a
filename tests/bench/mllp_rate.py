#!/usr/bin/env python3
"""What the MLLP listener adds to the library's own time.

	mllp_rate.py HUREN MLLP_LOAD BENCH REGISTRY CDA HL7...

Eight senders on one core, each with one message on its way, against a server
with one thread on the other: `huren serve --mllp`, and the same listener with
nothing to judge. The library judges the same message alone, as of now as the
listener does. Rounds alternate, for the speed of a machine with neighbours
changes from second to second. Allowed is one message in the listener's own time
and the library's together; said as rate, and as the server's CPU time, which
holds on a machine that others use, too. The same for what holds on any machine:
messages in the time of one SAX2 pass over the CDA.
"""
import os
import re
import statistics
import subprocess
import sys

from pinned import CORES, cpu_seconds, pinned

ROUNDS, SECONDS, SENDERS, GOAL = 5, 2, 8, 0.8
# 20,000 messages a second where a SAX2 pass takes 51 us.
A_PASS_GOAL = 20000 * 51e-6
HUREN, LOAD, BENCH, REGISTRY, CDA = sys.argv[1:6]
RECEIVER = "121100004000000014"


def library_seconds(message):
    """hr_verify of the message, and the SAX2 pass over the CDA."""
    out = subprocess.run(pinned(CORES[0], BENCH, "--message", "catalog/sample", CDA, message),
                         check=True, capture_output=True, text=True).stdout
    return [float(us) / 1e6 for us in re.findall(r"([\d.]+) us", out)]


class Server:
    def __init__(self, words, find_port):
        self.process = subprocess.Popen(pinned(CORES[0], *words), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port = find_port(self.process)

    def measure(self, message):
        """Messages a second, and the server's seconds a message."""
        before, _ = cpu_seconds(self.process.pid)
        out = subprocess.run(pinned(CORES[-1], LOAD, str(self.port), str(SENDERS), str(SECONDS),
                                    message), check=True, capture_output=True, text=True).stdout
        count, seconds = re.match(r"(\d+) messages in ([\d.]+) s", out).groups()
        return int(count) / float(seconds), (cpu_seconds(self.process.pid)[0] - before) / int(count)

    def end(self):
        self.process.terminate()
        self.process.communicate()


def port_of_huren(process):
    process.stderr.readline()  # of HTTP
    return int(re.search(r"127.0.0.1:(\d+)", process.stderr.readline())[1])


def report(message, rounds):
    usual = [statistics.median(column) for column in zip(*rounds)]
    constant_rate, constant_cpu, rate, cpu, verify, sax2 = usual
    by_rate = statistics.median(r * (1 / c + v) for c, _, r, _, v, _ in rounds)
    by_cpu = statistics.median((cc + v) / rc for _, cc, _, rc, v, _ in rounds)
    pass_by_rate = statistics.median(r * s for _, _, r, _, _, s in rounds)
    pass_by_cpu = statistics.median(s / rc for _, _, _, rc, _, s in rounds)
    name, size = os.path.basename(message), os.path.getsize(message)
    print(f"{name}, {size} bytes: {rate:.0f} messages/s, {cpu * 1e6:.1f} us of CPU each "
          f"(nothing to judge: {constant_rate:.0f}, {constant_cpu * 1e6:.1f}; "
          f"library: {verify * 1e6:.1f}; SAX2: {sax2 * 1e6:.1f})")
    print(f"  of what is allowed: {by_rate:.2f} by rate, {by_cpu:.2f} by CPU time (goal {GOAL})")
    print(f"  in the time of a SAX2 pass: {pass_by_rate:.2f} messages by rate, {pass_by_cpu:.2f} by "
          f"CPU time (goal {A_PASS_GOAL:.2f})")


def main():
    if len(CORES) < 2:
        print("skipped: two cores are wanted")
        return
    os.environ["HUREN_CONFIG"] = "/dev/null"
    servers = [
        Server([LOAD, "--serve"], lambda p: int(p.stdout.readline())),
        Server([HUREN, "serve", "--registry", REGISTRY, "--listen", "127.0.0.1:0", "--mllp",
                "127.0.0.1:0", "--receiver", RECEIVER, "--threads", "1", "--log", "/dev/null"],
               port_of_huren),
    ]
    try:
        for message in sys.argv[6:]:
            rounds = []
            for _ in range(ROUNDS):
                before = library_seconds(message)
                measured = [figure for server in servers for figure in server.measure(message)]
                library = [(a + b) / 2 for a, b in zip(before, library_seconds(message))]
                rounds.append((*measured, *library))
            report(message, rounds)
    finally:
        for server in servers:
            server.end()


if __name__ == "__main__":
    main()

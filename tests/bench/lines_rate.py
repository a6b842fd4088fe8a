#!/usr/bin/env python3
"""Visits by the line, as a command answers them: lines_rate.py HUREN CATALOGUE FILE

FILE is written by bench_settle, which says beside it what the library alone takes for the same lines.
"""
import os
import resource
import subprocess
import sys

HUREN, CATALOGUE, FILE = sys.argv[1:]
os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
with open(FILE, "rb") as visits:
    COUNT = sum(1 for _ in visits)


def seconds(command, path):
    """Of one processor's time, the best of five runs into a file."""
    taken = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(FILE + ".out", "wb") as out:
            run = subprocess.run([HUREN, "settle", command, "--catalog", CATALOGUE, "--json", "--lines", path], stdout=out)
        assert run.returncode in (0, 1, 4), run.returncode
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    os.unlink(FILE + ".out")
    return min(taken)


for command in ("quote", "diagnose"):
    # What the start costs is not the lines'.
    took = seconds(command, FILE) - seconds(command, os.devnull)
    print(f"settle {command} --lines                     {COUNT / took / 1e6:6.2f} million a second ({took / COUNT * 1e6:.1f} us each)")

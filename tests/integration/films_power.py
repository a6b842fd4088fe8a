#!/usr/bin/env python3
"""The power goes while four senders store: what was acknowledged is there, whatever else is not.

	films_power.py HUREN DISK_PRELOAD CUT_POWER [sqlite | postgresql]

Three cuts; with $HUREN_LONG a hundred. The service runs with a library in front of
it that writes down what it asks of the disk, files and folders, SQLite's with
it; each flush takes 2 ms, so that who is answered too early is seen. At the cut
it is killed, and all that no fsync covers is lost, or in parts: three ways in
turn (power_cut.h). The next ingest goes on with what is left, ten times; then
it begins with nothing.

PostgreSQL promises by itself what SQLite does here: it is ended at once with
the service, and begins anew. The power cut is of the objects' side alone.
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from film_census import Census, sqlite_rows  # pylint: disable=wrong-import-position
from film_senders import Senders  # pylint: disable=wrong-import-position
from film_service import Service, run_test  # pylint: disable=wrong-import-position
from postgres import Postgres  # pylint: disable=wrong-import-position

PRELOAD, CUT_POWER = map(os.path.abspath, sys.argv[2:4])
CUTS = 100 if os.environ.get("HUREN_LONG") else 3
CHAIN = 10
KINDS = 3
EACH = 300
SYNC_US = 2000


class Disk:
    """A folder, what of it was safe when the service began, and the journal since then."""

    def __init__(self, folder):
        self.root = os.path.join(folder, "disk")
        self.before = os.path.join(folder, "before")
        self.after = os.path.join(folder, "after")
        self.journal = os.path.join(folder, "journal")
        for path in (self.root, self.before):
            os.mkdir(path)
        self.data = os.path.join(self.root, "data")
        self.env = {"LD_PRELOAD": PRELOAD, "HUREN_DISK_ROOT": self.root,
                    "HUREN_DISK_JOURNAL": self.journal, "HUREN_DISK_SYNC_US": str(SYNC_US)}

    def cut(self, kind, seed):
        """How many calls were written down."""
        done = subprocess.run([CUT_POWER, self.journal, self.before, str(kind), str(seed),
                               self.after], check=True, capture_output=True, text=True)
        shutil.rmtree(self.before)
        shutil.rmtree(self.root)
        shutil.copytree(self.after, self.root)
        os.rename(self.after, self.before)
        return int(done.stdout)


def cut_under_load(service, senders, wait):
    """What was acknowledged until the power went."""
    before = len(senders.acknowledged)
    senders.begin(service, EACH)
    began = time.time()
    while len(senders.acknowledged) < before + wait and time.time() < began + 60:
        time.sleep(0.005)
    time.sleep(random.uniform(0, 0.05))
    service.end(signal.SIGKILL)
    senders.end()
    return senders.acknowledged[before:]


def run_chain(folder, first, count, with_postgres):
    """(objects acknowledged, calls written down, faults)."""
    disk = Disk(folder)
    postgres = Postgres(folder) if with_postgres else None
    flags = ["--access", "open", *(["--store", postgres.url] if postgres else [])]
    senders = Senders(folder)
    census = Census(senders, postgres.film_rows if postgres else
                    lambda: sqlite_rows(os.path.join(disk.data, "huren.db")))
    failed = calls = 0
    for i in range(first, first + count):
        service = Service(folder, *flags, data=disk.data, env=disk.env)
        fresh = cut_under_load(service, senders, random.randrange(1, 40))
        if postgres:
            postgres.end(signal.SIGQUIT)
            postgres.start()
        calls += disk.cut(i % KINDS, i)
        service = Service(folder, *flags, data=disk.data)
        census.checked = set()
        failed += census.take(service, f"cut {i}", fresh) + (not fresh)
        service.end()
        shutil.rmtree(disk.before)
        shutil.copytree(disk.root, disk.before)
    if postgres:
        postgres.end()
    return len(senders.acknowledged), calls, failed


def main():
    random.seed(7)
    sums = [0, 0, 0]
    for first in range(0, CUTS, CHAIN):
        with tempfile.TemporaryDirectory() as folder:
            done = run_chain(folder, first, min(CHAIN, CUTS - first), "postgresql" in sys.argv)
        sums = [a + b for a, b in zip(sums, done)]
    print(f"{CUTS} power cuts, {sums[0]} objects acknowledged, {sums[1]} calls written down")
    sys.exit(1 if sums[2] else 0)


if __name__ == "__main__":
    run_test(main)

#!/usr/bin/env python3
"""The disk is full, or read-only, or the database is gone, while four senders store.

	films_faults.py HUREN DISK_PRELOAD

Each is told in its own words that it is for later: A700 over C-STORE, 503 and
reason A700 over STOW, an error of `huren film add`. When the fault is over the
service goes on; what was acknowledged is there, and nothing is half written.
"""
import errno
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from film_census import Census, sqlite_rows  # pylint: disable=wrong-import-position
from film_senders import LATER, Senders  # pylint: disable=wrong-import-position
from film_service import ENV, HUREN, Service, run_test  # pylint: disable=wrong-import-position
from postgres import Postgres  # pylint: disable=wrong-import-position

PRELOAD = os.path.abspath(sys.argv[2])
FEW = 12
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}", flush=True)


class Disk:
    """Fails with an errno what would write."""

    def __init__(self, folder):
        self.journal = os.path.join(folder, "journal")
        self.env = {"LD_PRELOAD": PRELOAD, "HUREN_DISK_JOURNAL": self.journal,
                    "HUREN_DISK_ROOT": os.path.join(folder, "data")}
        os.mkdir(self.env["HUREN_DISK_ROOT"], 0o700)

    def fail(self, error):
        with open(self.journal, "r+b") as file:
            file.write(struct.pack("i", error))


def check_well(service, senders):
    answers = senders.send_until_well(service, FEW)
    check(not answers, f"it goes on when the fault is over: {answers}")


def check_later(name, service, senders, folder, words):
    count, answers = senders.send(service, FEW)
    check(count == 0, f"{name}: {count} are acknowledged")
    for answer in LATER:
        check(answers.get(answer), f"{name}: '{answer}' is not among {answers}")
    check(set(answers) <= set(LATER), f"{name}: {answers}")
    path = pathlib.Path(folder, "one.dcm")
    path.write_bytes(senders.make(4, 0)[1])
    done = subprocess.run([HUREN, "film", "add", path, "--data", service.data], env=ENV,
                          capture_output=True, text=True, check=False)
    check(done.returncode != 0 and words in done.stderr,
          f"{name}: film add ends with {done.returncode}: {done.stderr}")


def run(folder, flags, faults, rows):
    """`faults`: pairs of a name, what begins it, what ends it, and words that name it."""
    disk = Disk(folder)
    service = Service(folder, "--access", "open", *flags, env=disk.env)
    senders = Senders(folder)
    check_well(service, senders)
    for name, begin, end, words in faults(disk):
        begin()
        check_later(name, service, senders, folder, words)
        end()
        check_well(service, senders)
    service.end()
    service = Service(folder, "--access", "open", *flags)
    failures.extend(["census"] * Census(senders, rows).take(service, "at last",
                                                            senders.acknowledged))
    service.end()


def faults_of_disk(disk):
    for name, error, words in (("disk full", errno.ENOSPC, "No space left"),
                               ("disk read-only", errno.EROFS, "ead-only")):
        yield name, lambda e=error: disk.fail(e), lambda: disk.fail(0), words


def main():
    with tempfile.TemporaryDirectory() as folder:
        run(folder, [], faults_of_disk, lambda: sqlite_rows(os.path.join(folder, "data/huren.db")))
    with tempfile.TemporaryDirectory() as folder:
        postgres = Postgres(folder)
        gone = "the database cannot be reached"
        run(folder, ["--store", postgres.url],
            lambda _: [("database ended", postgres.end, postgres.start, gone),
                       ("database gone", lambda: postgres.end(signal.SIGQUIT), postgres.start,
                        gone)], postgres.film_rows)
        postgres.end()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    run_test(main)

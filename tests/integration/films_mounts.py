#!/usr/bin/env python3
"""Films on real file systems of their own: one that fills up, and one that is read-only.

	films_mounts.py HUREN

A tmpfs of a few MiB fills while four senders store; it is made larger, and they
go on: what was acknowledged is there, and nothing is half written. On one that
is read-only no service begins, and it says why.

The mounts are in a namespace of the test's own, and go with it.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from film_census import Census, sqlite_rows  # pylint: disable=wrong-import-position
from film_senders import KEPT, LATER, SENDERS, Senders  # pylint: disable=wrong-import-position
from film_service import ENV, HUREN, Service, run_test  # pylint: disable=wrong-import-position

INSIDE = "--inside"
FEW = 3
ROUNDS = 100
FLAGS = ("--access", "open")
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}", flush=True)


def enter():
    """This program anew, where it may mount; or 77."""
    words = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
    may = subprocess.run([*words, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False,
                         capture_output=True, text=True)
    if may.returncode != 0:
        print(f"nothing can be mounted here: {may.stderr}")
        sys.exit(77)
    os.execvp(words[0], [*words, sys.executable, *sys.argv, INSIDE])


def mount(folder, options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)


def fill(service, senders):
    """What the senders hear, all rounds together, until each of them was told that it is for later."""
    heard = set()
    for _ in range(ROUNDS):
        heard |= set(senders.send(service, FEW)[1])
        if {answer.split()[0] for answer in heard if answer in LATER} == set(SENDERS):
            break
    return heard


def check_full(folder, data):
    mount(data, "size=4m")
    service = Service(folder, *FLAGS, data=data)
    senders = Senders(folder, size=60000)
    heard = fill(service, senders)
    check({answer.split()[0] for answer in heard if answer in LATER} == set(SENDERS) and
          heard <= {*KEPT, *LATER, "stow 202"}, f"full: {heard}")
    check(senders.acknowledged, "it was not full from the beginning")
    mount(data, "remount,size=64m")
    answers = senders.send_until_well(service, FEW)
    check(not answers, f"it goes on when there is room: {answers}")
    service.end()
    service = Service(folder, *FLAGS, data=data)
    census = Census(senders, lambda: sqlite_rows(os.path.join(data, "huren.db")))
    failures.extend(["census"] * census.take(service, "at last", senders.acknowledged))
    service.end()


def check_read_only(folder, data):
    """As the last one left it, and in a folder that is not there yet."""
    mount(data, "remount,ro")
    for place in (data, os.path.join(data, "fresh")):
        done = subprocess.run(
            [HUREN, "serve", "--registry", os.path.join(folder, "registry.git"), "--listen",
             "127.0.0.1:0", "--data", place, "--dicom", "127.0.0.1:0", *FLAGS],
            env=ENV, capture_output=True, text=True, timeout=60, check=False)
        check(done.returncode != 0 and "ead-only file system" in done.stderr,
              f"read-only: it ends with {done.returncode}: {done.stderr}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        os.mkdir(data)
        check_full(folder, data)
        check_read_only(folder, data)
        subprocess.run(["umount", data], check=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    if INSIDE not in sys.argv:
        enter()
    run_test(main)

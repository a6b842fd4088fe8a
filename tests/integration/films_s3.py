#!/usr/bin/env python3
"""Nodes of the S3 server that keeps the films go while four senders store, and come back.

	films_s3.py HUREN

One of three: nobody hears of it. Two: each sender is told that it is for later,
A700 over C-STORE, 503 and reason A700 over STOW; when they are back the same
senders go on. What was acknowledged is there, and no object is half written.

Beside it a service begins that finds no S3 server at all: it says so to whoever
wants something of it.
"""
import concurrent.futures
import hashlib
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from film_census import Census, ask, name_of, sqlite_rows  # pylint: disable=wrong-import-position
from film_senders import KEPT, LATER, SENDERS, Senders  # pylint: disable=wrong-import-position
from film_service import ENV, HUREN, Service, run_test  # pylint: disable=wrong-import-position
from s3 import S3, environment  # pylint: disable=wrong-import-position

FEW = 3
MANY = 9
SINGLE = {"storescu", "dcmsend", "stow-one"}
FLAGS = ("--access", "open", "--objects", "s3://films/room")
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}", flush=True)


def told_later(senders):
    """Which of the senders were."""
    return {answer.split()[0] for answer in senders.answers if answer in LATER}


def begin(service, senders):
    """Returns when the first object is kept: all of them have many more to send."""
    before = len(senders.acknowledged)
    senders.answers.clear()
    senders.begin(service, MANY)
    while len(senders.acknowledged) == before and is_sending(senders):
        time.sleep(0.01)
    return before


def is_sending(senders):
    return any(thread.is_alive() for thread in senders.threads)


def check_one_gone(service, senders, s3):
    """Two of three are enough."""
    before = begin(service, senders)
    s3.down(1)
    senders.end()
    check(len(senders.acknowledged) - before == len(SENDERS) * MANY and
          set(senders.answers) <= set(KEPT), f"one node gone: {dict(senders.answers)}")
    s3.up(1)


def check_two_gone(service, senders, s3):
    """A body of three parts is answered when all of them are; so nobody waits for that one."""
    before = begin(service, senders)
    s3.down(2, 3)
    while not SINGLE <= told_later(senders) and is_sending(senders):
        time.sleep(0.01)
    check(service.metrics(), "it answers what needs no films")
    s3.up(2, 3)
    senders.end()
    check(SINGLE <= told_later(senders) and
          set(senders.answers) <= {*KEPT, *LATER, "stow 202"}, f"two gone: {dict(senders.answers)}")
    check(len(senders.acknowledged) - before > len(SENDERS), "they go on")


def check_unknown(service, s3, rows):
    """What may be there though nobody was told so is whole, too; and no draft is left."""
    known = {"room/" + name_of(*row[:3]) for row in rows}
    for name in set(s3.names()) - known:
        data = s3.read(name)
        digest = re.fullmatch(r"room/\d{8}/([0-9a-f]{64})(-\d+)?", name)
        check(digest and (data is None or hashlib.sha256(data).hexdigest() == digest[1]),
              f"{name} is half written")
    check(not list(pathlib.Path(service.data, "spool").iterdir()), "drafts are left")


def check_absent(folder):
    """It begins without: so it can begin before the server does."""
    unused = socket.socket()
    unused.bind(("127.0.0.1", 0))
    service = Service(folder, *FLAGS, env=environment(f"http://127.0.0.1:{unused.getsockname()[1]}"))
    senders = Senders(folder, parts=1)
    path = pathlib.Path(folder, "one.dcm")
    path.write_bytes(senders.make(4, 0)[1])
    adding = subprocess.Popen([HUREN, "film", "add", path, "--data", service.data], env=ENV,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    count, answers = senders.send(service, 1)
    check(count == 0 and set(answers) <= set(LATER) and told_later(senders) == set(SENDERS),
          f"no server: {answers}")
    words = adding.communicate()[1]
    check(adding.returncode != 0 and "the S3 server cannot be reached" in words,
          f"no server: film add ends with {adding.returncode}: {words}")
    check(ask(service, "/studies") == (200, b"[]"), "what needs no bytes is answered")
    service.end()
    unused.close()


def run(folder, s3):
    service = Service(folder, *FLAGS, env=s3.env)
    senders = Senders(folder)
    check_one_gone(service, senders, s3)
    check_two_gone(service, senders, s3)
    answers = senders.send_until_well(service, FEW)
    check(not answers, f"it goes on when all are back: {answers}")
    service.end()
    service = Service(folder, *FLAGS, env=s3.env)
    census = Census(senders, lambda: sqlite_rows(pathlib.Path(service.data, "huren.db")),
                    lambda _, name: s3.read(f"room/{name}"))
    failures.extend(["census"] * census.take(service, "at last", senders.acknowledged[-FEW:]))
    check_unknown(service, s3, census.checked)
    service.end()


def main():
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        s3 = S3(folder)
        with concurrent.futures.ThreadPoolExecutor() as beside:
            absent = beside.submit(check_absent, other)
            run(folder, s3)
            absent.result()
        s3.end()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    run_test(main)

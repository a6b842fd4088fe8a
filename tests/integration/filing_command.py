#!/usr/bin/env python3
"""huren settle file: applied, approved, changed, cancelled; by itself and beside a service.

	filing_command.py HUREN

What is shown: each act is kept and decides the next; an officer gives a reason and decides once; a service that writes
the folder does the work for the command; of two that come at once on the same list one is told to look again; nothing
of the person is in what is printed or in the folder's tables.
"""
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = sys.argv[1]
CATALOG = ROOT / "tests/data/catalog/settlement"
NUMBER = "11010519491231002X"
PERSON = {"insuplc_admdvs": "910101", "insutype": "310", "psn_type": "1101", "age": 40, "psn_cert_type": "01",
          "certno": NUMBER}
ENV = {"HUREN_CONFIG": "/dev/null", "PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": "1672617600"}  # 2023-01-02
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


class Book:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"

    def run(self, *words, options=(), day=None, **asked):
        path = self.folder / f"{threading.get_ident()}.json"
        path.write_text(json.dumps({**PERSON, **asked}))
        env = dict(ENV, SOURCE_DATE_EPOCH=day) if day else ENV
        return subprocess.run([HUREN, "settle", "file", words[0], "--data", self.data, *options, path, *words[1:]],
                              capture_output=True, text=True, env=env, check=False)

    def decide(self, word, **more):
        return self.run(word, options=("--catalog", CATALOG, "--json"), **more)

    def states(self):
        done = self.run("list")
        rows = json.loads(done.stdout)["filings"]
        return " ".join(row["stas"] for row in sorted(rows, key=lambda row: int(row["id"])))


def application(kind, region, way, day="2023-01-02"):
    return {"rloc_rea": kind, "rloc_admdvs": region, "begndate": day, "out_onln_way": way, "materials": ["居住证"]}


def walk(book):
    done = book.decide("apply", application=application("resident", "440100", "self"))
    check(done.returncode == 0 and json.loads(done.stdout)["id"] == "1", f"applied: {done.stdout}{done.stderr}")
    check(NUMBER not in done.stdout + done.stderr, "nothing of the person is printed")
    done = book.decide("apply", application=application("resident", "310000", "self"))
    check(done.returncode == 1 and "filing-overlap" in done.stdout, "a second long one is refused")
    done = book.decide("apply", application=application("travel", "310000", "quick"))
    check(json.loads(done.stdout)["outcome"] == "queued" and json.loads(done.stdout)["due"] == "2023-01-05", "queued")
    check(book.run("approve", "3").returncode == 2, "an officer gives a reason")
    check(book.run("approve", "3", options=("--reason", "seen")).returncode == 0, "approved")
    check(book.run("refuse", "3", options=("--reason", "no")).returncode == 6, "and only once")
    check(book.states() == "approved refused approved", book.states())
    check(book.run("list", options=("--reason", "at the window")).returncode == 0, "looked at with a reason")
    with contextlib.closing(sqlite3.connect(book.data / "huren.db")) as store:
        looks = store.execute("SELECT reason FROM audit WHERE action = 'filing-query' ORDER BY 1").fetchall()
    check(("at the window",) in looks, f"the reason of a look is kept: {looks}")


def walk_on(book):
    """Half a year later, 2023-07-02 and -03."""
    asked = {"id": "1", **application("resident", "310000", "self", "2023-07-03")}
    check(book.decide("change", change=asked, day="1688256000").returncode == 1, "too early to change")
    done = book.decide("change", change=asked, day="1688342400")
    check(done.returncode == 0, f"changed: {done.stdout}{done.stderr}")
    check(book.decide("cancel", cancel={"id": "3"}).returncode == 0, "cancelled")
    check(book.decide("cancel", cancel={"id": "9"}).returncode == 2, "there is no such filing")
    check(book.states() == "changed refused cancelled approved refused approved", book.states())


def race(book):
    """Many at once: each act is decided by a list that is still true, or is told to look again."""
    codes = []

    def one():
        codes.append(book.decide("apply", application=application("travel", "440300", "self")).returncode)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(set(codes) <= {0, 6} and 0 in codes, f"codes at once: {codes}")
    check(len(book.states().split()) == 6 + codes.count(0), "what was acknowledged is there, and nothing else")


def serve(book):
    service = subprocess.Popen([HUREN, "serve", "--listen", "127.0.0.1:0", "--data", book.data, "--state",
                                book.folder / "state", "--registry", book.folder / "registry"],
                               stderr=subprocess.PIPE, text=True, env=ENV)
    line = service.stderr.readline()
    while line and "listening on http" not in line:
        line = service.stderr.readline()
    check(bool(line), "the service is up")
    return service


def make_registry(folder):
    for words in (("init", folder / "registry"),
                  ("publish", "--author", "A <a@example.cn>", "-m", "first", folder / "registry",
                   ROOT / "catalog/sample")):
        done = subprocess.run([HUREN, "registry", *words], capture_output=True, text=True, env=ENV, check=False)
        check(done.returncode == 0, f"registry: {done.stderr}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        book = Book(folder)
        walk(book)
        make_registry(book.folder)
        service = serve(book)
        done = book.decide("apply", application=application("travel", "320100", "self"))
        check(done.returncode == 0, f"beside a service: {done.stderr}")
        walk_on(book)
        race(book)
        service.send_signal(signal.SIGTERM)
        check(service.wait(60) == 0, "the service ended")
        for path in book.data.iterdir():
            if path.is_file():
                check(NUMBER.encode() not in path.read_bytes(), f"no number of the person in {path.name}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

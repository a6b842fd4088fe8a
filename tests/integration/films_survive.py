#!/usr/bin/env python3
"""SIGKILL while four senders store: what was acknowledged is there, and no row lacks its bytes.

	films_survive.py HUREN [postgresql]

Five times; with $HUREN_LONG two hundred times. Stock storescu and dcmsend and
two that bring by STOW go on until the service is killed. Then it is begun again
on the same folder: whatever was acknowledged to one of them is found by a
search and comes back byte for byte; a commitment says so, too.
"""
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from film_census import Census, sqlite_rows  # pylint: disable=wrong-import-position
from film_senders import Senders  # pylint: disable=wrong-import-position
from film_service import Service, run_test  # pylint: disable=wrong-import-position
from postgres import Postgres  # pylint: disable=wrong-import-position

ROUNDS = 200 if os.environ.get("HUREN_LONG") else 5
EACH = 300


def kill_under_load(service, senders):
    """What was acknowledged until the service was killed."""
    before = len(senders.acknowledged)
    senders.begin(service, EACH)
    began = time.time()
    while len(senders.acknowledged) == before and time.time() < began + 30:
        time.sleep(0.005)
    time.sleep(random.uniform(0, 0.4))
    service.end(signal.SIGKILL)
    senders.end()
    return senders.acknowledged[before:]


def main():
    random.seed(7)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        postgres = Postgres(folder) if "postgresql" in sys.argv else None
        flags = ["--access", "open", *(["--store", postgres.url] if postgres else [])]
        senders = Senders(folder)
        census = Census(senders, postgres.film_rows if postgres else
                        lambda: sqlite_rows(os.path.join(folder, "data/huren.db")))
        for i in range(ROUNDS):
            fresh = kill_under_load(Service(folder, *flags), senders)
            service = Service(folder, *flags)
            if i == ROUNDS - 1:
                census.checked = set()
            failed += census.take(service, f"round {i}", fresh) + (not fresh)
            service.end()
        if postgres:
            postgres.end()
        told = ", ".join(f"{n} {what}" for what, n in sorted(senders.answers.items()))
        print(f"{ROUNDS} kills, {len(senders.acknowledged)} objects acknowledged ({told})")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    run_test(main)

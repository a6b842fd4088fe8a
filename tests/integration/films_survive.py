#!/usr/bin/env python3
"""SIGKILL while four senders store: what was acknowledged is there, and no row lacks its bytes.

	films_survive.py HUREN [postgresql]

Five times; with $HUREN_LONG two hundred times. The senders go on until the
service is killed; then it is begun again on the same folder and asked, by a
commitment, for every object that was acknowledged.
"""
import glob
import os
import pathlib
import pwd
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import dimse_scu as scu  # pylint: disable=wrong-import-position
from film_service import CT, Service, send_some  # pylint: disable=wrong-import-position

ROUNDS = 200 if os.environ.get("HUREN_LONG") else 5
SENDERS = 4
ROWS = "SELECT shelf, digest FROM film_instance"


class Postgres:
    """A server of its own, in a folder; its program runs as nobody that root is."""

    def __init__(self, folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = found[-1] if found else os.path.dirname(shutil.which("postgres") or "")
        if not self.bin:
            print("postgresql is not installed")
            sys.exit(77)
        self.user = "postgres" if os.getuid() == 0 else None
        self.folder = os.path.join(folder, "pg")
        os.mkdir(self.folder, 0o700)
        os.chmod(folder, 0o755)
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        data = os.path.join(self.folder, "data")
        subprocess.run([f"{self.bin}/initdb", "-D", data, "-U", "huren", "-A", "trust", "-E", "UTF8",
                        "--no-sync", "--locale=C.UTF-8"], user=self.user, check=True,
                       stdout=subprocess.DEVNULL, cwd="/")
        self.process = subprocess.Popen(
            [f"{self.bin}/postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses="],
            user=self.user, stderr=subprocess.DEVNULL, cwd="/")
        for _ in range(200):
            if subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", self.folder],
                              check=False).returncode == 0:
                break
            time.sleep(0.05)
        self.url = f"postgresql:///postgres?host={self.folder}&user=huren"

    def rows(self):
        done = subprocess.run(
            [f"{self.bin}/psql", "-X", "-At", "-F", " ", "-c",
             "SELECT shelf, encode(digest, 'hex') FROM film_instance", self.url],
            capture_output=True, check=True, text=True)
        return [(int(line.split()[0]), line.split()[1]) for line in done.stdout.splitlines()]

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


class Sqlite:
    url = None

    def __init__(self, folder):
        self.path = os.path.join(folder, "data/huren.db")

    def rows(self):
        connection = sqlite3.connect(self.path)
        try:
            return [(shelf, bytes(digest).hex()) for shelf, digest in connection.execute(ROWS)]
        finally:
            connection.close()

    def end(self):
        pass


def kill_under_load(service, first):
    """What was acknowledged until the service was killed."""
    lists = [[] for _ in range(SENDERS)]
    threads = [threading.Thread(target=send_some,
                                args=(service.port, (first + i) % 10, 10 ** 6, lists[i]))
               for i in range(SENDERS)]
    for thread in threads:
        thread.start()
    began = time.time()
    while not any(lists) and time.time() < began + 30:
        time.sleep(0.005)
    time.sleep(random.uniform(0, 0.4))
    service.end(signal.SIGKILL)
    for thread in threads:
        thread.join()
    return [uid for each in lists for uid, _ in each]


def missing_of(service, uids):
    """Those that a commitment does not find."""
    a = service.connect((scu.COMMITMENT, [scu.EXPLICIT]))
    if a.commit(1, "2.25.9200", [(CT, uid) for uid in uids]) != 0:
        return uids
    event, data = a.read_report()
    a.release()
    failed = data[:data.find(b"\x08\0\x99\x11")]
    return [uid for uid in uids if event != 1 and uid.encode() in failed]


def without_bytes(service, rows):
    objects = os.path.join(service.data, "objects")
    return [digest for shelf, digest in rows
            if not os.path.exists(os.path.join(objects, f"{shelf:08d}", digest))]


def main():
    random.seed(7)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        database = Postgres(folder) if "postgresql" in sys.argv else Sqlite(folder)
        flags = ["--store", database.url] if database.url else []
        acknowledged = []
        for i in range(ROUNDS):
            service = Service(folder, *flags)
            acknowledged += kill_under_load(service, i)
            service = Service(folder, *flags)
            missing = missing_of(service, acknowledged[-2000:])
            lost = without_bytes(service, database.rows())
            failed += len(missing) + len(lost) + len(service.drafts())
            if missing or lost or service.drafts():
                print(f"round {i}: {len(missing)} acknowledged are missing, {len(lost)} rows have "
                      f"no bytes, {len(service.drafts())} drafts are left")
            service.end()
        database.end()
        print(f"{ROUNDS} kills, {len(acknowledged)} objects acknowledged")
        failed += len(acknowledged) < ROUNDS
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    try:
        main()
    finally:
        for left in Service.running:
            left.kill()

#!/usr/bin/env python3
"""huren film backup and restore: what is put back is what was there, whatever goes on meanwhile.

	film_backup.py HUREN

What is shown: a backup is whole or not at all, beside a service that takes films
in, and gone on with when it was killed; what was put back has every object that
its index knows, byte for byte; an earlier backup's objects are linked and outlive
it; nothing of a backup is written to; what is damaged or lacks is told.
"""
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import make_films  # noqa: E402

HUREN = sys.argv[1]
ENV = {k: v for k, v in os.environ.items() if not k.startswith("HUREN_")}
ENV["HUREN_CONFIG"] = "/dev/null"
FILMS = 60
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def film(*words, code=0):
    done = subprocess.run([HUREN, "film", *map(str, words)], capture_output=True, text=True,
                          env=ENV, cwd=ROOT, check=False)
    check(done.returncode == code,
          f"huren film {' '.join(map(str, words))}: exit {done.returncode}, {done.stderr}")
    return done


def make(folder, first):
    for number in range(FILMS):
        path = folder / f"{number:04}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_films.film(first + number, 0, None))
    return folder


def bytes_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def objects_of(folder):
    return sorted(p for p in (folder / "objects").rglob("*") if p.is_file())


def put_back(backup, data, key, code=0):
    """With its key; what is there then, by fsck."""
    done = film("restore", backup, "--data", data, code=code)
    check("node.key" in done.stderr, f"the key is asked for: {done.stderr}")
    shutil.copy2(key, data / "node.key")
    return film("fsck", "--deep", "--data", data, code=code).stdout


def test_there_and_back(folder, data):
    film("backup", folder / "b1", "--data", data)
    before = bytes_of(folder / "b1")
    check("node.key" not in before and len(before) == FILMS + 3, f"what is in it: {len(before)}")
    subprocess.run(["sha256sum", "--quiet", "-c", "MANIFEST.sha256"], cwd=folder / "b1", check=True)
    told = put_back(folder / "b1", folder / "again", data / "node.key")
    check(f'"objects":{FILMS},"faulty":0,"unknown":0' in told, f"all of it: {told}")
    check([p.read_bytes() for p in objects_of(data)] ==
          [p.read_bytes() for p in objects_of(folder / "again")], "byte for byte")
    lists = [film("list", "--data", d).stdout for d in (data, folder / "again")]
    check(lists[0] == lists[1] and lists[0].count("\n") == FILMS, "the same list")
    check(bytes_of(folder / "b1") == before, "the backup is only read")
    film("restore", folder / "b1", "--data", folder / "again", code=6)
    film("backup", folder / "b1", "--data", data, code=6)


def test_log_of_a_lost_index(folder, data):
    """What a lost index had not taken in yet would be written over the one that is put back."""
    lost, rest = folder / "lost", folder / "rest-of-lost"
    shutil.copytree(data, lost)
    rest.mkdir()
    index = sqlite3.connect(lost / "huren.db")
    index.executescript("PRAGMA journal_mode = WAL; CREATE TABLE stray (x)")
    shutil.copy2(lost / "huren.db-wal", rest / "huren.db-wal")
    index.close()
    check((rest / "huren.db-wal").stat().st_size > 0, "there is a log")
    done = film("restore", folder / "b1", "--data", rest, code=6)
    check("huren.db-wal" in done.stderr, f"it is named: {done.stderr}")
    check(not (rest / "huren.db").exists(), "no index is put beside it")
    (rest / "huren.db-wal").unlink()
    put_back(folder / "b1", rest, data / "node.key")


def test_damaged_where_it_is_put_back(folder, data):
    """Who lost the index may have objects left, and one of them damaged: it is not believed by its size."""
    rest = folder / "rest-of-objects"
    shutil.copytree(folder / "b1/objects", rest / "objects")
    hurt = objects_of(rest)[0]
    hurt.chmod(0o600)
    hurt.write_bytes(hurt.read_bytes()[:-1] + b"?")
    told = put_back(folder / "b1", rest, data / "node.key")
    check(f'"objects":{FILMS},"faulty":0,"unknown":0' in told, f"the damaged one is put back, too: {told}")


def test_refused(folder, data):
    film("backup", folder / "none", "--data", folder / "absent", code=7)
    check(not (folder / "none").exists(), "of nothing there is no backup")
    film("backup", folder / "s3", "--data", data, "--objects", "s3://bucket")
    check(sorted(p.name for p in (folder / "s3").iterdir()) ==
          ["MANIFEST.json", "MANIFEST.sha256", "index.db"], "of objects elsewhere the index alone")
    film("restore", folder / "s3", "--data", folder / "nothing", code=2)
    film("restore", folder / "s3", "--data", folder / "s3-data", "--objects", "s3://bucket")
    check((folder / "s3-data/huren.db").exists(), "and back")
    film("backup", folder / "pg", "--data", data, "--store", "postgresql://x/y", code=3)
    film("backup", folder / "b9", "--data", data, "--since", data, code=2)
    for name in ("MANIFEST.json", "MANIFEST.sha256", "index.db"):
        shutil.copytree(folder / "b1", folder / "bad")
        whole = bytearray((folder / "bad" / name).read_bytes())
        whole[len(whole) // 2] ^= 1
        (folder / "bad" / name).write_bytes(whole)
        done = film("restore", folder / "bad", "--data", folder / "worse", code=3)
        check("is not put back" in done.stderr, f"{name} damaged: {done.stderr}")
        check(not (folder / "worse/huren.db").exists(), f"{name} damaged: no index is put back")
        shutil.rmtree(folder / "bad")


def test_faults_are_told(folder, data):
    """A damaged object is not put back, the others are; one that lacks is missed when it is copied."""
    shutil.copytree(folder / "b1", folder / "hurt")
    hurt = objects_of(folder / "hurt")
    hurt[0].write_bytes(hurt[0].read_bytes()[:-1] + b"?")
    told = put_back(folder / "hurt", folder / "rest", data / "node.key", code=7)
    check('"faulty":1,"unknown":0' in told, f"one is missed: {told}")
    hurt[1].unlink()
    shutil.copytree(data, folder / "lacks")
    objects_of(folder / "lacks")[5].unlink()
    done = film("backup", folder / "b-lacks", "--data", folder / "lacks", code=7)
    check("1 " in done.stderr and "fsck" in done.stderr, f"it is told: {done.stderr}")
    check('"faulty": 1' in (folder / "b-lacks/MANIFEST.json").read_text(encoding="utf-8"),
          "and written down")


def test_linked(folder, data):
    gone = film("list", "--data", data, "--limit", "1").stdout.strip().split("\t")[-1]
    film("remove", gone, "--data", data, "--reason", "test", "--legal-ground", "test")
    film("add", make(folder / "more", 500), "--data", data)
    film("backup", folder / "b2", "--data", data, "--since", folder / "b1")
    links = [p.stat().st_nlink for p in objects_of(folder / "b2")]
    check(links.count(2) == FILMS - 1 and links.count(1) == FILMS, f"linked: {links.count(2)}")
    shutil.rmtree(folder / "b1")
    told = put_back(folder / "b2", folder / "second", data / "node.key")
    check(f'"objects":{2 * FILMS - 1},"faulty":0' in told, f"whole without the first: {told}")


def test_cut_short(folder, data):
    """Killed at any moment, the same command goes on; so does putting back."""
    r, kills = random.Random(7), 0
    steps = ((["backup", folder / "b3", "--data", data], folder / "b3"),
             (["restore", folder / "b3", "--data", folder / "third"], folder / "third/huren.db"))
    for words, last in steps:
        for _ in range(40):
            running = subprocess.Popen([HUREN, "film", *map(str, words)], env=ENV, cwd=ROOT,
                                       stderr=subprocess.DEVNULL)
            try:
                running.wait(r.uniform(0.005, 0.08))
                break
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                running.wait()
                kills += 1
            if last.exists():
                break
        if not last.exists():
            film(*words)
    check(kills >= 2, f"{kills} kills")
    shutil.copy2(data / "node.key", folder / "third/node.key")
    told = film("fsck", "--deep", "--data", folder / "third").stdout
    check(f'"objects":{2 * FILMS - 1},"faulty":0,"unknown":0' in told, f"{kills} kills: {told}")


def test_beside_a_service(folder, data):
    registry = folder / "registry.git"
    for words in (["init", registry], ["publish", registry, ROOT / "catalog/sample", "-m", "sample"]):
        subprocess.run([HUREN, "registry", *map(str, words)], env=ENV, check=True,
                       stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    service = subprocess.Popen([HUREN, "serve", "--registry", registry, "--data", data, "--listen",
                                "127.0.0.1:0", "--log", "/dev/null"], env=ENV, cwd=ROOT,
                               stderr=subprocess.PIPE, text=True)
    service.stderr.readline()
    for turn in range(4):
        fresh = make(folder / f"turn{turn}", 1000 + 100 * turn)
        adding = subprocess.Popen([HUREN, "film", "add", fresh, "--data", data], env=ENV, cwd=ROOT,
                                  stderr=subprocess.DEVNULL)
        time.sleep(0.03 * turn)
        film("backup", folder / f"live{turn}", "--data", data)
        adding.wait()
        check(adding.returncode == 0, "what came was taken in")
        told = put_back(folder / f"live{turn}", folder / f"from{turn}", data / "node.key")
        check('"faulty":0,"unknown":0' in told, f"of one moment: {told}")
    film("restore", folder / "live0", "--data", data, code=7)
    service.terminate()
    service.wait()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "data"
        film("add", make(folder / "made", 0), "--data", data)
        test_there_and_back(folder, data)
        test_log_of_a_lost_index(folder, data)
        test_damaged_where_it_is_put_back(folder, data)
        test_refused(folder, data)
        test_faults_are_told(folder, data)
        test_linked(folder, data)
        test_cut_short(folder, data)
        test_beside_a_service(folder, data)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()

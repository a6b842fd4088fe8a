#!/usr/bin/env python3
"""Films, beside Debian's Orthanc: the same senders, the same requests, one after the other.

	film_rate.py HUREN WORK [--studies N]

A disk that is rented gives more after a rest than it goes on giving. So each row
that writes is measured three times, the one in the middle counts, each after a rest
and beside a floor of its own: what the disk gives, just before and just after it, to
files of the same size, each created, written and flushed. That of headers is measured
once: it fills the book for the rows behind it. The server has begun, and what is sent
is in memory, before. Everything sent is made by make_films.py and is synthetic.
"""
import argparse
import http.client
import itertools
import json
import multiprocessing
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
SENDERS, SECONDS = 4, 3
# Each row sends four studies: of one, a tenth of the time would be a sender's own start.
STUDIES, SLICES, ROUNDS = 4, 100, 3
FLOOR_FILES, REST_SECONDS = 100, 15
ORTHANC = shutil.which("Orthanc")
PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"


# --- servers ---

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, name, words, http_port, dicom_port, aet):
        self.name, self.http, self.dicom, self.aet = name, http_port, dicom_port, aet
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", http_port), 1).close()
                socket.create_connection(("127.0.0.1", dicom_port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{name} does not answer")

    def url(self, path):
        return f"http://127.0.0.1:{self.http}/dicom-web/{path}"

    def memory(self):
        """Proportional set size of all its processes, MB."""
        total, pids = 0, [self.process.pid]
        for pid in pids:
            try:
                for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                    pids += [int(p) for p in (task / "children").read_text().split()]
                rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended meanwhile
            total += int(re.search(r"^Pss: +(\d+)", rollup, re.M)[1])
        return total / 1024

    def end(self):
        self.process.terminate()
        self.process.wait()


def start_huren(huren, folder, registry):
    h, d = free_port(), free_port()
    return Server("huren", [huren, "serve", "--registry", registry, "--data", f"{folder}/huren",
                            "--listen", f"127.0.0.1:{h}", "--dicom", f"127.0.0.1:{d}",
                            "--aet", "PEER", "--access", "open", "--log", "/dev/null"], h, d, "PEER")


def start_orthanc(folder):
    h, d = free_port(), free_port()
    with open(f"{folder}/orthanc.json", "w", encoding="utf-8") as file:
        json.dump({"StorageDirectory": f"{folder}/orthanc", "IndexDirectory": f"{folder}/orthanc",
                   "HttpPort": h, "DicomPort": d, "DicomAet": "PEER", "RemoteAccessAllowed": False,
                   "DicomAlwaysAllowEcho": True, "DicomAlwaysAllowStore": True,
                   "DicomCheckCalledAet": False, "Plugins": [PLUGIN],
                   "DicomWeb": {"Enable": True, "Root": "/dicom-web/"}}, file)
    return Server("Orthanc", [ORTHANC, f"{folder}/orthanc.json"], h, d, "PEER")


# --- loads ---

def files_of(folder):
    return sorted(pathlib.Path(folder).rglob("*.dcm"))


def floor_rate(folder, size):
    """Files a second that are created, written and flushed."""
    block = os.urandom(size)
    floor = pathlib.Path(folder, "floor")
    floor.mkdir()
    start = time.monotonic()
    for i in range(FLOOR_FILES):
        fd = os.open(floor / str(i), os.O_WRONLY | os.O_CREAT)
        os.write(fd, block)
        os.fdatasync(fd)
        os.close(fd)
    rate = FLOOR_FILES / (time.monotonic() - start)
    shutil.rmtree(floor)
    return rate


def warm(paths):
    """What is sent comes from memory: the disk is for what is kept."""
    for path in paths:
        path.read_bytes()


def store_rate(server, paths, count):
    """Instances a second, of `count` storescu, as they come (Nagle on)."""
    start = time.monotonic()
    share = len(paths) // count
    senders = [subprocess.Popen(["storescu", "-aec", server.aet, "127.0.0.1", str(server.dicom),
                                 *paths[i * share:(i + 1) * share]],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
               for i in range(count)]
    if any(sender.wait() for sender in senders):
        sys.exit(f"{server.name}: storescu failed")
    return len(paths) / (time.monotonic() - start)


HEAD, TAIL = b"--b\r\nContent-Type: application/dicom\r\n\r\n", b"\r\n--b--"


def post_objects(port, objects, ready, results):
    """As little work as a sender can have: its share of the processors is not the server's."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    statuses = []
    ready.wait()
    for data in objects:
        connection.request("POST", "/dicom-web/studies", iter((HEAD, data, TAIL)), {
            "Content-Type": 'multipart/related; type="application/dicom"; boundary=b',
            "Content-Length": str(len(HEAD) + len(data) + len(TAIL)),
            "Accept": "application/dicom+json"})
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    results.put(statuses)


def stow_rate(server, paths):
    objects = [path.read_bytes() for path in paths]
    ready = multiprocessing.Barrier(SENDERS + 1)
    results = multiprocessing.Queue()
    senders = [multiprocessing.Process(target=post_objects, args=(server.http, objects[i::SENDERS],
                                                                  ready, results))
               for i in range(SENDERS)]
    for sender in senders:
        sender.start()
    ready.wait()
    start = time.monotonic()
    statuses = [status for _ in senders for status in results.get()]
    rate = len(paths) / (time.monotonic() - start)
    for sender in senders:
        sender.join()
    if any(status != 200 for status in statuses):
        sys.exit(f"{server.name}: STOW was answered {sorted(set(statuses))}")
    return rate


def fetch(server, path, accept):
    connection = http.client.HTTPConnection("127.0.0.1", server.http)
    connection.request("GET", f"/dicom-web/{path}", headers={"Accept": accept})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        sys.exit(f"{server.name}: {path} was answered {response.status}")
    return body


def usual_ms(server, path, accept, rounds=60):
    """The median of requests one after the other, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.http)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        connection.request("GET", f"/dicom-web/{path}", headers={"Accept": accept})
        connection.getresponse().read()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def wrk_rate(server, path, accept):
    out = subprocess.run(["wrk", "-t1", "-c8", f"-d{SECONDS}s", "-H", f"Accept: {accept}",
                          server.url(path)], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out:
        sys.exit(f"{server.name}: {path}: {out}")
    return float(re.search(r"Requests/sec: +([\d.]+)", out)[1])


# --- the table ---

JSON = "application/dicom+json"
FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


# What is asked of a row: at least so much of its floor, of Orthanc's figure, or in its own unit.
GOALS = {
    "C-STORE, 1 sender, /s": "400, 2 x Orthanc",
    "C-STORE, 4 senders, /s": "0.55 of its floor, 2 x Orthanc",
    "STOW, 4 senders, /s": "0.5 of its floor, 2 x Orthanc",
    "studies, first 50, ms": "2 at most",
    "studies, first 50, /s": "20 x Orthanc",
    "series metadata, /s": "20 x Orthanc",
    "frames/1 of 525 KB, /s": "3 x Orthanc",
    "memory, MB": "64 at most",
}


def measure(server, made, folder, rows):
    def row(name, value, floor=None):
        rows.setdefault(name, {})[server.name] = (value, floor)
        beside = f" of a floor of {floor:.0f}" if floor else ""
        print(f"  {server.name}: {name}: {value:.1f}{beside}", file=sys.stderr)

    def row_of_disk(name, groups, load):
        """One round a group of paths: what `load` sends of it, a second."""
        rounds = []
        for paths in groups:
            warm(paths)
            time.sleep(REST_SECONDS)
            size = paths[0].stat().st_size
            before = floor_rate(folder, size)
            rate = load(paths)
            rounds.append((rate, (before + floor_rate(folder, size)) / 2))
            print(f"  {server.name}: {name}: {rate:.1f}", file=sys.stderr)
        row(name, *sorted(rounds)[len(rounds) // 2])

    def next_groups(source):
        return [list(itertools.islice(source, STUDIES * SLICES)) for _ in range(ROUNDS)]

    slices = iter(files_of(made / "ct"))
    headers = files_of(made / "headers")
    row_of_disk("C-STORE, 1 sender, /s", next_groups(slices), lambda p: store_rate(server, p, 1))
    row_of_disk("C-STORE, 4 senders, /s", next_groups(slices),
                lambda p: store_rate(server, p, SENDERS))
    row_of_disk("STOW, 4 senders, /s", next_groups(slices), lambda p: stow_rate(server, p))
    row_of_disk("STOW of headers, 4 senders, /s", [headers], lambda p: stow_rate(server, p))
    study = json.loads(fetch(server, "studies?AccessionNumber=SYN-A-00000000", JSON))[0]
    uid = study["0020000D"]["Value"][0]
    series = json.loads(fetch(server, f"studies/{uid}/series", JSON))[0]["0020000E"]["Value"][0]
    instance = json.loads(fetch(server, f"studies/{uid}/instances", JSON))[0]["00080018"]["Value"][0]
    path = f"studies/{uid}/series/{series}"
    last = len(headers) - 100
    row("studies, first 50, ms", usual_ms(server, "studies?limit=50", JSON))
    row("studies, first 50, /s", wrk_rate(server, "studies?limit=50", JSON))
    row(f"studies, offset {last}, ms", usual_ms(server, f"studies?limit=50&offset={last}", JSON))
    row("series metadata, ms", usual_ms(server, f"{path}/metadata", JSON))
    row("series metadata, /s", wrk_rate(server, f"{path}/metadata", JSON))
    row("frames/1 of 525 KB, /s", wrk_rate(server, f"{path}/instances/{instance}/frames/1", FRAME))
    row("memory, MB", server.memory())


def report(rows):
    print(f"{'':<32}{'huren':>8}{'Orthanc':>9}{'ratio':>8}{'floor':>8}{'of it':>7}  goal")
    for name, values in rows.items():
        ours, floor = values["huren"]
        theirs = values.get("Orthanc", (None, None))[0]
        measured, ratio = (f"{theirs:.1f}", f"{ours / theirs:.2f}") if theirs else ("-", "")
        beside = f"{floor:>8.0f}{ours / floor:>7.2f}" if floor else f"{'':>15}"
        line = f"{name:<32}{ours:>8.1f}{measured:>9}{ratio:>8}{beside}  {GOALS.get(name, '')}"
        print(line.rstrip())


def make(work, headers):
    made = work / f"films-{3 * ROUNDS * STUDIES}-{SLICES}-{headers}"
    if not (made / "done").exists():
        maker = [sys.executable, HERE.parent / "support/make_films.py"]
        subprocess.run([*maker, "--studies", str(3 * ROUNDS * STUDIES), "--slices", str(SLICES),
                        "--out", made / "ct"], check=True)
        subprocess.run([*maker, "--first", "1000", "--studies", str(headers), "--headers", "--out",
                        made / "headers"], check=True)
        (made / "done").touch()
    return made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("huren")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("registry")
    parser.add_argument("--studies", type=int, default=12000)
    args = parser.parse_args()
    os.environ.pop("TCP_NODELAY", None)
    os.environ["HUREN_CONFIG"] = "/dev/null"
    made, rows = make(args.work, args.studies), {}
    with tempfile.TemporaryDirectory(dir=args.work) as folder:
        starters = [lambda: start_huren(args.huren, folder, args.registry)]
        if ORTHANC and os.path.exists(PLUGIN):
            starters.append(lambda: start_orthanc(folder))
        else:
            print("without Orthanc: it is not installed (orthanc, orthanc-dicomweb)", file=sys.stderr)
        for start in starters:
            server = start()
            try:
                measure(server, made, folder, rows)
            finally:
                server.end()
    report(rows)


if __name__ == "__main__":
    main()

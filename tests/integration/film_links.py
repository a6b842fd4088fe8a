#!/usr/bin/env python3
"""Links instead of bytes: one service keeps films, another has their manifest alone.

	film_links.py HUREN

What is shown: what the second gives out is what the first has, byte for byte; a
manifest's own object comes back as it was; what comes with its bytes is ours;
from an address that is not listed nothing is fetched; where the first is gone,
slow, sends elsewhere or sends another object, the answer is 502 or 504 and
nothing of a film.
"""
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = sys.argv[1]
sys.path[:0] = [str(ROOT / "tests/integration"), str(ROOT / "tests/support")]
import dicomweb as pair  # noqa: E402
from film_schema import FilmSchema  # noqa: E402

CT = pair.CT
OCTETS = 'multipart/related; type="application/octet-stream"'
DICOM = 'multipart/related; type="application/dicom"; transfer-syntax=*'
SCHEMA = FilmSchema(HUREN)
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def fhir(study, instances, address):
    """An ImagingStudy of one series, `address` being its root of DICOMweb."""
    return json.dumps({
        "resourceType": "ImagingStudy", "status": "available",
        "contained": [{"resourceType": "Endpoint", "id": "e", "status": "active", "address": address,
                       "connectionType": {"system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type",
                                          "code": "dicom-wado-rs"},
                       "payloadType": [{"text": "DICOM"}]}],
        "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:1.2.3.{study}"}],
        "subject": {"display": "Zhang San", "identifier": {"value": "P1"}},
        "started": "2026-01-03T08:09:10+08:00", "endpoint": [{"reference": "#e"}],
        "series": [{"uid": f"1.2.3.{study}.1", "modality": {"code": "CT"}, "endpoint": [{"reference": "#e"}],
                    "instance": [{"uid": f"1.2.3.{study}.1.{i}", "sopClass": {"code": f"urn:oid:{CT}"},
                                  "number": i} for i in instances]}]})


def add(service, folder, text, *flags):
    path = pathlib.Path(folder) / "manifest.json"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run([HUREN, "film", "add", path, "--data", service.folder, "--json", *flags],
                          capture_output=True, text=True, env=pair.ENV, check=False)
    check(done.returncode == 0, f"the manifest is taken: {done.stderr} {done.stdout}")
    fault = SCHEMA.fault_of("add", json.loads(done.stdout))
    check(not fault, f"the schema of {fault}")
    return json.loads(done.stdout), done.stderr


def availability(service, study):
    found = service.find(f"/studies/1.2.3.{study}/instances")
    return [o["00080056"]["Value"][0] for o in found]


def same(a, b, path, accept):
    """The two answer the same, but for their own addresses and boundaries."""
    one, two = a.get(path, accept), b.get(path, accept)
    check(one[0] == two[0] == 200, f"{path}: {one[0]}, {two[0]} {two[2][:300]}")
    if one[0] != 200 or two[0] != 200:
        return
    if one[1]["Content-Type"].startswith("multipart"):
        check([d for _, d in pair.parts_of(one[1], one[2])] == [d for _, d in pair.parts_of(two[1], two[2])],
              f"{path}: the same parts")
    else:
        check(one[2].replace(str(a.port).encode(), b"P") == two[2].replace(str(b.port).encode(), b"P"),
              f"{path}: the same answer")


def test_fetched(a, b, folder):
    objects = [pair.make(1, 1, i, frames=3) for i in (1, 2)]
    check(a.store(*objects)[0] == 200, "the first keeps two objects")
    told, words = add(b, folder, fhir(1, (1, 2), f"http://127.0.0.1:{a.port}/dicom-web"))
    check((told["links"], told["newLinks"], told["refusedSeries"]) == (2, 2, 0), f"links: {told}")
    check("retrieve-origin" not in words, f"nothing to be said: {words}")
    check(availability(b, 1) == ["NEARLINE"] * 2, "listed as elsewhere")
    check(b.find("/studies")[0]["00081190"]["Value"] == [f"http://127.0.0.1:{b.port}/dicom-web/studies/1.2.3.1"],
          "under our own address")
    one = "/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1"
    for path, accept in ((one + "/frames/2", OCTETS), (one + "/frames/1,3", OCTETS), (one, DICOM),
                         ("/studies/1.2.3.1", DICOM), ("/studies/1.2.3.1/series/1.2.3.1.1", DICOM),
                         (one + "/metadata", pair.JSON), ("/studies/1.2.3.1/metadata", pair.JSON),
                         (one + "/bulkdata/7FE00010", OCTETS), (one + "/rendered", "image/png"),
                         ("/studies/1.2.3.1/rendered", "image/png"), ("/studies/1.2.3.1/thumbnail", "image/jpeg")):
        same(a, b, path, accept)
    check([d for _, d in pair.parts_of(*b.get("/studies/1.2.3.1", DICOM)[1:])] == objects, "as they were made")
    # What comes with its bytes is ours from then on.
    check(b.store(objects[0])[0] == 200, "the second is brought one of them")
    check(availability(b, 1) == ["ONLINE", "NEARLINE"], "one is ours")
    told, _ = add(b, folder, fhir(1, (1, 2), f"http://127.0.0.1:{a.port}/dicom-web"))
    check(told["result"] == "had" and availability(b, 1) == ["ONLINE", "NEARLINE"], f"and stays: {told}")


def test_kos(a, b, folder):
    """What one says of a study in a KOS of its own, the other takes in by STOW-RS like any object."""
    objects = [pair.make(20, 1, i) for i in (1, 2)]
    check(a.store(*objects)[0] == 200, "the first keeps two more")
    path = pathlib.Path(folder) / "kos.dcm"
    done = subprocess.run([HUREN, "film", "manifest", "1.2.3.20", "--data", a.folder, "--public-url",
                           f"http://127.0.0.1:{a.port}", "--output", path],
                          capture_output=True, text=True, env=pair.ENV, check=False)
    check(done.returncode == 0, f"a manifest of it: {done.stderr}")
    kos = path.read_bytes()
    check(b.store(kos)[0] == 200, "the second takes it")
    check(sorted(availability(b, 20)) == ["NEARLINE", "NEARLINE", "ONLINE"], "two elsewhere, the KOS is ours")
    got = [d for _, d in pair.parts_of(*b.get("/studies/1.2.3.20", DICOM)[1:])]
    check(sorted(got) == sorted([*objects, kos]), "all three, as they were made")


def test_refused(b, folder):
    for study, address in ((2, "http://127.0.0.1:1/dicom-web"), (3, "https://169.254.169.254/dicom-web"),
                           (4, "file:///etc/passwd")):
        told, words = add(b, folder, fhir(study, (1,), address))
        check(told["refusedSeries"] == 1 and "retrieve-origin" in words, f"{address}: {told} {words}")
        check(availability(b, study) == ["UNAVAILABLE"], f"{address} is told as unavailable")
        status, _, body = b.get(f"/studies/1.2.3.{study}", DICOM)
        check(status == 502 and b"retrieve-origin" in body, f"{address}: {status}")


class Origin(http.server.BaseHTTPRequestHandler):
    """An origin that is listed, and does what a path's study number says."""
    object = b""
    asked = threading.Event()
    go = threading.Event()

    def do_GET(self):
        study = self.path.split("/studies/1.2.3.")[1].split("/")[0]
        if study == "10":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.2:1/secret")
            self.end_headers()
        elif study == "11":
            self.give(self.object)
        elif study == "12":
            self.give(b"<html>please log in</html>", "text/html")
        elif study == "13":
            self.give(self.object[:1000], length=len(self.object))
        elif study == "14":
            self.send_response(404)
            self.end_headers()
        else:
            self.asked.set()
            self.go.wait(60)

    def give(self, body, kind="application/dicom", length=None):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_faults(b, origin, folder):
    Origin.object = pair.make(99, 1, 1)
    for study, status in ((10, 502), (11, 502), (12, 502), (13, 502), (14, 502), (15, 504)):
        add(b, folder, fhir(study, (1,), f"http://127.0.0.1:{origin.server_port}/dicom-web"))
        check(availability(b, study) == ["NEARLINE"], f"study {study} may be fetched")
        for path in ("", "/metadata", "/series/1.2.3.%d.1/instances/1.2.3.%d.1.1/frames/1" % (study, study)):
            got, fields, body = b.get(f"/studies/1.2.3.{study}{path}")
            check(got == status and fields["Content-Type"].startswith("application/problem"),
                  f"study {study}{path}: {got} {body[:300]}")
            if status == 504:
                break
    Origin.go.set()
    check(os.listdir(os.path.join(b.folder, "fetched")) == [], "nothing of it is left")


def test_gone(a_port, b):
    """The first has ended, and what was fetched of it is no longer kept."""
    got, _, body = b.get("/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.2/frames/1", OCTETS)
    check(got == 502, f"gone: {got} {body[:200]}")
    got, _, _ = b.get("/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/frames/1", OCTETS)
    check(got == 200, "ours is still given")
    log = pathlib.Path(b.folder, "log").read_text(encoding="utf-8")
    check("127.0.0.1:%d" % a_port not in log and "Zhang" not in log, "no address, no name in the log")


INDEX = "10000000000000000708463177-202411221430-000000000-0000000000000-123502004266007916"


def test_indexes(b, folder):
    told, _ = add(b, folder, INDEX + "\n" + INDEX.replace("1430", "1431") + "\n")
    check(told["result"] == "new", f"indexes: {told}")
    path = pathlib.Path(folder) / "manifest.json"
    path.write_text(INDEX[:-1] + "5\n", encoding="utf-8")
    done = subprocess.run([HUREN, "film", "add", path, "--data", b.folder], capture_output=True, text=True,
                          env=pair.ENV, check=False)
    check(done.returncode == 3 and "line 1" in done.stderr and INDEX[:20] not in done.stderr,
          f"checked to the last character: {done.returncode} {done.stderr}")


def main():
    folder = tempfile.mkdtemp()
    origin = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    try:
        pair.REGISTRY = os.path.join(folder, "registry")
        pair.run("registry", "init", pair.REGISTRY)
        pair.run("registry", "publish", pair.REGISTRY, "catalog/sample", "--author", "Test <a@example.cn>",
                 "-m", "a")
        os.mkdir(folder + "/a")
        os.mkdir(folder + "/b")
        with pair.Service(folder + "/a") as a:
            flags = ("--retrieve-origin", f"http://127.0.0.1:{a.port} http://127.0.0.1:{origin.server_port}",
                     "--retrieve-seconds", "3")
            with pair.Service(folder + "/b", *flags) as b:
                test_fetched(a, b, folder)
                test_kos(a, b, folder)
                test_refused(b, folder)
                test_indexes(b, folder)
            with pair.Service(folder + "/b", *flags) as b:
                test_faults(b, origin, folder)
        with pair.Service(folder + "/b", *flags) as b:
            test_gone(a.port, b)
    finally:
        Origin.go.set()
        origin.shutdown()
        shutil.rmtree(folder)
    return 1 if failures else 0


sys.exit(main())

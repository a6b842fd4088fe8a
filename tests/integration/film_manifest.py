#!/usr/bin/env python3
"""Manifests out: by the command, beside a service, over HTTP; the same bytes everywhere.

	film_manifest.py HUREN

What comes out is read by DCMTK (dsrdump, dcm2json) and judged by dciodvfy: no
error but those that IHE's own manifests have, too. The index of images has 82
characters, or a word on what is missing, and stands in no log.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import make_films  # noqa: E402

HUREN = sys.argv[1]
ENV = {k: v for k, v in os.environ.items() if not k.startswith("HUREN_")}
ENV["HUREN_CONFIG"] = "/dev/null"
PUBLIC = "https://film.example.cn"
PERSON = "10000000000000000708463177"
USCC = "123502004266007916"
# MADO tells numbers, days and times where the standard's KOS has texts and images alone.
OF_MADO = ("Value Type", "Retrieve URL", "Standard Extended SOP Class")
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def run(*words, code=0):
    done = subprocess.run([HUREN, *words], capture_output=True, env=ENV, cwd=ROOT, check=False)
    check(done.returncode == code, f"{words[:3]}: exit {done.returncode}, {done.stderr.decode()}")
    return done


class Service:
    def __init__(self, folder, data, *flags):
        self.process = subprocess.Popen(
            [HUREN, "serve", "--registry", folder / "registry.git", "--data", data, "--listen",
             "127.0.0.1:0", "--log", folder / "log", *flags], env=ENV, cwd=ROOT,
            stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        check("listening" in line, f"the service begins: {line}")
        self.url = "http://127.0.0.1:" + line.split("http://127.0.0.1:")[1].split(",")[0]

    def get(self, path, **fields):
        request = urllib.request.Request(
            self.url + path, headers={k.replace("_", "-"): v for k, v in fields.items()})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(60) == 0, "the service ends")
        self.process.stderr.close()


def manifest(data, study, *more, code=0):
    return run("film", "manifest", study, "--data", data, *more, code=code)


def test_alone(data, study, folder):
    done = manifest(data, study, code=2)
    check("public-url" in done.stderr.decode(), f"no address is known: {done.stderr}")
    for wrong in ("http://film.example.cn", "https://film.example.cn/films", "film.example.cn"):
        manifest(data, study, "--public-url", wrong, code=2)
    manifest(data, study, "--public-url", PUBLIC, "--format", "pdf", code=2)
    manifest(data, "1.2.3", "--public-url", PUBLIC, code=2)
    manifest(data, study, "--public-url", PUBLIC, "--output", folder / "kos.dcm")
    kos = manifest(data, study, "--public-url", PUBLIC).stdout
    check(kos == (folder / "kos.dcm").read_bytes(), "the same bytes twice")
    fhir = manifest(data, study, "--public-url", PUBLIC, "--format", "fhir").stdout
    return kos, fhir


def test_content(kos_file, fhir, study):
    bundle = json.loads(fhir)
    found = next(e["resource"] for e in bundle["entry"]
                 if e["resource"]["resourceType"] == "ImagingStudy")
    check(found["identifier"][0]["value"] == f"urn:oid:{study}", "FHIR names the study")
    check(found["numberOfInstances"] == 3, "FHIR has three instances")
    told = json.loads(subprocess.run(["dcm2json", kos_file], capture_output=True, check=True).stdout)
    check(bundle["identifier"]["value"] == "urn:oid:" + told["00080018"]["Value"][0],
          "both forms have one identifier")
    series = told["0040A375"]["Value"][0]["00081115"]["Value"][0]
    check(series["00081190"]["Value"][0] ==
          f"{PUBLIC}/dicom-web/studies/{study}/series/{series['0020000E']['Value'][0]}",
          "the series has its address")
    check(len(series["00081199"]["Value"]) == 3, "DICOM has three instances")
    check(told["00100010"]["Value"][0]["Ideographic"] == "王^建国", "the name is Chinese")
    check(told["0040A370"]["Value"][0]["00080050"]["Value"] == ["SYN-A-00000000"], "its order")


def test_judged(kos_file):
    dump = subprocess.run(["dsrdump", "-Ec", kos_file], capture_output=True, text=True, check=False)
    check(dump.returncode == 0 and dump.stdout.count("IMAGE") == 6, f"dsrdump: {dump.stderr}")
    if not shutil.which("dciodvfy"):
        print("dciodvfy is not here: not asked")
        return
    judged = subprocess.run(["dciodvfy", kos_file], capture_output=True, text=True, check=False)
    said = [line for line in judged.stderr.splitlines() if line.startswith(("Error", "Warning")) and
            not any(word in line for word in OF_MADO)]
    check(said == [], f"dciodvfy: {said}")


def test_over_http(folder, data, study, kos, fhir):
    path = f"/dicom-web/studies/{study}/manifest"
    with Service(folder, data, "--access", "open", "--public-url", PUBLIC) as service:
        status, fields, body = service.get(path)
        check((status, fields["Content-Type"]) == (200, "application/dicom"), f"as DICOM: {status}")
        check(body == kos, "the command's bytes")
        check(service.get(path, If_None_Match=fields["ETag"])[0] == 304, "not sent again")
        check(service.get(path, Accept="application/dicom; transfer-syntax=*")[2] == kos, "any syntax")
        status, fields, body = service.get(path, Accept="application/fhir+json")
        check((status, body) == (200, fhir), "as FHIR")
        check(service.get(path, Accept="image/png")[0] == 406, "not as a picture")
        check(service.get("/dicom-web/studies/1.2.3/manifest")[0] == 404, "of no study")
        check(service.get("/dicom-web/studies/x/manifest")[0] == 400, "of no UID")
        check(manifest(data, study, "--public-url", PUBLIC).stdout == kos, "beside the service")
        test_index(data, study, folder)
    with Service(folder, data, "--access", "open") as service:
        check(f"{service.url}/dicom-web/studies/".encode() in service.get(path)[2],
              "without public-url: where it was asked")
    with Service(folder, data) as service:
        check(service.get(path)[0] == 401, "not without a token")
    done = run("serve", "--registry", folder / "registry.git", "--public-url", "ftp://x", code=2)
    check("public-url" in done.stderr.decode(), "it does not start with a wrong address")


def test_index(data, study, folder):
    done = manifest(data, study, "--format", "index", code=3)
    check("--person" in done.stderr.decode() and "--institution" in done.stderr.decode(),
          f"what is missing: {done.stderr}")
    (folder / "person").write_text(PERSON + "\n", encoding="ascii")
    words = ("--format", "index", "--person", folder / "person", "--institution")
    index = manifest(data, study, *words, USCC).stdout.decode()
    check(index == f"{PERSON}-202601010812-000000000-0000000000000-{USCC}\n", f"82: {index}")
    done = manifest(data, study, *words, "123502004266007917", code=3)
    check("institution" in done.stderr.decode() and "1235" not in done.stderr.decode(),
          f"a wrong USCC: {done.stderr}")


def main():
    if not shutil.which("dsrdump"):
        print("skipped: there is no dcmtk (tools/packages.txt)")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "data"
        for words in (["init", folder / "registry.git"],
                      ["publish", folder / "registry.git", "catalog/sample", "-m", "x"]):
            run("registry", *words)
        for number in range(3):
            (folder / f"{number}.dcm").write_bytes(make_films.film(0, number, None))
        run("film", "add", *(folder / f"{n}.dcm" for n in range(3)), "--data", data)
        study = run("film", "list", "--data", data).stdout.decode().strip().split("\t")[-1]
        kos, fhir = test_alone(data, study, folder)
        test_content(folder / "kos.dcm", fhir, study)
        test_judged(folder / "kos.dcm")
        test_index(data, study, folder)
        test_over_http(folder, data, study, kos, fhir)
        log = (folder / "log").read_text(encoding="utf-8")
        check(PERSON not in log and study not in log, "nothing of it is in the log")
    print(f"{len(failures)} failed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()

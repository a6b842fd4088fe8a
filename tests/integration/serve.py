#!/usr/bin/env python3
"""The service from outside: what `huren serve` answers, and what it does while it runs.

	serve.py HUREN [--slow]

`--slow`: a build with a sanitizer, whose times are not those that are promised.
The same bytes as the command gives; every refusal; versions published, and a
broken one pushed, while requests run; TERM under load.
"""
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = sys.argv[1]
CDA = "tests/data/cda/thyroid.xml"
ASKED = {"receiver": "121100004000000014", "setting": "outpatient", "at": "2025-02-20T09:30:00"}
ENV = {**os.environ, "HUREN_CONFIG": "/dev/null"}
SLOW = "--slow" in sys.argv
# Until the newest version is served: what is promised, in seconds.
LAG_MAX = 20 if SLOW else 2
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def run(*words, code=0):
    done = subprocess.run(words, capture_output=True, cwd=ROOT, env=ENV, check=False)
    if code is not None and done.returncode != code:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


class Service:
    def __init__(self, registry, folder, *flags):
        self.log = os.path.join(folder, "log")
        self.process = subprocess.Popen(
            [HUREN, "serve", "--registry", registry, "--listen", "127.0.0.1:0", "--log", self.log,
             *flags], stderr=subprocess.PIPE, env=ENV, cwd=ROOT)
        line = self.process.stderr.readline().decode()
        self.port = int(line.split("http://127.0.0.1:")[1].split(",")[0])

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method, path, body=None, headers=None, connection=None):
        c = connection or self.connect()
        c.request(method, path, body, headers or {})
        answer = c.getresponse()
        return answer.status, answer.headers, answer.read()

    def get(self, path):
        status, _, body = self.ask("GET", path)
        return status, json.loads(body)

    def lines(self):
        with open(self.log, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


def query(**more):
    return "/v1/verify?" + "&".join(f"{k}={v}" for k, v in {**ASKED, **more}.items())


def post(service, path, file, accept=None, kind="application/octet-stream", connection=None):
    headers = {"Content-Type": kind}
    if accept:
        headers["Accept"] = accept
    return service.ask("POST", path, (ROOT / file).read_bytes(), headers, connection)


# --- what it answers ---

def check_same_bytes(service, registry):
    flags = [f"--{name}={value}" for name, value in ASKED.items()]
    for folder in ("tests/data/cda", "tests/data/fhir"):
        for path in sorted((ROOT / folder).glob("*.*ml")) + sorted((ROOT / folder).glob("*.json")):
            name = str(path.relative_to(ROOT))
            done = subprocess.run([HUREN, "verify", "--registry", registry, "--json", *flags, name],
                                  capture_output=True, cwd=ROOT, env=ENV, check=False)
            status, headers, body = post(service, query(), name)
            if done.returncode in (0, 1, 4):
                check(status == 200 and body == done.stdout, f"{name}: the bytes of the command")
                several = body.count(b"\n") != 1
                check(headers["Content-Type"] == ("application/x-ndjson" if several
                                                  else "application/json"), f"{name}: the type")
            else:
                check(400 <= status < 500, f"{name}: refused as the command does, {status}")
                check("code" in json.loads(body), f"{name}: a problem document")


def check_texts(service):
    status, headers, body = post(service, query(), CDA, "text/plain")
    check(status == 200 and "符合互认条件" in body.decode(), "text in Chinese")
    check(headers["Content-Type"] == "text/plain; charset=utf-8", "its type")
    _, _, body = post(service, query(lang="en"), CDA, "text/plain")
    check("符合互认条件" not in body.decode() and b"recognised" in body, "text in English")


def check_parameter(p, where):
    """FHIR: a name, and either one value or parts; nothing empty."""
    values = [k for k in p if k.startswith("value")]
    check(bool(p.get("name")), f"{where}: a name")
    check(len(values) + ("part" in p) == 1, f"{where}: one value or parts")
    for value in values:
        check(p[value] not in ("", [], {}), f"{where}: {value} is not empty")
    if "part" in p:
        check(bool(p["part"]), f"{where}: parts that are not empty")
        for part in p["part"]:
            check_parameter(part, f"{where}.{p['name']}")


def check_parameters(resource, where):
    check(resource["resourceType"] == "Parameters", f"{where}: Parameters")
    names = [p["name"] for p in resource["parameter"]]
    for name in ("decision", "asOf", "catalogue"):
        check(names.count(name) == 1, f"{where}: one {name}")
    for p in resource["parameter"]:
        check_parameter(p, where)
        if p["name"] == "item":
            parts = [part["name"] for part in p["part"]]
            check(parts.count("code") == 1 and parts.count("decision") == 1,
                  f"{where}: an item has a code and a decision")
            check("evidence" in parts, f"{where}: an item has evidence")


def check_fhir(service):
    for path in sorted((ROOT / "tests/data/fhir").glob("*.json")):
        name = str(path.relative_to(ROOT))
        status, headers, body = post(service, query(), name, "application/fhir+json")
        resource = json.loads(body)
        check(headers["Content-Type"] == "application/fhir+json", f"{name}: the type")
        if status != 200:
            check(resource["resourceType"] == "OperationOutcome", f"{name}: OperationOutcome")
            check(resource["issue"][0]["severity"] == "error", f"{name}: an error")
        elif resource["resourceType"] == "Bundle":
            check(resource["type"] == "collection", f"{name}: a collection")
            for entry in resource["entry"]:
                check_parameters(entry["resource"], name)
        else:
            check_parameters(resource, name)


def check_refusals(service):
    body = (ROOT / CDA).read_bytes()
    xml = {"Content-Type": "application/xml"}
    rows = [
        ("GET", "/nothing", None, {}, 404, "not-found"),
        ("GET", "/v1/verify", None, {}, 405, "usage"),
        ("DELETE", "/v1/catalog", None, {}, 405, "usage"),
        ("POST", query(patient="x"), body, xml, 400, "usage"),
        ("POST", query(setting="x"), body, xml, 400, "usage"),
        ("POST", query(), body[:500], xml, 400, "malformed"),
        ("POST", query(), body, {"Content-Type": "application/x-www-form-urlencoded"}, 415,
         "unsupported"),
        ("POST", query(), b"%PDF-1.7", xml, 415, "unsupported"),
        ("POST", query(), b"{\"resourceType\":\"Bundle\",\"type\":\"collection\"}", {}, 422,
         "incomplete"),
        ("POST", query(), b"", {**xml, "Content-Length": "99999999"}, 413, "too-large"),
        ("GET", "/v1/catalog/items?limit=0", None, {}, 400, "usage"),
        ("GET", "/v1/catalog/institutions/none", None, {}, 404, "not-found"),
    ]
    for method, path, data, headers, status, code in rows:
        got, answered, problem = service.ask(method, path, data, headers)
        problem = json.loads(problem)
        where = f"{method} {path} -> {status}"
        check(got == status and problem["code"] == code, f"{where}: {got} {problem['code']}")
        check(problem["status"] == status and problem["titleZh"], f"{where}: the document")
        check(problem["instance"] == answered["X-Request-Id"], f"{where}: the request's id")
    _, _, problem = service.ask("POST", query(), b"<ClinicalDocument>\n<a></b>", xml)
    check(json.loads(problem)["line"] == 2, "a problem names the line")


# They want films, or somebody with a session: dicomweb.py, film_publish.py, share_walk.py, patient.py, settlement.py.
OF_FILMS = ("/dicom-web", "/v1/film-links", "/v1/share", "/v1/session", "/v1/pickup-codes", "/v1/qr", "/v1/patient-sessions",
            "/v1/claims", "/v1/my/", "/v1/settlement/filings",
            "/v1/settlement/settlements", "/v1/settlement/reversals", "/v1/settlement/ledger")


def check_every_route(service):
    _, document = service.get("/openapi.json")
    for path, methods in document["paths"].items():
        if path.startswith(OF_FILMS):
            continue
        for method in methods:
            filled = path.replace("{uscc}", ASKED["receiver"])
            body = (ROOT / CDA).read_bytes() if method == "post" else None
            headers = {}
            if path.startswith("/v1/settlement/") and body:
                headers["Content-Type"] = "application/json"
                body = json.dumps(methods[method]["requestBody"]["content"]["application/json"]["example"])
            status, _, _ = service.ask(method.upper(), filled, body, headers)
            check(status == 200, f"{method} {path} of /openapi.json is answered: {status}")


# --- what it does while it runs ---

class Load:
    """Clients that ask without a pause until they are stopped."""

    def __init__(self, service, clients, keep_alive=True):
        self.service, self.keep_alive = service, keep_alive
        self.stop = False
        self.answers, self.failed = [], []
        self.threads = [threading.Thread(target=self.client) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def client(self):
        connection = self.service.connect()
        while not self.stop:
            try:
                status, headers, body = post(self.service, query(), CDA, connection=connection)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
                connection = self.service.connect()
                if self.service.process.poll() is not None or len(self.failed) > 1000:
                    return
                continue
            if status == 200:
                self.answers.append((time.time(), json.loads(body)["catalogue"]["id"]))
            else:
                self.failed.append(status)
            if not self.keep_alive or headers.get("Connection") == "close":
                connection.close()
                connection = self.service.connect()

    def end(self):
        self.stop = True
        for thread in self.threads:
            thread.join()


def publish(registry, folder, n):
    (pathlib.Path(folder) / "missing-test.xml").write_text(
        f'<missing xmlns="urn:huren:catalogue:1"><fact>list {n}</fact></missing>\n',
        encoding="utf-8")
    return run(HUREN, "registry", "publish", registry, folder, "-m", f"version {n}").decode().strip()


def check_swap(service, registry, catalogue):
    load = Load(service, 4)
    versions = []
    for n in range(8):
        versions.append((publish(registry, catalogue, n), time.time()))
        time.sleep(0.3)
    wait_for(lambda: versions[-1][0] in [id for _, id in load.answers[-1:]], LAG_MAX + 3)
    load.end()
    check(not load.failed, f"no request fails while versions change: {load.failed[:3]}")
    first = min((t for t, id in load.answers if id == versions[-1][0]), default=float("inf"))
    lag = first - versions[-1][1]
    check(lag < LAG_MAX, f"the newest is served within {LAG_MAX} s: {lag:.2f} s")
    print(f"  {len(load.answers)} answers over {len(versions)} versions, the newest served "
          f"{lag:.2f} s after it was published")
    return versions[-1][0]


def push_broken(registry, folder):
    """Past our own check, by plain git: a file that is no XML."""
    clone = os.path.join(folder, "clone")
    git = ["git", "-C", clone, "-c", "user.name=x", "-c", "user.email=x@example.cn"]
    run("git", "clone", "-q", registry, clone)
    (pathlib.Path(clone) / "missing-test.xml").write_text("<missing", encoding="utf-8")
    run(*git, "add", "missing-test.xml")
    run(*git, "commit", "-qm", "broken")
    run(*git, "push", "-q", "origin", "HEAD:main")
    return run(*git, "rev-parse", "HEAD").decode().strip()


def wait_for(what, seconds=30):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


def check_broken(service, registry, folder, served):
    broken = push_broken(registry, folder)
    check(wait_for(lambda: "refused" in service.get("/readyz")[1]), "/readyz says it is refused")
    status, ready = service.get("/readyz")
    check(status == 200 and ready["catalogue"] == served, "the one before is served on")
    check(ready["refused"]["id"] == broken and ready["refused"]["message"], "and says which and why")
    metrics = service.ask("GET", "/metrics")[2].decode()
    check("\nhuren_catalogue_refused 1\n" in metrics, "/metrics says so")
    events = [line for line in service.lines() if line["event"] == "catalogue-refused"]
    check(len(events) == 1 and events[0]["level"] == "error" and events[0]["id"] == broken,
          "the log says so, once")
    _, _, body = post(service, query(), CDA)
    check(json.loads(body)["catalogue"]["id"] == served, "verdicts are of the one before")
    return broken


def check_restart(registry, folder, served):
    """The newest is still broken: the last that loads is served, as before the restart."""
    os.makedirs(os.path.join(folder, "restart"))
    service = Service(registry, os.path.join(folder, "restart"))
    _, ready = service.get("/readyz")
    check(ready["catalogue"] == served and "refused" in ready, "a restart serves what loads")
    check(service.end() == 0, "TERM without load: exit 0")


def check_term(service):
    before = sum(line["event"] == "request" for line in service.lines())
    load = Load(service, 8, keep_alive=False)
    wait_for(lambda: len(load.answers) > 8)
    check(service.end() == 0, "TERM under load: exit 0")
    load.end()
    answered = sum(line["event"] == "request" for line in service.lines()) - before
    check(answered == len(load.answers) and answered > 0,
          f"every request that was taken is answered: {answered} taken, {len(load.answers)} came")
    print(f"  {answered} requests taken until TERM, all answered")


def check_log(service):
    text = pathlib.Path(service.log).read_text(encoding="utf-8")
    for secret in (ASKED["receiver"], "2025-02-20", "outpatient", "示范", "setting"):
        check(secret not in text, f"the log names no {secret}")
    check('"route":"/v1/catalog/institutions/{uscc}"' in text, "the log names the pattern")


def check_only_loopback(registry):
    done = subprocess.run([HUREN, "serve", "--registry", registry, "--listen", "0.0.0.0:0"],
                          capture_output=True, env=ENV, check=False, timeout=20)
    check(done.returncode == 2 and b"0.0.0.0:0" in done.stderr, "listens on this machine alone")


def main():
    with tempfile.TemporaryDirectory() as folder:
        registry = os.path.join(folder, "registry.git")
        catalogue = os.path.join(folder, "catalogue")
        shutil.copytree(ROOT / "catalog/sample", catalogue)
        run(HUREN, "registry", "init", registry)
        publish(registry, catalogue, "first")
        check_only_loopback(registry)
        service = Service(registry, folder)
        try:
            check_same_bytes(service, registry)
            check_texts(service)
            check_fhir(service)
            check_refusals(service)
            check_every_route(service)
            served = check_swap(service, registry, catalogue)
            check_broken(service, registry, folder, served)
            check_restart(registry, folder, served)
            check_term(service)
            check_log(service)
        finally:
            service.process.kill()
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()

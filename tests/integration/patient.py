#!/usr/bin/env python3
"""The patient's way in, over HTTP, and what he sees: his own films that are published, and nothing else.

	patient.py HUREN [postgresql]

A ticket opens once; a claim opens with all three of its parts, and never again
after five wrong tries, though eight guess side by side. What opens nothing has
one answer. By every way of DICOMweb a held film, and another's, are not there.
No name, number, code or ticket stands in the log.
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import make_films  # noqa: E402
from make_dicom import uid  # noqa: E402
from postgres import Postgres  # noqa: E402

HUREN = sys.argv[1]
ENV = {k: v for k, v in os.environ.items() if not k.startswith("HUREN_")}
ENV["HUREN_CONFIG"] = "/dev/null"
USCC = "121200004000000106"
CARD, OTHER_CARD = "11010519491231002X", "120101195803040017"  # GB 11643
# The person of CARD has the first two, of which the second is held; the last is matched with nobody.
MINE, HELD, OTHERS, ALONE = (uid(f"film-{n}") for n in range(4))
failures = []
said = set()  # what must not stand in the log


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def run(*words):
    done = subprocess.run([HUREN, *map(str, words)], capture_output=True, text=True, env=ENV, cwd=ROOT, check=False)
    check(done.returncode == 0, f"huren {words[0]} {words[1]}: exit {done.returncode}, {done.stderr}")
    return done.stdout


class Service:
    def __init__(self, folder, store, *flags):
        self.folder = folder
        self.log = folder / "log"
        self.process = subprocess.Popen(
            [HUREN, "serve", "--registry", folder / "registry", "--listen", "127.0.0.1:0", "--data", folder / "data",
             "--state", folder / "state", "--log", self.log, *store, *flags],
            stderr=subprocess.PIPE, env=ENV, cwd=ROOT, text=True)
        line = self.process.stderr.readline()
        if "http://" not in line:
            sys.exit(f"the service did not start: {line}")
        self.port = int(line.split("http://127.0.0.1:")[1].split(",")[0])

    def ask(self, method, path, body=None, cookie=None, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Sec-Fetch-Site": "same-origin"}
        if cookie:
            headers["Cookie"] = cookie
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body, ensure_ascii=False).encode()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def open(self, **body):
        said.update(body.values())
        return self.ask("POST", "/v1/patient-sessions/open", body)

    def session(self, **body):
        status, headers, answer = self.open(**body)
        check(status == 201 and json.loads(answer)["kind"] == "patient", f"it opens: {status} {answer}")
        cookie = headers["Set-Cookie"] or ""
        check("HttpOnly" in cookie and "SameSite=Strict" in cookie, f"the cookie: {cookie}")
        return cookie.split(";")[0]

    def studies(self, cookie, query=""):
        status, _, answer = self.ask("GET", f"/v1/my/studies{query}", cookie=cookie)
        check(status == 200, f"my studies: {status} {answer}")
        return json.loads(answer)["studies"] if status == 200 else []

    def close(self):
        self.process.terminate()
        check(self.process.wait(60) == 0, "the service ends well")
        return self.log.read_text(encoding="utf-8")


def prepare(folder, store):
    run("registry", "init", folder / "registry")
    run("registry", "publish", folder / "registry", "catalog/sample", "--author", "Test <a@example.cn>", "-m", "a")
    made = folder / "made"
    made.mkdir()
    picture = make_films.pixels(0)
    for n in range(4):
        (made / f"{n}.dcm").write_bytes(make_films.film(n, 0, picture))
    where = ("--data", folder / "data", *store)
    run("film", "add", made, "--institution", USCC, *where)
    feed = folder / "feed.csv"
    feed.write_text(f"patient_id,id_type,id_number\nSYN-P-00000000,01,{CARD}\nSYN-P-00000001,01,{CARD}\n"
                    f"SYN-P-00000002,01,{OTHER_CARD}\n", encoding="utf-8")
    run("film", "match", "--institution", USCC, "--reason", "feed", feed, *where)
    for study in (MINE, OTHERS, ALONE):
        run("film", "release", "--reason", "ready", study, *where)
    return {scope: run("access", "add", "--state", folder / "state", "--scope", scope, scope).split()[-1]
            for scope in ("patient-session", "film-read")}


def is_refused(answer, status=404, code="patient-unknown"):
    return answer[0] == status and json.loads(answer[2])["code"] == code


def sent_alike(one, other):
    """But for what is each request's own."""
    words = [json.loads(answer[2]) for answer in (one, other)]
    for answer in words:
        answer.pop("instance")
    fields = [sorted(k for k in answer[1]) for answer in (one, other)]
    return one[0] == other[0] and words[0] == words[1] and fields[0] == fields[1]


def by_tickets(service, tokens):
    """Returns a session's cookie."""
    wish = {"patient": {"id": CARD}}
    check(service.ask("POST", "/v1/patient-sessions", wish)[0] == 401, "no ticket without a token")
    check(service.ask("POST", "/v1/patient-sessions", wish, token=tokens["film-read"])[0] == 403, "nor by another")
    for bad in ({}, {"patient": CARD}, {"patient": {}}, {"patient": {"id": "7"}}, {"patient": {"id": CARD}, "a": 1}):
        answer = service.ask("POST", "/v1/patient-sessions", bad, token=tokens["patient-session"])
        check(answer[0] in (400, 422), f"a bad wish: {bad}, {answer[0]}")
    status, _, body = service.ask("POST", "/v1/patient-sessions", wish, token=tokens["patient-session"])
    ticket = json.loads(body)["ticket"]
    check(status == 201 and ticket.startswith("hrp_") and len(ticket) == 47, f"a ticket: {status}")
    cookie = service.session(ticket=ticket)
    used = service.open(ticket=ticket)
    check(is_refused(used), f"a ticket is for once: {used[0]}")
    check(sent_alike(used, service.open(ticket="hrp_" + "A" * 43)), "as one that never was")
    check(service.open()[0] == 400 and service.open(ticket=ticket, claimCode="0")[0] == 400, "one of both")
    return cookie


def sees(service, cookie, study, wanted):
    """By every way of DICOMweb."""
    series, instance = uid(f"film-{[MINE, HELD, OTHERS, ALONE].index(study)}-series"), None
    instance = uid(f"film-{[MINE, HELD, OTHERS, ALONE].index(study)}-0")
    top = f"/dicom-web/studies/{study}"
    one = f"{top}/series/{series}/instances/{instance}"
    paths = [top, f"{top}/series/{series}", one, f"{top}/metadata", f"{top}/series/{series}/metadata",
             f"{one}/metadata", f"{top}/manifest", f"{one}/frames/1", f"{one}/bulkdata/7FE00010", f"{top}/rendered",
             f"{top}/series/{series}/rendered", f"{one}/rendered", f"{one}/frames/1/rendered", f"{top}/thumbnail",
             f"{top}/series/{series}/thumbnail", f"{one}/thumbnail", f"{one}/frames/1/thumbnail"]
    for path in paths:
        status = service.ask("GET", path, cookie=cookie)[0]
        # Where something is there, some paths ask for a part that this object does not have.
        check(status == 404 if not wanted else status == 200 or "bulkdata" in path, f"{path}: {status}")
    finds = [f"/dicom-web/studies?StudyInstanceUID={study}", f"{top}/series", f"{top}/instances",
             f"{top}/series/{series}/instances", f"/dicom-web/series?SeriesInstanceUID={series}",
             f"/dicom-web/instances?SOPInstanceUID={instance}"]
    for path in finds:
        status, _, body = service.ask("GET", path, cookie=cookie)
        found = len(json.loads(body)) if status == 200 and body else 0
        check(found == wanted and status in (200, 204), f"{path}: {status}, {found} found")


def what_is_his(service, cookie):
    mine = service.studies(cookie)
    check([s["study"] for s in mine] == [MINE], f"his one published study: {mine}")
    wanted = {"institution": "天津示范医院", "description": "胸部平扫", "modalities": ["CT"], "seriesCount": 1,
              "instanceCount": 1, "accessionNumber": "SYN-A-00000000"}
    check(mine and wanted.items() <= mine[0].items(), f"its words: {mine}")
    check(service.studies(cookie, "?offset=1") == [], "a page behind it")
    check(service.ask("GET", "/v1/my/studies?limit=0", cookie=cookie)[0] == 400, "a page of nothing")
    check(service.ask("GET", "/v1/my/studies")[0] == 401, "without a session nobody has studies")
    sees(service, cookie, MINE, 1)
    for study in (HELD, OTHERS, ALONE):
        sees(service, cookie, study, 0)
    for level in ("studies", "series", "instances"):
        status, _, body = service.ask("GET", f"/dicom-web/{level}", cookie=cookie)
        check(status == 200 and len(json.loads(body)) == 1, f"all {level} are one: {status}")


def asks_nothing_of_settlement(service, cookie):
    """Questions of systems, and the books of persons: not his own either, for they are asked by a number in a body."""
    paths = json.loads(service.ask("GET", "/openapi.json")[2])["paths"]
    asked = [(method.upper(), path) for path, of in paths.items() if path.startswith("/v1/settlement/") for method in of]
    check(len(asked) > 10, f"they are there: {asked}")
    for method, path in asked:
        status, _, body = service.ask(method, path, {} if method == "POST" else None, cookie=cookie)
        check(status == 403 and json.loads(body)["code"] == "no-right", f"{method} {path} by a patient: {status}")


def claim_of(service, tokens, study, card, **more):
    wish = {"study": study, "patient": {"id": card}, **more}
    status, _, body = service.ask("POST", "/v1/claims", wish, token=tokens["patient-session"])
    check(status == 201, f"a claim: {status} {body}")
    code = json.loads(body).get("claimCode", "")
    said.add(code)
    return code


def by_claims(service, tokens, where):
    check(service.ask("POST", "/v1/claims", {}, token=tokens["film-read"])[0] == 403, "a claim wants its scope")
    answer = service.ask("POST", "/v1/claims", {"study": MINE, "patient": {"id": OTHER_CARD}},
                         token=tokens["patient-session"])
    check(answer[0] == 409, f"no claim for another than the film's person: {answer[0]}")
    code = claim_of(service, tokens, MINE, CARD)
    cookie = service.session(claimCode=code.lower().replace("-", " "), idLast6="31002x", name="王建国")
    check([s["study"] for s in service.studies(cookie)] == [MINE], "the person's")
    unknown = service.open(claimCode="00000-00000", idLast6="31002X", name="王建国")
    wrong = service.open(claimCode=code, idLast6="31002X", name="王小东")
    check(is_refused(unknown) and sent_alike(unknown, wrong), "one answer for all")
    # Of a film without a person: what stands under the hospital's number.
    person = where / "person.csv"
    person.write_text(f"patient_id,id_type,id_number,name\nx,01,{CARD},王小明\n", encoding="utf-8")
    made = json.loads(run("film", "claim", ALONE, person, "--data", where / "data", "--days", "3"))
    cookie = service.session(claimCode=made["claimCode"], idLast6="31002X", name="王小明")
    check([s["study"] for s in service.studies(cookie)] == [ALONE], "one hospital's slip opens no other's films")
    sees(service, cookie, MINE, 0)


def guessed(service, tokens):
    code = claim_of(service, tokens, MINE, CARD)

    def guess(n):
        return service.open(claimCode=code, idLast6=f"{n:06}", name="王建国")[0]

    with concurrent.futures.ThreadPoolExecutor(8) as guessers:
        check(set(guessers.map(guess, range(40))) == {404}, "nobody guesses")
    check(is_refused(service.open(claimCode=code, idLast6="31002X", name="王建国")), "and it is locked")


def taken_back(service, cookie, store):
    run("film", "release", "--withdraw", "--reason", "wrong patient", MINE, "--data", service.folder / "data", *store)
    check(service.studies(cookie) == [], "what is withdrawn is gone with the next request")
    sees(service, cookie, MINE, 0)


def sources_are_limited(folder, store):
    service = Service(folder, store, "--share-tries", "3")
    statuses = [service.open(claimCode="00000-00000", idLast6="000000", name="x")[0] for _ in range(4)]
    check(statuses == [404, 404, 404, 429], f"three tries a minute: {statuses}")
    service.close()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        postgres = Postgres(name) if "postgresql" in sys.argv else None
        store = ["--store", postgres.url] if postgres else []
        tokens = prepare(folder, store)
        service = Service(folder, store, "--share-tries", "0")
        cookie = by_tickets(service, tokens)
        what_is_his(service, cookie)
        asks_nothing_of_settlement(service, cookie)
        by_claims(service, tokens, folder)
        guessed(service, tokens)
        taken_back(service, cookie, store)
        log = service.close()
        said.update((CARD, OTHER_CARD, "31002X", "建国", "SYN-P-", cookie.split("=")[1], *tokens.values()))
        for word in said - {"x", "0", ""}:
            check(word not in log, f"the log tells {word}")
        if not postgres:
            sources_are_limited(folder, store)
        if postgres:
            postgres.end()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

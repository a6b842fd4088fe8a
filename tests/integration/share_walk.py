#!/usr/bin/env python3
"""Who has a share of study A asks for B, by every path that there is.

	share_walk.py HUREN [postgresql]

The whole route table is walked, as /openapi.json tells it (test_routes holds
it against the table): every path stands in one of the lists here, a new one in
none. For each that a session may ask, what was shared is answered and nothing
else is: not by a path, a search, a count, a validator, a range, nor HEAD. The
same of rights; of a share that was called back, or is over; of a cookie that is
none. At the end no secret and no patient is in the log.
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
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "tests/integration"))
from dicomweb import ENV, element, make, us  # noqa: E402
from postgres import Postgres  # noqa: E402

HUREN = os.path.abspath(sys.argv[1])
USCC = "121100004000000014"
SR, PDF = "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.104.1"
A, B, OTHER = 1, 2, 3  # OTHER is of the patient of A
NAMES = {A: "Ouyang^Xiaotian", B: "Zhuge^Konging", OTHER: "Ouyang^Xiaotian"}
PATIENTS = {A: "PT-7788-A", B: "PT-9911-B", OTHER: "PT-7788-A"}
seen = set()  # what must not stand in a log
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}"[:1000])


# --- films ---

def document(study, series, instance, sop_class, modality, body):
    uid = f"1.2.3.{study}.{series}.{instance}"
    meta = (element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", sop_class) + element(2, 3, "UI", uid) +
            element(2, 0x10, "UI", "1.2.840.10008.1.2.1"))
    data = (element(8, 5, "CS", "ISO_IR 192") + element(8, 0x16, "UI", sop_class) + element(8, 0x18, "UI", uid) +
            element(8, 0x20, "DA", f"202601{study % 28 + 1:02}") + element(8, 0x60, "CS", modality) +
            element(0x10, 0x10, "PN", NAMES[study]) + element(0x10, 0x20, "LO", PATIENTS[study]) +
            element(0x20, 0xd, "UI", f"1.2.3.{study}") + element(0x20, 0xe, "UI", f"1.2.3.{study}.{series}") +
            element(0x20, 0x13, "IS", str(instance)) + body)
    return bytes(128) + b"DICM" + element(2, 0, "UL", len(meta).to_bytes(4, "little")) + meta + data


def film(study):
    more = element(0x28, 0x30, "DS", "1\\1")
    image = {"patient": PATIENTS[study], "name": NAMES[study], "more": more}
    text = element(0x42, 0x11, "OB", b"%PDF-1.4 report of " + str(study).encode() * 2000)
    return [make(study, 1, 1, frames=3, **image), make(study, 1, 2, **image),
            document(study, 2, 1, SR, "SR", element(0x40, 0xA040, "CS", "CONTAINER")),
            document(study, 3, 1, PDF, "DOC", element(0x28, 0x301, "CS", "NO") + text)]


# --- the service ---

class Service:
    running = []

    def __init__(self, folder, *flags):
        words = [HUREN, "serve", "--registry", folder / "registry.git", "--listen", "127.0.0.1:0",
                 "--log", folder / "log", "--data", folder / "data", *flags]
        self.process = subprocess.Popen(list(map(str, words)), stderr=subprocess.PIPE, env=ENV, cwd=ROOT)
        Service.running.append(self.process)
        line = self.process.stderr.readline().decode()
        if "http://" not in line:
            raise SystemExit(f"the service did not start: {line}")
        self.port = int(line.split("http://127.0.0.1:")[1].split(",")[0])
        self.origin = f"http://127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
                fields.setdefault("Content_Type", "application/json")
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in fields.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(60) == 0, "the service ends")
        self.process.stderr.close()


def huren(*words):
    return subprocess.run([HUREN, *map(str, words)], check=True, env=ENV, cwd=ROOT, capture_output=True,
                          text=True).stdout


def code_of(body):
    try:
        return json.loads(body).get("code")
    except ValueError:
        return None


# --- shares ---

def share(service, may, rights=("view", "download", "report"), study=A, **more):
    """Made, and what opens it."""
    wish = {"studies": [f"1.2.3.{study}"], "rights": list(rights), "hours": 24, "purpose": "consultation",
            "recipient": {"kind": "institution", "name": USCC}, **more}
    if "expiresAt" in more:
        del wish["hours"]
    status, fields, body = service.ask("POST", "/v1/shares", wish, **may)
    assert status == 201, (status, body)
    made = json.loads(body)
    check(made["link"].startswith(service.origin + "/film#" + made["secret"]), f"the link: {made['link']}")
    check(fields["Cache-Control"] == "no-store", "a secret is not stored")
    seen.add(made["secret"])
    return made


def open_share(service, secret, **more):
    status, fields, body = service.ask("POST", "/v1/share-sessions", {"secret": secret, **more})
    assert status == 201, (status, body)
    check(fields["Cache-Control"] == "no-store", "a session is not stored")
    name, _, rest = fields["Set-Cookie"].partition("=")
    text, *flags = rest.split("; ")
    check(name == "huren-session" and sorted(flags) == ["HttpOnly", "Path=/", "SameSite=Strict"], f"the cookie: {flags}")
    check(json.loads(body)["kind"] == "share", "what it is")
    seen.add(text)
    return {"Cookie": f"{name}={text}"}


def session(service, may, **more):
    return open_share(service, share(service, may, **more)["secret"])


# --- the walk ---

WEB = "/dicom-web"
SEARCHES = [WEB + "/studies", WEB + "/series", WEB + "/instances"]
WHOLE = [WEB + "/studies/{study}", WEB + "/studies/{study}/series/{series}",
         WEB + "/studies/{study}/series/{series}/instances/{instance}", WEB + "/studies/{study}/manifest"]
IN = [WEB + "/studies/{study}", WEB + "/studies/{study}/series/{series}",
      WEB + "/studies/{study}/series/{series}/instances/{instance}"]
VIEWED = ([p + "/metadata" for p in IN] + [p + "/rendered" for p in IN] + [p + "/thumbnail" for p in IN] +
          [IN[0] + "/series", IN[0] + "/instances", IN[1] + "/instances", IN[2] + "/frames/{frames}",
           IN[2] + "/bulkdata/{path}", IN[2] + "/frames/{frames}/rendered", IN[2] + "/frames/{frames}/thumbnail"])
LISTS = [IN[0] + "/series", IN[0] + "/instances", IN[1] + "/instances"]
OF_SESSIONS = {("POST", "/v1/share-sessions"), ("GET", "/v1/session"), ("DELETE", "/v1/session")}
OF_OWNERS = {("POST", "/v1/shares"), ("GET", "/v1/shares"), ("GET", "/v1/shares/log"), ("GET", "/v1/shares/{id}"),
             ("GET", "/v1/shares/{id}/log"), ("POST", "/v1/shares/{id}/revoke"), ("POST", "/v1/pickup-codes"),
             ("POST", "/v1/qr")}
OF_PATIENTS = {("GET", "/v1/my/studies")}
# Questions of systems, and what is kept of persons' insurance: for no session, be the service open to others.
SETTLEMENT = "/v1/settlement/"
OF_SYSTEMS = {*(("POST", SETTLEMENT + path) for path in (
    "quotes", "explanations", "comparisons", "diagnoses", "checks", "filing-checks", "filings", "filings/change",
    "filings/cancel", "filings/approve", "filings/refuse", "filings/list", "settlements", "reversals", "ledger")),
    ("GET", SETTLEMENT + "institutions")}
# Without films in their answers, or not for sessions.
OTHERS = {("POST", "/v1/film-links"), ("POST", "/v1/patient-sessions"), ("POST", "/v1/patient-sessions/open"),
          ("POST", "/v1/claims"), ("POST", "/v1/verify"), ("GET", "/v1/catalog"), ("GET", "/v1/catalog/versions"),
          ("GET", "/v1/catalog/items"), ("GET", "/v1/catalog/institutions"),
          ("GET", "/v1/catalog/institutions/{uscc}"), ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"),
          ("GET", "/openapi.json"), ("OPTIONS", WEB), ("POST", WEB + "/studies"), ("POST", WEB + "/studies/{study}")}


def rows(service):
    document_ = json.loads(service.ask("GET", "/openapi.json")[2])
    return {(method.upper(), path): row for path, methods in document_["paths"].items()
            for method, row in methods.items()}


def every_row_is_in_a_list(service):
    films = {("GET", path) for path in SEARCHES + WHOLE + VIEWED}
    listed = films | OF_SESSIONS | OF_OWNERS | OF_PATIENTS | OF_SYSTEMS | OTHERS
    table = set(rows(service))
    check(table == listed, f"rows in no list: {sorted(table - listed)}, rows that are none: {sorted(listed - table)}")


def fill(path, study, series=1, instance=1, of=None):
    """`of`: the study of the series and the instance."""
    of = of or study
    if "bulkdata" in path:
        series = 3
    return (path.replace("{study}", f"1.2.3.{study}").replace("{series}", f"1.2.3.{of}.{series}")
            .replace("{instance}", f"1.2.3.{of}.{series}.{instance}").replace("{frames}", "1")
            .replace("{path}", "00420011"))


def accept(path):
    return {"Accept": "multipart/related; type=\"application/octet-stream\""} if "/bulkdata/" in path else {}


def shows(body, study):
    if study == OTHER:  # the patient's name is that of what is shared
        return f"1.2.3.{study}".encode() in body
    return f"1.2.3.{study}".encode() in body or NAMES[study].encode() in body or PATIENTS[study].encode() in body


def what_is_shared_is_there(service, cookie):
    for path in SEARCHES + WHOLE + VIEWED:
        status, fields, body = service.ask("GET", fill(path, A), **cookie, **accept(path))
        check(status == 200 and body, f"{path} of what is shared: {status} {body[:300]}")
        check(fields["Cache-Control"] == "no-store", f"{path}: {fields['Cache-Control']}")
        check(not shows(body, B) and not shows(body, OTHER), f"{path} shows another")
        again = service.ask("GET", fill(path, A), If_None_Match=fields["ETag"] or "", **cookie, **accept(path))
        check(again[0] == (304 if fields["ETag"] else 200), f"{path} once more: {again[0]}")


def nothing_else_is(service, cookie, may):
    """By its own path, and by one that begins as what is shared."""
    for path in WHOLE + VIEWED:
        for study, of in ((B, B), (OTHER, OTHER), (A, B)):
            if study != of and "{series}" not in path:
                continue
            asked = fill(path, study, of=of)
            tag = service.ask("GET", fill(path, of), **may, **accept(path))[1]["ETag"] or '"0"'
            for method, more in (("GET", {}), ("HEAD", {}), ("GET", {"If_None_Match": tag}),
                                 ("GET", {"If_None_Match": "*"}), ("HEAD", {"If_None_Match": tag}),
                                 ("GET", {"Range": "bytes=0-9"}), ("GET", {"Range": "bytes=0-9", "If_Range": tag})):
                status, fields, body = service.ask(method, asked, **cookie, **accept(path), **more)
                # An empty list is what a search of nothing answers.
                empty = path in LISTS and status == 200 and body in (b"[]", b"")
                check(status == 404 or empty, f"{method} {asked} {more}: {status}")
                check(not fields["ETag"] and not shows(body, B) and not shows(body, OTHER), f"{asked} tells of it")


QUERIES = ["", "StudyInstanceUID=1.2.3.2", "StudyInstanceUID=1.2.3.1,1.2.3.2", "PatientID=PT-9911-B", "PatientID=*",
           "PatientName=Zhuge*", "PatientName=zhuge&fuzzymatching=true", "ModalitiesInStudy=CT",
           "SeriesInstanceUID=1.2.3.2.1", "SOPInstanceUID=1.2.3.2.1.1", "StudyDate=20260101-20261231", "limit=1&offset=1",
           "includefield=all", "AccessionNumber=*"]


def searches_find_nothing_else(service, cookie):
    for path in SEARCHES + LISTS:
        for study in ([A] if "{" not in path else [A, B, OTHER]):
            for query in QUERIES:
                status, _, body = service.ask("GET", fill(path, study) + "?" + query, **cookie)
                check(status == 200, f"{path}?{query}: {status}")
                check(not shows(body, B) and not shows(body, OTHER), f"{path}?{query} shows another")


def only_reading_is_for_sessions(service, cookie):
    refused = OF_OWNERS | OF_PATIENTS | OF_SYSTEMS | {("POST", WEB + "/studies"), ("POST", WEB + "/studies/{study}")}
    for method, path in sorted(refused):
        status, _, body = service.ask(method, fill(path, A).replace("{id}", "0123456789ab"), {} if method == "POST" else None,
                                      Origin=service.origin, **cookie)
        check(status == 403 and code_of(body) == "no-right", f"{method} {path} by a share: {status}")
    status, _, _ = service.ask("POST", "/v1/verify?films=yes", b"{}", Origin=service.origin, **cookie)
    check(status in (401, 403), f"films of a report by a share: {status}")
    for method, path in (("GET", "/healthz"), ("GET", "/openapi.json"), ("GET", "/v1/catalog")):
        check(service.ask(method, path, **cookie)[0] == 200, f"{path} is for anybody")


def rights_are_kept(service, may):
    view = session(service, may, rights=["view"])
    for path in WHOLE:
        status, _, body = service.ask("GET", fill(path, A), **view)
        check(status == 403 and code_of(body) == "no-right", f"{path} to see alone: {status}")
    for path in VIEWED:
        wanted = 404 if "bulkdata" in path else 200
        check(service.ask("GET", fill(path, A), **view, **accept(path))[0] == wanted, f"{path} to see alone")
        if "{series}" in path:
            for series in (2, 3):
                status, _, body = service.ask("GET", fill(path, A, series), **view, **accept(path))
                check(status == 404 or body == b"[]", f"a document by {path}: {status} {body[:200]}")
    documents = session(service, may, rights=["report"])
    for who, counts, kinds in ((view, (1, 2), ["CT"]), (documents, (2, 2), ["DOC", "SR"])):
        found = json.loads(service.ask("GET", WEB + "/studies", **who)[2])[0]
        check((found["00201206"]["Value"][0], found["00201208"]["Value"][0]) == counts, f"counts: {found}")
        check(sorted(found["00080061"]["Value"]) == kinds, f"modalities: {found}")
        series = json.loads(service.ask("GET", WEB + "/series", **who)[2])
        instances = json.loads(service.ask("GET", WEB + "/instances", **who)[2])
        metadata = json.loads(service.ask("GET", fill(IN[0] + "/metadata", A), **who)[2])
        check((len(series), len(instances), len(metadata)) == (*counts, counts[1]), "what is told")
        check(sum(s["00201209"]["Value"][0] for s in series) == counts[1], "counts of series")
        check(sorted({s["00080060"]["Value"][0] for s in series}) == kinds, "kinds of series")
    check(json.loads(service.ask("GET", WEB + "/studies?ModalitiesInStudy=SR", **view)[2]) == [], "SR is not there")
    check(service.ask("GET", fill(IN[2] + "/frames/1", A), **documents)[0] == 404, "an image to who has the report")
    whole = session(service, may, rights=["view", "download"])
    check(b"1.2.3.1.2.1" not in service.ask("GET", fill(IN[0], A), **whole)[2], "the study without its report")
    fhir = service.ask("GET", fill(WHOLE[3], A), Accept="application/fhir+json", **whole)[2]
    check(fhir.count(b"1.2.3.1.1.") >= 2 and b"1.2.3.1.2" not in fhir and b"1.2.3.1.3" not in fhir,
          f"the manifest: {fhir[:500]}")


# --- cookies, and from where ---

def cookies_are_read_strictly(service, cookie):
    name, _, text = cookie["Cookie"].partition("=")
    bad = text[:-1] + ("A" if text[-1] != "A" else "E")
    for wrong in (f"{name}={bad}", f"{name}=", f"{name}={text}x", f"{name}={text}; {name}={text}", f"{name}=\"{text}\"",
                  f"{name}={text[4:]}", f"{name}={'hrs_' + '%41' * 14 + 'A'}"):
        status, fields, body = service.ask("GET", WEB + "/studies", Cookie=wrong)
        check(status == 401 and code_of(body) == "session-unknown", f"a cookie that is none: {status}")
        check(fields["WWW-Authenticate"], "a challenge")
    for none in ({}, {"Cookie": f"__Host-{name}={text}"}, {"Cookie": f"x{name}={text}"}):
        check(service.ask("GET", WEB + "/studies", **none)[0] == 401, "without a cookie of that name")
        check(code_of(service.ask("GET", "/v1/session", **none)[2]) == "session-unknown", "no session")
    check(service.ask("GET", WEB + "/studies", Cookie=f"a=b; {name}={text};c=d")[0] == 200, "among others")


def other_sites_change_nothing(service, may, cookie):
    secret = share(service, may)["secret"]
    mine = {"Origin": service.origin}
    for fields in ({"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site", **mine}, {"Sec_Fetch_Site": "none"},
                   {"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        status, _, body = service.ask("DELETE", "/v1/session", **fields, **cookie)
        check(status == 403 and code_of(body) == "cross-site", f"from {fields}: {status}")
        if fields:
            status, _, _ = service.ask("POST", "/v1/share-sessions", {"secret": secret}, **fields)
            check(status == 403, f"a session begun from {fields}: {status}")
    check(service.ask("GET", "/v1/session", **cookie)[0] == 200, "it lives on")
    other = open_share(service, secret)
    # A new one takes the place of the browser's former one.
    status, fields, _ = service.ask("POST", "/v1/share-sessions", {"secret": secret}, Sec_Fetch_Site="same-origin", **other)
    check(status == 201, f"from our own page: {status}")
    seen.add(fields["Set-Cookie"].split("=")[1].split(";")[0])
    check(service.ask("GET", "/v1/session", **other)[0] == 401, "the former one is over")
    last = {"Cookie": fields["Set-Cookie"].split(";")[0]}
    status, fields, _ = service.ask("DELETE", "/v1/session", **mine, **last)
    check(status == 204 and "Max-Age=0" in fields["Set-Cookie"], f"ended: {status}")
    check(service.ask("GET", WEB + "/studies", **last)[0] == 401, "and it is")


# --- ends ---

def what_is_called_back_ends_at_once(service, may):
    made = share(service, may)
    cookie = open_share(service, made["secret"])
    check(service.ask("GET", fill(IN[2] + "/frames/1", A), **cookie)[0] == 200, "a frame")
    status, _, body = service.ask("POST", f"/v1/shares/{made['share']['id']}/revoke", {"reason": "enough"}, **may)
    check(status == 200 and json.loads(body)["state"] == "revoked", f"called back: {body[:300]}")
    for path in SEARCHES + WHOLE + VIEWED + ["/v1/session"]:
        status, _, body = service.ask("GET", fill(path, A), **cookie)
        check(status == 410 and code_of(body) == "share-revoked", f"{path} of one called back: {status}")
        status, _, body = service.ask("GET", fill(path, B), If_None_Match="*", **cookie)
        check(status == 410, f"{path} of another, called back: {status}")
    status, _, body = service.ask("POST", "/v1/share-sessions", {"secret": made["secret"]})
    check(status == 410 and code_of(body) == "share-revoked", f"opened again: {status}")


def what_is_over_ends(service, may):
    until = time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + 8 * 3600 + 4))
    made = share(service, may, expiresAt=until)
    cookie = open_share(service, made["secret"])
    waited = time.time() + 60
    while service.ask("GET", "/v1/session", **cookie)[0] == 200 and time.time() < waited:
        time.sleep(0.2)
    for path in (WEB + "/studies", fill(IN[2] + "/frames/1", A), "/v1/session"):
        status, _, body = service.ask("GET", path, **cookie)
        check(status == 410 and code_of(body) == "share-expired", f"{path} of one that is over: {status}")
    once = share(service, may, opensMax=1)["secret"]
    cookie = open_share(service, once)
    status, _, body = service.ask("POST", "/v1/share-sessions", {"secret": once})
    check(status == 410 and code_of(body) == "share-spent", f"spent: {status} {body[:200]}")
    check(service.ask("GET", WEB + "/studies", **cookie)[0] == 200, "who opened it last still sees it")


def what_is_withdrawn_ends(service, may, data):
    cookie = session(service, may, study=OTHER)
    check(service.ask("GET", fill(IN[0] + "/metadata", OTHER), **cookie)[0] == 200, "while it is published")
    huren("film", "release", "--withdraw", "--reason", "wrong patient", *data, f"1.2.3.{OTHER}")
    status, _, body = service.ask("GET", fill(IN[0] + "/metadata", OTHER), **cookie)
    check(status == 410 and code_of(body) == "share-ended", f"withdrawn: {status} {body[:200]}")


# --- strangers ---

def strangers_learn_nothing(service, may):
    locked = share(service, may, passcode="8642")
    seen.add("8642-")
    answers = set()
    for body in ({"secret": "hrf_" + "A" * 43}, {"secret": "x"}, {"secret": locked["secret"]},
                 {"secret": locked["secret"], "passcode": "1111"}, {"code": "00000000"}):
        status, fields, answer = service.ask("POST", "/v1/share-sessions", body)
        problem = json.loads(answer)
        del problem["instance"]
        answers.add((status, json.dumps(problem), fields["Set-Cookie"], fields["Cache-Control"]))
    check(len(answers) == 1 and next(iter(answers))[0] == 404, f"one answer: {answers}")
    open_share(service, locked["secret"], passcode="8642")
    for wrong in (b"", b"[]", b"{", b'{"secret":"a","code":"b"}', b"{}", b'{"secret":1}', b'{"secret":"a","more":"b"}',
                  b'{"secret":"12345678"}'):
        status, _, body = service.ask("POST", "/v1/share-sessions", wrong, Content_Type="application/json")
        check(status == 400, f"{wrong}: {status} {body[:100]}")
    check(service.ask("POST", "/v1/share-sessions", b"{}", Content_Type="text/plain")[0] == 415, "a form of another site")


def codes_are_for_their_desk(service, may, at_desk):
    status, _, body = service.ask("POST", "/v1/pickup-codes", {
        "studies": [f"1.2.3.{A}"], "rights": ["view"], "purpose": "outpatient",
        "recipient": {"kind": "institution", "name": USCC}}, **may)
    code = json.loads(body).get("code", "")
    check(status == 201 and len(code) == 8 and code.isdigit(), f"a code: {status} {body[:300]}")
    seen.add(code)
    status, _, body = service.ask("POST", "/v1/share-sessions", {"code": code})
    check(status == (201 if at_desk else 404), f"the code {'at' if at_desk else 'not at'} its desk: {status}")
    if not at_desk:
        return
    check(service.ask("POST", "/v1/share-sessions", {"code": code})[0] in (404, 410), "once")
    statuses = [service.ask("POST", "/v1/share-sessions", {"code": f"{n:08}"})[0] for n in range(30)]
    check(statuses.count(404) <= 10 and statuses[-1] == 429, f"guesses: {statuses}")
    check(service.ask("POST", "/v1/share-sessions", {"secret": share(service, may)["secret"]})[0] == 201,
          "links are counted by themselves")


def owners_see_theirs(service, may):
    made = share(service, may, opensMax=3)
    open_share(service, made["secret"])
    identity = made["share"]["id"]
    listed = json.loads(service.ask("GET", "/v1/shares", **may)[2])["shares"]
    check(identity in [s["id"] for s in listed], "it is listed")
    one = json.loads(service.ask("GET", f"/v1/shares/{identity}", **may)[2])
    check(one["opens"] == 1 and one["opensMax"] == 3 and made["secret"] not in json.dumps(one), f"it: {one}")
    events = json.loads(service.ask("GET", f"/v1/shares/{identity}/log", **may)[2])["events"]
    check({"share-create", "share-open"} <= {e["action"] for e in events}, f"its log: {events}")
    check(service.ask("GET", "/v1/shares/000000000000", **may)[0] == 404, "one that is none")
    check(service.ask("GET", "/v1/shares")[0] == 401, "not for anybody")
    status, fields, body = service.ask("POST", "/v1/qr", {"text": made["link"]}, **may)
    check(status == 200 and fields["Content-Type"] == "image/png" and body.startswith(b"\x89PNG"), "as a picture")
    check(fields["Cache-Control"] == "no-store", "which is not stored")
    check(service.ask("POST", "/v1/qr", {"text": "x" * 1025}, **may)[0] == 400, "too long a text")
    for wish in ({}, {"studies": ["1.2.3.9"], "rights": ["view"], "hours": 1, "purpose": "consultation",
                      "recipient": {"kind": "institution", "name": USCC}}):
        status, _, body = service.ask("POST", "/v1/shares", wish, **may)
        check(status in (400, 404, 409), f"no share of that: {status} {body[:200]}")


# --- all of it ---

def begin(folder, postgres):
    huren("registry", "init", folder / "registry.git")
    huren("registry", "publish", folder / "registry.git", "catalog/sample", "--author", "T <a@example.cn>", "-m", "a")
    made = folder / "made"
    made.mkdir()
    for study in (A, B, OTHER):
        for n, data in enumerate(film(study)):
            (made / f"{study}-{n}").write_bytes(data)
    data = ["--data", folder / "data", *(["--store", postgres.url] if postgres else [])]
    huren("film", "add", made, "--institution", USCC, *data)
    for study in (A, B, OTHER):
        huren("film", "release", "--reason", "released", *data, f"1.2.3.{study}")
    token = huren("access", "add", "--state", folder / "state", "--scope", "film-read", "--scope", "share", "app").split()[-1]
    seen.add(token)
    return data, {"Authorization": f"Bearer {token}"}


def walk(service, may):
    cookie = session(service, may)
    what_is_shared_is_there(service, cookie)
    nothing_else_is(service, cookie, may)
    searches_find_nothing_else(service, cookie)
    only_reading_is_for_sessions(service, cookie)
    return cookie


def open_to_all(folder, data):
    """Where nobody is asked for a token, who comes with a session still sees no more."""
    service = Service(folder, *data[2:], "--access", "open")
    may = {}
    check(service.ask("GET", fill(IN[0], B))[0] == 200, "open to all")
    walk(service, may)
    service.end()


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    short = "postgresql" in sys.argv
    postgres = Postgres(str(folder)) if short else None
    try:
        data, may = begin(folder, postgres)
        service = Service(folder, *data[2:], "--state", folder / "state", "--share-tries", "1000")
        every_row_is_in_a_list(service)
        cookie = walk(service, may)
        rights_are_kept(service, may)
        what_is_called_back_ends_at_once(service, may)
        if not short:
            cookies_are_read_strictly(service, cookie)
            other_sites_change_nothing(service, may, cookie)
            what_is_over_ends(service, may)
            strangers_learn_nothing(service, may)
            owners_see_theirs(service, may)
            codes_are_for_their_desk(service, may, False)
        what_is_withdrawn_ends(service, may, data)
        service.end()
        if not short:
            open_to_all(folder, data)
            service = Service(folder, *data[2:], "--state", folder / "state", "--desk-networks", f"{USCC}=127.0.0.0/8")
            codes_are_for_their_desk(service, may, True)
            service.end()
        log = (folder / "log").read_text(encoding="utf-8")
        for word in sorted(seen | set(NAMES.values()) | set(PATIENTS.values()) | {"1.2.3.1"}):
            check(word not in log, f"'{word}' stands in the log")
    finally:
        for process in Service.running:
            if process.poll() is None:
                process.kill()
        if postgres:
            postgres.end()
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

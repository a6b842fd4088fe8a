#!/usr/bin/env python3
"""/v1/settlement of a real service.

	settlement.py HUREN

What is shown: the bytes are those that the command answers to the same question, as JSON, as text in both languages,
and for each of 10,000 lines; the examples of /openapi.json are answered by its schemas; a bad line is told in its place
and stops no other; limits, types, tokens; while batches run, others are answered; an answer that nobody reads holds up
nobody; the book of filings; and nothing of a person is in the log.
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = sys.argv[1]
MANY = 1000 if "--slow" in sys.argv else 10000  # lines of a batch: of a sanitizer fewer, for they take as long
ENV = {**os.environ, "HUREN_CONFIG": "/dev/null"}
NUMBER = "11010519491231002X"
QUOTES, DIAGNOSES = "/v1/settlement/quotes", "/v1/settlement/diagnoses"
EXPLANATIONS, COMPARISONS = "/v1/settlement/explanations", "/v1/settlement/comparisons"
CHECKS, FILING_CHECKS = "/v1/settlement/checks", "/v1/settlement/filing-checks"
FILINGS, INSTITUTIONS = "/v1/settlement/filings", "/v1/settlement/institutions"
JSON, LINES = "application/json", "application/x-ndjson"
LINES_MAX, BODY_MAX = 20000, 16 << 20
VISIT = {"insuplc_admdvs": "120101", "mdtrtarea_admvs": "110105", "insutype": "310", "psn_type": "1201", "age": 68,
         "med_type": "14", "opsp_dise_code": "M04600", "hosp_lv": "3", "enddate": "2025-10-20", "filing": "long",
         "medfee_sumamt": 850, "fulamt_ownpay_amt": 130, "inscp_scp_amt": 720}
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}"[:1000])


def huren(*words, given=None, codes=(0,)):
    done = subprocess.run([HUREN, *map(str, words)], input=given, capture_output=True, cwd=ROOT, env=ENV, check=False)
    if done.returncode not in codes:
        sys.exit(f"huren {words}: exit {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


class Service:
    def __init__(self, folder, *flags):
        self.folder = pathlib.Path(folder)
        words = [HUREN, "serve", "--registry", self.folder / "registry.git", "--listen", "127.0.0.1:0",
                 "--log", self.folder / "log", *flags]
        self.process = subprocess.Popen(list(map(str, words)), stderr=subprocess.PIPE, env=ENV, cwd=ROOT)
        line = self.process.stderr.readline().decode()
        if "http://" not in line:
            raise SystemExit(f"the service did not start: {line}")
        self.port = int(line.split("http://127.0.0.1:")[1].split(",")[0])

    def ask(self, path, body=None, kind=JSON, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            if isinstance(body, dict):
                body = json.dumps(body)
            if body is not None:
                fields["Content-Type"] = kind
            connection.request("GET" if body is None else "POST", path, body, fields)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def memory_kib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        return 0

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(60) == 0, "the service ends")
        self.process.stderr.close()


def draw(n):
    """The n-th of many visits that differ, in what is known of them, too."""
    visit = dict(VISIT, medins_setl_id=f"S{n}", medfee_sumamt=f"{850 + n % 977}.{n % 100:02}", age=20 + n % 70,
                 fulamt_ownpay_amt=f"{130 + n % 977}.{n % 100:02}")
    if n % 3 == 0:
        visit.update(insuplc_admdvs="360100", mdtrtarea_admvs="310101", med_type="21", filing="none", psn_type="1101")
        del visit["opsp_dise_code"]
    if n % 7 == 0:
        visit["insuplc_admdvs"] = "990000"
    return visit


# --- the same as the command ---

def same_bytes(service, registry):
    filing = {"insuplc_admdvs": "130302", "insutype": "310", "psn_type": "1101", "certno": NUMBER, "psn_cert_type": "01",
              "visit": {"mdtrtarea_admvs": "310101", "med_type": "21", "begndate": "2023-05-01", "enddate": "2023-05-09"}}
    result = json.loads(service.ask(QUOTES, VISIT)[2])["readings"][0]
    received = {k: result[k] for k in ("setlinfo", "setldetail")}
    rows = [(QUOTES, "", ["quote"], draw(1)), (QUOTES, "explain=yes", ["quote", "--explain"], draw(3)),
            (QUOTES, "", ["quote"], draw(7)), (DIAGNOSES, "", ["diagnose"], draw(3)),
            (EXPLANATIONS, "", ["explain"], draw(1)), (EXPLANATIONS, "", ["explain"], draw(7)),
            (EXPLANATIONS, "", ["explain"], {"visit": VISIT, "result": received}),
            (EXPLANATIONS, "", ["explain"], {"visit": dict(VISIT, filing="none"), "result": received}),
            (COMPARISONS, "", ["quote", "--compare"], draw(1)), (COMPARISONS, "", ["quote", "--compare"], draw(3)),
            (CHECKS, "", ["check"], received),
            (CHECKS, "mutual-aid=apart", ["check", "--mutual-aid", "apart"],
             {"setlinfo": dict(result["setlinfo"], psn_part_amt="210.01")}),
            (FILING_CHECKS, "", ["file", "check"], filing)]
    for path, query, words, body in rows:
        catalogue = [] if words[0] == "check" else ["--registry", registry]
        given = json.dumps(body).encode()
        for accept, lang, flags in ((JSON, "", ["--json"]), ("text/plain", "lang=zh", ["--lang", "zh"]),
                                    ("text/plain", "lang=en", ["--lang", "en"])):
            asked = path + "?" + "&".join(part for part in (query, lang) if part)
            want = huren("settle", *words, *catalogue, *flags, "-", given=given, codes=(0, 1, 4))
            status, fields, body_ = service.ask(asked, given, Accept=accept)
            check(status == 200 and body_ == want, f"{asked} {accept}: {status} {body_[:300]} instead of {want[:300]}")
            check(fields["Content-Type"].startswith(accept) and fields["Cache-Control"] == "no-store", f"{asked}: {fields}")
    day = ["--registry", registry, "--at", "2025-01-01"]
    for query, flags in (("", []), ("&region=11", ["--region", "11"]), ("&opened=inpatient", ["--opened", "inpatient"]),
                         ("&region=99", ["--region", "99"])):
        want = huren("settle", "institutions", "--json", *day, *flags, codes=(0, 4))
        check(service.ask(f"{INSTITUTIONS}?at=2025-01-01{query}")[2] == want, f"institutions{query}")
        want = huren("settle", "institutions", "--lang", "en", *day, *flags, codes=(0, 4))
        check(service.ask(f"{INSTITUTIONS}?at=2025-01-01&lang=en{query}", Accept="text/plain")[2] == want, f"text of {query}")
    return filing


def same_lines(service, registry, filing):
    """Of so many, some of them bad: each in its place, as the command has it."""
    bad = {100: b"{", 101: b"[]", MANY // 2: b'{"insuplc_admdvs":"' + NUMBER.encode() + b'"}', MANY - 1: b"\xff"}
    visits = [bad.get(n, json.dumps(draw(n)).encode()) for n in range(MANY)]
    filings = [bad.get(n, json.dumps(dict(filing, age=n % 90)).encode()) for n in range(MANY)]
    for path, words, lines in ((QUOTES, ["quote"], visits), (EXPLANATIONS, ["explain"], visits),
                               (COMPARISONS, ["quote", "--compare"], visits), (DIAGNOSES, ["diagnose"], visits),
                               (FILING_CHECKS, ["file", "check"], filings)):
        given = b"\r\n\n".join(lines[:200]) + b"\n" + b"\n".join(lines[200:])
        want = huren("settle", *words, "--registry", registry, "--json", "--lines", "-", given=given, codes=range(10))
        began = time.monotonic()
        status, fields, body = service.ask(path, given, LINES, Accept="text/plain")
        took = time.monotonic() - began
        check(status == 200 and body == want, f"lines of {path}: {status} {body[:200]}")
        check(fields["Content-Type"] == LINES, f"their type: {fields['Content-Type']}")
        answers = [json.loads(line) for line in body.splitlines()]
        faults = [a["line"] for a in answers if a.get("outcome") == "error"]
        check(len(answers) == MANY and len(faults) == 4, f"{path}: {len(answers)} answers, faults {faults}")
        check(NUMBER.encode() not in body, f"{path}: nothing of a person is told")
        print(f"{path}: {MANY} lines, {len(given) / 1e6:.1f} MB in, {len(body) / 1e6:.1f} MB out, {took:.2f} s")


def examples_are_answered_by_their_schemas(service):
    document = json.loads(service.ask("/openapi.json")[2])
    schemas = document["components"]

    def validate(value, schema, what):
        try:
            jsonschema.validate(value, {**schema, "components": schemas})
        except jsonschema.ValidationError as wrong:
            check(False, f"{what}: {wrong.message}")

    for path in (QUOTES, EXPLANATIONS, COMPARISONS, DIAGNOSES, CHECKS, FILING_CHECKS):
        row = document["paths"][path]["post"]
        asked = row["requestBody"]["content"][JSON]
        validate(asked["example"], asked["schema"], f"the example of {path}")
        status, _, body = service.ask(path, asked["example"])
        check(status == 200, f"the example of {path}: {status} {body[:300]}")
        validate(json.loads(body), row["responses"]["200"]["content"][JSON]["schema"], f"the answer of {path}")
        fault = service.ask(path, "{", LINES)[2]
        validate(json.loads(fault), {"$ref": "#/components/schemas/SettlementFault"}, f"a fault of {path}")
    row = document["paths"][INSTITUTIONS]["get"]["responses"]["200"]["content"][JSON]
    validate(json.loads(service.ask(INSTITUTIONS)[2]), row["schema"], "institutions")
    return document


# --- what is refused ---

def refusals(service):
    rows = [(QUOTES, "{", JSON, 400, "malformed"), (QUOTES, "[]", JSON, 400, "malformed"),
            (QUOTES, "", JSON, 400, "malformed"), (QUOTES, json.dumps(VISIT), "text/csv", 415, "unsupported"),
            (QUOTES, b" " * (BODY_MAX + 1), JSON, 413, "too-large"), (QUOTES + "?explain=1", "{}", JSON, 400, "usage"),
            (FILING_CHECKS, json.dumps({"a": "x" * (1 << 20)}), JSON, 413, "too-large"),
            (QUOTES, b"{\n" * (LINES_MAX + 1), LINES, 413, "too-large"),
            (f"{QUOTES}?certno={NUMBER}", "{}", JSON, 400, "usage"), (f"{QUOTES}?{NUMBER}=1", "{}", JSON, 400, "usage"),
            (CHECKS + "?mutual-aid=x", "{}", JSON, 400, "usage"), (EXPLANATIONS + "?explain=yes", "{}", JSON, 400, "usage"),
            (EXPLANATIONS, '{"result":{}}', JSON, 422, "incomplete"), (COMPARISONS, "{}", JSON, 400, "malformed"),
            (DIAGNOSES + "?explain=yes", "{}", JSON, 400, "usage")]
    for path, body, kind, wanted, code in rows:
        status, fields, answer = service.ask(path, body, kind)
        check(status == wanted and json.loads(answer)["code"] == code, f"{path} {str(body)[:40]}: {status} {answer[:300]}")
        check(fields["Content-Type"] == "application/problem+json", "as a problem")
        check(NUMBER.encode() not in answer, "which repeats nothing of a person")
    check(service.ask(QUOTES, b"{\n" * LINES_MAX, LINES)[2].count(b"\n") == LINES_MAX, "as many lines as there may be")
    check(service.ask(QUOTES)[0] == 405 and service.ask(INSTITUTIONS, {})[0] == 405, "methods")


def too_large_an_answer(service):
    """A body within its limits whose answers come to more than 64 MiB: refused whole, and what it held is given back."""
    told = dict(draw(1), err_msg="x" * 480)
    lines = b"\n".join([json.dumps(told, separators=(",", ":")).encode()] * LINES_MAX)
    check(len(lines) < BODY_MAX, f"{len(lines)} bytes")
    status, _, body = service.ask(DIAGNOSES, lines, LINES)
    check(status == 413 and json.loads(body)["code"] == "too-large", f"many answers: {status}, {len(body)} bytes")
    half = lines[:len(lines) // 2].rsplit(b"\n", 1)[0]
    check(service.ask(DIAGNOSES, half, LINES)[2].count(b"\n") == half.count(b"\n") + 1, "half of them")


# --- at once ---

def others_are_answered(service):
    """Batches in all threads, and answers that nobody reads; single questions between them."""
    lines = b"\n".join(json.dumps(draw(n)).encode() for n in range(MANY))
    head = (f"POST {QUOTES} HTTP/1.1\r\nHost: a\r\nContent-Type: {LINES}\r\nContent-Length: {len(lines)}\r\n\r\n").encode()
    lazy = []
    for _ in range(8):
        client = socket.create_connection(("127.0.0.1", service.port))
        client.sendall(head + lines)
        lazy.append(client)
    slow = socket.create_connection(("127.0.0.1", service.port))
    slow.sendall(head + lines[:1000])
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        batches = [pool.submit(service.ask, QUOTES, lines, LINES) for _ in range(8)]
        waits = []
        while not all(batch.done() for batch in batches):
            began = time.monotonic()
            check(service.ask(QUOTES, VISIT)[0] == 200, "one between them")
            waits.append(time.monotonic() - began)
        check(all(batch.result()[0] == 200 for batch in batches), "the batches")
        check(len({batch.result()[2] for batch in batches}) == 1, "which are the same")
    waits.sort()
    print(f"beside 16 batches of {MANY}: {len(waits)} single quotes, median {waits[len(waits) // 2] * 1e3:.1f} ms, "
          f"longest {waits[-1] * 1e3:.0f} ms; {service.memory_kib() // 1024} MiB")
    check(len(waits) > 20 and waits[len(waits) // 2] < 1 and waits[-1] < 10, f"they do not wait: {waits[-3:]}")
    for client in (*lazy, slow):
        client.close()


def memory_is_given_back(service):
    lines = b"\n".join(json.dumps(draw(n)).encode() for n in range(MANY))
    sizes = []
    for _ in range(6):
        for _ in range(5):
            service.ask(QUOTES, lines, LINES)
        sizes.append(service.memory_kib())
    check(sizes[-1] < sizes[0] + (64 << 10), f"memory grows from batch to batch: {sizes} KiB")


def counters(service):
    text = service.ask("/metrics")[2].decode()
    found = {line.split()[0]: int(line.split()[1]) for line in text.splitlines() if line.startswith("huren_settlement")}
    check(found['huren_settlement_answers_total{question="quote",outcome="computed"}'] > MANY // 2, f"counted: {found}")
    check(found['huren_settlement_answers_total{question="diagnosis",outcome="error"}'] == 5, f"bad lines: {found}")


# --- who may ---

def tokens(folder, service):
    made = {scope: huren("access", "add", "--state", folder / "state", "--scope", scope, scope).split()[-1].decode()
            for scope in ("settle", "settle-book", "verify")}
    until = time.time() + 20
    while service.ask(QUOTES, VISIT)[0] == 200 and time.time() < until:
        time.sleep(0.1)
    for path, body, right in ((QUOTES, VISIT, "settle"), (INSTITUTIONS, None, "settle"),
                              (EXPLANATIONS, VISIT, "settle"), (COMPARISONS, VISIT, "settle"),
                              (FILINGS + "/list", {}, "settle-book")):
        check(service.ask(path, body)[0] == 401, f"{path} without a token")
        for scope, token in made.items():
            status = service.ask(path, body, Authorization=f"Bearer {token}")[0]
            check((status not in (401, 403)) if scope == right else status == 403, f"{path} by {scope}: {status}")
    return made


def book(service, token, document):
    person = {"insuplc_admdvs": "130302", "insutype": "310", "psn_type": "1101", "psn_cert_type": "01", "certno": NUMBER}

    def ask(word="", said=None, **question):
        status, _, body = service.ask(FILINGS + word, {"question": {**person, **question}, **(said or {})},
                                      Authorization=f"Bearer {token}")
        check(NUMBER.encode() not in body, f"{word}: nothing of the person")
        return status, json.loads(body)

    travel = {"rloc_rea": "travel", "rloc_admdvs": "310000", "begndate": "2099-01-01"}
    status, answer = ask(application=travel)
    check(status == 201 and answer["id"] == "1" and answer["outcome"] in ("approved", "queued", "undecided"), f"{answer}")
    status, answer = ask(application=dict(travel, rloc_rea="nothing"))
    check(status == 201 and answer["outcome"] == "refused", f"refused: {answer}")
    status, rows = ask("/list")
    states = {row["id"]: row["stas"] for row in rows["filings"]}
    check(status == 200 and len(rows["filings"]) == 2 and states["2"] == "refused", f"listed: {rows}")
    jsonschema.validate(rows, {"$ref": "#/components/schemas/FilingList", "components": document["components"]})
    if states["1"] == "queued":
        check(ask("/approve", {"id": "1", "reason": ""})[0] == 400, "an officer gives a reason")
        check(ask("/approve", {"id": "1", "reason": "seen"}) == (200, {"id": "1", "stas": "approved"}), "approved")
    check(ask("/refuse", {"id": "1", "reason": "no"})[0] == 409, "and once")
    check(ask("/cancel", cancel={"id": "7"})[0] == 404, "no such filing")
    status, answer = ask("/cancel", cancel={"id": "1"})
    check(status == 200 and answer["id"] == "1", f"cancelled, or why not: {answer}")
    check(ask("/change")[0] == 422, "a change that is none")
    check(ask(today="2026-01-01", application=travel)[0] == 400, "the day is the book's to know")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: ask(application=travel)[0], range(24)))
    _, rows = ask("/list")
    check(set(done) <= {201, 409} and done.count(201) >= 1, f"at once: {done}")
    check(len(rows["filings"]) == 2 + done.count(201), "each that was told to be kept is, and no other")


def nothing_in_the_log(folder):
    log = (folder / "log").read_text()
    for word in (NUMBER, "M04600", "insuplc", "S4242"):
        check(word not in log, f"{word} is in the log")
    check('"route":"/v1/settlement/filings/list"' in log and '"route":"/v1/settlement/quotes"' in log, "routes are")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        registry = folder / "registry.git"
        huren("registry", "init", registry)
        huren("registry", "publish", registry, "catalog/sample", "--author", "T <a@example.cn>", "-m", "a")
        service = Service(folder, "--data", folder / "data", "--state", folder / "state")
        document = examples_are_answered_by_their_schemas(service)
        same_lines(service, registry, same_bytes(service, registry))
        counters(service)
        refusals(service)
        too_large_an_answer(service)
        others_are_answered(service)
        memory_is_given_back(service)
        check(service.ask(FILINGS + "/list", {})[0] == 401, "the book is for nobody without a token")
        made = tokens(folder, service)
        book(service, made["settle-book"], document)
        service.end()
        nothing_in_the_log(folder)
    print(f"{len(failures)} failures")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The films of reports, and the reports of a film: by the command and over HTTP.

	film_reports.py HUREN [postgresql]

What is shown: a study UID is enough, an accession number wants the same
institution and patient and one film alone; what is undecided says why in words
and codes; who asked for no films gets the same bytes as ever; over HTTP nobody
learns of a film without the right to read films; the answer is what its schema
says, and names no patient.
"""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import make_films  # pylint: disable=wrong-import-position
from make_dicom import uid  # pylint: disable=wrong-import-position
from postgres import Postgres  # pylint: disable=wrong-import-position

HUREN = sys.argv[1]
ENV = {k: v for k, v in os.environ.items() if not k.startswith("HUREN_")}
ENV["HUREN_CONFIG"] = "/dev/null"
USCC, OTHER = "121200004000000106", "12120000400000002B"
CARD = "11010519491231002X"  # the example of GB 11643
STUDY = uid("film-0")
VERIFY = ["verify", "--catalog", "tests/data/catalog/decision", "--at", "2026-02-01"]
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def huren(*words, code=None):
    done = subprocess.run([HUREN, *map(str, words)], capture_output=True, text=True, env=ENV, cwd=ROOT,
                          check=False)
    if code is not None:
        check(done.returncode == code, f"huren {' '.join(map(str, words))}: {done.returncode}, {done.stderr}")
    return done


# --- reports: of 王建国, whose film is film-0 ---

def neutral(**more):
    patient = {"name": "王建国", "birthDate": "1957-01-02", "sex": "1"}
    report = {"kind": "exam", "issuer": {"name": "天津示范医院", "identifiers": [{"value": USCC}]},
              "patient": patient, "collected": "2026-01-01", "results": [{"name": "胸部CT平扫", "value": "未见异常"}]}
    return json.dumps({"schema": "urn:huren:report:1", "reports": [report | more]}, ensure_ascii=False)


def numbered(number="SYN-A-00000000", **more):
    return neutral(accessionNumbers=[{"value": number}], **more)


HL7 = ("MSH|^~\\&|RIS|" + USCC + "|||20260101||ORU^R01|1|P|2.5|||||||UNICODE UTF-8\r"
       "PID|1||SYN-P-00000000^^^" + USCC + "||王建国||19570102|M\r"
       "OBR|1||R1|CT^胸部CT平扫|||20260101|||||||||||SYN-A-00000000||||||CT|F\rOBX|1|TX|1||未见异常||||||F\r")
FHIR = json.dumps({
    "resourceType": "DiagnosticReport", "status": "final", "code": {"text": "胸部CT平扫"},
    "contained": [{"resourceType": "ImagingStudy", "id": "s",
                   "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:" + STUDY}]}],
    "imagingStudy": [{"reference": "#s"}]}, ensure_ascii=False)
CDA = ('<ClinicalDocument xmlns="urn:hl7-org:v3"><code code="18748-4" codeSystem="2.16.840.1.113883.6.1"/>'
       "<documentationOf><serviceEvent><id root='" + STUDY + "'/><code code='A' codeSystem='1.2.156.9'/>"
       "</serviceEvent></documentationOf><component><structuredBody/></component></ClinicalDocument>")
LAB = neutral(kind="lab")

# Of each: its film ("certain study-uid", ...), and the codes of its reasons.
CASES = {
    "uid.json": (neutral(results=[{"name": "CT", "value": "1", "studyInstanceUid": STUDY}]), "certain study-uid", []),
    "number.json": (numbered(), "certain accession-number", []),
    "fhir.json": (FHIR, "certain study-uid", []),
    "cda.xml": (CDA, "certain study-uid", []),
    "orders.hl7": (HL7, "certain accession-number", []),
    "stranger.json": (numbered(patient={"name": "赵六", "birthDate": "1990-01-01"}), "open accession-number",
                      ["film-patient-differs"]),
    "nobody.json": (numbered(patient={}), "open accession-number", ["film-patient-unverified"]),
    "unsigned.json": (numbered(issuer={}), "open accession-number", ["film-institution-unknown"]),
    "elsewhere.json": (numbered(issuer={"identifiers": [{"value": OTHER}]}), None, ["film-institution-differs"]),
    "twice.json": (numbered("TWICE"), "open accession-number", ["film-several", "film-patient-differs"]),
    "unknown.json": (numbered("SYN-A-99999999"), None, ["film-not-here"]),
    "silent.json": (neutral(), None, ["film-not-named"]),
    "lab.json": (LAB, None, ["film-not-made"]),
}


def write_reports(folder):
    for name, (text, _, _) in CASES.items():
        (folder / name).write_text(text, encoding="utf-8")


def make(folder):
    """film-0 of 王^建国 and film-1 of 李^建国; two more that share a number."""
    for study in range(2):
        (folder / f"{study}.dcm").write_bytes(make_films.film(study, 0, None))
    for study in (10, 20):
        bytes_ = make_films.film(study, 0, None).replace(f"SYN-A-{study:08}".encode(), b"TWICE         ")
        (folder / f"{study}.dcm").write_bytes(bytes_)


# --- the command ---

def codes_of(verdict, which):
    return [verdict["reasons"][i]["code"] for i in which]


def kind_of(film):
    return f"{'certain' if film['certain'] else 'open'} {film['by']}"


def check_case(name, verdict):
    _, want, codes = CASES[name]
    films = verdict["films"]
    got = codes_of(verdict, films["reasons"])
    for film in films["found"]:
        check(kind_of(film) == want, f"{name}: {film}")
        check(film["state"] == "held" and film["instances"] == 1, f"{name}: {film}")
        got += codes_of(verdict, film["reasons"])
    count = 2 if name == "twice.json" else want is not None
    check(len(films["found"]) == count, f"{name}: {len(films['found'])} films")
    check([code for code in dict.fromkeys(got) if code != "film-held"] == codes, f"{name}: {got}")


def schema_of_verdicts():
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        return None
    return jsonschema.Draft202012Validator(json.loads((ROOT / "recognition/verdict.schema.json").read_text("utf-8")))


def test_verify(reports, data):
    validator = schema_of_verdicts()
    asked = [*VERIFY, "--json", *(reports / name for name in CASES)]
    plain = huren(*asked)
    done = huren(*asked, "--films", *data)
    check(done.returncode == plain.returncode, f"the verdict stays: {done.returncode}, {done.stderr}")
    check(huren(*asked, *data).stdout == plain.stdout, "who asks for no films gets the same to the byte")
    check('"films"' not in plain.stdout, "and none")
    lines = done.stdout.splitlines()
    check(len(lines) == len(CASES), f"a line each: {len(lines)}")
    for name, line in zip(CASES, lines):
        verdict = json.loads(line)
        check_case(name, verdict)
        if validator:
            check(validator.is_valid(verdict), f"{name}: by its schema")
        for secret in ("王建国", "SYN-P-", CARD, "19570102", "Wang"):
            check(secret not in line, f"{name}: names no patient")


def test_words(reports, data):
    asked = [*VERIFY, *data]
    zh = huren(*asked, reports / "uid.json", "--films").stdout.splitlines()[-1]
    check(zh.startswith(" 影像  20") and zh.endswith(f"  1 个对象  未发布  (按检查 UID)  huren film show {STUDY}"), zh)
    en = huren(*asked, reports / "stranger.json", "--films", "--lang", "en").stdout.splitlines()[-1]
    check(en.startswith(" film, to be checked  20") and "(by the accession number; the film's patient is not the "
          "report's: name、birth date)" in en, en)
    none = huren(*asked, reports / "silent.json", "--films", "--explain").stdout.splitlines()[-2:]
    check(none[0] == " 没有找到影像: 报告没有写明影像的检查 UID 或检查号" and none[1].endswith("[film-not-named]"), none)
    check(huren(*VERIFY, "--films", reports / "uid.json").returncode == 2,
          "films want a folder")
    check(huren("verify", "--films", "--batch", reports, *data).returncode == 2, "a batch has none")


def test_film_show(reports, data):
    def show(*words, code=0):
        return huren("film", "show", *words, *data, code=code)

    files = [reports / name for name in CASES]
    told = json.loads(show(STUDY, "--reports", *files).stdout)
    check(told["study"] == STUDY and told["instances"] == 1, f"the film itself: {told}")
    got = {pathlib.Path(r["file"]).name: kind_of(r) for r in told["reports"]}
    want = {name: kind for name, (_, kind, _) in CASES.items() if kind and name != "twice.json"}
    check(got == want, f"its reports: {got}")
    reasons = [r["reasons"][0] for r in told["reports"] if r["file"].endswith("nobody.json")]
    check(reasons and reasons[0]["code"] == "film-patient-unverified" and reasons[0]["zh"] and reasons[0]["en"], reasons)
    other = json.loads(show(uid("film-1"), "--reports", *files).stdout)
    check(other["reports"] == [], f"of another film: {other}")
    plain = show(STUDY).stdout
    check("reports" not in json.loads(plain), "none were given")
    done = show(STUDY, "--reports", reports / "uid.json", reports / "absent.json", code=2)
    check(len(json.loads(done.stdout)["reports"]) == 1 and "absent.json" in done.stderr, "one cannot be read")
    show(STUDY, "--reports", code=2)
    show(STUDY, reports / "uid.json", code=2)
    show("1.2.3", "--reports", reports / "uid.json", code=2)


def test_person(reports, data, folder):
    """A film that stands under letters and a number alone: an identity feed says who it is."""
    film = make_films.film(30, 0, None).replace(make_films.name_of(30).encode(), b"^".ljust(len(make_films.name_of(30).encode())))
    (folder / "letters.dcm").write_bytes(film)
    (reports / "card.json").write_text(numbered("SYN-A-00000030", patient={"identifiers": [
        {"system": "2.16.156.10011.1.3", "value": CARD}]}), encoding="utf-8")
    asked = [*VERIFY, "--json", "--films", *data, reports / "card.json"]
    huren("film", "add", folder / "letters.dcm", "--institution", USCC, *data, code=0)
    codes = lambda verdict: codes_of(verdict, verdict["films"]["found"][0]["reasons"])
    check(codes(json.loads(huren(*asked).stdout)) == ["film-patient-unverified", "film-held"], "nobody knows yet")
    for card, want in ((CARD, ["film-held"]), ("120116195603150021", ["film-patient-differs", "film-held"])):
        person = folder / "person.csv"
        person.write_text("patient_id,id_number\nX," + card + "\n", encoding="utf-8")
        huren("film", "correct", uid("film-30"), person, "--reason", "核对", *data, code=0)
        got = huren(*asked).stdout
        check(codes(json.loads(got)) == want and card not in got, f"the person of the film: {codes(json.loads(got))}")


# --- HTTP ---

class Service:
    def __init__(self, folder, *flags):
        words = [HUREN, "serve", "--registry", folder / "registry.git", "--listen", "127.0.0.1:0", "--log",
                 "/dev/null", *flags]
        self.process = subprocess.Popen(list(map(str, words)), env=ENV, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.port = int(line.split("http://127.0.0.1:")[1].split(",")[0])

    def ask(self, document, query="", **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/v1/verify" + query, document.encode(), fields)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body, answer

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(60) == 0, "the service ends")
        self.process.stderr.close()


def token(folder, *scopes):
    flags = [word for scope in scopes for word in ("--scope", scope)]
    done = huren("access", "add", "--state", folder / "state", *flags, "-".join(scopes), code=0)
    return {"Authorization": "Bearer " + done.stdout.split()[-1]}


def test_over_http(folder, reports, data):
    uid_report, unknown = CASES["uid.json"][0], CASES["unknown.json"][0]
    service = Service(folder, *data)
    check(service.ask(uid_report)[0] == 200, "a verdict is for anybody")
    for document in (uid_report, unknown):
        status, body, answer = service.ask(document, "?films=yes")
        check(status == 401 and STUDY not in body and answer.getheader("WWW-Authenticate"), f"no film without: {status}")
    # Beside it the command asks the service.
    test_verify(reports, data)
    service.end()
    may = {scopes: token(folder, *scopes) for scopes in
           (("verify",), ("film-read",), ("verify", "film-read"))}
    service = Service(folder, *data, "--state", folder / "state")
    answers = {}
    for scopes, fields in may.items():
        for name, document in (("there", uid_report), ("not", unknown)):
            answers[scopes, name] = service.ask(document, "?films=yes", **fields)[:2]
    check({answers[("verify",), name][0] for name in ("there", "not")} == {403}, "the right to verify is not enough")
    check({answers[("film-read",), name][0] for name in ("there", "not")} == {403}, "nor is that to read films")
    status, body = answers[("verify", "film-read"), "there"]
    check(status == 200 and json.loads(body)["films"]["found"][0]["study"] == STUDY, "with both it is told")
    status, body = answers[("verify", "film-read"), "not"]
    check(status == 200 and json.loads(body)["films"]["found"] == [], "or that there is none")
    check("films" not in json.loads(service.ask(uid_report, **may[("verify",)])[1]), "unasked it is not told")
    check("films" not in json.loads(service.ask(uid_report, "?films=no", **may[("verify",)])[1]), "nor when not wanted")
    check(service.ask(uid_report, "?films=1", **may[("verify", "film-read")])[0] == 400, "yes or no")
    both = may[("verify", "film-read")]
    text = service.ask(uid_report, "?films=yes&lang=en", Accept="text/plain", **both)[1]
    check(f"huren film show {STUDY}" in text, f"as text: {text}")
    fhir = json.loads(service.ask(uid_report, "?films=yes", Accept="application/fhir+json", **both)[1])
    part = [p for p in fhir["parameter"] if p["name"] == "film"][0]["part"]
    check(part[0] == {"name": "study", "valueUri": "urn:oid:" + STUDY}, f"as FHIR: {part}")
    service.end()
    service = Service(folder, "--access", "open")
    check(service.ask(uid_report, "?films=yes")[0] == 404, "a service without films")
    service.end()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        postgres = Postgres(name) if "postgresql" in sys.argv else None
        data = ["--data", folder / "data", *(["--store", postgres.url] if postgres else [])]
        for part in ("made", "reports"):
            (folder / part).mkdir()
        make(folder / "made")
        write_reports(folder / "reports")
        huren("registry", "init", folder / "registry.git", code=0)
        huren("registry", "publish", folder / "registry.git", "tests/data/catalog/decision", "-m", "x", code=0)
        huren("film", "add", folder / "made", "--institution", USCC, *data, code=0)
        test_verify(folder / "reports", data)
        test_words(folder / "reports", data)
        test_film_show(folder / "reports", data)
        test_over_http(folder, folder / "reports", data)
        test_person(folder / "reports", data, folder)
        if postgres:
            postgres.end()
    print(f"{len(failures)} failed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()

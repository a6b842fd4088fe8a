#!/usr/bin/env python3
"""Links to films, published in bulk: by the command and over HTTP.

	film_publish.py HUREN [postgresql]

What is shown: each row ends as new, changed, had or refused, a refused one with
its column and never a value of it; the rejects, mended, are taken; the same file
again changes nothing; of a command or a service that is killed on the way every
row that was told is there, none is half, and the same file again brings the
rest; over HTTP a token for it is wanted, and rows, bytes and forms have limits.
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
from film_schema import FilmSchema  # noqa: E402  pylint: disable=wrong-import-position
from postgres import Postgres  # noqa: E402  pylint: disable=wrong-import-position

HUREN = os.path.abspath(sys.argv[1])
ENV = {k: v for k, v in os.environ.items() if not k.startswith("HUREN_")}
ENV["HUREN_CONFIG"] = "/dev/null"
USCC = "121200004000000106"
PACS = "https://pacs.example.cn"
CARD = "11010519491231002X"  # the example of GB 11643
INDEX = "10000000000000000708463177-202411221430-000000000-0000000000000-123502004266007916"
SCHEMA = FilmSchema(HUREN)
HEADER = "检查UID,检查号,机构代码,患者编号,姓名,性别,检查日期,设备类型,取片地址,影像云索引,发布状态"
ROWS = 1200  # of a file that is cut short
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def row(number, **more):
    cells = {"uid": f"1.2.3.{number}", "accession": f"A{number}", "institution": USCC, "patient": f"P{number}",
             "name": "张三", "sex": "男", "day": "2026/1/3", "modality": "CT、SR", "url": PACS + "/dicom-web",
             "index": "", "state": ""} | more
    return ",".join(cells.values())


class Node:
    """A data folder, and what is asked of it; beside a service or alone."""

    def __init__(self, folder, store):
        self.data = os.path.join(folder, "data")
        self.registry = os.path.join(folder, "registry.git")
        self.flags = ["--data", self.data, "--retrieve-origin", PACS]
        if store:
            self.flags += ["--store", store]

    def publish(self, path, *words, code=0, **more):
        done = subprocess.run([HUREN, "film", "publish-links", path, *self.flags, *words], env=ENV,
                              capture_output=True, text=True, check=False, **more)
        check(done.returncode == code, f"publish-links {words}: {done.returncode}, {done.stderr}")
        return done

    def told(self, path, *words, code=0):
        """Each row's answer, and the last line."""
        lines = [json.loads(line) for line in self.publish(path, "--json", *words, code=code).stdout.splitlines()]
        for line in lines:
            fault = SCHEMA.fault_of("publish" if "row" in line else "published", line)
            check(not fault, f"the schema of {fault}")
        return lines[:-1], lines[-1]

    def studies(self):
        done = subprocess.run([HUREN, "film", "list", *self.flags, "--json", "--limit", "1"], env=ENV, check=True,
                              capture_output=True, text=True)
        found, count = json.loads(done.stdout), 0
        while found:
            done = subprocess.run([HUREN, "film", "list", *self.flags, "--json", "--limit", "1000", "--offset",
                                   str(count)], env=ENV, check=True, capture_output=True, text=True)
            found = json.loads(done.stdout)
            count += len(found)
        return count

    def show(self, uid):
        done = subprocess.run([HUREN, "film", "show", uid, *self.flags], env=ENV, check=True, capture_output=True,
                              text=True)
        return json.loads(done.stdout)

    def serve(self, *flags):
        process = subprocess.Popen([HUREN, "serve", "--registry", self.registry, "--listen", "127.0.0.1:0", "--log",
                                    "/dev/null", *self.flags, *flags], env=ENV, stderr=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        check("listening" in line, f"it begins: {line}")
        process.port = int(line.split("http://127.0.0.1:")[1].split(",")[0])
        return process


def end(process, how=signal.SIGTERM):
    process.send_signal(how)
    process.wait(60)
    process.stderr.close()


def results(rows):
    return [one["result"] for one in rows]


def test_rows(node, folder):
    path, rejects = folder / "links.csv", folder / "rejects.csv"
    lines = [row(1), row(2, state="已发布"), row(3, day="2026-13-03"), row(4, url="https://evil.example/x"),
             row(5, url=""), row(6, patient=CARD, institution=USCC[:-1] + "7"),
             ",,,,,,,,," + INDEX + ",", row("x"), row(1, patient="P9")]
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="gb18030")
    rows, summary = node.told(path, "--rejects", rejects, code=3)
    check(results(rows) == ["new", "new", "refused", "refused", "new", "refused", "new", "refused", "refused"],
          f"each row has its result: {rows}")
    check([(r["row"], r.get("column"), r["problem"]) for r in rows if "problem" in r] ==
          [(4, "study_date", "date"), (5, "retrieve_url", "retrieve-origin"), (7, "institution", "uscc"),
           (9, "study_instance_uid", "uid"), (10, "patient_id", "other-patient")], f"and says why: {rows}")
    check(summary == {"rows": 9, "new": 4, "changed": 0, "had": 0, "refused": 5}, f"all: {summary}")
    done = node.publish(path, code=3)
    check("第 4 行: 检查日期" in done.stderr and "已有 4" in done.stderr, f"words: {done.stderr}")
    for value in (CARD, "2026-13-03", "evil.example", "张三"):
        check(value not in done.stderr + json.dumps(rows, ensure_ascii=False), f"no value: {value}")
    check(node.show("1.2.3.2")["state"] == "published" and node.show("1.2.3.1")["state"] == "held", "released")
    check(os.stat(rejects).st_mode & 0o77 == 0, "the rejects are for their owner")
    text = rejects.read_text(encoding="utf-8-sig")
    check(text.startswith("问题," + HEADER), f"with the header: {text[:60]}")
    for wrong, right in (("2026-13-03", "2026-01-03"), ("https://evil.example/x", PACS), (USCC[:-1] + "7", USCC),
                         ("1.2.3.x", "1.2.3.7"), ("P9", "P1")):
        text = text.replace(wrong, right)
    mended = folder / "mended.csv"
    mended.write_text(text, encoding="utf-8")
    rows, _ = node.told(mended, "--rejects", rejects)
    check(results(rows) == ["new", "new", "new", "new", "had"], f"mended, they are taken: {rows}")
    check(rejects.read_text(encoding="utf-8-sig").count("\n") == 1, "and none is left")
    path.write_text("\n".join([HEADER, row(1, url=PACS + "/dicom-web/studies/1.2.3.1"), row(2, url=""),
                               row(5, name="李四")]), encoding="utf-8")
    rows, _ = node.told(path, code=3)
    check(results(rows) == ["had", "changed", "refused"] and rows[2]["problem"] == "told-otherwise", f"again: {rows}")
    node.publish(path, "--rejects", path, code=2)
    check(path.stat().st_size > 100, "what is read is not written over")
    path.write_text("study_instance_uid,paitent_id\n1,2\n", encoding="utf-8")
    check("column 2" in node.publish(path, code=2).stderr, "a column that is not known")


def fhir(study):
    return {"resourceType": "ImagingStudy", "status": "available",
            "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{study}"}],
            "subject": {"identifier": {"value": "P1"}}, "started": "2026-01-03T08:09:10+08:00",
            "series": [{"uid": study + ".1", "modality": {"code": "CT"},
                        "instance": [{"uid": study + ".1.1",
                                      "sopClass": {"code": "urn:oid:1.2.840.10008.5.1.4.1.1.2"}}]}]}


def test_lines(node, folder):
    path = folder / "links.ndjson"
    study = {"study_instance_uid": "1.2.9.1", "patient_id": "P1", "study_date": "20260103", "institution": USCC}
    lines = [json.dumps(study), "no JSON", json.dumps(fhir("1.2.9.2")), json.dumps(study | {"what": "1"}), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    rejects = folder / "rejects.ndjson"
    rows, _ = node.told(path, "--institution", USCC, "--rejects", rejects, code=3)
    check(results(rows) == ["new", "refused", "new", "refused"], f"lines: {rows}")
    check(rejects.read_text() == "\n".join([lines[1], lines[3], ""]), "rejects as they were")
    check(node.show("1.2.9.2")["instances"] == 1, "a manifest's instances")
    rows, _ = node.told(path, "--institution", USCC, code=3)
    check(results(rows) == ["had", "refused", "had", "refused"], f"again: {rows}")


def make_many(path, first):
    path.write_text("\n".join([HEADER, *(row(first + i) for i in range(ROWS)), ""]), encoding="utf-8")


def begin_publishing(node, path):
    return subprocess.Popen([HUREN, "film", "publish-links", path, "--json", *node.flags], env=ENV,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told_of(process, lines):
    """What was told until the end, the last line perhaps cut."""
    lines += process.stdout.read().split("\n")
    process.stdout.close()
    process.stderr.close()
    process.wait(60)
    return sum('"result":"new"}' in line for line in lines)


def finish(node, path, before, told, what):
    there = node.studies() - before
    check(told <= there <= ROWS, f"{what}: {told} told, {there} there")
    _, summary = node.told(path)
    check((summary["had"], summary["new"]) == (there, ROWS - there), f"{what}: the rest is brought: {summary}")
    _, summary = node.told(path)
    check((summary["had"], summary["new"]) == (ROWS, 0), f"{what}: nothing is left: {summary}")
    check(node.studies() - before == ROWS, f"{what}: each once")


def test_killed(node, folder):
    """The command is killed while rows are told; then the service that does its work."""
    path = folder / "many.csv"
    make_many(path, 1000000)
    before = node.studies()
    process = begin_publishing(node, path)
    lines = [process.stdout.readline()]
    process.kill()
    finish(node, path, before, told_of(process, lines), "the command was killed")

    make_many(path, 2000000)
    before = node.studies()
    service = node.serve()
    process = begin_publishing(node, path)
    lines = [process.stdout.readline()]
    end(service, signal.SIGKILL)
    told = told_of(process, lines)
    check(process.returncode in (0, 7), f"who asked is told: {process.returncode}")
    finish(node, path, before, told, "the service was killed")


class Client:
    def __init__(self, port, token=None):
        self.port, self.token = port, token

    def post(self, body, kind="application/x-ndjson", query=""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        fields = {"Content-Type": kind} | ({"Authorization": "Bearer " + self.token} if self.token else {})
        connection.request("POST", "/v1/film-links" + query, body.encode(), fields)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def rows(self, *given, **more):
        status, text = self.post(*given, **more)
        check(status == 200, f"{status} {text[:200]}")
        lines = [json.loads(line) for line in text.splitlines()]
        for line in lines:
            fault = SCHEMA.fault_of("publish" if "row" in line else "published", line)
            check(not fault, f"the schema of {fault}")
        return lines[:-1], lines[-1]


def test_http(node, folder):
    state = folder / "state"
    tokens = {}
    for name, scope in (("reader", "film-read"), ("hospital", "film-write"), ("other", "film-write")):
        done = subprocess.run([HUREN, "access", "add", name, "--scope", scope, "--state", state], env=ENV, check=True,
                              capture_output=True, text=True)
        tokens[name] = next(word for word in done.stdout.split() if word.startswith("hrn_"))
    service = node.serve("--state", state)
    hospital, other = (Client(service.port, tokens[name]) for name in ("hospital", "other"))
    study = {"study_instance_uid": "1.2.7.1", "patient_id": "P1", "study_date": "20260103", "retrieve_url": PACS}
    line = json.dumps(study) + "\n"
    check(Client(service.port).post(line)[0] == 401, "without a token")
    check(Client(service.port, tokens["reader"]).post(line)[0] == 403, "with another")
    check(Client(service.port, tokens["reader"]).post("x" * 1000)[0] == 403, "whatever it is")
    rows, _ = hospital.rows(line + '{"study_instance_uid":"1"}\n')
    check([r.get("column") for r in rows] == ["institution", "study_date"], f"rows: {rows}")
    rows, summary = hospital.rows(line, query="?institution=" + USCC)
    check(results(rows) == ["new"] and summary["rows"] == 1, f"rows: {rows}")
    check(results(hospital.rows(line, query="?institution=" + USCC)[0]) == ["had"], "again")
    moved = json.dumps(study | {"retrieve_url": "", "institution": USCC}) + "\n"
    rows, _ = other.rows(moved, query="?lang=en")
    check(rows[0]["problem"] == "other-publisher" and "operator" in rows[0]["message"], f"another's: {rows}")
    check(results(hospital.rows(moved)[0]) == ["changed"], "his own")
    rows, _ = hospital.rows("\n".join([HEADER, row(1, uid="1.2.7.2")]), "text/csv")
    check(results(rows) == ["new"], f"a sheet: {rows}")
    check(hospital.rows("", "application/x-ndjson")[1]["rows"] == 0, "nothing")
    for body, kind, status in (("a,b\n", "text/csv", 422), ("x", "image/png", 415), ('"', "text/csv", 400),
                               ("{}\n" * 20001, "application/x-ndjson", 413), (" " * ((16 << 20) + 1), "text/csv", 413)):
        got = hospital.post(body, kind)
        check(got[0] == status, f"{kind} {body[:10]}: {got[0]} {got[1][:200]}")
    rows, summary = hospital.rows("{}\n" * 20000)
    check(summary["refused"] == 20000, f"as many as may be: {summary}")
    end(service)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = Postgres(name) if sys.argv[2:] == ["postgresql"] else None
        node = Node(name, server and server.url)
        for words in (["init", node.registry], ["publish", node.registry, "catalog/sample", "-m", "x"]):
            subprocess.run([HUREN, "registry", *words], env=ENV, cwd=ROOT, check=True, capture_output=True)
        try:
            test_rows(node, folder)
            test_killed(node, folder)
            if not server:
                test_lines(node, folder)
                test_http(node, folder)
            done = subprocess.run([HUREN, "film", "fsck", *node.flags], env=ENV, capture_output=True, text=True,
                                  check=False)
            check(done.returncode == 0, f"fsck: {done.stderr}")
        finally:
            if server:
                server.end()
    print(f"{len(failures)} failed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()

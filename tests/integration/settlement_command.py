#!/usr/bin/env python3
"""huren settle record, reverse, resettle, ledger: by themselves, beside a service and over HTTP.

	settlement_command.py HUREN

What is shown: commands and routes are about one book; the same id is taken once, however it comes; of visits that come
at once none is lost or counted twice; a service that is killed has kept what it acknowledged and nothing else; without
the right scope nothing is told; nothing of the person is in what is printed, in a log or in the folder's tables. The
catalogue is made up.
"""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = os.path.abspath(sys.argv[1])
NUMBER = "11010519491231002X"
ENV = {"HUREN_CONFIG": "/dev/null", "PATH": os.environ["PATH"]}
SCOPE = ("--area", "91", "--insurance", "310", "--year", "2025")
YEAR = {"certno": NUMBER, "insuplc_admdvs": "910101", "insutype": "310", "year": 2025}
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}"[:2000])


def visit(name, amount="1000"):
    return {"certno": NUMBER, "setl_time": "2025-02-10 09:30:00",
            "visit": {"medins_setl_id": name, "insuplc_admdvs": "910101", "mdtrtarea_admvs": "910101", "insutype": "310",
                      "psn_type": "1101", "med_type": "21", "hosp_lv": "3", "enddate": "2025-02-10",
                      "inscp_scp_amt": amount}}


class Node:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.registry = self.folder / "registry"
        self.process = None
        self.port = 0
        self.tokens = {}

    def huren(self, *words, given=None):
        done = subprocess.run([HUREN, *map(str, words)], capture_output=True, text=True, env=ENV, check=False,
                              input=json.dumps(given) if given else None)
        check(NUMBER not in done.stdout + done.stderr, f"nothing of the person is printed: {words}")
        return done

    def settle(self, word, *words, given=None):
        by = ("--registry", self.registry) if word != "ledger" else ()
        return self.huren("settle", word, "--data", self.data, *by, "--json", *words, given=given)

    def make(self):
        catalog = ROOT / "tests/data/catalog/settlement"
        for words in (("init", self.registry),
                      ("publish", "--author", "A <a@example.cn>", "-m", "first", self.registry, catalog)):
            done = self.huren("registry", *words)
            check(done.returncode == 0, f"registry: {done.stderr}")
        for scope in ("settle-book", "settle"):
            done = self.huren("access", "add", "--state", self.folder / "state", "--scope", scope, scope)
            check(done.returncode == 0, f"a token: {done.stderr}")
            self.tokens[scope] = next(word for word in done.stdout.split() if word.startswith("hrn_"))

    def serve(self):
        self.process = subprocess.Popen([HUREN, "serve", "--listen", "127.0.0.1:0", "--data", self.data, "--state",
                                         self.folder / "state", "--registry", self.registry, "--log",
                                         self.folder / "log"], stderr=subprocess.PIPE, text=True, env=ENV)
        line = self.process.stderr.readline()
        while line and "http://127.0.0.1:" not in line:
            line = self.process.stderr.readline()
        check(bool(line), "the service is up")
        self.port = int(line.split("http://127.0.0.1:")[1].split(",")[0])

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(60)
        self.process.stderr.close()

    def post(self, path, body, token="settle-book"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            fields = {"Content-Type": "application/json"}
            if token:
                fields["Authorization"] = f"Bearer {self.tokens[token]}"
            connection.request("POST", f"/v1/settlement/{path}", json.dumps(body), fields)
            answer = connection.getresponse()
            text = answer.read().decode()
            check(NUMBER not in text, f"nothing of the person is answered: {path}")
            return answer.status, json.loads(text)
        finally:
            connection.close()

    def ids(self):
        rows = json.loads(self.settle("ledger", "-", given=YEAR).stdout)["settlements"]
        return [row["medins_setl_id"] for row in rows if row["stas"] == "stands"]


def alone(node):
    done = node.settle("record", "-", given=visit("S1"))
    check(done.returncode == 0 and json.loads(done.stdout)["settlement"]["number"] == 1, f"kept: {done.stdout}{done.stderr}")
    lines = node.folder / "lines"
    lines.write_text("".join(json.dumps(visit(name)) + "\n" for name in ("S2", "S1", "S3")))
    done = node.settle("record", "--lines", lines)
    repeated = [json.loads(line)["repeated"] for line in done.stdout.splitlines()]
    check(done.returncode == 0 and repeated == [False, True, False], f"lines: {done.stdout}{done.stderr}")


def over_http(node):
    status, body = node.post("settlements", visit("H1"))
    check(status == 201 and body["settlement"]["number"] == 4, f"recorded: {status} {body}")
    status, body = node.post("settlements", visit("H1"))
    check(status == 200 and body["repeated"], f"repeated: {status}")
    done = node.settle("record", "-", given=visit("H1"))
    check(done.returncode == 0 and json.loads(done.stdout)["repeated"], "the command knows it")
    status, body = node.post("settlements", visit("H1", "1001"))
    check(status == 409 and body["code"] == "exists" and "inscp_scp_amt" in body["detail"] and "1001" not in body["detail"],
          f"other content: {status} {body}")
    for token, code in ((None, 401), ("settle", 403)):
        for path, asked in (("settlements", visit("H2")), ("ledger", YEAR), ("reversals", {**YEAR, "omsgid": "S1"})):
            check(node.post(path, asked, token)[0] == code, f"{path} wants its scope: {code}")
    asked = {"certno": NUMBER, "insuplc_admdvs": "910101", "omsgid": "H1"}
    check(node.post("reversals", asked)[0] == 400, "a reversal wants a reason")
    status, body = node.post("reversals", {**asked, "reason": "wrong bill"})
    check(status == 200 and body["outcome"] == body["settlement"]["stas"] == "reversed" and not body["changes"], f"reversed: {body}")
    check(node.post("reversals", {**asked, "omsgid": "H9", "reason": "x"})[0] == 404, "there is no such settlement")
    status, body = node.post("ledger", YEAR)
    check(status == 200 and body["year"][0]["visits"] == 3, f"the year: {body}")


def beside(node):
    done = node.settle("reverse", "--reason", "wrong bill", "-", "S1", given={"certno": NUMBER, "insuplc_admdvs": "910101"})
    later = [row["medins_setl_id"] for row in json.loads(done.stdout)["changes"]]
    check(done.returncode == 1 and later == ["S2", "S3"], f"later ones are told: {done.stdout}{done.stderr}")
    done = node.settle("resettle", *SCOPE)
    check(done.returncode == 1 and json.loads(done.stdout.splitlines()[-1])["settlements_changed"] == 2, "a dry run")
    check(node.settle("resettle", *SCOPE, "--apply").returncode == 2, "to keep it wants a reason")
    done = node.settle("resettle", *SCOPE, "--apply", "--reason", "S1 is gone")
    check(done.returncode == 1, f"kept: {done.stderr}")
    done = node.settle("resettle", *SCOPE)
    check(done.returncode == 0 and len(done.stdout.splitlines()) == 1, f"nothing is left: {done.stdout}")


def at_once(node):
    """Half by the command, half by HTTP, each id by two of them."""
    codes = []

    def by_command(name):
        codes.append(node.settle("record", "-", given=visit(name)).returncode)

    def by_http(name):
        codes.append(0 if node.post("settlements", visit(name))[0] in (200, 201) else 1)

    names = [f"R{i}" for i in range(6)]
    threads = [threading.Thread(target=how, args=(name,)) for name in names for how in (by_command, by_http)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(codes == [0] * 12, f"codes at once: {codes}")
    check(sorted(node.ids()) == sorted(names + ["S2", "S3"]), f"each is there once: {node.ids()}")
    check(node.settle("resettle", *SCOPE).returncode == 0, "each has seen those before it")


def killed(node):
    """What was acknowledged is there; what was not is there whole or not at all, and may be sent again."""
    for turn in range(3):
        kept = []
        names = [f"K{turn}-{i}" for i in range(40)]

        def send():
            for name in names:
                try:
                    if node.post("settlements", visit(name))[0] == 201:
                        kept.append(name)
                except (OSError, http.client.HTTPException, ValueError):
                    return

        sender = threading.Thread(target=send)
        sender.start()
        while sender.is_alive() and len(kept) < 5 + 5 * turn:
            sender.join(0.001)
        node.end(signal.SIGKILL)
        sender.join()
        node.serve()
        there = [name for name in node.ids() if name in names]
        check(there[:len(kept)] == kept and len(there) <= len(kept) + 1, f"killed: {len(kept)} kept, {len(there)} there")
        statuses = [node.post("settlements", visit(name))[0] for name in names[:len(kept) + 1]]
        check(statuses[:len(kept)] == [200] * len(kept) and statuses[-1] in (200, 201), f"sent again: {statuses}")
    check(node.settle("resettle", *SCOPE).returncode == 0, "the year is whole")


MANY = 450  # over two batches, of which one alone is more than a pipe takes


def many(node):
    """A book of many persons, and a version by which something changes for each of them."""
    lines = node.folder / "many"
    with lines.open("w") as out:
        for person in range(MANY):
            for stay in "AB":
                out.write(json.dumps({**visit(f"{person}-{stay}", "8000"), "certno": f"P{person}"}) + "\n")
    node.data = node.folder / "book"
    done = node.settle("record", "--lines", lines)
    check(done.returncode == 0 and len(done.stdout.splitlines()) == 2 * MANY, f"a book: {done.stderr}")
    catalog = node.folder / "catalog"
    shutil.copytree(ROOT / "tests/data/catalog/settlement", catalog)
    policy = catalog / "settlement-91.xml"
    policy.write_text(policy.read_text().replace('upto="30000" share="85%"', 'upto="30000" share="88%"'))
    done = node.huren("registry", "publish", "--author", "A <a@example.cn>", "-m", "88 %", node.registry, catalog)
    check(done.returncode == 0, f"another version: {done.stderr}")


def book(data):
    """All that is kept, but when it was."""
    with contextlib.closing(sqlite3.connect(data / "huren.db")) as db:
        return db.execute("SELECT patient, number, revision, setl_id, turn, ended, state, reason, document "
                          "FROM settlement_row ORDER BY patient, number, revision").fetchall()


def totals(text):
    return json.loads(text.splitlines()[-1])


def ended_between(node, how):
    """Ended when its first batch is told, and can go no further: nobody reads what it says."""
    data = node.folder / f"ended-{how.name}"
    shutil.copytree(node.data, data)
    words = [*SCOPE, "--apply", "--reason", "2025 no. 7", "--data", data, "--registry", node.registry, "--json"]
    with subprocess.Popen([HUREN, "settle", "resettle", *map(str, words)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=ENV, text=True) as process:
        told = [process.stdout.readline()]
        process.send_signal(how)
        told += process.stdout.read().splitlines()
        said = process.stderr.read()
    kept = [row for row in book(data) if row[2] == 2]
    check(0 < len(kept) < 2 * MANY and len(kept) == 2 * len({row[0] for row in kept}),
          f"{how.name}: whole persons are kept, and not all of them: {len(kept)}")
    if how == signal.SIGINT:
        check(process.returncode == 75 and len(told) * 2 == len(kept) and '"summary"' not in told[-1],
              f"told to end: {process.returncode}, {len(told)} told")
        check(said == f"huren: 已按要求停止: 已核对 {len(told)} 人, 已重新结算 {len(kept)} 笔; "
                      "再用同样的命令, 接着做完\n", f"it says how far it came: {said}")
    again = node.huren("settle", "resettle", *words)
    check(again.returncode == 1 and totals(again.stdout)["settlements_changed"] == 2 * MANY - len(kept),
          f"once more: {again.stdout[-300:]}{again.stderr}")
    check(book(data) == book(node.data_whole), f"{how.name}: it comes to the same end")
    again = node.huren("settle", "resettle", *words)
    check(again.returncode == 0 and totals(again.stdout)["persons"] == MANY, "and nothing is left")


def refused_by_the_store(node):
    """The first batch fails: how far it came is said all the same, for some of it may stand."""
    data = node.folder / "refused"
    shutil.copytree(node.data, data)
    with contextlib.closing(sqlite3.connect(data / "huren.db")) as db:
        db.execute("CREATE TRIGGER refused BEFORE INSERT ON settlement_row BEGIN SELECT RAISE(ABORT, 'refused'); END")
        db.commit()
    words = [*SCOPE, "--apply", "--reason", "2025 no. 7", "--data", data, "--registry", node.registry]
    done = node.huren("settle", "resettle", *words)
    check(done.returncode == 6 and not done.stdout, f"refused: {done.returncode} {done.stdout}")
    check(done.stderr.startswith("huren: 已核对 0 人, 至少已重新结算 0 笔; 再用同样的命令, 接着做完\n"),
          f"it says how far it came: {done.stderr}")
    check(book(data) == book(node.data), "nothing of the batch is kept")


def in_batches(node):
    many(node)
    whole = node.folder / "whole"
    shutil.copytree(node.data, whole)
    node.data, node.data_whole, untouched = whole, whole, node.data
    done = node.settle("resettle", *SCOPE, "--apply", "--reason", "2025 no. 7")
    check(totals(done.stdout)["persons_changed"] == MANY, f"all of them: {done.stdout[-300:]}")
    node.data = untouched
    refused_by_the_store(node)
    for how in (signal.SIGKILL, signal.SIGINT):
        ended_between(node, how)


def main():
    with tempfile.TemporaryDirectory() as folder:
        node = Node(folder)
        node.make()
        alone(node)
        node.serve()
        over_http(node)
        beside(node)
        at_once(node)
        killed(node)
        node.end()
        first = node.data
        in_batches(node)
        for path in [*first.rglob("*"), *node.folder.glob("log*")]:
            if path.is_file():
                check(NUMBER.encode() not in path.read_bytes(), f"no number of the person in {path.name}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

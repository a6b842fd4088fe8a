#!/usr/bin/env python3
"""Every verdict is what `huren help verdict-schema` says, and names no patient.

	verdict_schema.py HUREN

Each document of tests/data is asked of two catalogues, with and without a
patient, a receiver and orders. Checked are the lines, the tables that they refer
to, the exit code, and that nothing of the patient's name or numbers comes out.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: there is no python3-jsonschema (tools/packages.txt)")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGS = ["catalog/sample", "tests/data/catalog/decision"]
STRANGER = {"resourceType": "Patient", "name": [{"text": "示范陌生人"}], "birthDate": "1980-02-29",
            "gender": "male", "identifier": [{"system": "urn:oid:2.16.156.10011.1.3",
                                              "value": "110101198002290017"}]}
ASKED = ["--receiver", "121100004000000014", "--order", "TSH", "--order", "无此项目",
         "--setting", "emergency", "--intervened", "no", "--mark-seen", "none"]
EXITS = {"not-recognised": 1, "undecided": 4, "recognised": 0}


def huren(program, *words):
    env = {**os.environ, "HUREN_CONFIG": "/dev/null", "SOURCE_DATE_EPOCH": "1740000000"}
    done = subprocess.run([program, *words], capture_output=True, cwd=ROOT, env=env, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def exit_of(outcomes):
    """The worst speaks: 1, then 4, then 0; without a verdict the document was not read."""
    codes = {EXITS[outcome] for outcome in outcomes}
    return next((code for code in (1, 4, 0) if code in codes), 3)


def text_of(path):
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def secrets_of_cda(text):
    for target in re.findall(r"<(?:\w+:)?patient[ >].*?</(?:\w+:)?patient>", text, re.S):
        yield from re.findall(r'extension="([^"]+)"', target)
        yield from re.findall(r"<(?:\w+:)?name[^>]*>([^<]+)<", target)


def secrets_of_json(node):
    if isinstance(node, list):
        for child in node:
            yield from secrets_of_json(child)
    if not isinstance(node, dict):
        return
    if "patient" in node:
        yield from (i.get("value", "") for i in node["patient"].get("identifiers", []))
        yield node["patient"].get("name", "")
    if node.get("resourceType") == "Patient":
        yield from (i.get("value", "") for i in node.get("identifier", []))
        for name in node.get("name", []):
            yield name.get("text", "")
            yield "".join([name.get("family", ""), *name.get("given", [])])
    for child in node.values():
        yield from secrets_of_json(child)


def long_ones(secrets):
    """A name of one letter stands in every text."""
    return {secret.strip() for secret in secrets if len(secret.strip()) > 1}


def secrets_of(path):
    text = text_of(path)
    return long_ones(secrets_of_json(json.loads(text)) if path.suffix == ".json"
                     else secrets_of_cda(text))


def references(node):
    """Pairs of a table's name and an index or id in it."""
    if isinstance(node, list):
        for child in node:
            yield from references(child)
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        if name == "reasons" and value and isinstance(value[0], int):
            yield from (("reasons", number) for number in value)
        elif name == "record":
            yield "records", value
        elif name == "regime":
            yield "regimes", value
        else:
            yield from references(value)


def table_faults(verdict):
    """Each row is referred to, each reference has its row, and no row stands twice."""
    meant = set(references(verdict))
    there = {("regimes", regime["id"]) for regime in verdict["regimes"]}
    for table in ("reasons", "records"):
        there |= {(table, number) for number in range(len(verdict[table]))}
    yield from (f"{name} {key} is not there" for name, key in meant - there)
    yield from (f"{name} {key} is not meant" for name, key in there - meant)
    for table in ("regimes", "reasons", "records"):
        rows = [json.dumps(row, sort_keys=True) for row in verdict[table]]
        if len(set(rows)) < len(rows):
            yield f"{table}: a row stands twice"


def faults(validator, secrets, answer):
    code, out, err = answer
    lines = out.splitlines()
    verdicts = [json.loads(line) for line in lines]
    for verdict in verdicts:
        for error in validator.iter_errors(verdict):
            yield f"{error.json_path}: {error.message[:200]}"
        yield from table_faults(verdict)
    if out and not out.endswith("\n"):
        yield "the last line does not end"
    if code != exit_of(verdict["outcome"] for verdict in verdicts):
        yield f"exit {code} does not agree with the outcomes"
    if code == 3 and not err:
        yield "not read, and no word of it"
    if any(secret in out or secret in err for secret in secrets):
        yield "the patient's name or number came out"


def ask(program, validator, path, patient):
    """Yields what is wrong with an answer, and None for each that was given."""
    ways = [([], set()),
            (["--patient", patient, *ASKED], long_ones(secrets_of_json(STRANGER)))]
    for catalog in CATALOGS:
        for words, more in ways:
            answer = huren(program, "verify", "--json", "--catalog", catalog, *words, str(path))
            yield None
            for fault in faults(validator, secrets_of(path) | more, answer):
                yield f"{path.name} of {catalog}{', with a patient' if words else ''}: {fault}"


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    schema = json.loads(huren(program, "help", "verdict-schema")[1])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    paths = [path for kind in ("cda/*.xml", "fhir/*.json", "neutral/*.json")
             for path in sorted(ROOT.glob("tests/data/" + kind))]
    named = sum(bool(secrets_of(path)) for path in paths)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as patient:
        json.dump(STRANGER, patient, ensure_ascii=False)
        patient.flush()
        told = [line for path in paths for line in ask(program, validator, path, patient.name)]
    wrong = [line for line in told if line]
    print(*wrong, f"{len(told) - len(wrong)} questions of {len(paths)} documents, {named} with a "
          f"patient: {len(wrong)} faults", sep="\n")
    # Half the documents have a patient, or the search for one is broken.
    return 1 if wrong or not paths or named * 2 < len(paths) else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""A FHIR resource in XML has the verdict that it has in JSON, places and all.

	fhir_xml.py HUREN

Every document of tests/data/fhir is written as XML and judged both ways. Only
the lines, which JSON does not have, may differ.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import make_fhir  # noqa: E402

LEAST = 25


def verify(program, path):
    words = ["verify", "--json", "--catalog", str(ROOT / "tests/data/catalog/decision"),
             "--receiver", "12110101400000001P", "--at", "2025-03-01T10:00:00+08:00", str(path)]
    done = subprocess.run([program, *words], capture_output=True, check=False,
                          env={**os.environ, "HUREN_CONFIG": "/dev/null"})
    return done.returncode, done.stdout.decode(), done.stderr.decode().replace(str(path), "FILE")


def without_lines(value):
    """Of places in the input: what stands in the catalogue has lines in both."""
    if isinstance(value, list):
        return [without_lines(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: without_lines(member) for name, member in value.items()
            if name != "line" or "place" not in value}


def verdicts(text):
    return [without_lines(json.loads(line)) for line in text.splitlines()]


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    documents = sorted((ROOT / "tests/data/fhir").glob("*.json"))
    failed = with_lines = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in documents:
            xml = pathlib.Path(folder, path.stem + ".xml")
            xml.write_text(make_fhir.to_xml(path.read_text(encoding="utf-8")), encoding="utf-8")
            status, of_json, refused = verify(program, path)
            xml_status, of_xml, xml_refused = verify(program, xml)
            with_lines += '"place":"Bundle' in of_xml and json.loads(of_xml.splitlines()[0]) != verdicts(of_xml)[0]
            if (status, refused, verdicts(of_json)) != (xml_status, xml_refused, verdicts(of_xml)):
                failed += 1
                print(f"{path.name} differs from itself in XML")
    print(f"{len(documents)} documents, {failed} differ, {with_lines} told lines")
    return 1 if failed or len(documents) < LEAST or with_lines < LEAST // 2 else 0


if __name__ == "__main__":
    sys.exit(main())

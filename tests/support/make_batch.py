#!/usr/bin/env python3
"""Writes very many synthetic reports, a line each, quickly: FHIR and our own JSON; CDA, HL7 v2 and DICOM in an
envelope; and bad ones.

The same arguments give the same bytes. A few hundred reports are made whole, by
make_cda.py and its like; the others are those with other numbers in them.

	make_batch.py --count 200000 --out month.ndjson
	make_batch.py --count 10000 --folder month/
	make_batch.py --count 1000000 --small --out rows.ndjson
"""
import argparse
import base64
import json
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import make_cda  # noqa: E402
import make_dicom  # noqa: E402
import make_fhir  # noqa: E402
import make_hl7  # noqa: E402

NUMBER = "SYN-000000000"
HOSPITALS = [("天津市第五中心医院", "12120000400000002B"), ("天津示范医院", "121200004000000106"),
             ("滨海示范医院", ""), ("没有这家医院", "")]
ITEMS = [("TSH", "3016-3", "3.21", "mIU/L"), ("FT4", "14920-3", "15.2", "pmol/L"),
         ("钾", "2823-3", "4.1", "mmol/L"), ("钠", "2951-2", "140", "mmol/L"),
         ("葡萄糖", "14749-6", "5.2", "mmol/L"), ("没有这个项目", "", "1", "mg/dL")]
BAD = ["{", "[]", "no report", "<ClinicalDocument", '{"resourceType":"Patient"}', '{"schema":"urn:huren:report:1"}',
       '{"schema":"urn:huren:report:1","reports":[{"unknown":1}]}', '{"id":"E","document":"<!DOCTYPE a><a/>"}',
       '{"id":"E","document":""}', '{"id":"E","document":7}', '{"resourceType":"Bundle","a":1,"a":2}']


def parsed(module, words):
    argv, sys.argv = sys.argv, ["make"] + words
    try:
        return module.arguments()
    finally:
        sys.argv = argv


def day(rng):
    return f"2025-0{rng.randint(1, 2)}-{rng.randint(10, 28)}"


def panel(rng):
    return [":".join(item) for item in rng.sample(ITEMS, rng.randint(1, 3))]


def cda(rng):
    name, uscc = rng.choice(HOSPITALS)
    encoding = rng.choice(["UTF-8"] * 4 + ["GB18030"])
    words = ["--layout", rng.choice("abc"), "--encoding", encoding, "--institution", name, "--uscc", uscc,
             "--report-no", NUMBER, "--collected", day(rng) + "T08:12:00", "--items"]
    words += [f"{n}:{v}:{u}" for n, _, v, u in rng.sample(ITEMS, rng.randint(1, 3))]
    return make_cda.document(parsed(make_cda, words)).encode(encoding)


def fhir(rng):
    name, uscc = rng.choice(HOSPITALS)
    words = ["--institution", name, "--uscc", uscc, "--report-no", NUMBER,
             "--status", rng.choice(["final", "final", "preliminary"]),
             "--collected", day(rng) + "T08:12:00+08:00", "--items", *panel(rng)]
    return make_fhir.document(parsed(make_fhir, words)).strip().encode()


def hl7(rng):
    name, uscc = rng.choice(HOSPITALS)
    words = ["--institution", name, "--uscc", uscc, "--report-no", NUMBER, "--status", rng.choice("FFCP"),
             "--collected", day(rng).replace("-", "") + "081200", "--items", *panel(rng)]
    return make_hl7.message(parsed(make_hl7, words)).encode(rng.choice(["utf-8", "gb18030"]))


def dicom(rng):
    name, uscc = rng.choice(HOSPITALS)
    words = [rng.choice(["lab", "lab", "imaging", "ct"]), "--charset", rng.choice(list(make_dicom.CHARSETS)),
             "--institution", name, "--uscc", uscc, "--accession", NUMBER,
             "--collected", day(rng).replace("-", "") + "081200", "--items", *panel(rng)]
    return make_dicom.document(parsed(make_dicom, words))


def neutral(rng, count=3):
    name, uscc = rng.choice(HOSPITALS)
    ids = {"identifiers": [{"value": uscc}]} if uscc else {}
    results = [{"codes": [{"system": "http://loinc.org", "code": loinc}], "name": item, "value": value,
                "unit": unit, "specimens": [{"display": "血清"}]} if loinc else
               {"name": item, "value": value, "unit": unit}
               for item, loinc, value, unit in rng.sample(ITEMS, rng.randint(1, count))]
    return json.dumps({"schema": "urn:huren:report:1", "reports": [
        {"kind": "lab", "reportNo": {"value": NUMBER}, "issuer": {"name": name, **ids},
         "collected": day(rng), "marks": rng.choice([[], ["京津冀HR"]]), "results": results}]},
        ensure_ascii=False, separators=(",", ":"))


def envelope(data):
    try:
        return json.dumps({"id": NUMBER, "document": data.decode()}, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return json.dumps({"id": NUMBER, "base64": base64.b64encode(data).decode()}).encode()


def document(rng):
    """A file's bytes, and the line that holds the same."""
    made = {"cda": cda, "fhir": fhir, "neutral": lambda r: neutral(r).encode(), "hl7": hl7, "dicom": dicom,
            "bad": lambda r: r.choice(BAD).encode()}
    kind = rng.choices(list(made), [30, 25, 25, 10, 5, 5])[0]
    data = made[kind](rng)
    return data, envelope(data) if kind in ("cda", "hl7", "dicom") else data


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="our own JSON alone, one result each")
    parser.add_argument("--out")
    parser.add_argument("--folder")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    made = [(neutral(rng, 1).encode(),) * 2 if args.small else document(rng) for _ in range(min(args.count, 400))]
    if args.out:
        with open(args.out, "wb") as out:
            for i in range(args.count):
                line = rng.choice(made)[1].replace(NUMBER.encode(), b"SYN-%09d" % i)
                out.write(line + b"\n")
    if args.folder:
        for i in range(args.count):
            path = os.path.join(args.folder, f"{i % 7}", f"{i * 7919 % args.count:07}.txt")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(rng.choice(made)[0].replace(NUMBER.encode(), b"SYN-%09d" % i))


if __name__ == "__main__":
    main()

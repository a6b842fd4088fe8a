#!/usr/bin/env python3
"""One report in CDA, in FHIR (JSON and XML), in our own JSON and in HL7 v2 has one verdict.

	equivalence.py HUREN

Each variation is written as CDA in one of three layouts and two encodings, as
FHIR in JSON and XML and as our own JSON with times at +08:00 or in UTC, and as HL7 v2
in three encodings and with three line ends. Places, titles and how a time was printed
may differ; outcomes, obligations and reasons may not, item by item.
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import make_cda  # noqa: E402
import make_dicom  # noqa: E402
import make_fhir  # noqa: E402
import make_hl7  # noqa: E402

VARIATIONS = 200
OUTCOMES = ["recognised", "undecided", "not-recognised"]
CHINA = datetime.timezone(datetime.timedelta(hours=8))
SECOND = datetime.timedelta(seconds=1)

# Name, LOINC, value, units that are right, wrong or not there.
ITEMS = [
    ("钾", "2823-3", "4.1", ["mmol/L", "mg/dL"]), ("钙", "2000-8", "2.35", ["mmol/L", "g/L"]),
    ("降钙素原", "33959-8", "0.05", ["ng/mL"]), ("免疫球蛋白G", "2465-3", "11.2", ["g/L", "mmol/L"]),
    ("IgG4", "", "0.5", ["g/L"]), ("甘油三酯", "14927-8", "1.2", ["mmol/L"]),
    ("TG", "", "1.2", ["mmol/L", "ng/mL"]), ("FT3", "14928-6", "4.9", ["pmol/L"]),
    ("P", "", "1.12", ["mmol/L", "nmol/L"]), ("TSH", "3016-3", "3.21", ["mIU/L", "uIU/mL"]),
    ("谷丙转氨酶", "1742-6", "21", ["U/L"]), ("白细胞计数", "6690-2", "6.1", ["10^9/L"]),
    ("癌胚抗原", "2039-6", "2.1", ["ng/mL"]), ("乙肝表面抗原", "5196-1", "阴性", [""]),
    ("无此项目", "", "7", ["U/L"]),
]
PLACES = [("滨海示范医院", "12120000400000002B"), ("河北区示范医院", "121200004000000119"),
          ("定州示范医院", "12130000400000003J"), ("武汉示范医院", "12420100400000003P"),
          ("无此医院", "")]
RECEIVERS = ["12110101400000001P", "121101024000000029", "12420100400000003P"]
SPECIMENS = ["血清", "全血", "尿", "血浆"]
DAYS = [datetime.datetime(*day, tzinfo=CHINA) for day in [
    (2024, 2, 29), (2023, 12, 31), (2024, 1, 1), (2024, 12, 31), (2025, 1, 31), (2021, 3, 1)]]
CLOCKS = [0, 1, 8 * 3600 - 1, 8 * 3600, 8 * 3600 + 720, 86399]

Variation = collections.namedtuple(
    "Variation", "items place receiver specimen collected received reported at layout encoding utc")


def mostly(rng, choices):
    """The first twice out of three times: else one thing or another refuses nearly everything."""
    return choices[0] if rng.random() < 0.67 else rng.choice(choices)


def vary(rng):
    """Times at the edges of a day, in China and in UTC; the question at the edges of a window."""
    collected = rng.choice(DAYS) + rng.choice(CLOCKS) * SECOND
    received = collected + rng.choice([0, 1, 1800, 86400]) * SECOND
    reported = received + rng.choice([0, 1, 7200, 86399]) * SECOND
    event = rng.choice([collected, reported])
    midnight = event.replace(hour=0, minute=0, second=0)
    edges = [event + datetime.timedelta(hours=6), event,
             *(midnight + datetime.timedelta(days=days) for days in (1, 8, 10, 11, 31, 61))]
    items = [(name, loinc, value, mostly(rng, units))
             for name, loinc, value, units in (rng.choice(ITEMS) for _ in range(24))]
    return Variation(items, mostly(rng, PLACES), mostly(rng, RECEIVERS), mostly(rng, SPECIMENS),
                     collected, received, reported,
                     rng.choice(edges) + rng.choice([-1, 0, 1]) * SECOND, rng.choice("abc"), rng.choice(["UTF-8", "GB18030"]), rng.random() < 0.5)


def defaults(module, **changed):
    before, sys.argv = sys.argv, [module.__name__]
    try:
        args = vars(module.arguments())
    finally:
        sys.argv = before
    return argparse.Namespace(**{**args, **changed})


def local(time):
    return time.strftime("%Y%m%d%H%M%S")


def cda(v):
    args = defaults(make_cda, items=[(n, value, unit) for n, _, value, unit in v.items],
                    institution=v.place[0], uscc=v.place[1] or "0", specimen=v.specimen,
                    collected=local(v.collected), received=local(v.received), tested="",
                    reported=local(v.reported), layout=v.layout, encoding=v.encoding)
    return make_cda.document(args).encode(v.encoding)


def times_of(v):
    zone = datetime.timezone.utc if v.utc else CHINA
    return [time.astimezone(zone).isoformat().replace("+00:00", "Z")
            for time in (v.collected, v.received, v.reported)]


def fhir(v):
    times = times_of(v)
    args = defaults(make_fhir, items=[(n, "", value, unit) for n, _, value, unit in v.items],
                    institution=v.place[0], uscc=v.place[1] or "0", specimen=v.specimen,
                    collected=times[0], received=times[1], issued=times[2])
    return make_fhir.document(args).encode()


def fhir_xml(v):
    return make_fhir.to_xml(fhir(v).decode()).encode()


def dicom(v):
    """A number that is none is a text. The character set is declared, or is not; times have a zone
    of their own, or it stands for all."""
    utc = datetime.timezone.utc if v.utc else CHINA
    own = "%z" if v.layout == "a" else ""
    times = [time.astimezone(utc).strftime("%Y%m%d%H%M%S" + own)
             for time in (v.collected, v.received, v.reported)]
    zone = "" if own else "+0000" if v.utc else "+0800"
    charset = {"UTF-8": "ISO_IR 192", "GB18030": "GB18030"}[v.encoding]
    args = defaults(make_dicom, items=[(n, "", value, unit) for n, _, value, unit in v.items],
                    institution=v.place[0], uscc=v.place[1] or "0", specimen=v.specimen,
                    collected=times[0], received=times[1], reported=times[2], zone=zone,
                    charset=charset if v.layout != "c" else "undeclared")
    return make_dicom.document(args)


def neutral(v):
    """Times stand at the report or at each result, and a value as a number where it is one."""
    times = dict(zip(("collected", "received", "reported"), times_of(v)))
    own = times if v.layout == "a" else {}
    results = [{"name": name, "value": json.loads(value) if value[0].isdigit() else value, "unit": unit,
                "specimens": [{"display": v.specimen}], **own} for name, _, value, unit in v.items]
    issuer = {"name": v.place[0], "identifiers": [{"value": v.place[1] or "0"}]}
    return json.dumps({"schema": "urn:huren:report:1", "reports": [
        {"kind": "lab", "issuer": issuer, "results": results, **({} if own else times)}]}).encode()


# The bytes, and what MSH-18 says of them: nothing, the truth, a lie.
CHARSETS = [("UTF-8", ""), ("UTF-8", "UNICODE UTF-8"), ("UTF-8", "UNICODE"), ("GBK", ""),
            ("GBK", "GB 18030-2000"), ("GB18030", "GB 18030-2000"), ("GB18030", "UNICODE UTF-8")]


def hl7(v):
    """Times with an offset or without, which is +08:00; units with escapes or as many write them."""
    times = [local(v.collected), local(v.received), local(v.reported)]
    if v.utc:
        times = [time.astimezone(datetime.timezone.utc).strftime("%Y%m%d%H%M%S+0000")
                 for time in (v.collected, v.received, v.reported)]
    pick = sum(map(ord, v.place[0] + v.specimen)) + len(str(v.at)) + v.reported.day + v.at.second
    encoding, charset = CHARSETS[pick % len(CHARSETS)]
    args = defaults(make_hl7, items=[(n, "", value, unit) for n, _, value, unit in v.items],
                    institution=v.place[0], uscc=v.place[1] or "0", specimen=v.specimen,
                    collected=times[0], received=times[1], reported=times[2],
                    old_specimen=v.layout == "b", bare_units=v.layout == "c",
                    ends={"a": "cr", "b": "lf", "c": "crlf"}[v.layout], charset=charset)
    return make_hl7.message(args).encode(encoding)


def essence(verdict):
    """What may not differ. Reasons of one result are a set: their order is the readers' own."""
    def codes(reasons):
        return sorted(verdict["reasons"][number]["code"] for number in reasons)

    def decision(d):
        return {"item": d.get("item", {}).get("code"), "outcome": d["outcome"],
                "obligation": d["obligation"], "reasons": codes(d["reasons"]),
                "rulings": [(r["regime"], r["outcome"], r["obligation"], codes(r["reasons"]))
                            for r in d["rulings"]]}

    return {"outcome": verdict["outcome"], "reasons": codes(verdict["report"]["reasons"]),
            "items": [decision(d) for d in verdict["items"]]}


FORMATS = [cda, fhir, fhir_xml, neutral, hl7]


def verify(program, v, folder, number):
    """All documents in one call: a line each, in order."""
    paths = [folder / f"{number}.{write.__name__}" for write in FORMATS]
    for path, write in zip(paths, FORMATS):
        path.write_bytes(write(v))
    env = {**os.environ, "HUREN_CONFIG": "/dev/null"}
    words = ["verify", "--json", "--catalog", str(ROOT / "tests/data/catalog/decision"),
             "--receiver", v.receiver, "--at", v.at.isoformat()]
    done = subprocess.run([program, *words, *map(str, paths)], capture_output=True, env=env,
                          check=False)
    lines = done.stdout.decode().splitlines()
    if len(lines) != len(FORMATS):
        raise SystemExit(f"variation {number}: {len(lines)} verdicts\n{done.stderr.decode()}")
    return [essence(json.loads(line)) for line in lines]


def first_difference(a, b):
    if a["outcome"] != b["outcome"] or a["reasons"] != b["reasons"]:
        return f"the report: {a['outcome']} {a['reasons']} / {b['outcome']} {b['reasons']}"
    return next((f"{x}\n  {y}" for x, y in zip(a["items"], b["items"]) if x != y), "the count")


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    rng = random.Random(20250218)
    outcomes = collections.Counter()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(VARIATIONS):
            v = vary(rng)
            of_cda, *others = verify(program, v, pathlib.Path(folder), number)
            outcomes.update(d["outcome"] for d in of_cda["items"])
            different = [other for other in others if other != of_cda]
            failed += bool(different)
            for other in different:
                print(f"variation {number}, {v[1:]}:\n  {first_difference(of_cda, other)}")
    print(f"{VARIATIONS} variations, {failed} differ; items: {dict(outcomes)}")
    # A test of refusals alone would not see much.
    return 1 if failed or min(outcomes[o] for o in OUTCOMES) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())

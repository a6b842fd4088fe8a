"""One laboratory report, made up at random, as bytes of every format that is read.

A round is a question with the reports that are asked about; its edges are those of a window, of a
day and of a zone. The same generator of random numbers gives the same rounds.
"""
import argparse
import collections
import datetime
import json

import make_cda
import make_dicom
import make_fhir
import make_hl7
import making

CHINA = datetime.timezone(datetime.timedelta(hours=8))
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)

# Name, LOINC, value, units that are right, wrong or not there.
ITEMS = [
    ("钾", "2823-3", "4.1", ["mmol/L", "mg/dL", ""]), ("钙", "2000-8", "2.35", ["mmol/L", "g/L"]),
    ("降钙素原", "33959-8", "0.05", ["ng/mL", ""]), ("免疫球蛋白G", "2465-3", "11.2", ["g/L", "mmol/L"]),
    ("IgG4", "", "0.5", ["g/L"]), ("甘油三酯", "14927-8", "1.2", ["mmol/L"]),
    ("TG", "", "1.2", ["mmol/L", "ng/mL", ""]), ("FT3", "14928-6", "4.9", ["pmol/L"]),
    ("P", "", "1.12", ["mmol/L", "nmol/L"]), ("TSH", "3016-3", "3.21", ["mIU/L", "uIU/mL", ""]),
    ("谷丙转氨酶", "1742-6", "21", ["U/L", ""]), ("白细胞计数", "6690-2", "6.1", ["10^9/L"]),
    ("癌胚抗原", "2039-6", "2.1", ["ng/mL"]), ("乙肝表面抗原", "5196-1", "阴性", [""]),
    ("★钾", "2823-3", "4.1", ["mmol/L"]), ("无此项目", "", "7", ["U/L"]),
    # Codes of hospitals' own, which their maps know, and one that none does.
    ("LIS-0042", "LIS-0042", "3.21", ["mIU/L", "mmol/L", ""]), ("LIS-0043", "LIS-0043", "4.1", ["mmol/L"]),
    ("LIS-0099", "LIS-0099", "1", ["U/L"]),
]
LOCAL_CODES = {"LIS-0042": "TSH", "LIS-0043": "K"}
PLACES = [("滨海示范医院", "12120000400000002B"), ("河北区示范医院", "121200004000000119"),
          ("定州示范医院", "12130000400000003J"), ("武汉示范医院", "12420100400000003P"),
          ("无此医院", "")]
RECEIVERS = ["12110101400000001P", "121101024000000029", "12420100400000003P"]
SPECIMENS = ["血清", "全血", "尿", "血浆"]
ORDERS = ["钾", "TSH", "ALT", "乙肝表面抗原", "无此项目"]
PATIENTS = [("示范患者", "120116195603150021"), ("示范珅", "120116195603150021"),
            ("示范韡", ""), ("示范玘", "11010119491231002X")]
STATUSES = ["final"] * 7 + ["corrected", "preliminary", "cancelled"]
PRECISIONS = ["second"] * 6 + ["minute", "day", "day"]
DAYS = [datetime.datetime(*day, tzinfo=CHINA) for day in [
    (2024, 2, 29), (2024, 2, 28), (2023, 12, 31), (2024, 1, 1), (2024, 12, 31), (2025, 1, 31),
    (2025, 3, 1), (2021, 3, 1)]]
CLOCKS = [0, 1, 8 * 3600 - 1, 8 * 3600, 8 * 3600 + 720, 86399]
# How long after the day, or the second, of an event a window of the test catalogue ends.
WINDOW_DAYS = [1, 8, 11, 31, 61]
WINDOW_HOURS = [6, 0]
# The bytes of HL7 v2, and what MSH-18 says of them: nothing, the truth, a lie.
CHARSETS = [("UTF-8", ""), ("UTF-8", "UNICODE UTF-8"), ("UTF-8", "UNICODE"), ("GBK", ""),
            ("GBK", "GB 18030-2000"), ("GB18030", "GB 18030-2000"), ("GB18030", "UNICODE UTF-8")]

Question = collections.namedtuple(
    "Question", "receiver at orders patient setting intervened seen")
Report = collections.namedtuple(
    "Report", "items coded place performer specimen patient status collected received reported "
    "precision layout encoding charset utc")


def mostly(rng, choices):
    """The first twice out of three times: else one thing or another refuses nearly everything."""
    return choices[0] if rng.random() < 0.67 else rng.choice(choices)


def vary_times(rng, event, which):
    """Collected, received, reported, one of which is the event that is asked about."""
    gaps = [rng.choice([0, 1, 1800, 86400]) * SECOND, rng.choice([0, 1, 7200, 86399]) * SECOND]
    collected = event if which == "collected" else event - gaps[0] - gaps[1]
    return collected, collected + gaps[0], collected + gaps[0] + gaps[1]


def vary_report(rng, event):
    items = [(name, loinc, value, mostly(rng, units))
             for name, loinc, value, units in (rng.choice(ITEMS) for _ in range(24))]
    collected, received, reported = vary_times(rng, event, rng.choice(["collected", "reported"]))
    return Report(items, rng.random() < 0.2, mostly(rng, PLACES),
                  rng.choice(PLACES)[0] if rng.random() < 0.15 else "", mostly(rng, SPECIMENS),
                  mostly(rng, PATIENTS), rng.choice(STATUSES), collected, received, reported,
                  rng.choice(PRECISIONS), rng.choice("abc"), rng.choice(["UTF-8", "GB18030"]),
                  rng.choice(CHARSETS), rng.random() < 0.5)


def vary_round(rng, count):
    """A question at the edge of a window, give or take a second, and `count` reports before it."""
    day = rng.choice(DAYS)
    if rng.random() < 0.6:
        at = day + rng.choice(WINDOW_DAYS) * DAY
        events = [day + rng.choice(CLOCKS) * SECOND for _ in range(count)]
    else:
        events = [day + rng.choice(CLOCKS) * SECOND] * count
        at = events[0] + datetime.timedelta(hours=rng.choice(WINDOW_HOURS))
    question = Question(
        mostly(rng, RECEIVERS), at + rng.choice([-1, 0, 1]) * SECOND,
        rng.sample(ORDERS, rng.choice([0, 0, 1, 2])),
        mostly(rng, PATIENTS) if rng.random() < 0.4 else None,
        rng.choice(["any", "outpatient", "emergency"]), rng.choice(["unknown", "no", "yes"]),
        rng.choice(["", "", "京津冀HR", "none"]))
    return question, [vary_report(rng, event) for event in events]


def defaults(module, **changed):
    args = module.arguments([])
    return argparse.Namespace(**{**vars(args), **changed})


def digits(time, precision, zone=""):
    """As HL7 writes it; a day has no zone."""
    text = time.strftime("%Y%m%d%H%M%S")
    return text[:8] if precision == "day" else (text[:12] if precision == "minute" else text) + zone


def times_in_digits(v, zone="%z"):
    """With an offset, or without: that is +08:00."""
    if v.precision == "day":
        times = (v.collected, v.received, v.reported)
        return [digits(time, "day") for time in times]
    times = [time.astimezone(datetime.timezone.utc if v.utc else CHINA)
             for time in (v.collected, v.received, v.reported)]
    return [digits(time, v.precision, time.strftime(zone)) for time in times]


def times_in_iso(v):
    out = []
    for time in (v.collected, v.received, v.reported):
        if v.precision == "day":
            out.append(time.strftime("%Y-%m-%d"))
            continue
        zone = datetime.timezone.utc if v.utc else CHINA
        text = time.astimezone(zone).isoformat(
            timespec="minutes" if v.precision == "minute" else "seconds")
        out.append(text.replace("+00:00", "Z"))
    return out


def rows(v):
    """With LOINC where the report is coded; a hospital's own codes always."""
    return [(name, code if v.coded or code == name else "", value, unit)
            for name, code, value, unit in v.items]


def cda(v):
    times = times_in_digits(v, "%z" if v.utc else "")
    args = defaults(make_cda, items=[(n, value, unit) for n, _, value, unit in v.items],
                    institution=v.place[0], uscc=v.place[1] or "0", performer=v.performer,
                    specimen=v.specimen, patient=v.patient[0], id_card=v.patient[1],
                    collected=times[0], received=times[1], tested="", reported=times[2],
                    layout=v.layout, encoding=v.encoding,
                    status={"preliminary": "active", "cancelled": "nullified"}.get(v.status, ""),
                    version="2" if v.status == "corrected" else "1",
                    replaces="SYN-D-0000" if v.status == "corrected" else "")
    return make_cda.document(args).encode(v.encoding)


def fhir(v):
    times = times_in_iso(v)
    args = defaults(make_fhir, items=rows(v), institution=v.place[0], uscc=v.place[1] or "0",
                    performer=v.performer, specimen=v.specimen, patient=v.patient[0],
                    id_card=v.patient[1], status=v.status, collected=times[0], received=times[1],
                    issued=times[2])
    return make_fhir.document(args).encode()


def fhir_xml(v):
    return make_fhir.to_xml(fhir(v).decode()).encode()


def neutral(v):
    """Times stand at the report or at each result, and a value as a number where it is one."""
    times = dict(zip(("collected", "received", "reported"), times_in_iso(v)))
    own = times if v.layout == "a" else {}
    results = [{"name": name, "value": json.loads(value) if value[0].isdigit() else value, "unit": unit,
                "specimens": [{"display": v.specimen}],
                **({"codes": [{"system": make_fhir.system_of(code), "code": code}]} if code else {}),
                **own} for name, code, value, unit in rows(v)]
    patient = {"identifiers": [{"system": "2.16.156.10011.1.3", "value": v.patient[1]}],
               "name": v.patient[0], "birthDate": "19560315", "sex": "2"}
    report = {"kind": "lab", "issuer": {"name": v.place[0], "identifiers": [{"value": v.place[1] or "0"}]},
              "patient": patient, "status": v.status, "results": results, **({} if own else times)}
    if v.performer:
        report["performer"] = {"name": v.performer}
    return json.dumps({"schema": "urn:huren:report:1", "reports": [report]}).encode()


def hl7(v):
    """Times with an offset or without, units with escapes or as many write them."""
    times = times_in_digits(v, "%z" if v.utc else "")
    encoding, charset = v.charset
    args = defaults(make_hl7, items=rows(v), institution=v.place[0], uscc=v.place[1] or "0",
                    performer=v.performer, specimen=v.specimen, patient=v.patient[0],
                    id_card=v.patient[1], collected=times[0], received=times[1], reported=times[2],
                    status={"final": "F", "corrected": "C", "preliminary": "P",
                            "cancelled": "X"}[v.status],
                    old_specimen=v.layout == "b", bare_units=v.layout == "c",
                    ends={"a": "cr", "b": "lf", "c": "crlf"}[v.layout], charset=charset)
    return make_hl7.message(args).encode(encoding)


def dicom(v):
    """The character set is declared, or is not; times have a zone of their own, or it stands for
    all; the steps of a specimen are PS3.16's, or times of our own."""
    own = v.layout == "a" and v.precision != "day"
    times = times_in_digits(v, "%z" if own else "")
    zone = "" if own or v.precision == "day" else "+0000" if v.utc else "+0800"
    charset = {"UTF-8": "ISO_IR 192", "GB18030": "GB18030"}[v.encoding]
    args = defaults(make_dicom, items=rows(v), institution=v.place[0], uscc=v.place[1] or "0",
                    performer=v.performer, specimen=v.specimen,
                    patient=f"Shi^Fan={v.patient[0]}=", id_card=v.patient[1], zone=zone,
                    collected=times[0], received=times[1], reported=times[2],
                    steps=v.layout == "b", charset=charset if v.layout != "c" else "undeclared",
                    completion="PARTIAL" if v.status == "preliminary" else "COMPLETE",
                    replaces="older" if v.status == "corrected" else "")
    return make_dicom.document(args)


def formats_of(v):
    """CDA has no place for a code of LOINC, and no object of DICOM says that it is withdrawn."""
    return [write for write in (cda, fhir, fhir_xml, neutral, hl7, dicom)
            if not (write is cda and v.coded) and not (write is dicom and v.status == "cancelled")]


def patient_at_hand(patient):
    identifiers = [{"system": "urn:oid:2.16.156.10011.1.3", "value": patient[1]}]
    return {"resourceType": "Patient", "name": [{"text": patient[0]}], "birthDate": "1956-03-15",
            "gender": "female", **({"identifier": identifiers} if patient[1] else {})}


def code_map(uscc):
    maps = "".join(f'<map code="{code}" item="{item}"/>' for code, item in LOCAL_CODES.items())
    return (f'<code-map xmlns="urn:huren:catalogue:1" institution="{uscc}" grade="local" '
            f'system="{making.OWN_CODES}" source="for tests">{maps}</code-map>')

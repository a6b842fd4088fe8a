#!/usr/bin/env python3
"""Writes a synthetic laboratory report as a FHIR R4 Bundle of type collection.

The same arguments give the same bytes. 24 items make about 19 KB. Every name
and number in it is made up; its tag says so.

	make_fhir.py --items TSH:3016-3:3.21:mIU/L FT4:14920-3:15.2:pmol/L --out thyroid.json
	make_fhir.py --count 24 --pretty | huren verify -
	make_fhir.py --xml | huren verify -
	make_fhir.py --convert report.json --out report.xml
"""
import json
import re
import uuid
from xml.sax.saxutils import quoteattr

import making

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"
QUANTITY = re.compile(r"(<=|>=|<|>)?(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)")


def urn(name):
    return "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:huren:synthetic:" + name))


def entry(key, /, **resource):
    return {"fullUrl": urn(key), "resource": resource}


def reference(name):
    return {"reference": urn(name)}


def coded(system, code, display):
    return {"coding": [{"system": system, "code": code, "display": display}]}


def value_of(value, unit):
    quantity = QUANTITY.fullmatch(value)
    if not quantity:
        return {"valueString": value}
    out = {"value": "number:" + quantity[2]}
    if quantity[1]:
        out["comparator"] = quantity[1]
    if unit:
        ucum = unit.replace("IU", "[IU]").replace("10^", "10*")
        out.update(unit=unit, system="http://unitsofmeasure.org", code=ucum)
    return {"valueQuantity": out}


def system_of(code):
    return "http://loinc.org" if making.is_loinc(code) else making.OWN_CODES


def observation(args, index, name, loinc, value, unit):
    code = {"coding": [{"system": system_of(loinc), "code": loinc}]} if loinc else {}
    return entry(
        f"item-{index}",
        resourceType="Observation",
        status=args.status,
        category=[coded(CATEGORY, "laboratory", "Laboratory")],
        code={**code, "text": name},
        subject=reference("patient"),
        effectiveDateTime=args.collected,
        issued=args.issued,
        **({"performer": [reference("performer")]} if args.performer else {}),
        **value_of(value, unit),
        specimen=reference("specimen"))


def report(args):
    marks = []
    if args.mark is not None:
        marks = [{"url": "urn:huren:fhir:recognition-mark"}]
        if args.mark:
            marks[0]["valueString"] = args.mark
    return entry(
        "report",
        resourceType="DiagnosticReport",
        id="report",
        **({"extension": marks} if marks else {}),
        identifier=[{"system": "urn:oid:2.16.156.10011.1.33", "value": args.report_no}],
        status=args.status,
        category=[coded(SECTION, "LAB", "Laboratory")],
        code={"coding": [{"system": "http://loinc.org", "code": "11502-2"}], "text": args.title},
        subject=reference("patient"),
        effectiveDateTime=args.collected,
        issued=args.issued,
        performer=[reference("issuer")],
        specimen=[reference("specimen")],
        result=[reference(f"item-{i}") for i in range(len(args.items))])


def element(name, value, beside=None):
    """A member of JSON in XML; `beside` is what JSON writes as _name."""
    if isinstance(value, list):
        besides = beside or [None] * len(value)
        return "".join(element(name, one, other) for one, other in zip(value, besides))
    extensions = "".join(element("extension", e) for e in (beside or {}).get("extension", []))
    if isinstance(value, dict):
        if "resourceType" in value:
            return f"<{name}>{resource(value)}</{name}>"
        keys = ["id", "url"] if name.endswith("xtension") else ["id"]
        attributes = "".join(f" {key}={quoteattr(value[key])}" for key in keys if key in value)
        return f"<{name}{attributes}>{members(value, keys)}</{name}>"
    if value is None:
        return f"<{name}>{extensions}</{name}>"
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    lines = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return f"<{name} value={quoteattr(text, lines)}>{extensions}</{name}>"


def members(value, leave_out=()):
    text = []
    for name, member in value.items():
        if name == "div":
            text.append(member)
        elif name.startswith("_"):
            if name[1:] not in value:
                text.append(element(name[1:], [None] * len(member) if isinstance(member, list) else None, member))
        elif name not in ("resourceType", *leave_out):
            text.append(element(name, member, value.get("_" + name)))
    return "".join(text)


def resource(value, namespace=""):
    name = value["resourceType"]
    return f"<{name}{namespace}>{members(value)}</{name}>\n"


def to_xml(text):
    """JSON of a resource as XML of it. A decimal keeps its digits."""
    return resource(json.loads(text, parse_float=str), ' xmlns="http://hl7.org/fhir"')


def patient(args):
    return entry(
        "patient",
        resourceType="Patient",
        id="patient",
        identifier=[{"system": "urn:oid:2.16.156.10011.1.3", "value": args.id_card}],
        name=[{"text": args.patient}],
        gender={"1": "male", "2": "female"}.get(args.sex, "unknown"),
        birthDate=args.birth)


def organization(key, uscc, name):
    ids = [{"system": "urn:oid:2.16.156.10011.1.5", "value": uscc}] if uscc else []
    return entry(key, resourceType="Organization", id=key,
                 **({"identifier": ids} if ids else {}), name=name)


def specimen(args):
    return entry(
        "specimen",
        resourceType="Specimen",
        id="specimen",
        type={"text": args.specimen},
        receivedTime=args.received,
        collection={"collectedDateTime": args.collected})


def bundle(args):
    entries = [report(args), patient(args), organization("issuer", args.uscc, args.institution),
               specimen(args)]
    if args.performer:
        entries.append(organization("performer", args.performer_uscc, args.performer))
    entries += [observation(args, i, *row) for i, row in enumerate(args.items)]
    tag = {"system": "urn:huren:synthetic", "code": "synthetic", "display": args.comment}
    return {"resourceType": "Bundle", "meta": {"tag": [tag]}, "type": "collection",
            "entry": entries}


def arguments(words=None):
    parser = making.parser(__doc__)
    parser.set_defaults(birth="1956-03-15")
    add = parser.add_argument
    add("--title", default="检验报告")
    add("--status", default="final")
    add("--collected", default="2025-02-18T08:12:00+08:00")
    add("--received", default="2025-02-18T08:40:00+08:00")
    add("--issued", default="2025-02-18T15:30:00+08:00")
    add("--performer-uscc", default="")
    add("--report-no", default="SYN-R-0001")
    add("--mark", help="of recognition; empty: looked for, and there is none")
    add("--comment", default="synthetic: no such patient, no such report")
    add("--pretty", action="store_true", help="two blanks a level")
    add("--xml", action="store_true", help="XML, not JSON")
    add("--convert", metavar="JSON", help="the XML of this file")
    args = parser.parse_args(words)
    args.items = args.items or making.panel(args.count)
    return args


def document(args):
    layout = {"indent": 2} if args.pretty else {"separators": (",", ":")}
    text = json.dumps(bundle(args), ensure_ascii=False, **layout)
    # A decimal keeps its digits: 0.10 is not 0.1.
    return re.sub(r'"number:([^"]*)"', r"\1", text) + "\n"


def main():
    args = arguments()
    text = document(args)
    if args.convert:
        with open(args.convert, encoding="utf-8") as file:
            text = file.read()
    making.write((to_xml(text) if args.xml or args.convert else text).encode(), args.out)


if __name__ == "__main__":
    main()

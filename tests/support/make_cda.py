#!/usr/bin/env python3
"""Writes a synthetic laboratory report in CDA (WS/T 500-2016 part 7).

The same arguments give the same bytes. 24 items make about 20 KB, with
--verbose about 40. Every name and number in it is made up; a comment at the
top of the document says so.

	make_cda.py --items TSH:3.21:mIU/L FT4:15.2:pmol/L --out thyroid.xml
	make_cda.py --count 24 | huren verify -
"""
import argparse
from xml.sax.saxutils import escape, quoteattr

import making

N = "2.16.156.10011"


def item(text):
    """name:value:unit; a value may hold a colon (1:80), a name may not."""
    name, _, rest = text.partition(":")
    value, _, unit = rest.rpartition(":")
    if not name or not rest:
        raise argparse.ArgumentTypeError(f"'{text}' is not name:value:unit")
    return (name, value, unit) if value else (name, unit, "")


def stamp(text):
    """2025-02-18T08:12:00 as HL7 writes it: 20250218081200."""
    return text.translate(str.maketrans("", "", "-:T "))


def attrs(**pairs):
    return "".join(f" {key}={quoteattr(value)}" for key, value in pairs.items())


def element_id(root, extension):
    return f"<id{attrs(root=f'{N}.{root}', extension=extension)}/>"


def code(args, number, name, always=False):
    """The standard wants the names and the code system; a reader needs neither."""
    pairs = {"code": f"DE{number}.00"}
    if args.verbose:
        pairs |= {"codeSystem": f"{N}.2.2.1", "codeSystemName": "卫生信息数据元目录"}
    if args.verbose or always:
        pairs["displayName"] = name
    return f"<code{attrs(**pairs)}/>"


def text_value(text):
    return f'<value xsi:type="ST">{escape(text)}</value>'


def is_number(text):
    return text.replace(".", "", 1).isdigit()


def result_value(text):
    if is_number(text):
        return f'<value xsi:type="REAL"{attrs(value=text)}/>'
    return text_value(text)


def observation(args, *lines):
    kind = ' classCode="OBS" moodCode="EVN"' if args.verbose else ""
    return [f"<observation{kind}>", *lines, "</observation>"]


def wrap(tag, *lines):
    return [f"<{tag}>", *lines, f"</{tag}>"]


def related(lines):
    return ['<entryRelationship typeCode="COMP">', *lines, "</entryRelationship>"]


def specimen_lines(args):
    return related(observation(
        args, code(args, "04.50.134", "标本类别"),
        f"<effectiveTime><low{attrs(value=stamp(args.collected))}/>"
        f"<high{attrs(value=stamp(args.received))}/></effectiveTime>",
        text_value(args.specimen)))


def item_observations(args, name, value, unit):
    """The observations of an item: what, how it lies, how much."""
    what = observation(args, code(args, "04.30.019", "检验项目代码", always=True),
                       f"<effectiveTime{attrs(value=stamp(args.tested))}/>",
                       text_value(name), *specimen_lines(args))
    flag = observation(args, code(args, "04.30.017", "检验结果代码"),
                       f'<value xsi:type="CD" code="1" codeSystem="{N}.2.3.2.38"/>')
    much = [code(args, "04.30.015", "检验定量结果"), result_value(value)]
    if unit:
        much += related(observation(args, code(args, "04.30.016", "计量单位"), text_value(unit)))
    much = observation(args, *much)
    return [what, flag, much] if args.verbose else [what, much]


def leading_entries(args):
    entries = [("02.10.027", "检验方法名称", args.method), ("04.30.018", "检验类别", args.category)]
    return [line for number, name, text in entries if text
            for line in wrap("entry", *observation(args, code(args, number, name), text_value(text)))]


def study_section(*entries):
    return wrap("component", *wrap(
        "section",
        '<code code="30954-2" codeSystem="2.16.840.1.113883.6.1" displayName="STUDIES SUMMARY"/>',
        "<text/>", *entries))


def organizer_entry(observations):
    lines = [line for lines in observations for line in wrap("component", *lines)]
    return wrap("entry", '<organizer classCode="CLUSTER" moodCode="EVN">', "<statusCode/>",
                *lines, "</organizer>")


def study_sections(args):
    """Layout a: an organizer an item. Layouts b and c: a section an item, entries side by side."""
    items = [item_observations(args, *triple) for triple in args.items]
    if args.layout == "a":
        entries = [line for item_ in items for line in organizer_entry(item_)]
        return study_section(*leading_entries(args), *entries)
    lines = []
    for item_ in items:
        entries = [line for observation_ in item_ for line in wrap("entry", *observation_)]
        lines += study_section(*leading_entries(args), *entries)
    return lines


def report_section(args):
    performer = args.performer or args.institution
    entries = wrap("entry", *observation(args, code(args, "08.10.013", "检验报告机构名称"),
                                         text_value(performer)))
    return wrap("component", *wrap("section", '<code displayName="检验报告"/>', "<text/>", *entries))


def patient_lines(args):
    ids = [element_id("1.11", args.outpatient_no), element_id("1.33", args.report_no)]
    person = ['<patient classCode="PSN" determinerCode="INSTANCE">', element_id("1.3", args.id_card),
              f"<name>{escape(args.patient)}</name>",
              f"<administrativeGenderCode{attrs(code=args.sex, codeSystem=f'{N}.2.3.3.4')}/>",
              f"<birthTime{attrs(value=args.birth)}/>", "</patient>"]
    return wrap("recordTarget", '<patientRole classCode="PAT">', *ids, *person, "</patientRole>")


def custodian_lines(args):
    organization = wrap("representedCustodianOrganization", element_id("1.5", args.uscc),
                        f"<name>{escape(args.institution)}</name>")
    return wrap("custodian", *wrap("assignedCustodian", *organization))


def replaced_lines(args):
    if not args.replaces:
        return []
    return ['<relatedDocument typeCode="RPLC">', "<parentDocument>", element_id("1.1", args.replaces),
            "</parentDocument>", "</relatedDocument>"]


def requester_lines(args):
    """PRF is the hospital that asked for the test; it never performs it."""
    if not args.requester:
        return []
    return ['<participant typeCode="PRF">', '<associatedEntity classCode="ASSIGNED">',
            *wrap("scopingOrganization", f"<name>{escape(args.requester)}</name>"),
            "</associatedEntity>", "</participant>"]


def header_lines(args):
    return [
        '<realmCode code="CN"/>', '<typeId root="2.16.840.1.113883.1.3" extension="POCD_MT000040"/>',
        f'<templateId root="{N}.2.1.1.27"/>', element_id("1.1", args.document_id),
        f'<code code="C0007" codeSystem="{N}.2.4"/>', "<title>检验报告</title>",
        *([f"<statusCode{attrs(code=args.status)}/>"] if args.status else []),
        f"<effectiveTime{attrs(value=stamp(args.written))}/>",
        '<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>',
        '<languageCode code="zh-CN"/>', f"<setId{attrs(extension=args.set_id)}/>",
        f"<versionNumber{attrs(value=args.version)}/>", *patient_lines(args),
        *wrap("author", f"<time{attrs(value=stamp(args.reported))}/>",
              *wrap("assignedAuthor", element_id("1.7", "示范"))),
        *custodian_lines(args), *requester_lines(args), *replaced_lines(args)]


def document(args):
    body = study_sections(args) + report_section(args)
    if args.layout != "c":
        body = wrap("component", *wrap("structuredBody", *body))
    lines = [f'<?xml version="1.0" encoding="{args.prolog or args.encoding}"?>',
             f"<!-- {args.comment} -->",
             '<ClinicalDocument xmlns="urn:hl7-org:v3" '
             'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
             *header_lines(args), *body, "</ClinicalDocument>"]
    return "\n".join(lines) + "\n"


def arguments(words=None):
    parser = making.parser(__doc__, item, "NAME:VALUE:UNIT")
    add = parser.add_argument
    add("--layout", choices="abc", default="a")
    add("--method", default="")
    add("--category", default="")
    add("--collected", default="2025-02-18T08:12:00")
    add("--received", default="2025-02-18T08:40:00")
    add("--tested", default="2025-02-18")
    add("--reported", default="2025-02-18T15:30:00")
    add("--written", default="2025-02-19T01:00:00", help="when a machine made the file")
    add("--requester", default="")
    add("--outpatient-no", default="SYN-MZ-0001")
    add("--report-no", default="SYN-R-0001")
    add("--document-id", default="SYN-D-0001")
    add("--set-id", default="SYN-S-0001")
    add("--status", default="", help="active, nullified; empty: the standard has none")
    add("--version", default="1")
    add("--replaces", default="", help="document id of the report that this one replaces")
    add("--comment", default="synthetic: no such patient, no such report")
    add("--encoding", default="UTF-8")
    add("--prolog", default="", help="the encoding to claim, when another than the true one")
    add("--verbose", action="store_true", help="names and code systems as the standard has them")
    args = parser.parse_args(words)
    args.items = args.items or [(n, value, unit) for n, _, value, unit in making.panel(args.count)]
    return args


def main():
    args = arguments()
    making.write(document(args).encode(args.encoding), args.out)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes synthetic DICOM, byte by byte: the header of a CT image, or a structured report.

The same arguments give the same bytes. Every name and number in it is made up.
A laboratory report has the content items that recognition/dicom_sr.c lists.

	make_dicom.py ct --charset GB18030 --out CT.dcm
	make_dicom.py lab --count 24 --collected 20250218081200 --out lab.dcm
	make_dicom.py imaging --completion PARTIAL | huren verify -
"""
import struct
import uuid

import making

LONG = {"OB", "OW", "SQ", "UN", "UT"}
CT_STORAGE = "1.2.840.10008.5.1.4.1.1.2"
SR_STORAGE = "1.2.840.10008.5.1.4.1.1.88.22"
EXPLICIT = "1.2.840.10008.1.2.1"
# What is declared, and how the text is written: a lie is part of the trade.
CHARSETS = {
    "ISO_IR 192": ("ISO_IR 192", "utf-8"), "GB18030": ("GB18030", "gb18030"),
    "GBK": ("GBK", "gbk"), "undeclared": ("", "gbk"), "ISO_IR 100": ("ISO_IR 100", "gbk"),
}


def uid(name):
    return "2.25." + str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:huren:synthetic:" + name).int)


class Writer:
    """Elements of explicit representation, little endian; texts in one encoding."""

    def __init__(self, encoding):
        self.encoding = encoding

    def element(self, tag, vr, value):
        if isinstance(value, str):
            value = value.encode("ascii" if vr in ("CS", "UI", "DA", "TM", "DT", "DS") else
                                 self.encoding)
        if len(value) % 2:
            value += b"\0" if vr in ("UI", "OB") else b" "
        head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
        if vr in LONG:
            return head + struct.pack("<HI", 0, len(value)) + value
        return head + struct.pack("<H", len(value)) + value

    def sequence(self, tag, *items):
        body = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(i)) + i for i in items)
        return self.element(tag, "SQ", body)

    def code(self, tag, code):
        value, scheme, meaning = code
        return self.sequence(tag, self.element(0x00080100, "SH", value) +
                             self.element(0x00080102, "SH", scheme) +
                             self.element(0x00080104, "LO", meaning))

    def content(self, relation, kind, concept, *parts):
        return b"".join([self.element(0x0040A010, "CS", relation) if relation else b"",
                         self.element(0x0040A040, "CS", kind),
                         self.code(0x0040A043, concept) if concept else b"", *parts])

    def text(self, relation, concept, value):
        return self.content(relation, "TEXT", concept, self.element(0x0040A160, "UT", value))

    def time(self, relation, concept, value):
        return self.content(relation, "DATETIME", concept, self.element(0x0040A120, "DT", value))

    def number(self, concept, value, unit):
        ucum = unit.replace("IU", "[IU]").replace("10^", "10*") or "1"
        measured = self.code(0x004008EA, (ucum, "UCUM", unit or "no units")) + \
            self.element(0x0040A30A, "DS", value)
        return self.content("CONTAINS", "NUM", concept, self.sequence(0x0040A300, measured))


def file_of(sop_class, instance, data_set):
    w = Writer("ascii")
    meta = b"".join([w.element(0x00020001, "OB", b"\0\1"), w.element(0x00020002, "UI", sop_class),
                     w.element(0x00020003, "UI", instance), w.element(0x00020010, "UI", EXPLICIT),
                     w.element(0x00020012, "UI", uid("implementation"))])
    length = w.element(0x00020000, "UL", struct.pack("<I", len(meta)))
    return bytes(128) + b"DICM" + length + meta + data_set


def day_and_clock(time):
    return time[:8], time[8:]


def head(w, args, sop_class, instance, modality):
    """Groups 8 to 20; each reader of a header looks at these."""
    day, clock = day_and_clock(args.study)
    elements = {
        0x00080005: ("CS", CHARSETS[args.charset][0]), 0x00080016: ("UI", sop_class),
        0x00080018: ("UI", instance), 0x00080020: ("DA", day), 0x00080030: ("TM", clock),
        0x00080050: ("SH", args.accession), 0x00080060: ("CS", modality),
        0x00080080: ("LO", args.institution), 0x00080201: ("SH", args.zone),
        0x00081030: ("LO", args.description), 0x00100010: ("PN", args.patient),
        0x00100020: ("LO", args.id_card), 0x00100021: ("LO", "2.16.156.10011.1.3"),
        0x00100030: ("DA", args.birth),
        0x00100040: ("CS", {"1": "M", "2": "F"}.get(args.sex, "O")),
        0x0020000D: ("UI", uid("study")), 0x0020000E: ("UI", uid("series")),
    }
    out = {tag: w.element(tag, vr, value) for tag, (vr, value) in elements.items() if value}
    if args.uscc:
        out[0x00080082] = w.code(0x00080082, (args.uscc, "99USCC", args.institution))
    return out


def join(elements):
    return b"".join(elements[tag] for tag in sorted(elements))


def ct(args):
    w = Writer(CHARSETS[args.charset][1])
    elements = head(w, args, CT_STORAGE, uid("image"), "CT")
    day, clock = day_and_clock(args.study)
    more = {0x00080021: ("DA", day), 0x00080022: ("DA", day), 0x00080031: ("TM", clock),
            0x00080032: ("TM", clock), 0x00180015: ("CS", args.body_part),
            0x00180010: ("LO", args.contrast), 0x00280010: ("US", b"\2\0"),
            0x00280011: ("US", b"\2\0"), 0x7FE00010: ("OW", bytes(8 + args.pixels))}
    elements.update({tag: w.element(tag, vr, value) for tag, (vr, value) in more.items() if value})
    return file_of(CT_STORAGE, uid("image"), join(elements))


def lab_result(w, args, name, loinc, value, unit):
    scheme = "LN" if making.is_loinc(loinc) else "99LOCAL"
    concept = (loinc or f"X-{len(name)}", scheme, name)
    if value.replace(".", "", 1).isdigit():
        out = w.number(concept, value, unit)
    else:
        out = w.text("CONTAINS", concept, value)
    return out + w.element(0x0040A032, "DT", args.tested) if args.tested else out


def step(w, procedure, time):
    """PS3.16 TID 8001: what was done with the specimen, and when."""
    context = "HAS OBS CONTEXT"
    return [w.content(context, "CODE", ("111701", "DCM", "Processing type"),
                      w.code(0x0040A168, procedure)),
            w.time(context, ("111702", "DCM", "DateTime of processing"), time)]


def lab_content(w, args):
    context = "HAS OBS CONTEXT"
    items = [w.text(context, ("371439000", "SCT", "Specimen type"), args.specimen)]
    if args.steps:
        items += step(w, ("17636008", "SCT", "Specimen collection"), args.collected)
        items += step(w, ("428995007", "SCT", "Specimen receiving"), args.received)
    else:
        items += [
            w.time(context, ("399445004", "SCT", "Specimen collection date"), args.collected),
            w.time(context, ("281271004", "SCT", "Date sample received in laboratory"), args.received)]
    if args.performer:
        items.append(w.text(context, ("121009", "DCM", "Person Observer's Organization Name"),
                            args.performer))
    return items + [lab_result(w, args, *row) for row in args.items]


def imaging_content(w, args):
    def section(concept, child, text):
        return w.content("CONTAINS", "CONTAINER", concept,
                         w.sequence(0x0040A730, w.text("CONTAINS", child, text)))

    return [
        w.content("HAS CONCEPT MOD", "CODE", ("121058", "DCM", "Procedure reported"),
                  w.code(0x0040A168, ("CT-CHEST", "99LOCAL", "胸部CT平扫"))),
        w.content("HAS ACQ CONTEXT", "CODE", ("121139", "DCM", "Modality"),
                  w.code(0x0040A168, ("CT", "DCM", "Computed Tomography"))),
        w.content("HAS ACQ CONTEXT", "CODE", ("123014", "DCM", "Target Region"),
                  w.code(0x0040A168, ("816094009", "SCT", "Chest"))),
        section(("121070", "DCM", "Findings"), ("121071", "DCM", "Finding"), args.findings),
        section(("121076", "DCM", "Conclusions"), ("121077", "DCM", "Conclusion"),
                args.conclusion)]


def report(args, title, content):
    w = Writer(CHARSETS[args.charset][1])
    elements = head(w, args, SR_STORAGE, uid(args.instance), "SR")
    day, clock = day_and_clock(args.reported[:14])
    verifier = w.element(0x0040A027, "LO", args.institution) + \
        w.element(0x0040A030, "DT", args.reported)
    more = {0x00080023: ("DA", day), 0x00080033: ("TM", clock), 0x0040A040: ("CS", "CONTAINER"),
            0x0040A491: ("CS", args.completion), 0x0040A493: ("CS", args.verification)}
    elements.update({tag: w.element(tag, vr, value) for tag, (vr, value) in more.items()})
    elements[0x0040A043] = w.code(0x0040A043, title)
    if args.verification == "VERIFIED":
        elements[0x0040A073] = w.sequence(0x0040A073, verifier)
    if args.replaces:
        instance = w.element(0x00081150, "UI", SR_STORAGE) + \
            w.element(0x00081155, "UI", uid(args.replaces))
        series = w.sequence(0x00081199, instance) + w.element(0x0020000E, "UI", uid("series"))
        elements[0x0040A360] = w.sequence(0x0040A360, w.sequence(0x00081115, series) +
                                          w.element(0x0020000D, "UI", uid("study")))
    elements[0x0040A730] = w.sequence(0x0040A730, *content(w, args))
    return file_of(SR_STORAGE, uid(args.instance), join(elements))


def document(args):
    if args.kind == "ct":
        return ct(args)
    if args.kind == "lab":
        return report(args, ("11502-2", "LN", args.title or "检验报告"), lab_content)
    return report(args, ("18747-6", "LN", args.title or "CT报告"), imaging_content)


def arguments(words=None):
    parser = making.parser(__doc__)
    parser.set_defaults(patient="Shi^Fan=示^范患者=")
    add = parser.add_argument
    add("kind", nargs="?", choices=["ct", "lab", "imaging"], default="lab")
    add("--charset", choices=CHARSETS, default="ISO_IR 192")
    add("--title", default="")
    add("--description", default="")
    add("--study", default="20250218081200")
    add("--zone", default="", help="+0800; empty: not said")
    add("--steps", action="store_true", help="of the specimen, as TID 8001; else a time each")
    add("--collected", default="20250218081200")
    add("--received", default="20250218084000")
    add("--tested", default="")
    add("--reported", default="20250218153000")
    add("--completion", default="COMPLETE")
    add("--verification", default="VERIFIED")
    add("--instance", default="report")
    add("--replaces", default="", help="the instance that this one replaces")
    add("--accession", default="SYN-R-0001")
    add("--body-part", default="CHEST")
    add("--contrast", default="", help="the agent")
    add("--pixels", type=int, default=0, help="bytes of zeros more behind the header")
    add("--findings", default="双肺纹理清晰, 未见实变。")
    add("--conclusion", default="胸部CT平扫未见异常。")
    args = parser.parse_args(words)
    args.items = args.items or making.panel(args.count)
    return args


def main():
    args = arguments()
    making.write(document(args), args.out)


if __name__ == "__main__":
    main()

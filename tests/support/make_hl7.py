#!/usr/bin/env python3
"""Writes a synthetic laboratory report as an HL7 v2 ORU^R01 message.

The same arguments give the same bytes. 24 items make about 1.5 KB, with
--verbose about 3. Every name and number in it is made up; its control id
begins with SYN.

	make_hl7.py --items TSH:3016-3:3.21:mIU/L FT4:14920-3:15.2:pmol/L --out thyroid.hl7
	make_hl7.py --count 24 --encoding gb18030 | huren verify -
"""
import making

ENDS = {"cr": "\r", "lf": "\n", "crlf": "\r\n"}
ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"}


def text(value):
    return "".join(ESCAPES.get(c, c) for c in value)


def segment(name, **fields):
    """Fields by their number: segment("PID", f3=..., f5=...)."""
    numbers = {int(key[1:]): value for key, value in fields.items() if value}
    last = max(numbers, default=0)
    return "|".join([name] + [numbers.get(n, "") for n in range(1, last + 1)])


def organization(name, uscc):
    return f"{text(name)}^{uscc}^USCC" if uscc else text(name)


def performer(args):
    name, uscc = args.performer, args.performer_uscc
    if args.verbose and not name:
        name, uscc = args.institution, args.uscc
    if not name:
        return ""
    return text(name) + (f"^^^^^^^^^{uscc}" if uscc else "")


def usual(args, value, number):
    """The range beside a number, and that it is inside."""
    if not args.verbose or not number:
        return "", ""
    return f"{float(value) * 0.75:.4g}-{float(value) * 1.25:.4g}", "N"


def header(args):
    # MSH-1 is the separator itself: what HL7 calls MSH-n is the field n - 1 here.
    return segment("MSH", f1="^~\\&", f2="LIS", f3=organization(args.institution, args.uscc),
                   f6=args.written, f8="ORU^R01", f9=args.document_id, f10="P", f11=args.version,
                   f17=args.charset)


def patient(args):
    sex = {"1": "M", "2": "F"}.get(args.sex, "U")
    return segment("PID", f1="1", f3=f"SYN-MZ-0001^^^LIS^PI~{args.id_card}^^^^NNCHN",
                   f5=text(args.patient), f7=args.birth, f8=sex)


def order(args):
    number = f"{args.report_no}^LIS^2.16.156.10011.1.33^ISO"
    return segment("OBR", f1="1", f3=number, f4=f"SYN^{text(args.title)}^L", f7=args.collected,
                   f14=args.received, f15=text(args.specimen) if args.old_specimen else "",
                   f22=args.reported, f24="LAB", f25=args.status)


def observation(args, index, name, loinc, value, unit):
    system = "LN" if making.is_loinc(loinc) else "L"
    code = f"{loinc}^{text(name)}^{system}" if loinc else f"^{text(name)}"
    number = value.replace(".", "", 1).isdigit()
    between, flag = usual(args, value, number)
    return segment("OBX", f1=str(index), f2="NM" if number else "ST", f3=code, f5=text(value),
                   f6=unit if args.bare_units else text(unit), f7=between, f8=flag,
                   f11=args.status, f14=args.tested, f23=performer(args))


def specimen(args):
    if args.old_specimen:
        return []
    return [segment("SPM", f1="1", f4=f"^{text(args.specimen)}", f17=args.collected,
                    f18=args.received)]


def message(args):
    lines = [header(args), patient(args), order(args)]
    lines += [observation(args, i, *row) for i, row in enumerate(args.items, 1)]
    return ENDS[args.ends].join(lines + specimen(args)) + ENDS[args.ends]


def arguments(words=None):
    parser = making.parser(__doc__)
    add = parser.add_argument
    add("--title", default="检验报告")
    add("--status", default="F")
    add("--version", default="2.5.1")
    add("--old-specimen", action="store_true", help="in OBR-15, as before 2.5")
    add("--bare-units", action="store_true", help="10^9/L without escapes, as many write it")
    add("--collected", default="20250218081200")
    add("--received", default="20250218084000")
    add("--tested", default="")
    add("--reported", default="20250218153000")
    add("--written", default="20250219010000")
    add("--performer-uscc", default="")
    add("--report-no", default="SYN-R-0001")
    add("--document-id", default="SYN-M-0001")
    add("--charset", default="", help="what MSH-18 says")
    add("--encoding", default="UTF-8", help="what the bytes are")
    add("--ends", choices=ENDS, default="cr")
    add("--verbose", action="store_true", help="each result with its range, and with who tested")
    args = parser.parse_args(words)
    args.items = args.items or making.panel(args.count)
    return args


def main():
    args = arguments()
    making.write(message(args).encode(args.encoding), args.out)


if __name__ == "__main__":
    main()

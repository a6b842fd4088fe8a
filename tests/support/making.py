"""What the makers of reports have in common: the panel, the person and the places, and where the bytes go."""
import argparse
import re
import sys

# Name, LOINC, value, unit: for --count. Values are inside the usual ranges.
PANEL = [
    ("钾", "2823-3", "4.1", "mmol/L"), ("钠", "2951-2", "140", "mmol/L"),
    ("氯", "2075-0", "103", "mmol/L"), ("钙", "2000-8", "2.35", "mmol/L"),
    ("磷", "14879-1", "1.12", "mmol/L"), ("镁", "2601-3", "0.86", "mmol/L"),
    ("总蛋白", "2885-2", "72.4", "g/L"), ("白蛋白", "1751-7", "44.1", "g/L"),
    ("总胆固醇", "14647-2", "4.62", "mmol/L"), ("甘油三酯", "14927-8", "1.21", "mmol/L"),
    ("高密度脂蛋白胆固醇", "14646-4", "1.34", "mmol/L"),
    ("低密度脂蛋白胆固醇", "22748-8", "2.71", "mmol/L"), ("肌酐", "14682-9", "68", "umol/L"),
    ("尿素", "22664-7", "5.1", "mmol/L"), ("尿酸", "14933-6", "312", "umol/L"),
    ("葡萄糖", "14749-6", "5.2", "mmol/L"), ("总胆红素", "14631-6", "11.3", "umol/L"),
    ("直接胆红素", "14629-0", "3.4", "umol/L"), ("丙氨酸氨基转移酶", "1742-6", "21", "U/L"),
    ("天门冬氨酸氨基转移酶", "1920-8", "19", "U/L"), ("γ-谷氨酰转移酶", "2324-2", "24", "U/L"),
    ("乳酸脱氢酶", "2532-0", "176", "U/L"), ("肌酸激酶", "2157-6", "88", "U/L"),
    ("碱性磷酸酶", "6768-6", "71", "U/L"),
]

OWN_CODES = "urn:huren:synthetic:lis"


def is_loinc(code):
    """Ends in a check digit behind a dash; any other is a hospital's own, of OWN_CODES."""
    return re.fullmatch(r"[0-9]+-[0-9]", code) is not None


def item(text):
    """name:loinc:value:unit; a value may hold a colon (1:80), the others may not."""
    name, _, rest = text.partition(":")
    loinc, _, rest = rest.partition(":")
    value, colon, unit = rest.rpartition(":")
    if not name or not colon:
        raise argparse.ArgumentTypeError(f"'{text}' is not name:loinc:value:unit")
    return name, loinc, value, unit


def panel(count):
    return [PANEL[i % len(PANEL)] for i in range(count)]


def parser(doc, item_of=item, form="NAME:LOINC:VALUE:UNIT"):
    """Knows what every format has a place for. What one of them writes otherwise, its maker sets."""
    out = argparse.ArgumentParser(description=doc.splitlines()[0])
    add = out.add_argument
    add("--items", type=item_of, nargs="+", metavar=form)
    add("--count", type=int, default=24, help="items of a built-in panel, when --items is not given")
    add("--specimen", default="血清")
    add("--institution", default="天津市第五中心医院")
    add("--uscc", default="12120000400000002B", help="empty: none")
    add("--performer", default="", help="who tested, when not the institution")
    add("--patient", default="示范患者")
    add("--id-card", default="120116195603150021")
    add("--sex", default="2")
    add("--birth", default="19560315")
    add("--out", default="-", metavar="FILE")
    return out


def write(data, path):
    if path == "-":
        sys.stdout.buffer.write(data)
    else:
        with open(path, "wb") as file:
            file.write(data)

#!/usr/bin/env python3
"""Writes a made-up catalogue of any size: for benchmarks and for tests of size.

    make_catalog.py DIR --institutions 1500 --items 200 --items-per 100

The same arguments give the same bytes. Nothing in it is true: every file says
grade="synthetic". Check characters of USCCs (GB 32100), organisation codes (GB
11714) and LOINC codes are right, so `huren catalog check` passes.
"""
import argparse
import os

NAMESPACE = "urn:huren:catalogue:1"
FILE_BYTES = 7 * 1024 * 1024  # a catalogue's file may have 8 MiB
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
REGIONS = (
    ("110000", "北京市"), ("110101", "东城区"), ("110102", "西城区"), ("110105", "朝阳区"),
    ("110108", "海淀区"), ("120000", "天津市"), ("120101", "和平区"), ("120105", "河北区"),
    ("120116", "滨海新区"), ("130000", "河北省"), ("130100", "石家庄市"), ("130302", "海港区"),
    ("130682", "定州市"), ("131082", "三河市"),
)
UNITS = (
    ("mmol/L", "substance"), ("g/L", "mass"), ("U/L", "activity"), ("m[IU]/L", "arbitrary"),
    ("10*9/L", "count"), ("%", "fraction"),
)


def org_code(number):
    """GB 11714: a made-up code with a true check character."""
    digits = f"{number:08d}"
    return digits + "0X987654321"[sum(int(c) * w for c, w in zip(digits, ORG_WEIGHTS)) % 11]


def uscc(region, number):
    """GB 32100: a made-up code with a true check character."""
    body = f"12{region}{org_code(number)}"
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, WEIGHTS))
    return body + ALPHABET[(31 - total % 31) % 31]


def loinc(number):
    """Mod 10 check digit; the numbers are beyond those that are assigned."""
    digits = str(9000000 + number)
    doubled = str(int(digits[::-2]) * 2) + digits[-2::-2]
    return f"{digits}-{-sum(map(int, doubled)) % 10}"


class Writer:
    """Files of one root element, a new one whenever the last is full."""

    def __init__(self, folder, name, root, attributes=""):
        self.path = os.path.join(folder, name)
        self.root = root
        self.head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}"'
        if root != "documents":
            self.head += ' source="made up by make_catalog.py" grade="synthetic"'
        self.head += f"{attributes}>\n"
        self.lines = []
        self.size = 0
        self.files = 0

    def add(self, line):
        self.lines.append(line)
        self.size += len(line.encode()) + 3
        if self.size > FILE_BYTES:
            self.close()

    def close(self):
        if not self.lines and self.files:
            return
        self.files += 1
        with open(f"{self.path}-{self.files:03d}.xml", "w", encoding="utf-8", newline="\n") as f:
            f.write(self.head)
            f.writelines(f"  {line}\n" for line in self.lines)
            f.write(f"</{self.root}>\n")
        self.lines = []
        self.size = 0


def places(folder):
    documents = Writer(folder, "documents", "documents")
    documents.add('<document id="made-up" title="示范文件" number="示范〔2024〕1号" '
                  'issued="2024-01-01"/>')
    documents.close()
    regions = Writer(folder, "regions", "regions")
    for code, name in REGIONS:
        regions.add(f'<region code="{code}" name="{name}"/>')
    regions.close()


def items(folder, count):
    units = Writer(folder, "units", "units")
    for ucum, kind in UNITS:
        units.add(f'<unit ucum="{ucum}" class="{kind}"/>')
    units.close()
    writer = Writer(folder, "items", "items")
    for i in range(count):
        unit, kind = UNITS[i % len(UNITS)]
        writer.add(
            f'<lab code="L{i:05d}" name="示范项目{i:05d}" name-en="Made-up item {i}" '
            f'class="c{i % 8}" unit-class="{kind}" unit="{unit}" loinc="{loinc(i)}">'
            f"<name>SX{i:05d}</name><specimen>血清</specimen><specimen>血浆</specimen></lab>")
    writer.close()


def institutions(folder, count):
    writer = Writer(folder, "institutions", "institutions")
    keys = []
    for i in range(count):
        region, name = REGIONS[i % len(REGIONS)]
        keys.append(uscc(region, i))
        rest = "/>"
        if i % 5 == 0:
            rest = f'><name to="2019-12-31">{name}第{i}医院</name></institution>'
        writer.add(
            f'<institution uscc="{keys[-1]}" name="{name}示范医院{i}" region="{region}" '
            f'level="三级甲等" org-code="{keys[-1][8:17]}" insurance-code="H{region}{i:06d}"{rest}')
    writer.close()
    return keys


def rules(folder, keys, args):
    codes = [f"L{i:05d}" for i in range(args.items)]
    regimes = Writer(folder, "regimes", "regimes")
    regimes.add('<regime id="made-up" name="示范互认" mark="示范HR" kind="lab" from="2020-01-01">'
                '<members regions="11 12 13"/><item-list status="complete" items="all"/>'
                '<grant-list status="complete"/><window-table status="complete"/></regime>')
    regimes.close()
    grants = Writer(folder, "grants", "grants", ' regime="made-up"')
    for i, key in enumerate(keys):
        first = i * 7 % args.items
        listed = " ".join((codes + codes)[first:first + args.items_per])
        for n in range(args.grants_per):
            grants.add(f'<grant institution="{key}" items="{listed}" '
                       f'from="{2020 + n}-01-01" to="{2020 + n}-12-31"/>')
    grants.close()
    windows = Writer(folder, "windows", "windows", ' regime="made-up"')
    for i in range(8):
        windows.add(f'<window class="c{i}" days="{7 * (i + 1)}" event="collected"/>')
    windows.close()
    marks = Writer(folder, "marks", "marks")
    marks.add('<mark text="示范HR" where="report" regime="made-up"/>')
    marks.close()
    situations = Writer(folder, "situations", "situations")
    situations.add('<situation code="6" text="其他情形确需复查" needs-text="true"/>')
    situations.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir")
    parser.add_argument("--institutions", type=int, default=1500)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--items-per", type=int, default=100, help="items of a grant")
    parser.add_argument("--grants-per", type=int, default=1, help="grants of an institution")
    args = parser.parse_args()
    if not 0 < args.items_per <= args.items:
        parser.error("--items-per is 1 to --items")
    os.makedirs(args.dir, exist_ok=True)
    places(args.dir)
    items(args.dir, args.items)
    rules(args.dir, institutions(args.dir, args.institutions), args)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Filings of random people are judged as an independent reference judges them.

	filing_random.py HUREN

Days are drawn around the edges of lengths, deadlines and other filings, months' ends and 29 February among them.
The reference reads the same file (tests/data/catalog/settlement/settlement-91.xml) and counts days by the standard
library. It asks of visits which filing carries them, and of applications which overlap, are too late or too long.
10,000 questions; with HUREN_LONG=1 a million. The reference is shown to be able to fail: a day added to its months must.
"""
import calendar
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests/data/catalog/settlement"
NS = "{urn:huren:catalogue:1}"
COUNT = 1000000 if os.environ.get("HUREN_LONG") else 10000
PIECE = 5000
MAX = datetime.date(9999, 12, 31)
RANK = {"long": 0, "referral": 1, "emergency": 2, "other": 3}
DAY = datetime.timedelta(days=1)


def months_after(day, months, slip=0):
    """Civil Code 202: the day of that number, or the last of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last)) + slip * DAY


class Reference:
    def __init__(self, slip=0):
        root = ET.parse(FOLDER / "settlement-91.xml").getroot()
        self.rules = [f for f in root.findall(NS + "filing") if not f.get("to")][0]
        self.kinds = {k.get("name"): k for k in self.rules.findall(NS + "kind")}
        years = ET.parse(FOLDER / "calendar.xml").getroot().findall(NS + "year")
        self.years = {int(y.get("of")): y for y in years}
        self.slip = slip

    def works(self, day):
        year = self.years.get(day.year)
        if year is None:
            return None
        if day.weekday() >= 5:
            return day.isoformat() in (year.get("work") or "").split()
        return day.isoformat() not in (year.get("off") or "").split()

    def validity(self, filed):
        begin = datetime.date.fromisoformat(filed["begndate"])
        kind = self.kinds[filed["rloc_rea"]]
        sure, possible = begin - DAY, MAX
        if "enddate" in filed:
            sure = possible = datetime.date.fromisoformat(filed["enddate"])
        elif kind.get("open"):
            sure = MAX
        elif kind.get("months"):
            sure = months_after(begin, int(kind.get("months")), self.slip)
            possible = MAX if kind.get("at-least") else sure
        if "ended" in filed:
            before = datetime.date.fromisoformat(filed["ended"]) - DAY
            sure, possible = min(sure, before), min(possible, before)
        return begin, sure, possible

    def rule(self, ask):
        """The outcome, and what the settlement takes it for. Admission within the time is enough (<stay>)."""
        visit = ask["visit"]
        begun = datetime.date.fromisoformat(visit["begndate"])
        best, undecided = None, False
        for filed in ask["filings"]:
            kind = self.kinds[filed["rloc_rea"]]
            begin, sure, possible = self.validity(filed)
            if filed["stas"] in ("queued", "refused") or filed["rloc_admdvs"][:4] != visit["mdtrtarea_admvs"][:4]:
                continue
            if begun < begin or begun > possible:
                continue
            if begun > sure:
                undecided = True
            elif not (kind.get("persons") and not ask["psn_type"].startswith(kind.get("persons"))):
                gives = kind.get("gives")
                best = gives if best is None or RANK[gives] < RANK[best] else best
        if best:
            return "holds", best
        return ("undecided" if undecided else "fails"), "none"

    def late(self, admitted, today):
        """None: in time; else the code. The admission is the first day here, a last day off moves."""
        last = admitted + 9 * DAY
        if today <= last:
            return None
        if today > last + 30 * DAY:
            return "back-filing-too-late"
        while self.works(last) is False:
            last += DAY
        if self.works(last) is None:
            return "last-day-unknown"
        return "back-filing-too-late" if today > last else None

    def apply(self, ask):
        """Codes against it, and open ones."""
        asked = ask["application"]
        today = datetime.date.fromisoformat(ask["today"])
        begin, sure, possible = self.validity(asked)
        kind = self.kinds[asked["rloc_rea"]]
        codes = set()
        if kind.get("persons") and not ask["psn_type"].startswith(kind.get("persons")):
            codes.add("not-for-person")
        if "enddate" in asked:
            if sure < begin:
                codes.add("ends-before-it-begins")
            plain = {k: v for k, v in asked.items() if k != "enddate"}
            if sure > self.validity(plain)[2]:
                codes.add("too-long")
        admitted = datetime.date.fromisoformat(asked["adm_date"])
        if begin > admitted:
            codes.add("begins-after-admission")
        if today > admitted:
            codes.add(self.late(admitted, today))
        for filed in ask["filings"]:
            other = self.kinds[filed["rloc_rea"]]
            begins, surely, perhaps = self.validity(filed)
            if filed["stas"] not in ("approved", "queued") or begin > perhaps or begins > possible:
                continue
            if kind.get("class") == other.get("class") == "long":
                meets = begin <= surely and begins <= sure
                codes.add("filing-overlap" if meets else "overlap-missing")
        return codes - {None}


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def day(self, edges=()):
        if edges and self.random.random() < 0.6:
            return self.random.choice(edges) + self.random.choice((-1, 0, 1)) * DAY
        if self.random.random() < 0.4:
            month = self.random.choice(((2023, 2), (2024, 2), (2023, 8), (2022, 12), (2023, 4)))
            return datetime.date(*month, calendar.monthrange(*month)[1]) - self.random.randrange(2) * DAY
        return datetime.date(2022, 6, 1) + self.random.randrange(900) * DAY

    def filed(self, kinds, number):
        begin = self.day()
        filed = {"id": str(number), "rloc_rea": self.random.choice(kinds),
                 "rloc_admdvs": self.random.choice(("440100", "440300", "440103")), "begndate": begin.isoformat(),
                 "stas": self.random.choice(("approved",) * 5 + ("queued", "refused", "cancelled", "changed"))}
        if self.random.random() < 0.3:
            filed["enddate"] = (begin + self.random.randrange(400) * DAY).isoformat()
        if filed["stas"] in ("cancelled", "changed"):
            filed["ended"] = (begin + self.random.randrange(200) * DAY).isoformat()
        return filed

    def ask(self, reference):
        kinds = sorted(k for k in reference.kinds if k != "emergency")
        filings = [self.filed(kinds, i) for i in range(self.random.randrange(4))]
        edges = [d for f in filings for d in reference.validity(f) if d.year < 2030]
        ask = {"insuplc_admdvs": "910101", "insutype": "310", "psn_type": self.random.choice(("1101", "1201")),
               "filings": filings}
        if self.random.random() < 0.5:
            begun = self.day(edges)
            ask["visit"] = {"mdtrtarea_admvs": "440106", "med_type": "21", "begndate": begun.isoformat(),
                            "enddate": (begun + self.random.randrange(20) * DAY).isoformat()}
            return ask
        admitted = self.day(edges)
        begin = admitted + self.random.choice((0, 0, 0, -1, 1)) * DAY
        today = admitted + self.random.choice((0, 1, 8, 9, 10, 11, 12, 13, 14, 38, 39, 40, 41)) * DAY
        asked = {"rloc_rea": self.random.choice(kinds), "rloc_admdvs": "310000", "begndate": begin.isoformat(),
                 "adm_date": admitted.isoformat(), "out_onln_way": "self", "materials": ["居住证", "转诊证明"]}
        if self.random.random() < 0.3:
            asked["enddate"] = self.day([months_after(begin, 6), months_after(begin, 12), begin]).isoformat()
        ask.update(today=today.isoformat(), application=asked)
        return ask


def answers(huren, asks):
    lines = "".join(json.dumps(ask) + "\n" for ask in asks)
    done = subprocess.run([huren, "settle", "file", "check", "--catalog", FOLDER, "--json", "--lines", "-"],
                          input=lines, capture_output=True, text=True, check=False,
                          env={"HUREN_CONFIG": "/dev/null", "PATH": os.environ["PATH"]})
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def agrees(reference, ask, got):
    if "visit" in ask:
        return reference.rule(ask) == (got["outcome"], got["filing"])
    return reference.apply(ask) == {r["code"] for r in got["reasons"] if r["effect"] in ("no", "open")}


def main():
    reference, wrong = Reference(), Reference(slip=1)
    draw = Draw(20261123)
    slips = 0
    for _ in range(0, COUNT, PIECE):
        asks = [draw.ask(reference) for _ in range(PIECE)]
        got = answers(sys.argv[1], asks)
        if len(got) != PIECE:
            sys.exit(f"{len(got)} answers to {PIECE} questions")
        for ask, one in zip(asks, got):
            if not agrees(reference, ask, one):
                wanted = reference.rule(ask) if "visit" in ask else reference.apply(ask)
                sys.exit(f"{json.dumps(ask)}\ngot {json.dumps(one, ensure_ascii=False)}\nwanted {wanted}")
        slips += sum(not agrees(wrong, ask, one) for ask, one in zip(asks, got))
    if slips == 0:
        sys.exit("a reference that is wrong by a day agrees: nothing is shown")
    print(f"{COUNT} questions agree; a reference wrong by a day differs in {slips}")


if __name__ == "__main__":
    main()

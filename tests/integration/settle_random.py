#!/usr/bin/env python3
"""Settlements of random visits are those of an independent reference, to the fen.

	settle_random.py HUREN

Visits are drawn around the edges of the policies of tests/data/catalog/settlement and of the sample: amounts
at a deductible, a segment's end or a cap, give or take a fen. The reference counts in fractions and reads the same
files; counting in binary floating point it must fail, or the comparison would prove nothing. 20,000 visits; with
HUREN_LONG=1 a million.
"""
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys
from fractions import Fraction

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from settle_reference import NS, Settle, words  # noqa: E402

FOLDERS = ["tests/data/catalog/settlement", "catalog/sample/official"]
COUNT = 1000000 if os.environ.get("HUREN_LONG") else 20000
PIECE = 10000
FIELDS = ["medfee_sumamt", "act_pay_dedc", "hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay",
          "hifdm_pay", "maf_pay", "oth_pay", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "acct_mulaid_pay",
          "psn_cash_pay", "balc"]
YEAR = ["deductible", "standard", "base", "paid"]


def text(fen):
    return f"{fen // 100}.{fen % 100:02d}"


class Draw:
    """Random visits for the areas of a folder."""

    def __init__(self, areas, seed):
        self.random = random.Random(seed)
        self.areas = areas
        self.edges = {}
        for region, area in areas.items():
            amounts = [w for node in area.iter() for name in ("upto", "amounts", "amount") for w in words(node, name)]
            self.edges[region] = [int(Fraction(a) * 100) for a in amounts] or [100000]

    def amount(self, region):
        kind = self.random.random()
        if kind < 0.1:
            return 0
        if kind < 0.6:
            return max(0, self.random.choice(self.edges[region]) + self.random.choice((-1, 0, 1, 7, 50)))
        return int(10 ** self.random.uniform(0, 8))

    def word(self, area, name, more):
        known = sorted({w for node in area.iter() for w in words(node, name)})
        return self.random.choice(known + more) if known + more else None

    def year(self, region, area, hospital):
        year = {}
        policies = area.findall(NS + "policy")
        for policy in self.random.sample(policies, min(len(policies), self.random.randrange(4))):
            counter = policy.get("counter")
            if not counter:
                continue
            for key in ((counter, ""), (counter, hospital)):
                if self.random.random() < 0.7:
                    base = self.amount(region)
                    deductible = min(base, self.amount(region))
                    year[key] = {"visits": self.random.randrange(4), "deductible": deductible, "base": base,
                                 "standard": self.amount(region), "paid": min(base - deductible, self.amount(region))}
        return year

    def visit(self):
        pick = self.random
        region = pick.choice(sorted(self.areas))
        area = self.areas[region]
        scope = self.amount(region)
        own, over, first = (pick.choice((0, self.amount(region))) for _ in range(3))
        hospital = "H" + str(pick.randrange(3))
        person = self.word(area, "persons", ["1101", "1402"])
        filing = pick.choice((None, "none", "exempt", "long", "referral", "emergency", "other"))
        has_place = area.find(NS + "accounts") is not None
        visit = {
            "insured": region.ljust(6, "0") if len(region) == 4 else region + "0200",
            "care": pick.choice((region.ljust(6, "0"), "110105", "120101", "130100", "440100", "920100", "930100")),
            "insurances": [self.word(area, "insurances", ["310", "390"])],
            "persons": [person if len(person) == 4 else person + "01"],
            "identities": pick.sample(["poor", "enterprise", "none-known"], pick.randrange(3)),
            "visits": [self.word(area, "visits", ["21"])],
            "conditions": [pick.choice(("M04600", "M01600", "M00500"))],
            "levels": [self.word(area, "levels", ["3"])],
            "filings": [filing],
            "age": pick.choice((None, 0, 30, 69, 70, 91)),
            "hospital": hospital,
            "on": pick.choice(("2023-02-09", "2023-02-10", "2023-03-31", "2023-04-01", "2024-12-31", "2025-01-01")),
            "own": own, "over": over, "first": first, "scope": scope,
            "hospital_part": pick.choice((0, 0, (own + over + first) // 3)),
            "account": pick.choice((0, self.amount(region))),
            "relative": pick.choice((0, self.amount(region))) if has_place else 0,
            "year": self.year(region, area, hospital),
        }
        return visit


def to_json(visit):
    out = {"insuplc_admdvs": visit["insured"], "mdtrtarea_admvs": visit["care"], "insutype": visit["insurances"][0],
           "psn_type": visit["persons"][0], "psn_idet_type": visit["identities"], "med_type": visit["visits"][0],
           "opsp_dise_code": visit["conditions"][0], "hosp_lv": visit["levels"][0],
           "fixmedins_code": visit["hospital"], "enddate": visit["on"]}
    if visit["filings"] != [None]:
        out["filing"] = visit["filings"][0]
    if visit["age"] is not None:
        out["age"] = visit["age"]
    for name, key in (("fulamt_ownpay_amt", "own"), ("overlmt_selfpay", "over"), ("preselfpay_amt", "first"),
                      ("inscp_scp_amt", "scope"), ("hosp_part_amt", "hospital_part"), ("acct_balc", "account"), ("acct_mulaid_balc", "relative")):
        out[name] = text(visit[key])
    out["year"] = []
    for (counter, hospital), row in visit["year"].items():
        entry = {"counter": counter, "visits": row["visits"]}
        if hospital:
            entry["hospital"] = hospital
        entry.update({k: text(row[k]) for k in YEAR})
        out["year"].append(entry)
    return json.dumps(out)


def in_yuan(visit, number):
    """The visit as the reference takes it: amounts in yuan."""
    def yuan(fen):
        return number(fen) / 100
    out = dict(visit)
    for key in ("own", "over", "first", "scope", "hospital_part", "account", "relative"):
        out[key] = yuan(visit[key])
    out["year"] = {k: {n: v if n == "visits" else yuan(v) for n, v in row.items()} for k, row in visit["year"].items()}
    return out


def to_fen(amount):
    """Of an exact amount the fen, which must be whole; of a float the nearest."""
    fen = amount * 100
    if isinstance(fen, Fraction):
        assert fen.denominator == 1, "the reference is not exact"
        return int(fen)
    return round(fen)


def plain(readings):
    """What is compared: fields and year, in fen."""
    if readings is None:
        return "no-area"
    if not readings:
        return "no-policy"
    return [(r["readings"], {f: to_fen(r[f]) for f in FIELDS},
             {k: [row["visits"]] + [to_fen(row[n]) for n in YEAR] for k, row in r["year"].items()}) for r in readings]


def answered(line):
    """The same of an answer of huren."""
    answer = json.loads(line)
    if answer["outcome"] != "computed":
        return answer["outcome"] + (": " + answer["message"] if answer["outcome"] == "error" else "")

    def fen(amount):
        return int(amount.replace(".", ""))
    return [([p["id"] for p in r["policies"]], {f: fen(r["setlinfo"][f]) for f in FIELDS},
             {(y["counter"], y.get("hospital", "")): [y["visits"]] + [fen(y[n]) for n in YEAR] for y in r["year"]})
            for r in answer["readings"]]


def compare(huren, folder, count, seed):
    exact, binary = Settle(ROOT / folder, Fraction), Settle(ROOT / folder, float)
    draw = Draw(exact.areas, seed)
    visits = [draw.visit() for _ in range(count)]
    run = subprocess.run([huren, "settle", "quote", "--catalog", str(ROOT / folder), "--json", "--lines", "-"],
                         input="\n".join(map(to_json, visits)), capture_output=True, text=True)
    lines = run.stdout.splitlines()
    assert len(lines) == count, f"{len(lines)} answers to {count} visits: {run.stderr}"
    computed = wrong = 0
    for number, (visit, line) in enumerate(zip(visits, lines)):
        want, got = plain(exact.readings(in_yuan(visit, Fraction))), answered(line)
        if want != got:
            sys.exit(f"{folder}, seed {seed}:\n{to_json(visit)}\nwant {want}\ngot  {got}")
        if isinstance(want, list):
            computed += 1
        if isinstance(want, list) and number % 4 == 0:
            wrong += plain(binary.readings(in_yuan(visit, float))) != got
    return computed, wrong


def pieces():
    """(folder, how many, seed) of each piece, COUNT visits in all."""
    for begin in range(0, COUNT, PIECE):
        yield FOLDERS[0], PIECE * 3 // 4, 20230210 + begin
        yield FOLDERS[1], PIECE // 4, 20230210 + begin + PIECE * 3 // 4


def main():
    huren = os.path.abspath(sys.argv[1])
    total = computed = wrong = 0
    with concurrent.futures.ProcessPoolExecutor() as pool:
        running = [(piece[1], pool.submit(compare, huren, *piece)) for piece in pieces()]
        for count, answer in running:
            a, b = answer.result()
            total, computed, wrong = total + count, computed + a, wrong + b
    print(f"{total} visits, {computed} computed, all as in fractions; in floating point {wrong} of a quarter of them are wrong")
    assert computed > total // 4, "too few of the visits meet a policy"
    assert wrong > 0, "the control in floating point does not fail"


main()

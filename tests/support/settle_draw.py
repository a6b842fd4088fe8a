"""Random visits around the edges of a catalogue: amounts at a deductible, a segment's end or a cap, days at a
filing's first and last, give or take one. Seeded, so that a difference found is found again.
"""
import datetime
import json
import random
from fractions import Fraction

from filing_reference import after_months
from settle_reference import NS, words

YEAR = ["deductible", "standard", "base", "paid"]
STATES = ["approved"] * 12 + [None] * 12 + ["queued", "refused", "changed", "cancelled"]


def text(fen):
    return f"{fen // 100}.{fen % 100:02d}"


class Draw:
    """Random visits for the areas of a folder."""

    def __init__(self, areas, seed, often=()):
        self.random = random.Random(seed)
        self.regions = sorted(areas) + list(often)
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

    def visit(self, filings=False, bill=False):
        pick = self.random
        region = pick.choice(self.regions)
        area = self.areas[region]
        scope = self.amount(region)
        own, over, first = (pick.choice((0, self.amount(region))) for _ in range(3))
        hospital = "H" + str(pick.randrange(3))
        person = self.word(area, "persons", ["1101", "1402"])
        filing = pick.choice((None, "none", "exempt", "long", "referral", "emergency", "other"))
        has_place = area.find(NS + "accounts") is not None
        visit = {
            "insured": region.ljust(6, "0") if len(region) == 4 else region + "0200",
            "care": pick.choice((region.ljust(6, "0"), "110105", "120101", "130100", "440100", "920100", "930100", "429004", "970100")),
            "insurances": [self.word(area, "insurances", ["310", "390"])],
            "persons": [person if len(person) == 4 else person + "01"],
            "identities": pick.sample(["poor", "enterprise", "none-known"], pick.randrange(3)),
            "visits": [self.word(area, "visits", ["21"])],
            "conditions": [pick.choice(("M04600", "M01600", "M00500"))],
            "levels": [self.word(area, "levels", ["3"])],
            "filings": [filing],
            "age": pick.choice((None, 0, 30, 69, 70, 91)),
            "hospital": hospital,
            "on": pick.choice(("2023-02-09", "2023-02-10", "2023-03-31", "2023-04-01", "2023-07-01", "2024-02-29", "2024-12-31", "2025-01-01")),
            "own": own, "over": over, "first": first, "scope": scope,
            "hospital_part": pick.choice((0, 0, (own + over + first) // 3)),
            "account": pick.choice((0, self.amount(region))),
            "relative": pick.choice((0, self.amount(region))) if has_place else 0,
            "year": self.year(region, area, hospital), "emergency": None, "filed": None, "qualified": None,
            "lines": None, "status": None, "waiting": None,
        }
        visit["begun"] = visit["on"]
        if filings:
            self.add_filings(area, visit)
        if bill:
            self.add_bill(visit)
        return visit

    def day_near(self, texts):
        """A day that somebody names, give or take one."""
        return datetime.date.fromisoformat(self.random.choice(texts)) + datetime.timedelta(self.random.choice((-1, 0, 0, 1)))

    def filed(self, area, visit):
        """One filing: of a kind that the area has, had or never had; for that place or another; at the edge of its time."""
        pick = self.random
        kinds = area.findall(f"{NS}filing/{NS}kind")
        words_known = [w for k in kinds for w in [k.get("name"), *words(k, "codes")]]
        lengths = [int(k.get("months")) for k in kinds if k.get("months")] or [6]
        begun = visit["begun"]
        begin = pick.choice((self.day_near([begun]), self.day_near([begun, visit["on"]]),
                             after_months(datetime.date.fromisoformat(begun), -pick.choice(lengths))
                             + datetime.timedelta(pick.choice((-2, -1, 0, 1, 2)))))
        state = pick.choice(STATES)
        care = visit["care"]
        out = {
            "id": "f" + str(pick.randrange(10 ** 6)), "kind": pick.choice(words_known + ["05", "nowhere"]),
            "region": pick.choice((care, care, care[:4] + "00", care[:4] + "00", care[:2] + "0000", care[:2] + "0221", "310000", "429004")),
            "from": begin.isoformat(),
            "until": pick.choice((None, None, max(begin, self.day_near([begun, visit["on"]])).isoformat())),
            "applied": pick.choice((None, None, max(begin - datetime.timedelta(3), datetime.date(2019, 1, 1)).isoformat())),
            "insured": pick.choice((None, None, None, visit["insured"], visit["insured"], "970000", "110101")),
            "state": state,
        }
        if state in ("changed", "cancelled"):
            out["ended"] = max(begin, self.day_near([begun, visit["on"]])).isoformat()
        return out

    def add_filings(self, area, visit):
        """What a visit says of filings, instead of stating what it is taken for."""
        pick = self.random
        stays = [0, 0, 1, 30]
        begun = datetime.date.fromisoformat(visit["on"]) - datetime.timedelta(pick.choice(stays))
        cross = area.find(NS + "cross-year")
        if begun.year == int(visit["on"][:4]) or (cross is not None and cross.get("mode") == "discharge-year"):
            visit["begun"] = begun.isoformat()
        visit["filings"] = [pick.choice((None, None, None, None, "none", "long", "other"))]
        visit["filed"] = [self.filed(area, visit) for _ in range(pick.choice((0, 1, 1, 1, 2, 3)))]
        if not visit["filed"] and pick.random() < 0.5:
            visit["filed"] = None
        visit["emergency"] = pick.choice((None, None, False, True))
        if pick.random() < 0.6:
            visit["qualified"] = [(pick.choice(("M04600", "M01600", "M046")), pick.choice(("0001-01-01", visit["begun"], visit["on"])),
                                   pick.choice(("9999-12-31", visit["on"])))
                                  for _ in range(pick.randrange(3))]


    def line(self):
        """Of a bill: by the catalogue there, perhaps by that at home, perhaps a drug bought outside the hospital."""
        pick = self.random

        def sort():
            return {"class": pick.choice(("01", "01", "02", "02", "03")), "share": pick.randrange(0, 11) * 1000,
                    "limit": pick.choice((None, None, pick.randrange(50000)))}
        name, spec = pick.choice(DRUGS)
        return {"fee": pick.choice((0, 1, pick.randrange(1000), pick.randrange(100000), pick.randrange(3000000))),
                "count": pick.choice((1, 1, 2, 3, 30)), "by": sort(), "insured": pick.choice((None, sort(), sort(), sort())),
                "dual": pick.random() < 0.15, "name": pick.choice((name, name, name, None)), "spec": spec,
                "code": pick.choice((None, None, "YB0001", "YB0002", "YB0008", "YB0010", "YB0099"))}

    def add_bill(self, visit):
        """A bill of lines in place of its sums, and what else a comparison asks."""
        pick = self.random
        if pick.random() < 0.6:
            visit["lines"] = [self.line() for _ in range(pick.randrange(1, 4))]
            visit["hospital_part"] = 0
            if pick.random() < 0.5:
                for line in visit["lines"]:
                    line["insured"] = line["insured"] or dict(line["by"])
        visit["status"] = pick.choice((None,) * 8 + ("1", "1", "0", "2"))
        visit["waiting"] = pick.choice((None,) * 8 + ("none", visit["on"], "2023-01-31"))


DRUGS = [("示范药甲", "10mg*7片"), ("示范药甲", "10mg * 7片"), ("示范药乙", "5mg*14片"), ("示范药丙", "1g*10支"),
         ("示范药丁", "1 ML"), ("示范药戊", "2g"), ("示范药己", "1g")]
CHARGES = (("fulamt_ownpay_amt", "own"), ("overlmt_selfpay", "over"), ("preselfpay_amt", "first"),
           ("inscp_scp_amt", "scope"))
MEMBERS = (("kind", "rloc_rea"), ("region", "rloc_admdvs"), ("from", "begndate"), ("until", "enddate"), ("id", "id"),
           ("applied", "appy_date"), ("insured", "insuplc_admdvs"), ("state", "stas"), ("ended", "ended"))


def sort_json(sort):
    out = {"chrgitm_lv": sort["class"], "selfpay_prop": f"{sort['share'] / 10000:.4f}"}
    if sort["limit"] is not None:
        out["pric_uplmt_amt"] = text(sort["limit"])
    return out


def line_json(line):
    out = dict(sort_json(line["by"]), det_item_fee_sumamt=text(line["fee"]), cnt=line["count"])
    if line["insured"]:
        out["insuplc"] = sort_json(line["insured"])
    if line["dual"]:
        out["dual_channel"] = True
    for name, key in (("drug_genname", "name"), ("drug_spec", "spec"), ("hilist_code", "code")):
        if line[key]:
            out[name] = line[key]
    return out


def to_json(visit):
    out = {"insuplc_admdvs": visit["insured"], "mdtrtarea_admvs": visit["care"], "insutype": visit["insurances"][0],
           "psn_type": visit["persons"][0], "psn_idet_type": visit["identities"], "med_type": visit["visits"][0],
           "opsp_dise_code": visit["conditions"][0], "hosp_lv": visit["levels"][0],
           "fixmedins_code": visit["hospital"], "enddate": visit["on"]}
    if visit["filings"] != [None]:
        out["filing"] = visit["filings"][0]
    if visit["begun"] != visit["on"]:
        out["begndate"] = visit["begun"]
    if visit["emergency"] is not None:
        out["er_flag"] = "1" if visit["emergency"] else "0"
    if visit["filed"] is not None:
        out["filings"] = [{name: f[key] for key, name in MEMBERS if f.get(key)} for f in visit["filed"]]
    if visit["qualified"] is not None:
        out["qualifications"] = [{"opsp_dise_code": code, "begndate": begin, "enddate": end}
                                 for code, begin, end in visit["qualified"]]
    if visit["age"] is not None:
        out["age"] = visit["age"]
    for name, key in (("psn_insu_stas", "status"), ("waiting_until", "waiting")):
        if visit[key]:
            out[name] = visit[key]
    for name, key in (("hosp_part_amt", "hospital_part"), ("acct_balc", "account"), ("acct_mulaid_balc", "relative")):
        out[name] = text(visit[key])
    if visit["lines"] is not None:
        out["lines"] = [line_json(line) for line in visit["lines"]]
    else:
        out.update({name: text(visit[key]) for name, key in CHARGES})
    out["year"] = []
    for (counter, hospital), row in visit["year"].items():
        entry = {"counter": counter, "visits": row["visits"]}
        if hospital:
            entry["hospital"] = hospital
        entry.update({k: text(row[k]) for k in YEAR})
        out["year"].append(entry)
    return json.dumps(out, ensure_ascii=False)


def in_yuan(visit, number):
    """The visit as the reference takes it: amounts in yuan."""
    def yuan(fen):
        return number(fen) / 100
    out = dict(visit)
    for key in ("own", "over", "first", "scope", "hospital_part", "account", "relative"):
        out[key] = yuan(visit[key])
    out["year"] = {k: {n: v if n == "visits" else yuan(v) for n, v in row.items()} for k, row in visit["year"].items()}

    def sort(by):
        return by and dict(by, share=number(by["share"]) / 10000, limit=None if by["limit"] is None else yuan(by["limit"]))
    if visit["lines"] is not None:
        out["lines"] = [dict(line, fee=yuan(line["fee"]), by=sort(line["by"]), insured=sort(line["insured"]))
                        for line in visit["lines"]]
    return out


def to_fen(amount):
    """Of an exact amount the fen, which must be whole; of a float the nearest."""
    fen = amount * 100
    if isinstance(fen, Fraction):
        assert fen.denominator == 1, "the reference is not exact"
        return int(fen)
    return round(fen)

"""A second opinion on settlements: reads the same XML, shares no code, counts in fractions.

`Settle(folder, number)` computes in `number`: Fraction is exact; float is the control that must fail.
Written from the description in catalog.xsd and policy.h, amount by amount, not from the C.
"""
import datetime
import glob
import math
import os
import xml.etree.ElementTree as ET
from fractions import Fraction

from filing_reference import Filings

NS = "{urn:huren:catalogue:1}"
FUNDS = ["hifp", "hifob", "hifmi", "cvlserv", "hifes", "hifdm", "maf", "oth"]
GRADES = ["official", "secondary", "unverified", "local", "synthetic"]
PREFIXED = {"insurances", "persons", "visits", "conditions", "levels"}


def words(node, name):
    return node.get(name, "").split()


class Policy:
    def __init__(self, node, grade):
        self.node = node
        self.id = node.get("id")
        self.fund = node.get("fund")
        self.base = node.get("base")
        self.grade = GRADES.index(node.get("grade", grade))
        self.counter = node.get("counter")
        self.of_year = node.get("segments-of") == "year"
        self.above = node.get("segments-from") == "deductible"
        deductible = node.find(NS + "deductible")
        self.mode = deductible.get("mode") if deductible is not None else "none"
        self.standards = words(deductible, "amounts") if deductible is not None else []
        self.segments = [(s.get("upto"), s.get("share")) for s in node.findall(NS + "segment")]
        self.cap = node.find(NS + "cap")
        self.reductions = [(words(r, "filings"), r.get("points")) for r in node.findall(NS + "reduction")]


def fits(node, visit):
    for name in ("insurances", "persons", "identities", "visits", "conditions", "levels", "zones", "filings"):
        wanted = words(node, name)
        have = visit[name]
        if wanted and not any(h == w or (name in PREFIXED and h.startswith(w)) for w in wanted for h in have):
            return False
    low, high = node.get("age-from"), node.get("age-to")
    if low or high:
        if visit["age"] is None or not int(low or 0) <= visit["age"] <= int(high or 255):
            return False
    return node.get("from", "0001-01-01") <= visit["on"] <= node.get("to", "9999-12-31")


class Settle:
    def __init__(self, folder, number):
        self.number = number
        self.areas = {}
        for path in sorted(glob.glob(os.path.join(folder, "*.xml"))):
            root = ET.parse(path).getroot()
            if root.tag == NS + "settlement":
                self.areas[root.get("region")] = root
        self.policies = {region: [Policy(node, area.get("grade")) for node in area.findall(NS + "policy")]
                         for region, area in self.areas.items()}

    def yuan(self, text):
        return self.number(text)

    def percent(self, text):
        return self.number(text.rstrip("%")) / 100

    def rounded(self, rounding, amount):
        unit = self.number(rounding.get("unit", "0.01"))
        units = amount / unit
        floor = math.floor(units)
        rest = units - floor
        half = self.number("0.5")
        up = {"half-up": rest >= half, "half-even": rest > half or (rest == half and floor % 2),
              "up": rest > 0, "down": False}[rounding.get("mode")]
        return (floor + bool(up)) * unit

    def find_area(self, visit):
        return next((self.areas[visit["insured"][:n]] for n in (6, 4, 2)
                     if visit["insured"][:n] in self.areas), None)

    def rule(self, area, visit):
        """The visit with its zone, and what filings do for it."""
        home = visit["care"].startswith(area.get("region"))
        visit = dict(visit, zones=["home" if home else "outside"])
        needed = False if home else self.needed_outside(area, visit)
        for zone in area.findall(NS + "zone"):
            if home or not any(visit["care"].startswith(c) for c in words(zone, "care")) or not fits(zone, visit):
                continue
            visit["zones"] = [zone.get("name")]
            needed = zone.get("filing") != "exempt"
            break
        return visit, Filings(area, fits).rule(visit, needed, home)

    def quote(self, visit, route="direct"):
        """None where there is no area; else the ruling and all answers, each with the filings under which it is one."""
        area = self.find_area(visit)
        if area is None:
            return None
        visit, ruling = self.rule(area, visit)
        out = []
        if ruling.qualified == "no":
            return ruling, None
        for filing in ruling.possible:
            under = dict(visit, filings=[filing])
            for i, rules in enumerate(self.rules(area, under, route)):
                key = (i, *((p and (p.id, self.points(p, filing))) for p in rules))
                same = next((r for r in out if r[0] == key), None)
                if same:
                    same[1].append(filing)
                else:
                    out.append((key, [filing], rules, under))
        return ruling, [dict(self.settle(area, rules, under), filings=filings, rules=rules)
                        for _, filings, rules, under in out]

    def needed_outside(self, area, visit):
        """Is a filing needed outside of the area and its zones? None: the area does not say."""
        visit = dict(visit, filings=[])
        for filing in area.findall(NS + "filing"):
            if filing.get("from", "0001-01-01") <= visit["on"] <= filing.get("to", "9999-12-31"):
                fit = [n for n in filing.findall(NS + "outside") if fits(n, visit)]
                return fit[0].get("filing") == "needed" if fit else None
        return None

    def rules(self, area, visit, route="direct"):
        """Of each reading the policy of each fund."""
        found = []
        for fund in FUNDS:
            rules = [p for p in self.policies[area.get("region")] if p.fund == fund and fits(p.node, visit)
                     and route in (words(p.node, "routes") or [route])]
            found.append(sorted(rules, key=lambda p: p.grade))
        if not found[0]:
            return []
        return [[f[min(i, len(f) - 1)] if f else None for f in found] for i in range(max(len(f) for f in found))]

    def points(self, policy, filing):
        return next((self.percent(n) for f, n in policy.reductions if filing in f), self.number(0))

    def settle(self, area, rules, visit):
        zero = self.number(0)
        rounding = area.find(NS + "rounding")
        year = {k: dict(v) for k, v in visit["year"].items()}
        blank = {"visits": 0, "deductible": zero, "standard": zero, "base": zero, "paid": zero}
        scope = visit["scope"]
        out = {"readings": [p.id for p in rules if p]}
        paid = over = zero
        for fund, p in zip(FUNDS, rules):
            out[fund + "_pay"] = zero
            if p is None:
                continue
            before = visit["year"].get((p.counter, ""), blank) if p.counter else blank
            base = {"scope": scope, "own": scope - paid, "over-cap": min(over, scope - paid)}[p.base]
            counted = base
            if p.cap is not None and p.cap.get("of") == "amounts":
                used = before["base"] if p.cap.get("per") == "year" else zero
                counted = min(base, max(zero, self.yuan(p.cap.get("amount")) - used))
            standard = due = zero
            if p.mode != "none":
                standard = self.yuan(p.standards[min(before["visits"], len(p.standards) - 1)])
                here = visit["year"].get((p.counter, visit["hospital"]), blank)
                due = {"visit": standard,
                       "year": max(zero, standard - before["deductible"]),
                       "hospital-year": max(zero, standard - here["deductible"]),
                       "once": max(zero, standard - before["standard"])}[p.mode]
            due = min(due, counted)
            if p.above:
                start = max(zero, before["base"] - before["deductible"]) if p.of_year else zero
            else:
                start = (before["base"] if p.of_year else zero) + due
            end = start + counted - due
            points = self.points(p, visit["filings"][0])
            pieces, low = [], zero
            for upto, share in p.segments:
                high = self.yuan(upto) if upto else end
                width = min(end, high) - max(start, low)
                if width > 0:
                    pieces.append(width * max(zero, self.percent(share) - points))
                low = high
            if rounding.get("place") == "segment":
                pay = sum((self.rounded(rounding, x) for x in pieces), zero)
            else:
                pay = self.rounded(rounding, sum(pieces, zero))
            pay = min(pay, counted - due)
            if p.cap is not None and p.cap.get("of") == "payments":
                used = before["paid"] if p.cap.get("per") == "year" else zero
                pay = min(pay, max(zero, self.yuan(p.cap.get("amount")) - used))
            out[fund + "_pay"] = pay
            paid += pay
            if fund == "hifp":
                over = base - counted
                out["act_pay_dedc"] = due
            keys = [(p.counter, "")] if p.counter else []
            if p.mode == "hospital-year":
                keys.append((p.counter, visit["hospital"]))
            for key in keys:
                row = year.setdefault(key, dict(blank))
                row["visits"] += 1
                row["deductible"] += due
                row["standard"] = max(row["standard"], standard)
                if key[1] == "":
                    row["base"] += base
                    row["paid"] += pay
        total = visit["own"] + visit["over"] + visit["first"] + scope
        person = total - paid - visit["hospital_part"]
        account = min(visit["account"], person)
        relative = min(visit["relative"], person - account)
        accounts = area.find(NS + "accounts")
        within = accounts is not None and accounts.get("mutual-aid") == "account"
        out.update(medfee_sumamt=total, fund_pay_sumamt=paid, psn_part_amt=person,
                   acct_pay=account + (relative if within else 0), acct_mulaid_pay=relative,
                   psn_cash_pay=person - account - relative, balc=visit["account"] - account, year=year)
        return out

"""A second opinion on why a visit is not settled directly: reads the same XML, shares no code.

`Causes(folder).of(visit)` gives (present, not known) as sets of codes, for a visit as JSON has it. Written from
catalog.xsd and 'huren settle diagnose --help', cause by cause, not from the C.
"""
import glob
import os
import xml.etree.ElementTree as ET

NS = "{urn:huren:catalogue:1}"
BASIC = ("310", "340", "380", "390", "391")


def words(node, name):
    return node.get(name, "").split()


def within(code, prefix):
    prefix = prefix or ""
    while len(prefix) > 2 and prefix.endswith("00"):
        prefix = prefix[:-2]
    return code.startswith(prefix)


def holds(node, on):
    return node.get("from", "0001-01-01") <= on <= node.get("to", "9999-12-31")


def closest(nodes, region, attribute="region"):
    """Of those for a region the one of the longest prefix, the first of equals."""
    found = [n for n in nodes if within(region, n[1] if isinstance(n, tuple) else n.get(attribute))]
    key = (lambda n: -len((n[1] or "").removesuffix("00").removesuffix("00")))
    return min(found, key=key)[0] if found else None


def has(node, visit):
    """Does a scope have the visit? `visit`: insurances, persons, ... as lists."""
    for name, have in visit.items():
        wanted = words(node, name)
        exact = name in ("identities", "zones", "filings")
        if wanted and not any(h == w if exact else h.startswith(w) for w in wanted for h in have):
            return False
    return node.get("age-from") is None and node.get("age-to") is None


class Causes:
    def __init__(self, folder):
        roots = [ET.parse(p).getroot() for p in sorted(glob.glob(os.path.join(folder, "**/*.xml"), recursive=True))]
        self.institutions = {}
        self.areas, self.opened, self.lists, self.regions, self.direct = {}, [], [], [], []
        self.conditions, self.condition_lists, self.texts = [], [], []
        for root in roots:
            kind = root.tag.removeprefix(NS)
            if kind == "institutions":
                for node in root:
                    self.institutions[node.get("uscc") or node.get("key")] = node.get("region")
            elif kind == "settlement":
                self.areas[root.get("region")] = root
            elif kind == "network":
                self.opened += root.findall(NS + "opened")
                self.lists += root.findall(NS + "list")
                self.regions += root.findall(NS + "region")
            elif kind == "direct":
                self.direct += [(n, root.get("region")) for n in root if n.tag in (NS + "open", NS + "closed")]
                self.conditions += root.findall(NS + "condition")
                self.condition_lists += root.findall(NS + "condition-list")
            elif kind == "platform-texts":
                self.texts += root.findall(NS + "text")

    def of(self, visit):
        present, unknown = set(), set()
        for code, answer in self.answers(visit):
            {"yes": present, "?": unknown}.get(answer, set()).add(code)
        said = "".join(visit.get("err_msg", "").split())
        for node in self.texts:
            if said and all(f in said for f in words(node, "has")):
                present.add(node.get("cause"))
        return present, unknown - present

    @staticmethod
    def needed(area, zone, on, visit):
        """Is a filing needed? None: the area does not say."""
        if zone is not None:
            return zone.get("filing") != "exempt"
        for filing in area.findall(NS + "filing") if area is not None else []:
            if holds(filing, on):
                fit = [n for n in filing.findall(NS + "outside") if has(n, visit)]
                return fit[0].get("filing") == "needed" if fit else None
        return None

    def answers(self, v):
        on, begun = v["enddate"], v.get("begndate", v["enddate"])
        insured, care, kind = v["insuplc_admdvs"], v["mdtrtarea_admvs"], v["med_type"]
        service = {"14": "chronic", "41": "pharmacy"}.get(kind, {"1": "outpatient", "2": "inpatient"}.get(kind[0]))
        across = insured[:2] != care[:2]
        area = next((self.areas[insured[:n]] for n in (6, 4, 2) if insured[:n] in self.areas), None)
        home = within(care, area.get("region")) if area is not None else insured == care
        words_of = {"insurances": [v["insutype"]], "persons": [v["psn_type"]], "visits": [kind],
                    "conditions": [v.get("opsp_dise_code", "")], "levels": [v.get("hosp_lv", "")]}
        zone = None
        if area is not None and not home:
            zone = next((z for z in area.findall(NS + "zone") if any(within(care, c) for c in words(z, "care"))
                         and holds(z, on) and has(z, words_of)), None)
        needed = False if home else self.needed(area, zone, on, words_of)
        filing = v.get("filing")

        def fact(name, when):
            return "?" if name not in v else "yes" if when(v[name]) else "no"

        yield "CARD_INACTIVE", fact("cert_stas", lambda s: s != "active")
        yield "UNPAID", fact("psn_insu_stas", lambda s: s != "1")
        yield "WAITING_PERIOD", fact("waiting_until", lambda s: s != "none" and begun <= s)
        yield "MAINTENANCE", fact("platform_maintenance", bool)
        yield "MULTI_INSURED", fact("insuinfo", lambda rows: len({
            (r["insuplc_admdvs"], r["insutype"]) for r in rows
            if r["psn_insu_stas"] == "1" and r["insutype"] in BASIC}) > 1)
        if not home:
            if area is None:
                yield "NOT_FILED", "?"
            elif needed is not False:
                yield "NOT_FILED", {None: "?", "exempt": "?", "none": "yes" if needed else "?"}.get(filing, "no")
        if not home and not (area is not None and needed is False):
            groups = {"FILING_BAD_DATA": {"insured-place", "care-place", "name", "certificate", "another-person"},
                      "FILING_WRONG_REGION": {"wrong-region"}, "FILING_WRONG_TYPE": {"wrong-type"},
                      "FILING_EXPIRED": {"expired"}, "FILING_OVERLAP": {"overlap"}}
            for code, faults in groups.items():
                if "filing_faults" in v or filing not in ("none", "emergency"):
                    yield code, fact("filing_faults", lambda have, faults=faults: bool(faults & set(have)))

        hospital = v.get("fixmedins_code")
        row = next((n for n in self.opened if n.get("institution") == hospital and n.get("service") == service
                    and holds(n, on) and (n.get("reach") == "nation" or not across)
                    and (not n.get("conditions")
                         or any(v.get("opsp_dise_code", "").startswith(c) for c in words(n, "conditions")))), None)
        if not home:
            sides = [closest([(n, n.get("region")) for n in self.regions if n.get("service") == service and holds(n, on)
                              and n.get("side", "both") in ("both", side)], place)
                     for side, place in (("insured", insured), ("care", care))]
            states = [n.get("state") if n is not None else None for n in sides]
            if service is None:
                yield "REGION_NOT_OPEN", "?"
            elif "closed" in states:
                yield "REGION_NOT_OPEN", "yes"
            elif states[0] is None or (states[1] is None and row is None):
                yield "REGION_NOT_OPEN", "?"
            if hospital not in self.institutions or service is None:
                yield "INST_NOT_LINKED", "?"
            elif row is None:
                there = closest([(n, n.get("region")) for n in self.lists if n.get("service") == service and holds(n, on)],
                                self.institutions[hospital])
                yield "INST_NOT_LINKED", "yes" if there is not None and there.get("status") == "complete" else "?"

        def rule(not_covered):
            return closest([(n, r) for n, r in self.direct if (n.get("cause") == "NOT_COVERED") == not_covered
                            and holds(n, on) and (across or n.get("across") != "province") and has(n, words_of)], insured)

        if v.get("excluded") or rule(True) is not None:
            yield "NOT_COVERED", "yes"
        elif "excluded" not in v:
            yield "NOT_COVERED", "?"
        if not home:
            found = rule(False)
            yield "PERSON_SCOPE", "?" if found is None else "no" if found.tag == NS + "open" else "yes"
        if service == "chronic":
            yield "NO_QUALIFICATION", self.chronic(v, on, across)
        if service == "inpatient":
            yield "OPEN_STAY", fact("open_stays", bool)
        yield "CAP_EXHAUSTED", self.cap(v, area, words_of, home, zone, needed is False, on)

    def chronic(self, v, on, across):
        code = v.get("opsp_dise_code")
        if not code:
            return "?"
        listed = any(code.startswith(n.get("code")) and holds(n, on) for n in self.conditions)
        whole = next((n.get("status") == "complete" for n in self.condition_lists if holds(n, on)), False)
        qualified = any(q["opsp_dise_code"] == code and q.get("begndate", "0001-01-01") <= on <= q.get("enddate", "9999-12-31")
                        for q in v.get("qualifications", []))
        if across and not listed and whole:
            return "yes"
        if "qualifications" in v and not qualified:
            return "yes"
        if (across and not listed) or "qualifications" not in v:
            return "?"
        return "no"

    @staticmethod
    def cap(v, area, words_of, home, zone, exempt, on):
        if area is None:
            return "?"
        key = dict(words_of, identities=[],
                   zones=["home" if home else zone.get("name") if zone is not None else "outside"],
                   filings=[v.get("filing", "exempt" if exempt else "none")])
        policies = [p for p in area.findall(NS + "policy") if p.get("fund") == "hifp" and holds(p, on) and has(p, key)]
        caps = [p.find(NS + "cap") for p in policies]
        if not policies or any(c is None or c.get("per") != "year" for c in caps):
            return "?"
        if "year" not in v:
            return "?"
        used = []
        for policy, cap in zip(policies, caps):
            field = "paid" if cap.get("of") == "payments" else "base"
            counted = [float(r.get(field, 0)) for r in v["year"] if r["counter"] == policy.get("counter")]
            used.append(any(c >= float(cap.get("amount")) for c in counted))
        return "yes" if all(used) else "?" if any(used) else "no"

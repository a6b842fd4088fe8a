"""A second opinion on comparisons: a visit settled directly, at home and by hand, and what makes the differences.

Written from compare.h, manual.h, drugs.h and catalog.xsd, which say what a way is, what is known of it and in which
order a difference is taken apart; the amounts are the reference's own. What is not modelled here is not compared:
how many causes of a diagnosis cannot be judged, and causes that no visit of ours can have.
"""
import copy
import glob
import os
import unicodedata
import xml.etree.ElementTree as ET

from settle_reference import FUNDS, NS, Settle, fits, words

WAYS = ["direct", "home", "manual"]
CHARGES = ["own", "over", "first", "scope"]


def folded(text):
    """Names and strengths as they are compared: width and case and blanks are none of the drug."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def holds(node, on):
    return node.get("from", "0001-01-01") <= on <= node.get("to", "9999-12-31")


class Compare(Settle):
    def __init__(self, folder, number):
        super().__init__(folder, number)
        self.manual = []
        for path in sorted(glob.glob(os.path.join(folder, "*.xml"))):
            root = ET.parse(path).getroot()
            if root.tag == NS + "manual":
                self.manual += [(root.get("region", ""), node) for node in root]

    # --- what is known of reimbursement by hand

    def by_prefix(self, tag, insured, fitting):
        """The record of the longest prefix of the place of insurance; of one prefix the first."""
        found = [(region, node) for region, node in self.manual
                 if node.tag == NS + tag and insured.startswith(region) and fitting(node)]
        return max(found, key=lambda f: len(f[0]), default=(None, None))[1]

    def says(self, name, visit):
        across = visit["insured"][:2] != visit["care"][:2]
        return self.by_prefix("reimbursement", visit["insured"], lambda n: n.get(name) and fits(n, visit)
                              and (across or n.get("across", "any") == "any"))

    def drug(self, line, visit):
        """The outcome, and the payment standard where there is one."""
        rule = self.by_prefix("dual-channel", visit["insured"], lambda n: holds(n, visit["on"]))
        if rule is None:
            return "no-rule", None
        if not line.get("name") or not line.get("spec"):
            return "no-name", None
        same = [(region, n) for region, n in self.manual
                if n.tag == NS + "drug" and holds(n, visit["on"])
                and (folded(n.get("name")), folded(n.get("spec"))) == (folded(line["name"]), folded(line["spec"]))]
        for which in words(rule, "standards"):
            if which == "lowest" and same:
                return "lowest", min(self.yuan(n.get("amount")) for _, n in same)
            if which == "own":
                own = self.own_standard([s for s in same if visit["insured"].startswith(s[0])], line)
                if own:
                    return own
        return "not-known", None

    def own_standard(self, same, line):
        """Of the product where it is told; of whoever makes it else; of several products without a word: several."""
        longest = max((len(region) for region, _ in same), default=0)
        same = [n for region, n in same if len(region) == longest]
        product = [n for n in same if n.get("code") and n.get("code") == line.get("code")]
        anybody = [n for n in same if not n.get("code")]
        fit = product or anybody or ([] if line.get("code") else same)
        if len(fit) > 1:
            return "several", None
        return ("own", self.yuan(fit[0].get("amount"))) if fit else None

    # --- the bill

    def sort(self, visit, rounding, insured, standards=None):
        """Lines to charges, by the catalogue there or, as far as it is told, by that at home."""
        zero = self.number(0)
        out = dict.fromkeys(CHARGES, zero)
        for number, line in enumerate(visit["lines"]):
            by = line["insured"] if insured and line["insured"] else line["by"]
            fee, limit = line["fee"], by["limit"]
            standard = (standards or {}).get(number)
            if standard is not None:
                limit = standard
            if by["class"] == "03":
                out["own"] += fee
                continue
            over = zero if limit is None else max(zero, fee - limit * line["count"])
            rest = fee - over
            first = min(rest, self.rounded(rounding, rest * by["share"]))
            out["over"] += over
            out["first"] += first
            out["scope"] += rest - first
        return out

    # --- the three ways

    def compare(self, visit):
        area = self.find_area(visit)
        home = area is not None and visit["care"].startswith(area.get("region"))
        rounding = area.find(NS + "rounding") if area is not None else None
        ways = [self.direct(area, visit, rounding, home), self.at_home(area, visit, rounding, home),
                self.by_hand(area, visit, rounding, home)]
        drugs = [(i, *self.drug(line, visit)) for i, line in enumerate(visit["lines"] or [])
                 if line["dual"] and not home]
        return {"ways": ways, "drugs": drugs, "differences": self.differences(area, ways)}

    def way(self, visit, sorted_, charges, route, remarks):
        quote = None
        if charges is not None:
            visit = dict(visit, **charges)
        quote = self.quote(visit, route)
        if quote is None:
            remarks.append(("no-area", "open"))
        elif quote[1] is None:
            remarks.append(("not-qualified", "no"))
        elif not quote[1]:
            remarks.append(("no-policy", "open"))
        effects = {effect for _, effect in remarks}
        return {"state": "closed" if "no" in effects else "open" if "open" in effects else "computed",
                "remarks": remarks, "visit": visit, "sorted": sorted_, "readings": quote[1] if quote else None}

    def pays_nothing(self, visit):
        """Who is not insured, or still waits, is paid by no way."""
        return [cause for cause, is_so in (("UNPAID", visit["status"] in ("0", "2", "3")),
                                           ("WAITING_PERIOD", visit["waiting"] not in (None, "none") and visit["waiting"] >= visit["begun"]))
                if is_so]

    def is_unqualified(self, visit):
        """For its disease, which is qualified at home first (policy.md B1.3)."""
        return visit["visits"] == ["14"] and visit["qualified"] is not None and not any(
            visit["conditions"][0] == code and begin <= visit["on"] <= end for code, begin, end in visit["qualified"])

    def untold(self, visit, home):
        return not home and (visit["lines"] is None or any(not line["insured"] for line in visit["lines"]))

    def direct(self, area, visit, rounding, home):
        remarks = [(cause, "no") for cause in self.pays_nothing(visit)]
        if area is not None:
            ruling = self.rule(area, visit)[1]
            if ruling.needed and ruling.possible == ["none"]:
                remarks += [(cause, "no") for cause in ruling.causes]
        if self.is_unqualified(visit):
            remarks.append(("NO_QUALIFICATION", "no"))
        if not home and any(line["dual"] for line in visit["lines"] or []):
            rule = self.by_prefix("dual-channel", visit["insured"], lambda n: holds(n, visit["on"]))
            remarks.append(("drugs-by-hand", "no") if rule is not None else ("drugs-not-known", "if"))
        charges = self.sort(visit, rounding, False) if visit["lines"] is not None and rounding is not None else None
        way = self.way(visit, charges, charges, "direct", remarks)
        basic = [rules[0] for rules in self.all_rules(area, visit)] if area is not None else []
        if basic and all(self.is_used_up(p, visit) for p in basic):
            way["remarks"].append(("CAP_EXHAUSTED", "no"))
            way["state"] = "closed"
        return way

    def all_rules(self, area, visit):
        """Of each filing that is possible, be the disease qualified or not."""
        seen, ruling = self.rule(area, visit)
        return [rules for filing in ruling.possible for rules in self.rules(area, dict(seen, filings=[filing]))]

    def is_used_up(self, policy, visit):
        if policy.cap is None or policy.cap.get("per") != "year" or (policy.counter, "") not in visit["year"]:
            return False
        used = visit["year"][policy.counter, ""]["paid" if policy.cap.get("of") == "payments" else "base"]
        return used >= self.yuan(policy.cap.get("amount"))

    def at_home(self, area, visit, rounding, home):
        remarks = [("insurance-does-not-pay", "no") for _ in self.pays_nothing(visit)]
        if self.untold(visit, home):
            remarks.append(("bill-as-it-is", "if"))
        moved = visit if home else dict(visit, care=visit["insured"], filings=[None])
        charges = self.sort(visit, rounding, not home) if visit["lines"] is not None and rounding is not None else None
        return self.way(moved, charges, charges, "direct", remarks)

    def by_hand(self, area, visit, rounding, home):
        remarks = [("insurance-does-not-pay", "no") for _ in self.pays_nothing(visit)]
        seen, unfiled, may_file = visit, False, False
        if area is not None:
            seen, ruling = self.rule(area, visit)
            unfiled = ruling.possible == ["none"]
            may_file = bool(ruling.needed) and "none" in ruling.possible
            if len(ruling.possible) > 1:
                remarks.append(("filing-not-known", "if"))
            seen = dict(seen, filings=ruling.possible[:1])
        told = {name: self.says(name, seen) for name in ("open", "files-after", "by", "catalogue")}
        value = {name: node.get(name) if node is not None else None for name, node in told.items()}
        remarks.append({None: ("manual-not-told", "open"), "yes": ("manual-open", "note"),
                        "no": ("manual-closed", "no")}[value["open"]])
        if value["files-after"] and may_file:
            remarks.append(("files-after" if value["files-after"] == "yes" else "not-filed-after", "note"))
        if value["by"] is None:
            remarks.append(("manual-policies-not-told", "open"))
        if not home:
            remarks.append({None: ("manual-catalogue-not-told", "if"), "insured": ("manual-catalogue-insured", "note"),
                            "care": ("manual-catalogue-care", "note")}[value["catalogue"]])
            if value["catalogue"] == "insured" and self.untold(visit, home):
                remarks.append(("bill-as-it-is", "if"))
        charges = sorted_ = None
        if visit["lines"] is not None and rounding is not None:
            insured = not home and value["catalogue"] == "insured"
            standards = {}
            for number, line in enumerate(visit["lines"]):
                if line["dual"] and not home:
                    outcome, standards[number] = self.drug(line, visit)
                    known = outcome in ("own", "lowest")
                    remarks.append(("drug-standard", "note") if known else ("drug-standard-not-known", "open"))
            sorted_ = self.sort(visit, rounding, insured)
            charges = self.sort(visit, rounding, insured, standards)
            rule = self.by_prefix("dual-channel", visit["insured"], lambda n: holds(n, visit["on"]))
            if standards and rule is not None and rule.get("filing") == "needed" and unfiled:
                remarks.append(("drugs-filed-first", "no"))
        return self.way(dict(visit, filings=seen["filings"]), sorted_, charges, "manual", remarks)

    # --- what makes the differences

    def differences(self, area, ways):
        computed = [(name, way) for name, way in zip(WAYS, ways) if way["state"] == "computed"]
        out = []
        for name, way in computed[1:]:
            first, base = computed[0]
            for i in range(max(len(base["readings"]), len(way["readings"]))):
                a, b = (w["readings"][min(i, len(w["readings"]) - 1)] for w in (base, way))
                out.append((first, name, i + 1, b["psn_part_amt"] - a["psn_part_amt"], self.parts(area, base, way, a, b)))
        return out

    def parts(self, area, base, way, a, b):
        """The rules of one way become those of the other one by one; after each the visit is settled."""
        visit = dict(base["visit"], filings=a["filings"][:1])
        rules = [copy.copy(p) for p in a["rules"]]
        basic, other = rules[0], b["rules"][0]
        last, parts = a["psn_part_amt"], []

        def step(kind, fund):
            nonlocal last
            now = self.settle(area, rules, visit)["psn_part_amt"]
            if now != last:
                parts.append((kind, fund, now - last))
            last = now

        def take(*names):
            for name in names:
                setattr(basic, name, getattr(other, name))

        visit.update(way["sorted"] or {})
        step("catalogue", "hifp")
        visit.update({k: way["visit"][k] for k in CHARGES})
        step("drug-standards", "hifp")
        for kind, names in (("counter", ("counter",)), ("deductible", ("mode", "standards")),
                            ("share", ("segments", "of_year", "above", "base"))):
            take(*names)
            step(kind, "hifp")
        take("reductions")
        visit["filings"] = b["filings"][:1]
        step("reduction", "hifp")
        take("cap")
        step("cap", "hifp")
        for i, fund in enumerate(FUNDS[1:], 1):
            rules[i] = b["rules"][i]
            step("fund", fund)
        return parts

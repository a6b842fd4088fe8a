"""A second opinion on filings (备案): what a person has filed, by the dated rules of the place of insurance.

Written from catalog.xsd, policy.md's rules as filing.h states them and the Civil Code (201, 202), not from the C.
Three answers, as there: what an area does not say is neither yes nor no, so a visit has a set of filings that it may
be taken for. `Filings(area).rule(visit, needed)` gives it.
"""
import calendar
import datetime
from collections import namedtuple

NS = "{urn:huren:catalogue:1}"
ORDER = ["none", "exempt", "long", "referral", "emergency", "other"]
MUNICIPALITIES = {"11", "12", "31", "50"}
FOREVER = datetime.date.max

# needed: True, False, or None where nobody says. by: which of those filed counts. causes: of a direct settlement's failing.
Ruling = namedtuple("Ruling", "outcome needed possible by causes qualified")
# What one filing comes to: sure, maybe, no; as which; and the cause of a no.
Found = namedtuple("Found", "state gives cause")


def day(text):
    return datetime.date.fromisoformat(text)


def after_months(begin, months):
    """The last day of so many months: the first is not counted, and a month without that number ends it with its last."""
    month = begin.month - 1 + months
    year, month = begin.year + month // 12, month % 12 + 1
    return datetime.date(year, month, min(begin.day, calendar.monthrange(year, month)[1]))


def place(region):
    """A filing is for a city; a municipality, or a city right under a province, is one."""
    if region[:2] in MUNICIPALITIES or region[2:] == "0000":
        return region[:2]
    return region if region[2:4] == "90" else region[:4]


def covers(region, care):
    return care.startswith(place(region))


class Filings:
    def __init__(self, area, fits):
        self.area = area
        self.fits = fits

    def rules(self, on):
        """The row of that day, or None."""
        return next((f for f in self.area.findall(NS + "filing")
                     if f.get("from", "0001-01-01") <= on <= f.get("to", "9999-12-31")), None)

    def kinds(self, rules, word):
        """Those that the word may be: of its name one, of a code each that has it."""
        kinds = rules.findall(NS + "kind")
        return [k for k in kinds if k.get("name") == word] or \
               [k for k in kinds if word in k.get("codes", "").split()]

    def validity(self, kind, filed):
        """The last day on which it surely holds (the day before its first: none), and the last on which it may."""
        begin = day(filed["from"])
        if filed.get("until"):
            sure = may = day(filed["until"])
        elif kind is not None and kind.get("open") == "true":
            sure = may = FOREVER
        elif kind is not None and kind.get("months") is not None:
            sure = after_months(begin, int(kind.get("months")))
            may = FOREVER if kind.get("at-least") == "true" else sure
        else:
            sure, may = begin - datetime.timedelta(1), FOREVER
        if filed.get("state") in ("changed", "cancelled"):
            last = day(filed["ended"]) - datetime.timedelta(1)
            return min(sure, last), min(may, last)
        return sure, may

    def in_time(self, kind, filed, visit):
        """Does it hold for the stay, be it of whatever kind: sure, maybe, no; and the cause of a no."""
        begun, ended = day(visit["begun"]), day(visit["on"])
        sure, may = self.validity(kind, filed)
        if begun < day(filed["from"]):
            return "no", "NOT_FILED"
        if begun > may:
            withdrawn = filed.get("state") in ("changed", "cancelled") and may == day(filed["ended"]) - datetime.timedelta(1)
            return "no", "NOT_FILED" if withdrawn else "FILING_EXPIRED"
        if begun > sure:
            return "maybe", None
        if ended <= sure:
            return "sure", None
        rules = self.rules(visit["begun"])
        stay = rules.find(NS + "stay") if rules is not None else None
        if stay is not None and stay.get("counts") == "admission":
            return "sure", None
        if stay is None or ended <= may:
            return "maybe", None
        return "no", "FILING_EXPIRED"

    def judge(self, filed, visit):
        """What one filing comes to: as each kind that it may be, where those differ as any of them."""
        if filed.get("state") in ("queued", "refused"):
            return Found("no", (), "NOT_FILED")
        if filed.get("insured") and not filed["insured"].startswith(self.area.get("region")):
            return Found("no", (), "FILING_BAD_DATA")
        if not covers(filed["region"], visit["care"]):
            return Found("no", (), "FILING_WRONG_REGION")
        rules = self.rules(filed.get("applied") or filed["from"])
        known = self.kinds(rules, filed["kind"]) if rules is not None else []
        kinds = [k for k in known if self.fits(k, visit)]
        if not kinds and (known or (rules is not None and rules.get("kinds") == "complete")):
            return Found("no", (), "FILING_WRONG_TYPE")
        terms = {tuple(k.get(name) for name in ("gives", "open", "months", "at-least")) for k in kinds}
        state, cause = self.in_time(kinds[0] if len(terms) == 1 else None, filed, visit)
        if state == "sure" and len(terms) != 1:
            state = "maybe"
        return Found(state, tuple(k.get("gives") for k in kinds) or ("long", "referral", "other"), cause)

    def flag(self, visit):
        """Of the hospital's emergency flag: a kind that it counts as; where no kind says so, it may."""
        if not visit["emergency"]:
            return None
        rules = self.rules(visit["begun"])
        kinds = [k for k in rules.findall(NS + "kind") if k.get("flagged") == "true" and self.fits(k, visit)] \
            if rules is not None else []
        return Found("sure", (kinds[0].get("gives"),), None) if kinds else Found("maybe", ("emergency",), None)

    def qualified(self, visit, home):
        """yes, no, or None: it cannot be told. Only of 门慢特, away from home."""
        if home or visit["visits"] != ["14"]:
            return "yes"
        rules = self.rules(visit["begun"])
        said = rules.find(NS + "chronic") if rules is not None else None
        if said is not None and said.get("qualification") == "not-needed":
            return "yes"
        if said is None or visit["qualified"] is None:
            return None
        have = any(visit["conditions"][0] == code and begin <= visit["on"] <= end
                   for code, begin, end in visit["qualified"])
        return "yes" if have else "no"

    def rule(self, visit, needed, home):
        qualified = self.qualified(visit, home)
        told = visit["filed"] is not None or visit["emergency"] is not None and visit["emergency"]
        by, causes = None, set()
        if visit["filings"] != [None]:
            stated = visit["filings"][0]
            carried = needed is False or stated not in ("none", "exempt")
            causes = {"NOT_FILED"} if stated == "none" and needed else set()
            return Ruling(self.outcome(carried, needed, [stated], qualified, True), needed, [stated], None, causes, qualified)
        if needed is False:
            return Ruling(self.outcome(True, needed, ["exempt"], qualified, True), needed, ["exempt"], None, set(), qualified)
        found = [self.judge(f, visit) for f in visit["filed"] or []]
        flag = self.flag(visit)
        every = found + ([flag] if flag else [])
        # The better ones stand first in ORDER: what may hold beside a sure one counts where it is better.
        sure = min((ORDER.index(f.gives[0]) for f in every if f.state == "sure"), default=None)
        may = {g for f in every if f.state == "maybe" for g in f.gives if sure is None or ORDER.index(g) < sure}
        may.add("none" if sure is None else ORDER[sure])
        if needed is None:
            may.add("exempt")
        if sure is None:
            causes = {f.cause for f in found if f.cause} if found else {"NOT_FILED"}
        elif not (flag and flag.state == "sure" and flag.gives[0] == ORDER[sure]):
            by = next(i for i, f in enumerate(found) if f.state == "sure" and f.gives[0] == ORDER[sure])
        possible = [f for f in ORDER if f in may]
        outcome = self.outcome(sure is not None, needed, possible, qualified, told)
        return Ruling(outcome, needed, possible, by if outcome == "holds" else None, causes, qualified)

    def outcome(self, carried, needed, possible, qualified, told):
        """holds: none is needed, or one does; a disease that is not qualified is nothing that a filing could carry."""
        if qualified == "no":
            return "fails"
        if carried:
            return "holds" if qualified == "yes" else "undecided"
        return "fails" if needed and possible == ["none"] and told else "undecided"

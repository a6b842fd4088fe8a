#!/usr/bin/env python3
"""Statements and reconciliations are those of an independent reference, to the fen and to the line.

	settle_clear.py HUREN

Random settlements of two months between provinces: repeated, disputed under one id, taken back in the same month or
a later one, taken back twice or with other amounts, of another period, unsound, malformed. 3,000 of them; with
HUREN_LONG=1 a million.
"""
import collections
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HUREN = sys.argv[1]
COUNT = 1000000 if os.environ.get("HUREN_LONG") else 3000
FROM, BEFORE = datetime.datetime(2026, 10, 1), datetime.datetime(2026, 11, 1)
FUNDS = ["hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay", "hifdm_pay", "maf_pay", "oth_pay"]
AMOUNTS = ["medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc",
           *FUNDS, "fund_pay_sumamt", "hosp_part_amt", "psn_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay"]
draw = random.Random(20261123)


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def fen(text):
    sign = -1 if text.startswith("-") else 1
    whole, part = text.lstrip("-").split(".")
    return sign * (int(whole) * 100 + int(part))


def settlement(number):
    """A sound one, in fen."""
    scope, first, own = draw.randrange(5000000), draw.randrange(9000), draw.randrange(9000)
    a = dict.fromkeys(AMOUNTS, 0)
    a["inscp_scp_amt"], a["preselfpay_amt"], a["fulamt_ownpay_amt"] = scope, first, own
    a["medfee_sumamt"] = scope + first + own
    a["act_pay_dedc"] = min(scope, draw.choice((0, 80000, 150000)))
    a["hifp_pay"] = (scope - a["act_pay_dedc"]) * 85 // 100
    a["hifmi_pay"] = draw.choice((0, 0, (scope - a["hifp_pay"]) // 3))
    a["fund_pay_sumamt"] = sum(a[f] for f in FUNDS)
    a["psn_part_amt"] = a["medfee_sumamt"] - a["fund_pay_sumamt"]
    a["acct_pay"] = draw.randrange(a["psn_part_amt"] + 1)
    a["psn_cash_pay"] = a["psn_part_amt"] - a["acct_pay"]
    at = FROM + datetime.timedelta(seconds=draw.randrange(-86400 * 3, 86400 * 33))
    if draw.random() < 0.02:  # the edges of the period
        at = draw.choice((FROM, FROM - datetime.timedelta(seconds=1), BEFORE, BEFORE - datetime.timedelta(seconds=1)))
    return {"medins_setl_id": f"S{number}", "omsgid": None, "setl_time": at,
            "insuplc_admdvs": draw.choice(("130300", "130100", "120100")),
            "mdtrtarea_admvs": draw.choice(("110100", "120100", "310100", "130100")),
            "insutype": draw.choice(("310", "390")), "med_type": draw.choice(("11", "21")),
            "fixmedins_code": f"H{draw.randrange(40)}", "psn_no": f"P{draw.randrange(COUNT // 3)}", "amounts": a}


def line(row, breaks=None):
    a = {name: yuan(value) for name, value in row["amounts"].items()}
    if breaks:
        a[breaks] = yuan(fen(a[breaks]) + 1)
    out = {k: v for k, v in row.items() if k not in ("amounts", "setl_time") and v is not None}
    return json.dumps({"setlinfo": {**out, "setl_time": row["setl_time"].strftime("%Y-%m-%d %H:%M:%S"), **a}})


def other_amounts(row):
    more = json.loads(json.dumps(row["amounts"]))
    for name in ("medfee_sumamt", "fulamt_ownpay_amt", "psn_part_amt", "psn_cash_pay"):
        more[name] += 100
    return {**row, "amounts": more}


def draw_lines():
    """[(text, row or the kind of its fault)]"""
    lines = []
    for number in range(COUNT):
        row = settlement(number)
        kind = draw.random()
        if kind < 0.01:
            lines.append((draw.choice(("{", "[]", '{"medins_setl_id":"x"}', line(row)[:-3])), "malformed"))
            continue
        if kind < 0.02:
            lines.append((line(row, draw.choice(("medfee_sumamt", "fund_pay_sumamt", "psn_cash_pay"))), ("identity", row)))
            continue
        lines.append((line(row), row))
        if kind < 0.05:
            lines.append((line(row), row))
        elif kind < 0.07:
            lines.append((line(other_amounts(row)), other_amounts(row)))
        elif kind < 0.15:
            back = {**row, "medins_setl_id": f"R{number}", "omsgid": row["medins_setl_id"],
                    "setl_time": row["setl_time"] + datetime.timedelta(days=draw.choice((0, 1, 12)))}
            if kind < 0.08:
                back = other_amounts(back)
            lines.append((line(back), back))
            if kind > 0.13:
                again = {**back, "medins_setl_id": draw.choice((back["medins_setl_id"], f"RR{number}"))}
                lines.append((line(again), again))
    draw.shuffle(lines)
    return lines


def province(region):
    return region[:2] + "0000"


def new_sum():
    return {"settlements": 0, "reversals": 0, "persons": set(), "amounts": collections.Counter()}


def content(row):
    return json.dumps({**row, "setl_time": str(row["setl_time"])}, sort_keys=True, default=str)


def agree(rows):
    """(one or None, lines that repeat it, lines that are in dispute)"""
    if not rows:
        return None, 0, 0
    if len({content({k: v for k, v in r.items() if k != "med_type"}) for r in rows}) > 1:
        return None, 0, len(rows)
    return rows[0], len(rows) - 1, 0


class Reference:
    def __init__(self, lines):
        self.faults, self.outside = collections.Counter(), 0
        self.sums = collections.defaultdict(new_sum)
        by_id = collections.defaultdict(list)
        for _, row in lines:
            if row == "malformed":
                self.faults["malformed"] += 1
                continue
            unsound, row = (True, row[1]) if isinstance(row, tuple) else (False, row)
            if not FROM <= row["setl_time"] < BEFORE:
                self.outside += 1
            elif unsound:
                self.faults["identity"] += 1
            else:
                by_id[row["omsgid"] or row["medins_setl_id"]].append(row)
        for rows in by_id.values():
            self.match(rows)

    def match(self, rows):
        settled = [r for r in rows if not r["omsgid"]]
        backs = [r for r in rows if r["omsgid"]]
        one, repeated, disputed = agree(settled)
        back, again, other = agree(backs)
        self.faults["repeated"] += repeated + again
        self.faults["disputed"] += disputed
        self.faults["reversal"] += other
        if back and settled and (not one or one["amounts"] != back["amounts"]):
            self.faults["reversal"] += 1
            back = None
        if one:
            self.count(one, 1, not back)
        if back:
            self.count(back, -1, False)

    def count(self, row, sign, is_person):
        insured, care = province(row["insuplc_admdvs"]), province(row["mdtrtarea_admvs"])
        keys = [("all",), ("pair", insured, care), ("cell", insured, care, row["fixmedins_code"], row["insutype"])]
        if insured != care:
            keys.append(("elsewhere", insured))
        for key in keys:
            s = self.sums[key]
            s["settlements" if sign > 0 else "reversals"] += 1
            for name, value in row["amounts"].items():
                s["amounts"][name] += sign * value
            if is_person:
                s["persons"].add(row["psn_no"])


def same(answer, reference, what):
    assert answer["settlements"] == reference["settlements"], what
    assert answer["reversals"] == reference["reversals"], what
    assert answer["persons"] == len(reference["persons"]), (what, answer["persons"], len(reference["persons"]))
    for name in AMOUNTS:
        assert fen(answer["amounts"][name]) == reference["amounts"][name], (what, name)


def run(*words, code):
    done = subprocess.run([HUREN, "settle", *words], capture_output=True, text=True)
    assert done.returncode == code, (words, done.returncode, done.stderr)
    return done.stdout


def clears(folder, lines):
    half = len(lines) // 2
    paths = [folder / "a.ndjson", folder / "b.ndjson"]
    paths[0].write_text("\n".join(text for text, _ in lines[:half]) + "\n\n")
    paths[1].write_text("\n".join(text for text, _ in lines[half:]))
    reference = Reference(lines)
    answer = json.loads(run("clear", "--month", "2026-10", "--json", "--scratch", str(folder), *map(str, paths), code=1))
    assert answer["outsidePeriod"] == reference.outside
    assert answer["lines"] == len(lines)
    assert answer["notCounted"] == {k: v for k, v in reference.faults.items() if v}, (answer["notCounted"], reference.faults)
    same(answer["total"], reference.sums[("all",)], "total")
    found = 0
    for region in answer["elsewhere"]:
        same(region, reference.sums[("elsewhere", region["insuplc_admdvs"])], region["insuplc_admdvs"])
    for pair in answer["statements"]:
        key = (pair["insuplc_admdvs"], pair["mdtrtarea_admvs"])
        same(pair, reference.sums[("pair", *key)], key)
        for cell in pair["institutions"]:
            found += 1
            same(cell, reference.sums[("cell", *key, cell["fixmedins_code"], cell["insutype"])], key)
    assert found == sum(1 for key in reference.sums if key[0] == "cell")
    # In one file, in another order: the same sums.
    shuffled = lines[:]
    draw.shuffle(shuffled)
    paths[0].write_text("\n".join(text for text, _ in shuffled))
    again = json.loads(run("clear", "--month", "2026-10", "--json", str(paths[0]), code=1))
    for name in ("total", "elsewhere", "statements", "notCounted", "outsidePeriod"):
        assert again[name] == answer[name], name
    return reference


def reconciles(folder):
    ours = [settlement(n) for n in range(COUNT)]
    ours = [{**row, "setl_time": FROM + datetime.timedelta(seconds=n)} for n, row in enumerate(ours)]
    theirs, expected, agreed = [], [], 0
    for number, row in enumerate(ours):
        kind = draw.random()
        if kind < 0.02:
            expected.append(("one-side", number + 1, None))
            continue
        if kind < 0.04:
            expected.append(("different", number + 1, "medfee_sumamt"))
            theirs.append(other_amounts(row))
        elif kind < 0.05:
            expected.append(("different", number + 1, "setl_time"))
            theirs.append({**row, "setl_time": row["setl_time"] + datetime.timedelta(seconds=1)})
        elif kind < 0.06:
            expected.append(("different", number + 1, "psn_no"))
            theirs.append({**row, "psn_no": "PX"})
        else:
            agreed += 1
            theirs.append(row)
    draw.shuffle(theirs)
    (folder / "ours").write_text("\n".join(map(line, ours)))
    (folder / "theirs").write_text("\n".join(map(line, theirs)))
    answer = json.loads(run("reconcile", "--ours", str(folder / "ours"), "--theirs", str(folder / "theirs"), "--month",
                            "2026-10", "--json", code=1))
    assert answer["agreed"] == agreed
    kinds = collections.Counter(kind for kind, _, _ in expected)
    assert answer["notCounted"] == dict(kinds), (answer["notCounted"], kinds)
    found = [(f["kind"], f["line"], f.get("detail")) for f in answer["faults"]]
    assert found == expected[:1000], (found[:3], expected[:3])
    for side, rows in (("ours", ours), ("theirs", theirs)):
        assert fen(answer[side]["amounts"]["medfee_sumamt"]) == sum(r["amounts"]["medfee_sumamt"] for r in rows)
    run("reconcile", "--ours", str(folder / "ours"), "--theirs", str(folder / "ours"), "--month", "2026-10", code=0)


def warns_of_the_prepayment(folder):
    row = settlement(1)
    row["setl_time"] = FROM
    (folder / "one").write_text(line(row))
    funds = row["amounts"]["fund_pay_sumamt"]
    levels = {}
    for prepaid in (funds * 10, -(-funds * 10000 // 7000) , -(-funds * 10000 // 6999), -(-funds * 10 // 9), funds, funds - 1):
        (folder / "prepaid").write_text(json.dumps({"source": "synthetic", "yellow": "0.70", "red": "0.90", "prepaid": [
            {"insuplc_admdvs": province(row["insuplc_admdvs"]), "mdtrtarea_admvs": province(row["mdtrtarea_admvs"]),
             "amount": yuan(prepaid)}]}))
        answer = json.loads(run("clear", "--month", "2026-10", "--json", "--prepaid", str(folder / "prepaid"),
                                str(folder / "one"), code=0))
        used = funds * 10000 // prepaid
        wanted = "over" if funds > prepaid else "red" if used >= 9000 else "yellow" if used >= 7000 else "enough"
        assert answer["statements"][0]["prepayment"] == {"level": wanted, "used": f"{used // 10000}.{used % 10000:04d}"}
        levels[wanted] = True
    assert set(levels) >= {"enough", "yellow", "over"}, levels


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    reference = clears(folder, draw_lines())
    reconciles(folder)
    warns_of_the_prepayment(folder)
    print(f"{COUNT} settlements: statements and reconciliation agree; not counted: {dict(reference.faults)}")

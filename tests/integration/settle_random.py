#!/usr/bin/env python3
"""Settlements of random visits are those of an independent reference, to the fen.

	settle_random.py HUREN

Visits are drawn around the edges of the policies of made-up areas and of the sample: amounts at a deductible, a
segment's end or a cap, give or take a fen; every other one with what the person has filed, at the edges of its time,
and then the ruling about filings is compared, too: needed or not, as what the visit may be taken, which filing counts.
The reference counts in fractions and reads the same files; counting in binary floating point it must fail, or the
comparison would prove nothing. 20,000 visits; with HUREN_LONG=1 a million.
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
from fractions import Fraction

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from settle_draw import YEAR, Draw, in_yuan, to_fen, to_json  # noqa: E402
from settle_reference import Settle  # noqa: E402

# Each with its part of the visits.
FOLDERS = [("tests/data/catalog/settlement", 2), ("catalog/sample/official", 4), ("tests/data/catalog/filings", 4)]
COUNT = 1000000 if os.environ.get("HUREN_LONG") else 20000
PIECE = 10000
FIELDS = ["medfee_sumamt", "act_pay_dedc", "hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay",
          "hifdm_pay", "maf_pay", "oth_pay", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "acct_mulaid_pay",
          "psn_cash_pay", "balc"]


def plain(quote):
    """What is compared: the ruling about filings; of each reading filings, policies, fields and year, in fen."""
    if quote is None:
        return "no-area"
    ruling, readings = quote
    head = [ruling.possible, ruling.needed, ruling.outcome, ruling.by]
    if readings is None:
        return [*head, "not-qualified"]
    return [*head, [(r["filings"], r["readings"], {f: to_fen(r[f]) for f in FIELDS},
                     {k: [row["visits"]] + [to_fen(row[n]) for n in YEAR] for k, row in r["year"].items()})
                    for r in readings]]


def answered(line, visit):
    """The same of an answer of huren."""
    answer = json.loads(line)
    if answer["outcome"] == "error":
        return "error: " + answer["message"]
    if answer["outcome"] == "no-area":
        return "no-area"
    ruling = answer["filing_ruling"]
    by = {f["id"]: i for i, f in enumerate(visit["filed"] or [])}
    head = [ruling["possible"], {"needed": True, "not-needed": False, "undecided": None}[ruling["need"]], ruling["outcome"],
            by.get(ruling.get("by"))]
    if answer["outcome"] == "not-qualified":
        return [*head, "not-qualified"]

    def fen(amount):
        return int(amount.replace(".", ""))
    return [*head, [(r["filings"], [p["id"] for p in r["policies"]], {f: fen(r["setlinfo"][f]) for f in FIELDS},
                     {(y["counter"], y.get("hospital", "")): [y["visits"]] + [fen(y[n]) for n in YEAR] for y in r["year"]})
                    for r in answer["readings"]]]


def compare(huren, folder, count, seed):
    exact, binary = Settle(ROOT / folder, Fraction), Settle(ROOT / folder, float)
    draw = Draw(exact.areas, seed)
    visits = [draw.visit(filings=number % 2 == 1) for number in range(count)]
    run = subprocess.run([huren, "settle", "quote", "--catalog", str(ROOT / folder), "--json", "--lines", "-"],
                         input="\n".join(map(to_json, visits)), capture_output=True, text=True)
    lines = run.stdout.splitlines()
    assert len(lines) == count, f"{len(lines)} answers to {count} visits: {run.stderr}"
    computed = several = wrong = 0
    for number, (visit, line) in enumerate(zip(visits, lines)):
        want, got = plain(exact.quote(in_yuan(visit, Fraction))), answered(line, visit)
        if want != got:
            sys.exit(f"{folder}, seed {seed}:\n{to_json(visit)}\nwant {want}\ngot  {got}")
        if not isinstance(want[-1], list) or not want[-1]:
            continue
        computed += 1
        several += len(want[0]) > 1
        if number % 4 == 0:
            wrong += plain(binary.quote(in_yuan(visit, float))) != got
    return computed, several, wrong


def pieces():
    """(folder, how many, seed) of each piece, COUNT visits in all."""
    for begin in range(0, COUNT, PIECE):
        for number, (folder, part) in enumerate(FOLDERS):
            yield folder, PIECE // part, 20230210 + begin + number


def main():
    huren = os.path.abspath(sys.argv[1])
    total = computed = several = wrong = 0
    with concurrent.futures.ProcessPoolExecutor() as pool:
        running = [(piece[1], pool.submit(compare, huren, *piece)) for piece in pieces()]
        for count, answer in running:
            a, b, c = answer.result()
            total, computed, several, wrong = total + count, computed + a, several + b, wrong + c
    print(f"{total} visits, {computed} computed, {several} under several filings, all as in fractions; in floating point "
          f"{wrong} of a quarter of them are wrong")
    assert computed > total // 4, "too few of the visits meet a policy"
    assert several > total // 50, "too few of the visits may be taken for several filings"
    assert wrong > 0, "the control in floating point does not fail"


main()

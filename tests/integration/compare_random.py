#!/usr/bin/env python3
"""Comparisons of random visits (settle quote --compare) are those of an independent reference, to the fen.

	compare_random.py HUREN

Directly, at home, by hand: the state of each way, why it is closed or on which condition, who pays what, what is laid
out and paid back, the drugs of 双通道 and their standards; and every part of every difference. Visits with bills by two
catalogues, with filings, with a year, around the edges of made-up areas whose reimbursement by hand is known in part.
4,000 visits; with HUREN_LONG=1 200,000.
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from fractions import Fraction

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from compare_reference import Compare  # noqa: E402
from settle_draw import Draw, in_yuan, to_fen, to_json  # noqa: E402

FOLDERS = ["tests/data/catalog/settlement", "tests/data/catalog/compare", "tests/data/catalog/filings"]
COUNT = 200000 if os.environ.get("HUREN_LONG") else 4000
PIECE = 2000
AMOUNTS = ["medfee_sumamt", "act_pay_dedc", "hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay",
           "hifdm_pay", "maf_pay", "oth_pay", "fund_pay_sumamt", "psn_part_amt"]
CHARGES = [("fulamt_ownpay_amt", "own"), ("overlmt_selfpay", "over"), ("preselfpay_amt", "first"),
           ("inscp_scp_amt", "scope"), ("hosp_part_amt", "hospital_part")]
# Not modelled: how many causes nobody can judge.
SKIPPED = {"causes-not-known"}
# What has to be met often enough, or the comparison would prove little.
EVERY = [f"{way} {state}" for way in ("direct", "home", "manual") for state in ("computed", "closed", "open")] + \
    ["catalogue", "drug-standards", "counter", "deductible", "share", "reduction", "cap", "fund"] + \
    [f"drug {outcome}" for outcome in ("own", "lowest", "no-rule", "no-name", "several", "not-known")]


def fen(amount):
    return int(amount.replace(".", ""))


def reading_wanted(name, way, reading):
    out = {f: to_fen(reading[f]) for f in AMOUNTS}
    out.update({f: to_fen(way["visit"][key]) for f, key in CHARGES})
    person = out["psn_part_amt"]
    by_hand = name == "manual"
    out["laid_out"] = person + out["fund_pay_sumamt"] if by_hand else person
    out["paid_back"] = out["fund_pay_sumamt"] if by_hand else 0
    return reading["readings"], out


def wanted(answer):
    """Of the reference, in fen."""
    ways = [(way["state"], sorted(set(way["remarks"])),
             [reading_wanted(name, way, r) for r in way["readings"]] if way["state"] == "computed" else [])
            for name, way in zip(("direct", "home", "manual"), answer["ways"])]
    drugs = [(line, outcome, standard and to_fen(standard)) for line, outcome, standard in answer["drugs"]]
    differences = [(*d[:3], to_fen(d[3]), [(kind, fund, to_fen(part)) for kind, fund, part in d[4]])
                   for d in answer["differences"]]
    return {"ways": ways, "drugs": drugs, "differences": differences}


def answered(line):
    """The same of an answer of huren."""
    answer = json.loads(line)
    if "ways" not in answer:
        return answer.get("message", line)
    ways = []
    for way in answer["ways"]:
        remarks = {(r["cause"] if r["code"] == "not-direct" else r["code"], r["effect"]) for r in way["remarks"]}
        readings = [([p["id"] for p in r["policies"]],
                     {k: fen(v) for k, v in r.items() if k not in ("policies", "filings")})
                    for r in way["readings"]]
        ways.append((way["state"], sorted(r for r in remarks if r[0] not in SKIPPED), readings))
    drugs = [(d["line"], d["outcome"], fen(d["standard"]) if "standard" in d else None) for d in answer["drugs"]]
    differences = [(d["from"], d["to"], d["reading"], fen(d["amount"]),
                    [(p["part"], p["fund"], fen(p["amount"])) for p in d["parts"]]) for d in answer["differences"]]
    return {"ways": ways, "drugs": drugs, "differences": differences}


def compare(huren, folder, count, seed):
    reference = Compare(folder, Fraction)
    draw = Draw(reference.areas, seed, ["94"] * 4)
    visits = [draw.visit(filings=True, bill=True) for _ in range(count)]
    run = subprocess.run([huren, "settle", "quote", "--compare", "--catalog", folder, "--json", "--lines", "-"],
                         input="\n".join(map(to_json, visits)), capture_output=True, text=True)
    lines = run.stdout.splitlines()
    assert len(lines) == count, f"{len(lines)} answers to {count} visits: {run.stderr}"
    seen = Counter()
    for visit, line in zip(visits, lines):
        want, got = wanted(reference.compare(in_yuan(visit, Fraction))), answered(line)
        if want != got:
            sys.exit(f"seed {seed}:\n{to_json(visit)}\nwant {want}\ngot  {got}")
        seen.update(f"{name} {way[0]}" for name, way in zip(("direct", "home", "manual"), want["ways"]))
        seen.update(part[0] for d in want["differences"] for part in d[4])
        seen.update(f"drug {drug[1]}" for drug in want["drugs"])
    return seen


def main():
    huren = os.path.abspath(sys.argv[1])
    seen = Counter()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ProcessPoolExecutor() as pool:
        for source in FOLDERS:
            shutil.copytree(ROOT / source, folder, dirs_exist_ok=True)
        running = [pool.submit(compare, huren, folder, PIECE, 20230210 + begin) for begin in range(0, COUNT, PIECE)]
        for piece in running:
            seen.update(piece.result())
    print(f"{COUNT} comparisons, all as in fractions:", ", ".join(f"{what} {n}" for what, n in sorted(seen.items())))
    missing = [what for what in EVERY if seen[what] < COUNT // 1000]
    assert not missing, f"hardly seen: {missing}"


main()

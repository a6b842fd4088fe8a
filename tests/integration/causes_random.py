#!/usr/bin/env python3
"""The causes of random visits are those of an independent reference, and stand in their order.

	causes_random.py HUREN

Every fact of a visit is drawn, or left out, at the edges of tests/data/catalog/diagnose and of the sample. 4,000
visits; with HUREN_LONG=1 200,000. Every cause and outcome must be among them.
"""
import json
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from causes_reference import Causes  # noqa: E402

COUNT = 200000 if os.environ.get("HUREN_LONG") else 4000
PIECE = 20000
FOLDERS = {
    "tests/data/catalog/diagnose": (["910101", "910201", "920101"], ["x-a", "x-b", "x-c"], ["c"]),
    "catalog/sample": (["130302", "130322", "120101", "360100", "360102", "110105", "310104"],
                       ["x-beijing-union", "x-beijing-anzhen", "121100004000000014", "x-demo-pharmacy", "none"],
                       ["tj-employee-inpatient"]),
}
DAYS = ["2023-02-09", "2023-02-10", "2024-09-09", "2024-09-10", "2024-12-31", "2025-01-01", "2025-03-01"]
ORDER = ["CARD_INACTIVE", "FILING_BAD_DATA", "MULTI_INSURED", "UNPAID", "WAITING_PERIOD", "NOT_FILED",
         "FILING_WRONG_REGION", "FILING_WRONG_TYPE", "FILING_EXPIRED", "FILING_OVERLAP", "REGION_NOT_OPEN",
         "INST_NOT_LINKED", "MAINTENANCE", "NOT_COVERED", "PERSON_SCOPE", "NO_QUALIFICATION", "OPEN_STAY",
         "CAP_EXHAUSTED"]

WELL = {"psn_insu_stas": "1", "insuinfo": [], "waiting_until": "none", "cert_stas": "active", "filing_faults": [],
        "excluded": [], "open_stays": [], "platform_maintenance": False, "year": [], "filing": "long"}


def draw(pick, regions, hospitals, counters):
    visit = {"insuplc_admdvs": pick.choice(regions), "mdtrtarea_admvs": pick.choice(regions),
             "insutype": pick.choice(["310", "390"]), "psn_type": pick.choice(["1101", "1201", "1501"]),
             "med_type": pick.choice(["11", "13", "14", "21", "24", "41", "52", "99"]), "enddate": pick.choice(DAYS)}
    codes = ["M03900", "M04600", "M00503", "M01600", "M99900"]
    some = pick.random()

    def add(name, value):
        if pick.random() < some:
            visit[name] = value

    add("begndate", pick.choice([d for d in DAYS if d[:4] == visit["enddate"][:4] and d <= visit["enddate"]]))
    add("hosp_lv", pick.choice(["1", "2", "3"]))
    add("opsp_dise_code", pick.choice(codes))
    add("fixmedins_code", pick.choice(hospitals))
    add("filing", pick.choice(["none", "exempt", "long", "referral", "emergency", "other"]))
    add("psn_insu_stas", pick.choice(["0", "1", "1", "1", "2", "3"]))
    add("waiting_until", pick.choice(["none", *DAYS]))
    add("cert_stas", pick.choice(["active", "active", "inactive", "damaged"]))
    add("platform_maintenance", pick.random() < 0.2)
    add("excluded", pick.sample(["maternity", "work-injury", "third-party", "abroad"], pick.choice([0, 0, 0, 1, 2])))
    add("open_stays", [{}] * pick.choice([0, 0, 1, 2]))
    add("filing_faults", pick.sample(["wrong-region", "wrong-type", "expired", "overlap", "insured-place", "care-place",
                                      "name", "certificate", "another-person"], pick.choice([0, 0, 1, 2])))
    add("qualifications", [{"opsp_dise_code": pick.choice(codes), "begndate": pick.choice(DAYS)}
                           for _ in range(pick.randrange(3))])
    add("insuinfo", [{"insuplc_admdvs": pick.choice(regions), "insutype": pick.choice(["310", "390", "330"]),
                      "psn_insu_stas": pick.choice(["1", "2"])} for _ in range(pick.randrange(4))])
    add("year", [{"counter": c, "paid": pick.choice(["99.99", "100", "349999.99", "350000", "450000"])}
                 for c in counters if pick.random() < 0.8])
    if pick.random() < 0.15:
        visit.update(WELL)
    if pick.random() < 0.2:
        visit["err_msg"] = pick.choice(["在院状态、不能办理入院", "参 保 状 态 异 常", "E9", "在院状态"])
    return visit


def compare(huren, folder, count, seed):
    pick = random.Random(seed)
    reference = Causes(ROOT / folder)
    visits = [draw(pick, *FOLDERS[folder]) for _ in range(count)]
    run = subprocess.run([huren, "settle", "diagnose", "--catalog", str(ROOT / folder), "--json", "--lines", "-"],
                         input="\n".join(map(json.dumps, visits)), capture_output=True, text=True)
    lines = run.stdout.splitlines()
    assert len(lines) == count, f"{len(lines)} answers to {count} visits: {run.stderr}"
    seen = {}
    for visit, line in zip(visits, lines):
        answer = json.loads(line)
        got = [[c["code"] for c in answer.get(part, [])] for part in ("causes", "not_known")]
        want = [[c for c in ORDER if c in part] for part in reference.of(visit)]
        if got != want:
            sys.exit(f"{folder}, seed {seed}:\n{json.dumps(visit, ensure_ascii=False)}\nwant {want}\ngot  {got}\n{line}")
        known = not visit.get("err_msg") or any(c["said_by_platform"] for c in answer["causes"])
        outcome = "not-direct" if got[0] else "undecided" if got[1] or not known else "direct"
        assert answer["outcome"] == outcome, f"{answer['outcome']} is not {outcome}: {json.dumps(visit)}"
        for code in got[0] + [answer["outcome"]]:
            seen[code] = seen.get(code, 0) + 1
    return seen


def main():
    huren = os.path.abspath(sys.argv[1])
    total, seen = 0, {}
    while total < COUNT:
        for folder in FOLDERS:
            count = min(PIECE, COUNT) // len(FOLDERS)
            for code, times in compare(huren, folder, count, 20230210 + total).items():
                seen[code] = seen.get(code, 0) + times
            total += count
    missing = [c for c in [*ORDER, "not-direct", "undecided", "direct"] if c not in seen]
    assert not missing, f"never seen: {missing}"
    print(f"{total} visits, the causes of all as the reference has them: {seen}")


main()

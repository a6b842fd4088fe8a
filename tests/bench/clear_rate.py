#!/usr/bin/env python3
"""A province's month cleared in one command: clear_rate.py HUREN FOLDER [MILLIONS]

Ten million settlements, made here and synthetic, of 400 hospitals and three million persons between seven provinces.
The floor is `wc -l` over the same file, which only counts its lines. Memory must not grow with the settlements.
"""
import os
import pathlib
import random
import subprocess
import sys
import time

HUREN, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
MILLIONS = int(sys.argv[3]) if len(sys.argv) > 3 else 10
POOL = 20000
draw = random.Random(1)


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def template():
    scope, own = draw.randrange(100000, 3000000), draw.randrange(50000)
    fund = scope * 7 // 10
    return (',"setl_time":"2026-10-%02d %02d:15:00","insuplc_admdvs":"%s","mdtrtarea_admvs":"%s","insutype":"%s","med_type":'
            '"%s","fixmedins_code":"H%011d","medfee_sumamt":"%s","fulamt_ownpay_amt":"%s","overlmt_selfpay":"0.00",'
            '"preselfpay_amt":"0.00","inscp_scp_amt":"%s","act_pay_dedc":"0.00","hifp_pay":"%s","pool_prop_selfpay":"0.7000",'
            '"cvlserv_pay":"0.00","hifes_pay":"0.00","hifmi_pay":"0.00","hifob_pay":"0.00","maf_pay":"0.00","hifdm_pay":"0.00",'
            '"oth_pay":"0.00","fund_pay_sumamt":"%s","psn_part_amt":"%s","acct_pay":"0.00","psn_cash_pay":"%s",'
            '"hosp_part_amt":"0.00","balc":"0.00","acct_mulaid_pay":"0.00"}\n' % (
                draw.randrange(1, 32), draw.randrange(24), draw.choice(("130100", "130300", "120000")),
                draw.choice(("110000", "120000", "310000", "370000", "440000")), draw.choice(("310", "390")),
                draw.choice(("11", "11", "21")), draw.randrange(400), yuan(scope + own), yuan(own), yuan(scope), yuan(fund),
                yuan(fund), yuan(scope + own - fund), yuan(scope + own - fund)))


def make(path, count):
    if path.exists():
        return
    pool = [template() for _ in range(POOL)]
    part = path.with_suffix(".part")
    with part.open("w") as out:
        for begin in range(0, count, POOL):
            out.write("".join(f'{{"medins_setl_id":"S{begin + i:012d}","psn_no":"P{(begin + i) * 7919 % 3000000:09d}"{pool[i]}'
                              for i in range(POOL)))
    part.rename(path)


def timed(*words):
    begun = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, words
    return time.monotonic() - begun, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
print("settlements  seconds  a second  CPU s  memory MB  of wc -l")
for millions in sorted({1, MILLIONS}):
    path = FOLDER / f"clear-{millions}.ndjson"
    make(path, millions * 1000000)
    floor, _, _ = timed("wc", "-l", str(path))
    seconds, memory, cpu = timed(HUREN, "settle", "clear", "--month", "2026-10", "--json", "--scratch", str(FOLDER), str(path))
    print(f"{millions * 1000000:11}  {seconds:7.1f}  {millions * 1e6 / seconds:8.0f}  {cpu:5.1f}  {memory:9.0f}  {seconds / floor:7.1f}",
          flush=True)
    if millions > 1:
        path.unlink()

#!/usr/bin/env python3
"""Visits by the line: each is answered before the next is asked, and many as each alone.

	settle_lines.py HUREN
"""
import json
import os
import pathlib
import select
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUE = str(ROOT / "tests/data/catalog/settlement")
VISIT = {"insuplc_admdvs": "910101", "mdtrtarea_admvs": "920101", "insutype": "310", "psn_type": "1101", "med_type": "21",
         "hosp_lv": "3", "enddate": "2025-03-01", "filing": "long"}
WAIT_S = 20


def line(number):
    # Every hundredth is damaged.
    if number % 100 == 99:
        return "{" if number % 200 == 99 else json.dumps(dict(VISIT, inscp_scp_amt="9", medins_setl_id="x" * 65))
    return json.dumps(dict(VISIT, medins_setl_id=f"S{number}", inscp_scp_amt=f"{number}.{number % 100:02d}"))


def command(huren, *words):
    return [huren, "settle", "quote", "--catalog", CATALOGUE, "--json", *words]


def ask_one_by_one(huren):
    """A program that waits for each answer gets it, and the last one of a line without an end."""
    child = subprocess.Popen(command(huren, "--lines", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number in range(20):
        # The end of one line comes with a blank one, or with the beginning of the next.
        child.stdin.write((line(number) + ("\n", "\n\r\n", "\n  ")[number % 3]).encode())
        child.stdin.flush()
        assert select.select([child.stdout], [], [], WAIT_S)[0], f"no answer to visit {number}"
        answer = os.read(child.stdout.fileno(), 1 << 20)
        assert json.loads(answer)["readings"][0]["setlinfo"]["medins_setl_id"] == f"S{number}"
    child.stdin.write(line(20).encode())
    child.stdin.close()
    assert b'"S20"' in child.stdout.read()
    assert child.wait() == 0


def ask_many(huren):
    """Each in its place; what is damaged tells its line, and the exit code of the last of these is the command's."""
    visits = [line(number) for number in range(5000)]
    run = subprocess.run(command(huren, "--lines", "-"), input="\n".join(visits), capture_output=True, text=True)
    assert run.returncode == 3, run.returncode
    answers = [json.loads(text) for text in run.stdout.splitlines()]
    assert len(answers) == len(visits)
    for number, answer in enumerate(answers):
        if number % 100 == 99:
            assert (answer["outcome"], answer["line"]) == ("error", number + 1), answer
        else:
            assert answer["readings"][0]["setlinfo"]["medins_setl_id"] == f"S{number}"
    for number in (0, 1, 4321):
        alone = subprocess.run(command(huren, "-"), input=visits[number], capture_output=True, text=True, check=True)
        assert alone.stdout == run.stdout.splitlines(keepends=True)[number]


def write_to_a_full_disk(huren):
    """What cannot be written is told, however late it is written."""
    with open("/dev/full", "w") as full:
        run = subprocess.run(command(huren, "--lines", "-"), input=line(1), stdout=full, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 7 and "standard output" in run.stderr, (run.returncode, run.stderr)


def main():
    huren = os.path.abspath(sys.argv[1])
    ask_one_by_one(huren)
    ask_many(huren)
    write_to_a_full_disk(huren)
    print("20 visits one by one, 5,000 at once, and a full disk")


main()

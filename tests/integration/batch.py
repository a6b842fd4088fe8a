#!/usr/bin/env python3
"""`huren verify --batch`: whatever ends a run, the next one goes on to the same bytes.

	batch.py HUREN [--slow]

With --slow, for sanitizers, fewer reports: as many take as long to be ended.
HUREN_LONG in the environment: 200,000 reports and 40 kills instead of 12,000
and 6, and memory with 10 thousand and a million.
"""
import base64
import filecmp
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

try:
    import jsonschema
except ImportError:
    jsonschema = None
    print("without python3-jsonschema (tools/packages.txt) the schema is not looked at")

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = sys.argv[1]
LONG = "HUREN_LONG" in os.environ
REPORTS, KILLS = (200000, 40) if LONG else (1500 if "--slow" in sys.argv else 12000, 6)
ENV = {k: v for k, v in os.environ.items() if not k.startswith("HUREN_")}
ENV["HUREN_CONFIG"] = "/dev/null"
ASKED = ["--catalog", str(ROOT / "catalog/sample"), "--receiver", "121100004000000014"]
AT = ["--at", "2025-03-01"]
rng = random.Random()
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def make(*words):
    subprocess.run([ROOT / "tests/support/make_batch.py", *words], check=True)


def batch(source, *words, code=0, at=AT, **more):
    """The summary, or what was said."""
    done = subprocess.run([HUREN, "verify", "--batch", str(source), *ASKED, *at, "--json", *words],
                          capture_output=True, env=ENV, check=False, **more)
    check(done.returncode == code, f"--batch {' '.join(words)}: exit {done.returncode}, {done.stderr!r}")
    return done


def kept(work):
    """What a run may have left: the flags for it, afresh."""
    for name in ("out", "state"):
        (work / name).unlink(missing_ok=True)
    return ["--output", str(work / "out"), "--state", str(work / "state")]


def inputs_done(work):
    try:
        return json.loads((work / "state").read_text())["inputs"]
    except FileNotFoundError:
        return 0


def kill_at(work, process, inputs):
    """Once so many are done, or a moment after; False when it had ended by itself."""
    while process.poll() is None and inputs_done(work) < inputs:
        time.sleep(0.002)
    time.sleep(rng.choice([0, 0.001, rng.uniform(0, 0.05)]))
    process.send_signal(rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
    code = process.wait()
    # TERM ends it by itself only before it has begun.
    check(code in (-signal.SIGKILL, -signal.SIGTERM, 75, 0), f"a run that is ended: exit {code}")
    return code != 0


def test_killed_and_resumed(source, count, work):
    whole = work / "whole"
    whole.unlink(missing_ok=True)
    begin = time.monotonic()
    summary = batch(source, "--output", str(whole)).stderr
    print(f"{count} reports in {time.monotonic() - begin:.1f} s, {whole.stat().st_size} bytes")
    words = kept(work)
    killed = 0
    for i in range(KILLS):
        process = subprocess.Popen([HUREN, "verify", "--batch", str(source), *ASKED, *AT, *words],
                                   stderr=subprocess.DEVNULL, env=ENV)
        at = rng.randint(0, (i + 1) * count // (KILLS + 1))
        killed += kill_at(work, process, max(at, inputs_done(work) if i % 2 else 0))
    left = count - inputs_done(work)
    again = batch(source, *words).stderr
    print(f"{killed} times ended, the last run had {left} left")
    check(killed >= KILLS // 2, "it was ended on the way")
    check(filecmp.cmp(whole, work / "out", shallow=False), f"{source.name}: the same bytes")
    check(summary == again, f"{source.name}: the same summary: {summary!r} {again!r}")
    check(batch(source, *words).stderr == summary, "one that is done changes nothing")
    check(filecmp.cmp(whole, work / "out", shallow=False), "nor its output")


def schema_of(topic):
    return json.loads(subprocess.run([HUREN, "help", topic], capture_output=True, env=ENV, check=True).stdout)


def check_schema(values):
    """All that a batch writes is what its schema says; the schema of verdicts is put into it."""
    if not jsonschema:
        return
    schema = schema_of("batch-schema")
    jsonschema.Draft202012Validator.check_schema(schema)
    schema["$defs"]["verdict"] = schema_of("verdict-schema")
    validator = jsonschema.Draft202012Validator(schema)
    for value in values:
        fault = jsonschema.exceptions.best_match(validator.iter_errors(value))
        check(not fault, f"the schema: {fault and fault.json_path}: {fault and fault.message[:200]}")


def codes(verdict, numbers):
    found = [verdict["reasons"][number]["code"] for number in numbers]
    return {"reasons": list(dict.fromkeys(found))} if found else {}


def brief_item(verdict, item, rulings):
    """An item of a short line, from that of the whole verdict; its rulings go into the table."""
    heard = [{"regime": r["regime"], "outcome": r["outcome"], **codes(verdict, r["reasons"])}
             for r in (verdict["rulings"][number] for number in item["rulings"])]
    rulings += [r for i, r in enumerate(heard) if r not in rulings and r not in heard[:i]]
    known = {"item": item["item"]["code"]} if "item" in item else {"printed": item["printed"]}
    return {**known, "outcome": item["outcome"],
            **({"obligation": item["obligation"]} if item["obligation"] != "none" else {}),
            **({"regime": heard[0]["regime"]} if item["outcome"] == "recognised" else {}),
            **codes(verdict, item["reasons"]),
            **({"rulings": [rulings.index(r) for r in heard]} if heard else {})}


def brief(verdict):
    report, rulings = verdict["report"], []
    number = "reportNo" if "reportNo" in report else "id"
    issuer = report["issuer"]
    known = {"issuer": issuer["key"]} if "key" in issuer else \
        {"issuerPrinted": issuer["printed"]} if "printed" in issuer else {}
    return {"outcome": verdict["outcome"], "format": report["format"],
            **{name: report[name] for name in ("enclosedIn", number) if name in report}, **known,
            **({"syntheticDataCounted": True} if verdict["catalogue"]["syntheticDataCounted"] else {}),
            **codes(verdict, report["reasons"]),
            "items": [brief_item(verdict, item, rulings) for item in verdict["items"]],
            **({"orders": [{k: o[k] for k in ("order", "cover", "by") if k in o} for o in verdict["orders"]]}
               if "orders" in verdict else {}),
            "rulings": rulings}


def test_short_lines(lines):
    """They say what the whole verdicts say, in the order of their members."""
    asked = ["--order", "TSH", "--order", "无此项目"]
    short = batch(lines, *asked)
    whole = batch(lines, *asked, "--explain").stdout.splitlines()
    for line, explained in zip(short.stdout.splitlines(), map(json.loads, whole)):
        if "verdicts" in explained:
            explained["reports"] = [brief(v) for v in explained.pop("verdicts")]
        wanted = json.dumps(explained, ensure_ascii=False, separators=(",", ":"))
        check(line.decode() == wanted, f"a short line: {line.decode()} is not {wanted}")
    check(len(short.stdout.splitlines()) == len(whole), "as many lines, short or whole")
    print(f"{len(whole)} lines: {len(short.stdout)} bytes, whole {sum(map(len, whole))}")
    check_schema(json.loads(line) for line in short.stdout.splitlines() + whole[::20] + [short.stderr])


def test_answers(lines, work):
    """Each line has its answer, and a verdict is the one that a report by itself gets."""
    words = [*kept(work), "--explain"]
    summary = json.loads(batch(lines, *words).stderr)
    asked = lines.read_bytes().splitlines()
    answers = [json.loads(line) for line in (work / "out").read_bytes().splitlines()]
    check([a["line"] for a in answers] == list(range(1, len(asked) + 1)), "one answer a line, in order")
    faults = [a for a in answers if "error" in a]
    check(faults and sum(r["inputs"] for r in summary["unreadable"]["rows"]) == len(faults), "bad ones are counted")
    outcomes = [v["outcome"] for a in answers for v in a.get("verdicts", [])]
    for word in ("recognised", "undecided", "not-recognised"):
        check(0 < summary["reports"][word] == outcomes.count(word), f"'{word}' is counted")
    for i in rng.sample([a["line"] - 1 for a in answers if "verdicts" in a], 20):
        document = json.loads(asked[i])
        text = document["document"].encode() if "document" in document else \
            base64.b64decode(document["base64"]) if "base64" in document else asked[i]
        check("id" not in document or answers[i]["id"] == document["id"], "an id comes back")
        alone = subprocess.run([HUREN, "verify", "-", *ASKED, *AT, "--json"], input=text,
                               capture_output=True, env=ENV, check=False).stdout
        check(alone.strip() in (work / "out").read_bytes().splitlines()[i], f"line {i + 1}: the same verdict")


def test_ways_in(lines, work):
    whole = batch(lines, "--threads", "1")
    check(batch(lines, "--threads", "7").stdout == whole.stdout, "threads change nothing")
    with open(lines, "rb") as file:
        check(batch("-", stdin=file).stdout == whole.stdout, "standard input is as a file")
    with subprocess.Popen([HUREN, "verify", "--batch", "-", *ASKED, *AT], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENV) as process:
        process.stdin.write(b'{"id":"first","document":"x"}\n{"id":')
        process.stdin.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        out = process.stdout.read()
        check(process.wait(30) == 75, "told to end while it waits for input")
        check(out.count(b"\n") == 1 and b'"first"' in out, f"what was read whole is answered: {out!r}")


def test_long_lines(work):
    """A file of many messages has an answer of megabytes; it stands among the others as it is."""
    folder = work / "long"
    folder.mkdir()
    one = subprocess.run([ROOT / "tests/support/make_hl7.py", "--count", "24"], capture_output=True,
                         check=True).stdout
    for name, count in (("a", 1), ("b", 100), ("c", 2), ("d", 60), ("e", 60), ("f", 1)):
        (folder / f"{name}.hl7").write_bytes(one * count)
    together = batch(folder, "--explain").stdout.split(b"\n")[:6]
    check(max(map(len, together)) > 2 << 20, f"lines of {[len(line) for line in together]} bytes")
    check([len(json.loads(line)["verdicts"]) for line in together] == [1, 100, 2, 60, 60, 1],
          "each file has its verdicts, in order")


def test_refused(lines, work):
    words = kept(work)
    batch(lines, *words)
    batch(lines, *words, "--setting", "inpatient", code=6)
    batch(lines, *words, "--explain", code=6)
    batch(lines, *words, code=6, at=["--at", "2025-03-02"])
    batch(lines, "--output", str(work / "out"), code=6)
    text = lines.read_bytes()
    changed = work / "changed.ndjson"
    changed.write_bytes(text.replace(b"SYN-000000003", b"SYN-999999999"))
    check(b"not as it was" in batch(changed, *words, code=6).stderr, "another input is told")
    changed.write_bytes(text[:len(text) // 2])
    check(b"fewer" in batch(changed, *words, code=6).stderr, "a shorter one, too")
    os.truncate(work / "out", 100)
    check(b"shorter" in batch(lines, *words, code=6).stderr, "a shorter output is told")
    (work / "state").write_text("{}")
    batch(lines, *words, code=6)
    for bad in (["--state", "s"], ["--threads", "0"], ["--patient", "p"]):
        batch(lines, *bad, code=2)
    batch(work / "absent", code=2)


def test_time_of_decision(lines, work):
    """Without --at it is that of the first run, whenever the others are."""
    words = [*kept(work), "--explain"]
    with subprocess.Popen([HUREN, "verify", "--batch", str(lines), *ASKED, *words],
                          stderr=subprocess.DEVNULL, env=ENV) as process:
        kill_at(work, process, 1)
    time.sleep(1.1)
    summary = json.loads(batch(lines, *words, at=[]).stderr)
    times = {json.loads(line)["verdicts"][0]["question"]["at"]
             for line in (work / "out").read_bytes().splitlines() if b'"verdicts"' in line}
    check(times == {summary["at"]}, f"one time of decision: {times}")


def test_full_disk(lines, work):
    words = kept(work)
    room = len(batch(lines).stdout) // 2

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

    whole = batch(lines).stdout
    said = batch(lines, *words, code=7, preexec_fn=limit, restore_signals=False).stderr
    check(b"cannot write" in said, f"a disk that is full is told: {said!r}")
    batch(lines, *words)
    check((work / "out").read_bytes() == whole, "and once there is room it goes on")


def peak_kib(source):
    process = subprocess.Popen([HUREN, "verify", "--batch", str(source), *ASKED, *AT], env=ENV,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begin, peak = time.monotonic(), 0
    while process.poll() is None:
        time.sleep(0.01)
        # Of this program's memory: wait4 would count what it was forked from.
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                peak = int(line.split()[1])
    check(process.returncode == 0, "a run for its memory")
    print(f"{source.name}: {peak} KiB, {time.monotonic() - begin:.1f} s")
    return peak


def test_memory(work):
    few, many = work / "few.ndjson", work / "many.ndjson"
    make("--small", "--count", "10000", "--out", str(few))
    make("--small", "--count", "1000000", "--out", str(many))
    small, large = peak_kib(few), peak_kib(many)
    check(large < small * 1.2 + 4096, f"a million take the memory of ten thousand: {small}, {large} KiB")
    many.unlink()
    folder = work / "links"
    for name, count in (("few", 10000), ("many", 1000000)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        originals = [work / f"report{i}" for i in range(count // 50000 + 1)]
        for original, line in zip(originals, few.read_bytes().splitlines()):
            original.write_bytes(line)
        for i in range(count):
            os.link(originals[i % len(originals)], folder / f"{i * 7919 % count:07}.json")
        small, large = (peak_kib(folder), 0) if name == "few" else (small, peak_kib(folder))
    # The names of one round through a folder: HR_BATCH_NAMES.
    check(large < small * 1.2 + 12288, f"nor do their names: {small}, {large} KiB")
    shutil.rmtree(folder)


def main():
    with tempfile.TemporaryDirectory(prefix="huren-batch-") as name:
        work = pathlib.Path(name)
        lines, folder, short = work / "month.ndjson", work / "month", work / "short.ndjson"
        make("--count", str(REPORTS), "--out", str(lines))
        make("--count", str(REPORTS // 4), "--seed", "2", "--folder", str(folder))
        make("--count", "600", "--seed", "3", "--out", str(short))
        test_short_lines(short)
        test_answers(short, work)
        test_ways_in(short, work)
        test_long_lines(work)
        test_refused(short, work)
        test_time_of_decision(short, work)
        test_full_disk(short, work)
        test_killed_and_resumed(lines, REPORTS, work)
        test_killed_and_resumed(folder, REPORTS // 4, work)
        if LONG:
            test_memory(work)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

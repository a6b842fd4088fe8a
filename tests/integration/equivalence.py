#!/usr/bin/env python3
"""One report has one verdict, whatever format it came in.

	equivalence.py HUREN [--reports N] [--seed N]

Reports made up at random (support/one_report.py) are written as CDA in one of three layouts and
two encodings, as FHIR in JSON and XML, as our own JSON, as HL7 v2 in three encodings and with
three line ends, and as a structured report of DICOM. Of the verdicts, all must be equal, byte by
byte, but what names the input itself: places, ids, titles, how a time was printed.

Which edges were among them is counted and printed; the test fails when one was missing.
With HUREN_LONG=1 thousands are tried.
"""
import argparse
import collections
import concurrent.futures
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import one_report  # noqa: E402

ROUND = 10  # reports that one process is asked about
OUTCOMES = ["recognised", "undecided", "not-recognised"]
# What names the input, not what is thought of it.
OF_THE_INPUT = {"place", "line", "format", "title", "id", "reportNo", "version", "deviations"}
TIMES = ["collected", "received", "tested", "reported"]


class Essence:
    """A verdict without what names the input; each number of a ruling, a reason or a record as
    what it means, and reasons as a set: their order is the readers' own."""

    def __init__(self, line):
        self.verdict = json.loads(line)
        self.reasons = [json.dumps(self.strip(reason), ensure_ascii=False, sort_keys=True)
                        for reason in self.verdict["reasons"]]
        parts = ("outcome", "question", "report", "items", "orders")
        self.parts = self.strip({part: self.verdict[part] for part in parts if part in self.verdict})
        self.spread()

    def strip(self, node):
        if isinstance(node, list):
            return [self.strip(one) for one in node]
        if not isinstance(node, dict):
            return node
        out = {}
        for key, value in node.items():
            printed = key == "value" and ("precision" in node or "effect" in node)
            if printed or key in OF_THE_INPUT:
                continue
            if key == "record":
                record = self.verdict["records"][value]
                out[key] = f"{record['file']}:{record['line']}"
            elif key == "reasons":
                out[key] = sorted(self.reasons[number] for number in value)
            elif key == "rulings":
                out[key] = [self.strip(self.verdict["rulings"][number]) for number in value]
            else:
                out[key] = self.strip(value)
        return out

    def spread(self):
        """What is said of the report holds for each of its results: formats say it here or there."""
        report = self.parts["report"]
        common = {key: report[key] for key in (*TIMES, "performer") if key in report}
        common.setdefault("performer", report.get("issuer"))
        for key in common:
            report.pop(key, None)
        for item in self.parts["items"]:
            for key, value in common.items():
                item.setdefault(key, value)

    def text(self):
        return json.dumps(self.parts, ensure_ascii=False, sort_keys=True)


def difference(a, b, path=""):
    """The first place where two differ, and what each says there."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if a.get(key) != b.get(key):
                return difference(a.get(key), b.get(key), f"{path}.{key}")
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            if x != y:
                return difference(x, y, f"{path}[{i}]")
    return f"{path}:\n    {a}\n    {b}"


def ask(program, question, folder, paths):
    """All documents in one process: a line each, in order."""
    words = ["verify", "--json", "--catalog", str(ROOT / "tests/data/catalog/decision"),
             "--local", str(folder / "local"), "--receiver", question.receiver,
             "--at", question.at.isoformat(), "--setting", question.setting,
             "--intervened", question.intervened]
    for order in question.orders:
        words += ["--order", order]
    if question.seen:
        words += ["--mark-seen", question.seen]
    if question.patient:
        patient = folder / "patient.json"
        patient.write_text(json.dumps(one_report.patient_at_hand(question.patient)), encoding="utf-8")
        words += ["--patient", str(patient)]
    done = subprocess.run([program, *words, *map(str, paths)], capture_output=True, check=False,
                          env={**os.environ, "HUREN_CONFIG": "/dev/null"})
    lines = done.stdout.decode().splitlines()
    if len(lines) != len(paths):
        raise SystemExit(f"{len(paths)} documents, {len(lines)} verdicts: {done.stderr.decode()}")
    return lines


def edges_of(question, v, verdict):
    """What this report is an example of."""
    yield f"status {v.status}"
    yield f"times to the {v.precision}"
    yield f"HL7 v2 in {v.charset[0]}, said to be {v.charset[1] or 'nothing'}"
    yield f"layout {v.layout} in {v.encoding}"
    if v.utc and v.precision != "day":
        yield "times in UTC"
    if v.coded:
        yield "LOINC codes"
    if any(name.startswith("LIS-") for name, *_ in v.items):
        yield "a hospital's own codes"
    if any(not unit and value[0].isdigit() for _, _, value, unit in v.items):
        yield "a number without a unit"
    if v.performer:
        yield "tested elsewhere"
    if question.orders:
        yield "an order"
    if question.patient:
        yield "the patient at hand" if question.patient == v.patient else "another patient at hand"
    if question.seen:
        yield "a mark seen"
    for time in (v.collected, v.reported):
        if (time.month, time.day) == (2, 29):
            yield "a leap day"
        if time.hour == time.minute == time.second == 0:
            yield "midnight at +08:00"
    if v.utc and v.collected.astimezone(datetime.timezone.utc).date() != v.collected.date():
        yield "another day in UTC"
    untils = {ruling["window"]["until"] for ruling in verdict["rulings"]
              if "until" in ruling.get("window", {})}
    for until in untils:
        gap = (question.at - datetime.datetime.fromisoformat(until)).total_seconds()
        if abs(gap) <= 1:
            yield f"asked at the end of a window {gap:+.0f} s"


def try_round(program, seed, number):
    """Counts, and words about what differs. Each round has random numbers of its own."""
    rng = random.Random(f"{seed}/{number}")
    question, reports = one_report.vary_round(rng, ROUND)
    edges, outcomes, failures = collections.Counter(), collections.Counter(), []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "local").mkdir()
        for place in one_report.PLACES[:2]:
            (folder / f"local/{place[1]}.xml").write_text(one_report.code_map(place[1]), encoding="utf-8")
        formats = [one_report.formats_of(v) for v in reports]
        paths = []
        for i, (v, writers) in enumerate(zip(reports, formats)):
            for write in writers:
                paths.append(folder / f"{i}.{write.__name__}")
                paths[-1].write_bytes(write(v))
        lines = iter(ask(program, question, folder, paths))
    for i, (v, writers) in enumerate(zip(reports, formats)):
        first, *others = [Essence(next(lines)) for _ in writers]
        edges.update(set(edges_of(question, v, first.verdict)))
        edges.update(f"as {write.__name__}" for write in writers)
        outcomes.update(item["outcome"] for item in first.parts["items"])
        failures += [f"round {number}, report {i}, {writers[0].__name__} and {write.__name__}: "
                     f"{difference(first.parts, other.parts)}"
                     for write, other in zip(writers[1:], others) if other.text() != first.text()]
    return edges, outcomes, failures


# A sample without them would show nothing.
EDGES = ["asked at the end of a window -1 s", "asked at the end of a window +0 s",
         "asked at the end of a window +1 s", "a leap day", "midnight at +08:00", "times in UTC",
         "another day in UTC", "times to the day", "times to the minute", "status corrected",
         "status preliminary", "status cancelled", "a number without a unit",
         "a hospital's own codes", "LOINC codes", "an order", "tested elsewhere",
         "the patient at hand", "another patient at hand", "a mark seen", "as cda", "as dicom"]


def main():
    long = os.environ.get("HUREN_LONG") == "1"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--reports", type=int, default=3000 if long else 200)
    parser.add_argument("--seed", type=int, default=20250218)
    args = parser.parse_args()
    rounds = range((args.reports + ROUND - 1) // ROUND)
    edges, outcomes, failures = collections.Counter(), collections.Counter(), []
    with concurrent.futures.ProcessPoolExecutor() as pool:
        for some in pool.map(try_round, [args.program] * len(rounds), [args.seed] * len(rounds),
                             rounds, chunksize=4):
            edges += some[0]
            outcomes += some[1]
            failures += some[2]
    for edge, count in sorted(edges.items()):
        print(f"{count:6} {edge}")
    for failure in failures[:20]:
        print(failure)
    print(f"{len(rounds) * ROUND} reports of seed {args.seed}, "
          f"{sum(n for e, n in edges.items() if e.startswith('as '))} documents, "
          f"{len(failures)} differ; items: {dict(outcomes)}")
    missing = [edge for edge in EDGES if edges[edge] < 3]
    if missing:
        print(f"hardly among them: {', '.join(missing)}")
    # A test of refusals alone would not see much.
    return 1 if failures or missing or min(outcomes[o] for o in OUTCOMES) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())

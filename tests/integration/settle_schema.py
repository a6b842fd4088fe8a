#!/usr/bin/env python3
"""Questions and answers of `huren settle` are what `huren help settle-schema` says.

	settle_schema.py HUREN

So that a member or a word that is added and forgotten in the schema fails here:
each table of members in the sources is a definition, name by name; each name
that a writer puts down is in it; so is each word of a list; and every case of
tests/cases/settlement is run with its questions and answers held against it.
What no case ever answered is told, too.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: there is no python3-jsonschema (tools/packages.txt)")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The tables of members, and what each is in the schema. None: no question of ours.
TABLES = {
    "visit_read.c members": "visit",
    "visit_read.c line_members": "line",
    "visit_read.c sort_members": "lineSort",
    "visit_read.c counted_members": "countedIn",
    "eligibility_read.c insured_members": "insuredIn",
    "eligibility_read.c stay_members": "openStay",
    "eligibility_read.c qualification_members": "qualification",
    "filing_read.c members": "filingQuestion",
    "filing_read.c enrolment_members": "enrolment",
    "filing_read.c filed_members": "filed",
    "filing_read.c application_members": "application",
    "filing_read.c change_members": "change",
    "filing_read.c cancel_members": "cancel",
    "filing_read.c visit_members": "filingVisit",
    "ledger_ask.c ask_members": "yearMembers",
    "ledger_json.c amounts": "setlinfo",
    "ledger_json.c tally_members": "countedOut",
    "ledger_json.c basis_members": "recordUsed",
    "ledger_json.c row_members": "kept",
}
# Of these huren reads back what it wrote. It may always write what it can do without; and more than it reads.
READ_BACK = {"setlinfo": {"medins_setl_id"}, "countedOut": set(), "recordUsed": set(), "kept": set()}

# Commands, some with an option that makes another question or answer of it
# ("settle quote --compare"), and what of the schema they are asked and answer.
COMMANDS = {
    "settle quote": ("visit", "quote"),
    "settle quote --compare": ("visit", "comparison"),
    "settle explain": ("explainQuestion", "explanation"),
    "settle record": ("recordQuestion", "yearAnswer"),
    "settle reverse": ("reverseQuestion", "yearAnswer"),
    "settle ledger": ("yearQuestion", "yearAnswer"),
    "settle resettle": (None, "yearChanges yearSums"),
    "settle diagnose": ("visit", "diagnosis"),
    "settle check": (None, "check"),
    "settle institutions": (None, "network"),
    "settle file check": ("filingQuestion", "filingAnswer"),
    "settle file check --summary": ("filingQuestion", "filingTally"),
    "settle file apply": (None, "filingAnswer"),
    "settle file change": (None, "filingAnswer"),
    "settle file cancel": (None, "filingAnswer"),
    "settle file list": (None, "filingList"),
}
# Commands whose JSON has no schema here, and why.
WITHOUT = {
    "settle clear": "statements of a month, for the regions: not of a visit",
    "settle reconcile": "differences of two sides: not of a visit",
}

# Commands that answer JSON whatever they are asked, without --json.
ALWAYS = ["settle file list"]

# Members of answers that no case has.
UNSEEN = {
    "filingAnswer.id": "of a filing that was kept: integration.filing_command",
    "settledAgain.why": "of refused: a sum of the year that passes 16 digits, or what an older huren took",
}



def word_of(constants):
    """Finds the words of a table by constants."""
    return rf'\[HR_{constants}\] = HR_STR_INIT\("([a-z-]+)"'


# Enumerations, and where their words are told: a file and what finds them.
WORDS = {
    "fund": ("catalog/policy.h", "HR_FUNDS", r'\tX\(\w+, "([a-z-]+)"'),
    "filing": ("catalog/scope.h", "HR_FILINGS", r'\tX\(\w+, "([a-z-]+)"'),
    "grade": ("catalog/catalog.h", "HR_GRADES", r'\tX\(\w+, "([a-z-]+)"'),
    "service": ("catalog/directory.h", "HR_SERVICES", r'\tX\(\w+, "([a-z-]+)"'),
    "causeCode": ("settlement/causes.def", None, r"^C\((\w+),"),
    "step": ("settlement/quote_steps.c", None, r'\tROW\(\w+, "([a-z-]+)"'),
    "quoteOutcome": ("settlement/quote_json.c", None, word_of("QUOTE_\\w+")),
    "comparisonOutcome": ("settlement/compare_json.c", None, r'\[(?:true|false)\] = HR_STR_INIT\("([a-z-]+)"'),
    "filingOutcome": ("settlement/filing_words.c", None, word_of("FILING_(?:OPEN_STILL|HOLDS|FAILS)")),
    "filingState": ("settlement/filing_words.c", None, word_of("FILING_STATE_\\w+")),
    "filingNeed": ("settlement/filing_words.c", None, word_of("FILING_(?:UNDECIDED|NOT_NEEDED|NEEDED)")),
    "filingVerdict": ("settlement/filing_apply.c", None, word_of("FILING_\\w+")),
    "way": ("settlement/compare.h", "HR_WAYS", r'\tX\(\w+, "([a-z-]+)"'),
    "differenceOf": ("settlement/compare.h", "HR_PARTS", r'\tX\(\w+, "([a-z-]+)"'),
    "remarkCode": ("settlement/compare_remarks.def", None, r'^R\(\w+,\s*"([a-z-]+)"'),
    "drugOutcome": ("settlement/drugs.c", None, r'\tROW\(\w+, "([a-z-]+)"'),
    "borneOf": ("settlement/explain_words.c", None, word_of("BORNE_\\w+")),
    "sayingCode": ("settlement/explain_words.def", None, r'^W\(\w+,\s*"([a-z-]+)"'),
    "keptState": ("settlement/ledger.c", None, word_of("LEDGER_(?:STANDS|REVERSED|REPLACED)")),
    "yearOutcome": ("settlement/ledger.c", None, word_of("LEDGER_(?!BY_|STANDS|REVERSED|REPLACED)\\w+")),
    "changeCauseOf": ("settlement/ledger.c", None, word_of("LEDGER_BY_\\w+")),
    "amountName": ("settlement/settlement.h", "HR_AMOUNTS", r'\tX\(\w+, "([a-z_]+)"'),
}

# The program that the cases call: ours, its question and answer noted in a folder. What is answered in words there is
# answered as JSON here: the words are what the cases themselves are for.
WRAPPER = r"""#!/bin/sh
case "$1 $2 $3 " in
COMMANDS) json=--json ;;
*) exec "$REAL" "$@" ;;
esac
case "$1 $2 $3 " in
ALWAYS) json= ;;
esac
note=$(mktemp -d "$NOTES/XXXXXX")
printf '%s\n' "$@" >"$note/words"
: >"$note/question"
for word in "$@"; do
	[ "$word" = - ] && cat >"$note/question"
	[ -f "$word" ] && cp "$word" "$note/question"
done
"$REAL" "$@" $json <"$note/question" >"$note/answer"
code=$?
echo $code >"$note/code"
cat "$note/answer"
exit $code
"""


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def rows_of_words(found):
    """The rows that a table has of each word of a list as HR_AMOUNTS(X)."""
    _, word, row, words = found.groups()
    header = next(path for path in sorted((ROOT / "settlement").glob("*.h"))
                  if f"#define {words}(X)" in path.read_text())
    return "\n".join(row.replace(f" {word},", f' "{name}",') for name in
                     re.findall(r'\tX\(\w+, "(\w+)"', list_of(header, words)))


def list_of(path, macro):
    return re.search(rf"#define {macro}\(X\).*\\\n(?:.*\\\n)*.*\n", path.read_text())[0]


def tables_of(path):
    """Each table of members in a source: its name, and its rows as name -> needed."""
    text = re.sub(r"#define X\((\w+), (\w+).*?\)[ \t\\\n]+(HR_MEMBER.*)\n\t(HR_\w+)\(X\)\n#undef X", rows_of_words,
                  strip_comments(path.read_text()))
    shared = {name: body for name, body in
              re.findall(r"#define (\w+)[ \t\\\n]+((?:.*HR_MEMBER(?:.*\\\n)*.*))", text)}
    for name, body in re.findall(r"hr_member (\w+)\[\] = \{(.*?)\};", text, re.S):
        for macro, rows in shared.items():
            body = re.sub(rf"\b{macro}\b", lambda _, rows=rows: rows, body)
        body = body.replace("\\\n", " ")
        yield name, {row[0]: row[1] == "true" for row in
                     re.findall(r'HR_MEMBER\([^"]*"(\w+)",.*?(true|false)\)', body, re.S)}


def table_faults(schema):
    found = set()
    for path in sorted((ROOT / "settlement").glob("*.c")):
        for name, rows in tables_of(path):
            table = f"{path.name} {name}"
            found.add(table)
            if table not in TABLES:
                yield f"{table}: the table is in no definition (TABLES of this test)"
                continue
            definition = schema["$defs"][TABLES[table]]
            needed = {row for row, is_needed in rows.items() if is_needed}
            name = TABLES[table]
            told = set(definition["properties"]) - READ_BACK.get(name, set())
            required = set(definition.get("required", []))
            if told != set(rows):
                yield f"{table}: {sorted(told ^ set(rows))} is in one only"
            if required != needed and not (name in READ_BACK and required > needed):
                yield f"{table}: the needed are {sorted(needed)}"
            if not rows:
                yield f"{table}: no rows were found"
    yield from (f"{table} is gone" for table in TABLES if table not in found)


def names_of(node):
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for child in node.values():
            yield from names_of(child)
    elif isinstance(node, list):
        for child in node:
            yield from names_of(child)


def writer_faults(schema):
    known = set(names_of(schema))
    pattern = re.compile(r'(?:MEMBER|NAME|hr_json_name|hr_json_member|(?:add|put|hr_act)_\w+)'
                         r'\(&?w, (?:HR_STR\()?"(\w+)"')
    writers = [path for path in [*sorted((ROOT / "settlement").glob("*.c")), ROOT / "service/filing_acts.c"]
               if "hr_json_writer" in path.read_text()]
    for path in writers:
        text = strip_comments(path.read_text())
        for name in sorted(set(pattern.findall(text)) - known):
            yield f"{path.name} writes '{name}', which is not in the schema"
    if len(writers) < 5:
        yield "the writers were not found"


def word_faults(schema):
    for name, (path, macro, pattern) in WORDS.items():
        text = list_of(ROOT / path, macro) if macro else (ROOT / path).read_text()
        words = re.findall(pattern, text, re.M)
        if set(words) != set(schema["$defs"][name]["enum"]) or not words:
            yield f"{name}: {sorted(set(words) ^ set(schema['$defs'][name]['enum']))} is in one only"


def plain(name):
    return name.split(" --")[0]


def is_of(words, name):
    options = name.split()[len(plain(name).split()):]
    return words[:len(plain(name).split())] == plain(name).split() and set(options) <= set(words)


def read_note(folder):
    """One call of the program; of commands that are one another's beginning, the longest."""
    words = (folder / "words").read_text().splitlines()
    names = [name for name in COMMANDS if is_of(words, name)]
    return {"command": max(names, key=len), "words": words, "lines": "--lines" in words,
            "code": int((folder / "code").read_text()),
            "answer": (folder / "answer").read_text(errors="replace"),
            "question": (folder / "question").read_text(errors="replace")}


def command_faults(program):
    """Every command with --json is asked here, or it is told why not."""
    listed = subprocess.run([program, "help", "settle"], capture_output=True, check=True).stdout.decode()
    names = re.findall(r"^  (settle [a-z -]*[a-z])(?:  |$)", listed, re.M)
    for name in names:
        page = subprocess.run([program, *name.split(), "--help"], capture_output=True, check=True).stdout
        if b"--json" in page and name not in {*map(plain, COMMANDS), *WITHOUT}:
            yield f"'{name}' has --json and is not asked (COMMANDS of this test)"
    yield from (f"'{name}' is no command" for name in {*map(plain, COMMANDS), *WITHOUT} - set(names))


def shell_words(names):
    return " | ".join(f"'{name} '*" for name in names)


def run_cases(program, folder):
    """The calls of all cases, which run with the wrapper in the place of huren."""
    (folder / "bin").mkdir()
    (folder / "notes").mkdir()
    wrapper = folder / "bin/huren"
    wrapper.write_text(WRAPPER.replace("COMMANDS", shell_words({*map(plain, COMMANDS)}))
                       .replace("ALWAYS", shell_words(ALWAYS)))
    wrapper.chmod(0o755)
    env = {**os.environ, "REAL": program, "NOTES": str(folder / "notes")}
    env.pop("HUREN_UPDATE_CASES", None)
    cases = sorted((ROOT / "tests/cases/settlement").iterdir())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for case in cases:
            pool.submit(subprocess.run, [ROOT / "tests/run_case", case, wrapper.parent, ROOT],
                        check=False, capture_output=True, env=env)
    return [read_note(note) for note in (folder / "notes").iterdir()], len(cases)


def read_lines(text, lines):
    """The documents of a text; nothing of what is no JSON."""
    for part in text.splitlines() if lines else [text]:
        try:
            yield json.loads(part)
        except ValueError:
            pass


class Seen:
    """What of the definitions was ever answered."""

    def __init__(self, schema):
        self.schema = schema
        self.members = set()

    def note(self, name, node, definition):
        while "$ref" in definition:
            name = definition["$ref"].rsplit("/", 1)[1]
            definition = self.schema["$defs"][name]
        if isinstance(node, dict):
            for member, value in node.items():
                if member in definition.get("properties", {}):
                    self.members.add(f"{name}.{member}")
                    self.note(f"{name}.{member}", value, definition["properties"][member])
                elif isinstance(definition.get("additionalProperties"), dict):
                    self.note(name, value, definition["additionalProperties"])
        elif isinstance(node, list) and "items" in definition:
            for child in node:
                self.note(name, child, definition["items"])

    def unseen(self, name, definition, walked):
        while "$ref" in definition:
            name = definition["$ref"].rsplit("/", 1)[1]
            definition = self.schema["$defs"][name]
        if name in walked:
            return
        walked.add(name)
        for member, child in definition.get("properties", {}).items():
            if f"{name}.{member}" not in self.members:
                yield f"{name}.{member}"
            else:
                yield from self.unseen(f"{name}.{member}", child, walked)
        for children in ("items", "additionalProperties"):
            if isinstance(definition.get(children), dict):
                yield from self.unseen(name, definition[children], walked)


def validator_of(schema, name):
    return jsonschema.Draft202012Validator({**schema, "anyOf": [{"$ref": f"#/$defs/{name}"}]})


def questions():
    return {asked for asked, _ in COMMANDS.values() if asked}


def answers():
    return {"error", *(name for _, answered in COMMANDS.values() for name in answered.split())}


def kind_of(answer, answered, schema):
    """Of the kinds of answer that a command has: the one whose needed members are there."""
    names = ["error", *answered.split()]
    return next((name for name in names if set(schema["$defs"][name]["required"]) <= set(answer)), names[-1])


def note_faults(schema, notes, seen):
    validators = {name: validator_of(schema, name) for name in questions() | answers()}
    for note in notes:
        asked, answered = COMMANDS[note["command"]]
        where = " ".join(note["words"])
        for answer in read_lines(note["answer"], True):
            name = kind_of(answer, answered, schema)
            seen.note(name, answer, schema["$defs"][name])
            for error in validators[name].iter_errors(answer):
                yield f"{where}: {best(error)}"
        if asked and note["code"] in (0, 1, 4) and note["question"] and not note["lines"]:
            for question in read_lines(note["question"], False):
                for error in validators[asked].iter_errors(question):
                    yield f"{where}: was read, but {best(error)}"


def best(error):
    error = jsonschema.exceptions.best_match([error])
    return f"{error.json_path}: {error.message[:200]}"


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    schema = json.loads(subprocess.run([program, "help", "settle-schema"], capture_output=True,
                                       check=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    seen = Seen(schema)
    with tempfile.TemporaryDirectory() as folder:
        notes, cases = run_cases(program, pathlib.Path(folder))
    wrong = [*table_faults(schema), *writer_faults(schema), *word_faults(schema),
             *command_faults(program),
             *note_faults(schema, notes, seen)]
    for name in sorted(answers()):
        wrong += [f"{member}: no case has it" for member in
                  seen.unseen(name, schema["$defs"][name], questions()) if member not in UNSEEN]
    print(*sorted(set(wrong)), f"{len(notes)} questions of {cases} cases: {len(wrong)} faults", sep="\n")
    return 1 if wrong or len(notes) < cases else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What `huren help report-schema` says is what is read: no more, no less.

	report_schema.py HUREN

Each document of tests/data/neutral is changed in every place, in every way a
schema speaks of: a member gone, null, of another type, one more, spelt
otherwise, a list too long. What the schema takes is read, and nothing else is.
"""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: there is no python3-jsonschema (tools/packages.txt)")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
OTHERS = [None, True, 0, -1.50, "", " final", "final", "exam", [], {}, [[]], [{}], {"value": ""}]
LIMITS = [64, 65]


def huren(program, *words):
    env = {**os.environ, "HUREN_CONFIG": "/dev/null"}
    done = subprocess.run([program, *words], capture_output=True, cwd=ROOT, env=env, check=False)
    return done.stdout.decode(), done.stderr.decode()


def places(node, path=()):
    """Every value, as the way to it from the top."""
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def changed(document, path, change):
    """A copy in which `change` was made to what holds the place."""
    new = copy.deepcopy(document)
    change(at(new, path[:-1]), path[-1])
    return new


def rename(holder, key):
    holder[key.capitalize() if key[0].islower() else key.lower()] = holder.pop(key)


def mutations(document):
    yield document
    yield from OTHERS
    for path in list(places(document))[1:]:
        yield changed(document, path, lambda holder, key: holder.pop(key))
        for other in OTHERS:
            yield changed(document, path, lambda holder, key: holder.__setitem__(key, other))
        if isinstance(path[-1], str):
            yield changed(document, path, rename)
        value = at(document, path)
        if isinstance(value, dict):
            yield changed(document, path, lambda holder, key: holder[key].update(comment=""))
        if isinstance(value, list) and value:
            for limit in LIMITS:
                yield changed(document, path, lambda holder, key: holder.__setitem__(key, value[:1] * limit))


def members_of(schema):
    return {name for part in [schema, *schema["$defs"].values()] for name in part.get("properties", ())}


def read_by_huren(program, documents, folder):
    """Which are read: all in one call, and those that are not are named."""
    paths = [folder / f"{number}.json" for number in range(len(documents))]
    for path, document in zip(paths, documents):
        path.write_text(json.dumps(document, ensure_ascii=False))
    _, err = huren(program, "verify", "--json", "--catalog", "tests/data/catalog/decision", "--at", "2024-03-02",
                   *map(str, paths))
    refused = {line.split(":")[1].strip() for line in err.splitlines() if line.startswith("huren: ")}
    return [str(path) not in refused for path in paths]


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    schema = json.loads(huren(program, "help", "report-schema")[0])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    originals = [json.loads(path.read_text()) for path in sorted(ROOT.glob("tests/data/neutral/*.json"))]
    documents = [document for original in originals for document in mutations(original)]
    valid = [validator.is_valid(document) for document in documents]
    with tempfile.TemporaryDirectory() as folder:
        read = read_by_huren(program, documents, pathlib.Path(folder))
    wrong = [f"the schema says {want}, huren {got}: {json.dumps(document, ensure_ascii=False)[:400]}"
             for document, want, got in zip(documents, valid, read) if want != got]
    used = {path[-1] for original in originals for path in places(original) if path and isinstance(path[-1], str)}
    wrong += [f"no document has the member {name}" for name in sorted(members_of(schema) - used)]
    print(*wrong[:20], f"{len(documents)} documents, {sum(valid)} of them valid: {len(wrong)} faults", sep="\n")
    return 1 if wrong or not all(validator.is_valid(original) for original in originals) else 0


if __name__ == "__main__":
    sys.exit(main())

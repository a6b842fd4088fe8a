#!/usr/bin/env python3
"""
The metadata of every film of the corpora, beside those that DCMTK's dcm2json
makes of the same file, element by element. They must be the same but for what is
listed here, and for public elements that a file calls unknown (UN): we take the
dictionary's word, DCMTK the file's. A sample of the files; with HUREN_LONG all.

	film_metadata.py FILM_METADATA
"""
import base64
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CORPORA = os.environ.get("HUREN_CORPORA") or os.path.join(HERE, "../../../shared/corpora")

# Ours alone: the index knows it, the object need not. Theirs alone: padding.
ADDED = {"00080005", "00083002"}
LEFT_OUT = {"FFFCFFFC"}
# Chinese that is declared as Latin: we repair it, DCMTK believes it.
KNOWN = {("cn_gbk_declared_iso_ir_100.dcm", tag) for tag in ("00080080", "00100010")}
EACH = 1 if os.environ.get("HUREN_LONG") else 8
LEAST = 200 // EACH
BYTES = {"OB", "OW", "OD", "OF", "OL", "OV", "UN"}


def files_of(folder):
    for at, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield os.path.join(at, name)


def number(value):
    """A DS or IS, as a number or a text, or a special FD."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def single(value):
    return struct.pack("<f", float(value))


def groups(name):
    """A name without the empty components at its end, which DCMTK drops."""
    return {k: v.rstrip("^") for k, v in (name or {}).items() if v.rstrip("^")}


def same_value(vr, ours, theirs):
    if ours == theirs:
        return True
    if vr == "FL":
        return single(ours) == single(theirs)
    if vr == "FD":
        # DCMTK writes some with an error in the last digit.
        return math.isclose(float(ours), float(theirs), rel_tol=1e-15)
    if vr in ("DS", "IS", "SV", "UV"):
        return number(ours) == number(theirs)
    if vr == "PN":
        return groups(ours) == groups(theirs)
    return str(ours or "").strip() == str(theirs or "").strip()


def same_values(vr, ours, theirs):
    if vr == "PN":
        ours, theirs = ([one for one in both if groups(one)] for both in (ours, theirs))
    return len(ours) == len(theirs) and all(
        same_value(vr, a, b) for a, b in zip(ours, theirs))


def compare(ours, theirs, path, found):
    for tag in sorted(set(ours) | set(theirs)):
        at = f"{path}{tag}"
        if tag in ADDED or tag in LEFT_OUT:
            continue
        if tag not in ours or tag not in theirs:
            found.append(f"{at}: only {'DCMTK' if tag in theirs else 'huren'} has it")
            continue
        compare_element(ours[tag], theirs[tag], at, found)


def compare_element(ours, theirs, at, found):
    vr = ours["vr"]
    if theirs["vr"] == "UN" and int(at[-8:-4], 16) % 2 == 0:
        return
    if vr != theirs["vr"]:
        found.append(f"{at}: vr {vr}, DCMTK {theirs['vr']}")
        return
    if vr == "SQ":
        mine, other = ours.get("Value", []), theirs.get("Value", [])
        if len(mine) != len(other):
            found.append(f"{at}: {len(mine)} items, DCMTK {len(other)}")
            return
        for i, (a, b) in enumerate(zip(mine, other)):
            compare(a or {}, b or {}, f"{at}[{i}].", found)
    elif vr in BYTES:
        compare_bytes(ours, theirs, at, found)
    else:
        mine, other = ours.get("Value", []), theirs.get("Value", [])
        if not same_values(vr, mine, other):
            found.append(f"{at}: {vr} differs: {str(mine)[:80]} DCMTK {str(other)[:80]}")


def compare_bytes(ours, theirs, at, found):
    inline = base64.b64decode(theirs.get("InlineBinary", ""))
    if "BulkDataURI" in ours:
        if not ours["BulkDataURI"].startswith("http://test/studies/"):
            found.append(f"{at}: URI {ours['BulkDataURI']}")
        elif len(inline) <= 1024 and not at.endswith("7FE00010"):
            found.append(f"{at}: {len(inline)} bytes by URI")
    elif base64.b64decode(ours.get("InlineBinary", "")) != inline:
        found.append(f"{at}: bytes differ")


def theirs_of(path, folder):
    """By dcm2json; None when it gives none. It takes no compressed pixels."""
    copy = os.path.join(folder, "copy.dcm")
    out = os.path.join(folder, "out.json")
    shutil.copyfile(path, copy)
    for _ in range(2):
        code = subprocess.run(["dcm2json", "-q", "-fc", "-ee", copy, out],
                              stderr=subprocess.DEVNULL, check=False).returncode
        if code == 0:
            break
        subprocess.run(["dcmodify", "-q", "-nb", "-ea", "(7fe0,0010)", copy],
                       stderr=subprocess.DEVNULL, check=False)
    try:
        with open(out, encoding="utf-8") as text:
            return json.load(text) if code == 0 else None
    except (UnicodeDecodeError, ValueError):
        return None


def look_at(program, path, folder):
    """What became of one file, and how its metadata differ."""
    ours = json.loads(subprocess.run([program, path], stdout=subprocess.PIPE, check=True).stdout)
    if isinstance(ours, dict):
        return "refused", []
    theirs = theirs_of(path, folder)
    if theirs is None:
        return "alone", []
    theirs.setdefault("7FE00010", ours[0].get("7FE00010"))
    if theirs["7FE00010"] is None:
        del theirs["7FE00010"]
    found = []
    compare(ours[0], theirs, "", found)
    return "compared", found


def main():
    program = os.path.abspath(sys.argv[1])
    root = os.path.join(CORPORA, "dicom")
    if not os.path.isdir(root) or not shutil.which("dcm2json") or not shutil.which("dcmodify"):
        print("no corpora, or no dcmtk: left out")
        return 77
    counts = {"refused": 0, "alone": 0, "compared": 0}
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in list(files_of(root))[::EACH]:
            name = os.path.relpath(path, root)
            became, found = look_at(program, path, folder)
            counts[became] += 1
            for one in found:
                if (os.path.basename(path), one.split(":")[0]) in KNOWN:
                    continue
                print(f"{name}: {one}")
                failed += 1
    print(counts)
    return 1 if failed or counts["compared"] < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Pictures beside DCMTK's own, pixel by pixel, and objects made native beside what they were.

	render.py DRAW [--sample]

For every file of wg04 and cs3d that Debian's dcmj2pnm or dcml2pnm decodes; of
JPEG 2000, which they do not, beside the same image in a codec that they do.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRAW = sys.argv[1]
CORPORA = pathlib.Path(os.environ.get("HUREN_CORPORA", ROOT / "../shared/corpora")) / "dicom"
# What dcmj2pnm does not see: the window of an enhanced object's frames.
ENHANCED = {"CT0012.fragmented_no_bot_jpeg_baseline.51.dcm": ("+Ww", "49", "102")}
# The window as each of both is told it, and the scaling.
VIEWS = [
    ("+Ww 40 400", "40,400,linear", "0,0"),
    ("+Ww 40 400 +Wfs", "40,400,sigmoid", "0,0"),
    ("+Ww 40.5 401", "40,400,linear-exact", "0,0"),
    ("+Ww 40 400 +Sxv 200", "40,400,linear", "200,0"),
    ("+Ww 40 400 +Syv 700", "40,400,linear", "0,700"),
    ("+Ww 40 400 +C 30 40 100 120", "40,400,linear", "0,0,30,40,100,120"),
    ("+Ww 40 400 +Lh", "40,400,linear", "0,0,0,0,-9999,0"),
    ("+Ww 40 400 +Lv", "40,400,linear", "0,0,0,0,0,-9999"),
]
VIEWED = ["cs3d/CTImage.dcm", "cs3d/TestPattern_Palette_16.dcm", "pydicom/examples_overlay.dcm",
          "wg04/NM1_RLE", "wg04/US1_RLE"]
# Lossless JPEG 2000, and the same image otherwise.
TWINS = [("wg04/CT2_J2KR", "wg04/CT2_RLE"), ("wg04/MR3_J2KR", "wg04/MR3_RLE"),
         ("wg04/NM1_J2KR", "wg04/NM1_RLE"), ("wg04/XA1_J2KR", "wg04/XA1_RLE"),
         ("wg04/US1_J2KR", "wg04/US1_RLE"), ("wg04/VL1_J2KR", "wg04/VL1_RLE"),
         ("cs3d/CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm",
          "cs3d/CTImage.dcm")]
NATIVE = ["cs3d/CTImage.dcm", "wg04/CT2_J2KR", "wg04/VL1_RLE", "pydicom/rtdose_expb.dcm",
          "cs3d/TestPattern_JPEG-Baseline_YBR422.dcm", "pydicom/SC_rgb_rle_2frame.dcm",
          "cs3d/CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm",
          "pydicom/test-SR.dcm"]
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def run(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def theirs(path, *words):
    """What DCMTK draws; None for what it does not decode."""
    for tool in "dcmj2pnm", "dcml2pnm":
        with tempfile.NamedTemporaryFile(suffix=".pnm") as out:
            if run(tool, *words, path, out.name) is not None:
                return pathlib.Path(out.name).read_bytes()
    return None


def theirs_unasked(path):
    if path.name in ENHANCED:
        return theirs(path, *ENHANCED[path.name])
    first = theirs(path, "+Wi", "1")
    return first if first is not None else theirs(path, "+Wm")


def check_file(path):
    want = theirs_unasked(path)
    if want is not None:
        check(run(DRAW, path) == want, f"{path.name} as dcmj2pnm draws it")
    return want is not None


def check_view(job):
    name, (words, window, viewport) = job
    path = CORPORA / name
    check(run(DRAW, path, 1, window, viewport) == theirs(path, *words.split()),
          f"{name} with {words}")


def check_twin(job):
    mine, other = (CORPORA / name for name in job)
    check(run(DRAW, mine) == theirs_unasked(other), f"{mine.name} as {other.name}")


def elements(path):
    """Of dcmdump: tags and values, without what may differ: group 2, lengths, pixels."""
    text = run("dcmdump", "-q", "+L", path).decode("latin-1")
    found = re.findall(r"^ *\((?!0002|fffe|7fe0)(....,(?!0000)....)\) (..) (.*?) *#", text, re.M)
    return [(tag, re.sub(r"(explicit|undefined) length", "", value)) for tag, _, value in found
            if tag not in ("0028,0004", "0028,0006", "fffc,fffc")]


def check_native(name):
    with tempfile.NamedTemporaryFile(suffix=".dcm") as out:
        out.write(run(DRAW, CORPORA / name, "native") or b"")
        out.flush()
        check(b"=LittleEndianExplicit" in (run("dcmdump", "+P", "0002,0010", out.name) or b""),
              f"{name} made native is explicit little endian")
        check(elements(CORPORA / name) == elements(out.name), f"{name} made native keeps its values")
        check(run(DRAW, CORPORA / name) == run(DRAW, out.name), f"{name} made native looks the same")


def main():
    if not CORPORA.is_dir():
        print(f"skipped: no corpora at {CORPORA}")
        return 77
    sample = "--sample" in sys.argv
    files = sorted(p for folder in ("wg04", "cs3d") for p in (CORPORA / folder).iterdir()
                   if p.suffix not in (".zst", ".sh"))
    views = [(name, view) for name in VIEWED for view in VIEWS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        compared = sum(pool.map(check_file, files[::12] if sample else files))
        list(pool.map(check_view, views[2:8:2] if sample else views))
        list(pool.map(check_twin, TWINS[:1] if sample else TWINS))
        list(pool.map(check_native, NATIVE[-2:] if sample else NATIVE))
    least = 4 if sample else 51
    check(compared >= least, f"{compared} files are decoded by both, not {least}")
    print(f"{compared} files drawn by both")
    return 1 if failures else 0


sys.exit(main())

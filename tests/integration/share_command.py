#!/usr/bin/env python3
"""huren share: a link is made, listed, told of and called back; by itself and beside a service.

	share_command.py HUREN

What is shown: the secret is on stdout alone, once; a terminal gets a QR code that
begins and ends with its quiet zone, a program gets a line; what the law wants is
asked for; what happened can be read; the audit and the log hold no name.
"""
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import make_films  # noqa: E402

HUREN = sys.argv[1]
ENV = {k: v for k, v in os.environ.items() if not k.startswith("HUREN_")}
ENV["HUREN_CONFIG"] = "/dev/null"
USCC = "121100004000000014"
LINK = re.compile(r"https://film\.example/film#hrf_[A-Za-z0-9_-]{43}(\.P)?\n")
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def run(data, *words, code=0, given=None):
    done = subprocess.run([HUREN, *words, "--data", data], capture_output=True, text=True, env=ENV,
                          input=given, check=False)
    check(done.returncode == code, f"huren {' '.join(map(str, words))}: exit {done.returncode}, "
                                   f"{done.stderr}")
    check("hrf_" not in done.stderr, "no secret on stderr")
    return done.stdout


def create(data, study, *words, purpose="outpatient", url="https://film.example/", **how):
    return run(data, "share", "create", "--to", USCC, "--purpose", purpose, "--public-url", url,
               *words, study, **how)


def on_terminal(data, study):
    """What a person sees who makes a link."""
    ours, theirs = pty.openpty()
    made = subprocess.Popen([HUREN, "share", "create", "--to", USCC, "--purpose", "outpatient",
                             "--public-url", "https://film.example", "--data", data, study],
                            stdout=theirs, env=ENV)
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 65536):
            text += piece
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    check(made.wait() == 0, "made on a terminal")
    return text.decode().replace("\r\n", "\n")


def modules_of_png(path):
    """The picture as rows of 0 and 1, a module each."""
    png, at, data = path.read_bytes(), 8, b""
    width = struct.unpack(">I", png[16:20])[0]
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        data += png[at + 8:at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    raw = zlib.decompress(data)
    rows, before = [], bytes(width)
    for y in range(width):
        method, line = raw[y * (width + 1)], bytearray(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width):
            left, up = line[x - 1] if x else 0, before[x]
            corner = before[x - 1] if x else 0
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda value: abs(guess - value))
            line[x] = (line[x] + (0, left, up, (left + up) // 2, paeth)[method]) & 255
        before = line
        rows.append(bytes(line))
    return [[int(rows[y][x] == 0) for x in range(0, width, 8)] for y in range(0, width, 8)]


def check_qr(rows, what):
    """The three eyes, and four empty modules around."""
    eye = [[int(max(abs(x - 3), abs(y - 3)) != 2) for x in range(7)] for y in range(7)]
    size = len(rows)
    at = lambda x, y: [row[x:x + 7] for row in rows[y:y + 7]]
    check(all(at(x, y) == eye for x, y in ((4, 4), (size - 11, 4), (4, size - 11))), f"{what}: eyes")
    edge = [row[i] for row in rows for i in (0, 1, 2, 3, -1, -2, -3, -4)]
    check(not any(edge) and not any(sum(rows[:4] + rows[-4:], [])), f"{what}: quiet zone")


def test_made(data, study, folder):
    text = create(data, study)
    check(LINK.fullmatch(text) and ".P" not in text, f"a link and no more: {text}")
    told = json.loads(create(data, study, "--json", "--qr", folder / "link.png", "--hours", "2",
                             "--opens", "3", "--passcode-file", "-", given="8642\n"))
    check(LINK.fullmatch(told["link"] + "\n") and told["link"].endswith(told["secret"] + ".P"),
          "a link that asks for its passcode")
    share = told["share"]
    check((share["state"], share["opensMax"], share["hasPasscode"], share["triesLeft"],
           share["studies"], share["rights"]) == ("lives", 3, True, 5, [study], ["view"]), f"{share}")
    check_qr(modules_of_png(folder / "link.png"), "PNG")
    lines = on_terminal(data, study).split("\n")
    check(LINK.fullmatch(lines[0] + "\n"), "the link on a terminal")
    drawn = [line.removeprefix("\033[30;107m").removesuffix("\033[0m") for line in lines[1:-1]]
    rows = [[int(c in half) for c in line] for line in drawn for half in ("▀█", "▄█")]
    check_qr(rows[:len(rows[0])], "terminal")
    return share["id"]


def test_refused(data, study):
    create(data, "1.2.3.9", code=2)
    create(data, study, purpose="", code=6)
    create(data, study, purpose="curiosity", code=2)
    create(data, study, "--kind", "family", code=6)
    create(data, study, "--kind", "family", "--relation", "女儿", "--rights", "view,download", code=6)
    create(data, study, "--kind", "family", "--relation", "女儿")
    create(data, study, "--maker", "guardian", code=6)
    create(data, study, "--maker", "guardian", "--consent", "门诊档案 17")
    create(data, study, "--rights", "everything", code=2)
    create(data, study, "--hours", "0", code=2)
    create(data, study, "--hours", "x", code=2)
    create(data, study, "--passcode-file", "-", given="123", code=2)
    create(data, study, url="", code=2)
    run(data, "share", "show", "000000000000", code=2)
    run(data, "share", "log", "", code=2)


def test_told_and_ended(data, shared):
    lines = [line.split("\t") for line in run(data, "share", "list").splitlines()]
    mine = [line for line in lines if line[0] == shared]
    check(len(mine) == 1 and mine[0][1] == "lives" and mine[0][6] == USCC, f"listed: {mine}")
    run(data, "share", "revoke", shared, "--reason", "已就诊")
    run(data, "share", "revoke", shared)
    check(json.loads(run(data, "share", "show", shared))["state"] == "revoked", "revoked")
    log = [line.split("\t")[1:3] for line in run(data, "share", "log", shared).splitlines()]
    check(log == [["share-revoke", "已就诊"], ["share-create", ""]], f"the log: {log}")
    log = json.loads(run(data, "share", "log", shared, "--json"))
    check([one["recipient"] for one in log] == [USCC] * 2, f"who it was for: {log}")


def test_pickup(data, study):
    words = ["share", "pickup", "--to", USCC, "--purpose", "outpatient", study]
    code = run(data, *words)
    check(re.fullmatch(r"\d{8}\n", code), "eight digits")
    second = json.loads(run(data, *words, "--json"))
    check(second["share"]["isPickup"] and second["share"]["opensMax"] == 1, "one opening")
    states = [one["state"] for one in json.loads(run(data, "share", "list", "--json"))
              if one["isPickup"]]
    check(sorted(states)[-2:] == ["revoked"] * 2 or states.count("lives") == 1, f"one lives: {states}")
    run(data, *words[:3], "x", *words[4:], code=2)


def walk(data, study, folder):
    shared = test_made(data, study, folder)
    test_refused(data, study)
    test_told_and_ended(data, shared)
    test_pickup(data, study)


def beside_a_service(data, study, folder):
    registry, log = folder / "registry.git", folder / "huren.log"
    for words in (["init", registry], ["publish", registry, "catalog/sample", "-m", "x"]):
        subprocess.run([HUREN, "registry", *words], env=ENV, cwd=ROOT, check=True, capture_output=True)
    service = subprocess.Popen([HUREN, "serve", "--registry", registry, "--data", data, "--listen",
                                "127.0.0.1:0", "--log", log], env=ENV, stderr=subprocess.PIPE,
                               text=True)
    check("listening" in service.stderr.readline(), "the service begins")
    walk(data, study, folder)
    service.terminate()
    check(service.wait() == 0, "the service ends")
    told = log.read_text(encoding="utf-8") + service.stderr.read()
    service.stderr.close()
    for secret in ("hrf_", "8642", "女儿", "门诊档案"):
        check(secret not in told, f"the log holds no {secret}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "data"
        (folder / "film.dcm").write_bytes(make_films.film(0, 0, None))
        run(data, "film", "add", folder / "film.dcm", "--institution", USCC)
        study = run(data, "film", "list").strip().split("\t")[-1]
        create(data, study, code=2)  # it is held
        run(data, "film", "release", study, "--reason", "报告已审核")
        walk(data, study, folder)
        beside_a_service(data, study, folder)
    print(f"{len(failures)} failed")
    sys.exit(bool(failures))


main()

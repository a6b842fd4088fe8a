#!/usr/bin/env python3
"""What `huren verify --batch` shows of its progress on a terminal, through a pty.

	batch_progress.py HUREN

The answers go through a pipe that is read at a steady pace, so that the test
knows how fast the batch is and when it will be done. Of each terminal a small
one is played: nothing wraps, nothing stays behind, and the numbers are right.
"""
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = sys.argv[1]
ENV = {**{k: v for k, v in os.environ.items() if not k.startswith("HUREN_")},
       "HUREN_CONFIG": "/dev/null", "TERM": "xterm"}
REPORTS, SECONDS = 1500, 4
WORDS = {"zh": re.compile(r"已判定 (\d+) 份(?:, 每秒 ([\d.]+) 份)?(?:, 还需 (\d+):(\d\d):(\d\d))?"),
         "en": re.compile(r"(\d+) answered(?:, ([\d.]+) a second)?(?:, (\d+):(\d\d):(\d\d) left)?")}
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def screen(text):
    """The lines that a terminal shows in the end, were it wide."""
    lines, column = [""], 0
    for part in re.findall(r"\x1b\[K|\r|\n|[^\x1b\r\n]+", text):
        if part == "\x1b[K":
            lines[-1] = lines[-1][:column]
        elif part == "\r":
            column = 0
        elif part == "\n":
            lines.append("")
        else:
            lines[-1] = lines[-1][:column] + part + lines[-1][column + len(part):]
            column += len(part)
    return lines


class Run:
    """A batch whose stderr is a terminal so many columns wide."""

    def __init__(self, lines, lang, width, **env):
        self.lang, self.width, self.seen = lang, width, []
        self.terminal, other = pty.openpty()
        self.resize(width)
        self.process = subprocess.Popen(
            [HUREN, "verify", "--batch", str(lines), "--catalog", str(ROOT / "catalog/sample"),
             "--receiver", "121100004000000014", "--at", "2025-03-01", "--lang", lang],
            stdout=subprocess.PIPE, stderr=other, env={**ENV, **env})
        os.close(other)

    def resize(self, width):
        self.width = width
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))

    def look(self, seconds):
        """Keeps what is shown, with its time and the width, for so long."""
        end = time.monotonic() + seconds
        while select.select([self.terminal], [], [], max(0, end - time.monotonic()))[0]:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:  # the other side is closed
                time.sleep(max(0, end - time.monotonic()))
                return
            self.seen.append((time.monotonic() - self.begin, self.width, data))

    def go(self, size, at=None):
        """Reads the answers, `size` bytes in SECONDS; `at(share)` is called on the way."""
        self.begin = time.monotonic()
        got = 0
        while part := self.process.stdout.read1(4096):
            got += len(part)
            if at:
                at(got / size)
            self.look(max(0, self.begin + got / size * SECONDS - time.monotonic()))
        self.took = time.monotonic() - self.begin
        self.code = self.process.wait()
        self.look(0.2)
        os.close(self.terminal)
        return self

    def text(self):
        return b"".join(data for _, _, data in self.seen).decode().replace("\r\n", "\n")

    def updates(self):
        """Of those that were shown: time, width, and what they say."""
        for when, width, data in self.seen:
            for text in re.findall("\r([^\r\n]*)\x1b\\[K", data.decode(errors="replace")):
                if text:
                    yield when, width, text, WORDS[self.lang].fullmatch(text)


def check_numbers(run, count):
    answered = 0
    for when, width, text, match in run.updates():
        check(match, f"{width} columns: '{text}'")
        check(columns(text) < width, f"'{text}' is wider than {width} columns")
        if not match:
            continue
        check(answered <= int(match[1]) <= count, f"'{text}' after {answered}")
        answered = int(match[1])
        # What stands in the pipe and in the ring is ahead of what was read.
        if match[2] and when > run.took / 2:
            rate = count / run.took
            check(0.6 * rate < float(match[2]) < 1.6 * rate, f"'{text}': {rate:.0f} a second were read")
        if match[3] and when > run.took / 2:
            left = int(match[3]) * 3600 + int(match[4]) * 60 + int(match[5])
            check(abs(left - (run.took - when)) < 1.5 + 0.3 * run.took,
                  f"'{text}' {run.took - when:.1f} s before the end")
    return answered


def test_wide(lines, size, lang):
    run = Run(lines, lang, 80).go(size)
    shown = list(run.updates())
    check(run.code == 0 and len(shown) >= 3, f"{lang}: exit {run.code}, {len(shown)} times shown")
    check(check_numbers(run, REPORTS) > REPORTS / 2, f"{lang}: it is shown until near the end")
    check(sum(match is not None and match[3] is not None for *_, match in shown) >= 2, f"{lang}: the time left is told")
    for _, _, data in run.seen[:len(shown)]:
        check(data.startswith(b"\r") and data.endswith(b"\x1b[K"), f"one piece, nothing taken away before: {data!r}")
    check("份" in screen(run.text())[0] if lang == "zh" else "reports," in screen(run.text())[0],
          f"{lang}: the summary stands alone: {screen(run.text())[0]!r}")


def test_narrow(lines, size, lang):
    """Made narrower on the way: what has no room is left out, from the end."""
    run = Run(lines, lang, 34)
    run.go(size, lambda share: run.width == 34 and share > 0.4 and run.resize(18) or
           run.width == 18 and share > 0.7 and run.resize(8))
    check_numbers(run, REPORTS)
    counts = {width: sum(group is not None for group in match.groups()[:3])
              for _, width, _, match in run.updates() if match}
    check(counts.get(18) == 1 and counts.get(34) == 2 and 8 not in counts, f"{lang}: parts by width: {counts}")


def test_ended(lines, size):
    run = Run(lines, "en", 80)
    run.go(size, lambda share: share > 0.3 and run.process.send_signal(signal.SIGTERM))
    shown = screen(run.text())
    check(run.code == 75 and shown[0].startswith("huren: told to end; "), f"what is said stands alone: {shown}")


def test_no_terminal(lines, size):
    run = Run(lines, "en", 80, TERM="dumb").go(size * 8)
    check(run.text()[:1].isdigit() and "\x1b" not in run.text(), f"one that cannot take it gets none: {run.text()!r}")


def main():
    with tempfile.TemporaryDirectory(prefix="huren-progress-") as name:
        lines = pathlib.Path(name) / "lines"
        subprocess.run([ROOT / "tests/support/make_batch.py", "--count", str(REPORTS), "--out", str(lines)], check=True)
        size = len(subprocess.run(
            [HUREN, "verify", "--batch", str(lines), "--catalog", str(ROOT / "catalog/sample"),
             "--receiver", "121100004000000014", "--at", "2025-03-01"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENV, check=True).stdout)
        tests = [(test_wide, "zh"), (test_wide, "en"), (test_narrow, "zh"), (test_narrow, "en"),
                 (test_ended,), (test_no_terminal,)]
        threads = [threading.Thread(target=test, args=(lines, size, *words)) for test, *words in tests]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

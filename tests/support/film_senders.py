"""Four senders at once that remember what was acknowledged to them.

Stock storescu and dcmsend, and two that bring by STOW: several in a body, and
one. What they say can be held against what is there (film_census.py).
"""
import collections
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import time

from dimse_scu import EXPLICIT, explicit
from film_service import CT, data_set, digest

SENDERS = ("storescu", "dcmsend", "stow", "stow-one")
PARTS = 3
Sent = collections.namedtuple("Sent", "uid study digest")

# What each is told: kept, and for later.
KEPT = ("storescu Success", "dcmsend Success", "stow 200", "stow-one 200")
LATER = ("storescu Refused: OutOfResources", "dcmsend Refused: Out of resources", "stow 503",
         "stow-one 503", "stow reason A700", "stow-one reason A700")


def make_file(uid, body, syntax=EXPLICIT):
    head = explicit(0x00020001, "OB", b"\0\1") + explicit(0x00020002, "UI", CT) + \
        explicit(0x00020003, "UI", uid) + explicit(0x00020010, "UI", syntax)
    return bytes(128) + b"DICM" + \
        explicit(0x00020000, "UL", len(head).to_bytes(4, "little")) + head + body


class Senders:
    """Each sends `count` new objects; `answers` counts what it was told, by its word."""

    def __init__(self, folder, size=3000, parts=PARTS):
        self.folder = os.path.join(folder, "sent")
        self.size = size
        self.parts = parts
        self.sent = {}
        self.acknowledged = []
        self.answers = collections.Counter()
        self.rounds = 0
        self.threads = []
        self.processes = []

    def make(self, who, number):
        study = f"2.25.8{who}{self.rounds:04}{number % 3}"
        uid = f"2.25.9{who}{number:05}{time.time_ns()}"
        body = data_set(uid, study=study, patient=f"P8{who}{number % 3}",
                        pixels=os.urandom(self.size))
        self.sent[uid] = Sent(uid, study, digest(body))
        return uid, make_file(uid, body)

    def note(self, uid):
        self.acknowledged.append(self.sent[uid])

    def begin(self, service, count):
        """Returns when the senders are under way."""
        self.rounds += 1
        self.processes = []
        self.threads = []
        folders = [self.write_files(who, count) for who in (0, 1)]
        for who, words in enumerate((["storescu", "-v", "-aec", "HUREN", "+sd", "-nh"],
                                     ["dcmsend", "-d", "-aec", "HUREN", "+sd", "-nh"])):
            self.start(self.run_stock, who, [*words, "127.0.0.1", str(service.port), folders[who]])
        for who, parts in ((2, self.parts), (3, 1)):
            self.start(self.run_stow, who, service.http, count, parts)

    def send(self, service, count):
        """(acknowledged, answers) of one round."""
        before = len(self.acknowledged)
        self.answers.clear()
        self.begin(service, count)
        self.end()
        return len(self.acknowledged) - before, dict(self.answers)

    def send_until_well(self, service, count):
        """After a fault the first attempt may still be one too early. The answers, if it never is."""
        for _ in range(100):
            taken, answers = self.send(service, count)
            if taken == len(SENDERS) * count:
                return None
            time.sleep(0.1)
        return answers

    def start(self, run, *args):
        self.threads.append(threading.Thread(target=run, args=args))
        self.threads[-1].start()

    def end(self):
        for thread in self.threads:
            thread.join()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write_files(self, who, count):
        folder = pathlib.Path(self.folder, str(who))
        folder.mkdir(parents=True)
        for number in range(count):
            uid, file = self.make(who, number)
            (folder / f"{number:05}.{uid}.dcm").write_bytes(file)
        return str(folder)

    def run_stock(self, who, words):
        """Both say each status as it comes; the object is named in front of it."""
        uid = None
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              errors="replace") as process:
            self.processes.append(process)
            for line in process.stderr:
                if found := re.match(r"I: Sending file: .*/\d+\.([0-9.]+)\.dcm", line):
                    uid = found[1]
                elif found := re.match(r"D: Affected SOP Instance UID +: ([0-9.]+)", line):
                    uid = found[1]
                elif found := re.match(r"I: Received Store Response \((.*)\)", line) or \
                        re.match(r"D: DIMSE Status +: 0x\w+: (.*)", line):
                    self.answers[f"{SENDERS[who]} {found[1]}"] += 1
                    if found[1] == "Success":
                        self.note(uid)

    def run_stow(self, who, port, count, parts):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            for number in range(0, count, parts):
                files = dict(self.make(who, number) for number in range(number, number + parts))
                self.bring(connection, who, files)
        except (OSError, http.client.HTTPException):
            pass

    def bring(self, connection, who, files):
        fields = {"Content-Type": "application/dicom"}
        body = b"".join(files.values())
        if len(files) > 1:
            fields["Content-Type"] = 'multipart/related; type="application/dicom"; boundary=B'
            body = b"".join(b"--B\r\nContent-Type: application/dicom\r\n\r\n%s\r\n" % file
                            for file in files.values()) + b"--B--\r\n"
        connection.request("POST", "/dicom-web/studies", body, fields)
        answer = connection.getresponse()
        text = answer.read()
        self.answers[f"{SENDERS[who]} {answer.status}"] += 1
        if answer.headers["Content-Type"] != "application/dicom+json":
            return
        lists = json.loads(text)
        values = {tag: lists.get(tag, {}).get("Value", [])
                  for tag in ("00081199", "00081198", "0008119A")}
        assert sum(map(len, values.values())) == len(files), "every part stands in one list"
        for item in values["00081199"]:
            self.note(item["00081155"]["Value"][0])
        for tag in ("00081198", "0008119A"):
            for item in values[tag]:
                self.answers[f"{SENDERS[who]} reason {item['00081197']['Value'][0]:04X}"] += 1

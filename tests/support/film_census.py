"""What a service has, held against what was acknowledged to its senders (film_senders.py)."""
import hashlib
import http.client
import json
import pathlib
import sqlite3

import dimse_scu as scu
from film_service import CT, digest

ROW = "shelf, digest, copy_number, size"


def data_set_of(file):
    """As it was sent: each of the two ways writes a head of its own."""
    return file[144 + int.from_bytes(file[140:144], "little"):]


def ask(service, path, accept="application/dicom+json"):
    connection = http.client.HTTPConnection("127.0.0.1", service.http, timeout=60)
    try:
        connection.request("GET", "/dicom-web" + path, headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException:
        return 0, b""  # broken off: its bytes were not there
    finally:
        connection.close()


def found_uids(service):
    """The SOP Instance UIDs of all instances, by a search."""
    found = []
    while True:
        status, body = ask(service, f"/instances?limit=1000&offset={len(found)}")
        assert status == 200, (status, body)
        page = [item["00080018"]["Value"][0] for item in json.loads(body)]
        found += page
        if len(page) < 1000:
            return found


def missing_of(service, sent, found):
    """What of `sent` is not found, or comes back as other bytes."""
    missing = []
    for one in sent:
        if one.uid in found:
            status, body = ask(service, f"/studies/{one.study}/series/{one.study}.1/instances/"
                               f"{one.uid}", "application/dicom")
            if status == 200 and digest(data_set_of(body)) == one.digest:
                continue
        missing.append(one)
    return missing


def sqlite_rows(path):
    connection = sqlite3.connect(path)
    try:
        return [(shelf, bytes(name).hex(), copy, size) for shelf, name, copy, size in
                connection.execute(f"SELECT {ROW} FROM film_instance")]
    finally:
        connection.close()


def read_file(service, name):
    """The bytes of an object in a folder; None when it is not there."""
    path = pathlib.Path(service.data, "objects", name)
    return path.read_bytes() if path.exists() else None


def is_whole(data, digest_text, size):
    return data is not None and len(data) == size and hashlib.sha256(data).hexdigest() == digest_text


def without_bytes(service, rows, read):
    """Rows of which the object is not there, or is not what its name says."""
    return [row for row in rows
            if not is_whole(read(service, name_of(*row[:3])), row[1], row[3])]


def name_of(shelf, name, copy):
    return f"{shelf:08d}/{name}" + (f"-{copy}" if copy else "")


def uncommitted_of(service, sent):
    """Those that a commitment does not find."""
    a = service.connect((scu.COMMITMENT, [scu.EXPLICIT]))
    if not sent or a.commit(1, "2.25.9200", [(CT, one.uid) for one in sent]) != 0:
        return sent
    event, data = a.read_report()
    a.release()
    failed = data[:data.find(b"\x08\0\x99\x11")]
    return [one for one in sent if event != 1 and one.uid.encode() in failed]


class Census:
    """Of a service that was begun again: what is wrong, said. `read` gives the bytes of an object."""

    def __init__(self, senders, rows, read=read_file):
        self.senders = senders
        self.rows = rows
        self.read = read
        self.checked = set()

    def take(self, service, name, fresh):
        """`fresh`: those that are asked for one by one."""
        found = set(found_uids(service))
        rows = set(self.rows())
        faults = {
            "acknowledged are not found": [s for s in self.senders.acknowledged
                                           if s.uid not in found],
            "acknowledged do not come back": missing_of(service, fresh, found),
            "acknowledged are not committed": uncommitted_of(service, fresh),
            "found were not sent": found - set(self.senders.sent),
            "rows have no bytes": without_bytes(service, rows - self.checked, self.read),
            "drafts are left": service.drafts(),
        }
        self.checked = rows
        for what, which in faults.items():
            if which:
                print(f"{name}: {len(which)} {what}", flush=True)
        return sum(map(len, faults.values()))

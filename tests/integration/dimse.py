#!/usr/bin/env python3
"""Films over DIMSE, from outside: `huren serve --data --dicom` with stock senders and hostile ones.

	dimse.py HUREN

What is kept is byte for byte what was sent;
every refusal has its status; four senders at once lose nothing; a commitment
says what is there; a sender that breaks off, or a process that is killed,
costs its own association; TERM ends behind what is under way.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import dimse_scu as scu  # pylint: disable=wrong-import-position
from dimse_scu import EXPLICIT, IMPLICIT, Refused, explicit  # pylint: disable=wrong-import-position
from film_service import (CT, ENV, HUREN, Service, data_set,  # pylint: disable=wrong-import-position
                          digest, run_test, send_some)

CORPORA = pathlib.Path(os.environ.get("HUREN_CORPORA", ROOT / "../shared/corpora"), "dicom")
PRIVATE = "1.2.276.0.7230010.3.1.0.7"
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def check_no_drafts(service, what):
    """The answer is here a moment before the service has put its things away."""
    deadline = time.time() + 15
    while service.drafts() and time.time() < deadline:
        time.sleep(0.05)
    check(not service.drafts(), what)


# --- what is taken ---

def check_processes(service):
    """Who comes after another is served by a process that has served already."""
    a = service.connect()
    before = set(service.workers())
    a.release()
    for _ in range(5):
        b = service.connect()
        b.release()
    after = set(service.workers())
    check(before <= after, f"processes serve again: {len(before - after)} have ended")


def check_echo(service):
    for ae, code in (("HUREN", 0), ("OTHER", 1)):
        done = subprocess.run(["echoscu", "-aec", ae, "127.0.0.1", str(service.port)],
                              capture_output=True, check=False)
        check(done.returncode == code, f"echoscu to {ae} ends with {code}")
    a = service.connect((scu.VERIFICATION, [IMPLICIT]))
    check(a.echo() == 0, "an echo is answered")
    check(a.release(), "a release is answered")


def check_contexts(service):
    jpeg = "1.2.840.10008.1.2.4.70"
    maker = "1.2.840.113619.5.2"
    a = service.connect((CT, [jpeg, EXPLICIT]), (CT, [IMPLICIT, EXPLICIT]), (PRIVATE, [EXPLICIT]),
                        ("1.2.840.10008.5.1.4.1.2.2.1", [IMPLICIT]), (CT, [maker]),
                        *[(f"2.25.900{i}", [EXPLICIT]) for i in range(123)])
    results = [a.accepted[i] for i in (1, 3, 5, 9)]
    check(results == [(0, jpeg), (0, IMPLICIT), (0, EXPLICIT), (0, maker)],
          f"the sender's first syntax is taken: {results}")
    check(a.accepted[7][0] == 3, "a query is no storage")
    check(len(a.accepted) == 128 and a.accepted[255][0] == 0, "128 contexts are answered")
    a.release()


def check_bytes(service):
    sent = {}
    a = service.connect((CT, [EXPLICIT]), (PRIVATE, [EXPLICIT]))
    for i, size in enumerate((0, 1, 2, 59999, 60001, 700000)):
        for context, sop_class in ((1, CT), (3, PRIVATE)):
            uid = f"2.25.71{i}{context}"
            data = data_set(uid, sop_class, pixels=os.urandom(size + size % 2))
            status = a.store(context, sop_class, uid, data)
            check(status == (0, b""), f"an object of {size} bytes of pixels is kept: {status}")
            sent[digest(data)] = uid
    a.release()
    kept = service.kept()
    check(set(sent) <= set(kept), "what is kept is what was sent, byte for byte")
    check_no_drafts(service, "no draft is left")


def check_refusals(service):
    a = service.connect()
    data = data_set("2.25.7201")
    check(a.store(1, CT, "2.25.7201", data)[0] == 0, "an object is kept")
    check(a.store(1, CT, "2.25.7201", data)[0] == 0, "the same again is had")
    rows = [
        ("another object of its UID", 0x0111, "2.25.7201", data_set("2.25.7201", pixels=b"xx")),
        ("a UID that is not the command's", 0xA900, "2.25.7202", data_set("2.25.7203")),
        ("a class that is not the command's", 0xA900, "2.25.7204", data_set("2.25.7204", PRIVATE)),
        ("a study of another patient", 0xA900, "2.25.7205",
         data_set("2.25.7205", patient="P7999")),
        ("no data set at all", 0xC000, "2.25.7206", b""),
        ("one that is cut", 0xC000, "2.25.7207", data_set("2.25.7207")[:-8]),
        ("no study", 0xC000, "2.25.7208", explicit(0x00080016, "UI", CT) +
         explicit(0x00080018, "UI", "2.25.7208")),
        ("a nest of sequences", 0xC000, "2.25.7209",
         data_set("2.25.7209", extra=b"\x08\0\x15\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff"
                  * 30000)),
    ]
    before = len(service.kept())
    for what, want, uid, body in rows:
        status, comment = a.store(1, CT, uid, body)
        check(status == want, f"{what}: {status:04x} {comment}, not {want:04x}")
        check(0 < len(comment) <= 64 and b"P7999" not in comment, f"{what} has words: {comment}")
    check(a.store(1, CT, "2.25.7210", data_set("2.25.7210"))[0] == 0, "it goes on behind all that")
    a.release()
    check(len(service.kept()) == before + 1, "nothing is kept of what was refused")
    check_no_drafts(service, "no draft is left of what was refused")


def check_stock(service, folder):
    """Stock senders, with what their own tools have made."""
    films = os.path.join(folder, "films")
    os.makedirs(films)
    for i in range(8):
        uid = f"2.25.730{i}"
        head = explicit(0x00020001, "OB", b"\0\1") + explicit(0x00020002, "UI", CT) + \
            explicit(0x00020003, "UI", uid) + explicit(0x00020010, "UI", EXPLICIT)
        body = data_set(uid, study=f"2.25.73{i % 2}", pixels=os.urandom(20000))
        pathlib.Path(films, f"{i}.dcm").write_bytes(
            bytes(128) + b"DICM" + explicit(0x00020000, "UL", len(head).to_bytes(4, "little")) +
            head + body)
    for words in (["storescu", "-aec", "HUREN", "+sd"], ["dcmsend", "-aec", "HUREN", "+sd"]):
        tool, *flags = words
        order = [tool, *flags[:2], *flags[2:], "127.0.0.1", str(service.port), films]
        done = subprocess.run(order, capture_output=True, check=False)
        check(done.returncode == 0, f"{tool} sends: {done.stderr.decode()[-200:]}")
    found = sum(b"2.25.730" in p.read_bytes() for p in service.kept().values())
    check(found == 8, f"what stock senders sent is kept once: {found}")


def split_file(data):
    """(class, instance, syntax, data set) of a file with a head; None without one."""
    if data[128:132] != b"DICM" or data[132:138] != b"\2\0\0\0UL":
        return None
    end = 144 + int.from_bytes(data[140:144], "little")
    found, at = {}, 144
    while at + 8 <= end:
        element, vr = int.from_bytes(data[at + 2:at + 4], "little"), data[at + 4:at + 6]
        long = vr in (b"OB", b"UN", b"UT")
        length = int.from_bytes(data[at + 8:at + 12] if long else data[at + 6:at + 8], "little")
        at += 12 if long else 8
        found[element] = data[at:at + length].rstrip(b"\0 ").decode("ascii", "replace")
        at += length
    names = [found.get(e, "") for e in (2, 3, 16)]
    return (*names, data[end:]) if all(names) and data[end:] else None


def check_corpora(service, corpora):
    """Every file of them is kept as it is, or refused with a reason."""
    files = [f for f in (split_file(p.read_bytes()) for p in sorted(corpora.rglob("*"))
                         if p.is_file()) if f]
    # Of an odd length DCMTK breaks the association for: no sender may send one.
    files = [f for f in files if len(f[3]) % 2 == 0]
    contexts = sorted({(f[0], f[2]) for f in files})[:128]
    a, sent, statuses = None, {}, {}
    for sop_class, uid, syntax, body in files:
        if (sop_class, syntax) not in contexts:
            continue
        context = 2 * contexts.index((sop_class, syntax)) + 1
        a = a or service.connect(*[(c, [t]) for c, t in contexts])
        if a.accepted[context][0] != 0:
            status, comment = "no-context", b"-"
        else:
            try:
                status, comment = a.store(context, sop_class, uid, body)
            except (Refused, OSError):
                status, comment, a = "ended", b"-", None
        statuses[status] = statuses.get(status, 0) + 1
        check(status == 0 or comment, "a refusal has words")
        if status == 0:
            sent[digest(body)] = uid
    print("corpora:", {k if isinstance(k, str) else f"{k:04x}": n for k, n in statuses.items()})
    check(set(sent) <= set(service.kept()), "what is kept of the corpora is as it was")
    check(set(statuses) <= {0, 0xA900, 0xC000, 0x0111, "no-context"}, f"each has a reason: {statuses}")
    if a:
        a.release()


# --- many at once ---

def check_many(service):
    lists = [[] for _ in range(4)]
    threads = [threading.Thread(target=send_some, args=(service.port, i, 25, lists[i]))
               for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    acknowledged = [a for each in lists for a in each]
    kept = service.kept()
    check(len(acknowledged) == 100, f"four senders are acknowledged: {len(acknowledged)} of 100")
    check(all(d in kept for _, d in acknowledged), "what four senders sent is there")
    check_present(service, [uid for uid, _ in acknowledged], [])


def check_cap(folder):
    service = Service(folder, "--dicom-associations", "2")
    held = [service.connect() for _ in range(2)]
    try:
        service.connect()
        check(False, "a third association is turned away")
    except Refused as refused:
        check(refused.args[0] == (2, 3, 2), f"a third one is told to come later: {refused}")
    held[0].release()
    deadline = time.time() + 10
    while time.time() < deadline:
        try:
            service.connect().release()
            break
        except Refused:
            time.sleep(0.05)
    else:
        check(False, "there is a place again")
    held[1].drop()
    check(service.end() == 0, "it ends")


def check_callers(folder):
    service = Service(folder, "--dicom-allow", "CT01@127.0.0.1,MR02@10.9.8.7")
    for calling, want in (("CT01", None), ("MR02", (1, 1, 3)), ("XX", (1, 1, 3))):
        try:
            service.connect(calling=calling).release()
            got = None
        except Refused as refused:
            got = refused.args[0]
        check(got == want, f"{calling} calls: {got}, not {want}")
    check(service.end() == 0, "it ends")
    done = subprocess.run([HUREN, "serve", "--registry", os.path.join(folder, "registry.git"),
                           "--listen", "127.0.0.1:0", "--data", os.path.join(folder, "data"),
                           "--dicom", "0.0.0.0:0"], env=ENV, capture_output=True, check=False)
    check(done.returncode == 2 and b"dicom-allow" in done.stderr, "where others call, it asks who")


# --- Storage Commitment ---

def failed_of(data):
    """FailedSOPSequence of a report, as bytes; ReferencedSOPSequence stands behind it."""
    begin = data.find(b"\x08\0\x98\x11")
    end = data.find(b"\x08\0\x99\x11")
    return data[begin:end if end > begin else None] if begin >= 0 else b""


def check_present(service, there, missing):
    a = service.connect((scu.COMMITMENT, [EXPLICIT]))
    status = a.commit(1, "2.25.9100", [(CT, uid) for uid in there + missing])
    check(status == 0, f"a commitment is taken: {status:04x}")
    event, data = a.read_report()
    check(event == (2 if missing else 1), f"the report says whether all are there: {event}")
    failed = failed_of(data)
    check(all(uid.encode() not in failed for uid in there), "what is there has not failed")
    check(all(uid.encode() in failed for uid in missing), "what is not there has")
    a.release()


def check_commitment(service):
    check_present(service, ["2.25.7201"], ["2.25.999"])
    a = service.connect((scu.COMMITMENT, [EXPLICIT]))
    check(a.commit(1, "2.25.9101", []) == 0x0115, "a commitment of nothing is refused")
    a.release()


def check_report_later(folder):
    """The peer releases without having heard: it is called at its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(20)
    service = Service(folder, "--dicom-peer", f"TEST=127.0.0.1:{listening.getsockname()[1]}")
    a = service.connect((scu.COMMITMENT, [EXPLICIT]))
    a.commit(1, "2.25.9102", [(CT, "2.25.7201")])
    a.socket.sendall(bytes((5, 0, 0, 0, 0, 4, 0, 0, 0, 0)))
    peer, _ = listening.accept()
    check(peer.recv(1) == b"\1", "a report comes over an association of its own")
    peer.close()
    listening.close()
    a.drop()
    check(service.end() == 0, "it ends")


# --- what breaks ---

def check_broken(service):
    before = set(service.kept())
    data = data_set("2.25.7401", pixels=os.urandom(400000))
    a = service.connect()
    a.begin_store(1, CT, "2.25.7401")
    a.send(1, 0, data, upto=200000)
    a.drop()
    b = service.connect()
    b.begin_store(1, CT, "2.25.7402")
    b.send(1, 0, data, upto=200000)
    for pid in service.workers():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    b.drop()
    for junk in (b"GET / HTTP/1.1\r\n\r\n", bytes((1, 0, 255, 255, 255, 255)), bytes(70000)):
        c = socket.create_connection(("127.0.0.1", service.port), 10)
        try:
            c.sendall(junk)
        except OSError:
            pass
        c.close()
    check_no_drafts(service, "drafts of what broke off are gone")
    check(set(service.kept()) == before, "nothing is kept of what broke off")
    d = service.connect()
    check(d.store(1, CT, "2.25.7403", data_set("2.25.7403"))[0] == 0, "others go on")
    d.release()


def check_drain(service):
    a = service.connect()
    data = data_set("2.25.7601", pixels=os.urandom(300000))
    a.begin_store(1, CT, "2.25.7601")
    step = 50000
    a.send(1, 0, data[:step])  # marked as the last, by mistake of nobody: a data set that is cut
    check(a.read_message()[1][0x00000900] == 0xC000, "a part is not understood")
    idle = service.connect()
    ended = []
    thread = threading.Thread(target=lambda: ended.append(service.end()))
    thread.start()
    try:
        idle.read_message()
        check(False, "an idle association is ended")
    except (Refused, OSError):
        pass
    thread.join(60)
    check(ended == [0], f"TERM ends it: {ended}")
    a.drop()


def check_log(service):
    with open(service.log, encoding="utf-8") as file:
        text = file.read()
    check("张" not in text and "P7001" not in text and "2.25.7" not in text,
          "the log names no patient and no object")
    lines = [json.loads(line) for line in text.splitlines()]
    check(any(line["event"] == "object-refused" for line in lines), "the log tells refusals")


def main():
    for tool in ("echoscu", "storescu", "dcmsend"):
        if not shutil.which(tool):
            print(f"{tool} is not installed")
            sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        service = Service(folder)
        check_processes(service)
        check_echo(service)
        check_contexts(service)
        check_bytes(service)
        check_refusals(service)
        check_stock(service, folder)
        if CORPORA.is_dir():
            check_corpora(service, CORPORA)
        check_many(service)
        check_commitment(service)
        check_broken(service)
        check("huren_dicom_objects_total{what=\"new\"}" in service.metrics(), "metrics count")
        check_drain(service)
        check_log(service)
        check_callers(folder)
        check_cap(folder)
        check_report_later(folder)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    run_test(main)

#!/usr/bin/env python3
"""DICOMweb from outside: films are brought, found and fetched as clients do it.

	dicomweb.py HUREN [--slow]

Objects are made here, small; with the corpora every file of them goes in, and
comes back byte by byte or is refused. With HUREN_LONG a body of 1 GiB goes in
and out, else one of 48 MiB: the memory of the service must not grow with it.
"""
import gzip
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import traceback
import urllib.parse
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from nginx import Nginx  # noqa: E402

HUREN = sys.argv[1]
ENV = {**os.environ, "HUREN_CONFIG": "/dev/null"}
CORPORA = os.environ.get("HUREN_CORPORA")
LONG = os.environ.get("HUREN_LONG") == "1"
SANITIZED = "--slow" in sys.argv
PLAIN = "1.2.840.10008.1.2.1"
CT = "1.2.840.10008.5.1.4.1.1.2"
MIB = 1 << 20
JSON = "application/dicom+json"
VIEWER = "https://viewer.example"


# --- objects ---

def element(group, number, vr, value):
    if isinstance(value, str):
        value = value.encode()
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB") else b" "
    long_form = vr in ("OB", "OW", "SQ", "UN", "UT")
    head = struct.pack("<HH2s", group, number, vr.encode())
    return head + (struct.pack("<HI", 0, len(value)) if long_form else struct.pack("<H", len(value))) + value


def us(*values):
    return struct.pack(f"<{len(values)}H", *values)


def make(study, series, instance, patient="P1", frames=1, rows=16, name="Zhang^San", more=b"", pixels=None):
    """A CT in explicit little endian: 16 bits a pixel, each frame with other bytes."""
    uid = f"1.2.3.{study}.{series}.{instance}"
    meta = (element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", CT) + element(2, 3, "UI", uid) +
            element(2, 0x10, "UI", PLAIN))
    if pixels is None:
        pixels = b"".join(bytes([instance % 251, frame]) * (rows * 16) for frame in range(1, frames + 1))
    body = (element(8, 5, "CS", "ISO_IR 192") + element(8, 0x16, "UI", CT) + element(8, 0x18, "UI", uid) +
            element(8, 0x20, "DA", f"202601{study % 28 + 1:02}") + element(8, 0x60, "CS", "CT") +
            element(0x10, 0x10, "PN", name) + element(0x10, 0x20, "LO", patient) +
            element(0x20, 0xd, "UI", f"1.2.3.{study}") + element(0x20, 0xe, "UI", f"1.2.3.{study}.{series}") +
            element(0x20, 0x13, "IS", str(instance)) + more + element(0x28, 2, "US", us(1)) +
            element(0x28, 4, "CS", "MONOCHROME2") +
            (element(0x28, 8, "IS", str(frames)) if frames > 1 else b"") +
            element(0x28, 0x10, "US", us(rows)) + element(0x28, 0x11, "US", us(16)) +
            element(0x28, 0x100, "US", us(16)) + element(0x28, 0x101, "US", us(16)) +
            element(0x28, 0x102, "US", us(15)) + element(0x28, 0x103, "US", us(0)) +
            element(0x7fe0, 0x10, "OW", pixels))
    return bytes(128) + b"DICM" + element(2, 0, "UL", struct.pack("<I", len(meta))) + meta + body


# --- the service ---

class Service:
    def __init__(self, folder, *flags, access=("--access", "open")):
        self.folder = folder
        self.process = subprocess.Popen(
            [HUREN, "serve", "--registry", REGISTRY, "--listen", "127.0.0.1:0", "--data", folder,
             "--log", os.path.join(folder, "log"), *access, *flags], stderr=subprocess.PIPE, env=ENV, cwd=ROOT)
        line = self.process.stderr.readline().decode()
        if "http://" not in line:
            raise SystemExit(f"the service did not start: {line}")
        self.port = int(line.split("http://127.0.0.1:")[1].split(",")[0])

    def ask(self, method, path, body=None, chunked=False, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            fields = {k.replace("_", "-"): v for k, v in headers.items()}
            connection.request(method, "/dicom-web" + path, body, fields, encode_chunked=chunked)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def get(self, path, accept=None, **headers):
        return self.ask("GET", path, **({"Accept": accept} if accept else {}), **headers)

    def find(self, path):
        status, fields, body = self.get(path, JSON)
        assert status == 200 and fields["Content-Type"] == JSON, (status, body)
        return json.loads(body)

    def store(self, *objects, path="/studies", boundary="B-1", quoted=True):
        quote = '"' if quoted else ""
        return self.ask("POST", path, multipart(objects, boundary), Accept=JSON,
                        Content_Type=f"multipart/related; type={quote}application/dicom{quote}; "
                                     f"boundary={quote}{boundary}{quote}")

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) * 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


def multipart(objects, boundary, head=b"Content-Type: application/dicom\r\n"):
    return b"".join(b"--%s\r\n%s\r\n%s\r\n" % (boundary.encode(), head, data) for data in objects) + \
        b"--%s--\r\n" % boundary.encode()


def parts_of(fields, body):
    """[(head, bytes)], taken apart as simple clients do it."""
    kind = fields["Content-Type"]
    boundary = re.fullmatch(r'multipart/related; type="[^"]+"; boundary=(\S+)', kind)[1].encode()
    assert len(body) == int(fields["Content-Length"])
    pieces = body.split(b"--" + boundary)
    assert pieces[0] == b"" and pieces[-1] == b"--\r\n", (pieces[0], pieces[-1])
    parts = []
    for piece in pieces[1:-1]:
        head, _, data = piece[2:].partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        assert data[-2:] == b"\r\n" and int(lines["Content-Length"]) == len(data) - 2, lines
        parts.append((lines, data[:-2]))
    return parts


def lists_of(body):
    answer = json.loads(body)
    lists = {name: answer.get(tag, {}).get("Value", []) for name, tag in
             (("kept", "00081199"), ("failed", "00081198"), ("other", "0008119A"))}
    for name, tag in (("kept", "00081199"), ("failed", "00081198"), ("other", "0008119A")):
        assert (tag in answer) == bool(lists[name]), f"{name} is there and empty"
    return lists


def reasons(items):
    return [item["00081197"]["Value"][0] for item in items]


def count(lists):
    return tuple(len(lists[name]) for name in ("kept", "failed", "other"))


# --- storing ---

def bodies_as_clients_send_them_are_taken(s):
    data = [make(1, 1, i) for i in range(1, 7)]
    status, _, body = s.store(data[0], boundary="a b")
    assert status == 200 and count(lists_of(body)) == (1, 0, 0), body
    assert json.loads(body)["00081190"]["Value"] == [f"http://127.0.0.1:{s.port}/dicom-web/studies/1.2.3.1"]
    assert s.store(data[1], quoted=False)[0] == 200
    kind = 'multipart/related; type="application/dicom"; boundary=B'
    head = b"Content-Type: application/dicom; transfer-syntax=%s\r\nContent-Length: %d\r\n" % (
        PLAIN.encode(), len(data[2]))
    assert s.ask("POST", "/studies", multipart([data[2]], "B", head), Content_Type=kind)[0] == 200
    assert s.ask("POST", "/studies", multipart([data[3]], "B", b""), Content_Type=kind)[0] == 200
    assert s.ask("POST", "/studies/1.2.3.1", data[4], Content_Type="application/dicom")[0] == 200
    chunks = (multipart([data[5]], "B")[i:i + 100] for i in range(0, 4000, 100))
    assert s.ask("POST", "/studies", (c for c in chunks if c), chunked=True, Content_Type=kind,
                 Transfer_Encoding="chunked")[0] == 200
    assert len(s.find("/studies/1.2.3.1/instances")) == 6


def who_waits_for_a_word_gets_it(s):
    body = make(2, 1, 1)
    head = (f"POST /dicom-web/studies HTTP/1.1\r\nHost: a\r\nContent-Type: application/dicom\r\n"
            f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", s.port), timeout=30) as c:
        c.sendall(head)
        assert c.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        c.sendall(body)
        assert c.recv(1000).startswith(b"HTTP/1.1 200 ")


def every_part_stands_in_one_list(s):
    good, again = make(3, 1, 1), make(3, 1, 2)
    status, _, body = s.store(good, again, b"no object", good, make(3, 1, 1, rows=8), make(3, 1, 3, patient="P2"))
    lists = lists_of(body)
    assert status == 202 and count(lists) == (3, 2, 1), body
    assert sorted(reasons(lists["failed"])) == [0xA900, 0xB00E] and reasons(lists["other"]) == [0xC000], lists
    assert lists["failed"][0]["00081155"]["Value"] == ["1.2.3.3.1.1"]
    status, _, body = s.store(make(3, 1, 1, rows=4))
    assert status == 409 and count(lists_of(body)) == (0, 1, 0)
    status, _, body = s.store(make(3, 1, 9), path="/studies/1.2.3.4")
    assert status == 409 and reasons(lists_of(body)["failed"]) == [0xA901]
    status, _, body = s.store(b"", b"rubbish")
    assert status == 400 and count(lists_of(body)) == (0, 0, 2), body
    kind = 'multipart/related; type="application/dicom"; boundary=B'
    mixed = multipart([b"{}"], "B", b"Content-Type: application/json\r\n")
    status, _, body = s.ask("POST", "/studies", mixed, Content_Type=kind)
    assert status == 400 and count(lists_of(body)) == (0, 0, 1)
    assert len(s.find("/studies/1.2.3.3/instances")) == 2


def what_was_stored_is_told_in_xml(s):
    """The Native DICOM Model (PS3.19 A.1) says what the JSON says: so it is read into that."""
    name = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"

    def read(node):
        return {a.get("tag"): {"vr": a.get("vr"), "Value":
                               [read(v) if v.tag == name + "Item" else int(v.text) if a.get("vr") == "US" else v.text
                                for v in a]} for a in node}

    parts = multipart([make(14, 1, 1), make(14, 1, 2), b"no object", make(14, 1, 1, rows=8)], "B")
    told = {}
    for kind in (JSON, "application/dicom+xml"):
        status, fields, body = s.ask("POST", "/studies", parts, Accept=kind,
                                     Content_Type='multipart/related; type="application/dicom"; boundary=B')
        assert status == 202 and fields["Content-Type"] == kind, (status, body)
        told[kind] = body
    root = xml.etree.ElementTree.fromstring(told["application/dicom+xml"])
    assert root.tag == name + "NativeDicomModel" and read(root) == json.loads(told[JSON]), told
    tags = [a.get("tag") for a in root]
    assert tags == sorted(tags) and len(tags) == 4, tags
    assert {a.get("keyword") for a in root} == {"RetrieveURL", "FailedSOPSequence", "ReferencedSOPSequence",
                                                "OtherFailuresSequence"}
    assert [i.get("number") for i in root[2]] == ["1", "2"] and root[2][0][0][0].get("number") == "1"


def under_another_header_it_is_the_same(s):
    """The file meta header says who wrote the file, not what the object is (PS3.10 7.1)."""
    data = make(13, 1, 1)
    body = data[data.index(element(8, 5, "CS", "ISO_IR 192")):]

    def under(*more, syntax=PLAIN, preamble=bytes(128), behind=b""):
        meta = (element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", CT) + element(2, 3, "UI", "1.2.3.13.1.1") +
                element(2, 0x10, "UI", syntax) + b"".join(more))
        return preamble + b"DICM" + element(2, 0, "UL", struct.pack("<I", len(meta))) + meta + body + behind

    rows = [(200, under(element(2, 0x12, "UI", "2.25.7"), element(2, 0x13, "SH", "OTHER 3.1"))),
            (200, under(element(2, 0x12, "UI", "2.25.8"), element(2, 0x16, "AE", "CT01"))),
            (200, under(preamble=b"II*\0" + bytes(124))), (409, under(behind=bytes(8))),
            (409, under()[:-1] + b"\xff"), (409, under(syntax="1.2.840.10008.1.2.4.50"))]
    assert s.store(data)[0] == 200
    before = s.get("/studies/1.2.3.13", WHOLE)[2]
    for i, (want, other) in enumerate(rows):
        status, _, answer = s.store(other)
        assert status == want, (i, status, answer)
        assert s.get("/studies/1.2.3.13/series/1.2.3.13.1/instances/1.2.3.13.1.1", ONE)[2] == data, i
    assert s.get("/studies/1.2.3.13", WHOLE)[2] == before
    assert len(s.find("/studies/1.2.3.13/instances")) == 1


def what_is_no_store_request_is_refused(s):
    good, kind = multipart([make(5, 1, 1)], "B"), 'multipart/related; type="application/dicom"'
    rows = [
        (415, good, {"Content_Type": "text/plain"}), (415, good, {}),
        (415, good, {"Content_Type": 'multipart/related; type="application/dicom+json"; boundary=B'}),
        (415, good, {"Content_Type": 'multipart/related; type="application/dicom+xml"; boundary=B'}),
        (400, good, {"Content_Type": kind}), (400, good[:-10], {"Content_Type": kind + "; boundary=B"}),
        (400, b"", {"Content_Type": kind + "; boundary=B"}), (400, b"", {"Content_Type": "application/dicom"}),
        (400, b"--B--", {"Content_Type": kind + "; boundary=B"}),
        (406, good, {"Content_Type": kind + "; boundary=B", "Accept": "text/html"}),
    ]
    for want, body, fields in rows:
        status, _, answer = s.ask("POST", "/studies", body, **fields)
        assert status == want, (want, fields, status, answer)
    assert s.ask("POST", "/studies/1.2.x", good, Content_Type=kind + "; boundary=B")[0] == 400
    status, fields, _ = s.ask("PUT", "/studies", good, Content_Type=kind + "; boundary=B")
    assert status == 405 and fields["Allow"] == "POST, GET, HEAD", fields["Allow"]


# --- finding ---

def searches_are_answered(s):
    s.store(make(6, 1, 1, name="Wang^XiaoDong=王^小东"), make(6, 2, 1), make(6, 2, 2), make(7, 1, 1, patient="P7"))
    assert [i["0020000D"]["Value"] for i in s.find("/studies?PatientID=P7")] == [["1.2.3.7"]]
    study, = s.find("/studies?StudyInstanceUID=1.2.3.6")
    assert study["00201208"]["Value"] == [3] and study["00080061"]["Value"] == ["CT"]
    assert study["00081190"]["Value"] == [f"http://127.0.0.1:{s.port}/dicom-web/studies/1.2.3.6"]
    assert len(s.find("/studies/1.2.3.6/series")) == 2
    assert len(s.find("/studies/1.2.3.6/series/1.2.3.6.2/instances")) == 2
    assert len(s.find("/series?StudyInstanceUID=1.2.3.6")) == 2
    assert len(s.find("/instances?StudyInstanceUID=1.2.3.6&limit=2")) == 2
    assert s.find("/studies?PatientID=nobody") == []
    ohif = "/studies?limit=101&offset=0&fuzzymatching=true&includefield=00081030,00080060,00080090,00100030"
    assert len(s.find(ohif)) >= 2
    mixed = "application/dicom+json, multipart/related; type=application/octet-stream"
    assert s.get("/studies", mixed)[0] == 200
    for path in ("/studies?StudyDate=yesterday", "/studies?limit=x", "/studies/x/series", "/studies?0020000D=a"):
        assert s.get(path)[0] == 400, path
    assert s.get("/studies", "text/html")[0] == 406
    assert "299" in s.get("/studies?ImageComments=a")[1].get("Warning", "")
    status, fields, body = s.get("/instances?StudyInstanceUID=1.2.3.6", JSON, Accept_Encoding="gzip")
    assert fields["Content-Encoding"] == "gzip" and len(json.loads(gzip.decompress(body))) == 3


# --- fetching ---

WHOLE = 'multipart/related; type="application/dicom"; transfer-syntax=*'
ONE = "application/dicom; transfer-syntax=*"


def objects_come_back_as_they_went(s):
    data = {f"1.2.3.8.{n}.{i}": make(8, n, i) for n in (1, 2) for i in (1, 2)}
    assert s.store(*data.values())[0] == 200
    for path, want in (("", data), ("/series/1.2.3.8.2", {k: v for k, v in data.items() if ".8.2." in k})):
        for accept in (WHOLE, "multipart/related; type=application/dicom", "multipart/related", "*/*", None):
            status, fields, body = s.get("/studies/1.2.3.8" + path, accept)
            assert status == 200 and fields["Cache-Control"] == "private, no-cache"
            got = parts_of(fields, body)
            assert sorted(b for _, b in got) == sorted(want.values()), accept
            assert all(h["Content-Type"] == f"application/dicom; transfer-syntax={PLAIN}" for h, _ in got)
    one = "/studies/1.2.3.8/series/1.2.3.8.1/instances/1.2.3.8.1.1"
    status, fields, body = s.get(one, ONE)
    assert body == data["1.2.3.8.1.1"] and "immutable" in fields["Cache-Control"]
    assert s.get(one, "application/dicom")[2] == body
    assert parts_of(*s.get(one)[1:])[0][1] == body
    assert s.get(one, ONE, If_None_Match=fields["ETag"])[0] == 304
    status, part, piece = s.get(one, ONE, Range="bytes=100-199")
    assert (status, piece, part["Content-Range"]) == (206, body[100:200], f"bytes 100-199/{len(body)}")
    assert s.get(one, ONE, Range=f"bytes={len(body)}-")[0] == 416
    status, head, nothing = s.ask("HEAD", one, Accept=ONE)
    assert (status, nothing, head["Content-Length"]) == (200, b"", str(len(body)))
    for accept in ("application/zip", "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50"):
        status, _, body = s.get(one, accept)
        assert status == 406 and PLAIN in body.decode(), body
    for path in ("/studies/1.2.99", "/studies/1.2.3.8/series/1.9", one + "9", "/instances/1.2.3.8.1.1"):
        assert s.get(path, "*/*")[0] == 404, path


def metadata_tells_all_and_is_kept(s):
    s.store(make(9, 1, 1, more=element(0x20, 0x4000, "LT", "备注")), make(9, 1, 2))
    for path in ("", "/series/1.2.3.9.1", "/series/1.2.3.9.1/instances/1.2.3.9.1.1"):
        status, fields, body = s.get(f"/studies/1.2.3.9{path}/metadata", JSON, Accept_Encoding="identity")
        first = json.loads(body)[0]
        assert status == 200 and first["00204000"]["Value"] == ["备注"]
        assert first["7FE00010"]["BulkDataURI"].startswith(f"http://127.0.0.1:{s.port}/dicom-web/studies/1.2.3.9/")
        assert s.get(f"/studies/1.2.3.9{path}/metadata", JSON, If_None_Match=fields["ETag"])[0] == 304
        _, packed, small = s.get(f"/studies/1.2.3.9{path}/metadata", JSON, Accept_Encoding="gzip")
        assert packed["Content-Encoding"] == "gzip" and packed["ETag"] != fields["ETag"]
        assert json.loads(gzip.decompress(small)) == json.loads(body)


OCTETS = "multipart/related; type=application/octet-stream; transfer-syntax=*"


def frames_come_in_the_order_asked(s):
    pixels = b"".join(bytes([frame]) * 512 for frame in range(1, 5))
    s.store(make(10, 1, 1, frames=4, pixels=pixels))
    one = "/studies/1.2.3.10/series/1.2.3.10.1/instances/1.2.3.10.1.1"
    for accept in (OCTETS, 'multipart/related; type="application/octet-stream"',
                   'multipart/related; type="*/*"', None):
        _, fields, body = s.get(one + "/frames/3,1", accept)
        parts = parts_of(fields, body)
        assert [b for _, b in parts] == [bytes([3]) * 512, bytes([1]) * 512], accept
        assert parts[0][0]["Content-Type"] == f"application/octet-stream; transfer-syntax={PLAIN}"
        assert parts[0][0]["Content-Location"].endswith(one + "/frames/3")
    status, fields, body = s.get(one + "/frames/2", "application/octet-stream")
    assert body == bytes([2]) * 512 and "immutable" in fields["Cache-Control"]
    assert s.get(one + "/frames/2", "application/octet-stream", If_None_Match=fields["ETag"])[0] == 304
    assert s.get(one + "/frames/2", "application/octet-stream", Range="bytes=-3")[2] == b"\2\2\2"
    whole = s.get(one + "/frames/2", OCTETS)[2]
    assert s.get(one + "/frames/2", OCTETS, Range="bytes=0-299")[2] + \
        s.get(one + "/frames/2", OCTETS, Range="bytes=300-")[2] == whole
    for path, want in (("5", 404), ("0", 400), ("x", 400), ("1,", 400), ("1,,2", 400), ("-1", 400)):
        assert s.get(f"{one}/frames/{path}", OCTETS)[0] == want, path
    assert s.get(one + "/frames/1", "image/jpeg")[0] == 406
    address = json.loads(s.get(one + "/metadata", JSON, Accept_Encoding="identity")[2])[0]["7FE00010"]["BulkDataURI"]
    path = urllib.parse.urlparse(address).path.removeprefix("/dicom-web")
    assert s.get(path, "application/octet-stream")[2] == pixels
    assert s.get(path, "*/*")[1]["Content-Type"].startswith("multipart/related")
    status, _, body = s.get(path, "application/octet-stream", Range="bytes=510-513")
    assert (status, body) == (206, b"\1\1\2\2")
    assert s.get(one + "/bulkdata/00100010", "*/*")[0] == 404


def pictures_are_made(s):
    s.store(make(11, 1, 1, frames=2))
    one = "/studies/1.2.3.11/series/1.2.3.11.1/instances/1.2.3.11.1.1"
    for path in (one, one + "/frames/2", "/studies/1.2.3.11/series/1.2.3.11.1", "/studies/1.2.3.11"):
        for what in ("rendered", "thumbnail"):
            status, fields, body = s.get(f"{path}/{what}", "image/*")
            assert status == 200 and fields["Content-Type"] == "image/jpeg" and body[:2] == b"\xff\xd8", (path, body)
    status, fields, body = s.get(one + "/rendered?window=40,400,linear&viewport=8,8&quality=50", "image/png")
    assert fields["Content-Type"] == "image/png" and body[16:24] == struct.pack(">II", 8, 8), body[:24]
    assert s.get(one + "/rendered?accept=image/png", "image/jpeg")[1]["Content-Type"] == "image/png"
    assert "299" in s.get(one + "/rendered?annotation=patient")[1]["Warning"]
    for query in ("window=1", "window=a,b", "window=1,2,cubic", "viewport=0,0", "viewport=8", "quality=0",
                  "quality=101", "quality=nan"):
        assert s.get(f"{one}/rendered?{query}")[0] == 400, query
    assert s.get(one + "/rendered", "image/gif")[0] == 406
    assert s.get(one + "/frames/3/rendered")[0] == 404


def pages_of_others_are_told_what_they_may(s):
    status, fields, _ = s.ask("OPTIONS", "/studies/1/series", Origin=VIEWER,
                              Access_Control_Request_Method="GET")
    assert status == 204 and fields["Access-Control-Allow-Origin"] == VIEWER
    assert "Range" in fields["Access-Control-Allow-Headers"]
    for path in ("/studies", "/studies/1.2.99", "/nothing"):
        _, fields, _ = s.get(path, Origin=VIEWER)
        assert fields["Access-Control-Allow-Origin"] == VIEWER, path
        assert "ETag" in fields["Access-Control-Expose-Headers"]
        assert fields["Cross-Origin-Resource-Policy"] == "cross-origin" and "Origin" in fields["Vary"]
    _, fields, _ = s.get("/studies", Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in fields
    # Nobody stands in front of this one: what is said of a proxy is not believed.
    _, _, body = s.get("/studies?limit=1", JSON, Forwarded="proto=https;host=evil.example")
    assert "evil" not in body.decode()


def memory_does_not_grow(s):
    size = 1024 * MIB if LONG else 48 * MIB
    pixels = bytes(range(256)) * (size // 256)
    data = make(12, 1, 1, pixels=pixels, rows=64, frames=size // 2048)
    s.store(make(12, 1, 2))
    before = s.memory()
    assert s.store(data)[0] == 200
    one = "/studies/1.2.3.12/series/1.2.3.12.1/instances/1.2.3.12.1.1"
    assert s.get(one, ONE)[2] == data
    assert parts_of(*s.get(one, WHOLE)[1:])[0][1] == data
    grown = s.memory() - before
    assert SANITIZED or grown < 12 * MIB, f"{grown // MIB} MiB more for {size // MIB} MiB"


def corpora_come_back_or_are_refused(s):
    if not CORPORA:
        print("skipped: there are no corpora")
        return
    files = [f for f in sorted(pathlib.Path(CORPORA, "dicom").rglob("*")) if f.is_file()]
    files = files if LONG else files[::6]
    kept = 0
    for file in files:
        data = file.read_bytes()
        status, _, body = s.store(data)
        assert status in (200, 400, 409), (file, status, body)
        lists = lists_of(body)
        assert sum(count(lists)) == 1, (file, body)
        for item in lists["kept"]:
            path = urllib.parse.urlparse(item["00081190"]["Value"][0]).path.removeprefix("/dicom-web")
            status, _, back = s.get(path, ONE)
            assert status == 200 and back == data, (file, status)
            assert s.get(path + "/metadata", JSON)[0] == 200, file
            assert s.get(path + "/frames/1", OCTETS)[0] in (200, 404, 406), file
            assert s.get(path + "/rendered")[0] in (200, 404, 406), file
            kept += 1
    assert kept * 2 > len(files), f"{kept} of {len(files)} were kept"


# --- who may ---

def run(*words):
    return subprocess.run([HUREN, *words], env=ENV, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def tokens_are_wanted_unless_it_is_open(folder):
    state = os.path.join(folder, "state")
    with Service(folder, access=()) as s:
        assert s.get("/studies")[0] == 401
        assert s.ask("OPTIONS", "/studies")[0] == 204
    tokens = {scope: run("access", "add", "--state", state, "--scope", scope, scope).split()[-1]
              for scope in ("film-read", "film-write")}
    with Service(folder, "--state", state, access=()) as s:
        may = {scope: f"Bearer {token}" for scope, token in tokens.items()}
        kind = {"Content_Type": "application/dicom"}
        assert s.get("/studies")[0] == 401
        assert s.get("/studies", Authorization=may["film-write"])[0] == 403
        assert s.ask("POST", "/studies", make(1, 1, 1), Authorization=may["film-read"], **kind)[0] == 403
        assert s.ask("POST", "/studies", make(1, 1, 1), Authorization=may["film-write"], **kind)[0] == 200
        assert len(json.loads(s.get("/studies", Authorization=may["film-read"])[2])) == 1


def only_a_trusted_proxy_says_our_address(folder):
    state = os.path.join(folder, "state")
    token = run("access", "add", "--state", state, "--scope", "film-read", "--scope", "film-write", "all").split()[-1]
    for proxy, believed in (("127.0.0.1", True), ("127.0.0.2 10.0.0.0/8", False)):
        with Service(folder, "--state", state, "--trusted-proxy", proxy, access=()) as s:
            may = {"Authorization": f"Bearer {token}"}
            _, _, body = s.ask("POST", "/studies", make(1, 1, 1), Content_Type="application/dicom",
                               Forwarded="for=1.2.3.4;proto=https;host=film.example", **may)
            base = "https://film.example" if believed else f"http://127.0.0.1:{s.port}"
            assert json.loads(body)["00081190"]["Value"] == [base + "/dicom-web/studies/1.2.3.1"], body


def a_real_proxy_says_our_address(folder):
    """nginx with tools/nginx.conf: what a client says of himself goes no further, and the links lead back."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if not program:
        print("nginx is not here: its part is left out (tools/packages.txt)")
        return
    state = os.path.join(folder, "state")
    token = run("access", "add", "--state", state, "--scope", "film-read", "--scope", "film-write", "all").split()[-1]
    with Service(folder, "--state", state, "--trusted-proxy", "127.0.0.1", access=()) as s, \
            Nginx(program, folder, s.port) as front:
        s.port = front.port
        may = {"Authorization": f"Bearer {token}"}
        for lies in ({}, {"Forwarded": "proto=gopher;host=evil.example", "X_Forwarded_Host": "evil.example",
                          "X_Forwarded_Proto": "gopher", "X_Forwarded_For": "6.6.6.6"}):
            status, _, body = s.ask("POST", "/studies", make(1, 1, 1), Content_Type="application/dicom",
                                    Host=f"film.example:{front.port}", **may, **lies)
            assert status == 200, body
            assert json.loads(body)["00081190"]["Value"] == [
                f"http://film.example:{front.port}/dicom-web/studies/1.2.3.1"], body
    log = pathlib.Path(folder, "log").read_text(encoding="utf-8")
    assert "6.6.6.6" not in log


ONE_SERVICE = [bodies_as_clients_send_them_are_taken, who_waits_for_a_word_gets_it, every_part_stands_in_one_list,
               under_another_header_it_is_the_same, what_was_stored_is_told_in_xml,
               what_is_no_store_request_is_refused, searches_are_answered, objects_come_back_as_they_went,
               metadata_tells_all_and_is_kept, frames_come_in_the_order_asked, pictures_are_made,
               pages_of_others_are_told_what_they_may, memory_does_not_grow, corpora_come_back_or_are_refused]
OWN_SERVICE = [tokens_are_wanted_unless_it_is_open, only_a_trusted_proxy_says_our_address,
               a_real_proxy_says_our_address]


def attempt(test, given):
    try:
        test(given)
        return 0
    except Exception as fault:  # noqa: BLE001 -- whatever it is, it is told
        line = traceback.extract_tb(fault.__traceback__)[1].lineno
        print(f"{test.__name__}, line {line}: {type(fault).__name__}: {str(fault)[:2000]}")
        return 1


def main():
    global REGISTRY
    folder = tempfile.mkdtemp()
    try:
        REGISTRY = os.path.join(folder, "registry")
        run("registry", "init", REGISTRY)
        run("registry", "publish", REGISTRY, "catalog/sample", "--author", "Test <a@example.cn>", "-m", "a")
        os.mkdir(os.path.join(folder, "data"))
        with Service(os.path.join(folder, "data"), "--cors-origin", VIEWER) as service:
            failed = sum(attempt(test, service) for test in ONE_SERVICE)
        for test in OWN_SERVICE:
            own = os.path.join(folder, test.__name__)
            os.mkdir(own)
            failed += attempt(test, own)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""The service with films, for tests: begun, looked into, ended; and senders that remember."""
import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

from dimse_scu import EXPLICIT, Association, Refused, explicit

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = os.path.abspath(sys.argv[1])
ENV = {**os.environ, "HUREN_CONFIG": "/dev/null"}
CT = "1.2.840.10008.5.1.4.1.1.2"


def data_set(uid, sop_class=CT, study="2.25.7001", patient="P7001", pixels=b"", extra=b""):
    return b"".join((
        explicit(0x00080005, "CS", "ISO_IR 192"),
        explicit(0x00080016, "UI", sop_class), explicit(0x00080018, "UI", uid),
        explicit(0x00080020, "DA", "20260103"), explicit(0x00080060, "CS", "CT"), extra,
        explicit(0x00100010, "PN", "张^三"), explicit(0x00100020, "LO", patient),
        explicit(0x0020000D, "UI", study), explicit(0x0020000E, "UI", study + ".1"),
        explicit(0x7FE00010, "OW", pixels) if pixels else b""))


class Service:
    running = []

    def __init__(self, folder, *flags, data=None, env=None):
        self.folder = folder
        self.data = data or os.path.join(folder, "data")
        self.log = os.path.join(folder, "log")
        registry = os.path.join(folder, "registry.git")
        if not os.path.exists(registry):
            for words in (("init", registry),
                          ("publish", registry, str(ROOT / "catalog/sample"), "-m", "first")):
                subprocess.run([HUREN, "registry", *words], check=True, env=ENV,
                               capture_output=True)
        self.process = subprocess.Popen(
            [HUREN, "serve", "--registry", registry, "--listen", "127.0.0.1:0", "--log", self.log,
             "--data", self.data, "--dicom", "127.0.0.1:0", *flags],
            stderr=subprocess.PIPE, env={**ENV, **(env or {})})
        Service.running.append(self.process)
        self.http = self.read_port("http://127.0.0.1:")
        self.port = self.read_port("dicom://HUREN@127.0.0.1:")

    def read_port(self, front):
        line = self.process.stderr.readline().decode()
        if front not in line:
            sys.exit(f"it does not start: {line}{self.process.stderr.read().decode()}")
        return int(line.split(front)[1].split(",")[0])

    def connect(self, *contexts, **more):
        return Association(self.port, contexts or [(CT, [EXPLICIT])], **more)

    def kept(self):
        """The digests of all data sets, by what is in the objects' files."""
        found = {}
        for path in pathlib.Path(self.data, "objects").rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                data = path.read_bytes()
                assert data[128:132] == b"DICM"
                length = int.from_bytes(data[140:144], "little")
                found[hashlib.sha256(data[144 + length:]).hexdigest()] = path
        return found

    def drafts(self):
        return [p for p in pathlib.Path(self.data, "objects").rglob(".draft*")]

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/metrics") as answer:
            return answer.read().decode()

    def workers(self):
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                text = path.read_text()
            except OSError:
                continue
            if f"PPid:\t{self.process.pid}\n" in text:
                found.append(int(path.parent.name))
        return found

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(60)
        self.process.stderr.close()
        return code


def run_test(main):
    """However it ends, no service outlives it."""
    try:
        main()
    finally:
        for left in Service.running:
            left.kill()


def digest(data):
    return hashlib.sha256(data).hexdigest()


def send_some(port, who, count, acknowledged, until=None):
    """Until it is over, or the service goes."""
    try:
        a = Association(port, [(CT, [EXPLICIT])], calling=f"S{who}")
        for i in range(count):
            if until and until.is_set():
                break
            uid = f"2.25.8{who}{time.time_ns()}"
            data = data_set(uid, study=f"2.25.8{who}{i % 3}", patient=f"P8{who}{i % 3}",
                            pixels=os.urandom(3000))
            if a.store(1, CT, uid, data)[0] == 0:
                acknowledged.append((uid, digest(data)))
        a.release()
    except (OSError, Refused):
        pass

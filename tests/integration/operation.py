#!/usr/bin/env python3
"""How the service is run: tokens, limits, settings, systemd, backups, a full disk.

	operation.py HUREN [--slow]

`--slow`: a build with a sanitizer, whose times are not those that are promised.
Plays systemd: hands a listening socket over as descriptor 3, and listens on
NOTIFY_SOCKET. With systemd-analyze at hand, the units are looked at, too.
"""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUREN = sys.argv[1]
CDA = (ROOT / "tests/data/cda/thyroid.xml").read_bytes()
ASKED = "/v1/verify?receiver=121100004000000014"
ENV = {k: v for k, v in os.environ.items()
       if not k.startswith(("HUREN_", "LISTEN_", "NOTIFY_", "WATCHDOG_"))}
ENV["HUREN_CONFIG"] = "/dev/null"
# A change must be seen within two seconds; half of one is for a busy machine.
SEEN_SECONDS = 20 if "--slow" in sys.argv else 2.5
TOO_MUCH = str(2**63 - 1)
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def run(*words, code=0, env=None):
    done = subprocess.run([HUREN, *words], capture_output=True, text=True, env=env or ENV, cwd=ROOT,
                          check=False)
    check(done.returncode == code, f"huren {' '.join(words)}: exit {done.returncode}, {done.stderr}")
    return done


def wait_until(what, test):
    end = time.monotonic() + SEEN_SECONDS
    while time.monotonic() < end:
        if test():
            return
        time.sleep(0.05)
    check(False, what)


class Service:
    def __init__(self, *flags, env=None, command=None, **popen):
        self.process = subprocess.Popen([*(command or []), HUREN, "serve", *flags], cwd=ROOT,
                                        stderr=subprocess.PIPE, env=env or ENV, **popen)
        line = ""
        while "listening on" not in line:
            line = self.process.stderr.readline().decode()
            if not line:
                sys.exit(f"the service does not start: exit {self.process.wait()}")
        self.port = int(line.split(",")[0].rsplit(":", 1)[1])

    def ask(self, path, token=None, method="GET", body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def verify(self, token=None):
        return self.ask(ASKED, token, "POST", CDA)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


def test_access(registry, folder):
    state = os.path.join(folder, "state")
    os.mkdir(state, 0o700)
    service = Service("--registry", registry, "--listen", "127.0.0.1:0", "--state", state,
                      "--log", os.path.join(folder, "log"))
    check(service.verify()[0] == 200, "without a token it is open")

    token = run("access", "add", "--state", state, "市一院 HIS").stdout.strip()
    other = run("access", "add", "--state", state, "--scope", "metrics", "prom").stdout.strip()
    check(len(token) == 47 and token.startswith("hrn_"), "a token is hrn_ and 43 characters")
    kept = pathlib.Path(state, "access.json")
    check(kept.stat().st_mode & 0o777 == 0o600, "the list is for its owner alone")
    check(token[4:] not in kept.read_text(encoding="utf-8"), "no token is kept")
    wait_until("the first token closes the service", lambda: service.verify()[0] == 401)
    status, headers, missing = service.verify()
    check(headers["WWW-Authenticate"] == 'Bearer realm="huren"', "401 tells how")
    check(json.loads(missing)["code"] == "no-token", "401 is a problem document")
    check(service.verify(token)[0] == 200, "a token opens")
    check(service.ask("/metrics", token)[0] == 403, "a token opens what it is for")
    check(service.ask("/metrics", other)[0] == 200, "metrics want their scope")
    for path in ("/v1/catalog", "/healthz", "/readyz", "/openapi.json"):
        check(service.ask(path)[0] == 200, f"{path} is public")

    run("access", "revoke", "--state", state, "市一院 HIS")
    wait_until("a revocation counts", lambda: service.verify(token)[0] == 401)
    answers = []
    for sent in (token, "hrn_" + "A" * 43, "nonsense"):
        status, headers, body = service.verify(sent)
        document = {k: v for k, v in json.loads(body).items() if k not in ("instance", "requestId")}
        answers.append((status, headers["WWW-Authenticate"], str(document)))
    check(len(set(answers)) == 1, f"unknown and revoked look the same: {answers}")
    lines = run("access", "list", "--state", state).stdout.splitlines()
    check([line.split("\t")[1] for line in lines] == ["revoked", "valid"], f"the list tells: {lines}")
    check(service.end() == 0, "TERM ends it")
    log = pathlib.Path(folder, "log").read_text(encoding="utf-8")
    check(token not in log and other not in log and "市一院" not in log, "no token is logged")
    check(f'"token":"{lines[1][:12]}"' in log, "the id of a token is")


PROXY = ("--trusted-proxy", "127.0.0.1")


def test_door(registry, state):
    door = ("serve", "--registry", registry, "--listen", "0.0.0.0:0")
    check("--tls-certificate" in run(*door, code=2).stderr, "no TLS: refused")
    check("--state" in run(*door, *PROXY, code=2).stderr, "no token: refused")
    check("no valid token" in run(*door, *PROXY, "--state", state + "-none",
                                  code=2).stderr, "no valid token: refused")
    service = Service(*door[1:], *PROXY, "--state", state)
    check(service.verify()[0] == 401, "behind a proxy a token is asked for")
    check(service.end() == 0, "TERM ends it")


def test_limits(registry):
    service = Service("--registry", registry, "--listen", "127.0.0.1:0", "--requests-per-second", "5",
                      "--body-bytes", "1024")
    begin = time.monotonic()
    statuses = []
    while 429 not in statuses and len(statuses) < 1000:
        status, headers, _ = service.ask("/healthz")
        statuses.append(status)
    answered, took = statuses.count(200), time.monotonic() - begin
    check(5 <= answered <= 5 + 5 * took, f"{answered} are answered in {took:.2f} s")
    check(headers["Retry-After"] == "1", "429 tells when")
    time.sleep(1.1)
    check(service.verify()[0] == 413, "a body over body-bytes is refused")
    service.end()


def test_settings(registry, folder):
    path = os.path.join(folder, "huren.conf")
    env = {**ENV, "HUREN_CONFIG": path, "HUREN_THREADS": "3"}
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"registry = {registry}\nthreads = 2\nhead-seconds = 7\n")
    said = run("serve", "--check-config", "--head-seconds", "8", env=env).stdout
    for lines in (f"# {path}:1\nregistry = {registry}\n", "# HUREN_THREADS\nthreads = 3\n",
                  "# --head-seconds\nhead-seconds = 8\n", "# default\nbody-seconds = 10\n"):
        check(lines in said, f"--check-config says {lines!r}")
    for text, place in (("colour = red\n", ":1: there is no setting 'colour'"),
                        ("\nthreads = 65\n", ":2: 'threads' wants a number from 0 to 64")):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        check(place in run("serve", "--check-config", code=2, env=env).stderr, place)
    run("serve", "--check-config", code=2)


def hear(notify):
    return notify.recv(4096).decode().split("\n")


def hear_until_ready(notify):
    """What is said but for the watchdog, which speaks in between."""
    said = []
    while ["READY=1"] not in said:
        words = hear(notify)
        said += [words] if words != ["WATCHDOG=1"] else []
    return said


def test_systemd(registry, folder):
    listener = socket.create_server(("127.0.0.1", 0))
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(os.path.join(folder, "notify"))
    notify.settimeout(30)
    log = os.path.join(folder, "systemd.log")
    conf = os.path.join(folder, "systemd.conf")
    pathlib.Path(conf).write_text("requests-per-second = 0\n", encoding="utf-8")
    env = {**ENV, "HUREN_CONFIG": conf, "LISTEN_FDS": "1", "WATCHDOG_USEC": "400000",
           "NOTIFY_SOCKET": notify.getsockname()}
    # As systemd does: LISTEN_PID is of the process that becomes the service.
    service = Service("--registry", registry, "--log", log, "--listen", "0.0.0.0:1", env=env,
                      command=["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"],
                      preexec_fn=lambda: os.dup2(listener.fileno(), 3), pass_fds=(3,))
    check(service.port == listener.getsockname()[1], "the socket goes before --listen")
    check(hear(notify) == ["READY=1"], "READY=1")
    check(service.ask("/healthz")[0] == 200, "the handed socket is served")
    check(hear(notify) == ["WATCHDOG=1"], "WATCHDOG=1")

    os.rename(log, log + ".1")
    pathlib.Path(conf).write_text("requests-per-second = 1\n", encoding="utf-8")
    service.process.send_signal(signal.SIGHUP)
    said = hear_until_ready(notify)
    check(said[0][0] == "RELOADING=1" and said[0][1].startswith("MONOTONIC_USEC="),
          f"RELOADING=1: {said}")
    check(len(said) == 2, f"and READY=1 again: {said}")
    check(429 in [service.ask("/healthz")[0] for _ in range(30)], "a setting is read again")
    check('"event":"reload"' in pathlib.Path(log).read_text(encoding="utf-8"), "the log is reopened")
    pathlib.Path(conf).write_text("requests-per-second = many\n", encoding="utf-8")
    service.process.send_signal(signal.SIGHUP)
    wait_until("a broken file is told", lambda: "wants a number" in
               pathlib.Path(log).read_text(encoding="utf-8"))
    check(429 in [service.ask("/healthz")[0] for _ in range(30)], "and what was stays")

    check(service.end() == 0, "TERM ends it")
    notify.setblocking(False)
    said = []
    try:
        while True:
            said += hear(notify)
    except BlockingIOError:
        pass
    check(said[-1:] == ["STOPPING=1"], f"STOPPING=1 last: {said[-3:]}")
    # Whoever comes now waits for the next service.
    socket.create_connection(listener.getsockname(), timeout=5).close()
    listener.close()

    env.update(LISTEN_FDS="2", HUREN_CONFIG="/dev/null")
    done = subprocess.run(["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", HUREN, "serve",
                           "--registry", registry], env=env, capture_output=True, text=True, check=False)
    check("2 sockets were handed over" in done.stderr, "two sockets are refused")


def test_backup(registry, state, folder):
    backup = os.path.join(folder, "backup")
    again = os.path.join(folder, "again")
    tight = ("--min-free-bytes", TOO_MUCH)
    run("backup", "--state", state, *tight, backup, code=7)
    check(not os.path.exists(backup), "a full disk: nothing is written")
    before = pathlib.Path(state, "access.json").read_bytes()
    run("access", "add", "--state", state, *tight, "late", code=7)
    check(pathlib.Path(state, "access.json").read_bytes() == before, "a full disk: no token")
    run("backup", "--state", state, backup)
    run("backup", "--state", state, backup, code=6)
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--quiet", "-c", "MANIFEST.sha256"], cwd=backup, check=True)
    run("restore", "--state", again, *tight, backup, code=7)
    check(not os.path.exists(again), "a full disk: nothing is put back")
    run("restore", "--state", again, backup)
    check(pathlib.Path(again, "access.json").read_bytes() == before, "what was kept is back")
    check(os.stat(again).st_mode & 0o777 == 0o700, "for its owner alone")
    run("restore", "--state", again, backup, code=6)
    with open(os.path.join(backup, "access.json"), "ab") as file:
        file.write(b" ")
    check("'access.json' is damaged" in run("restore", "--state", again + "2", backup, code=3).stderr,
          "damage is named")
    check(not os.path.exists(again + "2"), "and nothing is put back")

    service = Service("--registry", registry, "--listen", "127.0.0.1:0", "--state", state, *tight)
    ready = json.loads(service.ask("/readyz")[2])
    check(ready["ready"] and ready["warnings"] == ["space-short"], f"/readyz warns: {ready}")
    service.end()


def test_units(folder):
    """systemd-analyze wants the program to be where the unit says."""
    if not shutil.which("systemd-analyze"):
        print("the units are not looked at: systemd-analyze is not here", file=sys.stderr)
        return
    for name in ("huren.service", "huren.socket"):
        text = (ROOT / "tools/systemd" / name).read_text(encoding="utf-8")
        pathlib.Path(folder, name).write_text(text.replace("/usr/bin/huren", HUREN), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                           os.path.join(folder, "huren.service"), os.path.join(folder, "huren.socket")],
                          capture_output=True, text=True, check=False)
    check(done.returncode == 0 and not done.stderr, f"systemd-analyze verify: {done.stderr}")
    done = subprocess.run(["systemd-analyze", "security", "--no-pager", "--offline=yes", "--threshold=20",
                           os.path.join(folder, "huren.service")], capture_output=True, text=True,
                          check=False)
    check(done.returncode == 0, f"systemd-analyze security: {done.stdout[-300:]}{done.stderr}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        registry = os.path.join(folder, "registry.git")
        state = os.path.join(folder, "state")
        run("registry", "init", registry)
        run("registry", "publish", "-m", "sample", registry, "catalog/sample")
        test_access(registry, folder)
        test_door(registry, state)
        test_limits(registry)
        test_settings(registry, folder)
        test_systemd(registry, folder)
        test_backup(registry, state, folder)
        test_units(folder)
    return 1 if failures else 0


sys.exit(main())

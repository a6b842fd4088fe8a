"""Requests as bytes and answers as they come: what a client library would never send or hide."""
import socket
import subprocess
import time


class Server:
    """A program that says its port on stdout, and stops at SIGTERM."""

    def __init__(self, program, *words):
        self.process = subprocess.Popen([program, *words], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{program} did not start")
        self.port = int(line)

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Answer:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body


def connect(port, timeout=30):
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def take_answer(data, bodyless=False):
    """The first answer in `data` and the rest; None when it is not whole."""
    head, mark, rest = data.partition(b"\r\n\r\n")
    if not mark:
        return None, data
    lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in
              (line.partition(":") for line in lines[1:])}
    status = int(lines[0].split()[1])
    length = 0 if bodyless or status < 200 else int(fields.get("content-length", 0))
    if len(rest) < length:
        return None, data
    return Answer(status, fields, rest[:length]), rest[length:]


def read_answers(connection, count=None, seconds=20.0, bodyless=False):
    """Answers up to `count`, or to the end; and whether the server closed."""
    data, answers, end = b"", [], time.monotonic() + seconds
    while count is None or len(answers) < count:
        answer, data = take_answer(data, bodyless)
        if answer:
            answers.append(answer)
            continue
        connection.settimeout(max(0.01, end - time.monotonic()))
        try:
            piece = connection.recv(1 << 16)
        except (ConnectionError, socket.timeout) as fault:
            return answers, not isinstance(fault, socket.timeout)
        if not piece:
            return answers, True
        data += piece
    return answers, False


def ask(port, request, **how):
    """One request on a connection of its own: its first answer, or None."""
    with connect(port) as connection:
        connection.sendall(request)
        answers, _ = read_answers(connection, 1, **how)
        return answers[0] if answers else None


def get(port, path="/", more=""):
    return ask(port, f"GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode())

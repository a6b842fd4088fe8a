"""A sender of DICOM for tests: PS3.7 and PS3.8 in as few lines as it takes, on a plain socket.

It sends what it is told to, byte for byte, also what no real sender would: so
a test knows what must be found again, and may break off where it likes.
"""
import socket
import struct

EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
VERIFICATION = "1.2.840.10008.1.1"
COMMITMENT = "1.2.840.10008.1.20.1"
COMMITMENT_INSTANCE = "1.2.840.10008.1.20.1.1"
PDV_BYTES = 60000


class Refused(Exception):
    """An association that was rejected (result, source, reason), or aborted."""


def padded(text, pad=b"\0"):
    data = text.encode()
    return data + pad * (len(data) % 2)


def implicit(tag, value):
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value


def explicit(tag, vr, value):
    if isinstance(value, str):
        value = padded(value, b"\0" if vr == "UI" else b" ") if value.isascii() else \
            value.encode() + b" " * (len(value.encode()) % 2)
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in ("OB", "OW", "SQ", "UN", "UT"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def command(*elements):
    body = b"".join(implicit(tag, struct.pack("<H", value) if isinstance(value, int) else
                             padded(value)) for tag, value in elements)
    return implicit(0x00000000, struct.pack("<I", len(body))) + body


def read_command(data):
    found = {}
    while data:
        group, element, length = struct.unpack("<HHI", data[:8])
        value = data[8:8 + length]
        found[group << 16 | element] = struct.unpack("<H", value)[0] if length == 2 else value
        data = data[8 + length:]
    return found


class Association:
    """`contexts`: pairs of a class and its transfer syntaxes; their ids are 1, 3, 5..."""

    def __init__(self, port, contexts, calling="TEST", called="HUREN", timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pdu_max = 0
        self.accepted = {}
        self.next_id = 1
        self.pending = []
        self.socket.sendall(self.request(contexts, calling, called))
        kind, body = self.read_pdu()
        if kind != 2:
            raise Refused(tuple(body[1:4]) if kind == 3 else kind)
        self.read_acceptance(body)

    @staticmethod
    def request(contexts, calling, called):
        def item(kind, body):
            return struct.pack(">BBH", kind, 0, len(body)) + body

        body = struct.pack(">HH", 1, 0) + called.ljust(16).encode() + \
            calling.ljust(16).encode() + bytes(32) + item(0x10, b"1.2.840.10008.3.1.1.1")
        for i, (sop_class, syntaxes) in enumerate(contexts):
            body += item(0x20, bytes([2 * i + 1, 0, 0, 0]) + item(0x30, sop_class.encode()) +
                         b"".join(item(0x40, s.encode()) for s in syntaxes))
        body += item(0x50, item(0x51, struct.pack(">I", 0)) + item(0x52, b"2.25.1"))
        return struct.pack(">BBI", 1, 0, len(body)) + body

    def read_acceptance(self, body):
        at = 68
        while at < len(body):
            kind, length = struct.unpack(">BxH", body[at:at + 4])
            value = body[at + 4:at + 4 + length]
            if kind == 0x21:
                self.accepted[value[0]] = (value[2], value[8:].decode())
            if kind == 0x50:
                self.pdu_max = struct.unpack(">I", value[4:8])[0]
            at += 4 + length

    def read_exactly(self, n):
        data = b""
        while len(data) < n:
            piece = self.socket.recv(n - len(data))
            if not piece:
                raise ConnectionError("closed")
            data += piece
        return data

    def read_pdu(self):
        kind, length = struct.unpack(">BxI", self.read_exactly(6))
        return kind, self.read_exactly(length)

    def send(self, context, is_command, data, upto=None):
        """`upto`: break off behind so many bytes."""
        step = min(PDV_BYTES, self.pdu_max - 6)
        pieces = [data[i:i + step] for i in range(0, len(data), step)] or [b""]
        sent = 0
        for i, piece in enumerate(pieces):
            last = 2 if i == len(pieces) - 1 else 0
            if upto is not None and sent + len(piece) > upto:
                return
            self.socket.sendall(struct.pack(">BBIIBB", 4, 0, len(piece) + 6, len(piece) + 2,
                                            context, is_command | last) + piece)
            sent += len(piece)

    def read_message(self):
        """(context, command, data set), of one message."""
        parts = {0: b"", 1: b""}
        words = None
        while True:
            if not self.pending:
                kind, body = self.read_pdu()
                if kind != 4:
                    raise Refused(kind)
                while body:
                    length, context, flags = struct.unpack(">IBB", body[:6])
                    self.pending.append((context, flags, body[6:4 + length]))
                    body = body[4 + length:]
            context, flags, piece = self.pending.pop(0)
            parts[flags & 1] += piece
            if flags & 2 and flags & 1:
                words = read_command(parts[1])
                if words[0x00000800] == 0x0101:
                    return context, words, b""
            elif flags & 2:
                return context, words, parts[0]

    def number(self):
        self.next_id += 1
        return self.next_id

    def echo(self, context=1):
        self.send(context, 1, command((0x00000002, VERIFICATION), (0x00000100, 0x30),
                                      (0x00000110, self.number()), (0x00000800, 0x0101)))
        return self.read_message()[1][0x00000900]

    def begin_store(self, context, sop_class, uid):
        self.send(context, 1, command(
            (0x00000002, sop_class), (0x00000100, 1), (0x00000110, self.number()),
            (0x00000700, 0), (0x00000800, 1), (0x00001000, uid)))

    def store(self, context, sop_class, uid, data_set):
        """(status, comment)."""
        self.begin_store(context, sop_class, uid)
        self.send(context, 0, data_set)
        words = self.read_message()[1]
        comment = words.get(0x00000902, b"")
        return words[0x00000900], comment if isinstance(comment, bytes) else b"??"

    def commit(self, context, transaction, pairs):
        """The status of the action; what it is told of them comes by read_report."""
        items = b"".join(
            struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body for body in
            (explicit(0x00081150, "UI", c) + explicit(0x00081155, "UI", i) for c, i in pairs))
        self.send(context, 1, command(
            (0x00000003, COMMITMENT), (0x00000100, 0x0130), (0x00000110, self.number()),
            (0x00000800, 1), (0x00001001, COMMITMENT_INSTANCE), (0x00001008, 1)))
        self.send(context, 0, explicit(0x00081195, "UI", transaction) +
                  explicit(0x00081199, "SQ", items))
        return self.read_message()[1][0x00000900]

    def read_report(self):
        """(event type, data set) of an N-EVENT-REPORT, which is answered."""
        context, words, data = self.read_message()
        self.send(context, 1, command(
            (0x00000002, COMMITMENT), (0x00000100, 0x8100),
            (0x00000120, words[0x00000110]), (0x00000800, 0x0101), (0x00000900, 0)))
        return words[0x00001002], data

    def release(self):
        self.socket.sendall(struct.pack(">BBII", 5, 0, 4, 0))
        kind, _ = self.read_pdu()
        self.socket.close()
        return kind == 6

    def drop(self):
        self.socket.close()

#!/usr/bin/env python3
"""Objects made native: of every transfer syntax that is read, the pixels that went in.

	transcode.py DRAW

A picture is made here, compressed by DCMTK's own tools, by OpenJPH for HTJ2K,
and made native by huren: of a lossless codec its pixels are those of the
picture; of a lossy one those that DCMTK decodes, of HTJ2K those of OpenJPH, but
for its rounding. JPEG 2000 none of these tools writes: unit.pixels and
integration.render have it, of the corpora.
"""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from dimse_scu import EXPLICIT, explicit  # pylint: disable=wrong-import-position
from film_senders import make_file  # pylint: disable=wrong-import-position
from film_service import CT  # pylint: disable=wrong-import-position

DRAW = os.path.abspath(sys.argv[1])
WIDTH, HEIGHT = 67, 45
PIXELS = b"\xe0\x7f\x10\x00O"
# Transfer syntax, whether it loses nothing, and the order of its packets.
HTJ2K = [("1.2.840.10008.1.2.4.201", "true", "LRCP"), ("1.2.840.10008.1.2.4.202", "true", "RPCL"),
         ("1.2.840.10008.1.2.4.203", "false", "RPCL")]
# Tool, option, transfer syntax, whether it loses nothing, and of how many bits its samples may be.
CODECS = [
    ("dcmconv", "+te", "1.2.840.10008.1.2.1", True, 16),
    ("dcmconv", "+ti", "1.2.840.10008.1.2", True, 16),
    ("dcmconv", "+tb", "1.2.840.10008.1.2.2", True, 16),
    ("dcmconv", "+td", "1.2.840.10008.1.2.1.99", True, 16),
    ("dcmcjpeg", "+eb", "1.2.840.10008.1.2.4.50", False, 8),
    ("dcmcjpeg", "+ee", "1.2.840.10008.1.2.4.51", False, 12),
    ("dcmcjpeg", "+es", "1.2.840.10008.1.2.4.53", False, 12),
    ("dcmcjpeg", "+ep", "1.2.840.10008.1.2.4.55", False, 12),
    ("dcmcjpeg", "+el", "1.2.840.10008.1.2.4.57", True, 16),
    ("dcmcjpeg", "+e1", "1.2.840.10008.1.2.4.70", True, 16),
    ("dcmcjpls", "+el", "1.2.840.10008.1.2.4.80", True, 16),
    ("dcmcjpls", "+en", "1.2.840.10008.1.2.4.81", False, 16),
    ("dcmcrle", None, "1.2.840.10008.1.2.5", True, 16),
]
SHAPES = ((1, 8), (1, 12), (1, 16), (3, 8))  # samples of a pixel, and their bits
DECODERS = {"dcmcjpeg": "dcmdjpeg", "dcmcjpls": "dcmdjpls"}
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def run(*words):
    subprocess.run([str(w) for w in words], check=True, stdout=subprocess.DEVNULL)


# --- pictures ---

def sample(x, y, n, bits):
    """A ramp, with edges in it, that uses all bits and is another in each sample of a pixel."""
    top = (1 << bits) - 1
    if (x // 9 + y // 7) % 4 == 0:
        return top if n % 2 else 0
    return (x * 31 + y * 57 * (n + 1)) * top // 5000 % (top + 1)


def make_samples(samples, bits):
    kind = "B" if bits <= 8 else "H"
    return struct.pack(f"<{WIDTH * HEIGHT * samples}{kind}",
                       *(sample(x, y, n, bits) for y in range(HEIGHT) for x in range(WIDTH)
                         for n in range(samples)))


def us(tag, value):
    return explicit(tag, "US", struct.pack("<H", value))


def head_of(samples, bits):
    """What stands in front of the pixels."""
    return b"".join((
        explicit(0x00080016, "UI", CT), explicit(0x00080018, "UI", "2.25.7771"), explicit(0x0020000D, "UI", "2.25.7772"),
        explicit(0x0020000E, "UI", "2.25.7773"), us(0x00280002, samples),
        explicit(0x00280004, "CS", "RGB" if samples == 3 else "MONOCHROME2"),
        us(0x00280006, 0) if samples == 3 else b"", us(0x00280010, HEIGHT), us(0x00280011, WIDTH),
        us(0x00280100, 8 if bits <= 8 else 16), us(0x00280101, bits), us(0x00280102, bits - 1),
        us(0x00280103, 0)))


def pixels_of(path):
    """The value of the pixels of an object in explicit little endian that ends with them."""
    data = pathlib.Path(path).read_bytes()
    at = data.rindex(PIXELS)
    length = int.from_bytes(data[at + 8:at + 12], "little")
    check(at + 12 + length == len(data), f"{path}: the pixels are the last, and whole")
    return data[at + 12:]


def padded(data):
    return data + bytes(len(data) % 2)


# --- codecs ---

def make_native(path):
    """As huren makes it."""
    out = f"{path}.native"
    with open(out, "wb") as file:
        subprocess.run([DRAW, path, "native"], check=True, stdout=file)
    return pixels_of(out)


def decode_theirs(tool, path):
    out = f"{path}.theirs"
    run(tool, path, out)
    return pixels_of(out)


def check_codec(folder, picture, samples, bits):
    tool, option, syntax, lossless, bits_max = picture
    if bits > bits_max:
        return 0
    data = make_samples(samples, bits)
    native = os.path.join(folder, f"{samples}-{bits}.dcm")
    path = f"{native}.{syntax}"
    pathlib.Path(native).write_bytes(
        make_file("2.25.7771", head_of(samples, bits) +
                  explicit(0x7FE00010, "OB" if bits <= 8 else "OW", padded(data))))
    run(tool, *([option] if option else []), native, path)
    want = padded(data) if lossless else decode_theirs(DECODERS[tool], path)
    check(make_native(path) == want, f"{syntax} of {samples} times {bits} bits")
    return 1


def encapsulate(head, syntax, stream):
    """A file whose pixels are one fragment."""
    def item(element, data=b""):
        return struct.pack("<HHI", 0xFFFE, element, len(data)) + data

    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF) + item(0xE000) + \
        item(0xE000, padded(stream)) + item(0xE0DD)
    return make_file("2.25.7771", head + pixels, syntax)


def swapped(data):
    return b"".join(data[i:i + 2][::-1] for i in range(0, len(data), 2))


def write_netpbm(path, samples, bits, data):
    """Its numbers of two bytes are big endian."""
    if bits > 8:
        data = swapped(data)
    pathlib.Path(path).write_bytes(
        b"P%d\n%d %d\n%d\n" % (6 if samples == 3 else 5, WIDTH, HEIGHT, (1 << bits) - 1) + data)


def numbers(data, bits):
    return struct.unpack(f"<{len(data) // 2}H", data) if bits > 8 else tuple(data)


def check_htj2k(folder, how, samples, bits):
    """What loses something is rounded otherwise by OpenJPEG than by OpenJPH, in the last two bits."""
    syntax, reversible, order = how
    data = make_samples(samples, bits)
    picture = os.path.join(folder, "picture.ppm" if samples == 3 else "picture.pgm")
    stream, path = os.path.join(folder, "picture.j2c"), os.path.join(folder, f"{syntax}.dcm")
    write_netpbm(picture, samples, bits, data)
    run("ojph_compress", "-i", picture, "-o", stream, "-reversible", reversible,
        "-prog_order", order)
    if reversible == "false":
        run("ojph_expand", "-i", stream, "-o", picture)
        data = read_netpbm(picture, bits)
    pathlib.Path(path).write_bytes(
        encapsulate(head_of(samples, bits), syntax, pathlib.Path(stream).read_bytes()))
    got, want = numbers(make_native(path), bits), numbers(padded(data), bits)
    step = max(map(abs, map(int.__sub__, got, want))) if len(got) == len(want) else None
    check(step == 0 or (reversible == "false" and step is not None and step <= 1 + (1 << bits >> 14)),
          f"{syntax} of {samples} times {bits} bits: {step}")
    return 1


def read_netpbm(path, bits):
    data = pathlib.Path(path).read_bytes().split(b"\n", 3)[3]
    return swapped(data) if bits > 8 else data


def main():
    with tempfile.TemporaryDirectory() as folder:
        done = sum(check_codec(folder, picture, samples, bits) for picture in CODECS
                   for samples, bits in SHAPES)
        if shutil.which("ojph_compress"):
            done += sum(check_htj2k(folder, how, samples, bits) for how in HTJ2K
                        for samples, bits in SHAPES)
        else:
            print("HTJ2K is left out: openjph-tools are not installed")
    print(f"{done} objects made native")
    sys.exit(1 if failures or done < 40 else 0)


main()

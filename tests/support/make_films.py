#!/usr/bin/env python3
"""Writes synthetic studies as DICOM files, byte by byte: CT series with pixels, or headers alone.

The same arguments give the same bytes. Every name and number in it is made up.

	make_films.py --studies 50 --slices 40 --out DIR        512 x 512 x 16 bit, 525 KB each
	make_films.py --studies 12000 --headers --out DIR       one header a study, 1 KB each
"""
import argparse
import os
import random
import struct

from make_dicom import CT_STORAGE, Writer, file_of, uid

SURNAMES = [("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"),
            ("杨", "Yang"), ("黄", "Huang"), ("赵", "Zhao"), ("欧阳", "Ouyang"), ("单", "Shan")]
GIVEN = [("建国", "Jianguo"), ("小东", "Xiaodong"), ("秀英", "Xiuying"), ("伟", "Wei"),
         ("志强", "Zhiqiang"), ("丽", "Li"), ("桂兰", "Guilan"), ("海燕", "Haiyan")]
MODALITIES = ["CT", "MR", "DX", "CT"]
SIDE = 512


def name_of(i):
    surname, given = SURNAMES[i % len(SURNAMES)], GIVEN[i // len(SURNAMES) % len(GIVEN)]
    return f"{surname[1]}^{given[1]}={surname[0]}^{given[0]}"


def day_of(i):
    """Over ten years, from the newest back."""
    i = i * 7919 % 3600
    return f"{2026 - i // 360}{1 + i // 30 % 12:02}{1 + i % 30 % 28:02}"


def pixels(seed):
    """Noise over a disc: neither empty nor incompressible."""
    r = random.Random(seed)
    rows = []
    for y in range(SIDE):
        half = int(max(0, 200 ** 2 - (y - SIDE / 2) ** 2) ** 0.5)
        row = [0] * SIDE
        for x in range(SIDE // 2 - half, SIDE // 2 + half):
            row[x] = 1024 + (x ^ y) % 64 + r.getrandbits(4)
        rows.append(struct.pack(f"<{SIDE}H", *row))
    return b"".join(rows)


def film(study, slice_number, frame):
    """The file of one slice; without a frame a header alone."""
    w = Writer("utf-8")
    name = f"film-{study}"
    instance = uid(f"{name}-{slice_number}")
    modality = MODALITIES[study % len(MODALITIES)]
    elements = [
        (0x00080005, "CS", "ISO_IR 192"), (0x00080016, "UI", CT_STORAGE),
        (0x00080018, "UI", instance), (0x00080020, "DA", day_of(study)),
        (0x00080021, "DA", day_of(study)), (0x00080030, "TM", "081200"),
        (0x00080031, "TM", "081300"), (0x00080050, "SH", f"SYN-A-{study:08}"),
        (0x00080060, "CS", modality), (0x00080080, "LO", "天津示范医院"),
        (0x00081030, "LO", "胸部平扫"), (0x0008103E, "LO", "肺窗 1mm"),
        (0x00100010, "PN", name_of(study)), (0x00100020, "LO", f"SYN-P-{study:08}"),
        (0x00100030, "DA", "19570102"), (0x00100040, "CS", "M"), (0x00180015, "CS", "CHEST"),
        (0x00180050, "DS", "1.0"), (0x0020000D, "UI", uid(name)),
        (0x0020000E, "UI", uid(f"{name}-series")), (0x00200010, "SH", str(study)),
        (0x00200011, "IS", "1"), (0x00200013, "IS", str(slice_number + 1)),
        (0x00200032, "DS", f"-160\\-160\\{slice_number}"),
        (0x00200037, "DS", "1\\0\\0\\0\\1\\0"),
    ]
    if frame:
        us = lambda n: struct.pack("<H", n)
        elements += [
            (0x00280002, "US", us(1)), (0x00280004, "CS", "MONOCHROME2"),
            (0x00280010, "US", us(SIDE)), (0x00280011, "US", us(SIDE)),
            (0x00280030, "DS", "0.625\\0.625"), (0x00280100, "US", us(16)),
            (0x00280101, "US", us(12)), (0x00280102, "US", us(11)), (0x00280103, "US", us(0)),
            (0x00281050, "DS", "40"), (0x00281051, "DS", "400"), (0x00281052, "DS", "-1024"),
            (0x00281053, "DS", "1"), (0x7FE00010, "OW", frame)]
    return file_of(CT_STORAGE, instance, b"".join(w.element(*e) for e in elements))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--studies", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first study")
    parser.add_argument("--slices", type=int, default=40)
    parser.add_argument("--headers", action="store_true", help="one header a study, no pixels")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    frames = [] if args.headers else [pixels(seed) for seed in range(4)]
    for study in range(args.first, args.first + args.studies):
        folder = os.path.join(args.out, f"{study // 1000:04}" if args.headers else f"{study:04}")
        os.makedirs(folder, exist_ok=True)
        for number in range(1 if args.headers else args.slices):
            frame = frames[(study + number) % len(frames)] if frames else None
            with open(f"{folder}/{study:08}-{number:04}.dcm", "wb") as file:
                file.write(film(study, number, frame))


if __name__ == "__main__":
    main()

// DICOM files, byte by byte: what a test shows must be known to the pixel. Names and numbers are made up.
const EXPLICIT = "1.2.840.10008.1.2.1";
const CT = "1.2.840.10008.5.1.4.1.1.2";
export const SIDE = 128;
// Of the quarters: above left, above right, below left, below right. In the window of the files a grey is its value.
export const GREYS = [16, 80, 160, 240];

const u16 = (...values) => Buffer.from(Uint16Array.from(values).buffer);
const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);

function element(tag, vr, value) {
  let data = Buffer.from(value);
  if (data.length % 2) data = Buffer.concat([data, Buffer.from(vr === "UI" || vr === "OB" ? "\0" : " ")]);
  const length = ["OB", "OW", "SQ", "UN", "UT"].includes(vr) ? [u16(0), u32(data.length)] : [u16(data.length)];
  return Buffer.concat([u16(tag >>> 16, tag & 0xffff), Buffer.from(vr), ...length, data]);
}

// Four quarters, each of one value; every frame one Hounsfield unit more.
function pixels(frame) {
  const values = Uint16Array.from({ length: SIDE * SIDE }, (_, i) =>
    1024 + frame + GREYS[(i % SIDE >= SIDE / 2) + 2 * (i >= SIDE * SIDE / 2)]);
  return Buffer.from(values.buffer);
}

export const uidsOf = (study, series, instance) => ({
  studyInstanceUID: `2.25.${study}`, seriesInstanceUID: `2.25.${study}.${series}`,
  sopInstanceUID: `2.25.${study}.${series}.${instance}`,
});

// `name`: as it stands in the file, in `charset`.
export function film({ study, series = 1, instance = 1, frames = 1, name, patient, charset = "ISO_IR 192" }) {
  const uids = uidsOf(study, series, instance);
  const frame = Buffer.concat(Array.from({ length: frames }, (_, i) => pixels(i)));
  const rows = [
    [0x00080005, "CS", charset], [0x00080016, "UI", CT], [0x00080018, "UI", uids.sopInstanceUID],
    [0x00080020, "DA", "20260103"], [0x00080030, "TM", "081200"], [0x00080050, "SH", `SYN-A-${study}`],
    [0x00080060, "CS", "CT"], [0x00081030, "LO", "CHEST"], [0x0008103e, "LO", "LUNG"],
    [0x00100010, "PN", name], [0x00100020, "LO", patient], [0x00100030, "DA", "19570102"], [0x00100040, "CS", "M"],
    [0x0020000d, "UI", uids.studyInstanceUID], [0x0020000e, "UI", uids.seriesInstanceUID],
    [0x00200010, "SH", `${study}`], [0x00200011, "IS", `${series}`], [0x00200013, "IS", `${instance}`],
    [0x00200032, "DS", `-40\\-40\\${instance}`], [0x00200037, "DS", "1\\0\\0\\0\\1\\0"],
    [0x00280002, "US", u16(1)], [0x00280004, "CS", "MONOCHROME2"],
    ...(frames > 1 ? [[0x00280008, "IS", `${frames}`]] : []),
    [0x00280010, "US", u16(SIDE)], [0x00280011, "US", u16(SIDE)], [0x00280030, "DS", "0.625\\0.625"],
    [0x00280100, "US", u16(16)], [0x00280101, "US", u16(12)], [0x00280102, "US", u16(11)], [0x00280103, "US", u16(0)],
    [0x00281050, "DS", "128"], [0x00281051, "DS", "256"], [0x00281052, "DS", "-1024"], [0x00281053, "DS", "1"],
    [0x7fe00010, "OW", frame],
  ];
  const meta = Buffer.concat([
    element(0x00020001, "OB", [0, 1]), element(0x00020002, "UI", CT), element(0x00020003, "UI", uids.sopInstanceUID),
    element(0x00020010, "UI", EXPLICIT)]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), element(0x00020000, "UL", u32(meta.length)), meta,
    ...rows.map((row) => element(...row))]);
}

// DICOM JSON (PS3.18 annex F) made into what a viewer needs to know of a frame. Pure.
export const TAG = {
  sopClass: "00080016", instance: "00080018", studyDate: "00080020", modality: "00080060", institution: "00080080",
  studyDescription: "00081030", seriesDescription: "0008103E", patientName: "00100010", sex: "00100040",
  age: "00101010", bodyPart: "00180015", detectorSpacing: "00181164", study: "0020000D", series: "0020000E",
  seriesNumber: "00200011", instanceNumber: "00200013", position: "00200032", orientation: "00200037",
  samples: "00280002", photometric: "00280004", planar: "00280006", frames: "00280008", rows: "00280010",
  columns: "00280011", spacing: "00280030", aspect: "00280034", allocated: "00280100", stored: "00280101",
  high: "00280102", signed: "00280103", center: "00281050", width: "00281051", intercept: "00281052",
  slope: "00281053", explanation: "00281055", windowFunction: "00281056", modalityLut: "00283000",
  voiLut: "00283010", seriesInstances: "00201209", shared: "52009229", perFrame: "52009230",
};
const GROUP = { spacing: "00289110", voi: "00289132", values: "00289145", position: "00209113", orientation: "00209116" };

export const values = (ds, tag) => (ds && ds[tag] && ds[tag].Value) || [];
export const value = (ds, tag, fallback) => {
  const [first] = values(ds, tag);
  return first === undefined || first === null ? fallback : first;
};
const numbers = (ds, tag) => values(ds, tag).map(Number).filter(Number.isFinite);
const number = (ds, tag, fallback) => {
  const [first] = numbers(ds, tag);
  return first === undefined ? fallback : first;
};

/** A name as its owner writes it: 张建国 before Zhang Jianguo. */
export function personName(ds, tag) {
  const name = value(ds, tag, {});
  return (name.Ideographic || name.Alphabetic || "").replace(/\^+/g, " ").trim();
}

/** Of an enhanced object an attribute stands in the groups of its frame, or in those that all share. */
function groupOf(ds, frame, group) {
  const own = values(ds, TAG.perFrame)[frame - 1];
  const [shared] = values(ds, TAG.shared);
  return value(own, group) || value(shared, group) || ds;
}

function windowsOf(ds) {
  const widths = numbers(ds, TAG.width);
  const names = values(ds, TAG.explanation);
  const fn = String(value(ds, TAG.windowFunction, "LINEAR")).toLowerCase().replace("_", "-");
  return numbers(ds, TAG.center)
    .map((center, i) => ({ center, width: widths[i], fn, name: names[i] || "" }))
    .filter((w) => w.width >= 1 || (w.width > 0 && fn !== "linear"));
}

/** [row, column] in mm, and what it is measured at: the patient, or the detector (larger than life). */
function spacingOf(ds, frame) {
  const patient = numbers(groupOf(ds, frame, GROUP.spacing), TAG.spacing);
  const detector = numbers(ds, TAG.detectorSpacing);
  const fits = (pair) => pair.length === 2 && pair[0] > 0 && pair[1] > 0;
  if (fits(patient)) return { row: patient[0], column: patient[1], at: "patient" };
  if (fits(detector)) return { row: detector[0], column: detector[1], at: "detector" };
  const ratio = numbers(ds, TAG.aspect);
  return fits(ratio) ? { row: ratio[0] / ratio[1], column: 1, at: "" } : { row: 1, column: 1, at: "" };
}

/** How far along the stack's axis, in mm; NaN when nothing says so. */
function depthOf(ds, frame) {
  const at = numbers(groupOf(ds, frame, GROUP.position), TAG.position);
  const axes = numbers(groupOf(ds, frame, GROUP.orientation), TAG.orientation);
  if (at.length !== 3 || axes.length !== 6) return NaN;
  const [a, b, c, d, e, f] = axes;
  return at[0] * (b * f - c * e) + at[1] * (c * d - a * f) + at[2] * (a * e - b * d);
}

/**
 * grey: drawn here, by a table. rgb: drawn here as it is. server: what only DCMTK shows rightly
 * (palettes, YBR, tables instead of windows, other depths). none: nothing to see.
 */
function kindOf(ds, bits) {
  const photometric = value(ds, TAG.photometric, "");
  if (!photometric || !number(ds, TAG.rows) || !number(ds, TAG.columns)) return "none";
  if (values(ds, TAG.modalityLut).length) return "server";
  const plain = (bits.allocated === 8 || bits.allocated === 16) && bits.stored <= bits.allocated &&
    bits.high < bits.allocated && bits.high + 1 >= bits.stored;
  if (/^MONOCHROME[12]$/.test(photometric) && plain)
    return values(ds, TAG.voiLut).length && !windowsOf(ds).length ? "server" : "grey";
  return photometric === "RGB" && bits.allocated === 8 && number(ds, TAG.samples) === 3 ? "rgb" : "server";
}

/** All that is known of frame `frame` (from 1) of an object. */
export function describe(ds, frame = 1) {
  const allocated = number(ds, TAG.allocated, 16);
  const stored = number(ds, TAG.stored, allocated);
  const bits = { allocated, stored, high: number(ds, TAG.high, stored - 1), signed: number(ds, TAG.signed, 0) === 1 };
  const scaled = groupOf(ds, frame, GROUP.values);
  return {
    study: value(ds, TAG.study), series: value(ds, TAG.series), instance: value(ds, TAG.instance), frame,
    modality: value(ds, TAG.modality, ""), rows: number(ds, TAG.rows, 0), columns: number(ds, TAG.columns, 0),
    kind: kindOf(ds, bits), ...bits, planar: number(ds, TAG.planar, 0) === 1,
    inverted: value(ds, TAG.photometric) === "MONOCHROME1",
    slope: number(scaled, TAG.slope, 1) || 1, intercept: number(scaled, TAG.intercept, 0),
    windows: windowsOf(groupOf(ds, frame, GROUP.voi)), spacing: spacingOf(ds, frame), depth: depthOf(ds, frame),
  };
}

/** Every frame of a series, in the order in which one turns the pages. */
export function stackOf(metadata) {
  const order = (ds) => number(ds, TAG.instanceNumber, Infinity);
  const by = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = [...metadata].sort((a, b) => by(order(a), order(b)) || by(depthOf(a, 1), depthOf(b, 1)) ||
    by(value(a, TAG.instance), value(b, TAG.instance)));
  return sorted.flatMap((ds) => Array.from({ length: Math.max(1, number(ds, TAG.frames, 1)) },
    (_, i) => describe(ds, i + 1))).filter((image) => image.kind !== "none");
}

const DOCUMENT = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(88\.(?!59$)|104\.)/;
const HIDDEN = /^(PR|KO|REG|AU|SEG|FID|PLAN|RTPLAN|RTSTRUCT|RTRECORD)$/;

/** A row of a search for the series of a study. "document", "images", or "" for what is nothing to look at. */
export function seriesOf(row, study) {
  const modality = value(row, TAG.modality, "");
  return {
    study, series: value(row, TAG.series), modality, number: number(row, TAG.seriesNumber, 0),
    description: value(row, TAG.seriesDescription, ""), bodyPart: value(row, TAG.bodyPart, ""),
    count: number(row, TAG.seriesInstances, 0), shown: HIDDEN.test(modality) ? "" : /^(SR|DOC)$/.test(modality) ? "document" : "images",
  };
}
export const isDocument = (ds) => DOCUMENT.test(value(ds, TAG.sopClass, ""));

/** "20260103" -> "2026-01-03". */
export const dateText = (text) => String(text || "").replace(/^(\d{4})(\d\d)(\d\d).*/, "$1-$2-$3");

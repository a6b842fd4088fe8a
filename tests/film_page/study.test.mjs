import assert from "node:assert/strict";
import test from "node:test";
import { dateText, describe, personName, seriesOf, stackOf } from "../../web/film/study.js";

const ds = (rows) => Object.fromEntries(Object.entries(rows).map(([tag, value]) => [tag, { Value: [].concat(value) }]));
const ct = (more = {}) => ds({ "00080018": "1.2.3", "00080060": "CT", "0020000D": "1.1", "0020000E": "1.2",
  "00280002": 1, "00280004": "MONOCHROME2", "00280010": 512, "00280011": 256, "00280100": 16, "00280101": 12, "00280102": 11,
  "00280103": 1, "00281050": [-600, 40], "00281051": [1500, 400], "00281055": ["LUNG", "SOFT"], "00281052": -1024, "00281053": 1,
  "00280030": [0.5, 0.25], ...more });

test("what a plain object says", () => {
  const image = describe(ct());
  assert.deepEqual([image.kind, image.rows, image.columns, image.signed, image.stored], ["grey", 512, 256, true, 12]);
  assert.deepEqual(image.windows.map((w) => [w.center, w.width, w.name]), [[-600, 1500, "LUNG"], [40, 400, "SOFT"]]);
  assert.deepEqual(image.spacing, { row: 0.5, column: 0.25, at: "patient" });
});

test("an object that says nothing is no picture, and no error", () => {
  assert.equal(describe({}).kind, "none");
  assert.deepEqual(stackOf([{}]), []);
  assert.deepEqual(stackOf([]), []);
});

test("an enhanced object says it by frame", () => {
  const group = (x) => ds({ "00289110": ds({ "00280030": [x, x] }), "00209113": ds({ "00200032": [0, 0, 10 * x] }) });
  const shared = ds({ "00209116": ds({ "00200037": [1, 0, 0, 0, 1, 0] }), "00289145": ds({ "00281052": -5, "00281053": 2 }) });
  const stack = stackOf([ct({ "00280008": 2, "00280030": [], "52009229": shared, "52009230": [group(1), group(2)] })]);
  assert.deepEqual(stack.map((i) => [i.frame, i.spacing.row, i.depth, i.slope, i.intercept]), [[1, 1, 10, 2, -5], [2, 2, 20, 2, -5]]);
});

test("a detector's spacing is told as such, a ratio of pixels is no length", () => {
  assert.equal(describe(ct({ "00280030": [], "00181164": [0.1, 0.1] })).spacing.at, "detector");
  assert.deepEqual(describe(ct({ "00280030": [], "00280034": [2, 1] })).spacing, { row: 2, column: 1, at: "" });
  assert.equal(describe(ct({ "00280030": [0, 0] })).spacing.at, "");
});

test("the server draws what a table cannot", () => {
  const kind = (more) => describe(ct(more)).kind;
  assert.equal(kind({ "00280004": "PALETTE COLOR" }), "server");
  assert.equal(kind({ "00280004": "YBR_FULL_422", "00280002": 3, "00280100": 8, "00280101": 8, "00280102": 7 }), "server");
  assert.equal(kind({ "00280004": "RGB", "00280002": 3, "00280100": 8, "00280101": 8, "00280102": 7 }), "rgb");
  assert.equal(kind({ "00280100": 32, "00280101": 32, "00280102": 31 }), "server");
  assert.equal(kind({ "00283000": {} }), "server", "a modality table");
  assert.equal(kind({ "00283010": {} }), "grey", "a window goes before a VOI table");
  assert.equal(kind({ "00283010": {}, "00281050": [] }), "server");
  assert.equal(kind({ "00280102": 3 }), "server", "bits that do not fit together");
});

test("windows of no width are none", () => {
  assert.deepEqual(describe(ct({ "00281050": [1], "00281051": [0] })).windows, []);
  assert.deepEqual(describe(ct({ "00281050": [1], "00281051": [] })).windows, []);
});

test("pages lie by number, then by place", () => {
  const at = (uid, number, z) => ct({ "00080018": uid, "00200013": number, "00200032": [0, 0, z], "00200037": [1, 0, 0, 0, 1, 0] });
  assert.deepEqual(stackOf([at("c", 2, 0), at("b", 1, 9), at("a", 1, 3)]).map((i) => i.instance), ["a", "b", "c"]);
});

test("names as their owners write them, dates with lines, series by what they are", () => {
  assert.equal(personName(ds({ "00100010": { Alphabetic: "Zhang^Jianguo", Ideographic: "张^建国" } }), "00100010"), "张 建国");
  assert.equal(personName({}, "00100010"), "");
  assert.equal(dateText("20260103"), "2026-01-03");
  assert.equal(dateText(undefined), "");
  assert.deepEqual(["SR", "DOC", "PR", "CT"].map((m) => seriesOf(ds({ "00080060": m }), "1").shown), ["document", "document", "", "images"]);
});

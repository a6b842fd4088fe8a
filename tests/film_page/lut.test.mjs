import assert from "node:assert/strict";
import test from "node:test";
import { dragWindow, fullWindow, paintColour, paintGrey, presetsOf, tableOf } from "../../web/film/lut.js";

const image = (more = {}) => ({ allocated: 16, stored: 12, high: 11, signed: false, slope: 1, intercept: -1024,
  inverted: false, modality: "CT", windows: [], ...more });
const grey = (pixel) => pixel & 255;
const window = (center, width, fn = "linear") => ({ center, width, fn });

test("a linear window goes from black to white over its width (PS3.3 C.11.2.1.2)", () => {
  const table = tableOf(image(), window(40, 400));
  assert.equal(grey(table[1024 - 160]), 0);
  assert.equal(grey(table[1024 - 159]), 0);
  assert.equal(grey(table[1024 + 240]), 255);
  assert.equal(grey(table[1024 + 239]), 255);
  assert.equal(grey(table[1024 + 40]), 127);
  assert.equal(table[0] >>> 24, 255, "opaque");
});

test("a window of one value is a threshold, not a division by nothing", () => {
  const table = tableOf(image({ intercept: 0 }), window(100, 1));
  assert.deepEqual([98, 99, 100, 101].map((v) => grey(table[v])), [0, 0, 255, 255]);
});

test("MONOCHROME1 is bright where the other is dark", () => {
  const table = tableOf(image({ inverted: true }), window(40, 400));
  assert.deepEqual([0, 4095].map((v) => grey(table[v])), [255, 0]);
});

test("signed values are read by their stored bits, whatever lies above them", () => {
  const signed = image({ signed: true, intercept: 0 });
  const table = tableOf(signed, window(0, 256));
  assert.equal(grey(table[0xfff]), grey(table[0xffff]), "-1, with and without the sign carried on");
  assert.equal(grey(table[0x800]), 0, "-2048");
  assert.equal(grey(table[0x7ff]), 255, "2047");
});

test("bits that stand higher are shifted down", () => {
  const table = tableOf(image({ high: 15, intercept: 0 }), window(2048, 4096));
  assert.equal(grey(table[0xfff0]), 255);
  assert.equal(grey(table[0x000f]), 0);
});

test("exact and sigmoid windows have their middle in the middle", () => {
  for (const fn of ["linear-exact", "sigmoid"]) assert.equal(grey(tableOf(image({ intercept: 0 }), window(500, 100, fn))[500]), 127, fn);
});

test("pixels are looked up, no more of them than there is room for", () => {
  const out = new Uint32Array(3);
  paintGrey(Uint16Array.of(0, 4095, 0, 4095), tableOf(image(), window(1024, 4096)), out);
  assert.deepEqual([...out].map(grey), [0, 255, 0]);
});

test("colours by pixel and by plane are the same picture", () => {
  const [a, b] = [new Uint32Array(2), new Uint32Array(2)];
  paintColour(Uint8Array.of(1, 2, 3, 4, 5, 6), false, a);
  paintColour(Uint8Array.of(1, 4, 2, 5, 3, 6), true, b);
  assert.deepEqual(a, b);
  assert.equal(a[0] >>> 0, 0xff030201);
});

test("without a window: from the darkest to the brightest", () => {
  const full = fullWindow(image({ intercept: 0 }), Uint16Array.of(7, 100, 50));
  assert.deepEqual([full.center, full.width], [54, 94]);
  assert.equal(fullWindow(image(), Uint16Array.of(5, 5)).width, 1);
});

test("the usual windows are CT's alone; none stands twice", () => {
  const own = { ...window(40, 400), name: "" };
  assert.deepEqual(presetsOf(image({ windows: [own] })).map((w) => w.name), ["own", "lung", "bone", "brain"]);
  assert.deepEqual(presetsOf(image({ modality: "MR" })), []);
});

test("a drag never makes a window of nothing", () => {
  const start = window(40, 400);
  assert.equal(dragWindow(start, -10000, 0, 360).width, 1);
  assert.equal(dragWindow(start, 0, 0, 360).center, 40);
  assert.ok(dragWindow(start, 0, 10, 360).center > 40, "down is darker");
});

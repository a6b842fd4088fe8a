import assert from "node:assert/strict";
import test from "node:test";
import { codeOf } from "../../web/film/api.js";
import { Cache, cacheBytes, fetchOrder } from "../../web/film/cache.js";
import { gapOf, linkedIndex } from "../../web/film/link.js";
import { lengthOf, lengthText } from "../../web/film/measure.js";
import { linesOf } from "../../web/film/report.js";
import { fit, keepInSight, pinchOf, SCALE_MAX, stepsOf, toPicture, toScreen, zoomAt } from "../../web/film/view.js";
import { t, WORDS } from "../../web/film/words.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("a picture fits in the middle, its pixels as tall as they are", () => {
  assert.deepEqual(fit(512, 512, 1, 360, 720), { scale: 360 / 512, x: 0, y: 180 });
  assert.deepEqual(fit(100, 100, 2, 400, 400), { scale: 2, x: 100, y: 0 });
});

test("the point under the fingers stays", () => {
  const view = fit(512, 512, 1, 360, 360);
  const before = toPicture(view, 1, 100, 50);
  const after = toPicture(zoomAt(view, 3, 100, 50), 1, 100, 50);
  near(before.x, after.x);
  near(before.y, after.y);
  assert.equal(zoomAt(view, 1e9, 0, 0).scale, SCALE_MAX);
  assert.equal(zoomAt(view, 1e-9, 0, 0, 0.1).scale, 0.1);
  const back = toScreen(view, 1.5, toPicture(view, 1.5, 7, 9));
  near(back.x, 7);
  near(back.y, 9);
});

test("a picture is never pushed out of sight", () => {
  const { x, y } = keepInSight({ scale: 1, x: 9999, y: -9999 }, 100, 100, 1, 400, 400);
  assert.deepEqual([x, y], [300, 0]);
});

test("two fingers: closer and along", () => {
  const pinch = pinchOf([{ x: 0, y: 0 }, { x: 10, y: 0 }], [{ x: 0, y: 0 }, { x: 20, y: 0 }]);
  assert.deepEqual(pinch, { factor: 2, x: 10, y: 0, dx: 5, dy: 0 });
  assert.ok(Number.isFinite(pinchOf([{ x: 1, y: 1 }, { x: 1, y: 1 }], [{ x: 1, y: 1 }, { x: 1, y: 1 }]).factor));
});

test("pages are whole, what is left over counts for the next", () => {
  assert.deepEqual(stepsOf(25, 10), { steps: 2, rest: 5 });
  assert.deepEqual(stepsOf(-25, 10), { steps: -2, rest: -5 });
});

test("lengths are in mm where the object says how large a pixel is", () => {
  const a = { x: 0, y: 0 };
  const b = { x: 30, y: 40 };
  assert.equal(lengthText(lengthOf(a, b, { row: 0.5, column: 0.5, at: "patient" })), "25.0 mm");
  assert.equal(lengthText(lengthOf(a, b, { row: 0.1, column: 0.1, at: "patient" })), "5.00 mm");
  near(lengthOf(a, b, { row: 2, column: 1, at: "patient" }).length, Math.hypot(30, 80));
  assert.equal(lengthText(lengthOf(a, b, { row: 1, column: 1, at: "" })), "50 像素");
  assert.match(lengthText(lengthOf(a, b, { row: 1, column: 1, at: "detector" })), /50\.0 mm \(探测器平面/);
});

test("a cache stays below its limit, what was used last stays", () => {
  const cache = new Cache(100);
  cache.put("a", { bytes: 40 });
  cache.put("b", { bytes: 40 });
  cache.get("a");
  cache.put("c", { bytes: 40 });
  assert.deepEqual(["a", "b", "c"].map((key) => cache.has(key)), [true, false, true]);
  cache.put("a", { bytes: 60 });
  assert.equal(cache.bytes, 100);
  cache.put("huge", { bytes: 1000 });
  assert.deepEqual([...cache.items.keys()], ["huge"], "one is shown, however large");
  assert.ok(cacheBytes(0.5) < cacheBytes(8));
});

test("what lies ahead is fetched first", () => {
  assert.deepEqual(fetchOrder(5, 1, 8, 4, 2), [6, 7, 4, 3]);
  assert.deepEqual(fetchOrder(1, -1, 8, 4, 2), [0, 2, 3]);
  assert.deepEqual(fetchOrder(0, 1, 1), []);
});

test("stacks turn together by mm, or else in proportion", () => {
  const stack = (n, gap) => Array.from({ length: n }, (_, i) => ({ depth: gap * i }));
  assert.equal(gapOf(stack(3, 5)), 5);
  assert.equal(gapOf([{ depth: NaN }, { depth: 1 }]), 0);
  assert.equal(linkedIndex({ here: 10, there: 20 }, 14, stack(40, 5), stack(80, 2.5)), 28);
  assert.equal(linkedIndex({ here: 0, there: 0 }, 9, stack(10, NaN), stack(19, NaN)), 18);
  assert.equal(linkedIndex({ here: 0, there: 0 }, 99, stack(100, 1), stack(5, 1)), 4);
});

test("a structured report is lines", () => {
  const code = (meaning) => ({ Value: [{ "00080104": { Value: [meaning] } }] });
  const tree = { "0040A730": { Value: [
    { "0040A040": { Value: ["CONTAINER"] }, "0040A043": code("Findings"), "0040A730": { Value: [
      { "0040A040": { Value: ["TEXT"] }, "0040A043": code("Finding"), "0040A160": { Value: ["<b>nodule</b>"] } },
      { "0040A040": { Value: ["NUM"] }, "0040A043": code("Size"),
        "0040A300": { Value: [{ "0040A30A": { Value: [6.5] }, "004008EA": { Value: [{ "00080100": { Value: ["mm"] } }] } }] } },
      { "0040A040": { Value: ["IMAGE"] } }] } }] } };
  assert.deepEqual(linesOf(tree).map((l) => [l.level, l.name, l.text]),
    [[0, "Findings", ""], [1, "Finding", "<b>nodule</b>"], [1, "Size", "6.5 mm"]]);
  assert.deepEqual(linesOf({}), []);
});

test("a refusal has the code of its problem, or what its status says", () => {
  assert.equal(codeOf(410, { code: "share-revoked" }), "share-revoked");
  assert.equal(codeOf(410, null), "share-ended");
  assert.equal(codeOf(404, { code: "not-found" }), "not-here");
  assert.equal(codeOf(404, { code: "<script>" }), "not-here");
  assert.equal(codeOf(429), "busy");
  assert.equal(codeOf(500, { code: 7 }), "failed");
});

test("every word is there in both languages, with the same values", () => {
  const holes = (text) => [...text.matchAll(/\{\d\}/g)].map(String).sort();
  for (const [key, words] of Object.entries(WORDS)) {
    assert.equal(words.length, 2, key);
    assert.deepEqual(holes(words[0]), holes(words[1]), key);
  }
  assert.equal(t("times", 3), "3 次");
});

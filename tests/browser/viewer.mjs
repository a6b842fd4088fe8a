// DICOMweb as others' programs use it, in a browser: viewer.mjs HUREN FOLDER. A client library (dicomweb-client)
// from another origin, and the viewer of /viewer (OHIF, in FOLDER/viewer). Screenshots go to FOLDER.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { film, GREYS, SIDE, uidsOf } from "./films.mjs";
import { startService } from "./service.mjs";
import { startSite } from "./site.mjs";

const [huren, folder] = process.argv.slice(2);
const FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// 王^小东 in GB 18030, where most hospitals have it; and 张^建国 where the standard has it.
const WANG = [1, 2, 3].map((instance) => film({ study: 71, instance, patient: "SYN-71", charset: "GB18030",
  name: Buffer.from([0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xb6, 0xab]) }));
const ZHANG = [1, 2].map((series) =>
  film({ study: 72, series, frames: 2, patient: "SYN-72", name: "Zhang^Jianguo=张^建国" }));

const pages = { "/client.html": "<!doctype html><html lang=zh><title>client</title><link rel=icon href=data:,>" };
const site = await startSite(pages);
const service = await startService(huren, "--data", "{folder}/data", "--access", "open", "--cors-origin", site.url,
  "--viewer", join(folder, "viewer"));
const root = `${service.url}/dicom-web`;
const profile = mkdtempSync(join(tmpdir(), "huren-profile-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium", headless: true, args: FLAGS, viewport: { width: 1280, height: 800 },
});
const page = context.pages()[0] ?? await context.newPage();
page.setDefaultTimeout(120_000); // so much of others' code on a machine with other work
const faults = [];
const asked = [];
page.on("pageerror", (error) => faults.push(`page: ${error}`));
page.on("requestfailed", (request) => faults.push(`failed: ${request.url()} ${request.failure().errorText}`));
page.on("response", (response) => {
  asked.push(response.url());
  if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
});

// --- the library ---

// Calls a method of the client; what comes as bytes comes as base64.
const call = (method, options) => page.evaluate(async ([url, method, options]) => {
  const client = new DICOMwebClient.api.DICOMwebClient({ url, verbose: false });
  const base64 = (buffer) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob([buffer]));
  });
  const plain = (value) => value instanceof ArrayBuffer ? base64(value) :
    Array.isArray(value) ? Promise.all(value.map(plain)) : value;
  if (options.datasets)
    options.datasets = options.datasets.map((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  try {
    return await plain(await client[method](options));
  } catch (error) {
    return { status: error.status };
  }
}, [root, method, options]);

const texts = (files) => files.map((file) => file.toString("base64"));
const sameFiles = (got, want) => assert.deepEqual([...got].sort(), texts(want).sort());
const framesOf = (file) => [1, 2].map((frame) =>
  file.subarray(file.length + (frame - 3) * 2 * SIDE * SIDE).subarray(0, 2 * SIDE * SIDE));

// The colours in the middle of the quarters of a picture.
const quarters = (picture) => page.evaluate(async (text) => {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const drawing = canvas.getContext("2d");
  drawing.drawImage(bitmap, 0, 0);
  return [[1, 1], [3, 1], [1, 3], [3, 3]].map(([x, y]) =>
    drawing.getImageData(x * bitmap.width / 4, y * bitmap.height / 4, 1, 1).data[0]);
}, picture);

async function libraryStores() {
  const answer = JSON.parse(await call("storeInstances", { datasets: texts([...WANG, ...ZHANG]) }));
  assert.equal(answer["00081199"].Value.length, 5);
  assert.equal(answer["00081198"], undefined);
  const refused = await call("storeInstances", { datasets: texts(ZHANG), studyInstanceUID: "2.25.1" });
  assert.equal(refused.status, 409);
  assert.match(faults.pop(), /^409: /);
}

async function libraryFinds() {
  const { studyInstanceUID, seriesInstanceUID } = uidsOf(72, 1, 1);
  for (const name of ["张建国", "zhangjianguo", "建国"]) {
    const found = await call("searchForStudies", { queryParams: { PatientName: name, fuzzymatching: true } });
    assert.deepEqual(found.map((study) => study["0020000D"].Value[0]), [studyInstanceUID], name);
    assert.deepEqual(found[0]["00100010"].Value, [{ Alphabetic: "Zhang^Jianguo", Ideographic: "张^建国" }]);
  }
  assert.deepEqual(await call("searchForStudies", { queryParams: { PatientID: "nobody" } }), []);
  assert.equal((await call("searchForSeries", { studyInstanceUID })).length, 2);
  assert.equal((await call("searchForInstances", { studyInstanceUID })).length, 2);
  assert.equal((await call("searchForInstances", { studyInstanceUID, seriesInstanceUID })).length, 1);
  assert.equal((await call("searchForInstances", { queryParams: { PatientID: "SYN-71" } })).length, 3);
}

async function libraryRetrieves() {
  const one = uidsOf(72, 2, 1);
  sameFiles(await call("retrieveStudy", one), ZHANG);
  sameFiles(await call("retrieveStudy", uidsOf(71, 1, 1)), WANG);
  sameFiles(await call("retrieveSeries", one), [ZHANG[1]]);
  assert.equal(await call("retrieveInstance", one), texts(ZHANG)[1]);
  assert.equal((await call("retrieveStudyMetadata", one)).length, 2);
  assert.equal((await call("retrieveSeriesMetadata", one)).length, 1);
  const [metadata] = [await call("retrieveInstanceMetadata", one)].flat();
  assert.equal(metadata["00080018"].Value[0], one.sopInstanceUID);
  const [bulk] = [await call("retrieveBulkData", metadata["7FE00010"])].flat();
  assert.equal(bulk, Buffer.concat(framesOf(ZHANG[1])).toString("base64"));
  assert.equal((await call("retrieveInstance", uidsOf(72, 3, 1))).status, 404);
  assert.match(faults.pop(), /^404: /);
}

async function libraryDraws() {
  const one = uidsOf(72, 1, 1);
  const [first, second] = texts(framesOf(ZHANG[0]));
  assert.deepEqual(await call("retrieveInstanceFrames", { ...one, frameNumbers: [2, 1] }), [second, first]);
  const either = [{ mediaType: "application/octet-stream", transferSyntaxUID: "1.2.840.10008.1.2.1" },
    { mediaType: "image/jls", transferSyntaxUID: "1.2.840.10008.1.2.4.80" }];
  assert.deepEqual(await call("retrieveInstanceFrames", { ...one, frameNumbers: [1], mediaTypes: either }), [first]);
  const png = { ...one, mediaTypes: [{ mediaType: "image/png" }] };
  assert.deepEqual(await quarters(await call("retrieveInstanceRendered", png)), GREYS);
  assert.deepEqual(await quarters(await call("retrieveInstanceFramesRendered", { ...png, frameNumbers: [1] })), GREYS);
  for (const [method, options] of [["retrieveInstanceThumbnail", one],
    ["retrieveInstanceFramesThumbnail", { ...one, frameNumbers: [1] }], ["retrieveInstanceRendered", one]])
    for (const [i, grey] of (await quarters(await call(method, options))).entries())
      assert.ok(Math.abs(grey - GREYS[i]) <= 2, `${method}: ${grey}, not ${GREYS[i]}`);
}

// --- the viewer ---

async function viewerListsNames() {
  await page.goto(`${service.url}/viewer`);
  await page.getByText("王, 小东").waitFor();
  await page.getByText("Zhang, Jianguo").waitFor();
  await page.screenshot({ path: join(folder, "ohif-list.png") });
  const answered = page.waitForResponse((response) => response.url().includes("PatientName="));
  await page.locator("input").first().fill("小东");
  assert.equal((await (await answered).json()).length, 1);
  await page.getByText("Zhang, Jianguo").waitFor({ state: "detached" });
  await page.getByText("王, 小东").waitFor();
}

// With a link of the patient, by one click: what the viewer asks for from here on is narrowed to the share.
async function opensFromAShare(study) {
  execFileSync(huren, ["film", "release", study, "--reason", "shown", "--data", join(service.folder, "data")],
    { env: { ...process.env, HUREN_CONFIG: "/dev/null" }, stdio: "ignore" });
  const made = await fetch(`${service.url}/v1/shares`, { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ studies: [study], rights: ["view"], hours: 1, purpose: "outpatient", recipient: { kind: "doctor", name: "李医生" } }) });
  await page.goto("about:blank");
  await page.goto(`${service.url}/film#${(await made.json()).secret}`);
  const link = page.getByText("用医生阅片器打开").first();
  assert.equal(await link.getAttribute("target"), null, "in its place");
  await link.click();
  await page.waitForURL(/\/viewer\/viewer/);
}

// As soon as all four colours are there: nothing is drawn before.
async function viewerShowsTheImage() {
  await opensFromAShare(uidsOf(71, 1, 1).studyInstanceUID);
  // Not page.waitForFunction: it makes its text a script in the page, which the page's policy forbids.
  const look = () => page.evaluate((greys) => {
    const canvas = document.querySelector("canvas.cornerstone-canvas");
    if (!canvas?.width) return false;
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (let i = 0; i < data.length; i += 4) counts.set(data[i], (counts.get(data[i]) ?? 0) + 1);
    const side = Math.min(width, height);
    const [left, top] = [(width - side) / 2, (height - side) / 2];
    const at = (x, y) => data[4 * (Math.round(top + y * side / 4) * width + Math.round(left + x * side / 4))];
    const found = [at(1, 1), at(3, 1), at(1, 3), at(3, 3)];
    return found.join() === greys.join() && { found, shares: greys.map((grey) => counts.get(grey) / side ** 2) };
  }, GREYS);
  let shown = await look();
  for (const until = Date.now() + 120_000; !shown && Date.now() < until; shown = await look())
    await page.waitForTimeout(50);
  const { found, shares } = shown;
  await page.screenshot({ path: join(folder, "ohif-image.png") });
  assert.deepEqual(found, GREYS);
  // Black is around it, too; between the quarters the viewer mixes.
  for (const share of shares.slice(1)) assert.ok(Math.abs(share - 0.25) < 0.02, `${shares}`);
  const others = await page.evaluate(async (url) => (await (await fetch(url)).json()).length, `${root}/studies`);
  assert.equal(others, 1, "nothing but what is shared");
  for (const instance of [1, 2, 3])
    assert.ok(asked.some((url) => url.endsWith(`${uidsOf(71, 1, instance).sopInstanceUID}/frames/1`)), `${instance}`);
  // A page that is left breaks off what it has asked for.
  faults.splice(0, faults.length, ...faults.filter((fault) => !fault.endsWith("net::ERR_ABORTED")));
}

let failed = 0;
try {
  await page.goto(`${site.url}/client.html`);
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve("dicomweb-client") });
  for (const flow of [libraryStores, libraryFinds, libraryRetrieves, libraryDraws, viewerListsNames, viewerShowsTheImage]) {
    faults.length = 0;
    const began = Date.now();
    try {
      await flow();
      assert.deepEqual(faults, []);
    } catch (error) {
      failed++;
      console.log(`FAILED ${flow.name}\n${error.stack}\n${faults.join("\n")}`);
    }
    console.log(`${flow.name}: ${Date.now() - began} ms`);
  }
  const strangers = asked.filter((url) => ![site.url, service.url, "data:", "blob:"].some((front) => url.startsWith(front)));
  assert.deepEqual(strangers, [], "nobody else is asked");
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
  site.stop();
}
assert.equal(await service.stop(), 0, "TERM ends the service");
process.exit(failed ? 1 : 0);

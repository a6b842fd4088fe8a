// The film pages as patients and doctors meet them: share.mjs HUREN FOLDER. DICOMweb is the service's
// own; who may come in is told by the answers below, one a state, and in passesTheDoor by the service
// itself. Screenshots go to FOLDER.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { chromium } from "playwright-core";
import { film, uidsOf } from "./films.mjs";
import { ROOT, startService } from "./service.mjs";

const [huren, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CORPORA = process.env.HUREN_CORPORA ? join(process.env.HUREN_CORPORA, "dicom") : "";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const SIZES = { phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  tablet: { viewport: { width: 768, height: 1024 } }, desk: { viewport: { width: 1280, height: 800 } } };

// --- films ---

const NOW = 801;
const EARLIER = 802;
const SLICES = 12;
const DESK = "121100004000000014";
const files = join(folder, "share-films");
const keep = (name, bytes) => writeFileSync(join(files, name), bytes);
rmSync(files, { recursive: true, force: true });
mkdirSync(files, { recursive: true });
for (let instance = 1; instance <= SLICES; instance++) {
  keep(`now-${instance}.dcm`, film({ study: NOW, instance, name: "Zhang^Jianguo=张^建国", patient: "SYN-8" }));
  keep(`earlier-${instance}.dcm`, film({ study: EARLIER, instance, name: "Zhang^Jianguo=张^建国", patient: "SYN-8" }));
}
keep("clip.dcm", film({ study: NOW, series: 2, frames: 4, name: "Zhang^Jianguo=张^建国", patient: "SYN-8" }));
const now = uidsOf(NOW, 1, 1);

// What others made, each with the window that dcmj2pnm is given; "+Wm": from the darkest to the brightest.
const OTHERS = CORPORA && existsSync(CORPORA) ? ["cs3d/no-pixel-spacing.dcm", "pydicom/MR_small.dcm", "pydicom/CT_small.dcm",
  "wg04/RG3_JPLL", "cs3d/TestPattern_RGB.dcm", "pydicom/examples_palette.dcm", "pdf-sr-kos/pdf.dcm", "pdf-sr-kos/test-SR.dcm"] : [];
for (const name of OTHERS) keep(basename(name), readFileSync(join(CORPORA, name)));

const service = await startService(huren, "--data", "{folder}/data", "--access", "open", "--desk-networks", `${DESK}=127.0.0.0/8`);
const manage = (...words) => execFileSync(huren, ["film", ...words, "--data", join(service.folder, "data")], { env: { ...process.env, HUREN_CONFIG: "/dev/null" }, stdio: "ignore" });
manage("add", files, "--institution", DESK);

// --- who may come in ---

const LINK = `hrf_${"A".repeat(43)}`;
const LOCKED = `hrf_${"P".repeat(43)}`;
const door = { session: null, over: "", shares: [], asked: [] };
const shareOf = (studies, more = {}) => ({ id: "0123456789ab", state: "lives", studies, rights: ["view", "download", "report"],
  madeAt: "2026-07-20T09:00:00+08:00", notBefore: "2026-07-20T09:00:00+08:00", expiresAt: "2026-07-30T12:00:00+08:00", opens: 1, opensMax: 5,
  hasPasscode: false, recipient: { kind: "doctor", name: "李医生" }, purpose: "outpatient", maker: "patient", ...more });
const BOTH = [now.studyInstanceUID, uidsOf(EARLIER, 1, 1).studyInstanceUID];
const refused = (status, code) => ({ status, json: { code } });
const opened = (share) => ({ status: 201, json: (door.session = { kind: "share", share, expires: share.expiresAt }) });
const mine = BOTH.map((study, i) => ({ study, date: ["2026-01-03", "2025-01-03"][i], institution: "示范医院", description: "CHEST", modalities: ["CT"], seriesCount: 1, instanceCount: 12 }));

const DOOR = {
  "POST /v1/share-sessions": ({ secret, passcode, code }) => {
    if (door.over) return refused(410, door.over);
    if (code === "12345678" || secret === LINK || (secret === LOCKED && passcode === "8888")) return opened(shareOf(BOTH));
    return refused(404, "share-unknown");
  },
  "GET /v1/session": () => (door.over ? refused(410, door.over) : door.session ? { status: 200, json: door.session } : refused(401, "session-unknown")),
  "DELETE /v1/session": () => ((door.session = null), { status: 204 }),
  "POST /v1/patient-sessions/open": ({ ticket, claimCode }) => (ticket || claimCode === "ABC" ? { status: 201, json: (door.session = { kind: "patient" }) } : refused(404, "patient-unknown")),
  "GET /v1/my/studies": () => ({ status: 200, json: { studies: mine } }),
  "GET /v1/shares": () => ({ status: 200, json: { shares: door.shares } }),
  "GET /v1/shares/log": () => ({ status: 200, json: { events: [{ at: "2026-07-21T15:30:00+08:00", action: "share-open", actor: "link", reason: "", share: "0123456789ab" },
    { at: "2026-07-21T15:20:00+08:00", action: "share-refuse", actor: "link", reason: "passcode", share: "0123456789ab" }] } }),
  "POST /v1/shares": ({ studies, recipient }) => {
    const share = shareOf(studies, { recipient });
    door.shares.push(share);
    return { status: 201, json: { secret: LINK, link: `${service.url}/film#${LINK}`, share } };
  },
  "POST /v1/shares/0123456789ab/revoke": () => ((door.shares[0].state = "revoked"), { status: 200, json: door.shares[0] }),
  "POST /v1/pickup-codes": ({ studies, recipient }) => ({ status: 201, json: { code: "12345678", share: shareOf(studies, { recipient }) } }),
  "POST /v1/qr": () => ({ status: 200, contentType: "image/png", body: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==", "base64") }),
};

async function answer(route) {
  const request = route.request();
  const { pathname } = new URL(request.url());
  const rule = DOOR[`${request.method()} ${pathname}`];
  if (pathname.startsWith("/v1/catalog")) return route.continue();
  door.asked.push(`${request.method()} ${pathname}`);
  return rule ? route.fulfill(rule(request.postDataJSON() ?? {})) : route.fulfill(refused(404, "not-found"));
}

// --- a browser ---

const faults = [];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS });
async function withPage(size, use, options = {}) {
  const { real, ...browsing } = options;
  const context = await browser.newContext({ locale: "zh-CN", ...SIZES[size], ...browsing });
  Object.assign(door, { session: null, over: "", shares: [], asked: [] });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => /status of 4\d\d/.test(message.text()) || faults.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`page: ${error.stack}`));
    page.on("request", (request) => /^(blob:|data:)/.test(request.url()) || request.url().startsWith(service.url) || faults.push(`outside: ${request.url()}`));
    page.on("request", (request) => request.headers().referer && faults.push(`referrer: ${request.url()}`));
    page.on("request", (request) => /hr[fp]_/.test(request.url().split("#")[0]) && faults.push("a secret in an address"));
    if (!real) await context.route("**/v1/**", answer);
    if (!real) await context.route("**/dicom-web/**", (route) => (door.over ? route.fulfill(refused(410, door.over)) : route.continue()));
    await use(page, size);
  } finally {
    await context.close();
  }
}

const open = async (page, path) => {
  await page.goto("about:blank");
  return page.goto(service.url + path);
};
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const truth = (page, n = 0) => page.locator(".pane[data-state=true]").nth(n).waitFor();
const about = (page) => page.locator(".about").first().innerText();

// Scrolling asks for nothing when all frames are here already; coming back to the page always does.
const comesBack = (page) => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

async function look(page, name, size) {
  const [inner, wide] = await page.evaluate("[innerWidth, document.documentElement.scrollWidth]");
  assert.ok(wide <= inner, `${name}: ${wide} px in a window of ${inner}`);
  const small = await page.locator("button:visible, .act:visible, select:visible, summary:visible, input:visible").evaluateAll((nodes) =>
    nodes.filter((node) => (node.closest("label") ?? node).getBoundingClientRect().height < 47.5).map((node) => node.outerHTML));
  assert.deepEqual(small, [], `${name}: targets of 48 px`);
  await page.screenshot({ path: join(folder, `${name}-${SIZES[size].viewport.width}.png`), fullPage: true });
}

// --- what is seen ---

async function opensScrollsWindowsMeasures(page, size) {
  await open(page, `/film#${LINK}`);
  await truth(page);
  assert.equal(page.url(), `${service.url}/film`, "the secret is out of the address");
  assert.match(await about(page), /7 \/ 12 .*窗位 128 窗宽 256/s);
  assert.match(await page.locator(".viewer .caution").innerText(), /不能用于首诊诊断/);
  await look(page, "film", size);
  const pane = page.locator(".pane").first();
  await pane.focus();
  await page.keyboard.press("ArrowDown");
  assert.match(await about(page), /8 \/ 12/);
  if (size !== "phone") {
    await pane.hover();
    await page.mouse.wheel(0, 80);
    await page.getByText("10 / 12").waitFor();
  }
  await page.getByLabel("第几幅").fill("2");
  assert.match(await about(page), /2 \/ 12/);
  await page.getByLabel("窗位 / 窗宽").selectOption({ label: "肺 -600 / 1500" });
  assert.match(await about(page), /窗位 -600 窗宽 1500/);
  const box = await pane.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const drag = async (from, to) => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 3 });
    await page.mouse.up();
  };
  await press(page, "明暗");
  await drag([x, y], [x + 40, y + 20]);
  assert.doesNotMatch(await about(page), /窗位 -600/);
  await press(page, "测量");
  const scale = Math.min(box.width, box.height) / 128;
  await drag([x - 20 * scale, y], [x + 20 * scale, y]);
  assert.match(await pane.locator("text").innerHTML(), /^2[45]\.\d mm$/, "40 pixels of 0.625 mm");
  await look(page, "measure", size);
  await press(page, "清除测量");
  assert.equal(await pane.locator("line").count(), 0);
  await press(page, "还原");
  assert.match(await about(page), /窗位 128 窗宽 256/);
}

// The service's own answers, from a link that is made to one that is called back.
async function passesTheDoor(page) {
  manage("release", "--reason", "shown", now.studyInstanceUID);
  const call = async (path, json) => {
    const made = await fetch(service.url + path, { method: json ? "POST" : "GET", headers: json ? { "Content-Type": "application/json" } : {}, body: json && JSON.stringify(json) });
    assert.ok(made.ok, `${path}: ${made.status}`);
    return made.json();
  };
  const wish = { studies: [now.studyInstanceUID], rights: ["view"], purpose: "outpatient" };
  const { secret, share } = await call("/v1/shares", { ...wish, hours: 24, passcode: "2580", recipient: { kind: "doctor", name: "李医生" } });
  await open(page, `/film#${secret}.P`);
  for (const passcode of ["0000", "1111", "2222"]) {
    await page.getByLabel("口令").fill(passcode);
    await press(page, "打开");
    await page.getByText("口令不对").waitFor();
  }
  await page.getByLabel("口令").fill("2580");
  await press(page, "打开");
  await truth(page);
  assert.match(await page.locator(".facts").first().innerText(), /李医生/);
  await page.reload();
  await truth(page);
  await call(`/v1/shares/${share.id}/revoke`, { reason: "patient" });
  await comesBack(page);
  await page.locator(".refusal").waitFor();
  assert.match(await page.locator(".refusal").innerText(), /收回/);
  const { events } = await call(`/v1/shares/${share.id}/log`);
  assert.deepEqual([...new Set(events.map((event) => event.action))].sort(), ["share-create", "share-open", "share-refuse", "share-revoke"]);
  const over = Date.now() + 6000;
  const brief = await call("/v1/shares", { ...wish, expiresAt: new Date(over).toISOString(), recipient: { kind: "doctor", name: "李医生" } });
  await open(page, `/film#${brief.secret}`);
  await truth(page);
  await page.waitForTimeout(Math.max(0, over + 1000 - Date.now()));
  await comesBack(page);
  await page.locator(".refusal").waitFor();
  assert.match(await page.locator(".refusal").innerText(), /过期/);
  const { code } = await call("/v1/pickup-codes", { ...wish, recipient: { kind: "institution", name: DESK } });
  await open(page, "/open");
  await page.getByRole("textbox").fill(code);
  await press(page, "打开");
  await page.waitForURL(`${service.url}/film`);
  await truth(page);
}

// From the hospital's own app to a link, its QR code, and who looked: all of it the service's.
async function comesInAsAPatient(page) {
  manage("release", "--reason", "shown", now.studyInstanceUID);
  const patient = { issuer: DESK, id: "SYN-8" };
  const made = await fetch(`${service.url}/v1/patient-sessions`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ patient }) });
  const { ticket } = await made.json();
  await open(page, `/my#${ticket}`);
  await page.getByRole("button", { name: "分享给人" }).first().waitFor();
  assert.equal(await page.getByRole("button", { name: "分享给人" }).count(), 1, "what is not released is not there");
  await page.getByRole("button", { name: "分享给人" }).first().click();
  await page.getByLabel("医生姓名").fill("李医生");
  await page.getByLabel(/单独同意/).check();
  await press(page, "生成链接");
  await page.getByRole("heading", { name: "链接已生成" }).waitFor();
  const link = await page.locator(".link").inputValue();
  await page.waitForFunction("[...document.images].some((image) => image.naturalWidth > 100)", null, { polling: 50 });
  await look(page, "real-made", "phone");
  const doctor = await browser.newContext({ locale: "zh-CN", ...SIZES.desk });
  const other = await doctor.newPage();
  await other.goto(link);
  await truth(other);
  await doctor.close();
  await press(page, "好了");
  await press(page, "谁看过");
  await page.getByText("李医生 打开看了").first().waitFor();
  await look(page, "real-log", "phone");
  await press(page, "返回");
  await page.getByRole("link", { name: "看图像" }).first().click();
  await truth(page);
}

async function comparesWithEarlier(page) {
  await open(page, `/film#${LINK}`);
  await truth(page);
  await press(page, "并排看旧片");
  await truth(page, 1);
  await page.locator(".pane").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction("document.querySelectorAll('.about')[1].textContent.includes('8 / 12')", null, { polling: 50 }).catch(() => {});
  assert.match(await page.locator(".about").nth(1).innerText(), /8 \/ 12/, "both turn");
  await look(page, "beside", "desk");
  await press(page, "只看一个");
  assert.equal(await page.locator(".pane").count(), 1);
  await page.locator('.card[data-series="2.25.801.2"]').click();
  await page.getByText("3 / 4").waitFor();
}

async function refusesPlainly(page, size) {
  for (const [code, words] of [["share-expired", /已经过期/], ["share-spent", /次数已经用完/], ["share-revoked", /收回/], ["share-ended", /结束/], ["share-waits", /开始时间/]]) {
    door.over = code;
    await open(page, `/film#${LINK}`);
    assert.match(await page.locator(".refusal").innerText(), words);
  }
  door.over = "";
  await open(page, `/film#hrf_${"U".repeat(43)}`);
  assert.match(await page.locator(".refusal").innerText(), /打不开/);
  await look(page, "refused", size);
  await open(page, "/film");
  assert.match(await page.locator(".refusal").innerText(), /没有正在看的影像/);
  await open(page, `/film#${LOCKED}.P`);
  for (const passcode of ["0000", "1111", "2222"]) {
    await page.getByLabel("口令").fill(passcode);
    await press(page, "打开");
    await page.getByText("口令不对").waitFor();
  }
  await look(page, "passcode", size);
  await page.getByLabel("口令").fill("8888");
  await press(page, "打开");
  await truth(page);
}

// Within one request, and nothing of it stays on the screen.
async function isRevokedWhileOpen(page) {
  await open(page, `/film#${LINK}`);
  await truth(page);
  door.over = "share-revoked";
  await comesBack(page);
  await page.locator(".refusal").waitFor();
  assert.match(await page.locator(".refusal").innerText(), /收回/);
  assert.equal(await page.locator("canvas").count(), 0);
}

async function worksAtTheDesk(page, size) {
  await open(page, "/open");
  await page.getByRole("textbox").pressSequentially("87654321");
  assert.equal(await page.getByRole("textbox").inputValue(), "8765 4321");
  await page.keyboard.press("Enter");
  assert.match(await page.locator(".refusal").innerText(), /打不开/);
  await look(page, "open", size);
  await page.getByRole("textbox").fill(`${service.url}/open#12345678`);
  await press(page, "打开");
  await page.waitForURL(`${service.url}/film`);
  await truth(page);
}

async function patientSharesAndEnds(page, size) {
  await open(page, "/my");
  await page.getByLabel("凭条上的取片号").fill("XYZ");
  await press(page, "进入");
  await page.locator(".fault:visible").waitFor();
  await look(page, "claim", size);
  await open(page, `/my#hrp_${"T".repeat(43)}`);
  assert.equal(page.url(), `${service.url}/my`);
  await page.getByRole("heading", { name: "我的影像和报告" }).waitFor();
  await look(page, "my", size);
  await page.getByRole("button", { name: "分享给人" }).first().click();
  await press(page, "生成链接");
  assert.match(await page.locator(".fault").innerText(), /写明分享给谁/);
  await page.getByLabel("医生姓名").fill("李医生");
  await press(page, "生成链接");
  assert.match(await page.locator(".fault").innerText(), /先勾选同意/);
  await look(page, "share", size);
  await page.getByLabel(/单独同意/).check();
  await press(page, "生成链接");
  await page.getByRole("heading", { name: "链接已生成" }).waitFor();
  assert.equal(await page.locator(".link").inputValue(), `${service.url}/film#${LINK}`);
  assert.deepEqual(door.shares[0].studies, [BOTH[0]], "what was chosen, no more");
  await look(page, "made", size);
  await press(page, "好了");
  await page.getByRole("button", { name: "给医院取片码" }).first().click();
  await page.getByLabel("医院名称").fill("第五中心");
  await page.locator(".found button").first().click();
  await page.getByLabel(/单独同意/).check();
  await press(page, "生成取片码");
  await page.getByText("1234 5678").waitFor();
  assert.match(await page.getByRole("timer").innerText(), /还有 (10:00|9:\d\d)/);
  await look(page, "code", size);
  await press(page, "好了");
  await press(page, "谁看过");
  await page.getByText("李医生 打开看了").waitFor();
  await page.getByText("李医生 想打开, 没有打开 (口令不对)").waitFor();
  await look(page, "log", size);
  await press(page, "返回");
  await press(page, "我的分享");
  await press(page, "结束分享");
  await press(page, "确定结束");
  await page.getByText("已收回").waitFor();
}

// The first value of an attribute; "" when the object has none.
function valueOf(name, tag) {
  const text = execFileSync("dcmdump", ["+L", "+P", tag, join(files, name)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return /\[([^\]\\]*)/.exec(text)?.[1].trim() ?? "";
}

async function readsReports(page) {
  const study = (name) => valueOf(name, "StudyInstanceUID");
  door.session = { kind: "share", share: shareOf([study("test-SR.dcm"), study("pdf.dcm")]) };
  await open(page, "/film");
  const seen = [];
  for (const n of [0, 1]) {
    await page.locator(".card.document").nth(n).click();
    await page.locator(".report article").first().waitFor();
    seen.push(await page.locator(".report .sr p").count() > 0 ? "text" : await page.locator(".report a[target=_blank][href^=blob]").count() ? "file" : "");
    await page.screenshot({ path: join(folder, `report-${n}.png`), fullPage: true });
    await page.locator(".report .back").click();
  }
  assert.deepEqual(seen.sort(), ["file", "text"]);
}

async function speaksBothAndLarge(page, can) {
  await open(page, `/film#${LINK}`);
  await truth(page);
  await press(page, "大字");
  assert.equal(await page.evaluate("getComputedStyle(document.documentElement).fontSize"), "24px");
  await look(page, "elder", "phone");
  await press(page, "English");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.doesNotMatch(await page.locator(".tools").innerText(), /\p{Script=Han}/u);
  await press(page, "All images");
  assert.doesNotMatch(await page.locator(".facts").first().innerText(), /Openings left\s+\p{Script=Han}/u);
  assert.deepEqual(await page.evaluate("[localStorage.length, sessionStorage.length]"), [0, 0]);
}

// --- pixels ---

// What dcmj2pnm makes of it: the bytes of its PPM or PGM behind the head.
function drawnByDcmtk(name, ...words) {
  const bytes = execFileSync("dcmj2pnm", ["--write-raw-pnm", ...words, join(files, name)], { maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] });
  const head = /^P([56])\s(?:#.*\s)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 200).toString("latin1"));
  return { colours: head[1] === "6" ? 3 : 1, bytes: bytes.subarray(head[0].length) };
}

async function hasTheRightPixels(page) {
  const rows = [[`now-${SLICES / 2 + 1}.dcm`, "+Wi", "1"], ...OTHERS.filter((name) => !/^pdf/.test(name)).map((name) => [basename(name)])];
  for (const [name, ...given] of rows) {
    const isGrey = valueOf(name, "PhotometricInterpretation").startsWith("MONOCHROME");
    const words = given.length || !isGrey ? given : valueOf(name, "WindowCenter") ? ["+Wi", "1"] : ["+Wm"];
    door.session = { kind: "share", share: shareOf([valueOf(name, "StudyInstanceUID")]) };
    await open(page, "/film");
    await page.locator(".card.images").first().waitFor();
    await page.locator(`.card[data-series="${valueOf(name, "SeriesInstanceUID")}"]`).dispatchEvent("click");
    await truth(page);
    const want = drawnByDcmtk(name, ...words);
    const got = Buffer.from(await page.locator("canvas").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let text = "";
      for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
      return btoa(text);
    }), "base64");
    const colour = (i) => (want.colours === 3 ? [0, 1, 2].map((k) => want.bytes[3 * i + k]) : Array(3).fill(want.bytes[i]));
    let wrong = 0;
    for (let i = 0; i < got.length / 4; i++) wrong += colour(i).some((value, k) => value !== got[4 * i + k]);
    assert.equal(got.length / 4, want.bytes.length / want.colours, name);
    assert.equal(wrong, 0, `${name}: ${wrong} of ${got.length / 4} pixels`);
    console.log(`  ${name}: ${got.length / 4} pixels as DCMTK's`);
  }
}

// --- figures ---

async function isFast(page) {
  await open(page, `/film#${LINK}`);
  await truth(page); // the browser and the service are warm
  const session = await page.context().newCDPSession(page);
  const opening = async (rate) => {
    await session.send("Emulation.setCPUThrottlingRate", { rate });
    await page.goto("about:blank");
    const began = Date.now();
    await page.goto(`${service.url}/film#${LINK}`, { waitUntil: "commit" });
    await page.locator(".pane[data-state=look], .pane[data-state=true]").first().waitFor();
    const first = Date.now() - began;
    await truth(page);
    return `first image ${first} ms, true frame ${Date.now() - began} ms`;
  };
  const words = `phone: ${await opening(1)}; 4 times slower: ${await opening(4)}`;
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  const window = (side) => page.evaluate(async (n) => {
    const { paintGrey, tableOf } = await import("/film/lut.js");
    const image = { allocated: 16, stored: 12, high: 11, signed: false, slope: 1, intercept: -1024, inverted: false };
    const stored = Uint16Array.from({ length: n * n }, (_, i) => i & 4095);
    const context = Object.assign(document.createElement("canvas"), { width: n, height: n }).getContext("2d", { alpha: false });
    const pixels = context.createImageData(n, n);
    const light = new Uint32Array(pixels.data.buffer);
    const table = new Uint32Array(65536);
    const times = [];
    for (let i = 0; i < 15; i++) {
      const start = performance.now();
      paintGrey(stored, tableOf(image, { center: i * 10, width: 400, fn: "linear" }, table), light);
      context.putImageData(pixels, 0, 0);
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[7];
  }, side);
  console.log(`  ${words}; window ${(await window(512)).toFixed(1)} ms at 512, ${(await window(2048)).toFixed(1)} ms at 2048`);
}

async function isAccessible(page) {
  const seen = async (what) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate("axe.run(document, { resultTypes: ['violations'], rules: { 'color-contrast-enhanced': { enabled: true } } })");
    assert.deepEqual(violations.map((v) => `${v.id} (${v.nodes.length}): ${v.help}: ${v.nodes[0].html}`), [], what);
  };
  await open(page, `/film#${LINK}`);
  await truth(page);
  await seen("viewer");
  await press(page, "全部图像");
  await seen("list");
  await open(page, "/open");
  await page.getByRole("textbox").waitFor();
  await seen("desk");
  await open(page, `/my#hrp_${"T".repeat(43)}`);
  await page.getByRole("button", { name: "分享给人" }).first().click();
  await seen("share");
  await open(page, `/film#hrf_${"U".repeat(43)}`);
  await page.locator(".refusal").waitFor();
  await seen("refusal");
}

// --- all of it ---

let failed = 0;
async function run(flow, size, options) {
  faults.length = 0;
  const began = Date.now();
  try {
    await withPage(size, flow, options);
    assert.deepEqual(faults, []);
  } catch (error) {
    failed++;
    console.log(`FAILED ${flow.name} (${size})\n${error.stack}\n${faults.join("\n")}`);
  }
  console.log(`${flow.name} (${size}): ${Date.now() - began} ms`);
}

for (const size of Object.keys(SIZES)) {
  await run(opensScrollsWindowsMeasures, size);
  await run(patientSharesAndEnds, size);
  await run(worksAtTheDesk, size);
}
await run(refusesPlainly, "phone");
await run(isRevokedWhileOpen, "desk");
await run(passesTheDoor, "desk", { real: true });
await run(comesInAsAPatient, "phone", { real: true });
await run(comparesWithEarlier, "desk");
await run(speaksBothAndLarge, "phone");
await run(hasTheRightPixels, "desk");
if (OTHERS.length) await run(readsReports, "phone");
await run(isFast, "phone");
for (const colorScheme of ["light", "dark"]) await run(isAccessible, "phone", { bypassCSP: true, colorScheme });
await browser.close();
assert.equal(await service.stop(), 0, "TERM ends the service");
process.exit(failed ? 1 : 0);

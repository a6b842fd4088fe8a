// The pages as a person meets them: browser.mjs HUREN FOLDER. Screenshots go to FOLDER.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { checkOpenapi } from "./openapi.mjs";
import { ROOT, startService } from "./service.mjs";

const [huren, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const THYROID = join(ROOT, "tests/data/cda/thyroid.xml");
const BEIJING = "121100004000000014";
const TIANJIN = "天津市第五中心医院";
const HOSTILE = `<script>alert(1)</script>"><img src=x onerror=alert(2)>`;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

const service = await startService(huren);
const faults = [];

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS });

// Storage, cookies and cache of its own; every word on the console is a fault.
async function withPage(options, use) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  try {
    const page = await context.newPage();
    page.on("console", (message) => faults.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`page: ${error}`));
    page.on("dialog", (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("requestfailed", (request) => faults.push(`failed: ${request.url()}`));
    await use(page);
  } finally {
    await context.close();
  }
}

const open = (page, path) => page.goto(service.url + path);
const press = async (page, name) => {
  const [answer] = await Promise.all([page.waitForNavigation(), page.getByRole("button", { name }).click()]);
  return answer;
};
const text = (page, selector) => page.locator(selector).innerText();

async function isWhole(page, what) {
  const [inner, wide] = await page.evaluate("[innerWidth, document.documentElement.scrollWidth]");
  assert.ok(wide <= inner, `${what}: ${wide} px in a window of ${inner}`);
}

async function isAccessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  const lines = violations.map((v) => `${v.id} (${v.nodes.length}): ${v.help}: ${v.nodes[0].html}`);
  assert.deepEqual(lines, [], what);
}

let width = 0;
async function look(page, name) {
  await isWhole(page, name);
  await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
}

async function uploadsAFile(page, can) {
  await open(page, "/");
  assert.match(await text(page, ".version"), /[0-9a-f]{7}.*发布/);
  assert.match(await text(page, ".warning"), /含示范数据, 非官方/);
  await look(page, "first");
  await can(page, "first page");
  await page.getByLabel("选择文件").setInputFiles(THYROID);
  await page.getByLabel("接诊机构").fill("北京示范");
  await page.getByLabel("就诊类型").selectOption("门诊");
  await page.getByText("其他条件").click();
  await page.getByLabel("按哪个时间核验").fill("2025-02-20 09:30");
  let answer = await press(page, "核验文件");
  assert.equal(answer.status(), 422, "a part of a name is a question");
  assert.match(await text(page, ".problem"), /请选定接诊机构.*文件请重新选择/s);
  await look(page, "choose");
  await page.getByRole("radio", { name: new RegExp(BEIJING) }).check();
  await page.getByLabel("选择文件").setInputFiles(THYROID);
  answer = await press(page, "核验文件");
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()["cache-control"], "no-store");
  assert.equal(new URL(page.url()).search, "?lang=zh", "nothing that was entered is in the address");
  assert.match(await text(page, ".about"), /天津市第五中心医院 → 北京示范医院 门诊/);
  assert.match(await text(page, ".tally"), /符合互认条件 5/);
  assert.equal(await page.locator(".items > li").count(), 5);
  assert.match(await text(page, ".items > li >> nth=0"), /TSH 3\.21 mIU\/L\s+示范HR 应当互认 · 采样起 30 天/);
  await look(page, "verdict");
  await can(page, "verdict");
  await page.locator(".items summary").first().click();
  assert.match(await text(page, ".items details >> nth=0"), /\[window-unknown\]/);
  await look(page, "evidence");
}

const PATIENT = { name: "示范患者", card: "120116195603150021", birth: "1956-03-15" };

// Orders and the patient at hand: compared, answered, in no address, and on the page only as long as it stands.
async function comparesThePatient(page, can) {
  await open(page, "/");
  const fill = async () => {
    await page.getByLabel("选择文件").setInputFiles(THYROID);
    return press(page, "核验文件");
  };
  await page.getByLabel("接诊机构").fill(BEIJING);
  await page.getByLabel("拟开项目").fill("TSH\n\n  头颅CT \n没有的项目");
  await page.getByText("其他条件").click();
  await page.getByLabel("按哪个时间核验").fill("2025-02-20 09:30");
  await page.getByText("核对就诊患者 (可不填)").click();
  await page.getByLabel("姓名", { exact: true }).fill(PATIENT.name);
  await page.getByLabel("证件号码").fill(PATIENT.card.replace(/1$/, "2"));
  let answer = await fill();
  assert.equal(answer.status(), 422, "a number that is mistyped is not passed over");
  assert.match(await text(page, ".problem"), /不是有效的 18 位居民身份证号/);
  assert.equal(await page.locator("#patient-id").getAttribute("aria-invalid"), "true");
  await look(page, "patient");
  await can(page, "patient");
  await page.getByLabel("证件号码").fill(PATIENT.card);
  await page.getByLabel("性别").selectOption("女");
  answer = await fill();
  assert.equal(answer.status(), 200);
  assert.equal(new URL(page.url()).search, "?lang=zh", "nothing of a patient is in the address");
  assert.match(await text(page, ".tally"), /符合互认条件 5/, "the same patient");
  assert.deepEqual(await page.locator(".orders > li").evaluateAll((lines) => lines.map((line) => line.className)), ["yes", "no", "open"]);
  assert.match(await text(page, ".orders"), /TSH: 已有可用结果.*头颅CT.*: 需要做.*没有的项目: 由您判断/s);
  assert.equal(await page.locator("#orders").inputValue(), "TSH\n头颅CT\n没有的项目");
  await look(page, "orders");
  await can(page, "orders");
  await page.getByLabel("姓名", { exact: true }).fill("另一个人");
  await page.getByLabel("证件号码").fill("");
  await page.getByLabel("出生日期", { exact: true }).fill("1980-01-01");
  answer = await fill();
  assert.equal(answer.status(), 200);
  assert.doesNotMatch(await text(page, ".verdict"), /另一个人|1980/, "fields are named, never their values");
  assert.doesNotMatch(await text(page, ".tally"), /符合互认条件/);
  await look(page, "another-patient");
  await open(page, "/");
  assert.equal(await page.locator("#patient-name").inputValue(), "", "nothing is kept");
}

const thyroid = [["TSH", "3.21", "mIU/L"], ["FT4", "15.2", "pmol/L"], ["游离三碘甲状腺", "4.9", "pmol/L"]];

async function fillsInPaper(page, can) {
  await open(page, "/");
  await page.getByText("只有纸质报告").click();
  await page.getByLabel("接诊机构").fill(BEIJING);
  await page.getByText("其他条件").click();
  await page.getByLabel("按哪个时间核验").fill("2025-02-20 09:30");
  let answer = await press(page, "核验纸质报告");
  assert.equal(answer.status(), 422);
  assert.match(await text(page, ".problem"), /请填写: 出具机构/);
  assert.equal(await page.locator("#issuer").getAttribute("aria-invalid"), "true");
  await page.getByLabel("出具机构").fill("第五中心");
  await page.getByLabel("采样时间").fill("2025-02-18 08:12");
  for (const [i, [item, value, unit]] of thyroid.entries()) {
    await page.locator(`#item-${i + 1}`).fill(item);
    await page.locator(`#value-${i + 1}`).fill(value);
    await page.locator(`#unit-${i + 1}`).fill(unit);
    await page.locator(`#specimen-${i + 1}`).fill("血清");
  }
  answer = await press(page, "核验纸质报告");
  assert.match(await text(page, ".problem"), /请选定/);
  await look(page, "paper");
  await can(page, "paper");
  await page.getByRole("radio", { name: new RegExp(TIANJIN) }).check();
  for (const choices of await page.locator("fieldset.choices[id^=item]").all()) await choices.getByRole("radio").first().check();
  answer = await press(page, "核验纸质报告");
  assert.equal(answer.status(), 200);
  assert.match(await text(page, ".about"), /纸质.*天津市第五中心医院 → 北京示范医院/);
  assert.match(await text(page, ".tally"), /符合互认条件 3/);
  assert.equal(await page.locator("#value-2").inputValue(), "15.2", "what was entered stands on the page");
  answer = await press(page, "核验纸质报告");
  assert.equal(answer.status(), 200, "what was chosen stays chosen");
  await look(page, "paper-verdict");
}

async function refusesTheWrongFile(page) {
  await open(page, "/");
  await page.getByLabel("选择文件").setInputFiles({ name: `${HOSTILE}.pdf`, mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
  const answer = await press(page, "核验文件");
  assert.ok(answer.status() >= 400 && answer.status() < 500);
  assert.match(await text(page, ".problem h2"), /格式/);
  assert.match(await text(page, ".problem"), /请选择 CDA、FHIR.*技术细节 \(英文\)/s, "what to do is said in Chinese, first");
  assert.doesNotMatch(await page.content(), /alert\(1\)/, "not even the file's name comes back");
  await look(page, "wrong-file");
}

async function namesAreNeverMarkup(page) {
  await open(page, `/catalogue?q=${encodeURIComponent(HOSTILE)}`);
  assert.equal(await page.locator("#q").inputValue(), HOSTILE);
  await open(page, "/");
  await page.getByText("只有纸质报告").click();
  for (const box of ["issuer", "campus", "printed-name", "orders", "item-1", "value-1", "unit-1", "specimen-1"]) await page.locator(`#${box}`).fill(HOSTILE);
  await press(page, "核验纸质报告");
  assert.match(await text(page, ".items h3"), /<script>/);
  assert.equal(await page.locator("#issuer").inputValue(), HOSTILE);
  assert.equal(await page.locator("#orders").inputValue(), HOSTILE);
  const report = readFileSync(THYROID, "utf8").replace(TIANJIN, HOSTILE.replaceAll("<", "&lt;")).replaceAll("检验报告", "&lt;img src=x onerror=alert(3)>");
  await open(page, "/");
  await page.getByLabel("选择文件").setInputFiles({ name: "report.xml", mimeType: "text/xml", buffer: Buffer.from(report) });
  await press(page, "核验文件");
  assert.match(await text(page, ".about"), /<img src=x.*<script>/);
  assert.equal(await page.locator("main img, main script").count(), 0);
}

async function looksThingsUp(page, can) {
  await open(page, "/catalogue");
  await look(page, "catalogue");
  await can(page, "catalogue");
  await page.getByLabel("项目或医院").fill("第五中心");
  await page.getByLabel("哪一天的目录").fill("2025-02-20");
  await press(page, "查询");
  await look(page, "found");
  await page.getByRole("link", { name: TIANJIN }).click();
  assert.match(await text(page, "h1"), new RegExp(TIANJIN));
  assert.match(await text(page, "main"), /12120000400000002B|x-/);
  assert.match(await text(page, "main"), /当日有互认资格/);
  await look(page, "institution");
  await can(page, "institution");
  await page.getByLabel("哪一天的目录").fill("2019-01-01");
  await press(page, "换一天");
  assert.doesNotMatch(await text(page, "main"), /当日有互认资格/);
  await open(page, "/catalogue?q=TSH&on=2025-02-20");
  await page.getByRole("link", { name: /促甲状腺/ }).first().click();
  assert.match(await text(page, "main"), /在名单/);
  await look(page, "item");
  await can(page, "item");
  await page.getByRole("link", { name: "English" }).click();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.match(page.url(), /on=2025-02-20/);
}

// Not one click: Tab, arrows, Enter.
async function worksByKeyboard(page) {
  await open(page, "/");
  const focus = () => page.evaluate("document.activeElement.id || document.activeElement.innerText");
  await page.keyboard.press("Tab");
  assert.equal(await focus(), "跳到正文");
  const visible = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
  assert.equal(visible, "solid");
  for (let i = 0; i < 60 && !/只有纸质报告/.test(await focus()); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const type = async (box, words) => {
    for (let i = 0; i < 60 && await focus() !== box; i++) await page.keyboard.press("Tab");
    assert.equal(await focus(), box);
    await page.keyboard.type(words);
  };
  await type("issuer", TIANJIN);
  await type("collected", "2025-02-18");
  await type("item-1", "TSH");
  await type("value-1", "3.21");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(await text(page, ".items"), /TSH 3\.21/);
}

async function refusalsArePages(page) {
  const answer = await open(page, "/nothing");
  assert.equal(answer.status(), 404);
  assert.match(answer.headers()["content-type"], /text\/html/);
  faults.length = 0; // a 404 of its own is told on the console
  await look(page, "not-found");
}

// Past our own check, by plain git: a version that does not load.
async function tellsOfARefusedVersion(page) {
  const broken = await startService(huren);
  try {
    broken.publishBroken();
    await page.goto(broken.url);
    for (let i = 0; i < 100 && await page.locator(".warning").count() < 2; i++) {
      await page.waitForTimeout(100);
      await page.reload();
    }
    assert.match(await text(page, "header"), /最新目录版本未能载入, 仍用上述版本; 请告知本系统的管理员.*技术细节 \(英文\)/s);
    await look(page, "refused-version");
  } finally {
    await broken.stop();
  }
}

// axe needs a script of its own; pages come without one, so the policy is lifted for it alone.
const flows = [uploadsAFile, comparesThePatient, fillsInPaper, refusesTheWrongFile, namesAreNeverMarkup, looksThingsUp, worksByKeyboard];
const settings = [
  { name: "phone", viewport: { width: 360, height: 740 } },
  { name: "desk", viewport: { width: 1280, height: 900 } },
  { name: "no script", viewport: { width: 1280, height: 900 }, javaScriptEnabled: false },
  { name: "dark, with axe", viewport: { width: 360, height: 740 }, colorScheme: "dark", bypassCSP: true, axe: true },
  { name: "light, with axe", viewport: { width: 1280, height: 900 }, bypassCSP: true, axe: true },
];
let failed = 0;
let passed = 0;

async function run(name, check) {
  faults.length = 0;
  try {
    await check();
    assert.deepEqual(faults.filter((f) => !/status of 4\d\d/.test(f)), []);
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}

for (const { name, axe: withAxe, ...options } of settings) {
  width = options.viewport.width + (options.colorScheme ? "-dark" : "");
  for (const flow of options.javaScriptEnabled === false ? flows.slice(0, 6) : flows)
    await run(`${flow.name} (${name})`, () => withPage(options, (page) => flow(page, withAxe ? isAccessible : async () => {})));
}
for (const size of [360, 1280]) {
  width = size;
  await run(`tellsOfARefusedVersion (${size})`, () =>
    withPage({ viewport: { width: size, height: 740 } }, tellsOfARefusedVersion));
}
width = 360;
await run("refusalsArePages", () => withPage({ viewport: { width: 360, height: 740 } }, refusalsArePages));
await run("print", () => withPage({ viewport: { width: 800, height: 1000 } }, async (page) => {
  await page.emulateMedia({ media: "print" });
  await page.goto(service.url);
  await page.emulateMedia({ media: "screen" });
  await page.getByLabel("选择文件").setInputFiles(THYROID);
  await press(page, "核验文件");
  await page.emulateMedia({ media: "print" });
  width = "print";
  await look(page, "verdict");
}));
await run("openapi", () => checkOpenapi(service.url, faults));
await browser.close();
assert.equal(await service.stop(), 0, "TERM ends the service");
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

// Make a link or a pick-up code: one screen to fill in, one that shows what was made. What was made is told
// once; nothing of it is kept here.
import { ask, post } from "./api.js";
import { button, el, field, replace } from "./dom.js";
import { faultLine, form, show, submit } from "./page.js";
import { wordsOf } from "./refusal.js";
import { timeText, t } from "./words.js";

const RELATIONS = ["child", "spouse", "parent", "other"];
const HOURS = [24, 168, 720];
const CODE_SECONDS = 600;

/** A row of buttons of which one is pressed; `changed(value)`. */
function choice(say, values, first, word, changed = () => {}) {
  const node = el("fieldset", { class: "choices" }, el("legend", { say }));
  node.value = first;
  for (const value of values) {
    const input = el("input", { type: "radio", name: say, value: String(value), onchange: () => { node.value = value; changed(value); } });
    input.checked = value === first;
    node.append(el("label", { class: "choice" }, input, el("span", { say: word(value) })));
  }
  return node;
}

function studyBoxes(studies, chosen) {
  const node = el("fieldset", { class: "choices" }, el("legend", { say: "choose" }));
  const boxes = studies.map((study) => {
    const input = el("input", { type: "checkbox" });
    input.checked = chosen.includes(study.study);
    node.append(el("label", { class: "choice" }, input, el("span", {}, [study.date, study.description, study.institution].filter(Boolean).join(" · "))));
    return { input, study };
  });
  node.read = () => boxes.filter(({ input }) => input.checked).map(({ study }) => study.study);
  return node;
}

/** A hospital of the catalogue, found by a part of its name. `node.value`: its code. */
function hospitalBox() {
  const input = el("input", { type: "search", autocomplete: "off" });
  const found = el("div", { class: "found", role: "status" });
  const node = el("div", {}, field("hospital", "hospitalSearch", input, "hospitalSearchHelp"), found);
  let turn = 0;
  const take = (row) => {
    node.value = row.key;
    input.value = row.name;
    replace(found, el("p", { class: "chosen", say: () => t("hospitalChosen", row.name) }));
  };
  input.addEventListener("input", async () => {
    const mine = ++turn;
    node.value = "";
    const words = input.value.trim();
    const rows = words ? await findHospitals(words).catch(() => []) : [];
    if (mine === turn) replace(found, ...rows.slice(0, 6).map((row) => button(() => row.name, () => take(row), { class: "act quiet" })));
  });
  return node;
}

async function findHospitals(words) {
  const answer = await ask(`/v1/catalog/institutions?q=${encodeURIComponent(words)}`);
  return (answer.institutions || answer.items || []).map((row) => ({ key: row.uscc || row.key || row.code, name: row.name }));
}

const consentBox = () => {
  const input = el("input", { type: "checkbox", id: "consent" });
  const node = el("label", { class: "choice consent" }, input, el("span", { say: "consent" }));
  node.read = () => input.checked;
  return node;
};

/** The picture of a text that is a secret: asked for in a body, shown, forgotten. */
async function qr(text, label) {
  const picture = el("img", { class: "qr", label, alt: "" });
  try {
    picture.src = URL.createObjectURL(await post("/v1/qr", { text }, { accept: "image/png", as: "blob" }));
    picture.onload = () => URL.revokeObjectURL(picture.src);
  } catch (_) {
    return null;
  }
  return picture;
}

/** `check()` gives the word for what is missing; then `make()` may still be refused. */
function guarded(fault, check, make) {
  return async () => {
    fault.say(check());
    if (!fault.node.hidden) {
      fault.node.scrollIntoView({ block: "nearest" });
      return;
    }
    try {
      await make();
    } catch (refusal) {
      fault.say(wordsOf(refusal.code).title);
    }
  };
}

// --- a link ---

function recipientBox() {
  const doctor = el("input", { type: "text", autocomplete: "off", maxlength: "60" });
  const family = el("input", { type: "text", autocomplete: "off", maxlength: "60" });
  const relation = choice("relation", RELATIONS, "child", (value) => value);
  const hospital = hospitalBox();
  const parts = { doctor: [field("doctor", "doctorName", doctor)], family: [field("family", "familyName", family), relation], institution: [hospital] };
  const place = el("div", {}, ...parts.doctor);
  const kind = choice("toWhom", ["doctor", "family", "institution"], "doctor", (value) => value, (value) => replace(place, ...parts[value]));
  const node = el("div", {}, kind, place);
  node.read = () => ({
    doctor: () => ({ kind: "doctor", name: doctor.value.trim() }),
    family: () => ({ kind: "family", name: family.value.trim() || t(relation.value), relation: relation.value }),
    institution: () => ({ kind: "institution", name: hospital.value || "" }),
  })[kind.value]();
  return node;
}

export function linkScreen(studies, chosen, home) {
  const boxes = studyBoxes(studies, chosen);
  const recipient = recipientBox();
  const hours = choice("howLong", HOURS, 168, (value) => `hours${value}`);
  const passcode = el("input", { type: "text", autocomplete: "off", maxlength: "64" });
  const consent = consentBox();
  const fault = faultLine();
  const check = () => (!boxes.read().length ? "needChoice" : !recipient.read().name ? "needName" :
    passcode.value && passcode.value.length < 4 ? "shortPasscode" : !consent.read() ? "needConsent" : "");
  const make = async () => {
    const to = recipient.read();
    const isFamily = to.kind === "family";
    const made = await post("/v1/shares", { studies: boxes.read(), rights: isFamily ? ["view"] : ["view", "download", "report"], hours: hours.value,
      recipient: to, purpose: isFamily ? "family" : "outpatient", consent: "web: PIPL 29", ...(passcode.value ? { passcode: passcode.value } : {}) });
    await showLink(made, home);
  };
  show(form(guarded(fault, check, make), button("back", home, { class: "back" }), el("h1", { say: "share" }), recipient, boxes, hours,
    el("details", {}, el("summary", { say: "withPasscode" }), field("new-passcode", "passcode", passcode, "withPasscodeHelp")),
    consent, fault.node, submit("makeLink")));
}

async function showLink(made, home) {
  const link = el("input", { type: "text", readonly: true, value: made.link, label: "linkMade", class: "link" });
  const told = el("p", { role: "status" });
  const copy = async () => {
    link.select();
    const done = navigator.clipboard ? await navigator.clipboard.writeText(made.link).then(() => true, () => false) : false;
    replace(told, el("span", { say: done ? "copied" : "copyFailed" }));
  };
  show(el("section", { class: "made" }, el("h1", { say: "linkMade" }), el("p", { class: "lead", say: "linkOnce" }), link,
    button("copy", copy, { class: "act" }), told, await qr(made.link, "qrOfLink"),
    el("p", { say: () => t("untilTime", timeText(made.share.expiresAt)) }), button("done", home, { class: "act quiet" })));
}

// --- a pick-up code ---

export function codeScreen(studies, chosen, home) {
  const boxes = studyBoxes(studies, chosen);
  const hospital = hospitalBox();
  const consent = consentBox();
  const fault = faultLine();
  const check = () => (!boxes.read().length ? "needChoice" : !hospital.value ? "needHospital" : !consent.read() ? "needConsent" : "");
  const make = async () => {
    const made = await post("/v1/pickup-codes", { studies: boxes.read(), rights: ["view", "report"],
      recipient: { kind: "institution", name: hospital.value }, purpose: "outpatient" });
    await showCode(made, home);
  };
  show(form(guarded(fault, check, make), button("back", home, { class: "back" }), el("h1", { say: "pickup" }), hospital, boxes, consent, fault.node, submit("makeCode")));
}

/** "9:05" */
export const clockText = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** Counted by this device from the moment the code came: its clock may be wrong, its seconds are not. */
async function showCode(made, home) {
  const began = performance.now();
  const left = () => Math.max(0, CODE_SECONDS - Math.floor((performance.now() - began) / 1000));
  const clock = el("p", { class: "clock", role: "timer", say: () => (left() ? t("codeLeft", clockText(left())) : t("codeOver")) });
  const digits = el("p", { class: "digits code", say: () => `${made.code.slice(0, 4)} ${made.code.slice(4)}` });
  const screen = el("section", { class: "made" }, el("h1", { say: "codeMade" }), digits, clock,
    await qr(`${location.origin}/open#${made.code}`, "qrOfCode"), button("done", home, { class: "act quiet" }));
  const timer = setInterval(() => {
    clock.say();
    if (left() && screen.isConnected) return;
    clearInterval(timer);
    screen.classList.add("over");
  }, 1000);
  show(screen);
}

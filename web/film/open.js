// The desk's page: a pick-up code from the patient's phone, typed, pasted or scanned.
import { el, field } from "./dom.js";
import { faultLine, form, show, submit, takeFragment } from "./page.js";
import { refusalPage, wordsOf } from "./refusal.js";
import { openCode, readCode, readLink } from "./session.js";

const input = el("input", { type: "text", inputmode: "numeric", autocomplete: "off", class: "digits", "aria-describedby": "code-hint", spellcheck: "false" });
const fault = faultLine();

/** A scanner types what a QR code holds: a link goes where links go. */
function isLink(text) {
  const link = readLink(text.trim().split("#")[1] || "");
  if (link) location.assign(`/film#${link.secret}${link.hasPasscode ? ".P" : ""}`);
  return Boolean(link);
}

async function send() {
  const code = readCode(input.value);
  fault.say("");
  if (isLink(input.value)) return;
  if (!code) {
    fault.say("codeShort");
    input.focus();
    return;
  }
  try {
    await openCode(code);
    location.assign("/film");
  } catch (refusal) {
    if (refusal.code === "share-unknown") show(screen("codeRefused", "codeRefusedHelp"));
    else if (wordsOf(refusal.code).again) fault.say(wordsOf(refusal.code).title);
    else show(refusalPage(refusal, null, screen()));
    input.value = "";
    input.focus();
  }
}

const screen = (title, help) => form(send,
  title && el("div", { class: "refusal", role: "alert" }, el("h2", { say: title }), el("p", { say: help })),
  el("h1", { say: "codeTitle" }), fault.node, field("code", "code", input, "codeHelp"), submit("open"));

input.addEventListener("input", () => {
  const code = readCode(input.value);
  if (code) input.value = `${code.slice(0, 4)} ${code.slice(4)}`;
});
show(screen());
input.focus();
const scanned = readCode(takeFragment());
if (scanned) {
  input.value = scanned;
  send();
}

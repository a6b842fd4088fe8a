// Every refusal as a page of its own: what happened, and what one may do now.
import { button, el } from "./dom.js";

const WORDS = {
  "share-unknown": { title: "shareUnknown", help: "shareUnknownHelp" },
  "share-passcode": { title: "passcodeWrong", help: "passcodeWrongHelp" },
  "share-expired": { title: "shareExpired", help: "askAgain" },
  "share-spent": { title: "shareSpent", help: "askAgain" },
  "share-revoked": { title: "shareRevoked", help: "shareRevokedHelp" },
  "share-ended": { title: "shareEnded", help: "askAgain" },
  "share-waits": { title: "shareWaits", help: "shareWaitsHelp" },
  "session-unknown": { title: "sessionUnknown", help: "sessionUnknownHelp" },
  "patient-unknown": { title: "patientUnknown", help: "patientUnknownHelp" },
  "not-shown": { title: "notShown", help: "notShownHelp" },
  "not-here": { title: "notHere", help: "askAgain" },
  short: { title: "notShown", help: "notShownHelp" },
  "no-right": { title: "noRight", help: "askAgain" },
  network: { title: "networkGone", help: "networkGoneHelp", again: true },
  busy: { title: "serviceBusy", help: "serviceBusyHelp", again: true },
  failed: { title: "failed", help: "serviceBusyHelp", again: true },
};

export const wordsOf = (code) => WORDS[code] || WORDS.failed;

/** `again`: what is tried once more, where that may help; `more`: what else may be done. */
export function refusalPage(refusal, again, ...more) {
  const words = wordsOf(refusal.code);
  return el("section", { class: "refusal", role: "alert", "data-code": refusal.code },
    el("h1", { say: words.title }), el("p", { class: "lead", say: words.help }),
    words.again && again && button("tryAgain", again, { class: "act" }), ...more);
}

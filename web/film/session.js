// The way from what a person has (a link, a passcode, a code, nothing) to an open session.
import { ask, post, Refusal } from "./api.js";
import { button, el, field } from "./dom.js";
import { faultLine, form, show, submit, waiting } from "./page.js";
import { refusalPage, wordsOf } from "./refusal.js";

const SECRET = /^(hrf_[A-Za-z0-9_-]{20,200})(\.P)?$/;

/** { secret, hasPasscode } of a fragment; null for what is no link of ours. */
export function readLink(fragment) {
  const found = SECRET.exec(fragment);
  return found ? { secret: found[1], hasPasscode: Boolean(found[2]) } : null;
}

/** The 8 digits in what was typed, pasted or scanned; "" when there are none. */
export function readCode(text) {
  const half = String(text).normalize("NFKC");
  const scanned = /#(\d{8})$/.exec(half.trim());
  const digits = scanned ? scanned[1] : half.replace(/[\s-]/g, "");
  return /^\d{8}$/.test(digits) ? digits : "";
}

const enter = (wish) => post("/v1/share-sessions", wish);

/** `then(session)` when a passcode has opened it. The secret lives in this closure and nowhere else. */
function askPasscode(secret, then) {
  const input = el("input", { type: "password", autocomplete: "off", required: true, maxlength: "64" });
  const fault = faultLine();
  const send = async () => {
    fault.say("");
    try {
      then(await enter({ secret, passcode: input.value }));
    } catch (refusal) {
      // The same answer for a wrong passcode and for no link: nobody is told which.
      if (refusal.code === "share-unknown") fault.say("passcodeWrong");
      else if (wordsOf(refusal.code).again) fault.say(wordsOf(refusal.code).title);
      else show(refusalPage(refusal));
      input.select();
    }
  };
  show(form(send, el("h1", { say: "passcodeTitle" }), el("p", { class: "lead", say: "passcodeHelp" }),
    fault.node, field("passcode", "passcode", input), submit("open")));
  input.focus();
}

/** `then(session)` with the session that the fragment opens, or that this browser already has. */
export async function openSession(fragment, then) {
  const link = readLink(fragment);
  if (link && link.hasPasscode) {
    askPasscode(link.secret, then);
    return;
  }
  show(waiting());
  try {
    if (/^hrf_/.test(fragment) && !link) throw new Refusal("share-unknown", 404);
    then(link ? await enter({ secret: link.secret }) : await ask("/v1/session"));
  } catch (refusal) {
    const more = refusal.code === "share-unknown" && link ? button("havePasscode", () => askPasscode(link.secret, then), { class: "act quiet" }) :
      refusal.code === "session-unknown" ? el("p", {}, el("a", { class: "act quiet", href: "/open", say: "codeTitle" })) : null;
    show(refusalPage(refusal, () => openSession(fragment, then), more));
  }
}

export const openCode = (code) => enter({ code });

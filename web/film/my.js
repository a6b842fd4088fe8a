// The patient's page: the way in, the films, the links that were made, and who looked.
import { ask, onEnd, post } from "./api.js";
import { recipientName } from "./cover.js";
import { button, el, field, replace } from "./dom.js";
import { faultLine, form, show, submit, takeFragment, waiting } from "./page.js";
import { refusalPage, wordsOf } from "./refusal.js";
import { codeScreen, linkScreen } from "./share.js";
import { has, t, timeText } from "./words.js";

const TICKET = /^hrp_[A-Za-z0-9_-]{20,200}$/;

// --- the way in ---

function claim(refused) {
  const [code, last, name] = [12, 6, 60].map((maxlength) => el("input", { type: "text", autocomplete: "off", maxlength: String(maxlength), required: true, spellcheck: "false" }));
  const fault = faultLine();
  const send = async () => {
    fault.say("");
    try {
      await post("/v1/patient-sessions/open", { claimCode: code.value.trim(), idLast6: last.value.trim().toUpperCase(), name: name.value.trim() });
    } catch (refusal) {
      fault.say(refusal.code === "patient-unknown" ? "patientUnknownHelp" : wordsOf(refusal.code).title);
      return;
    }
    await home();
  };
  code.maxLength = 40;
  show(form(send, refused && refusalPage(refused), el(refused ? "h2" : "h1", { say: "claimTitle" }), el("p", { class: "lead", say: "claimHelp" }), fault.node,
    field("claim-code", "claimCode", code), field("id-last", "idLast6", last), field("person", "name", name), submit("enter")));
}

async function enter() {
  const fragment = takeFragment();
  show(waiting());
  try {
    if (TICKET.test(fragment)) await post("/v1/patient-sessions/open", { ticket: fragment });
    const session = await ask("/v1/session");
    if (session.kind === "patient") await home();
    else claim();
  } catch (refusal) {
    if (wordsOf(refusal.code).again) show(refusalPage(refusal, enter));
    else claim(refusal.code === "patient-unknown" ? refusal : null);
  }
}

// --- the films ---

let studies = [];
const titleOf = (study) => [study.date, study.modalities.map((m) => (has(m) ? t(m) : m)).join(" "), study.description].filter(Boolean).join(" · ");

const filmCard = (study) => el("section", { class: "study" }, el("h2", { say: () => titleOf(study) }),
  el("p", { class: "soft", say: () => [study.institution, t("countImages", study.instanceCount)].filter(Boolean).join(" · ") }),
  el("div", { class: "acts" }, el("a", { class: "act", href: `/film#study=${study.study}`, say: "see" }),
    button("share", () => linkScreen(studies, [study.study], home), { class: "act quiet" }),
    button("pickup", () => codeScreen(studies, [study.study], home), { class: "act quiet" })));

const guard = (act) => async () => {
  show(waiting());
  try {
    await act();
  } catch (refusal) {
    show(refusalPage(refusal, guard(act), button("back", home, { class: "act quiet" })));
  }
};

const home = guard(async () => {
  studies = (await ask("/v1/my/studies")).studies;
  show(el("section", { class: "my" }, el("h1", { say: "myTitle" }),
    el("div", { class: "acts" }, button("myShares", shares, { class: "act quiet" }), button("whoLooked", looked, { class: "act quiet" }),
      button("leave", leave, { class: "act quiet" })),
    ...(studies.length ? studies.map(filmCard) : [el("p", { class: "lead", say: "noFilms" })])));
});

const leave = guard(async () => {
  await ask("/v1/session", { method: "DELETE", as: "none" });
  show(el("section", {}, el("h1", { say: "left" }), el("p", { class: "lead", say: "leftHelp" })));
});

// --- the links ---

const stateText = (state) => (has(`state_${state}`) ? t(`state_${state}`) : state);
const LIVING = /^(lives|waits)$/;

/** Ends at the second tap, so that none is ended by accident. */
function ender(share) {
  const place = el("div", { class: "acts" });
  const ask2 = () => replace(place, el("p", { say: "endSure" }), button("endYes", revoke, { class: "act danger" }), button("cancel", calm, { class: "act quiet" }));
  const calm = () => replace(place, button("end", ask2, { class: "act quiet" }));
  const revoke = guard(async () => {
    await post(`/v1/shares/${encodeURIComponent(share.id)}/revoke`, { reason: "patient" });
    await shares();
  });
  calm();
  return place;
}

const shareCard = (share) => el("section", { class: "study" }, el("h2", { say: () => recipientName(share.recipient) }),
  el("p", { class: "soft", say: () => `${stateText(share.state)} · ${t("untilTime", timeText(share.expiresAt))}` }),
  LIVING.test(share.state) && ender(share));

const shares = guard(async () => {
  const all = (await ask("/v1/shares")).shares;
  const sorted = [...all].sort((a, b) => Number(LIVING.test(b.state)) - Number(LIVING.test(a.state)) || (a.madeAt < b.madeAt ? 1 : -1));
  show(el("section", { class: "my" }, button("back", home, { class: "back" }), el("h1", { say: "myShares" }),
    ...(sorted.length ? sorted.map(shareCard) : [el("p", { class: "lead", say: "noShares" })])));
});

// --- who looked ---

/** "share-open" -> the word for what was done; what has none is shown as it is. */
function eventText({ action, reason }) {
  const word = `event_${action.replace(/-/g, "_")}`;
  const why = `reason_${reason}`;
  return `${has(word) ? t(word) : action}${reason && has(why) ? ` (${t(why)})` : ""}`;
}

const looked = guard(async () => {
  const [{ events }, all] = await Promise.all([ask("/v1/shares/log"), ask("/v1/shares")]);
  const byId = new Map(all.shares.map((share) => [share.id, share]));
  const who = (event) => {
    const share = byId.get(event.share);
    if (/^patient/.test(event.actor || event.action)) return t("self");
    return share ? recipientName(share.recipient) : event.recipient || "";
  };
  const row = (event) => el("li", {}, el("time", { datetime: event.at }, timeText(event.at)),
    el("span", { say: () => `${who(event)} ${eventText(event)}` }));
  show(el("section", { class: "my" }, button("back", home, { class: "back" }), el("h1", { say: "whoLooked" }),
    events.length ? el("ol", { class: "events" }, ...[...events].sort((a, b) => (a.at < b.at ? 1 : -1)).map(row)) : el("p", { class: "lead", say: "noEvents" })));
});

onEnd((refusal) => studies.length && show(refusalPage(refusal)));
enter();

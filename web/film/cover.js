// What there is to see: who may see it until when, the series with their thumbnails, the reports.
import { thumbnail } from "./api.js";
import { button, el } from "./dom.js";
import { dateText, personName, TAG, value } from "./study.js";
import { has, t, timeText } from "./words.js";

export const modalityName = (modality) => (has(modality) ? t(modality) : modality);
export const recipientName = (who) => [who && t(who.kind), who && (has(who.relation) ? t(who.relation) : who.relation), who && who.name].filter(Boolean).join(" ");

const fact = (say, text) => text && el("div", {}, el("dt", { say }), el("dd", { say: typeof text === "function" ? text : () => text }));

/** By whom, until when: nothing about the patient. */
export function shareFacts(share) {
  if (!share) return null;
  return el("dl", { class: "facts" }, fact("mayBeSeenBy", () => recipientName(share.recipient)),
    fact("until", timeText(share.expiresAt)),
    share.opensMax && fact("opensLeft", () => t("times", Math.max(0, share.opensMax - share.opens))));
}

/** Whose it is, for who asks: folded, because others look over one's shoulder. */
function studyDetails(row) {
  const sex = value(row, TAG.sex, "");
  return el("details", {}, el("summary", { say: "details" }), el("dl", { class: "facts" },
    fact("name", personName(row, TAG.patientName)), fact("sex", () => (has(sex) ? t(sex) : sex)),
    fact("age", value(row, TAG.age, "")), fact("hospital", value(row, TAG.institution, "")),
    fact("when", dateText(value(row, TAG.studyDate)))));
}

/** The picture comes when the card is in sight; none is no fault. */
async function fillThumbnail(picture, series) {
  try {
    picture.src = URL.createObjectURL(await thumbnail(series.study, series.series));
    picture.onload = () => URL.revokeObjectURL(picture.src);
  } catch (_) {
    picture.classList.add("none");
  }
}

function card(series, onOpen) {
  const picture = el("img", { alt: "", width: "88", height: "88" });
  const isImages = series.shown === "images";
  const node = el("button", { type: "button", class: `card ${series.shown}`, onclick: () => onOpen(series), "data-series": series.series },
    isImages ? picture : el("span", { class: "sheet", "aria-hidden": "true", say: "report" }),
    el("span", { class: "words" }, el("strong", { say: () => series.description || modalityName(series.modality) }),
      el("span", { say: () => [modalityName(series.modality), isImages && series.count ? t("countImages", series.count) : ""].filter(Boolean).join(" · ") })));
  if (isImages) setTimeout(() => fillThumbnail(picture, series), 0);
  return node;
}

export const studyTitle = ({ row, series }) => [dateText(value(row, TAG.studyDate)),
  [...new Set(series.filter((s) => s.shown === "images").map((s) => modalityName(s.modality)))].join(" "),
  value(row, TAG.studyDescription, "")].filter(Boolean).join(" · ");

/** `studies`: [{ row, series }], the newest first. `acts`: open(series, study), viewer(study) or null. */
export function cover(share, studies, acts) {
  const sections = studies.map((study) => el("section", { class: "study" },
    el("h2", { say: () => studyTitle(study) }), studyDetails(study.row),
    el("div", { class: "cards" }, ...study.series.filter((s) => s.shown).map((s) => card(s, () => acts.open(s, study)))),
    el("a", { class: "act quiet doctor", hidden: true, rel: "noopener",
      href: `/viewer/viewer?StudyInstanceUIDs=${encodeURIComponent(study.uid)}`, say: "openViewer" })));
  return el("section", { class: "cover" }, el("h1", { say: share ? "shared" : "mine" }), shareFacts(share),
    acts.home && button("toMine", acts.home, { class: "act quiet" }), ...sections, el("p", { class: "caution", say: "notPrimary" }));
}

export const markOpen = (root, series) => {
  for (const node of root.querySelectorAll(".card")) node.setAttribute("aria-current", String(node.dataset.series === series.series));
};

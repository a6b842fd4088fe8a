// The film page: a session, what it may see, and the viewer.
import { ask, findSeries, findStudy, onEnd, seriesMetadata } from "./api.js";
import { cover, markOpen, modalityName, studyTitle } from "./cover.js";
import { button, el, replace } from "./dom.js";
import { show, takeFragment, waiting } from "./page.js";
import { refusalPage } from "./refusal.js";
import { showReport, titleOf } from "./report.js";
import { openSession } from "./session.js";
import { isDocument, seriesOf, stackOf, TAG, value } from "./study.js";
import { Viewer } from "./viewer.js";

const HEARTBEAT_MS = 30000;
const WIDE = matchMedia("(min-width: 60rem)");

// --- what there is ---

async function readStudy(uid) {
  const [rows, series] = await Promise.all([findStudy(uid), findSeries(uid)]);
  const all = series.map((row) => seriesOf(row, uid)).sort((a, b) => a.number - b.number);
  return { uid, row: rows[0] || {}, series: all };
}

const newestFirst = (a, b) => (value(a.row, TAG.studyDate, "") < value(b.row, TAG.studyDate, "") ? 1 : -1);

/** The studies of a session; of a patient's own, the one that was asked for first. */
async function readStudies(session, wanted) {
  const uids = session.share ? session.share.studies : (await ask("/v1/my/studies")).studies.map((s) => s.study);
  const studies = (await Promise.all(uids.map(readStudy))).filter((s) => s.series.length).sort(newestFirst);
  const first = studies.filter((s) => s.uid === wanted);
  return [...first, ...studies.filter((s) => !first.includes(s))];
}

const partsOf = (study) => new Set(study.series.map((s) => s.bodyPart || s.modality).filter(Boolean));

/** The nearest earlier study of the same part of the body, or null. */
export function earlierOf(study, studies) {
  const parts = partsOf(study);
  const date = (s) => value(s.row, TAG.studyDate, "");
  return studies.filter((s) => s !== study && date(s) <= date(study) && [...partsOf(s)].some((part) => parts.has(part)))
    .sort(newestFirst)[0] || null;
}

// --- the screen ---

class FilmPage {
  constructor(session, studies) {
    Object.assign(this, { session, studies, viewer: new Viewer({ onBack: () => this.back() }) });
    this.reportPlace = el("section", { class: "report", hidden: true });
    this.cover = cover(session.share, studies, {
      open: (series, study) => this.open(series, study),
      home: session.kind === "patient" ? () => location.assign("/my") : null,
    });
    this.root = el("div", { class: "film" }, this.cover, this.viewer.root, this.reportPlace);
    this.compare = button("beside", () => this.toggleBeside(), { hidden: true });
    this.viewer.extra.append(this.compare);
  }

  start() {
    document.body.classList.add("filming");
    this.root.dataset.seeing = "list";
    show(this.root);
    const study = this.studies[0];
    const first = study && study.series.find((s) => s.shown === "images");
    if (first) this.open(first, study);
    this.findViewer();
  }

  /** On a phone one thing at a time; the phone's own "back" leads to the list, too. */
  see(what) {
    if (this.root.dataset.seeing === "list" && what !== "list" && !WIDE.matches) history.pushState({ what }, "");
    this.root.dataset.seeing = what;
  }

  back() {
    if (history.state && history.state.what) history.back();
    else this.see("list");
  }

  async open(series, study) {
    this.turn = (this.turn || 0) + 1;
    const { turn } = this;
    this.see(series.shown === "document" ? "report" : "viewer");
    markOpen(this.cover, series);
    try {
      const metadata = await seriesMetadata(series.study, series.series);
      if (turn !== this.turn) return;
      if (series.shown === "document" || metadata.every(isDocument)) await this.openReport(metadata);
      else this.openImages(metadata, series, study);
    } catch (refusal) {
      if (turn === this.turn) this.refuse(refusal, () => this.open(series, study));
    }
  }

  openImages(metadata, series, study) {
    this.reportPlace.hidden = true;
    this.viewer.open(stackOf(metadata), series.description || modalityName(series.modality));
    this.study = study;
    this.compare.hidden = this.viewer.panes.length === 1 && !(WIDE.matches && earlierOf(study, this.studies));
  }

  async openReport(metadata) {
    const parts = await Promise.all(metadata.map(async (ds) => el("article", {}, el("h3", {}, titleOf(ds)), await showReport(ds))));
    replace(this.reportPlace, el("div", { class: "top" }, button("allPictures", () => this.back(), { class: "back" }), el("h1", { say: "report" })), ...parts);
    this.reportPlace.hidden = false;
    this.see("report");
  }

  /** The series of the earlier study that is most like the one that is open. */
  async toggleBeside() {
    const two = this.viewer.panes.length === 2;
    if (two) this.viewer.alone();
    else await this.openBeside();
    const fresh = button(two ? "beside" : "alone", () => this.toggleBeside());
    this.compare.replaceWith(fresh);
    this.compare = fresh;
  }

  async openBeside() {
    const earlier = earlierOf(this.study, this.studies);
    const now = this.viewer.active.image;
    const images = earlier.series.filter((s) => s.shown === "images");
    const like = images.find((s) => s.description === this.viewer.active.name) || images.find((s) => now && s.modality === now.modality) || images[0];
    const metadata = await seriesMetadata(like.study, like.series);
    const { window } = this.viewer.active;
    this.viewer.beside();
    this.viewer.open(stackOf(metadata), studyTitle(earlier));
    if (window) this.viewer.active.setWindow(window);
    this.viewer.link();
  }

  refuse(refusal, again) {
    if (refusal.status === 401 || refusal.status === 410 || refusal.code === "aborted") return;
    replace(this.reportPlace, refusalPage(refusal, again));
    this.reportPlace.hidden = false;
    this.see("report");
  }

  /** The doctor's viewer is installed beside the service, or not. */
  async findViewer() {
    if (!WIDE.matches) return;
    const there = await ask("/viewer/", { method: "HEAD", accept: "text/html", as: "none" }).then(() => true, () => false);
    for (const link of this.cover.querySelectorAll(".doctor")) link.hidden = !there;
  }
}

// --- the session ---

let page = null;
let timer = 0;

/** The images go the moment that the right to see them has gone. */
function end(refusal) {
  clearInterval(timer);
  if (page) for (const pane of page.viewer.panes) if (pane.loader) pane.loader.end();
  page = null;
  document.body.classList.remove("filming");
  show(refusalPage(refusal));
}

const beat = () => page && !document.hidden && ask("/v1/session").catch(() => {});

async function start(session, wanted) {
  try {
    show(waiting());
    const studies = await readStudies(session, wanted);
    onEnd((refusal) => page && end(refusal));
    page = new FilmPage(session, studies);
    page.start();
    timer = setInterval(beat, HEARTBEAT_MS);
    document.addEventListener("visibilitychange", beat);
  } catch (refusal) {
    show(refusalPage(refusal, () => start(session, wanted)));
  }
}

window.addEventListener("popstate", () => page && page.see("list"));
const fragment = takeFragment();
const wanted = /^study=([0-9.]{1,64})$/.exec(fragment);
openSession(wanted ? "" : fragment, (session) => start(session, wanted && wanted[1]));

// One or two panes, and the tools for them: a button for each, a key for each.
import { Cache, cacheBytes } from "./cache.js";
import { button, el, replace } from "./dom.js";
import { gestures } from "./gestures.js";
import { linkedIndex } from "./link.js";
import { presetsOf } from "./lut.js";
import { Pane } from "./pane.js";
import { pixelsPerPage, stepsOf } from "./view.js";
import { t } from "./words.js";

const MODES = ["turn", "light", "move", "measure"];
const WHEEL_PER_PAGE = 40;

export class Viewer {
  /** `onBack`: to the list. */
  constructor({ onBack }) {
    this.cache = new Cache(cacheBytes(navigator.deviceMemory));
    this.mode = "turn";
    this.rest = 0;
    this.panes = [this.newPane()];
    this.active = this.panes[0];
    this.stages = el("div", { class: "stages" }, this.active.root);
    this.slider = el("input", { type: "range", min: "1", value: "1", label: "whichPage",
      oninput: () => this.turnTo(Number(this.slider.value) - 1) });
    this.presets = el("select", { label: "presets", onchange: () => this.takePreset() });
    this.modes = MODES.map((mode) => button(mode, () => this.setMode(mode), { class: "mode" }));
    this.clear = button("clear", () => this.clearMeasures());
    this.linker = button("linked", () => this.link(), { hidden: true });
    this.extra = el("span", { class: "extra" });
    this.title = el("h1", { say: () => this.active.name || "" });
    this.root = el("section", { class: "viewer", label: "viewer" },
      el("div", { class: "top" }, button("allPictures", onBack, { class: "back" }), this.title), this.stages,
      el("div", { class: "slide" }, this.slider),
      el("div", { class: "tools", role: "toolbar", label: "tools" }, ...this.modes, this.presets,
        button("reset", () => this.active.reset()), this.clear, this.linker, this.extra),
      el("p", { class: "caution", say: "notPrimary" }));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.setMode("turn");
  }

  newPane() {
    const pane = new Pane(this.cache, (changed) => this.changed(changed));
    pane.root.addEventListener("focus", () => this.activate(pane));
    gestures(pane.root, {
      down: (point, which) => this.down(pane, point, which),
      drag: (dx, dy, point) => this.drag(pane, dx, dy, point),
      up: () => this.up(pane),
      pinch: ({ factor, x, y, dx, dy }) => { pane.pan(dx, dy); pane.zoom(factor, x, y); },
      wheel: (lines, point, zooms) => this.wheel(pane, lines, point, zooms),
      twice: () => this.mode !== "measure" && pane.reset(),
    });
    return pane;
  }

  open(stack, name) {
    this.active.open(stack, name);
    this.fillPresets();
    if (this.tie) this.link(true);
  }

  // --- two panes ---

  beside() {
    if (this.panes.length === 2) return;
    this.panes.push(this.newPane());
    this.stages.append(this.panes[1].root);
    this.stages.classList.add("two");
    this.linker.hidden = false;
    for (const pane of this.panes) pane.named = true;
    this.panes[0].tell();
    this.activate(this.panes[1]);
  }

  alone() {
    const gone = this.panes.pop();
    if (gone.loader) gone.loader.end();
    gone.root.remove();
    this.stages.classList.remove("two");
    this.linker.hidden = true;
    this.tie = null;
    this.panes[0].named = false;
    this.activate(this.panes[0]);
    this.active.tell();
  }

  other(pane) {
    return this.panes.find((p) => p !== pane);
  }

  link(again) {
    const [a, b] = this.panes;
    this.tie = this.tie && again !== true ? null : { at: new Map([[a, a.index], [b, b.index]]) };
    this.linker.setAttribute("aria-pressed", String(Boolean(this.tie)));
  }

  activate(pane) {
    if (this.active === pane) return;
    this.active = pane;
    for (const p of this.panes) p.root.classList.toggle("active", p === pane && this.panes.length > 1);
    this.fillPresets();
    this.changed(pane);
  }

  changed(pane) {
    if (pane !== this.active || !this.slider) return;
    const many = pane.stack.length > 1;
    this.slider.max = String(Math.max(1, pane.stack.length));
    this.slider.value = String(pane.index + 1);
    this.slider.setAttribute("aria-valuetext", pane.title());
    this.slider.parentNode.classList.toggle("one", !many);
    this.title.say();
    const grey = Boolean(pane.image && pane.image.kind === "grey");
    this.modes[1].disabled = !grey;
    this.presets.disabled = !grey;
    if (!pane.window && this.presets.options.length) this.presets.selectedIndex = 0;
    this.clear.hidden = !pane.image || !pane.measures.of(pane.image).length;
  }

  turnTo(index) {
    const pane = this.active;
    const other = this.other(pane);
    pane.go(index);
    if (this.tie && other)
      other.go(linkedIndex({ here: this.tie.at.get(pane), there: this.tie.at.get(other) }, pane.index, pane.stack, other.stack));
  }

  // --- hands ---

  setMode(mode) {
    this.mode = mode;
    this.root.dataset.mode = mode;
    this.modes.forEach((node, i) => node.setAttribute("aria-pressed", String(MODES[i] === mode)));
  }

  /** The other buttons of a mouse do what they do at a workstation. */
  down(pane, point, which) {
    this.activate(pane);
    this.doing = which === 2 ? "light" : which === 1 ? "move" : this.mode;
    this.rest = 0;
    if (this.doing === "measure" && pane.image) pane.measures.begin(pane.image, pane.view, pane.tall, point.x, point.y);
  }

  drag(pane, dx, dy, point) {
    if (!this.doing || !pane.image) return;
    if (this.doing === "light") pane.dragWindow(dx, dy);
    else if (this.doing === "move") pane.pan(dx, dy);
    else if (this.doing === "turn") this.turnBy(dy, pixelsPerPage(pane.stack.length, pane.root.clientHeight));
    else {
      pane.measures.move(pane.view, pane.tall, point.x, point.y);
      pane.place();
    }
  }

  up(pane) {
    if (this.doing === "measure" && pane.image) {
      pane.measures.end(pane.image);
      pane.place();
      this.changed(pane);
    }
    this.doing = null;
  }

  turnBy(way, perPage) {
    const { steps, rest } = stepsOf(this.rest + way, perPage);
    this.rest = rest;
    if (steps) this.turnTo(this.active.index + steps);
  }

  wheel(pane, lines, point, zooms) {
    this.activate(pane);
    if (zooms) pane.zoom(Math.exp(-lines / 300), point.x, point.y);
    else this.turnBy(lines, WHEEL_PER_PAGE);
  }

  key(event) {
    if (event.target !== this.slider && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const pane = this.active;
    const page = (n) => () => this.turnTo(pane.index + n);
    const keys = {
      ArrowDown: page(1), ArrowUp: page(-1), ArrowRight: page(1), ArrowLeft: page(-1), PageDown: page(10), PageUp: page(-10),
      Home: page(-Infinity), End: page(Infinity), "+": () => pane.zoom(1.25), "=": () => pane.zoom(1.25),
      "-": () => pane.zoom(0.8), r: () => pane.reset(), t: () => this.setMode("turn"), w: () => this.setMode("light"),
      m: () => this.setMode("move"), l: () => this.setMode("measure"), "[": () => pane.dragWindow(-16, 0),
      "]": () => pane.dragWindow(16, 0), "{": () => pane.dragWindow(0, -16), "}": () => pane.dragWindow(0, 16),
    };
    const act = keys[event.key] || (/^[1-9]$/.test(event.key) && (() => this.choosePreset(Number(event.key) - 1)));
    if (!act || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  }

  // --- presets ---

  fillPresets() {
    const { image } = this.active;
    this.choices = image && image.kind === "grey" ? presetsOf(image) : [];
    const text = (w) => `${w.own && w.name !== "own" ? w.name : w.name ? t(`window_${w.name}`) : ""} ${w.center} / ${w.width}`.trim();
    replace(this.presets, el("option", { say: "asStored" }), ...this.choices.map((w) => el("option", { say: () => text(w) })));
  }

  choosePreset(index) {
    if (index >= this.choices.length) return;
    this.presets.selectedIndex = index + 1;
    this.takePreset();
  }

  takePreset() {
    const chosen = this.choices[this.presets.selectedIndex - 1];
    this.active.setWindow(chosen || null);
  }

  clearMeasures() {
    this.active.measures.clear(this.active.image);
    this.active.place();
    this.changed(this.active);
  }
}

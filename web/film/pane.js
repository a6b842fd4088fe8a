// One stack of pictures on the screen: which page, which window, how close, what was measured.
import { el } from "./dom.js";
import { firstLook } from "./frame.js";
import { dragWindow, fullWindow, paintColour, paintGrey, tableOf } from "./lut.js";
import { keyOf, Loader } from "./loader.js";
import { Measures } from "./measure.js";
import { wordsOf } from "./refusal.js";
import { fit, keepInSight, panBy, zoomAt } from "./view.js";
import { t } from "./words.js";

const SLOW_MS = 150;
const round = (n) => Math.round(n * 10) / 10;

export class Pane {
  /** `changed(pane)`: another page, window or picture. */
  constructor(cache, changed) {
    Object.assign(this, { cache, changed, stack: [], index: 0, direction: 1, window: null, pixels: null });
    this.canvas = el("canvas", { role: "img", label: () => this.title() });
    this.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.about = el("p", { class: "about", say: () => this.aboutText() });
    this.note = el("p", { class: "note", role: "status", say: () => this.noteText() });
    this.root = el("div", { class: "pane", tabindex: "0", role: "group", label: () => this.title() },
      this.canvas, this.svg, this.about, this.note);
    this.measures = new Measures(this.svg);
    this.context = this.canvas.getContext("2d", { alpha: false });
    new ResizeObserver(() => this.resize()).observe(this.root);
  }

  get image() {
    return this.stack[this.index];
  }

  /** How high a pixel is when it is 1 wide. */
  get tall() {
    return this.image.spacing.row / this.image.spacing.column;
  }

  open(stack, name) {
    if (this.loader) this.loader.end();
    Object.assign(this, { stack, name, index: 0, window: null, shown: null, refusal: null, fitted: true });
    this.canvas.width = this.canvas.height = 1;
    this.loader = new Loader(stack, this.cache, (index, refusal) => index === this.index && this.arrived(refusal));
    if (stack.length) this.show(Math.floor(stack.length / 2), true);
    else this.tell();
  }

  go(index) {
    const next = Math.max(0, Math.min(this.stack.length - 1, index));
    if (next === this.index || !this.stack.length) return;
    this.direction = next > this.index ? 1 : -1;
    this.show(next, false);
  }

  show(index, isFirst) {
    Object.assign(this, { index, refusal: null, state: "waiting" });
    this.place();
    if (this.cache.has(keyOf(this.image))) this.arrived(null);
    else setTimeout(() => this.look(index), isFirst ? 0 : SLOW_MS);
    this.loader.want(index, this.direction);
    this.tell();
  }

  /** While the true frame is on its way: what the server draws of it, as small as the screen is. */
  async look(index) {
    const { loader, image } = this;
    if (index !== this.index || this.state !== "waiting" || this.window || image.kind === "server") return;
    const dots = Math.min(2, window.devicePixelRatio || 1);
    const size = (n) => Math.max(1, Math.round(n * dots));
    const picture = await firstLook(image, size(this.root.clientWidth), size(this.root.clientHeight), loader.ended.signal);
    if (!picture || loader !== this.loader || index !== this.index || this.state !== "waiting") return;
    this.drawPicture(picture);
    this.state = "look";
    this.tell();
  }

  arrived(refusal) {
    this.refusal = refusal;
    this.state = refusal ? "refused" : "true";
    if (!refusal) this.paint();
    this.tell();
  }

  // --- light ---

  windowNow() {
    if (this.window) return this.window;
    if (!this.image || this.image.kind !== "grey") return null;
    const frame = this.cache.get(keyOf(this.image));
    if (this.image.windows.length) return this.image.windows[0];
    if (frame && frame.stored && !frame.full) frame.full = fullWindow(this.image, frame.stored);
    return frame ? frame.full || null : null;
  }

  setWindow(window) {
    if (!this.image || this.image.kind !== "grey") return;
    this.window = window;
    if (this.state === "true") this.paint();
    this.tell();
  }

  dragWindow(dx, dy) {
    const now = this.windowNow();
    if (now) this.setWindow(dragWindow(now, dx, dy, Math.max(200, this.root.clientWidth)));
  }

  setSize() {
    const { columns, rows } = this.image;
    if (this.canvas.width === columns && this.canvas.height === rows && this.pixels) return;
    this.canvas.width = columns;
    this.canvas.height = rows;
    this.pixels = this.context.createImageData(columns, rows);
    this.light = new Uint32Array(this.pixels.data.buffer);
  }

  paint() {
    const frame = this.cache.get(keyOf(this.image));
    if (!frame) return;
    if (frame.picture) {
      this.drawPicture(frame.picture);
      return;
    }
    this.setSize();
    if (this.image.kind === "grey") {
      if (!this.table || this.table.length !== 2 ** this.image.allocated) this.table = new Uint32Array(2 ** this.image.allocated);
      paintGrey(frame.stored, tableOf(this.image, this.windowNow(), this.table), this.light);
    } else {
      paintColour(frame.stored, this.image.planar, this.light);
    }
    this.context.putImageData(this.pixels, 0, 0);
    this.place();
  }

  drawPicture(picture) {
    this.setSize();
    this.context.drawImage(picture, 0, 0, this.image.columns, this.image.rows);
    this.place();
  }

  // --- place ---

  resize() {
    if (this.image) this.place();
  }

  place() {
    const { columns, rows } = this.image;
    const { clientWidth: width, clientHeight: height } = this.root;
    const shape = `${columns}x${rows}x${this.tall}`;
    if (this.fitted || !this.view || shape !== this.shape) this.view = fit(columns, rows, this.tall, width, height);
    else this.view = keepInSight(this.view, columns, rows, this.tall, width, height);
    this.shape = shape;
    const { scale, x, y } = this.view;
    this.canvas.style.transform = `translate(${x}px,${y}px) scale(${scale},${scale * this.tall})`;
    this.measures.draw(this.image, this.view, this.tall);
  }

  zoom(factor, x = this.root.clientWidth / 2, y = this.root.clientHeight / 2) {
    if (!this.image) return;
    const least = fit(this.image.columns, this.image.rows, this.tall, this.root.clientWidth, this.root.clientHeight).scale;
    this.fitted = false;
    this.view = zoomAt(this.view, factor, x, y, least / 2);
    this.place();
  }

  pan(dx, dy) {
    if (!this.image) return;
    this.fitted = false;
    this.view = panBy(this.view, dx, dy);
    this.place();
  }

  reset() {
    if (!this.image) return;
    Object.assign(this, { fitted: true, window: null });
    this.place();
    if (this.state === "true") this.paint();
    this.tell();
  }

  // --- words ---

  title() {
    return this.image ? t("pageOf", this.name || "", this.index + 1, this.stack.length) : t("picture");
  }

  aboutText() {
    if (!this.image) return "";
    const window = this.windowNow();
    const count = this.stack.length > 1 ? `${this.index + 1} / ${this.stack.length}` : "";
    return [this.named && this.name, count, window && t("windowNumbers", round(window.center), round(window.width))].filter(Boolean).join("   ");
  }

  noteText() {
    if (this.refusal) return t(wordsOf(this.refusal.code).title);
    if (!this.stack.length) return t("noPictures");
    return this.state === "waiting" ? t("loading") : "";
  }

  tell() {
    this.root.dataset.state = this.state || "";
    for (const node of [this.root, this.canvas, this.about, this.note]) node.say();
    this.changed(this);
  }
}

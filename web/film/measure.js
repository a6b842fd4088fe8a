// Lengths on a picture, from point to point in its own pixels.
import { toPicture, toScreen } from "./view.js";
import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** In mm where the object says how large a pixel is; in pixels where nothing does. */
export function lengthOf(a, b, spacing) {
  const length = Math.hypot((b.x - a.x) * spacing.column, (b.y - a.y) * spacing.row);
  return { length, unit: spacing.at ? "mm" : "px", at: spacing.at };
}

export function lengthText(measured) {
  if (measured.unit === "px") return `${Math.round(measured.length)} ${t("pixels")}`;
  const text = `${measured.length.toFixed(measured.length < 10 ? 2 : 1)} mm`;
  return measured.at === "detector" ? `${text} (${t("atDetector")})` : text;
}

const shape = (name, attributes) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

/** The lines of a pane: kept by image, drawn over it. */
export class Measures {
  constructor(svg) {
    this.svg = svg;
    this.lines = new Map();
  }

  of(image) {
    const key = `${image.instance}/${image.frame}`;
    if (!this.lines.has(key)) this.lines.set(key, []);
    return this.lines.get(key);
  }

  begin(image, view, tall, px, py) {
    const at = toPicture(view, tall, px, py);
    this.current = { a: at, b: at };
    this.of(image).push(this.current);
  }

  move(view, tall, px, py) {
    if (this.current) this.current.b = toPicture(view, tall, px, py);
  }

  /** A touch is no line. */
  end(image) {
    const lines = this.of(image);
    if (this.current && Math.hypot(this.current.b.x - this.current.a.x, this.current.b.y - this.current.a.y) < 2)
      lines.splice(lines.indexOf(this.current), 1);
    this.current = null;
  }

  clear(image) {
    this.of(image).length = 0;
  }

  draw(image, view, tall) {
    this.svg.textContent = "";
    for (const { a, b } of this.of(image)) {
      const [from, to] = [toScreen(view, tall, a), toScreen(view, tall, b)];
      const top = from.y < to.y ? from : to;
      const text = shape("text", { x: Math.max(60, Math.min(this.svg.clientWidth - 60, top.x)), y: Math.max(22, top.y - 14) });
      text.textContent = lengthText(lengthOf(a, b, image.spacing));
      this.svg.append(shape("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y }),
        shape("circle", { cx: from.x, cy: from.y, r: 5 }), shape("circle", { cx: to.x, cy: to.y, r: 5 }), text);
    }
  }
}

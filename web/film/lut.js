// Grey values to light: one table for every stored value, made anew when the window changes, so
// that a pixel costs one look-up. Pure.
const OPAQUE = 0xff000000;

/** What is usual for CT, in Hounsfield units. */
export const CT_WINDOWS = [
  { name: "lung", center: -600, width: 1500, fn: "linear" },
  { name: "bone", center: 400, width: 2000, fn: "linear" },
  { name: "soft", center: 40, width: 400, fn: "linear" },
  { name: "brain", center: 40, width: 80, fn: "linear" },
];

/** The object's own windows, each once, then the usual ones. */
export function presetsOf(image) {
  const own = image.windows.map((w, i) => ({ ...w, name: w.name || (i ? "" : "own"), own: true }));
  const all = image.modality === "CT" ? [...own, ...CT_WINDOWS] : own;
  return all.filter((w, i) => all.findIndex((v) => v.center === w.center && v.width === w.width) === i);
}

/** From a stored value, as it lies in the file, to the value that it stands for. */
function reader(image) {
  const shift = image.high + 1 - image.stored;
  const mask = 2 ** image.stored - 1;
  const sign = image.signed ? 2 ** (image.stored - 1) : 0;
  return (raw) => {
    const stored = (raw >>> shift) & mask;
    return (sign && stored >= sign ? stored - 2 * sign : stored) * image.slope + image.intercept;
  };
}

/** From `low` to `high`, as PS3.3 C.11.2.1.2 and .3 have it. */
function brightness(window, low, high) {
  const { center: c, width: w, fn } = window;
  const range = high - low;
  if (fn === "sigmoid") return (x) => low + range / (1 + Math.exp(-4 * (x - c) / w));
  if (fn === "linear-exact") return (x) => (x <= c - w / 2 ? low : x > c + w / 2 ? high : low + ((x - c) / w + 0.5) * range);
  const left = c - 0.5 - (w - 1) / 2;
  const right = c - 0.5 + (w - 1) / 2;
  // In DCMTK's order: where a value falls on a whole grey, the last bit decides.
  const offset = high - ((c - 0.5) / (w - 1) + 0.5) * range;
  const gradient = range / (w - 1);
  return (x) => (x <= left ? low : x > right ? high : offset + x * gradient);
}

/** RGBA of every stored value. Rounded down, as DCMTK does: then both pictures are the same. */
export function tableOf(image, window, table = new Uint32Array(2 ** image.allocated)) {
  const read = reader(image);
  const light = image.inverted ? brightness(window, 255, 0) : brightness(window, 0, 255);
  for (let raw = 0; raw < table.length; raw++) {
    const grey = Math.trunc(light(read(raw)));
    table[raw] = OPAQUE | (grey << 16) | (grey << 8) | grey;
  }
  return table;
}

export function paintGrey(stored, table, out) {
  const count = Math.min(stored.length, out.length);
  for (let i = 0; i < count; i++) out[i] = table[stored[i]];
}

/** By pixel (RGBRGB) or by plane (RRGGBB). */
export function paintColour(bytes, planar, out) {
  const step = planar ? 1 : 3;
  const plane = planar ? out.length : 1;
  for (let i = 0, at = 0; i < out.length; i++, at += step)
    out[i] = OPAQUE | (bytes[at + 2 * plane] << 16) | (bytes[at + plane] << 8) | bytes[at];
}

/** The window of an object that has none: from its darkest value to its brightest. */
export function fullWindow(image, stored) {
  const read = reader(image);
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < stored.length; i++) {
    const v = read(stored[i]);
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return { center: (low + high + 1) / 2, width: Math.max(1, high - low + 1), fn: "linear", name: "full" };
}

/** To the right: less contrast; down: darker: a screen's width goes over twice the window. */
export function dragWindow(start, dx, dy, size) {
  const reach = Math.max(start.width, 16) * 2 / size;
  return { ...start, name: "", width: Math.max(1, Math.round(start.width + dx * reach)),
    center: Math.round(start.center + dy * reach) };
}

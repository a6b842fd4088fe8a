// Where a picture lies on the screen: { scale, x, y }, from pixels of the picture to those of the
// screen. `tall`: how high a pixel is when it is 1 wide. Pure.
export const SCALE_MAX = 16;

export function fit(columns, rows, tall, width, height) {
  const scale = Math.min(width / columns, height / (rows * tall)) || 1;
  return { scale, x: (width - columns * scale) / 2, y: (height - rows * tall * scale) / 2 };
}

/** The point under (px, py) stays where it is. `least`: not smaller than this. */
export function zoomAt(view, factor, px, py, least = 0) {
  const scale = Math.max(least, Math.min(SCALE_MAX, view.scale * factor));
  const f = scale / view.scale;
  return { scale, x: px - (px - view.x) * f, y: py - (py - view.y) * f };
}

export const panBy = (view, dx, dy) => ({ ...view, x: view.x + dx, y: view.y + dy });

/** No farther than that a quarter of the screen still shows the picture. */
export function keepInSight(view, columns, rows, tall, width, height) {
  const clamp = (at, size, room) => Math.max(room / 4 - size, Math.min(room * 3 / 4, at));
  return { ...view, x: clamp(view.x, columns * view.scale, width), y: clamp(view.y, rows * tall * view.scale, height) };
}

export const toPicture = (view, tall, px, py) => ({ x: (px - view.x) / view.scale, y: (py - view.y) / (view.scale * tall) });
export const toScreen = (view, tall, point) => ({ x: point.x * view.scale + view.x, y: point.y * view.scale * tall + view.y });

/** Two fingers, before and after: how much closer, and where their middle went. */
export function pinchOf(before, after) {
  const apart = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);
  const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const [from, to] = [middle(before), middle(after)];
  return { factor: apart(after) / Math.max(1, apart(before)), x: to.x, y: to.y, dx: to.x - from.x, dy: to.y - from.y };
}

/** Whole pages of what was dragged or turned, and what is left over. */
export function stepsOf(travelled, perStep) {
  const steps = Math.trunc(travelled / perStep);
  return { steps, rest: travelled - steps * perStep };
}

/** A hand's breadth turns all pages of a small stack, and single pages of a large one. */
export const pixelsPerPage = (count, height) => Math.max(6, Math.min(40, height / Math.max(1, count)));

// Fingers, mouse and wheel on an element, as acts: what they mean is the viewer's affair.
import { pinchOf } from "./view.js";

const TAP_MS = 300;
const TAP_REACH = 24;
const STILL = 8;

/**
 * acts: down(point, button), drag(dx, dy, point), up(), pinch(pinchOf), wheel(lines, point, zooms), twice(point).
 * Points are in the element's pixels. A second finger makes a pinch of what was a drag.
 */
export function gestures(element, acts) {
  const fingers = new Map();
  let tapped = { at: -Infinity, x: 0, y: 0 };
  const pointOf = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  element.addEventListener("pointerdown", (event) => {
    const point = pointOf(event);
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, point);
    if (fingers.size > 1) {
      acts.up();
      return;
    }
    const near = Math.hypot(point.x - tapped.x, point.y - tapped.y) < TAP_REACH;
    if (near && event.timeStamp - tapped.at < TAP_MS) acts.twice(point);
    tapped = { at: event.timeStamp, ...point };
    acts.down(point, event.button);
  });

  element.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const point = pointOf(event);
    const pair = [...fingers.keys()].slice(0, 2);
    if (Math.hypot(point.x - tapped.x, point.y - tapped.y) > STILL) tapped.at = -Infinity;
    if (fingers.size === 1) acts.drag(point.x - before.x, point.y - before.y, point);
    else if (pair.includes(event.pointerId))
      acts.pinch(pinchOf(pair.map((id) => fingers.get(id)),
        pair.map((id) => (id === event.pointerId ? point : fingers.get(id)))));
    fingers.set(event.pointerId, point);
  });

  const lift = (event) => {
    if (fingers.delete(event.pointerId)) acts.up();
  };
  element.addEventListener("pointerup", lift);
  element.addEventListener("pointercancel", lift);
  element.addEventListener("contextmenu", (event) => event.preventDefault());
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    acts.wheel(event.deltaMode ? event.deltaY * 40 : event.deltaY, pointOf(event), event.ctrlKey);
  }, { passive: false });
}

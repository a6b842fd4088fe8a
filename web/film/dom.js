// Elements without markup: what comes from a server is text and never read as HTML.
// A word that follows the language is given as a key of words.js or as a function.
import { t } from "./words.js";

const live = (node, read) => { node.say = read; node.setAttribute("data-say", ""); read(); };
const reader = (words) => (typeof words === "function" ? words : () => t(words));

function set(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "say") live(node, () => { node.textContent = reader(value)(); });
  else if (name === "label") live(node, () => node.setAttribute("aria-label", reader(value)()));
  else node.setAttribute(name, value === true ? "" : value);
}

/** `el("p", { class: "lead", say: "expired" }, ...children)`; `label` is aria-label. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) set(node, key, value);
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

export const button = (say, onclick, attributes = {}) => el("button", { type: "button", say, onclick, ...attributes });

/** A box with its label above and, where there is one, a hint below. */
export function field(id, say, input, hint) {
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return el("div", { class: "field" }, el("label", { for: id, say }), input,
    hint && el("p", { class: "hint", id: `${id}-hint`, say: hint }));
}

export const replace = (node, ...children) => {
  node.textContent = "";
  node.append(...children.filter(Boolean));
};

/** Every word again, after the language was changed. */
export function sayAgain() {
  for (const node of document.querySelectorAll("[data-say]")) node.say();
}

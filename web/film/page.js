// What every page has: its head with language and size of letters, and one place for one screen.
import { button, el, replace, sayAgain } from "./dom.js";
import { isChinese, switchLanguage, t } from "./words.js";

const root = document.documentElement;

function changeLanguage() {
  switchLanguage();
  root.lang = isChinese() ? "zh-CN" : "en";
  sayAgain();
  document.title = t("brand");
}

/** For this page as long as it is open: nothing is stored. */
function changeSize(event) {
  const large = root.classList.toggle("elder");
  event.target.setAttribute("aria-pressed", String(large));
}

const main = document.getElementById("main");
const head = document.getElementById("head");
replace(head, el("span", { class: "brand", say: "brand" }),
  el("nav", { label: "pages" }, button("larger", changeSize, { "aria-pressed": "false" }),
    button(() => (isChinese() ? "English" : "中文"), changeLanguage)));

/** One screen takes the place of another; whoever cannot see it hears that it is there. */
export function show(...children) {
  replace(main, ...children);
  const title = main.querySelector("h1");
  if (title) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  window.scrollTo(0, 0);
}

export const waiting = () => el("p", { class: "lead", role: "status", say: "opening" });

/** What stands behind # in the address, taken out of it at once: it never reaches a server, a log or a bookmark. */
export function takeFragment() {
  const text = location.hash.slice(1);
  if (text) history.replaceState(null, "", location.pathname);
  return text;
}

/** A form that sends nothing by itself: `send` is called, its button rests until that is done. */
export function form(send, ...children) {
  const node = el("form", { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const press = node.querySelector("[type=submit]");
    if (press.disabled) return;
    press.disabled = true;
    try {
      await send();
    } finally {
      press.disabled = false;
    }
  } }, ...children);
  return node;
}
export const submit = (say) => el("button", { type: "submit", class: "act", say });

/** A line that says what is missing; empty words hide it. */
export function faultLine() {
  const node = el("p", { class: "fault", role: "alert", hidden: true });
  return { node, say(key) { node.hidden = !key; replace(node, key && el("span", { say: key })); } };
}

// Text that comes from session files, and so from strangers: shown as it is, however long
// it is and whatever characters it has.

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { showText } from "./dialog.js";

/** How much of a text is shown in a place of its own size. */
const clamp = 120;

/**
 * What cannot be seen or turns text around, as first and last code points: controls, marks
 * of direction, fillers, zero widths, tags.
 */
const unseen = [
  [0x00, 0x1f], [0x7f, 0x9f], [0xad, 0xad], [0x61c, 0x61c], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x200b, 0x200f],
  [0x2028, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xfeff, 0xfeff], [0xffa0, 0xffa0], [0xfff9, 0xfffb], [0xe0000, 0xe0fff],
];

/** Letters that are written from right to left. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Returns the nodes of a text in which what cannot be seen has its name.
 * @param {string} text
 * @param {boolean} [keepLines] leaves line feeds and tabs as they are
 * @returns {(string | HTMLElement)[]}
 */
export function visible(text, keepLines = false) {
  /** @type {(string | HTMLElement)[]} */
  const out = [];
  let plain = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (!unseen.some(([first, last]) => first <= code && code <= last) || (keepLines && (character === "\n" || character === "\t"))) {
      plain += character;
      continue;
    }
    if (plain) out.push(plain);
    plain = "";
    out.push(h("span", { class: "control" }, `U+${code.toString(16).toUpperCase().padStart(4, "0")}`));
  }
  if (plain) out.push(plain);
  return out;
}

/**
 * Returns an element with a text of a file. A long one is cut, with a way to see all of it.
 * @param {string | undefined | null} text
 * @param {{label?: string, max?: number}} [options] `label` is what the text is.
 * @returns {HTMLElement}
 */
export function shown(text, options = {}) {
  if (!text) return nothing();
  const max = options.max ?? clamp;
  const element = clipped(text, max);
  if (text.length <= max) return element;
  const all = h("button", {
    type: "button", class: "link small", "data-focus": `all-${options.label ?? ""}`,
    onclick: () => showText(options.label ?? t("text.all"), visible(text, true)),
  }, t("text.more", { n: text.length }));
  return h("span", null, element, " ", all);
}

/**
 * Returns an element with as much of a text as there is room for, as in a link.
 * @param {string} text
 * @param {number} [max]
 */
export function clipped(text, max = 60) {
  const characters = text.length > max ? `${[...text.slice(0, 2 * max)].slice(0, max).join("")}…` : text;
  return h("bdi", { dir: "auto" }, visible(characters));
}

/** Returns an element with an e-mail address. @param {string | undefined} email */
export function emailText(email) {
  return shown(email, { label: t("field.email") });
}

/** Returns what stands where there is no text. @returns {HTMLElement} */
export function nothing() {
  return h("span", { class: "muted" }, h("span", { "aria-hidden": "true" }, "–"), h("span", { class: "sr" }, t("text.none")));
}

/** Returns a text for names and announcements: short, and on one line. @param {string | undefined} text */
export function brief(text) {
  if (!text) return "";
  const out = visible([...text.slice(0, 120)].slice(0, 60).join("")).map((part) => typeof part === "string" ? part : part.textContent).join("");
  const whole = `${out}${text.length > 60 ? "…" : ""}`;
  // Isolated, so that its direction does not reach what stands around it.
  return rightToLeft.test(whole) ? `\u2068${whole}\u2069` : whole;
}

/** Returns a key with an id that is shortened. @param {string} key */
export function shortKey(key) {
  const [app, id] = splitKey(key);
  return id.length > 12 ? `${app}/${id.slice(0, 8)}` : key;
}

/**
 * Returns the app folder and the id of a key.
 * @param {string} key
 * @returns {[string, string]}
 */
export function splitKey(key) {
  const slash = key.indexOf("/");
  return slash < 0 ? [key, ""] : [key.slice(0, slash), key.slice(slash + 1)];
}

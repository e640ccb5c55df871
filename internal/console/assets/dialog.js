// Dialogs: the browser's own, so that focus stays inside, Escape closes, and focus goes
// back to where it was.

import { fill, h, iconButton, newId } from "./dom.js";
import { focusPlace, restoreFocus } from "./focus.js";
import { t } from "./i18n.js";

/**
 * Opens a dialog.
 * @param {object} options
 * @param {string | (Node | string)[]} options.title
 * @param {Child[]} [options.body]
 * @param {HTMLButtonElement[]} [options.footer] the first of kind "primary" or "danger" is what Return does where the body is a form
 * @param {string} [options.kind] "wide" or "drawer"
 * @param {() => boolean} [options.mayClose] whether Escape and the cross may close it now
 * @returns {Dialog}
 */
export function openDialog({ title, body = [], footer = [], kind = "", mayClose = () => true }) {
  const place = focusPlace();
  const id = newId("dialog");
  const content = h("div", { class: "body" }, body);
  const foot = h("footer", null, footer);
  const element = h("dialog", { class: kind, "aria-labelledby": id },
    h("header", null,
      h("h2", { id, tabindex: "-1" }, title),
      iconButton("close", t("dialog.close"), () => { if (mayClose()) element.close(); })),
    content, foot);
  element.addEventListener("cancel", (event) => { if (!mayClose()) event.preventDefault(); });
  /** @type {() => void} */
  let resolve;
  /** @type {Promise<void>} */
  const closed = new Promise((done) => { resolve = done; });
  element.addEventListener("close", () => {
    element.remove();
    restoreFocus(place);
    resolve();
  });
  document.body.append(element);
  element.showModal();
  const first = element.querySelector("[autofocus]") ?? element.querySelector("h2");
  if (first instanceof HTMLElement) first.focus();
  return { element, body: content, footer: foot, close: () => element.close(), closed };
}

/**
 * Asks, and returns the value of the button that was pressed, or nothing.
 * @template T
 * @param {object} options
 * @param {string} options.title
 * @param {Child[]} options.body
 * @param {{label: string, kind?: string, value: () => T | undefined}[]} options.answers a value of undefined leaves the dialog open
 * @param {string} [options.kind]
 * @param {string} [options.cancel]
 * @returns {Promise<T | undefined>}
 */
export async function ask({ title, body, answers, kind, cancel = t("dialog.cancel") }) {
  /** @type {T | undefined} */
  let answer;
  const form = h("form", { method: "dialog", class: "stack", novalidate: true }, body);
  const dialog = openDialog({ title, body: [form], kind });
  const buttons = answers.map(({ label, kind: look, value }) => h("button", {
    type: "button", class: `button ${look ?? ""}`,
    onclick: () => {
      answer = value();
      if (answer !== undefined) dialog.close();
    },
  }, label));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    buttons.at(-1)?.click();
  });
  fill(dialog.footer, h("button", { type: "button", class: "button", onclick: dialog.close }, cancel), buttons);
  await dialog.closed;
  return answer;
}

/**
 * Shows a long text.
 * @param {string} title
 * @param {(Node | string)[]} text
 */
export function showText(title, text) {
  openDialog({ title, kind: "wide", body: [h("pre", { class: "text", tabindex: "0", "aria-label": title }, h("bdi", { dir: "auto" }, text))] });
}

// The bar that says what was done, with its undoing. There is one, and it stays until the
// next thing is done or it is closed: nothing depends on how fast one reads.

import { button, fill, h, iconButton } from "./dom.js";
import { announce } from "./focus.js";
import { t } from "./i18n.js";

const bar = h("section", { class: "done", hidden: true });

/** Puts the bar into the page. */
export function mountDone() {
  bar.setAttribute("aria-label", t("done.label"));
  document.body.append(bar);
}

/**
 * Says what was done.
 * @param {string} text
 * @param {() => Promise<unknown>} [undo] what takes it back, where it can be taken back
 */
export function done(text, undo) {
  /** @type {HTMLButtonElement | undefined} */
  const back = undo && button(t("done.undo"), async () => {
    if (back?.getAttribute("aria-disabled")) return;
    back?.setAttribute("aria-disabled", "true");
    await undo();
  }, { icon: "restore", kind: "compact" });
  fill(bar, h("p", null, text), back, iconButton("close", t("dialog.close"), hideDone));
  bar.hidden = false;
  announce(text);
}

/** Takes the bar away. */
export function hideDone() {
  bar.hidden = true;
}

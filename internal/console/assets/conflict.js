// Conflicts: somebody else has changed what is to be changed. Both values are shown, and
// the reader decides.

import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { t } from "./i18n.js";
import { statusBadge } from "./badge.js";
import { emailText } from "./text.js";

/**
 * Makes the table of two states.
 * @param {string} left what the first is
 * @param {State | null} a null where there is nothing
 * @param {string} right what the second is
 * @param {State | null} b
 */
export function bothTable(left, a, right, b) {
  const status = a?.status !== b?.status;
  const email = (a?.email ?? "") !== (b?.email ?? "");
  /** @param {string} label @param {State | null} state */
  const row = (label, state) => h("tr", null, h("th", { scope: "row" }, label),
    state ? h("td", null, h("div", { "data-differs": status }, statusBadge(state.status)), h("div", { "data-differs": email }, emailText(state.email)))
      : h("td", null, t("conflict.nothing")));
  return h("div", { class: "both" }, h("table", null, h("caption", { class: "sr" }, t("conflict.caption")), h("tbody", null, row(left, a), row(right, b))));
}

/**
 * Asks what to do about a file that has changed since it was shown.
 * @param {State} seen
 * @param {State | null} now null where the file is not compliant or not there
 * @param {string} doIt what the button says that goes on
 * @returns {Promise<boolean>} whether to go on
 */
export async function askConflict(seen, now, doIt) {
  const answer = await ask({
    title: t("conflict.title"),
    body: [h("p", null, t("conflict.text")), bothTable(t("conflict.seen"), seen, t("conflict.now"), now)],
    answers: [{ label: doIt, kind: "primary", value: () => true }],
    cancel: t("conflict.leave"),
  });
  return answer === true;
}

/**
 * Says that other programs write to a file all the time, and asks whether to try again.
 * @param {State} wanted
 * @param {State | null} now
 * @returns {Promise<boolean>}
 */
export async function askBusy(wanted, now) {
  const answer = await ask({
    title: t("problem.conflict"),
    body: [h("p", null, t("remedy.conflict")), bothTable(t("conflict.wanted"), wanted, t("conflict.now"), now)],
    answers: [{ label: t("common.again"), kind: "primary", value: () => true }],
    cancel: t("conflict.leave"),
  });
  return answer === true;
}

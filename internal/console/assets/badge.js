// Badges: a state by its word, its icon and its colour.

import { h, icon } from "./dom.js";
import { maybe, t } from "./i18n.js";

/** @param {Look} look @param {import("./dom.js").IconName} name @param {string} text */
export function badge(look, name, text) {
  return h("span", { class: `badge ${look}` }, icon(name), text);
}

/** Makes the badge of a session's status. @param {string | undefined} status */
export function statusBadge(status) {
  if (status === "accepted") return badge("good", "check", t("status.accepted"));
  if (status === "pending") return badge("warn", "pending", t("status.pending"));
  return status ? badge("plain", "info", status) : null;
}

/** Makes the badge of what became of an audited action. @param {string | undefined} result */
export function resultBadge(result) {
  if (!result) return null;
  const text = maybe(`result.${result}`) ?? result;
  if (result === "done") return badge("good", "check", text);
  if (result === "intent") return badge("warn", "pending", text);
  return badge("bad", "close", text);
}

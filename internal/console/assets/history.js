// A line of the audit, as people read it.

import { h } from "./dom.js";
import { when } from "./format.js";
import { maybe, t } from "./i18n.js";
import { statusBadge } from "./badge.js";
import { shown } from "./text.js";

/** Returns what was done, in words. @param {AuditEntry} entry */
export function actionName(entry) {
  const reason = entry.action === "removed" && entry.reason ? maybe(`auditRemoved.${entry.reason}`) : undefined;
  return reason ?? maybe(`audit.${entry.action}`) ?? entry.action;
}

/**
 * Returns who did it.
 * @param {AuditEntry} entry
 * @returns {Child[]}
 */
export function actorName(entry) {
  const { actor } = entry;
  if (!actor) return ["sessiond"];
  if (actor.via === "file") return [t("audit.byFile")];
  if (actor.node) return [t("audit.claims", { node: actor.node }), " ", shown(actor.claimed?.user ?? actor.claimed?.uid)];
  const user = actor.user ?? (actor.uid === undefined ? t("audit.unknown") : `uid ${actor.uid}`);
  return [shown(user)];
}

/**
 * Returns what has become different.
 * @param {AuditEntry} entry
 * @returns {Child[]}
 */
export function difference({ before, after }) {
  /** @type {Child[]} */
  const out = [];
  const arrow = () => h("span", null, h("span", { "aria-hidden": "true" }, " → "), h("span", { class: "sr" }, ` ${t("audit.becomes")} `));
  if (before?.status && after?.status && before.status !== after.status) {
    out.push(h("span", null, statusBadge(before.status), arrow(), statusBadge(after.status)));
  }
  const address = (/** @type {string | undefined} */ text) => shown(text, { label: t("field.email"), max: 60 });
  if (before && after && (before.email ?? "") !== (after.email ?? "")) out.push(h("span", null, address(before.email), arrow(), address(after.email)));
  else if (before?.email ?? after?.email) out.push(address(before?.email ?? after?.email));
  return out;
}

/** Makes a line of a session's history. @param {AuditEntry} entry */
export function historyItem(entry) {
  const failed = entry.result === "failed" || entry.result === "refused";
  return h("li", { class: failed ? "failed" : "" },
    h("div", null, h("strong", null, actionName(entry)), failed ? ` – ${t(`result.${/** @type {"failed" | "refused"} */ (entry.result)}`)}` : null),
    h("div", { class: "small muted" }, when(entry.at), " · ", actorName(entry)),
    h("div", { class: "small difference" }, difference(entry)),
    freeReason(entry) ? h("div", { class: "small" }, shown(freeReason(entry), { label: t("field.reason") })) : null,
    entry.error ? h("div", { class: "small", lang: "en" }, shown(entry.error, { label: t("field.reason") })) : null);
}

/** Returns the reason that somebody gave. @param {AuditEntry} entry */
export function freeReason(entry) {
  return entry.action === "removed" ? undefined : entry.reason;
}

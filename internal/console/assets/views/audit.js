// The audit: who did what, and what was found that others did.

import { get } from "../api.js";
import { resultBadge } from "../badge.js";
import { h } from "../dom.js";
import { when } from "../format.js";
import { actionName, actorName, difference, freeReason } from "../history.js";
import { t } from "../i18n.js";
import { emptyNote } from "../list.js";
import { ListView } from "../listview.js";
import { appName } from "../store.js";
import { shown, splitKey } from "../text.js";

/** What can be asked for by its action. */
const actions = /** @type {const} */ (["accept", "hold", "set-email", "delete", "restore", "purge", "open", "removed", "updated", "admitted", "reappeared", "started"]);

/** @param {Query} query */
export const audit = (query) => new Audit("audit", query, [
  { name: "email", kind: "search", label: t("filter.wholeEmail") },
  { name: "action", kind: "choice", label: t("audit.action"), options: [["", t("filter.all")], ...actions.map((action) => /** @type {[string, string]} */ ([action, t(`audit.${action}`)]))] },
  { name: "app", kind: "app", label: t("field.app") },
  { name: "since", kind: "date", label: t("field.since") },
]);

/** @extends {ListView<AuditEntry>} */
class Audit extends ListView {
  /** Intents whose result was shown. @type {Set<number>} */
  finished = new Set();

  /** @override @param {AuditEntry} entry */
  keyOf(entry) {
    return String(entry.seq);
  }

  /** @override @param {string | undefined} cursor @param {number} limit @param {AbortSignal} signal */
  async read(cursor, limit, signal) {
    if (this.lacking) return { rows: [] };
    const page = await get("/v1/audit", { ...this.query, cursor, limit }, signal);
    return { rows: this.withoutIntents(page.entries, cursor === undefined), next: page.next };
  }

  /**
   * Leaves out the lines that only announce what another line has the result of. Newest
   * first, the result comes before what announced it.
   * @param {AuditEntry[]} entries
   * @param {boolean} first whether they are the newest
   */
  withoutIntents(entries, first) {
    if (first) this.finished.clear();
    for (const { intent } of entries) if (intent) this.finished.add(intent);
    return entries.filter((entry) => entry.result !== "intent" || !this.finished.has(entry.seq));
  }

  /** @override @returns {Column<AuditEntry>[]} */
  columns() {
    return [
      { id: "at", label: t("audit.at"), class: "fit corner", cell: (entry) => when(entry.at) },
      { id: "action", label: t("audit.action"), title: true, cell: (entry) => [
        h("span", { class: "title" }, actionName(entry)),
        entry.count ? h("span", { class: "sub" }, t("sessions.counted", { n: entry.count })) : null,
      ] },
      { id: "actor", label: t("audit.actor"), labelled: true, cell: actorName },
      { id: "session", label: t("field.session"), labelled: true, cell: sessionCell },
      { id: "change", label: t("field.change"), class: "wide", cell: (entry) => h("span", { class: "difference" }, difference(entry)) },
      { id: "reason", label: t("field.reason"), labelled: true, cell: (entry) => freeReason(entry) ? shown(freeReason(entry), { label: t("field.reason") }) : null },
      { id: "result", label: t("field.result"), class: "fit", cell: (entry) => [resultBadge(entry.result), entry.error ? h("span", { class: "sub", lang: "en" }, shown(entry.error, { label: t("field.result") })) : null] },
    ];
  }

  /** @override */
  none() {
    return emptyNote("audit", t("audit.none"), t("audit.noneText"));
  }

  /** @param {SessionEvent} event */
  event(event) {
    if (!this.lacking) this.list.noteUnseen(String(event.revision));
  }
}

/** @param {AuditEntry} entry */
function sessionCell(entry) {
  if (!entry.session) return null;
  const [app, id] = splitKey(entry.session);
  return [
    h("span", null, entry.device ? shown(entry.device, { max: 60 }) : shown(appName(app), { max: 60 })),
    h("span", { class: "sub mono", title: entry.session }, shown(id, { max: 24 })),
  ];
}

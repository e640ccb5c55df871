// The audit: who did what, and what was found that others did.

import { get } from "../api.js";
import { resultBadge } from "../badge.js";
import { h } from "../dom.js";
import { Filters } from "../filters.js";
import { when } from "../format.js";
import { actionName, actorName, difference, freeReason } from "../history.js";
import { t } from "../i18n.js";
import { List, emptyNote } from "../list.js";
import { replaceRoute } from "../route.js";
import { appName, isAdmin } from "../store.js";
import { shown, splitKey } from "../text.js";

/** @typedef {import("../types.js").AuditEntry} AuditEntry */
/** @typedef {import("../route.js").Query} Query */

/** What can be asked for by its action. */
const actions = /** @type {const} */ (["accept", "hold", "set-email", "delete", "restore", "purge", "open", "removed", "updated", "admitted", "reappeared", "started"]);

/** @param {Query} query */
export const audit = (query) => new Audit(query);

class Audit {
  /** @param {Query} query */
  constructor(query) {
    this.query = query;
    this.filters = new Filters(query, [
      { name: "email", kind: "search", label: t("filter.wholeEmail") },
      { name: "action", kind: "choice", label: t("audit.action"), options: [["", t("filter.all")], ...actions.map((action) => /** @type {[string, string]} */ ([action, t(`audit.${action}`)]))] },
      { name: "app", kind: "app", label: t("field.app") },
      { name: "since", kind: "date", label: t("audit.since") },
    ], [], (changed) => replaceRoute("audit", changed));
    /** Intents whose result was shown. @type {Set<number>} */
    this.finished = new Set();
    this.list = new List({
      table: { caption: t("nav.audit"), columns: this.columns(), keyOf: (entry) => String(entry.seq), nameOf: (entry) => actionName(entry) },
      read: async (cursor, limit, signal) => {
        if (!isAdmin()) return { rows: [] };
        /** @type {{entries: AuditEntry[], next?: string}} */
        const page = await get("/v1/audit", { ...this.query, cursor, limit }, signal);
        return { rows: this.withoutIntents(page.entries), next: page.next };
      },
      counted: (n) => t("audit.counted", { n }),
      empty: () => !isAdmin() ? emptyNote("info", t("problem.admin-only"), t("remedy.admin-only"))
        : Object.keys(this.query).length ? emptyNote("search", t("sessions.noMatch"), t("sessions.noMatchText")) : emptyNote("audit", t("audit.none"), t("audit.noneText")),
    });
    this.element = h("div", { class: "stack" },
      h("div", { class: "head" }, h("div", null, h("h1", { tabindex: "-1" }, t("nav.audit")), h("p", { class: "lead" }, t("audit.lead")))),
      this.filters.element, this.list.element);
    void this.list.read();
  }

  /**
   * Leaves out the lines that only announce what another line has the result of. Newest
   * first, the result comes before what announced it.
   * @param {AuditEntry[]} entries
   */
  withoutIntents(entries) {
    for (const { intent } of entries) if (intent) this.finished.add(intent);
    return entries.filter((entry) => entry.result !== "intent" || !this.finished.has(entry.seq));
  }

  /** @returns {import("../table.js").Column<AuditEntry>[]} */
  columns() {
    return [
      { id: "at", label: t("audit.at"), class: "fit corner", cell: (entry) => when(entry.at) },
      { id: "action", label: t("audit.action"), title: true, cell: (entry) => [
        h("span", { class: "title" }, actionName(entry)),
        entry.count ? h("span", { class: "sub" }, t("audit.count", { n: entry.count })) : null,
      ] },
      { id: "actor", label: t("audit.actor"), labelled: true, cell: (entry) => actorName(entry) },
      { id: "session", label: t("field.session"), labelled: true, cell: (entry) => sessionCell(entry) },
      { id: "change", label: t("field.change"), class: "wide", cell: (entry) => h("span", { class: "difference" }, difference(entry)) },
      { id: "reason", label: t("field.reason"), labelled: true, cell: (entry) => freeReason(entry) ? shown(freeReason(entry), { label: t("field.reason") }) : null },
      { id: "result", label: t("field.result"), class: "fit", cell: (entry) => [resultBadge(entry.result), entry.error ? h("span", { class: "sub", lang: "en" }, shown(entry.error, { label: t("field.result") })) : null] },
    ];
  }

  /** @param {Query} query */
  route(query) {
    if (JSON.stringify(query) === JSON.stringify(this.query)) return;
    this.query = query;
    this.filters.show(query);
    this.finished.clear();
    void this.list.restart();
  }

  /** @param {import("../types.js").Event} event */
  event(event) {
    this.list.noteUnseen(String(event.revision));
  }

  status() {
    this.filters.showApps();
  }

  reload() {
    void this.list.read(true);
  }

  leave() {
    this.list.leave();
    this.filters.leave();
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

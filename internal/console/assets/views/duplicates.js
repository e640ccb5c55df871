// Duplicates: devices with several sessions. Certain ones are the same device and app under
// two folders; likely ones look the same, and are a proposal only.

import { Failure, get, isAborted } from "../api.js";
import { nameOf, logOut } from "../actions.js";
import { badge, statusBadge } from "../badge.js";
import { bulk } from "../bulk.js";
import { button, fill, h } from "../dom.js";
import { seenKnown } from "../drawer.js";
import { announce } from "../focus.js";
import { when } from "../format.js";
import { t } from "../i18n.js";
import { emptyNote } from "../list.js";
import { failureNote, rightsNote } from "../notes.js";
import { address } from "../route.js";
import { appName, mayWrite } from "../store.js";
import { Table } from "../table.js";
import { clipped, emailText, nothing, shown } from "../text.js";

/** How many groups are drawn at a time. */
const pageSize = 20;

export const duplicates = () => new Duplicates();

class Duplicates {
  constructor() {
    this.rights = h("div", { class: "banners" }, rightsNote());
    this.fresh = h("div", { class: "fresh", hidden: true });
    this.groups = h("div", { class: "stack", "aria-busy": "true" });
    this.more = h("div", { class: "actions" });
    this.element = h("div", { class: "stack" },
      h("div", { class: "head" }, h("div", null, h("h1", { tabindex: "-1" }, t("nav.duplicates")), h("p", { class: "lead" }, t("duplicates.lead")))),
      this.rights, this.fresh, this.groups, this.more);
    this.reading = new AbortController();
    /** The keys that are shown. @type {Map<string, Table<Summary>>} */
    this.tables = new Map();
    /** @type {Set<string>} */
    this.changed = new Set();
    void this.read();
  }

  /** @param {string} [cursor] of a page that is put below those that are shown */
  async read(cursor) {
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    this.groups.setAttribute("aria-busy", "true");
    try {
      const page = await get("/v1/duplicates", { cursor, limit: pageSize }, signal);
      if (!cursor) {
        this.tables.clear();
        this.changed.clear();
        this.drawFresh();
        fill(this.groups);
      }
      this.groups.append(...page.duplicates.map((group) => this.group(group)));
      const { next } = page;
      if (next && page.duplicates.length === 0) { // a page may be empty and have a next one
        await this.read(next);
        return;
      }
      fill(this.more, next && button(t("duplicates.more"), () => void this.read(next), { focus: "more" }));
      if (this.groups.childElementCount === 0) fill(this.groups, h("section", { class: "table" }, h("div", { class: "empty" }, emptyNote("check", t("duplicates.none"), t("duplicates.noneText")))));
      announce(t("duplicates.counted", { n: this.groups.querySelectorAll("article").length }));
    } catch (error) {
      if (isAborted(error)) return;
      if (!(error instanceof Failure)) throw error;
      fill(this.groups, failureNote(error, () => void this.read()));
      fill(this.more);
    } finally {
      if (!signal.aborted) this.groups.setAttribute("aria-busy", "false");
    }
  }

  /** @param {DuplicateGroup} group */
  group({ certain, total, sessions }) {
    const [newest, ...older] = sessions;
    const name = newest.device?.description || t("device.unnamed");
    /** @type {Table<Summary>} */
    const table = new Table({ caption: t("duplicates.caption", { name: nameOf(newest) }), columns: this.columns(newest.session), keyOf: (row) => row.session, nameOf });
    table.show(sessions);
    for (const { session } of sessions) this.tables.set(session, table);
    return h("article", { class: "card" },
      h("div", { class: "group-head" },
        h("div", null, h("h2", null, shown(name, { max: 80 })), h("span", { class: "muted" }, newest.email ? emailText(newest.email) : t("device.noEmail"))),
        certain ? badge("warn", "duplicates", t("duplicates.certain")) : badge("plain", "duplicates", t("duplicates.likely")),
        mayWrite() && older.length > 0 && button(t("duplicates.logOutOlder", { n: older.length }), async () => {
          if (await bulk("logout", { sessions: older.map(({ session }) => ({ session })) })) await this.read();
        }, { icon: "logout", kind: "danger" })),
      h("p", { class: "small muted" }, t(certain ? "duplicates.certainText" : "duplicates.likelyText"), total > sessions.length && ` ${t("duplicates.partly", { n: sessions.length, total })}`),
      table.element);
  }

  /**
   * @param {string} newest the key of the newest
   * @returns {Column<Summary>[]}
   */
  columns(newest) {
    /** @type {Column<Summary>[]} */
    const columns = [
      { id: "app", label: t("field.app"), title: true, cell: (row) => [
        h("a", { class: "title", href: address("duplicates", { open: row.session }), "data-focus": "open" }, clipped(row.application?.name || appName(row.app))),
        h("span", { class: "sub mono" }, shown(row.app, { max: 80 })),
      ] },
      { id: "system", label: t("field.system"), labelled: true, cell: (row) => shown([row.device?.os, row.device?.version].filter(Boolean).join(" ")) },
      { id: "status", label: t("field.status"), class: "fit corner", cell: (row) => statusBadge(row.status) },
      { id: "since", label: t("field.since"), class: "fit", labelled: true, cell: (row) => [when(row.modified) ?? nothing(), row.session === newest ? h("span", { class: "sub" }, t("duplicates.newest")) : null] },
    ];
    if (seenKnown()) columns.push({ id: "seen", label: t("field.seen"), class: "fit", labelled: true, cell: (row) => when(row.seenAt) ?? h("span", { class: "muted" }, t("seen.never")) });
    if (mayWrite()) {
      columns.push({ id: "actions", label: t("field.actions"), unlabelled: true, class: "fit row-end", cell: (row) => h("div", { class: "row-actions" },
        button(t("action.logout"), async () => {
          if (await logOut(row)) this.tables.get(row.session)?.markGone(row.session, t("mark.loggedOut"));
        }, { icon: "logout", kind: "compact quiet danger", focus: "logout", name: t("action.logoutOf", { name: nameOf(row) }) })) });
    }
    return columns;
  }

  drawFresh() {
    const n = this.changed.size;
    this.fresh.hidden = n === 0;
    fill(this.fresh, n > 0 && button(t("list.changes", { n }), () => void this.read(), { kind: "compact", icon: "refresh", focus: "fresh" }));
  }

  /** @param {SessionEvent} event */
  event(event) {
    const table = this.tables.get(event.session);
    if (table && event.action === "removed") table.markGone(event.session, t("mark.loggedOut"));
    else if (!this.changed.has(event.session)) {
      this.changed.add(event.session);
      this.drawFresh();
    }
  }

  status() {
    fill(this.rights, rightsNote());
  }

  reload() {
    void this.read();
  }

  leave() {
    this.reading.abort();
  }
}

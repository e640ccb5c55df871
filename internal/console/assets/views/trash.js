// The trash: files of sessions that were logged out, which can be restored or removed for good.

import { Failure, call, get } from "../api.js";
import { nameOf, restore, tellFailure } from "../actions.js";
import { statusBadge } from "../badge.js";
import { ask } from "../dialog.js";
import { done } from "../done.js";
import { button, fill, h } from "../dom.js";
import { Filters } from "../filters.js";
import { when } from "../format.js";
import { maybe, t } from "../i18n.js";
import { List, emptyNote } from "../list.js";
import { note, rightsNote } from "../notes.js";
import { replaceRoute } from "../route.js";
import { selectionOf } from "../selection.js";
import { appName, isAdmin, mayWrite } from "../store.js";
import { shown, size, splitKey } from "../text.js";

/** @typedef {import("../types.js").TrashItem} TrashItem */
/** @typedef {import("../route.js").Query} Query */

/** @param {Query} query */
export const trash = (query) => new Trash(query);

class Trash {
  /** @param {Query} query */
  constructor(query) {
    this.query = query;
    this.selection = /** @type {import("../selection.js").Selection<TrashItem>} */ (selectionOf("trash"));
    this.filters = new Filters(query, [
      { name: "email", kind: "search", label: t("filter.wholeEmail") },
      { name: "app", kind: "app", label: t("field.app") },
    ], [], (changed) => replaceRoute("trash", changed));
    this.rights = h("div", { class: "banners" }, rightsNote());
    this.list = new List({
      table: {
        caption: t("nav.trash"), columns: this.columns(), keyOf: (item) => item.id, nameOf,
        selection: mayWrite() ? this.selection : undefined,
      },
      read: async (cursor, limit, signal) => {
        if (!isAdmin()) return { rows: [] };
        /** @type {{items: TrashItem[], next?: string}} */
        const page = await get("/v1/trash", { ...this.query, cursor, limit }, signal);
        return { rows: page.items, next: page.next };
      },
      counted: (n) => t("trash.counted", { n }),
      empty: () => !isAdmin() ? emptyNote("info", t("problem.admin-only"), t("remedy.admin-only"))
        : Object.keys(this.query).length ? emptyNote("search", t("sessions.noMatch"), t("sessions.noMatchText")) : emptyNote("trash", t("trash.none"), t("trash.noneText")),
      bulk: () => [button(t("action.restore"), () => void this.restoreSelected(), { icon: "restore", kind: "compact", focus: "bulk-restore" })],
    });
    this.element = h("div", { class: "stack" },
      h("div", { class: "head" }, h("div", null, h("h1", { tabindex: "-1" }, t("nav.trash")), h("p", { class: "lead" }, t("trash.lead")))),
      this.rights, this.filters.element, this.list.element);
    void this.list.read();
  }

  /** @returns {import("../table.js").Column<TrashItem>[]} */
  columns() {
    /** @type {import("../table.js").Column<TrashItem>[]} */
    const columns = [
      { id: "device", label: t("field.device"), title: true, cell: (item) => [
        h("span", { class: "title" }, item.device ? shown(item.device, { max: 60 }) : t("device.unnamed")),
        h("span", { class: "sub" }, shown(appName(splitKey(item.session)[0]), { max: 60 })),
      ] },
      { id: "email", label: t("field.email"), class: "wide", cell: (item) => shown(item.email, { label: t("field.email") }) },
      { id: "status", label: t("field.status"), class: "fit corner", cell: (item) => statusBadge(item.status) },
      { id: "removed", label: t("trash.removed"), class: "fit", labelled: true, cell: (item) => [when(item.removedAt), item.reason === "deleted" ? null : h("span", { class: "sub" }, maybe(`trash.${item.reason}`) ?? item.reason)] },
      { id: "until", label: t("trash.until"), class: "fit", labelled: true, cell: (item) => when(item.until) },
      { id: "size", label: t("trash.size"), class: "fit", labelled: true, cell: (item) => size(item.size) },
    ];
    if (mayWrite()) {
      columns.push({ id: "actions", label: t("field.actions"), unlabelled: true, class: "fit row-end", cell: (item) => {
        const name = nameOf(item);
        return h("div", { class: "row-actions" },
          button(t("action.restore"), () => void this.restore(item), { icon: "restore", kind: "compact", focus: "restore", name: t("action.restoreOf", { name }) }),
          button(t("action.purge"), () => void this.purge(item), { icon: "trash", kind: "compact quiet danger", focus: "purge", name: t("action.purgeOf", { name }) }));
      } });
    }
    return columns;
  }

  /** @param {TrashItem} item */
  async restore(item) {
    if (!await restore(item.id, nameOf(item))) return;
    this.list.table.markGone(item.id, t("mark.restored"));
    this.selection.set([[item.id, item]], false);
  }

  async restoreSelected() {
    let good = 0;
    /** @type {[TrashItem, Failure][]} */
    const bad = [];
    for (const item of [...this.selection.rows.values()]) {
      try {
        await call("POST", `/v1/trash/${encodeURIComponent(item.id)}/restore`);
        good += 1;
        this.list.table.markGone(item.id, t("mark.restored"));
        this.selection.set([[item.id, item]], false);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        bad.push([item, error]);
      }
    }
    if (good) done(t("done.restoredMany", { n: good }));
    for (const [item, error] of bad.slice(0, 1)) tellFailure(error, nameOf(item));
  }

  /** @param {TrashItem} item */
  async purge(item) {
    const sure = await ask({
      title: t("purge.title"),
      body: [h("p", null, shown(item.device ?? item.session), item.email ? h("span", { class: "sub" }, shown(item.email, { label: t("field.email") })) : null), note("warn", t("purge.text"))],
      answers: [{ label: t("action.purge"), kind: "primary danger", value: () => true }],
    });
    if (!sure) return;
    try {
      await call("DELETE", `/v1/trash/${encodeURIComponent(item.id)}`);
      done(t("done.purged", { name: nameOf(item) }));
      this.list.table.markGone(item.id, t("mark.purged"));
      this.selection.set([[item.id, item]], false);
    } catch (error) {
      tellFailure(error, nameOf(item));
    }
  }

  /** @param {Query} query */
  route(query) {
    if (JSON.stringify(query) === JSON.stringify(this.query)) return;
    this.query = query;
    this.filters.show(query);
    void this.list.restart();
  }

  /** @param {import("../types.js").Event} event */
  event(event) {
    if (event.trigger === "edit" && event.action !== "updated") this.list.noteUnseen(event.session);
  }

  status() {
    fill(this.rights, rightsNote());
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

// What the views of lists have in common: heading, rights, filters that stand in the
// address, and the list.

import { Filters } from "./filters.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { List, emptyNote, notShown } from "./list.js";
import { rightsNote } from "./notes.js";
import { replaceRoute } from "./route.js";
import { selectionOf } from "./selection.js";
import { mayWrite } from "./store.js";

/** @typedef {"sessions" | "pending" | "rejected" | "trash" | "audit"} Name */

/** @template Row */
export class ListView {
  /** @param {Name} name @param {Query} query @param {Field[]} fields @param {Field[]} [further] */
  constructor(name, query, fields, further = []) {
    this.name = name;
    this.query = query;
    /** What stands in place of a list that is not shown here. */
    this.lacking = name === "trash" || name === "audit" ? notShown() : undefined;
    this.selection = /** @type {import("./selection.js").Selection<Row>} */ (selectionOf(name));
    this.filters = new Filters(query, fields, further, (changed) => replaceRoute(name, changed));
    this.rights = h("div", { class: "banners" });
    this.showRights();
    this.actions = h("div", { class: "actions" });
    this.list = new List({
      table: {
        caption: t(`nav.${name}`), columns: this.columns(), keyOf: (row) => this.keyOf(row), nameOf: (row) => this.nameOf(row),
        selection: mayWrite() && name !== "audit" ? this.selection : undefined,
        onsort: (sort) => replaceRoute(name, { ...this.query, sort }),
      },
      read: (cursor, limit, signal) => this.read(cursor, limit, signal),
      counted: (n) => t(`${name === "pending" ? "sessions" : name}.counted`, { n }),
      empty: () => this.empty(),
      bulk: () => this.bulkButtons(),
      canSelectAll: () => this.canSelectAll,
      onread: () => this.drawActions(),
    });
    this.element = h("div", { class: "stack" },
      h("div", { class: "head" }, h("div", null, h("h1", { tabindex: "-1" }, t(`nav.${name}`)), h("p", { class: "lead" }, t(`${name}.lead`))), this.actions),
      this.rights, !this.lacking && this.filters.element, this.list.element);
    this.list.table.showSort(query.sort ?? "");
    void this.list.read();
  }

  /** Whether all that match can be selected. */
  get canSelectAll() {
    return false;
  }

  /** @returns {Column<Row>[]} */
  columns() {
    return [];
  }

  /** @param {Row} _row @returns {string} */
  keyOf(_row) {
    throw new Error("every view has keys");
  }

  /** @param {Row} row @returns {string} */
  nameOf(row) {
    return this.keyOf(row);
  }

  /**
   * Reads a page.
   * @param {string | undefined} _cursor
   * @param {number} _limit
   * @param {AbortSignal} _signal
   * @returns {Promise<Read<Row>>}
   */
  async read(_cursor, _limit, _signal) {
    return { rows: [] };
  }

  /** @returns {HTMLButtonElement[]} */
  bulkButtons() {
    return [];
  }

  /** Draws what can be done to the whole list. */
  drawActions() {}

  /** What stands where there is nothing. @returns {Child[]} */
  none() {
    return [];
  }

  empty() {
    return this.lacking ?? (this.filters.active ? emptyNote("search", t("sessions.noMatch"), t("sessions.noMatchText")) : this.none());
  }

  /** @param {Query} query */
  route(query) {
    if (JSON.stringify(query) === JSON.stringify(this.query)) return;
    this.query = query;
    this.filters.show(query);
    this.list.table.showSort(query.sort ?? "");
    if (this.selection.all) this.selection.clear(); // all that match are others now
    void this.list.restart();
  }

  showRights() {
    if (this.name !== "audit") fill(this.rights, rightsNote());
  }

  status() {
    this.showRights();
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

// A table of rows with keys: a row that is known already is changed in its place, so that
// focus, selection and the reader's eye stay where they are.

import { fill, h, icon } from "./dom.js";
import { focusPlace, restoreFocus } from "./focus.js";
import { t } from "./i18n.js";

/** @template Row */
export class Table {
  /** @param {TableOptions<Row>} options */
  constructor(options) {
    this.options = options;
    /** @type {Map<string, Entry<Row>>} */
    this.entries = new Map();
    this.body = h("tbody", { role: "rowgroup" });
    /** @type {HTMLInputElement | null} */
    this.every = null;
    this.headRow = h("tr", { role: "row" });
    this.sort = "";
    this.element = h("table", { role: "table", class: `cards ${options.selection ? "" : "unpicked"}` },
      h("caption", { class: "sr" }, options.caption),
      h("thead", { role: "rowgroup" }, this.headRow),
      this.body);
    this.drawHead();
  }

  drawHead() {
    const { columns, selection, onsort } = this.options;
    const cells = columns.map((column) => {
      if (!column.sort || !onsort) {
        return h("th", { scope: "col", role: "columnheader", class: column.class },
          column.unlabelled ? h("span", { class: "sr" }, column.label) : column.label);
      }
      const by = column.sort;
      const now = this.sort === by ? "ascending" : this.sort === `-${by}` ? "descending" : "none";
      return h("th", { scope: "col", role: "columnheader", class: column.class, "aria-sort": now },
        h("button", {
          type: "button", class: "sort", "data-focus": `sort-${by}`,
          onclick: () => onsort(now === "ascending" ? `-${by}` : by),
        }, column.label, icon(now === "none" ? "sortable" : now)));
    });
    if (selection) {
      this.every = h("input", {
        type: "checkbox", "aria-label": t("list.selectPage"), "data-focus": "every",
        onchange: () => {
          const shown = [...this.entries].filter(([, entry]) => !entry.gone);
          selection.set(shown.map(([key, entry]) => [key, entry.row]), this.every?.checked ?? false);
        },
      });
      cells.unshift(h("th", { scope: "col", role: "columnheader", class: "pick" }, h("label", null, this.every)));
    }
    const place = focusPlace();
    fill(this.headRow, cells);
    restoreFocus(place);
  }

  /** Shows how the rows are sorted. @param {string} sort */
  showSort(sort) {
    this.sort = sort;
    this.drawHead();
    this.drawSelection();
  }

  /** Shows these rows and no others, in this order. @param {Row[]} rows */
  show(rows) {
    const place = focusPlace();
    /** @type {Map<string, Entry<Row>>} */
    const next = new Map();
    for (const row of rows) {
      const key = this.options.keyOf(row);
      const entry = this.entries.get(key) ?? this.makeEntry(key, row);
      entry.mark = "";
      entry.gone = false;
      this.draw(entry, row);
      next.set(key, entry);
    }
    for (const [key, entry] of this.entries) if (!next.has(key)) entry.element.remove();
    let before = this.body.firstElementChild;
    for (const { element } of next.values()) {
      if (element === before) before = before.nextElementSibling;
      else this.body.insertBefore(element, before);
    }
    this.entries = next;
    this.drawSelection();
    restoreFocus(place);
  }

  /**
   * Changes a row in its place and marks it.
   * @param {Row} row
   * @param {string} mark
   */
  change(row, mark) {
    const entry = this.entries.get(this.options.keyOf(row));
    if (!entry) return;
    const place = focusPlace();
    entry.mark = mark;
    entry.gone = false;
    this.draw(entry, row);
    this.options.selection?.rows.has(this.options.keyOf(row)) && this.options.selection.rows.set(this.options.keyOf(row), row);
    restoreFocus(place);
  }

  /**
   * Marks a row whose session is there no more. It stays in its place until the page is read again.
   * @param {string} key
   * @param {string} mark
   */
  markGone(key, mark) {
    const entry = this.entries.get(key);
    if (!entry) return;
    const place = focusPlace();
    entry.mark = mark;
    entry.gone = true;
    this.draw(entry, entry.row);
    restoreFocus(place);
  }

  /** @param {string} key @param {Row} row @returns {Entry<Row>} */
  makeEntry(key, row) {
    const element = h("tr", { role: "row", "data-key": key });
    return { element, row, drawn: "", mark: "", gone: false };
  }

  /** @param {Entry<Row>} entry @param {Row} row */
  draw(entry, row) {
    const drawn = JSON.stringify([row, entry.mark, entry.gone]);
    if (drawn === entry.drawn) return;
    entry.drawn = drawn;
    entry.row = row;
    const { columns, selection, nameOf, keyOf } = this.options;
    const key = keyOf(row);
    entry.element.toggleAttribute("data-gone", entry.gone);
    const cells = columns.map((column) => {
      const content = column.cell(row);
      if (!column.title) {
        return h("td", { role: "cell", class: column.class, "data-label": column.labelled ? column.label : undefined }, content);
      }
      return h("th", { scope: "row", role: "rowheader", class: column.class }, content,
        entry.mark && h("span", { class: "mark" }, entry.mark));
    });
    if (selection) {
      const box = h("input", {
        type: "checkbox", "aria-label": t("list.select", { name: nameOf(row) }), "data-focus": "pick",
        disabled: entry.gone,
        onchange: (/** @type {globalThis.Event} */ event) => {
          const target = /** @type {HTMLInputElement} */ (event.target);
          if (selection.all) {
            selection.rows.clear();
            for (const [one, other] of this.entries) if (!other.gone) selection.rows.set(one, other.row);
          }
          selection.set([[key, entry.row]], target.checked);
        },
      });
      box.checked = selection.has(key);
      cells.unshift(h("td", { role: "cell", class: "pick" }, h("label", null, box)));
    }
    fill(entry.element, cells);
  }

  /** Shows in all rows what is selected. */
  drawSelection() {
    const { selection } = this.options;
    if (!selection) return;
    let selected = 0;
    let all = 0;
    for (const [key, entry] of this.entries) {
      const on = selection.has(key);
      const box = entry.element.querySelector("input");
      if (box) box.checked = on;
      entry.element.toggleAttribute("data-selected", on);
      if (!entry.gone) {
        all += 1;
        if (on) selected += 1;
      }
    }
    if (this.every) {
      this.every.checked = all > 0 && selected === all;
      this.every.indeterminate = selected > 0 && selected < all;
    }
  }
}

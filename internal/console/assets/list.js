// A list of any length, a page at a time: loading, paging, what has changed meanwhile, and
// the bar of what is selected. Nothing moves in it unless somebody asks for it.

import { Failure, isAborted } from "./api.js";
import { button, fill, h, icon } from "./dom.js";
import { announce, focusPlace, restoreFocus } from "./focus.js";
import { t } from "./i18n.js";
import { failureNote } from "./notes.js";
import { authority, isAdmin, state } from "./store.js";
import { Table } from "./table.js";

/** How many rows a page has. */
const pageSize = 50;
/** How long changes are gathered before an empty list fills by itself. */
const filling = 500;
/** How many answers a page may be gathered from: a filter that seldom matches makes them short. */
const mostReads = 200;

/** @template Row */
export class List {
  /** @param {ListOptions<Row>} options */
  constructor(options) {
    this.options = options;
    this.table = new Table(options.table);
    /** The cursors of this page and of those before. @type {(string | undefined)[]} */
    this.cursors = [undefined];
    /** @type {string | undefined} */
    this.next = undefined;
    /** @type {number | undefined} */
    this.total = undefined;
    /** @type {string | undefined} */
    this.epoch = undefined;
    this.revision = 0;
    /** What has changed and is not shown. @type {Set<string>} */
    this.unseen = new Set();
    this.before = 0;
    this.reading = new AbortController();

    this.bulkBar = h("section", { class: "bulk", hidden: true });
    this.bulkBar.setAttribute("aria-label", t("bulk.bar"));
    this.fresh = h("div", { class: "fresh", hidden: true });
    this.note = h("div", { class: "empty", hidden: true });
    this.count = h("span", { class: "number" });
    this.pages = h("div", { class: "pages" });
    this.element = h("section", { class: "table", "aria-busy": "false", "aria-label": options.table.caption },
      this.bulkBar, this.fresh, this.table.element, this.note,
      h("div", { class: "foot" }, this.count, this.pages));
    if (options.table.selection) options.table.selection.onchange = () => this.drawSelection();
    this.drawSelection();
  }

  /** Ends what is being read. */
  leave() {
    this.reading.abort();
  }

  /** Reads the first page. */
  restart() {
    this.cursors = [undefined];
    this.before = 0;
    return this.read();
  }

  /**
   * Reads the page again.
   * @param {boolean} [quietly] without saying how many there are
   */
  async read(quietly = false) {
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    const before = [...this.unseen];
    this.element.setAttribute("aria-busy", "true");
    try {
      const page = await this.gather(signal);
      this.next = page.next;
      if (page.total !== undefined || this.cursors.length === 1) this.total = page.total;
      this.epoch = page.epoch;
      this.revision = page.revision ?? 0;
      // What changed meanwhile may not be in a page that does not say how new it is.
      if (page.revision !== undefined) this.unseen.clear();
      for (const key of before) this.unseen.delete(key);
      this.table.show(page.rows);
      this.rows = page.rows.length;
      this.drawFoot();
      this.drawFresh();
      this.drawSelection();
      fill(this.note, page.rows.length === 0 ? this.options.empty() : []);
      this.note.hidden = page.rows.length > 0;
      this.table.element.hidden = page.rows.length === 0;
      if (this.unseen.size > 0) this.fillSoon();
      this.options.onread?.(this.total);
      if (!quietly) announce(this.count.textContent ?? "");
    } catch (error) {
      if (isAborted(error)) return;
      if (!(error instanceof Failure)) throw error;
      if (error.status === 410 && this.cursors.length > 1) {
        await this.restart(); // the cursor is another run's
        return;
      }
      // What the page says at its top already is not said again.
      fill(this.note, error.kind === state.failure?.kind ? h("p", null, t("live.lost")) : failureNote(error, () => void this.read()));
      this.note.hidden = false;
      this.table.element.hidden = this.rows === undefined;
      this.drawFoot();
    } finally {
      if (!signal.aborted) this.element.setAttribute("aria-busy", "false");
    }
  }

  /**
   * Reads until a page is full: an answer may be short, or empty, and have a next one.
   * @param {AbortSignal} signal
   * @returns {Promise<Read<Row>>}
   */
  async gather(signal) {
    /** @type {Read<Row> | undefined} */
    let page;
    let cursor = this.cursors.at(-1);
    for (let reads = 0; reads < mostReads; reads++) {
      /** @type {Read<Row>} */
      const part = await this.options.read(cursor, pageSize - (page?.rows.length ?? 0), signal);
      page = page ? { ...page, rows: [...page.rows, ...part.rows], next: part.next } : part;
      cursor = part.next;
      if (!cursor || page.rows.length >= pageSize) break;
    }
    return /** @type {Read<Row>} */ (page);
  }

  /** Goes to the next page. */
  async forward() {
    if (!this.next) return;
    this.before += this.rows ?? 0;
    this.cursors.push(this.next);
    await this.read();
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** Goes back to the page before. */
  async back() {
    if (this.cursors.length < 2) return;
    this.cursors.pop();
    this.before = Math.max(0, this.before - pageSize);
    await this.read();
  }

  /** Notes that something has changed that is not shown. @param {string} key */
  noteUnseen(key) {
    const known = this.unseen.size;
    this.unseen.add(key);
    if (this.unseen.size === known) return;
    this.drawFresh();
    if (known === 0) this.fillSoon();
  }

  /** Reads again where nothing is shown: nothing moves under the pointer. */
  fillSoon() {
    if (this.rows === 0) setTimeout(() => { if (this.unseen.size) void this.read(); }, filling);
  }

  drawFresh() {
    const n = this.unseen.size;
    this.fresh.hidden = n === 0;
    if (n === 0) {
      fill(this.fresh);
      return;
    }
    const label = t("list.changes", { n });
    const known = this.fresh.querySelector("button");
    if (known) known.lastChild?.replaceWith(label); // it keeps the focus
    else fill(this.fresh, button(label, () => void this.read(), { kind: "compact", icon: "refresh", focus: "fresh" }));
  }

  drawFoot() {
    const place = focusPlace();
    const shown = this.rows ?? 0;
    const from = this.before + 1;
    const more = this.next !== undefined;
    if (this.total !== undefined) {
      fill(this.count, shown === this.total ? this.options.counted(this.total)
        : t("list.rangeOf", { from, to: this.before + shown, total: this.options.counted(this.total) }));
    } else if (!more && this.before === 0) fill(this.count, this.options.counted(shown));
    else fill(this.count, t(more ? "list.rangeMore" : "list.range", { from, to: this.before + shown }));
    const several = this.cursors.length > 1 || more;
    fill(this.pages, several && [
      button(t("list.previous"), () => void this.back(), { icon: "previous", kind: "compact", focus: "previous", disabled: this.cursors.length < 2 }),
      button(t("list.next"), () => void this.forward(), { icon: "next", kind: "compact", focus: "next", disabled: !more }),
    ]);
    const parent = /** @type {HTMLElement} */ (this.count.parentElement);
    parent.hidden = shown === 0 && !several;
    restoreFocus(place);
  }

  drawSelection() {
    const { table: { selection }, bulk, canSelectAll } = this.options;
    if (!selection) return;
    this.table.drawSelection();
    const place = focusPlace();
    this.bulkBar.hidden = selection.empty;
    if (selection.empty) fill(this.bulkBar);
    else {
      const elsewhere = [...selection.rows.keys()].filter((key) => !this.table.entries.has(key)).length;
      const whole = this.rows !== undefined && this.rows > 0 && selection.rows.size - elsewhere >= this.rows;
      const text = selection.all ? (t("bulk.allSelected", { n: this.total ?? 0 }))
        : t("bulk.selected", { n: selection.rows.size });
      fill(this.bulkBar,
        h("strong", null, text),
        !selection.all && elsewhere > 0 && h("span", { class: "muted" }, t("bulk.elsewhere", { n: elsewhere })),
        !selection.all && whole && canSelectAll?.() && this.total !== undefined && this.total > selection.rows.size &&
          h("button", { type: "button", class: "link", "data-focus": "all", onclick: () => selection.selectAll() },
            t("bulk.selectAll", { n: this.total })),
        h("span", { class: "push" }, bulk?.() ?? [],
          button(t("bulk.clear"), () => selection.clear(), { kind: "quiet compact", focus: "clear" })));
    }
    restoreFocus(place);
  }
}

/** Returns why a list of administrators is not shown here, nothing where it is. */
export function notShown() {
  const node = authority();
  if (node) return emptyNote("info", t("elsewhere.title"), t("elsewhere.text", { node }));
  return isAdmin() ? undefined : emptyNote("info", t("problem.admin-only"), t("rightsRemedy.level"));
}

/**
 * Returns what stands where a list has nothing.
 * @param {import("./dom.js").IconName} name
 * @param {string} title
 * @param {Child} [text]
 * @returns {Child[]}
 */
export function emptyNote(name, title, text) {
  return [icon(name), h("strong", null, title), text && h("p", null, text)];
}

// The files that are not compliant: what is wrong, where, and what to do about it. Nothing
// of their content is shown: in broken JSON, a secret cannot be told apart.

import { get } from "../api.js";
import { badge } from "../badge.js";
import { bulk } from "../bulk.js";
import { copyButton } from "../copy.js";
import { button, fill, h } from "../dom.js";
import { when } from "../format.js";
import { maybe, t } from "../i18n.js";
import { List, emptyNote } from "../list.js";
import { rightsNote } from "../notes.js";
import { replaceRoute } from "../route.js";
import { selectionOf } from "../selection.js";
import { Filters } from "../filters.js";
import { appName, isAdmin, mayWrite, state } from "../store.js";
import { brief, shown, shortKey, splitKey } from "../text.js";

/** @typedef {import("../types.js").RejectedFile} RejectedFile */
/** @typedef {import("../route.js").Query} Query */

/** @param {Query} query */
export const rejected = (query) => new Rejected(query);

class Rejected {
  /** @param {Query} query */
  constructor(query) {
    this.query = query;
    this.selection = /** @type {import("../selection.js").Selection<RejectedFile>} */ (selectionOf("rejected"));
    this.filters = new Filters(query, [{ name: "prefix", kind: "search", label: t("filter.prefix") }, { name: "app", kind: "app", label: t("field.app") }],
      [], (changed) => replaceRoute("rejected", changed));
    this.rights = h("div", { class: "banners" }, rightsNote());
    this.known = state.status?.rejected ?? 0;
    this.list = new List({
      table: {
        caption: t("nav.rejected"), columns: this.columns(), keyOf: (file) => file.session, nameOf: (file) => nameOf(file),
        selection: mayWrite() ? this.selection : undefined,
      },
      read: async (cursor, limit, signal) => {
        /** @type {{files: RejectedFile[], next?: string, epoch: string, revision: number}} */
        const page = await get("/v1/rejected", { ...this.query, cursor, limit }, signal);
        this.known = state.status?.rejected ?? 0;
        return { ...page, rows: page.files };
      },
      counted: (n) => t("rejected.counted", { n }),
      empty: () => Object.keys(this.query).length ? emptyNote("search", t("sessions.noMatch"), t("sessions.noMatchText")) : emptyNote("check", t("rejected.none"), t("rejected.noneText")),
      bulk: () => [button(t("action.deleteFiles"), () => void this.remove([...this.selection.rows.values()]), { icon: "trash", kind: "compact danger", focus: "bulk-delete" })],
    });
    this.element = h("div", { class: "stack" },
      h("div", { class: "head" }, h("div", null, h("h1", { tabindex: "-1" }, t("nav.rejected")), h("p", { class: "lead" }, t("rejected.lead")))),
      this.rights, this.filters.element, this.list.element);
    void this.list.read();
  }

  /** @returns {import("../table.js").Column<RejectedFile>[]} */
  columns() {
    /** @type {import("../table.js").Column<RejectedFile>[]} */
    const columns = [
      { id: "file", label: t("field.file"), title: true, cell: (file) => fileCell(file) },
      { id: "reason", label: t("field.reason"), class: "wide", cell: (file) => reasonCell(file) },
      { id: "remedy", label: t("field.remedy"), class: "wide", labelled: true, cell: (file) => remedyCell(file) },
      { id: "since", label: t("field.sinceWhen"), class: "fit", labelled: true, cell: (file) => when(file.since) },
    ];
    if (isAdmin()) {
      columns.push({ id: "actions", label: t("field.actions"), unlabelled: true, class: "fit row-end", cell: (file) => h("div", { class: "row-actions" },
        file.path ? copyButton(file.path) : null,
        mayWrite() && button(t("action.delete"), () => void this.remove([file]), { icon: "trash", kind: "compact quiet danger", focus: "delete", name: t("action.deleteOf", { name: nameOf(file) }) })) });
    }
    return columns;
  }

  /** @param {RejectedFile[]} files */
  async remove(files) {
    const finished = await bulk("delete", { sessions: files.map(({ session, etag }) => ({ session, etag })) });
    if (!finished) return;
    this.selection.clear();
    await this.list.read(true);
  }

  /** @param {Query} query */
  route(query) {
    if (JSON.stringify(query) === JSON.stringify(this.query)) return;
    this.query = query;
    this.filters.show(query);
    void this.list.restart();
  }

  status() {
    fill(this.rights, rightsNote());
    this.filters.showApps();
    const now = state.status?.rejected ?? 0;
    if (now !== this.known) this.list.noteUnseen(`count ${now}`);
  }

  reload() {
    void this.list.read(true);
  }

  leave() {
    this.list.leave();
    this.filters.leave();
  }
}

/** @param {RejectedFile} file */
function nameOf(file) {
  const known = [file.lastKnown?.device, file.lastKnown?.email].filter(Boolean).map((part) => brief(part));
  return known.length ? known.join(", ") : brief(shortKey(file.session));
}

/** @param {RejectedFile} file */
function fileCell(file) {
  const [app, id] = splitKey(file.session);
  const { device, email } = file.lastKnown ?? {};
  return [
    h("span", { class: "title" }, device || email ? shown([device, email].filter(Boolean).join(", "), { max: 80 }) : shown(appName(app), { max: 60 })),
    h("span", { class: "sub mono", title: file.session }, shown(id, { max: 48 })),
  ];
}

/** @param {RejectedFile} file */
function reasonCell(file) {
  const name = file.componentSignature === "mobi" ? maybe(`code.${file.errCode}`) : undefined;
  return [
    badge("bad", "rejected", name ?? t("code.other", { code: file.errCode })),
    h("span", { class: "sub", lang: "en" }, shown(file.detail ?? file.message, { label: t("field.reason"), max: 240 })),
  ];
}

/** @param {RejectedFile} file */
function remedyCell(file) {
  return [
    maybe(`code.${file.errCode}.remedy`) ?? h("span", { lang: "en" }, file.remedy),
  ];
}

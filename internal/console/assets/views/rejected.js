// The files that are not compliant: what is wrong, where, and what to do about it. Nothing
// of their content is shown: in broken JSON, a secret cannot be told apart.

import { get } from "../api.js";
import { badge } from "../badge.js";
import { bulk } from "../bulk.js";
import { copyButton } from "../copy.js";
import { button, h } from "../dom.js";
import { when } from "../format.js";
import { maybe, t } from "../i18n.js";
import { emptyNote } from "../list.js";
import { ListView } from "../listview.js";
import { appName, isAdmin, mayWrite, state } from "../store.js";
import { brief, shortKey, shown, splitKey } from "../text.js";

/** @param {Query} query */
export const rejected = (query) => new Rejected("rejected", query, [
  { name: "prefix", kind: "search", label: t("filter.prefix") },
  { name: "app", kind: "app", label: t("field.app") },
]);

/** @extends {ListView<RejectedFile>} */
class Rejected extends ListView {
  /** How many there were when the list was read. */
  known = state.status?.rejected ?? 0;

  /** @override @param {RejectedFile} file */
  keyOf(file) {
    return file.session;
  }

  /** @override @param {RejectedFile} file */
  nameOf(file) {
    const known = [file.lastKnown?.device, file.lastKnown?.email].filter(Boolean).map((part) => brief(part));
    return known.length ? known.join(", ") : brief(shortKey(file.session));
  }

  /** @override @param {string | undefined} cursor @param {number} limit @param {AbortSignal} signal */
  async read(cursor, limit, signal) {
    const page = await get("/v1/rejected", { ...this.query, cursor, limit }, signal);
    this.known = state.status?.rejected ?? 0;
    return { ...page, rows: page.files };
  }

  /** @override */
  columns() {
    /** @type {Column<RejectedFile>[]} */
    const columns = [
      { id: "file", label: t("field.file"), title: true, cell: fileCell },
      { id: "reason", label: t("field.reason"), class: "wide", cell: reasonCell },
      { id: "remedy", label: t("field.remedy"), class: "wide", labelled: true, cell: (file) => maybe(`codeRemedy.${file.errCode}`) ?? h("span", { lang: "en" }, file.remedy) },
      { id: "since", label: t("field.since"), class: "fit", labelled: true, cell: (file) => when(file.since) },
    ];
    if (isAdmin()) {
      columns.push({ id: "actions", label: t("field.actions"), unlabelled: true, class: "fit row-end", cell: (file) => h("div", { class: "row-actions" },
        file.path ? copyButton(file.path) : null,
        mayWrite() && button(t("action.delete"), () => void this.remove([file]), { icon: "trash", kind: "compact quiet danger", focus: "delete", name: t("action.deleteOf", { name: this.nameOf(file) }) })) });
    }
    return columns;
  }

  /** @override */
  bulkButtons() {
    return [button(t("action.deleteFiles"), () => void this.remove([...this.selection.rows.values()]), { icon: "trash", kind: "compact danger", focus: "bulk-delete" })];
  }

  /** @param {RejectedFile[]} files */
  async remove(files) {
    if (!await bulk("delete", { sessions: files.map(({ session, etag }) => ({ session, etag })) })) return;
    this.selection.clear();
    await this.list.read(true);
  }

  /** @override */
  none() {
    return emptyNote("check", t("rejected.none"), t("rejected.noneText"));
  }

  /** @override */
  status() {
    super.status();
    const now = state.status?.rejected ?? 0;
    if (now !== this.known) this.list.noteUnseen(`count ${now}`);
  }
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

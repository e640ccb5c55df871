// The trash: files of sessions that were logged out, which can be restored or removed for good.

import { Failure, call, get } from "../api.js";
import { nameOf, restore, tellFailure } from "../actions.js";
import { statusBadge } from "../badge.js";
import { ask } from "../dialog.js";
import { done } from "../done.js";
import { button, h, iconButton } from "../dom.js";
import { when } from "../format.js";
import { maybe, t } from "../i18n.js";
import { emptyNote } from "../list.js";
import { ListView } from "../listview.js";
import { note } from "../notes.js";
import { appName, mayWrite } from "../store.js";
import { emailText, shown, splitKey } from "../text.js";

/** @param {Query} query */
export const trash = (query) => new Trash("trash", query, [
  { name: "email", kind: "search", label: t("filter.wholeEmail") },
  { name: "app", kind: "app", label: t("field.app") },
]);

/** @extends {ListView<TrashItem>} */
class Trash extends ListView {
  /** @override @param {TrashItem} item */
  keyOf(item) {
    return item.id;
  }

  /** @override @param {TrashItem} item */
  nameOf(item) {
    return nameOf(item);
  }

  /** @override @param {string | undefined} cursor @param {number} limit @param {AbortSignal} signal */
  async read(cursor, limit, signal) {
    if (this.lacking) return { rows: [] };
    const page = await get("/v1/trash", { ...this.query, cursor, limit }, signal);
    return { rows: page.items, next: page.next };
  }

  /** @override */
  columns() {
    /** @type {Column<TrashItem>[]} */
    const columns = [
      { id: "device", label: t("field.device"), title: true, cell: (item) => [
        h("span", { class: "title" }, item.device ? shown(item.device, { max: 60 }) : t("device.unnamed")),
        h("span", { class: "sub" }, shown(appName(splitKey(item.session)[0]), { max: 60 })),
      ] },
      { id: "email", label: t("field.email"), class: "wide", cell: (item) => emailText(item.email) },
      { id: "status", label: t("field.status"), class: "fit corner", cell: (item) => statusBadge(item.status) },
      { id: "removed", label: t("trash.removed"), class: "fit", labelled: true, cell: (item) => [when(item.removedAt), item.reason === "deleted" ? null : h("span", { class: "sub" }, maybe(`trash.${item.reason}`) ?? item.reason)] },
      { id: "until", label: t("trash.until"), class: "fit", labelled: true, cell: (item) => when(item.until) },
    ];
    if (mayWrite()) columns.push({ id: "actions", label: t("field.actions"), unlabelled: true, class: "fit row-end", cell: (item) => this.rowActions(item) });
    return columns;
  }

  /** @param {TrashItem} item */
  rowActions(item) {
    const name = nameOf(item);
    return h("div", { class: "row-actions" },
      button(t("action.restore"), async () => { if (await restore(item.id, name, item)) this.gone(item, t("mark.restored")); },
        { icon: "restore", kind: "compact", focus: "restore", name: t("action.restoreOf", { name }) }),
      iconButton("trash", t("action.purgeOf", { name }), () => void this.purge(item), { kind: "quiet compact danger", focus: "purge", title: t("action.purge") }));
  }

  /** @param {TrashItem} item @param {string} mark */
  gone(item, mark) {
    this.list.table.markGone(item.id, mark);
    this.selection.set([[item.id, item]], false);
  }

  /** @override */
  bulkButtons() {
    return [button(t("action.restore"), () => void this.restoreSelected(), { icon: "restore", kind: "compact", focus: "bulk-restore" })];
  }

  async restoreSelected() {
    let good = 0;
    /** @type {[unknown, string] | undefined} */
    let bad;
    for (const item of [...this.selection.rows.values()]) {
      try {
        await call("POST", `/v1/trash/${encodeURIComponent(item.id)}/restore`);
        good += 1;
        this.gone(item, t("mark.restored"));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        bad ??= [error, nameOf(item)]; // the others stay selected
      }
    }
    if (good) done(t("done.restoredMany", { n: good }));
    if (bad) tellFailure(...bad);
  }

  /** @param {TrashItem} item */
  async purge(item) {
    const name = nameOf(item);
    const sure = await ask({
      title: t("purge.title"),
      body: [h("p", null, shown(item.device ?? item.session), item.email ? h("span", { class: "sub" }, emailText(item.email)) : null), note("warn", t("purge.text"))],
      answers: [{ label: t("action.purge"), kind: "primary danger", value: () => true }],
    });
    if (!sure) return;
    try {
      await call("DELETE", `/v1/trash/${encodeURIComponent(item.id)}`);
      done(t("done.purged", { name }));
      this.gone(item, t("mark.purged"));
    } catch (error) {
      tellFailure(error, name);
    }
  }

  /** @override */
  none() {
    return emptyNote("trash", t("trash.none"), t("trash.noneText"));
  }

  /** @param {SessionEvent} event */
  event(event) {
    // Not by the trigger: what an edit removed may have been noticed by watching first.
    if (event.action !== "updated" && !this.lacking) this.list.noteUnseen(event.session);
  }
}

// The sessions in memory: all of them, or those that wait for approval.

import { Failure, call, get, isAborted, pathOf } from "../api.js";
import { accept, hold, logOut, nameOf } from "../actions.js";
import { statusBadge } from "../badge.js";
import { bulk } from "../bulk.js";
import { button, fill, h, iconButton } from "../dom.js";
import { seenKnown } from "../drawer.js";
import { when } from "../format.js";
import { t } from "../i18n.js";
import { emptyNote } from "../list.js";
import { ListView } from "../listview.js";
import { address, replaceRoute } from "../route.js";
import { appName, mayWrite } from "../store.js";
import { clipped, emailText, nothing, shown } from "../text.js";

/** How long changes of rows that are shown are gathered. */
const gathering = 700;

/** @param {Query} query */
export const sessions = (query) => new SessionsView("sessions", query, ...fieldsOf("sessions"));

/** @param {Query} query */
export const pending = (query) => new SessionsView("pending", query, ...fieldsOf("pending"));

/** @extends {ListView<Summary>} */
class SessionsView extends ListView {
  /** The keys of shown rows that have changed. @type {Map<string, SessionEvent>} */
  changed = new Map();
  timer = 0;

  /** @override @param {Summary} row */
  keyOf(row) {
    return row.session;
  }

  /** @override @param {Summary} row */
  nameOf(row) {
    return nameOf(row);
  }

  /** @override */
  get canSelectAll() {
    return Object.keys(this.select).length > 0; // what has no filter is never changed as a whole
  }

  /** The filters as the server knows them. @returns {Query} */
  get select() {
    const { sort: _, ...filters } = this.query;
    if (this.name === "pending") filters.status = "pending";
    return filters;
  }

  /** @override @param {string | undefined} cursor @param {number} limit @param {AbortSignal} signal */
  async read(cursor, limit, signal) {
    const page = await get("/v1/sessions", { ...this.select, sort: this.query.sort, total: cursor === undefined, cursor, limit }, signal);
    return { ...page, rows: page.sessions };
  }

  /** @override @returns {Column<Summary>[]} */
  columns() {
    /** @type {Column<Summary>[]} */
    const columns = [
      { id: "device", label: t("field.device"), title: true, sort: "device", cell: (row) => this.deviceCell(row) },
      { id: "system", label: t("field.system"), labelled: true, cell: (row) => shown([row.device?.os, row.device?.version].filter(Boolean).join(" ")) },
      { id: "email", label: t("field.email"), sort: "email", class: "wide", labelled: true, cell: (row) => emailText(row.email) },
      { id: "status", label: t("field.status"), sort: "status", class: "fit corner", cell: (row) => statusBadge(row.status) },
      { id: "since", label: t("field.since"), sort: "modified", class: "fit", labelled: true, cell: (row) => when(row.modified) ?? when(row.loadedAt) ?? nothing() },
    ];
    if (seenKnown()) columns.push({ id: "seen", label: t("field.seen"), sort: "seen", class: "fit", labelled: true, cell: (row) => when(row.seenAt) ?? h("span", { class: "muted" }, t("seen.never")) });
    if (mayWrite()) columns.push({ id: "actions", label: t("field.actions"), unlabelled: true, class: "fit row-end", cell: (row) => this.rowActions(row) });
    return columns;
  }

  /** @param {Summary} row */
  deviceCell(row) {
    return [
      h("a", { class: "title", href: address(/** @type {"sessions" | "pending"} */ (this.name), { ...this.query, open: row.session }), "data-focus": "open" }, row.device?.description
        ? clipped(row.device.description) : t("device.unnamed")),
      h("span", { class: "sub" }, shown(row.application?.name || appName(row.app), { max: 60 })),
    ];
  }

  /** @param {Summary} row */
  rowActions(row) {
    const name = nameOf(row);
    return h("div", { class: "row-actions" },
      row.status === "pending"
        ? button(t("action.accept"), () => void this.apply(accept(row)), { icon: "check", kind: "compact", focus: "status", name: t("action.acceptOf", { name }) })
        : iconButton("hold", t("action.holdOf", { name }), () => void this.apply(hold(row)), { focus: "status", title: t("action.hold") }),
      iconButton("logout", t("action.logoutOf", { name }), async () => {
        if (await logOut(row)) this.list.table.markGone(row.session, t("mark.loggedOut"));
      }, { kind: "quiet compact danger", focus: "logout", title: t("action.logout") }));
  }

  /** @param {Promise<Summary | undefined>} change */
  async apply(change) {
    const row = await change;
    if (row) this.list.table.change(row, t("mark.changed"));
  }

  /** @override */
  bulkButtons() {
    /** @type {[Action, import("../dom.js").IconName, string][]} */
    const actions = [["accept", "check", ""], ["hold", "hold", ""], ["logout", "logout", "danger"]];
    return actions.filter(([action]) => this.name !== "pending" || action !== "hold").map(([action, name, kind]) =>
      button(t(`action.${action}`), () => void this.bulk(action), { icon: name, kind: `compact ${kind}`, focus: `bulk-${action}` }));
  }

  /** @param {Action} action */
  async bulk(action) {
    const finished = await bulk(action, this.selection.all ? { select: this.select } : { sessions: [...this.selection.rows.keys()].map((session) => ({ session })) });
    if (!finished) return;
    this.selection.clear();
    await this.list.read(true);
  }

  /** @override */
  drawActions() {
    const { total } = this.list;
    const many = this.name === "pending" && mayWrite() && Boolean(total);
    fill(this.actions, many && button(t("pending.acceptAll", { n: total ?? 0 }), async () => {
      if (await bulk("accept", { select: this.select })) await this.list.read(true);
    }, { icon: "check", kind: "primary", focus: "accept-all" }));
  }

  /** @override */
  none() {
    return this.name === "pending" ? emptyNote("check", t("pending.none"), t("pending.noneText")) : emptyNote("sessions", t("sessions.none"), t("sessions.noneText"));
  }

  /** @override */
  empty() {
    return this.filters.active ? [...super.empty(), button(t("filter.clear"), () => replaceRoute(this.name, {}), { kind: "compact" })] : super.empty();
  }

  /** @param {SessionEvent} event */
  event(event) {
    const { list } = this;
    if (event.epoch === list.epoch && event.revision <= list.revision) return;
    const entry = list.table.entries.get(event.session);
    if (!entry) {
      list.noteUnseen(event.session);
      return;
    }
    if (entry.row.revision !== undefined && event.epoch === list.epoch && event.revision <= entry.row.revision) return;
    this.changed.set(event.session, event);
    if (!this.timer) this.timer = window.setTimeout(() => void this.readChanged(), gathering);
  }

  /** Reads the rows again that are shown and have changed. */
  async readChanged() {
    const events = [...this.changed.values()];
    this.changed.clear();
    try {
      for (const event of events) {
        if (!this.list.table.entries.has(event.session)) continue;
        if (event.action === "removed") {
          this.list.table.markGone(event.session, t(event.reason === "invalid" ? "mark.invalid" : "mark.loggedOut"));
          continue;
        }
        try {
          const { body } = await /** @type {Promise<{body: Summary & {content?: unknown}}>} */ (call("GET", pathOf(event.session)));
          delete body.content;
          this.list.table.change(body, t("mark.changed"));
        } catch (error) {
          if (isAborted(error) || !(error instanceof Failure)) throw error;
          if (error.status === 404) this.list.table.markGone(event.session, t("mark.loggedOut"));
        }
      }
    } finally {
      this.timer = this.changed.size ? window.setTimeout(() => void this.readChanged(), gathering) : 0;
    }
  }

  /** @override */
  leave() {
    clearTimeout(this.timer);
    super.leave();
  }
}

/**
 * Returns the filters, and those that are shown only on request.
 * @param {"sessions" | "pending"} name
 * @returns {[Field[], Field[]]}
 */
function fieldsOf(name) {
  /** @type {[string, string]} */
  const all = ["", t("filter.all")];
  /** @type {Field[]} */
  const fields = [
    { name: "q", kind: "search", label: t("filter.search"), hint: t("filter.searchHint") },
    { name: "app", kind: "app", label: t("field.app") },
    { name: "status", kind: "choice", label: t("field.status"), options: [all, ["accepted", t("status.accepted")], ["pending", t("status.pending")]] },
    { name: "os", kind: "choice", label: t("field.system"), options: [all, ["iOS", "iOS"], ["iPadOS", "iPadOS"], ["Android", "Android"]] },
    { name: "sort", kind: "choice", label: t("filter.sort"), look: "card-sort", options: [["", t("sort.key")], ["email", t("sort.email")], ["-modified", t("sort.newest")], ["modified", t("sort.oldest")]] },
  ];
  /** @type {Field[]} */
  const further = [
    { name: "email", kind: "text", label: t("field.email"), hint: "*@example.com" },
    { name: "domain", kind: "text", label: t("field.domain"), hint: "example.com" },
    { name: "device", kind: "text", label: t("field.device"), hint: "*iPhone*" },
    { name: "modifiedBefore", kind: "date", label: t("filter.modifiedBefore") },
  ];
  if (seenKnown()) further.push({ name: "seenBefore", kind: "date", label: t("filter.seenBefore") });
  return [fields.filter((field) => name === "sessions" || field.name !== "status"), further];
}

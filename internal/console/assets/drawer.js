// The drawer of one session: all that is known of it, its file, and its history.

import { Failure, call, get, pathOf } from "./api.js";
import { accept, changeEmail, hold, logOut } from "./actions.js";
import { statusBadge } from "./badge.js";
import { copyButton } from "./copy.js";
import { openDialog } from "./dialog.js";
import { button, fill, h } from "./dom.js";
import { focusPlace, restoreFocus } from "./focus.js";
import { when } from "./format.js";
import { historyItem } from "./history.js";
import { t } from "./i18n.js";
import { failureNote, rightsNote } from "./notes.js";
import { appName, authority, isAdmin, mayWrite, state } from "./store.js";
import { emailText, nothing, shown, splitKey, visible } from "./text.js";

/** @typedef {Summary & {content?: unknown}} Detail */

export class Drawer {
  /**
   * Opens the drawer of a session.
   * @param {string} session its key
   * @param {() => void} onclose
   */
  constructor(session, onclose) {
    this.session = session;
    this.dialog = openDialog({ title: t("drawer.title"), kind: "drawer", body: [h("p", { class: "muted" }, t("common.loading"))] });
    this.history = h("div", { class: "stack" });
    void this.dialog.closed.then(onclose);
    void this.read();
    void this.readHistory();
  }

  close() {
    this.dialog.close();
  }

  /** Reads the session again, as after a change of it. */
  async read() {
    try {
      /** @type {{body: Detail, etag: string}} */
      const { body } = await call("GET", pathOf(this.session));
      this.draw(body);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      fill(this.dialog.body, failureNote(error), this.place(), this.historySection());
      fill(this.dialog.footer);
    }
  }

  async readHistory() {
    if (!isAdmin()) return;
    const node = authority();
    if (node) {
      fill(this.history, h("p", { class: "muted" }, t("elsewhere.text", { node })));
      return;
    }
    try {
      const page = await get("/v1/audit", { session: this.session, limit: 50 });
      const entries = page.entries.filter((entry) => entry.result !== "intent");
      fill(this.history, entries.length
        ? h("ol", { class: "history" }, entries.map((entry) => historyItem(entry)))
        : h("p", { class: "muted" }, t("drawer.noHistory")));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      fill(this.history, failureNote(error));
    }
  }

  /** @param {Detail} detail */
  draw(detail) {
    const { body, footer, element } = this.dialog;
    const heading = element.querySelector("h2");
    if (heading) fill(heading, shown(detail.device?.description || t("drawer.title")));
    const device = detail.device ?? {};
    const system = [device.os, device.version].filter(Boolean).join(" ");
    /** @type {[string, Child][]} */
    const pairs = [
      [t("field.status"), statusBadge(detail.status)],
      [t("field.email"), emailText(detail.email)],
      [t("field.app"), h("span", null, shown(detail.application?.name || appName(detail.app)), detail.application?.version ? h("span", { class: "muted" }, " ", shown(detail.application.version)) : null)],
      [t("field.system"), h("span", null, shown(system), device.simulator ? h("span", { class: "muted" }, ` (${t("field.simulator")})`) : null)],
      [t("field.ip"), shown(detail.ip)],
      [t("field.modified"), when(detail.modified) ?? nothing()],
      [t("field.loaded"), when(detail.loadedAt) ?? nothing()],
    ];
    if (detail.seenAt || seenKnown()) pairs.push([t("field.seen"), when(detail.seenAt) ?? t("seen.never")]);
    /** @type {[string, Child][]} */
    const ids = [
      [t("field.device"), h("span", { class: "mono" }, shown(device.id))],
      [t("field.team"), shown(detail.team?.id)],
      [t("field.bundle"), h("span", { class: "mono" }, shown(detail.application?.id))],
    ];
    const content = h("pre", { class: "text", tabindex: "0", "aria-label": t("drawer.content") }, visible(JSON.stringify(detail.content ?? {}, null, 2), true));
    const open = body.querySelector("details")?.open ?? false;
    const place = focusPlace();
    fill(body,
      rightsNote(),
      pairsList(pairs),
      h("section", { class: "section" }, h("h3", null, t("drawer.ids")), pairsList(ids)),
      this.place(),
      h("section", { class: "section" }, h("details", { open }, h("summary", null, t("drawer.content")),
        h("p", { class: "small muted" }, t("drawer.noSecrets")), content)),
      this.historySection());
    fill(footer, mayWrite() && [
      button(t("action.logout"), () => void this.act(() => logOut(detail).then((gone) => { if (gone) this.close(); })), { icon: "logout", kind: "danger", focus: "drawer-logout" }),
      button(t("action.email"), () => void this.act(() => changeEmail(detail)), { icon: "edit", focus: "drawer-email" }),
      detail.status === "pending"
        ? button(t("action.accept"), () => void this.act(() => accept(detail)), { icon: "check", kind: "primary", focus: "drawer-status" })
        : button(t("action.hold"), () => void this.act(() => hold(detail)), { icon: "hold", focus: "drawer-status" }),
    ]);
    restoreFocus(place);
  }

  /** @param {() => Promise<unknown>} action */
  async act(action) {
    await action();
    if (!this.dialog.element.open) return;
    await this.read();
    await this.readHistory();
  }

  place() {
    const root = state.status?.root ?? "";
    const path = `${root}${root.includes("\\") ? "\\" : "/"}${splitKey(this.session).join(root.includes("\\") ? "\\" : "/")}`;
    return h("section", { class: "section" }, h("h3", null, t("field.path")),
      h("div", { class: "with-copy" }, h("span", { class: "mono small" }, shown(path, { max: 600 })),
        copyButton(path)));
  }

  historySection() {
    if (!isAdmin()) return null;
    return h("section", { class: "section" }, h("h3", null, t("drawer.history")), this.history);
  }
}

/** Returns whether the daemon learns when a session was last seen. */
export function seenKnown() {
  return Boolean(state.status?.seenSince);
}

/** @param {[string, Child][]} pairs */
export function pairsList(pairs) {
  return h("dl", { class: "pairs" }, pairs.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

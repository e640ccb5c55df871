// The overview: what is wrong and what to do about it, then how many there are of what.

import { Failure, get, isAborted } from "../api.js";
import { badge } from "../badge.js";
import { fill, h } from "../dom.js";
import { pairsList } from "../drawer.js";
import { duration, number, when } from "../format.js";
import { maybe, t } from "../i18n.js";
import { note, rightsNote, words } from "../notes.js";
import { address } from "../route.js";
import { authority, state } from "../store.js";
import { clipped, nothing, shown } from "../text.js";

/** The operating systems that are counted. */
const systems = ["iOS", "iPadOS", "Android"];
/** How many apps have a bar; the others are behind a link. */
const mostApps = 12;

/** How often they are counted, for which the daemon looks at all sessions. */
const countEvery = 60_000;

/** Where a hint leads. @type {Record<string, ViewName>} */
const hintViews = { rejected: "rejected", licences: "sessions", reappeared: "audit", undone: "audit", "kept-in-trash": "trash", "audit-fails": "audit" };

/** What keeps somebody from his work, and so is more than odd. */
const grave = new Set(["root-missing", "audit-fails", "trash-fails", "notify-fails", "replica-held", "replica-diverged"]);

const card = () => h("section", { class: "card" });

export const overview = () => new Overview();

class Overview {
  constructor() {
    this.hints = h("div", { class: "hints" });
    this.figures = h("nav", { class: "figures", "aria-label": t("overview.figures") });
    this.byStatus = card();
    this.byApp = card();
    this.bySystem = card();
    this.server = card();
    this.gateways = card();
    this.daemon = card();
    /** @type {[string, number][]} */
    this.systems = [];
    this.reading = new AbortController();
    this.element = h("div", { class: "stack" },
      h("div", { class: "head" }, h("div", null, h("h1", { tabindex: "-1" }, t("nav.overview")), h("p", { class: "lead" }, t("overview.lead")))),
      this.hints, this.figures,
      h("div", { class: "columns" }, h("div", { class: "stack" }, this.byStatus, this.bySystem, this.server, this.gateways), h("div", { class: "stack" }, this.byApp, this.daemon)));
    this.drawn = "";
    this.counted = -Infinity;
    this.status();
  }

  status() {
    const { status, apps, me } = state;
    if (!status) {
      fill(this.hints, h("p", { class: "muted" }, t("common.loading")));
      return;
    }
    // What has not changed is not drawn again, so that focus and selected text stay.
    const drawn = JSON.stringify([{ ...status, passes: 0, busy: 0, checks: 0 }, apps, me, this.systems]);
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      fill(this.hints, rightsNote(), hintNotes(status));
      fill(this.figures, figures(status));
      fill(this.byStatus, statusCard(status));
      fill(this.byApp, appCard(status));
      this.server.hidden = Boolean(authority()); // it is told where the files are
      fill(this.server, serverCard(status));
      fill(this.daemon, daemonCard(status));
    }
    this.gateways.hidden = !status.checks;
    fill(this.gateways, gatewayCard(status));
    if (performance.now() - this.counted > countEvery) void this.countSystems(status);
  }

  reload() {
    this.counted = -Infinity;
    this.status();
  }

  /** @param {Status} status */
  async countSystems(status) {
    this.counted = performance.now();
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    try {
      const totals = await Promise.all(systems.map((os) => get("/v1/sessions", { os, limit: 1, total: true }, signal)));
      /** @type {[string, number][]} */
      const counts = systems.map((os, i) => [os, totals[i].total ?? 0]);
      counts.push(["", status.sessions - counts.reduce((sum, [, n]) => sum + n, 0)]);
      this.systems = counts.filter(([, n]) => n > 0);
    } catch (error) {
      if (isAborted(error)) return;
      if (!(error instanceof Failure)) throw error;
      this.systems = [];
    }
    this.bySystem.hidden = this.systems.length === 0;
    fill(this.bySystem, cardHead(t("overview.bySystem")), bars(this.systems.map(([os, n]) => ({
      label: os ? h("a", { href: address("sessions", { os }) }, os) : t("overview.otherSystems"), n, of: status.sessions,
    }))));
  }

  leave() {
    this.reading.abort();
  }
}

/** @param {string} title @param {Child} [aside] */
const cardHead = (title, aside) => h("header", null, h("h2", null, title), aside);

/** @param {Status} status */
function hintNotes(status) {
  if (status.hints.length === 0) return [note("good", t("overview.well"), [h("p", null, authority() ? t("elsewhere.well", { node: authority() }) : t("overview.wellText"))])];
  return status.hints.filter((hint) => hint.code !== "replica-stale").map((hint) => {
    const view = hintViews[hint.code];
    const link = view && h("a", { class: "button compact", href: address(view) }, t("action.look"));
    return note(grave.has(hint.code) ? "bad" : "warn", maybe(hint.code === "trash-off" ? "logout.forGood" : `hint.${hint.code}`) ?? t("hint.other"), [words(hint.text)], link);
  });
}

/** @param {Status} status */
function figures(status) {
  /** @param {string} href @param {number} n @param {string} label @param {string} [look] */
  const figure = (href, n, label, look = "") => h("a", { class: `figure ${n > 0 ? look : ""}`, href }, h("b", null, number(n)), h("span", null, label));
  return [
    figure(address("sessions"), status.sessions, t("overview.sessions", { n: status.sessions })),
    figure(address("pending"), status.pending, t("overview.pending", { n: status.pending }), "warn"),
    figure(address("rejected"), status.rejected, t("overview.rejected", { n: status.rejected }), "bad"),
    status.notInMemory > 0 && h("div", { class: "figure warn" }, h("b", null, number(status.notInMemory)), h("span", null, t("overview.notInMemory", { n: status.notInMemory }))),
    status.licences && licences(status.licences),
  ];
}

/** @param {{owned: number, accepted: number}} licences */
function licences({ owned, accepted }) {
  return h("a", { class: `figure ${accepted > owned ? "bad" : ""}`, href: address("sessions", { status: "accepted" }) },
    h("b", null, `${number(accepted)} / ${number(owned)}`), h("span", null, t(accepted > owned ? "overview.overLicences" : "overview.licences")));
}

/** @param {HTMLElement} element @param {number} share */
function share(element, share) {
  element.style.setProperty("--share", `${Math.max(0, Math.min(100, 100 * share))}%`);
  return element;
}

/** @param {Status} status */
function statusCard(status) {
  const accepted = status.sessions - status.pending;
  const total = status.sessions + status.rejected;
  /** @type {["accepted" | "pending" | "rejected", number, string][]} */
  const parts = [
    ["accepted", accepted, address("sessions", { status: "accepted" })],
    ["pending", status.pending, address("pending")],
    ["rejected", status.rejected, address("rejected")],
  ];
  return [
    cardHead(t("overview.byStatus")),
    h("div", { class: "bar tall", "aria-hidden": "true" }, parts.map(([name, n]) => n > 0 && share(h("i", { class: name }), n / total))),
    h("ul", { class: "legend" }, parts.map(([name, n, href]) => h("li", null, h("i", { class: name, "aria-hidden": "true" }),
      h("a", { href }, t(`status.${name}`)), h("span", { class: "number muted" }, number(n))))),
  ];
}

/** @param {{label: Child, n: number, of: number}[]} rows */
function bars(rows) {
  const most = Math.max(1, ...rows.map(({ n }) => n));
  return h("ul", { class: "bars" }, rows.map(({ label, n, of }) => h("li", null,
    h("div", { class: "label" }, h("span", null, label), h("span", null, `${number(n)} · ${number(of ? n / of : 0, { style: "percent", maximumFractionDigits: 0 })}`)),
    h("div", { class: "bar", "aria-hidden": "true" }, n > 0 && share(h("i"), n / most)))));
}

/** @param {Status} status */
function appCard(status) {
  const apps = state.apps.toSorted((a, b) => b.sessions - a.sessions);
  return [
    cardHead(t("overview.byApp"), apps.length > mostApps ? h("span", { class: "small muted" }, t("overview.mostApps", { n: mostApps, total: apps.length })) : null),
    apps.length === 0 ? h("p", { class: "muted" }, t("sessions.none")) : bars(apps.slice(0, mostApps).map((app) => ({
      label: [h("a", { href: address("sessions", { app: app.app }) }, clipped(app.name || app.app)), app.name && app.name !== app.app ? h("span", { class: "sub mono" }, shown(app.app, { max: 80 })) : null].filter(Boolean),
      n: app.sessions, of: status.sessions,
    })).map(({ label, ...rest }) => ({ label: h("span", null, label), ...rest }))),
  ];
}

/** @param {Status} status */
function serverCard({ notify }) {
  if (!notify) {
    return [cardHead(t("overview.server"), badge("plain", "info", t("notify.off"))), h("p", { class: "muted" }, t("notify.offText"))];
  }
  const known = maybe(`notify.${notify.state}`) ?? notify.state;
  const look = notify.state === "following" ? badge("good", "check", known) : notify.state === "failing" ? badge("bad", "close", known) : badge("warn", "pending", known);
  return [
    cardHead(t("overview.server"), look),
    words(notify.reason), words(notify.answer),
    pairsList([
      [t("notify.url"), h("span", { class: "mono small" }, shown(notify.url))],
      [t("notify.lastSuccess"), when(notify.lastSuccess) ?? nothing()],
      [t("notify.untold"), number(notify.updated + notify.removed)],
      [t("notify.errors"), number(notify.errorsTotal)],
    ]),
    notify.errors?.length ? h("ul", null, notify.errors.map((error) => h("li", { class: "small", lang: "en" }, shown(`${error.componentSignature} ${error.errCode}: ${error.message}`)))) : null,
  ];
}

/** @param {Status} status */
function gatewayCard({ checks }) {
  if (!checks) return [];
  const { allowed, denied, unavailable } = checks;
  const of = allowed + denied + unavailable;
  return [cardHead(t("overview.gateways")), bars([
    { label: t("overview.allowed"), n: allowed, of }, { label: t("overview.denied"), n: denied, of }, { label: t("overview.unavailable"), n: unavailable, of },
  ])];
}

/** @param {Status} status */
function daemonCard({ version, root, startedAt, lastPass }) {
  const node = authority();
  const at = lastPass && when(lastPass.startedAt);
  /** @type {[string, Child]} */
  const last = node
    ? [t("elsewhere.changed"), at ?? nothing()]
    : [t("daemon.lastPass"), lastPass ? h("span", null, at, h("span", { class: "muted" }, ` · ${t("daemon.passText", { n: lastPass.checked, time: duration(lastPass.durationMs) })}`)) : nothing()];
  return [
    cardHead("sessiond", h("span", { class: "muted small" }, shown(version))),
    pairsList([
      [t("daemon.root"), h("span", { class: "mono small" }, shown(root))],
      ...(node ? [/** @type {[string, Child]} */ ([t("elsewhere.follows"), node])] : []),
      [t("daemon.started"), when(startedAt)],
      last,
    ]),
  ];
}

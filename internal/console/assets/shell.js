// The frame around every view: navigation with counts, who looks, language and colours,
// and what is wrong with the connection.

import { fill, h, icon } from "./dom.js";
import { chooseLanguage, currentLanguage, languageNames, t } from "./i18n.js";
import { number } from "./format.js";
import { connectionNote } from "./notes.js";
import { address, viewNames } from "./route.js";
import { state } from "./store.js";
import { shown } from "./text.js";

const keptScheme = "sessiond-scheme";

export class Shell {
  /** @param {() => void} redraw draws the page again */
  constructor(redraw) {
    this.redraw = redraw;
    this.element = h("div", { class: "frame" });
    /** @type {ViewName} */
    this.view = "overview";
    /** @type {string | null} */
    this.drawnBanner = null;
  }

  /** Draws the frame; the language is known only now. */
  begin() {
    this.nav = h("ul");
    this.who = h("div", { class: "who" });
    this.live = h("div", { class: "live" });
    this.banners = h("div", { class: "banners" });
    this.content = h("div", { class: "view" });
    this.menu = h("button", { type: "button", class: "button menu-button", "aria-expanded": "false", "aria-controls": "menu", onclick: () => this.toggleMenu() },
      icon("menu"), t("nav.menu"));
    this.languages = h("select", {
      "aria-label": t("prefs.language"),
      onchange: async () => {
        await chooseLanguage(this.languages?.value ?? "en");
        this.redraw();
      },
    }, Object.entries(languageNames).map(([value, name]) => h("option", { value, lang: value, selected: value === currentLanguage() }, name)));
    this.side = h("header", { class: "side" },
      h("a", { class: "brand", href: address("overview") }, h("img", { src: "/favicon.svg", alt: "" }), "sessiond"),
      this.menu,
      h("nav", { class: "nav", id: "menu", "aria-label": t("nav.label") }, this.nav),
      h("div", { class: "side-foot" }, this.live, this.who, h("div", { class: "prefs" }, this.languages, schemes())));
    fill(this.element,
      h("a", { class: "skip", href: "#content", onclick: skip }, t("nav.skip")),
      this.side,
      h("div", { class: "content" }, h("main", { id: "content", tabindex: "-1" }, this.banners, this.content)));
    this.update();
    return this.element;
  }

  remove() {
    this.element.remove();
  }

  focusLanguage() {
    this.languages?.focus();
  }

  toggleMenu(open = !this.side?.hasAttribute("data-open")) {
    this.side?.toggleAttribute("data-open", open);
    this.menu?.setAttribute("aria-expanded", String(open));
  }

  /**
   * Shows a view.
   * @param {ViewName} name
   * @param {HTMLElement} element
   */
  show(name, element) {
    this.view = name;
    this.toggleMenu(false);
    document.title = `${t(`nav.${name}`)} – sessiond`;
    if (this.content) fill(this.content, element);
    window.scrollTo(0, 0);
    this.update();
  }

  /** Shows the state of the page. */
  update() {
    if (!this.nav || !this.who || !this.live || !this.banners) return;
    const { me, status, failure, connected } = state;
    /** @type {Partial<Record<ViewName, number>>} */
    const counts = status ? { sessions: status.sessions, pending: status.pending, rejected: status.rejected } : {};
    if (this.nav.childElementCount === 0) {
      fill(this.nav, viewNames.map((name) => h("li", null, h("a", { href: address(name), "data-view": name, onclick: () => this.toggleMenu(false) },
        icon(name), h("span", null, t(`nav.${name}`)), h("span", { class: "count" })))));
    }
    for (const link of this.nav.querySelectorAll("a")) {
      const name = /** @type {ViewName} */ (link.dataset.view);
      if (name === this.view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      const count = /** @type {HTMLElement} */ (link.querySelector(".count"));
      const n = counts[name];
      count.textContent = n === undefined ? "" : number(n);
      count.classList.toggle("alert", name !== "sessions" && Boolean(n));
    }
    fill(this.who, me && [
      h("span", null, shown(me.user ?? (me.uid === undefined ? t("audit.unknown") : `uid ${me.uid}`))),
      h("span", { class: "muted" }, t(`level.${me.level}`)),
    ]);
    this.live.dataset.state = failure ? "lost" : connected ? "live" : "connecting";
    this.live.textContent = t(failure ? "live.lost" : connected ? "live.live" : "live.connecting");
    const wanted = failure ? `${failure.kind} ${failure.message} ${connected}` : status?.replica?.state ?? "";
    if (wanted !== this.drawnBanner) {
      this.drawnBanner = wanted;
      fill(this.banners, connectionNote());
    }
  }
}

/** @param {MouseEvent} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

/** Makes the choice between light and dark. */
function schemes() {
  const now = localStorage.getItem(keptScheme) ?? "";
  setScheme(now);
  const select = h("select", { "aria-label": t("prefs.scheme"), onchange: () => {
    localStorage.setItem(keptScheme, select.value);
    setScheme(select.value);
  } },
  h("option", { value: "" }, t("prefs.auto")), h("option", { value: "light" }, t("prefs.light")), h("option", { value: "dark" }, t("prefs.dark")));
  select.value = now;
  return select;
}

/** @param {string} scheme */
function setScheme(scheme) {
  if (scheme) document.documentElement.dataset.scheme = scheme;
  else delete document.documentElement.dataset.scheme;
}

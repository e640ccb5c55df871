// The filters of a list. They stand in the address, and the server applies them.

import { button, fill, h, icon, newId } from "./dom.js";
import { compare } from "./format.js";
import { t } from "./i18n.js";
import { state } from "./store.js";
import { brief } from "./text.js";

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

/** How long typing pauses before it counts. */
const typing = 250;

export class Filters {
  /**
   * @param {Query} query
   * @param {Field[]} fields
   * @param {Field[]} further those that are shown only on request
   * @param {(query: Query) => void} onchange
   */
  constructor(query, fields, further, onchange) {
    this.query = query;
    this.onchange = onchange;
    this.timer = 0;
    /** @type {Map<string, Control>} */
    this.controls = new Map();
    this.element = h("form", {
      class: "filters", role: "search", "aria-label": t("filter.label"),
      onsubmit: (/** @type {SubmitEvent} */ event) => { event.preventDefault(); this.apply(); },
    }, fields.map((field) => this.field(field)));
    if (further.length) {
      this.element.classList.add("foldable");
      this.element.append(...this.furtherFields(further));
    }
    this.show(query);
  }

  /** Whether something is filtered. */
  get active() {
    return Object.keys(this.query).some((name) => name !== "sort");
  }

  /** @param {Field[]} fields */
  furtherFields(fields) {
    const box = h("div", { class: "more", id: newId("filters") }, fields.map((field) => this.field(field)));
    const toggle = button(t("filter.more"), () => open(box.hidden !== false), { icon: "filter" });
    toggle.setAttribute("aria-controls", box.id);
    /** @param {boolean} shown */
    const open = (shown) => {
      box.hidden = !shown;
      this.element.toggleAttribute("data-open", shown);
      toggle.setAttribute("aria-expanded", String(shown));
    };
    open(fields.some(({ name }) => Boolean(this.query[name])));
    return [toggle, box];
  }

  /** @param {Field} field */
  field({ name, kind, label, hint, options = [], look = "" }) {
    const id = newId("filter");
    const control = kind === "app" || kind === "choice"
      ? h("select", { id, onchange: () => this.apply() }, options.map(([value, text]) => h("option", { value }, text)))
      : h("input", {
        id, type: kind, maxlength: kind === "date" ? null : 200, autocomplete: "off", spellcheck: "false", placeholder: hint ?? (kind === "search" ? label : null),
        "aria-label": kind === "search" ? label : null, oninput: () => this.applySoon(),
      });
    this.controls.set(name, control);
    if (kind === "app") this.apps = /** @type {HTMLSelectElement} */ (control);
    if (kind === "search") return h("div", { class: "field search-field" }, h("div", { class: "search" }, icon("search"), control));
    return h("div", { class: `field ${look}`.trim() }, h("label", { for: id }, label), control);
  }

  /** Offers the apps that there are. */
  showApps() {
    if (!this.apps) return;
    const names = state.apps.map(({ app, name }) => /** @type {[string, string]} */ ([app, name && name !== app ? `${brief(name)} (${brief(app)})` : brief(app)]))
      .sort(([, a], [, b]) => compare(a, b));
    const chosen = this.query.app ?? "";
    if (chosen && !names.some(([app]) => app === chosen)) names.push([chosen, brief(chosen)]);
    const wanted = JSON.stringify(names);
    if (this.apps.dataset.shown === wanted) return;
    this.apps.dataset.shown = wanted;
    fill(this.apps, h("option", { value: "" }, t("filter.all")), names.map(([value, label]) => h("option", { value }, label)));
    this.apps.value = chosen;
  }

  /** @param {Query} query */
  show(query) {
    this.query = query;
    this.showApps();
    for (const [name, control] of this.controls) {
      const value = query[name] ?? "";
      const text = control.type === "date" ? dayOf(value) : value;
      if (control.value !== text && document.activeElement !== control) control.value = text;
    }
  }

  applySoon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.apply(), typing);
  }

  apply() {
    clearTimeout(this.timer);
    const query = { ...this.query };
    for (const [name, control] of this.controls) {
      const value = control.value.trim();
      if (!value) delete query[name];
      else query[name] = control.type === "date" ? new Date(`${value}T00:00:00`).toISOString() : value;
    }
    this.onchange(query);
  }

  leave() {
    clearTimeout(this.timer);
  }
}

/** Returns the day of a time, as a field for dates has it. @param {string} time */
function dayOf(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
}

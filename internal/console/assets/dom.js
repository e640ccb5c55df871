// Elements, without markup: everything that is shown is made here of text.

/**
 * Makes an element. An attribute that is a function listens to the event of its name
 * ("onclick"); true is an attribute without a value, and false, null or undefined none.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes | null} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...nodes(children));
  return element;
}

/**
 * Returns what can be appended of a list that has nothing in places.
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
export function nodes(children) {
  /** @type {(Node | string)[]} */
  const out = [];
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    out.push(typeof child === "number" ? String(child) : child);
  }
  return out;
}

/**
 * Replaces what an element holds.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

const svg = "http://www.w3.org/2000/svg";

/** The strokes of the icons, on a grid of 24. */
const strokes = {
  overview: "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z",
  sessions: "M8 3h8a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM11 18h2",
  pending: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  duplicates: "M9 9h11v11H9zM5 15H4V4h11v1",
  rejected: "M12 8v5M12 16.5v.1M10.3 4 2.8 17a2 2 0 0 0 1.7 3h15a2 2 0 0 0 1.7-3L13.7 4a2 2 0 0 0-3.4 0z",
  trash: "M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3",
  audit: "M5 4h11l3 3v13H5zM9 10h6M9 14h6",
  search: "m20 20-4.5-4.5M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  hold: "M9 6v12M15 6v12",
  logout: "M14 4H6v16h8M10 12h10M17 8.5l3.5 3.5-3.5 3.5",
  restore: "M4 5v5h5M4.6 14.5A8 8 0 1 0 6 6.5L4 10",
  edit: "m4 20 1-4L16 5l3 3L8 19zM14 7l3 3",
  close: "M6 6l12 12M18 6 6 18",
  info: "M12 11v5M12 8v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  menu: "M4 7h16M4 12h16M4 17h16",
  previous: "m14.5 6-6 6 6 6",
  next: "m9.5 6 6 6-6 6",
  ascending: "m6 14 6-6 6 6",
  descending: "m6 10 6 6 6-6",
  sortable: "m8 10 4-4 4 4M8 14l4 4 4-4",
  refresh: "M20 5v5h-5M4 19v-5h5M5 9a8 8 0 0 1 14-2l1 3M19 15a8 8 0 0 1-14 2l-1-3",
  filter: "M4 6h16M7 12h10M10 18h4",
};

/** @typedef {keyof typeof strokes} IconName */

/**
 * Makes an icon, which says nothing to a screen reader.
 * @param {IconName} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const element = document.createElementNS(svg, "svg");
  for (const [attribute, value] of Object.entries({
    viewBox: "0 0 24 24", width: "18", height: "18", fill: "none", stroke: "currentColor", "stroke-width": "1.8",
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false",
  })) element.setAttribute(attribute, value);
  const path = document.createElementNS(svg, "path");
  path.setAttribute("d", strokes[name]);
  element.append(path);
  return element;
}

/**
 * Makes a button with a text.
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {{icon?: IconName, kind?: string, focus?: string, name?: string, disabled?: boolean}} [options] `name` is what a
 *   screen reader says in place of the label; `focus` finds the button again where its row is drawn again.
 * @returns {HTMLButtonElement}
 */
export function button(label, onclick, options = {}) {
  return h("button", {
    type: "button", class: `button ${options.kind ?? ""}`.trim(), onclick, disabled: options.disabled,
    "data-focus": options.focus, "aria-label": options.name,
  }, options.icon && icon(options.icon), label);
}

/**
 * Makes a button that has an icon only, with its name as tooltip.
 * @param {IconName} name
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {{kind?: string, focus?: string, title?: string}} [options]
 * @returns {HTMLButtonElement}
 */
export function iconButton(name, label, onclick, options = {}) {
  return h("button", {
    type: "button", class: `button ${options.kind ?? "quiet compact"}`, onclick, "aria-label": label,
    title: options.title ?? label, "data-focus": options.focus,
  }, icon(name));
}

/**
 * Makes a field of a form with its label.
 * @param {string} label
 * @param {HTMLInputElement} input
 * @param {...Child} rest
 */
export function field(label, input, ...rest) {
  input.id = newId("field");
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, rest);
}

let ids = 0;

/** Returns an id that no other element has. @param {string} prefix */
export function newId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}

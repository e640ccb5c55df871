// Numbers and times, as the language of the page writes them.

import { h } from "./dom.js";
import { language } from "./i18n.js";

/** @type {Map<string, Intl.NumberFormat | Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * Returns a number as text.
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function number(value, options = {}) {
  const name = `n ${language()} ${JSON.stringify(options)}`;
  let format = /** @type {Intl.NumberFormat | undefined} */ (formats.get(name));
  if (!format) formats.set(name, format = new Intl.NumberFormat(language(), options));
  return format.format(value);
}

/** @param {Date} value @param {Intl.DateTimeFormatOptions} options */
function date(value, options) {
  const name = `d ${language()} ${JSON.stringify(options)}`;
  let format = /** @type {Intl.DateTimeFormat | undefined} */ (formats.get(name));
  if (!format) formats.set(name, format = new Intl.DateTimeFormat(language(), options));
  return format.format(value);
}

/** Returns a moment as text, as much of it as is needed today. @param {Date} value */
export function moment(value) {
  const now = new Date();
  if (value.toDateString() === now.toDateString()) return date(value, { hour: "2-digit", minute: "2-digit" });
  if (value.getFullYear() === now.getFullYear()) return date(value, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  return date(value, { day: "numeric", month: "short", year: "numeric" });
}

/**
 * Returns a moment as an element, with the whole of it as tooltip.
 * @param {string | undefined} text in RFC 3339
 * @returns {HTMLElement | null} nothing where there is no such time
 */
export function when(text) {
  if (!text) return null;
  const value = new Date(text);
  if (Number.isNaN(value.getTime()) || value.getTime() <= 0) return null;
  return h("time", { datetime: text, title: date(value, { dateStyle: "full", timeStyle: "long" }) }, moment(value));
}

/** Returns how long something takes. @param {number} milliseconds */
export function duration(milliseconds) {
  if (milliseconds < 1000) return number(milliseconds, { style: "unit", unit: "millisecond", unitDisplay: "short", maximumFractionDigits: milliseconds < 10 ? 1 : 0 });
  return number(milliseconds / 1000, { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: 1 });
}

/**
 * Compares two names as people sort them.
 * @param {string} a
 * @param {string} b
 */
export function compare(a, b) {
  return a.localeCompare(b, language(), { numeric: true, sensitivity: "base" });
}

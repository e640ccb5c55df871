// The texts of the page, in the language that the browser asks for or the user chose.

/** @type {Record<Language, () => Promise<Texts>>} */
const languages = {
  en: () => import("./lang/en.js"),
  fr: () => import("./lang/fr.js"),
  de: () => import("./lang/de.js"),
  ja: () => import("./lang/ja.js"),
};

/** What the languages call themselves. @type {Record<Language, string>} */
export const languageNames = { en: "English", fr: "Français", de: "Deutsch", ja: "日本語" };

const kept = "sessiond-language";

/** @type {Texts} */
let texts;
/** @type {Language} */
let current = "en";
let plurals = new Intl.PluralRules("en");

/** Returns the language that is shown, for Intl and for `lang`: the browser's own variant of it. */
export function language() {
  return navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === current) ?? current;
}

/** Returns which of the languages is shown. */
export function currentLanguage() {
  return current;
}

/** @param {string} tag @returns {Language | undefined} */
function known(tag) {
  const name = tag.toLowerCase().split("-")[0];
  return /** @type {Language[]} */ (Object.keys(languages)).find((one) => one === name);
}

/** Loads the language that was chosen or, without a choice, the first that the browser asks for. */
export async function loadLanguage() {
  const asked = [localStorage.getItem(kept) ?? "", ...navigator.languages];
  await use(asked.map(known).find((name) => name !== undefined) ?? "en");
}

/** Shows the page in a language from now on. @param {string} name */
export async function chooseLanguage(name) {
  const chosen = known(name) ?? "en";
  localStorage.setItem(kept, chosen);
  await use(chosen);
}

/** @param {Language} name */
async function use(name) {
  texts = await languages[name]();
  current = name;
  plurals = new Intl.PluralRules(name);
  document.documentElement.lang = name;
}

/**
 * Returns a text. `{name}` in it is replaced by the parameter of that name; the number `n`
 * also chooses between singular and plural.
 * @param {TextKey} key
 * @param {Record<string, string | number>} [parameters]
 */
export function t(key, parameters = {}) {
  const text = /** @type {string | Plural} */ (find(key));
  const n = typeof parameters.n === "number" ? parameters.n : 2;
  const form = typeof text === "string" ? text : plurals.select(n) === "one" ? text.one : text.other;
  return form.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(language()).format(value) : value;
  });
}

/**
 * Returns a text whose key is made at run time, or nothing where there is none: for codes
 * of the daemon, to which new ones may come.
 * @param {string} key
 * @param {Record<string, string | number>} [parameters]
 */
export function maybe(key, parameters) {
  return find(key) === undefined ? undefined : t(/** @type {TextKey} */ (key), parameters);
}

/** @param {string} key @returns {string | Plural | undefined} */
function find(key) {
  const dot = key.indexOf(".");
  const groups = /** @type {Record<string, Record<string, string | Plural>>} */ (texts);
  const group = groups[key.slice(0, dot)] ?? {};
  const name = key.slice(dot + 1);
  return Object.hasOwn(group, name) ? group[name] : undefined;
}

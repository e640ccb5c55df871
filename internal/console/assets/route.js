// The address: which view is shown, and with which filters. It stands in the fragment, so
// that it can be bookmarked and sent on while the key cannot.

/** The views, in the order of the navigation. @type {ViewName[]} */
export const viewNames = ["overview", "sessions", "pending", "duplicates", "rejected", "trash", "audit"];

/** Returns what the address says. */
export function route() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const view = viewNames.find((name) => name === path) ?? "overview";
  return { view, query: Object.fromEntries(new URLSearchParams(query)) };
}

/**
 * Returns the address of a view.
 * @param {ViewName} view
 * @param {Query} [query] empty members are left out
 */
export function address(view, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  return `#/${view}${search.size ? `?${search}` : ""}`;
}

/**
 * Goes to an address without a new entry in the browser's history.
 * @param {ViewName} view
 * @param {Query} query
 */
export function replaceRoute(view, query) {
  history.replaceState(null, "", address(view, query));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

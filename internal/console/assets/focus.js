// Focus, kept over what is drawn again: found again by the row's key and the name of the
// thing in it.

/** Returns how to find what has the focus now again, or nothing where it needs no finding. */
export function focusPlace() {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return null;
  const name = element.dataset.focus;
  const row = element.closest("[data-key]");
  return { element, name, key: row instanceof HTMLElement ? row.dataset.key : undefined };
}

/** Gives the focus back to what had it, or to what has been drawn in its place. @param {ReturnType<typeof focusPlace>} place */
export function restoreFocus(place) {
  if (!place || document.activeElement === place.element) return;
  if (canFocus(place.element)) {
    place.element.focus({ preventScroll: true });
    return;
  }
  const dialog = document.querySelector("dialog[open]");
  const row = place.key === undefined ? dialog ?? document : document.querySelector(`[data-key="${CSS.escape(place.key)}"]`);
  const again = place.name && row?.querySelector(`[data-focus="${CSS.escape(place.name)}"]`);
  const target = [again, place.key !== undefined && row?.querySelector("a"), dialog?.querySelector("h2"), document.querySelector("main h1")].find((one) => one instanceof HTMLElement && canFocus(one));
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

/** @param {HTMLElement} element */
function canFocus(element) {
  return element.checkVisibility({ visibilityProperty: true });
}

/** Moves the focus to the heading of the view, as a browser does for a new page. */
export function focusHeading() {
  const heading = document.querySelector("main h1");
  if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
}

/** Says something to those who cannot see it, once it is their turn. @param {string} text */
export function announce(text) {
  const region = document.getElementById("live");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

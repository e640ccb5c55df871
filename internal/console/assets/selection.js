// What is selected: a set of keys, which survives refreshing, paging and sorting, or all
// that match a filter, however many they are.

/**
 * @template Row
 */
export class Selection {
  constructor() {
    /** The selected rows by key. @type {Map<string, Row>} */
    this.rows = new Map();
    /** Whether all that match are selected, those that are not shown included. */
    this.all = false;
    /** @type {() => void} */
    this.onchange = () => {};
  }

  get empty() {
    return this.rows.size === 0 && !this.all;
  }

  /** @param {string} key */
  has(key) {
    return this.all || this.rows.has(key);
  }

  /**
   * Selects rows, or takes them out. Taken out of all that match, only the others of these rows stay.
   * @param {[string, Row][]} rows
   * @param {boolean} selected
   */
  set(rows, selected) {
    this.all = false;
    for (const [key, row] of rows) {
      if (selected) this.rows.set(key, row);
      else this.rows.delete(key);
    }
    this.onchange();
  }

  selectAll() {
    this.all = true;
    this.onchange();
  }

  clear() {
    this.all = false;
    this.rows.clear();
    this.onchange();
  }
}

/** @type {Map<string, Selection<any>>} */
const selections = new Map();

/** Returns the selection of a view, the same each time that the view is shown. @param {string} view */
export function selectionOf(view) {
  let found = selections.get(view);
  if (!found) selections.set(view, found = new Selection());
  return found;
}

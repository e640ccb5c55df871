// The page: who looks and what there is, the view that the address names, and the stream
// of changes, which every view hears.

import { Failure, isAborted, takeKey } from "./api.js";
import { mountDone } from "./done.js";
import { Drawer, seenKnown } from "./drawer.js";
import { focusHeading } from "./focus.js";
import { loadLanguage } from "./i18n.js";
import { follow } from "./live.js";
import { replaceRoute, route } from "./route.js";
import { Shell } from "./shell.js";
import { authority, isAdmin, mayWrite, readAll, refreshSoon, subscribe, update, watchStatus } from "./store.js";

/** @type {Record<ViewName, () => Promise<(query: Query) => View>>} */
const views = {
  overview: async () => (await import("./views/overview.js")).overview,
  sessions: async () => (await import("./views/sessions.js")).sessions,
  pending: async () => (await import("./views/sessions.js")).pending,
  duplicates: async () => (await import("./views/duplicates.js")).duplicates,
  rejected: async () => (await import("./views/rejected.js")).rejected,
  trash: async () => (await import("./views/trash.js")).trash,
  audit: async () => (await import("./views/audit.js")).audit,
};

/** @type {{name: string, view: View} | null} */
let current = null;
/** @type {Drawer | null} */
let drawer = null;
let shell = new Shell(redraw);
let showing = 0;
let shownRights = "";

/** Shows what the address says. */
async function show() {
  const { view: name, query } = route();
  const { open = "", ...filters } = query;
  const turn = ++showing;
  if (current?.name === name) current.view.route?.(filters);
  else {
    const make = await views[name]();
    if (turn !== showing) return;
    const first = current === null;
    shownRights = rights();
    current?.view.leave?.();
    current = { name, view: make(filters) };
    shell.show(name, current.view.element);
    if (!first) focusHeading();
  }
  if (open !== (drawer?.session ?? "")) {
    drawer?.close();
    drawer = open ? new Drawer(open, closed) : null;
  }
}

/** Takes the drawer out of the address once it is closed. */
function closed() {
  drawer = null;
  const { view, query } = route();
  const { open, ...rest } = query;
  if (open) replaceRoute(view, rest);
}

/** What the views are drawn by, beside what they show. */
const rights = () => JSON.stringify([mayWrite(), isAdmin(), seenKnown(), authority()]);

/** Draws the view again. */
async function showAnew() {
  current?.view.leave?.();
  current = null;
  await show();
}

/** Draws the page again, in another language. */
async function redraw() {
  shell.remove();
  shell = new Shell(redraw);
  document.body.prepend(shell.begin());
  await showAnew();
  shell.focusLanguage();
}

async function start() {
  takeKey();
  const reading = readAll().catch((error) => { // at once: an answer can come before the language
    if (error instanceof Failure) update({ failure: error });
    return null;
  });
  const view = views[route().view]();
  await loadLanguage();
  document.body.append(shell.begin());
  mountDone();
  subscribe(() => {
    shell.update();
    if (rights() === shownRights) current?.view.status?.();
    else void showAnew(); // columns come and go with them
  });
  window.addEventListener("hashchange", () => {
    if (takeKey()) location.reload(); // the address of another run
    else void show();
  });
  // The first answers are there before anything is drawn, so that nothing jumps; without
  // them, the page says why.
  const [at] = await Promise.all([reading, view]);
  await show();
  watchStatus();
  let begun = at;
  await follow({
    event(event) {
      current?.view.event?.(event);
      if (drawer?.session === event.session) void drawer.read();
      refreshSoon();
    },
    async reset() {
      const from = begun ?? await readAll();
      if (!begun) current?.view.reload?.();
      begun = null;
      return from;
    },
    state(failure) {
      update({ failure, connected: true });
    },
  });
}

start().catch((error) => { if (!isAborted(error)) throw error; });


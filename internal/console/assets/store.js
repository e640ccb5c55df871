// What the whole page knows: who looks, the daemon's status, whether changes arrive.

import { get } from "./api.js";

/** @type {PageState} */
export const state = { me: null, status: null, apps: [], failure: null, connected: false };

/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * Calls a function whenever something of the state has changed.
 * @param {() => void} listener
 * @returns {() => void} what ends that
 */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Changes the state. @param {Partial<PageState>} change */
export function update(change) {
  Object.assign(state, change);
  for (const listener of [...listeners]) listener();
}

/** Reads who looks, the status and the apps again. */
export async function readAll() {
  const [me, status, apps] = await Promise.all([
    get("/v1/me"),
    get("/v1/status"),
    get("/v1/apps"),
  ]);
  update({ me, status, apps: apps.apps });
  return { epoch: status.epoch, revision: status.revision };
}

/** How long after a change the counts are read again, at the soonest. */
const soon = 1500;
/** How often they are read where nothing changes, in ms: a follower's view grows old. */
const often = () => authority() ? 3000 : 60_000;

let due = 0;
let timer = 0;

/** Has the counts read again before long. */
export function refreshSoon() {
  schedule(soon);
}

/** @param {number} after */
function schedule(after) {
  const at = performance.now() + after;
  if (timer && at >= due) return;
  clearTimeout(timer);
  due = at;
  timer = window.setTimeout(async () => {
    timer = 0;
    try {
      if (!document.hidden) await readAll();
    } catch {
      // The stream of changes says that the connection is lost.
    }
    schedule(often());
  }, after);
}

/** Begins to read the counts from time to time. */
export function watchStatus() {
  schedule(often());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) schedule(0); });
}

/** Returns why nothing can be changed, or null where it can. @returns {"level" | "off" | "node" | "cannot" | null} */
export function hindrance() {
  if (!state.me) return null;
  if (state.me.level !== "admin") return "level";
  const write = state.me.write;
  if (!write.enabled) return authority() ? "node" : "off";
  return write.method || !write.reason ? null : "cannot";
}

/** Returns the node that has the files, "" where it is this daemon. */
export function authority() {
  const replica = state.status?.replica;
  return replica?.role === "follower" ? replica.authority ?? "?" : "";
}

/** Returns whether sessions can be changed. */
export function mayWrite() {
  return state.me !== null && hindrance() === null;
}

/** Returns whether trash and audit can be read. */
export function isAdmin() {
  return state.me?.level === "admin";
}

/** Returns the name of an app for people. @param {string} folder */
export function appName(folder) {
  return state.apps.find((app) => app.app === folder)?.name || folder;
}

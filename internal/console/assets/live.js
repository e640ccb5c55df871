// The stream of changes. Nothing is left out: after a break it goes on behind the last
// event, and where that is not known any longer everything is read again.

import { Failure, isAborted, lines, lost, open } from "./api.js";

const shortest = 500;
const longest = 10_000;

/** Follows the changes until the page is closed. @param {Listener} listener */
export async function follow(listener) {
  /** @type {{epoch: string, revision: number} | null} */
  let at = null;
  let failures = 0;
  for (;;) {
    let opened = 0;
    try {
      at ??= await listener.reset();
      const response = await open("GET", "/v1/events", { query: { since: `${at.epoch}-${at.revision}` } });
      opened = performance.now();
      listener.state(null);
      for await (const line of lines(response)) {
        if (typeof line.type === "string") throw new Failure(line);
        at = { epoch: line.epoch, revision: line.revision };
        listener.event(line);
      }
    } catch (error) {
      if (isAborted(error)) return;
      const failure = error instanceof Failure ? error : new Failure({ type: "about:blank", title: String(error), status: 0 });
      if (failure.status === 410) {
        at = null;
        failures = 0;
      } else if (!opened || failure.kind !== lost) {
        // A stream that a proxy cuts is no loss yet: only where opening it again fails
        // is there one to tell of.
        listener.state(failure);
      }
    }
    failures = opened && performance.now() - opened > 1000 ? 0 : failures + 1;
    if (failures > 0) await pause(Math.min(longest, shortest * 2 ** (failures - 1)));
  }
}

/**
 * Waits, but no longer than until somebody looks at the page or the network is back.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
function pause(milliseconds) {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const go = () => {
      controller.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    window.addEventListener("online", go, { signal: controller.signal });
    window.addEventListener("focus", go, { signal: controller.signal });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) go(); }, { signal: controller.signal });
  });
}

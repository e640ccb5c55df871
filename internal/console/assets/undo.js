// The undoing of a bulk change: the status that each session had, or its file from the trash.

import { Failure, call, lines, open } from "./api.js";
import { tellFailure } from "./actions.js";
import { isRemoval } from "./bulk.js";
import { done } from "./done.js";
import { t } from "./i18n.js";

/** How many files are restored at a time. */
const atOnce = 4;

/**
 * Takes back what was done to these sessions, unless somebody has changed them since.
 * @param {Action} action
 * @param {ChangeResult[]} changed
 */
export async function undoAll(action, changed) {
  try {
    const { good, bad } = isRemoval(action) ? await restoreAll(changed) : await setBack(changed);
    done(bad === 0 ? t("done.undoneMany", { n: good }) : t("done.undoneSome", { n: good, bad }));
  } catch (error) {
    tellFailure(error, t("done.undo"));
  }
}

/** @param {ChangeResult[]} changed */
async function restoreAll(changed) {
  const left = [...changed];
  let good = 0;
  let bad = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let line = left.pop(); line; line = left.pop()) {
      try {
        await call("POST", `/v1/trash/${encodeURIComponent(line.trash ?? "")}/restore`);
        good += 1;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        bad += 1;
      }
    }
  }));
  return { good, bad };
}

/** @param {ChangeResult[]} changed */
async function setBack(changed) {
  /** @type {Map<string, {session: string, etag?: string}[]>} */
  const byStatus = new Map();
  for (const { session, etag, before } of changed) {
    const status = before?.status ?? "";
    const list = byStatus.get(status) ?? [];
    list.push({ session, etag });
    byStatus.set(status, list);
  }
  let good = 0;
  let bad = 0;
  for (const [status, sessions] of byStatus) {
    const response = await open("POST", "/v1/changes", { body: { sessions, set: { status } } });
    for await (const line of lines(response)) {
      if (line.summary) continue;
      if (line.problem) bad += 1;
      else good += 1;
    }
  }
  return { good, bad };
}

// Many at once: what would be done as a table, then what was done, a row each, and its
// undoing. Nothing is done that was not shown: the entity tags of the table are sent back.

import { Failure, call, lines, open } from "./api.js";
import { openDialog } from "./dialog.js";
import { done } from "./done.js";
import { button, field, fill, h } from "./dom.js";
import { announce } from "./focus.js";
import { t } from "./i18n.js";
import { failureNote, note } from "./notes.js";
import { planTable, resultTable } from "./plan.js";
import { authority, mayWrite, state } from "./store.js";
import { undoAll } from "./undo.js";

/** The most that are done at once. */
const most = 20_000;
/** Of how many on a log-out wants the number typed. */
const typed = 10;

/** @param {Action} action */
export const isRemoval = (action) => action === "logout" || action === "delete";

/** @param {Action} action */
const effect = (action) => isRemoval(action) ? { delete: true } : { set: { status: action === "accept" ? "accepted" : "pending" } };

/**
 * Shows what would be done, and does it.
 * @param {Action} action
 * @param {Source} source
 * @returns {Promise<boolean>} whether anything was begun
 */
export async function bulk(action, source) {
  let begun = false;
  let running = false;
  const dialog = openDialog({
    title: t(`action.${action}`), kind: "wide", mayClose: () => !running,
    body: [h("p", { class: "muted" }, t("bulk.planning"))],
  });
  /** @param {Failure} failure */
  const fail = (failure) => {
    running = false;
    fill(dialog.body, failureNote(failure));
    fill(dialog.footer, button(t("dialog.close"), dialog.close));
  };
  try {
    /** @type {{body: ChangesPlan}} */
    const { body: plan } = await call("POST", "/v1/changes", { body: { ...source, ...effect(action), dryRun: true, ...("select" in source && { max: most }) } });
    showPlan(plan);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    fail(error);
  }
  await dialog.closed;
  return begun;

  /** @param {ChangesPlan} plan */
  function showPlan(plan) {
    const n = plan.would.change;
    const items = plan.items.filter((item) => item.changed);
    const reason = h("input", { type: "text", maxlength: "160", autocomplete: "off" });
    const number = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", autofocus: true });
    const asks = isRemoval(action) && n > typed;
    const go = button(t(`bulk.${action}Do`, { n }), () => {
      if (asks && number.value.replace(/\D/g, "") !== String(n)) {
        number.setAttribute("aria-invalid", "true");
        number.focus();
        announce(t("bulk.typeNumber", { number: n }));
        return;
      }
      begun = running = true;
      void run(items, reason.value.trim());
    }, { kind: isRemoval(action) ? "primary danger" : "primary" });
    const noTrash = isRemoval(action) && state.status?.hints.some((hint) => hint.code === "trash-off");
    fill(dialog.body,
      plan.matched > plan.items.length && note("warn", t("bulk.notAll", { shown: plan.items.length, n: plan.matched })),
      noTrash && note("warn", t("logout.forGood")),
      planTable(action, plan),
      n > 0 && field(t("field.reasonOptional"), reason),
      n > 0 && asks && field(t("bulk.typeNumber", { number: n }), number));
    fill(dialog.footer, button(t(n > 0 ? "dialog.cancel" : "dialog.close"), dialog.close), n > 0 && go);
    (asks ? number : n > 0 ? go : dialog.footer.querySelector("button"))?.focus();
    announce(t(`bulk.${action}Do`, { n }));
  }

  /** @param {ChangeResult[]} items @param {string} reason */
  async function run(items, reason) {
    const table = resultTable(items.length);
    /** @type {ChangeResult[]} */
    const results = [];
    let whole = false;
    let unseen = false;
    fill(dialog.body, table.element);
    fill(dialog.footer);
    dialog.element.querySelector("h2")?.focus();
    try {
      const sessions = items.map(({ session, etag }) => ({ session, etag }));
      const response = await open("POST", "/v1/changes", { body: { sessions, ...effect(action), ...(reason ? { reason } : {}) } });
      for await (const line of lines(response)) {
        if (line.summary) {
          whole = true;
          unseen = line.summary.visible === false;
          continue;
        }
        results.push(line);
        table.add(line);
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (results.length === 0) {
        fail(error);
        return;
      }
    }
    // Begun, it goes on to its end, whether anybody listens or not.
    if (!whole) table.element.prepend(note("bad", t("bulk.cutOff")));
    running = false;
    const changed = results.filter((line) => line.changed);
    const node = changed.some((line) => line.trash) && authority();
    const text = [t(`bulk.${action}Done`, { n: changed.length }), unseen && t("elsewhere.unseen"), node && t("elsewhere.undo", { node })].filter(Boolean).join(" ");
    const undoable = changed.filter((line) => isRemoval(action) ? line.trash && !node : line.etag && line.before);
    const undo = undoable.length && mayWrite() ? () => undoAll(action, undoable) : undefined;
    table.finish(text);
    done(text, undo);
    fill(dialog.footer,
      undo && button(t("done.undo"), () => { dialog.close(); void undo(); }, { icon: "restore" }),
      button(t("dialog.close"), dialog.close, { kind: "primary" }));
  }
}

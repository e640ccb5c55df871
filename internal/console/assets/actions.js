// What can be done to one session: its status, its address, logging it out. Each is done
// to what the reader has seen: where the file says something else by now, both are shown.

import { Failure, call, pathOf } from "./api.js";
import { askBusy, askConflict, bothTable } from "./conflict.js";
import { ask, openDialog } from "./dialog.js";
import { done } from "./done.js";
import { field, h, newId } from "./dom.js";
import { maybe, t } from "./i18n.js";
import { failureNote } from "./notes.js";
import { authority, state } from "./store.js";
import { brief, emailText, shown } from "./text.js";

/**
 * Returns what a session is called: its device, its address or its key.
 * @param {{session: string, email?: string, device?: {description?: string} | string}} row
 */
export function nameOf(row) {
  const device = typeof row.device === "string" ? row.device : row.device?.description;
  const parts = [device, row.email].filter(Boolean).map((part) => brief(part));
  return parts.length ? parts.join(", ") : brief(row.session);
}

/** @param {Summary} row @returns {State} */
const stateOf = (row) => ({ status: row.status, email: row.email });

/**
 * Returns the entity tag of a session that the reader has seen, or nothing where it has
 * changed and the reader leaves it so.
 * @param {Summary} row
 * @param {string} doIt
 */
async function tagOf(row, doIt) {
  /** @type {{body: Summary, etag: string}} */
  const now = await call("GET", pathOf(row.session));
  const same = now.body.status === row.status && (now.body.email ?? "") === (row.email ?? "");
  if (same || await askConflict(stateOf(row), stateOf(now.body), doIt)) return now.etag;
  return undefined;
}

/**
 * Makes a change, and asks where it meets another one.
 * @param {Summary} row
 * @param {string} doIt
 * @param {State} wanted
 * @param {(etag: string) => Promise<{body: Edit}>} make
 * @returns {Promise<Edit | undefined>} nothing where it was not made
 */
async function make(row, doIt, wanted, make) {
  try {
    let etag = await tagOf(row, doIt);
    while (etag) {
      try {
        return (await make(etag)).body;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.kind === "changed-since") {
          const { current, etag: newer } = error.problem;
          if (!await askConflict(stateOf(row), current ? stateOf(current) : null, doIt)) return undefined;
          etag = newer;
        } else if (error.kind === "conflict") {
          const now = await call("GET", pathOf(row.session)).catch(() => null);
          if (!await askBusy(wanted, now && stateOf(/** @type {Summary} */ (now.body)))) return undefined;
          etag = now?.etag;
        } else throw error;
      }
    }
  } catch (error) {
    tellFailure(error, nameOf(row));
  }
  return undefined;
}

/**
 * Tells of a failure in a dialog.
 * @param {unknown} error
 * @param {string} name what was to be changed
 */
export function tellFailure(error, name) {
  if (!(error instanceof Failure)) throw error;
  openDialog({ title: t("failed.title", { name }), body: [failureNote(error)] });
}

/**
 * Returns a text with the hints of an answer after it.
 * @param {string} text
 * @param {Edit} edit
 */
function withHints(text, edit) {
  return [text, ...(edit.visible === false ? [t("elsewhere.unseen")] : []), ...(edit.hints ?? []).map((hint) => maybe(`hint.${hint.code}`) ?? hint.text)].join(" ");
}

/**
 * Changes a session's status or address.
 * @param {Summary} row
 * @param {State} set
 * @param {{doIt: string, text: string, undoable?: boolean}} say
 * @returns {Promise<Summary | undefined>} what it is now
 */
async function change(row, set, { doIt, text, undoable = true }) {
  const edit = await make(row, doIt, { ...stateOf(row), ...set }, (etag) => call("PATCH", pathOf(row.session), { body: set, etag }));
  if (!edit) return undefined;
  const { before, etag } = edit;
  done(withHints(text, edit), undoable && edit.changed && before && etag ? async () => {
    /** @type {State} */
    const back = {};
    if (set.status !== undefined) back.status = before.status;
    if (set.email !== undefined) back.email = before.email ?? "";
    try {
      const { body } = await call("PATCH", pathOf(row.session), { body: back, etag });
      done(withHints(t("done.undone", { name: nameOf(row) }), /** @type {Edit} */ (body)));
    } catch (error) {
      tellFailure(error, nameOf(row));
    }
  } : undefined);
  return edit.summary;
}

/** @param {Summary} row */
export function accept(row) {
  return change(row, { status: "accepted" }, { doIt: t("action.accept"), text: t("done.accepted", { name: nameOf(row) }) });
}

/** @param {Summary} row */
export function hold(row) {
  return change(row, { status: "pending" }, { doIt: t("action.hold"), text: t("done.held", { name: nameOf(row) }) });
}

/** Asks for another address and sets it. @param {Summary} row */
export async function changeEmail(row) {
  const help = newId("help");
  const input = h("input", { type: "text", inputmode: "email", autocomplete: "off", spellcheck: "false", maxlength: "1024", autofocus: true, "aria-describedby": help });
  input.value = row.email ?? "";
  const email = await ask({
    title: t("email.title"),
    body: [
      h("p", null, shown(row.device?.description ?? row.session)),
      field(t("field.email"), input, h("p", { class: "help", id: help }, t("email.help"))),
    ],
    answers: [{ label: t("action.save"), kind: "primary", value: () => input.value.trim() }],
  });
  if (email === undefined || email === (row.email ?? "")) return undefined;
  return change(row, { email }, { doIt: t("action.save"), text: t("done.email", { name: nameOf({ ...row, email }) }) });
}

/**
 * Asks whether to log a session out, and does it.
 * @param {Summary} row
 * @returns {Promise<boolean>} whether it was
 */
export async function logOut(row) {
  const input = h("input", { type: "text", maxlength: "160", autocomplete: "off" });
  const noTrash = state.status?.hints.some((hint) => hint.code === "trash-off");
  const reason = await ask({
    title: t("logout.title"),
    body: [
      h("p", null, shown(row.device?.description ?? row.session), row.email && h("span", { class: "sub" }, emailText(row.email))),
      h("p", { class: "muted" }, t(noTrash ? "logout.forGood" : "logout.text")),
      field(t("field.reasonOptional"), input),
    ],
    answers: [{ label: t("action.logout"), kind: "primary danger", value: () => input.value.trim() }],
  });
  if (reason === undefined) return false;
  const edit = await make(row, t("action.logout"), stateOf(row), (etag) => call("DELETE", pathOf(row.session), { etag, query: { reason } }));
  if (!edit) return false;
  const { trash } = edit;
  const node = trash && authority();
  done(`${withHints(t("done.loggedOut", { name: nameOf(row) }), edit)} ${node ? t("elsewhere.undo", { node }) : ""}`,
    trash && !node ? () => restore(trash, nameOf(row)) : undefined);
  return true;
}

/**
 * Restores a file from the trash.
 * @param {string} item its id
 * @param {string} name
 * @param {State & {session: string}} [was] what it says, to be shown beside a file in its place
 */
export async function restore(item, name, was) {
  try {
    /** @type {{body: Edit}} */
    const { body } = await call("POST", `/v1/trash/${encodeURIComponent(item)}/restore`);
    done(withHints(t("done.restored", { name }), body));
    return true;
  } catch (error) {
    const taken = was && error instanceof Failure && error.kind === "file-exists";
    if (!taken) tellFailure(error, name);
    else {
      const now = await call("GET", pathOf(was.session)).catch(() => null);
      openDialog({
        title: t("failed.title", { name }),
        body: [failureNote(error), bothTable(t("nav.trash"), was, t("conflict.now"), now && stateOf(/** @type {Summary} */ (now.body)))],
      });
    }
    return false;
  }
}

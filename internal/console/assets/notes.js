// Notes: what went wrong and what to do about it, in the reader's language first and in
// the daemon's own words after it.

import { lost } from "./api.js";
import { button, h, icon } from "./dom.js";
import { moment } from "./format.js";
import { maybe, t } from "./i18n.js";
import { authority, hindrance, state } from "./store.js";
import { visible } from "./text.js";

/**
 * Makes a note.
 * @param {"info" | "good" | "warn" | "bad"} kind
 * @param {string} title
 * @param {Child[]} [text]
 * @param {HTMLElement} [action]
 */
export function note(kind, title, text = [], action) {
  return h("div", { class: `note ${kind === "info" ? "" : kind}` },
    icon(kind === "good" ? "check" : kind === "info" ? "info" : "rejected"),
    h("div", null, h("p", null, h("strong", null, title)), text), action);
}

/** Returns the daemon's own words, which are English. @param {string | undefined} text */
export function words(text) {
  return text ? h("p", { class: "small", lang: "en" }, h("bdi", null, visible(text))) : null;
}

/** What is said of failures that are told elsewhere, too. @type {Record<string, string>} */
const titles = { "writing-off": "rights.off", "node-may-not-edit": "rights.node", "not-authority": "elsewhere.title" };
/** @type {Record<string, string>} */
const remedies = { "writing-off": "rightsRemedy.off", "node-may-not-edit": "rightsRemedy.node", "admin-only": "rightsRemedy.level" };

/** Returns what a failure is, in a few words. @param {Failure} failure */
export function failureTitle(failure) {
  return maybe(titles[failure.kind] ?? `problem.${failure.kind}`) ?? (failure.problem.title ? t("problem.other", { title: failure.problem.title }) : t("problem.internal"));
}

/**
 * Returns what a failure is and what to do about it.
 * @param {Failure} failure
 * @returns {Child[]}
 */
export function failureText(failure) {
  const { problem, kind } = failure;
  const remedy = maybe(remedies[kind] ?? `remedy.${kind}`);
  return [
    remedy ? h("p", null, remedy) : null,
    kind === lost ? null : words(problem.detail),
    problem.error ? words([problem.error.message, problem.error.detail].filter(Boolean).join(": ")) : null,
    problem.owner || problem.folder ? words([problem.owner, problem.folder].filter(Boolean).join(" ")) : null,
    remedy ? null : words(problem.remedy),
  ];
}

/**
 * Makes a note of a failure.
 * @param {Failure} failure
 * @param {() => void} [retry]
 */
export function failureNote(failure, retry) {
  return note("bad", failureTitle(failure), failureText(failure), retry && button(t("common.again"), retry, { kind: "compact", icon: "refresh" }));
}

/** Makes the note of why nothing can be changed, or nothing where it can. */
export function rightsNote() {
  const why = hindrance();
  if (!why) return null;
  return note("info", t(`rights.${why}`), [
    h("p", null, t(`rightsRemedy.${why}`)),
    why === "level" ? null : words(state.me?.write.reason),
  ]);
}

/** Makes the note of what is old: the connection is lost, or that of a follower. Else there is none. */
export function connectionNote() {
  const { failure, status } = state;
  if (!failure) {
    const replica = authority() ? status?.replica : undefined;
    if (!replica || replica.state === "following") return null;
    return note("warn", t("elsewhere.stale", { time: moment(new Date(Date.now() - 1000 * replica.age)) }), [words(replica.reason)]);
  }
  const reload = failure.kind === "wrong-key" ? undefined : button(t("common.again"), () => window.dispatchEvent(new Event("focus")), { kind: "compact", icon: "refresh" });
  return note("bad", failureTitle(failure), [
    ...failureText(failure),
    status && failure.kind !== "wrong-key" && h("p", { class: "small" }, t("lost.stale")),
  ], reload);
}

// The tables of a bulk change: what would be done, and what was.

import { Failure } from "./api.js";
import { badge, statusBadge } from "./badge.js";
import { isRemoval } from "./bulk.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { failureTitle } from "./notes.js";
import { appName } from "./store.js";
import { brief, emailText, shown, splitKey } from "./text.js";

/** @type {Record<Action, import("./dom.js").IconName>} */
const icons = { accept: "check", hold: "hold", logout: "logout", delete: "trash" };

/** How many rows are drawn at most; of the others there is the number. */
const mostRows = 200;

/** @param {ChangeResult} result */
function keyCell({ session, device, application, before }) {
  const [app, id] = splitKey(session);
  return h("th", { scope: "row" }, device ? shown(device, { max: 40 }) : t("device.unnamed"),
    before?.email ? h("span", { class: "sub" }, emailText(before.email)) : null,
    h("span", { class: "sub" }, shown(application || appName(app), { max: 40 }), " ", h("span", { class: "mono" }, brief(id.slice(0, 8)))));
}

/**
 * Makes the table of what would be done.
 * @param {Action} action
 * @param {ChangesPlan} plan
 */
export function planTable(action, plan) {
  const { would } = plan;
  const rows = plan.items.slice(0, mostRows).map((item) => h("tr", null, keyCell(item),
    h("td", null, willBe(action, item))));
  return h("div", { class: "stack" },
    h("div", { class: "totals" },
      badge(isRemoval(action) ? "bad" : "good", icons[action], t(`bulk.${action}Do`, { n: would.change })),
      would.nothing > 0 && badge("plain", "info", t("bulk.nothing", { n: would.nothing })),
      would.refuse > 0 && badge("warn", "rejected", t("bulk.refused", { n: would.refuse }))),
    rows.length > 0 && h("div", { class: "plan-box", tabindex: "0", role: "group", "aria-label": t("bulk.planCaption") }, h("table", { class: "plan" },
      h("caption", { class: "sr" }, t("bulk.planCaption")),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, t("field.session")), h("th", { scope: "col" }, t("field.change")))),
      h("tbody", null, rows))),
    plan.items.length > rows.length && h("p", { class: "small muted" }, t("bulk.more", { n: plan.items.length - rows.length })));
}

/** @param {Action} action @param {ChangeResult} item */
function willBe(action, item) {
  if (item.problem) return [badge("warn", "rejected", failureTitle(new Failure(item.problem)))];
  if (isRemoval(action)) return [badge("bad", icons[action], t(`action.${action}`))];
  if (!item.changed) return [h("span", { class: "muted" }, t("bulk.same")), " ", statusBadge(item.before?.status)];
  return [statusBadge(item.before?.status), h("span", { "aria-hidden": "true" }, " → "), statusBadge(item.after?.status)];
}

/**
 * Makes the table of what was done, to which lines are added as they come. Those that
 * failed stand first; of the others only some are drawn.
 * @param {number} total
 */
export function resultTable(total) {
  const progress = h("progress", { max: String(total), "aria-label": t("bulk.progress") });
  progress.value = 0;
  const totals = h("div", { class: "totals" });
  const failed = h("tbody");
  const good = h("tbody");
  const box = h("div", { class: "plan-box", tabindex: "0", role: "group", "aria-label": t("bulk.resultCaption") }, h("table", { class: "plan" },
    h("caption", { class: "sr" }, t("bulk.resultCaption")),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, t("field.session")), h("th", { scope: "col" }, t("field.result")))), failed, good));
  const more = h("p", { class: "small muted" });
  const counts = { changed: 0, same: 0, failed: 0 };
  let drawn = 0;
  let frame = 0;
  const draw = () => {
    frame = 0;
    progress.value = counts.changed + counts.same + counts.failed;
    fill(totals,
      badge("good", "check", t("bulk.doneCount", { n: counts.changed })),
      counts.same > 0 && badge("plain", "info", t("bulk.nothing", { n: counts.same })),
      counts.failed > 0 && badge("bad", "close", t("bulk.failedCount", { n: counts.failed })));
    more.textContent = progress.value > drawn ? t("bulk.more", { n: progress.value - drawn }) : "";
  };
  draw();
  const element = h("div", { class: "stack" }, progress, totals, box, more);
  return {
    element,
    /** @param {ChangeResult} line */
    add(line) {
      const kind = line.problem ? "failed" : line.changed ? "changed" : "same";
      counts[kind] += 1;
      const body = line.problem ? failed : good;
      if (body.childElementCount < mostRows) {
        drawn += 1;
        body.append(h("tr", null, keyCell(line), h("td", null, outcome(line))));
      }
      frame ||= requestAnimationFrame(draw);
    },
    /** @param {string} text */
    finish(text) {
      cancelAnimationFrame(frame);
      draw();
      progress.replaceWith(h("p", null, h("strong", null, text)));
    },
  };
}

/** @param {ChangeResult} line */
function outcome(line) {
  if (line.problem) {
    return [badge("bad", "close", failureTitle(new Failure(line.problem))),
      line.problem.detail ? h("span", { class: "sub", lang: "en" }, shown(line.problem.detail, { label: t("field.result") })) : null];
  }
  return line.changed ? [badge("good", "check", t("result.done"))] : [badge("plain", "info", t("bulk.same"))];
}

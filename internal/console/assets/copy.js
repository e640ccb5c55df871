// A button that copies a path.

import { showText } from "./dialog.js";
import { done } from "./done.js";
import { iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { visible } from "./text.js";

/**
 * Makes a button that copies the path of a file on the server, and shows it where the
 * browser does not let it.
 * @param {string} path
 */
export function copyButton(path) {
  return iconButton("duplicates", t("action.copyPath"), async () => {
    try {
      await navigator.clipboard.writeText(path);
      done(t("done.copied"));
    } catch {
      showText(t("field.path"), visible(path));
    }
  }, { focus: "copy", title: `${t("action.copyPath")}: ${path.slice(0, 500)}` });
}

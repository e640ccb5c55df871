// English. A text with a number `n` has the forms of its singular and plural.

export const common = {
  again: "Try again", loading: "Loading…",
};

export const nav = {
  label: "Views", menu: "Menu", skip: "Skip to content", overview: "Overview", sessions: "Sessions", pending: "Pending",
  duplicates: "Duplicates", rejected: "Rejected", trash: "Trash", audit: "Audit",
};

export const prefs = {
  language: "Language", scheme: "Colours", auto: "Automatic", light: "Light", dark: "Dark",
};

export const level = {
  read: "may look", admin: "administrator",
};

export const live = {
  live: "Live", connecting: "Connecting…", lost: "Not connected",
};

export const status = {
  accepted: "Accepted", pending: "Pending", rejected: "Rejected",
};

export const seen = {
  never: "not yet",
};

export const device = {
  unnamed: "Unnamed device", noEmail: "No e-mail address",
};

export const text = {
  none: "none", all: "Whole text", more: { one: "Show all ({n} character)", other: "Show all ({n} characters)" },
};

export const field = {
  status: "Status", email: "E-mail", domain: "E-mail domain", device: "Device", system: "System", app: "App",
  since: "Since", seen: "Last seen", actions: "Actions", session: "Session", change: "Change", result: "Result",
  reason: "Reason", reasonOptional: "Reason, for the audit (optional)", remedy: "What to do", file: "File",
  path: "File on the server", ip: "IP address", modified: "File changed", loaded: "In memory since",
  simulator: "simulator", team: "Team", bundle: "Application",
};

export const action = {
  accept: "Accept", acceptOf: "Accept {name}", hold: "Hold", holdOf: "Hold {name}", logout: "Log out",
  logoutOf: "Log out {name}", email: "Change e-mail", save: "Save", restore: "Restore", restoreOf: "Restore {name}",
  purge: "Delete for good", purgeOf: "Delete {name} for good", delete: "Delete", deleteOf: "Delete the file of {name}",
  deleteFiles: "Delete files", copyPath: "Copy the path", look: "Look",
};

export const dialog = {
  close: "Close", cancel: "Cancel",
};

export const failed = {
  title: "Not done: {name}",
};

export const filter = {
  label: "Filters", search: "Search sessions", searchHint: "E-mail, device, app or id",
  prefix: "Beginning of app folder or id", wholeEmail: "Whole e-mail address", all: "All", more: "More filters",
  clear: "Clear filters", modifiedBefore: "Changed before", seenBefore: "Last seen before", sort: "Sort",
};

export const sort = {
  key: "By app", email: "By e-mail", newest: "Newest first", oldest: "Oldest first",
};

export const list = {
  select: "Select {name}", selectPage: "Select all on this page", previous: "Previous", next: "Next",
  range: "{from} to {to}", rangeMore: "{from} to {to}, and more", rangeOf: "{from} to {to} of {total}",
  changes: { one: "{n} change: show", other: "{n} changes: show" },
};

export const mark = {
  changed: "changed", loggedOut: "logged out", invalid: "rejected", restored: "restored", purged: "deleted for good",
};

export const sessions = {
  lead: "Who is logged in, on which device, and since when.", counted: { one: "{n} session", other: "{n} sessions" },
  none: "No sessions", noneText: "Nobody has logged in with a mobile app yet.", noMatch: "Nothing matches",
  noMatchText: "Try fewer words, or other filters.",
};

export const pending = {
  lead: "Who has asked to log in and waits for approval.", none: "Nobody is waiting",
  noneText: "New requests appear here by themselves.", acceptAll: { one: "Accept {n}…", other: "Accept all {n}…" },
};

export const duplicates = {
  lead: "Devices that hold several sessions, mostly after an app was installed again.", caption: "Sessions of {name}",
  certain: "Same device", certainText: "The same device and the same app.", likely: "Looks alike",
  likelyText: "Same app, e-mail address, device name and system. It may still be two devices.", partly: "The newest {n} of {total} are shown, the next once these are logged out.", newest: "newest",
  logOutOlder: { one: "Log out the older one…", other: "Log out the {n} older ones…" }, more: "Show more",
  counted: { one: "{n} device with several sessions", other: "{n} devices with several sessions" },
  none: "No duplicates", noneText: "Every device has one session.",
};

export const rejected = {
  lead: "Files that are not valid session files: their sessions do not count. No content is shown here, since secrets cannot be told apart in a broken file.",
  counted: { one: "{n} file", other: "{n} files" }, none: "No file is rejected",
  noneText: "Every session file is valid.",
};

export const trash = {
  lead: "Sessions that were logged out. Their files are kept for a while and can be restored.",
  counted: { one: "{n} file", other: "{n} files" }, none: "The trash is empty",
  noneText: "Whoever is logged out appears here.", removed: "Deleted", until: "Kept until",
  superseded: "replaced", leftover: "left over",
};

export const audit = {
  claims: "node {node}, which claims:",
  lead: "Who did what to which session, newest first, with what other programs changed in the files.",
  counted: { one: "{n} entry", other: "{n} entries" }, none: "Nothing was recorded yet",
  noneText: "Every change appears here, whoever makes it.", at: "When", action: "Action", actor: "Who",
  unknown: "unknown user", byFile: "another program", becomes: "becomes", accept: "Accepted", hold: "Held",
  "set-email": "E-mail changed", edit: "Edit", delete: "Logged out", restore: "Restored", purge: "Deleted for good",
  open: "Opened", started: "sessiond started", updated: "File changed", removed: "Removed", admitted: "New session",
  reappeared: "Came back", recovered: "Recovered after a crash", lost: "Entries lost",
};

export const auditRemoved = {
  invalid: "Removed: file not valid", deleted: "Removed: file deleted",
};

export const result = {
  done: "Done", failed: "Failed", refused: "Refused", intent: "Begun",
};

export const drawer = {
  title: "Session", ids: "Identifiers", content: "Content of the file",
  noSecrets: "Without the connection token and the push token.", history: "History",
  noHistory: "Nothing is recorded of this session.",
};

export const email = {
  title: "Change the e-mail address",
  help: "Pending actions in the app belong to the address: they come back only if it is set back. Leave it empty to remove the address.",
};

export const logout = {
  title: "Log out this device?",
  text: "The app goes back to its log-in page. The session's file goes to the trash and can be restored.",
  forGood: "There is no trash: what is logged out cannot be restored.",
};

export const purge = {
  title: "Delete this file for good?", text: "It cannot be restored afterwards.",
};

export const conflict = {
  title: "Somebody else has changed this session",
  text: "It is not what it was when you saw it. Nothing has been done yet.", caption: "Both values", seen: "You saw",
  wanted: "You want", now: "Now in the file", nothing: "not valid, or gone", leave: "Leave it as it is",
};

export const done = {
  label: "Last action", undo: "Undo", undone: "Undone: {name}.",
  undoneMany: { one: "{n} session is as it was.", other: "{n} sessions are as they were." },
  undoneSome: "Undone: {n}. Not undone, since changed meanwhile: {bad}.", accepted: "Accepted: {name}.",
  held: "On hold: {name}.", email: "E-mail address changed: {name}.", loggedOut: "Logged out: {name}.",
  restored: "Restored: {name}.", restoredMany: { one: "{n} session restored.", other: "{n} sessions restored." },
  purged: "Deleted for good: {name}.", copied: "Path copied.",
};

export const bulk = {
  bar: "Selection", selected: "{n} selected", elsewhere: "{n} of them not on this page",
  selectAll: "Select all {n} that match", allSelected: "All {n} that match are selected", clear: "Clear selection",
  planning: "Finding out what would change…", planCaption: "What would be done", resultCaption: "What was done",
  progress: "Progress", acceptDo: { one: "Accept {n} session", other: "Accept {n} sessions" },
  acceptDone: { one: "{n} session accepted.", other: "{n} sessions accepted." },
  holdDo: { one: "Hold {n} session", other: "Hold {n} sessions" },
  holdDone: { one: "{n} session on hold.", other: "{n} sessions on hold." },
  logoutDo: { one: "Log out {n} session", other: "Log out {n} sessions" },
  logoutDone: { one: "{n} session logged out.", other: "{n} sessions logged out." },
  deleteDo: { one: "Delete {n} file", other: "Delete {n} files" },
  deleteDone: { one: "{n} file deleted.", other: "{n} files deleted." },
  nothing: { one: "{n} stays as it is", other: "{n} stay as they are" }, refused: "{n} cannot be changed",
  same: "stays", more: "and {n} more",
  notAll: "{n} match, the first {shown} of them are done now. Do the same again for the others.",
  typeNumber: "Type {number} to confirm",
  cutOff: "The answer broke off. What was begun goes on to its end: read the list again, or the audit.",
  doneCount: "{n} done", failedCount: "{n} failed",
};

export const overview = {
  lead: "How things stand, and what needs you.", figures: "Counts", well: "All is well",
  wellText: "The sessions in memory are what the files say.", sessions: { one: "session", other: "sessions" },
  pending: { one: "waits for approval", other: "wait for approval" },
  rejected: { one: "file rejected", other: "files rejected" },
  notInMemory: { one: "file not in memory", other: "files not in memory" }, licences: "accepted, of the licences",
  overLicences: "accepted: more than the licences", byStatus: "By status", byApp: "By app", bySystem: "By system",
  otherSystems: "Others", mostApps: "the {n} largest of {total}", server: "4D server",
  gateways: "Gateways", allowed: "Let through", denied: "Refused", unavailable: "Not decided",
};

export const notify = {
  off: "not told",
  offText: "A running 4D server learns of changes only by MOBILE APP REFRESH SESSIONS. With notify-url, that runs after each change.",
  following: "follows", waiting: "to be told", failing: "not reached", url: "Address", lastSuccess: "Last told",
  untold: "Changes it does not know", errors: "Errors of 4D",
};

export const daemon = {
  root: "MobileApps folder", started: "Running since", lastPass: "Last check",
  passText: { one: "{n} file in {time}", other: "{n} files in {time}" },
};

export const rights = {
  node: "No changes from this machine",
  level: "You can look, but not change anything", off: "sessiond changes no files here",
  cannot: "sessiond cannot change files here",
};

export const rightsRemedy = {
  node: "Another machine has the files, and its sessiond does not take changes from this one.",
  level: "Changes are for administrators: root, the user that sessiond runs as, and the members of its admin group. After joining the group, log in again and restart the console.",
  off: "It runs with --write off. Set write: on in its configuration, usually /etc/sessiond/config.yaml, and restart it.",
  cannot: "The setting write is on, but the system does not let it. What stands in the way:",
};

export const lost = {
  stale: "What you see may be out of date. The page tries again by itself.",
};

export const elsewhere = {
  title: "Not on this machine", text: "It is at node {node}, which has the files: open the console there.",
  undo: "It can be restored at node {node}.", unseen: "It is not shown here yet.",
  stale: "What you see is how it was at {time}", follows: "Follows node", changed: "Last change",
  well: "What node {node} showed last is here.",
};

export const code = {
  1: "Wrong place", 2: "Not well-formed JSON", 3: "Member missing or wrong", 4: "Token of another session",
  other: "Error {code}",
};

export const codeRemedy = {
  1: "Name folder and file after the ids in it, or correct the ids.",
  2: "Correct the JSON at that place, or delete the file.",
  3: "Correct the members it names, or delete the file. “sessiond schema” prints the rules.",
  4: "Copy the token of this very session, or delete the file.",
};

export const hint = {
  other: "Something needs your attention", "root-missing": "The MobileApps folder is not there.",
  "root-without-apps": "The MobileApps folder holds no app folder.", "only-links": "Links are not followed.",
  "root-pinned": "An unmount of the folder's disk would not be seen.",
  "not-in-memory": "Valid files are not in memory.", rejected: "Files are rejected.",
  "many-gone": "Many files have gone at once; their sessions are kept for now.",
  unreadable: "Files or folders cannot be read.",
  "slow-to-settle": "Wrong and deleted files count later than configured.", "watch-degraded": "Changes are found late.",
  "audit-fails": "The audit cannot be written, so nothing is changed.",
  "trash-fails": "The trash cannot be written, so nothing is logged out.",
  reappeared: "Sessions that were logged out came back: a 4D server still has them in memory.",
  "left-behind": "Temporary files were left behind.",
  "kept-in-trash": "Contents that nobody deleted were kept in the trash.",
  undone: "Other programs have undone changes.", "not-looked-at": "No check has looked at it yet.",
  unsettled: "Its file cannot be judged yet.", "stays-in-trash": "It is still in the trash, too.",
  "seen-fails": "Last seen times cannot be kept.", licences: "More sessions are accepted than there are licences.",
  "notify-fails": "A 4D server cannot be told of changes.", "notify-waits": "A 4D server is not told of changes yet.",
  "notify-differs": "The 4D server reports other errors than sessiond.",
  "replica-away": "The NATS servers do not answer.", "replica-refused": "The NATS servers refuse something.",
  "replica-held": "Other machines are told nothing.", "replica-fenced": "Another sessiond publishes under this name.",
  "replica-diverged": "What is read is not what was published.",
  "replica-omitted": "Sessions are too large for the NATS servers.", "replica-admit": "No token can be checked here.",
};

export const problem = {
  "authority-away": "The machine with the files does not answer",
  lost: "The console has ended, or the connection to it",
  "wrong-key": "This page belongs to another run of the console", unreachable: "sessiond cannot be reached",
  stopping: "sessiond is stopping", loading: "sessiond is still loading its sessions", busy: "sessiond is busy",
  "too-many-followers": "Too many clients follow changes", "admin-only": "Only administrators may do this",
  "not-in-memory": "This session is not in memory", "no-file": "The session's file or app folder is gone",
  rejected: "The session's file is not valid", unsettled: "The file cannot be judged yet",
  "changed-since": "Changed by somebody else meanwhile", conflict: "Other programs keep writing to this file",
  "file-exists": "There is a file in its place", "not-compliant": "The file would not be valid afterwards",
  "file-too-large": "The file is too large", "not-writable": "The system does not let sessiond change this file",
  "read-only": "The disk is read-only", "no-space": "The disk is full",
  "file-busy": "The file is being written just now", unreadable: "The file cannot be read",
  "outcome-unknown": "It is not known whether it was done",
  "trash-failed": "No copy could be kept in the trash, so nothing was deleted",
  "not-audited": "The change could not be recorded, and was not made", "no-trash": "sessiond keeps no trash",
  "no-audit": "sessiond keeps no audit", "not-in-trash": "It is not in the trash any more",
  "invalid-parameter": "A filter is not understood", "invalid-set": "This value is not allowed",
  internal: "Something went wrong", other: "Something went wrong: {title}",
};

export const remedy = {
  "authority-away": "Nothing was changed. Try again in a moment.",
  lost: "Run “sessiond console” again and open the address that it prints. Over SSH, connect again first.",
  "wrong-key": "Open the address that “sessiond console” printed last, with all that follows the #.",
  unreachable: "Start its service, for instance with “systemctl start sessiond”.",
  "too-many-followers": "Close other consoles and tabs.",
  conflict: "What they wrote is in place. Nothing of yours was done.",
  "file-exists": "The device has logged in again since. Log that session out first if the old one is to come back.",
  "file-busy": "Try again in a moment.",
  "outcome-unknown": "Look at the session, or at the audit, before you try again.",
  "no-trash": "Set trash-dir and trash-keep in its configuration.", "no-audit": "Set audit-log in its configuration.",
};

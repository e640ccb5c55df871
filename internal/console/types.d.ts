// The daemon's answers, as far as the page reads them (docs/openapi.yaml). The browser
// never sees this file: it is for the checks of types alone.

/** What can be changed about a session. */
interface State {
  status?: string;
  email?: string;
}

interface Summary {
  /** Its key, APPFOLDER/SESSIONID. */
  session: string;
  app: string;
  id: string;
  status: "accepted" | "pending";
  email?: string;
  application?: { id?: string; name?: string; version?: string };
  team?: { id?: string };
  device?: { id?: string; description?: string; os?: string; version?: string; simulator?: boolean };
  ip?: string;
  modified?: string;
  loadedAt?: string;
  seenAt?: string;
  revision?: number;
}

interface Page {
  sessions: Summary[];
  next?: string;
  /** How many sessions pass the filter. */
  total?: number;
  epoch: string;
  revision: number;
}

interface Hint {
  code: string;
  text: string;
}

interface Write {
  enabled: boolean;
  /** Who changes the files, where that is not this daemon. */
  via?: string;
  method?: string;
  reason?: string;
}

interface Me {
  uid?: number;
  gid?: number;
  user?: string;
  level: "read" | "admin";
  write: Write;
}

interface App {
  app: string;
  team: string;
  application: string;
  name: string;
  sessions: number;
  pending: number;
  rejected: number;
}

interface SessionEvent {
  epoch: string;
  revision: number;
  at: string;
  session: string;
  email?: string;
  action: "updated" | "removed" | "admitted";
  reason?: string;
  trigger: string;
}

interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  error?: { errCode: number; message: string; detail?: string };
  current?: Summary;
  etag?: string;
  owner?: string;
  folder?: string;
  remedy?: string;
}

/** Whether a running 4D server follows. */
interface Notify {
  url: string;
  state: string;
  reason?: string;
  since?: string;
  updated: number;
  removed: number;
  lastSuccess?: string;
  errors?: { errCode: number; componentSignature: string; message: string }[];
  errorsTotal: number;
  answer?: string;
}

interface Status {
  version: string;
  pid: number;
  startedAt: string;
  root: string;
  admit: string;
  write: Write;
  watch: { mode: string; degraded: boolean; reason: string; watches: number };
  sessions: number;
  pending: number;
  notInMemory: number;
  rejected: number;
  epoch: string;
  revision: number;
  passes: number;
  lastPass?: { trigger: string; startedAt: string; durationMs: number; checked: number };
  lastSuccess?: string;
  errorsTotal: number;
  unsettledTotal: number;
  hints: Hint[];
  /** Since when it is noted when sessions were last seen. */
  seenSince?: string;
  /** How many licences there are, where the setting says. */
  licences?: { owned: number; accepted: number };
  /** What gateways were answered. */
  checks?: { allowed: number; denied: number; unavailable: number };
  notify?: Notify;
  /** Of a daemon that has followers, or follows another; age is in seconds. */
  replica?: { role: "authority" | "follower"; state: string; reason?: string; authority?: string; age: number };
}

interface Edit {
  /** False where a follower does not show yet what was done. */
  visible?: boolean;
  summary?: Summary;
  before?: State;
  changed: boolean;
  etag?: string;
  trash?: string;
  inMemory: boolean;
  hints?: Hint[];
}

/** What became of one of many sessions, or would. */
interface ChangeResult {
  session: string;
  etag?: string;
  before?: State;
  after?: State;
  changed: boolean;
  device?: string;
  application?: string;
  inMemory: boolean;
  trash?: string;
  problem?: Problem;
}

/** What would become of many sessions. */
interface ChangesPlan {
  matched: number;
  would: { change: number; nothing: number; refuse: number };
  items: ChangeResult[];
}

interface TrashItem {
  id: string;
  session: string;
  removedAt: string;
  until: string;
  reason: string;
  status?: string;
  email?: string;
  device?: string;
  size: number;
}

interface RejectedFile {
  session: string;
  errCode: number;
  componentSignature: string;
  message: string;
  detail?: string;
  since: string;
  modified?: string;
  lastKnown?: { email?: string; device?: string };
  remedy: string;
  path?: string;
  etag?: string;
}

interface AuditEntry {
  at: string;
  seq: number;
  actor?: { uid?: number; user?: string; via: string; node?: string; claimed?: Record<string, string> };
  action: string;
  session?: string;
  device?: string;
  before?: State;
  after?: State;
  reason?: string;
  trigger?: string;
  intent?: number;
  result?: string;
  error?: string;
  count?: number;
}

/** Sessions of one device, newest first. */
interface DuplicateGroup {
  certain: boolean;
  total: number;
  sessions: Summary[];
}

/** What the routes answer that lists and counts are read from. */
interface Answers {
  "/v1/me": Me;
  "/v1/status": Status;
  "/v1/apps": { apps: App[] };
  "/v1/sessions": Page;
  "/v1/duplicates": { duplicates: DuplicateGroup[]; next?: string };
  "/v1/rejected": { files: RejectedFile[]; next?: string; epoch: string; revision: number };
  "/v1/trash": { items: TrashItem[]; next?: string };
  "/v1/audit": { entries: AuditEntry[]; next?: string };
}

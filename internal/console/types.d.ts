// The daemon's answers, as far as the page reads them (docs/openapi.yaml). The browser
// never sees this file: it is for the checks of types alone.

/** What can be changed about a session. */
export interface State {
  status?: string;
  email?: string;
}

export interface Summary {
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

export interface Page {
  sessions: Summary[];
  next?: string;
  /** How many sessions pass the filter. */
  total?: number;
  epoch: string;
  revision: number;
}

export interface Hint {
  code: string;
  text: string;
}

export interface Write {
  enabled: boolean;
  method?: string;
  reason?: string;
}

export interface Me {
  uid?: number;
  gid?: number;
  user?: string;
  level: "read" | "admin";
  write: Write;
}

export interface App {
  app: string;
  team: string;
  application: string;
  name: string;
  sessions: number;
  pending: number;
  rejected: number;
}

export interface Event {
  epoch: string;
  revision: number;
  at: string;
  session: string;
  email?: string;
  action: "updated" | "removed" | "admitted";
  reason?: string;
  trigger: string;
}

export interface Problem {
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
export interface Notify {
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

export interface Status {
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
}

export interface Edit {
  summary?: Summary;
  before?: State;
  changed: boolean;
  etag?: string;
  trash?: string;
  inMemory: boolean;
  hints?: Hint[];
}

/** What became of one of many sessions, or would. */
export interface ChangeResult {
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
export interface ChangesPlan {
  matched: number;
  would: { change: number; nothing: number; refuse: number };
  items: ChangeResult[];
}

export interface TrashItem {
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

export interface RejectedFile {
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

export interface AuditEntry {
  at: string;
  seq: number;
  actor?: { uid?: number; user?: string; via: string; claimed?: Record<string, string> };
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

// The daemon's answers, as far as the page reads them (docs/openapi.yaml).

/**
 * @typedef {object} Summary
 * @property {string} session its key, APPFOLDER/SESSIONID
 * @property {string} app
 * @property {string} id
 * @property {"accepted" | "pending"} status
 * @property {string} [email]
 * @property {{id?: string, name?: string, version?: string}} [application]
 * @property {{id?: string}} [team]
 * @property {{id?: string, description?: string, os?: string, version?: string, simulator?: boolean}} [device]
 * @property {string} [ip]
 * @property {string} [modified]
 * @property {string} [loadedAt]
 * @property {string} [seenAt]
 * @property {number} [revision]
 */

/** @typedef {{status?: string, email?: string}} State what can be changed about a session */
/** @typedef {{code: string, text: string}} Hint */
/** @typedef {{enabled: boolean, method?: string, reason?: string}} Write */
/** @typedef {{uid?: number, gid?: number, user?: string, level: "read" | "admin", write: Write}} Me */
/** @typedef {{app: string, team: string, application: string, name: string, sessions: number, pending: number, rejected: number}} App */
/** @typedef {{epoch: string, revision: number, at: string, session: string, email?: string, action: "updated" | "removed" | "admitted", reason?: string, trigger: string}} Event */

/**
 * @typedef {object} Problem
 * @property {string} type
 * @property {string} title
 * @property {number} status
 * @property {string} [detail]
 * @property {{errCode: number, message: string, detail?: string}} [error]
 * @property {Summary} [current]
 * @property {string} [etag]
 * @property {string} [owner]
 * @property {string} [folder]
 * @property {string} [remedy]
 */

/**
 * @typedef {object} Status
 * @property {string} version
 * @property {number} pid
 * @property {string} startedAt
 * @property {string} root
 * @property {string} admit
 * @property {Write} write
 * @property {{mode: string, degraded: boolean, reason: string, watches: number}} watch
 * @property {number} sessions
 * @property {number} pending
 * @property {number} notInMemory
 * @property {number} rejected
 * @property {string} epoch
 * @property {number} revision
 * @property {number} passes
 * @property {{trigger: string, startedAt: string, durationMs: number, checked: number}} [lastPass]
 * @property {string} [lastSuccess]
 * @property {number} errorsTotal
 * @property {number} unsettledTotal
 * @property {Hint[]} hints
 * @property {string} [seenSince] since when it is noted when sessions were last seen
 * @property {number} [licences]
 * @property {number} [accepted]
 * @property {Notify} [notify]
 */

/** @typedef {{url: string, state: string, reason?: string, since?: string, updated: number, removed: number, lastSuccess?: string, errorsTotal: number, answer?: string, errors?: {errCode: number, componentSignature: string, message: string}[]}} Notify */

/**
 * @typedef {object} Page
 * @property {Summary[]} sessions
 * @property {string} [next]
 * @property {number} [total]
 * @property {string} epoch
 * @property {number} revision
 */

/**
 * @typedef {object} Edit
 * @property {Summary} [summary]
 * @property {State} [before]
 * @property {boolean} changed
 * @property {string} [etag]
 * @property {string} [trash]
 * @property {boolean} inMemory
 * @property {Hint[]} [hints]
 */

/** @typedef {{id: string, session: string, removedAt: string, until: string, reason: string, status?: string, email?: string, device?: string, size: number}} TrashItem */
/** @typedef {{session: string, errCode: number, componentSignature: string, message: string, detail?: string, since: string, modified?: string, lastKnown?: {email?: string, device?: string}, remedy: string, path?: string, etag?: string}} RejectedFile */

/**
 * @typedef {object} AuditEntry
 * @property {string} at
 * @property {number} seq
 * @property {{uid?: number, user?: string, via: string, claimed?: Record<string, string>}} [actor]
 * @property {string} action
 * @property {string} [session]
 * @property {string} [device]
 * @property {State} [before]
 * @property {State} [after]
 * @property {string} [reason]
 * @property {string} [trigger]
 * @property {number} [intent]
 * @property {string} [result]
 * @property {string} [error]
 * @property {number} [count]
 */

export {};

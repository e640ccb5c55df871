// Calls of the daemon's routes (docs/openapi.yaml), which the console passes on.

const keptKey = "sessiond-key";
let key = "";

/**
 * Takes the key of this run out of the address, where it stands in the fragment, and keeps it for the tab.
 * @returns {boolean} whether there was one
 */
export function takeKey() {
  const found = /^#key=([^&]*)(?:&(.*))?$/.exec(location.hash);
  if (found) {
    sessionStorage.setItem(keptKey, found[1]);
    history.replaceState(null, "", location.pathname + (found[2] ? `#${found[2]}` : ""));
  }
  key = sessionStorage.getItem(keptKey) ?? "";
  return found !== null;
}

/** A call that failed: the problem that the daemon or the console answered with, or none where nobody answered. */
export class Failure extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    /** What kind of failure it is, without "/problems/". */
    this.kind = problem.type.replace(/^\/problems\//, "");
    this.status = problem.status;
  }
}

/** The kind of a failure without an answer: the console has ended, or the way to it. */
export const lost = "lost";

/**
 * Makes a call and returns the answer, whose body is not read yet.
 * @param {string} method
 * @param {string} path
 * @param {Call} [options]
 * @returns {Promise<Response>}
 * @throws {Failure} for every answer but a good one; an AbortError where `signal` ends it
 */
export async function open(method, path, options = {}) {
  /** @type {Record<string, string>} */
  const headers = { "Sessiond-Key": key };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.etag) headers["If-Match"] = `"${options.etag}"`;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== "" && value !== false) query.set(name, value === true ? "1" : String(value));
  }
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path + (query.size ? `?${query}` : ""), {
      method, headers, signal: options.signal, cache: "no-store", credentials: "omit", redirect: "error",
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  } catch (error) {
    throw broken(error);
  }
  if (response.ok) return response;
  throw await failureOf(response);
}

/**
 * Makes a call and returns what the answer says, with its entity tag.
 * @template T
 * @param {string} method
 * @param {string} path
 * @param {Call} [options]
 * @returns {Promise<{body: T, etag: string}>}
 */
export async function call(method, path, options) {
  const response = await open(method, path, options);
  try {
    return { body: await response.json(), etag: (response.headers.get("ETag") ?? "").replaceAll('"', "") };
  } catch (error) {
    throw broken(error);
  }
}

/**
 * @template {keyof Answers} Path
 * @param {Path} path
 * @param {Call["query"]} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answers[Path]>}
 */
export async function get(path, query, signal) {
  return /** @type {any} */ (await call("GET", path, { query, signal })).body;
}

/**
 * Reads a stream of one JSON value a line. A line that is cut off is left out.
 * @param {Response} response
 * @returns {AsyncGenerator<any>}
 */
export async function* lines(response) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) if (part) yield JSON.parse(part);
    }
  } catch (error) {
    throw broken(error);
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Returns what a failure of fetch or of reading comes to. @param {unknown} error */
function broken(error) {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  if (error instanceof Failure) return error;
  return new Failure({ type: `/problems/${lost}`, title: "", status: 0, detail: String(error) });
}

/** @param {Response} response */
async function failureOf(response) {
  try {
    if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) return new Failure(await response.json());
  } catch {
    // It is cut off; its status is what there is to go by.
  }
  return new Failure({ type: "about:blank", title: response.statusText, status: response.status });
}

/**
 * Returns the path of a session's routes.
 * @param {string} session its key
 */
export function pathOf(session) {
  const slash = session.indexOf("/");
  return `/v1/sessions/${encodeURIComponent(session.slice(0, slash))}/${encodeURIComponent(session.slice(slash + 1))}`;
}

/** Returns whether an error only says that nobody waits for an answer any longer. @param {unknown} error */
export function isAborted(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

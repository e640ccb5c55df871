// Package console serves the page that sessiond console shows in a browser, on loopback,
// and passes the page's calls on to the daemon as the user who runs the command.
//
// # What the page and the server agree on
//
// The page is what assets holds, as the browser runs it: "/" is index.html, "/table.js" is
// assets/table.js, "/views/audit.js" is assets/views/audit.js. Assets hold no data and
// need no key. The policy of their content (guard.go) allows scripts, styles, images and
// calls of the own origin only, no inline script, no style attribute in markup, and no
// string where the DOM takes markup or code: elements are built by createElement and
// textContent.
//
// The key of this run stands in the fragment of the address, "#key=…". The page takes it
// from there, removes it from the address and keeps it in sessionStorage. Each call has it
// in the header [KeyHeader].
//
// The daemon's routes (docs/openapi.yaml) are at their own paths, "/v1/…", with the same
// methods, parameters, bodies and answers. Of a call's headers, those of [passedHeaders]
// go to the daemon. GET /v1/events is a stream of lines, as from the daemon: read it with
// fetch and a reader of the body, not with EventSource, which sends no header. A browser
// opens six connections to a host at most, so a page has one stream at a time.
//
// Beside the daemon's problems, a call can be answered with three of the console's own
// (problem.go): 401 where the key is missing or is another run's, 502 where the daemon
// cannot be reached, with what to do as detail, and 503 [api.KindOutcomeUnknown] where the
// daemon ended while it was asked to change something. A call that fails without an answer
// says that the console itself, or the way to it, has ended.
//
// The console ends when nobody has made a call for the time of --idle. An open stream is
// no call: a page that is looked at asks for the status once a minute, and one that is
// hidden lets the console end.
//
// Nothing else is told to the page. Its language is the browser's (navigator.languages),
// the version is the daemon's (GET /v1/status), what its user may do is GET /v1/me's.
package console

// Package notify has a running 4D server follow: after passes that updated or removed
// sessions it sends a request to the server, whose code then calls 4D's command MOBILE
// APP REFRESH SESSIONS.
//
// That command has neither a second look nor a brake. So nothing is sent while a file is
// in motion, a removal is held back or a mount is away: the command would end these
// sessions at once.
//
// No pass ever waits for the server. What it has not been told is only counted, since
// one request makes it follow everything. After a start nobody knows what it was told
// before, so it is told once, when the sessions are loaded and all is settled.
package notify

// Package metrics is Prometheus' view of the daemon, on a registry of its own.
//
// Everything that a pass can change is taken from its outcome, right after that
// was applied: a scrape costs the same with a thousand sessions as with a
// million, and sees whole passes only. The rest (how changes are noticed, who is
// connected) is asked for at each scrape.
//
// Labels are bounded: an app folder is one, up to a number of them; a session's
// key or anything from inside a file never is.
package metrics

// Package metrics is Prometheus' view of the daemon, on a registry of its own.
//
// Everything that a pass can change is taken from its outcome, right after that was
// applied: a scrape costs the same with a thousand sessions as with a million, and
// sees whole passes only. The rest (how changes are noticed, how many clients are
// connected) is read at each scrape.
//
// Labels are bounded: the names of app folders are labels, up to a limit; keys and
// anything from inside a file never are.
package metrics

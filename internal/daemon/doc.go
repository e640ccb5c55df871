// Package daemon joins the packages of sessiond and runs them: it turns triggers
// into passes, one at a time, applies what a pass decided to the store, and
// answers whoever waits. It is the only package that knows all the others.
//
// Every trigger goes through one queue (queue.go): requests from the socket,
// SIGHUP, hints from the watcher, timers. One goroutine (loop.go) takes all that
// is due, runs the passes it asks for and applies their outcomes.
package daemon

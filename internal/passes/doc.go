// Package passes turns triggers into passes, one at a time: it applies what a pass
// decided to the store, and answers whoever waits.
//
// Every trigger goes through one queue (queue.go): requests from the socket, SIGHUP,
// changes from the watcher, timers. One goroutine (loop.go) takes all that is due,
// runs the passes that it asks for and applies their outcomes.
package passes

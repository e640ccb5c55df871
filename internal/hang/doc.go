// Package hang bounds work that may hang, such as system calls on a network share
// whose server is gone. A system call cannot be called off, so work runs in a
// goroutine of its own. Where it makes no progress for too long it is given up: it
// goes on by itself, nobody waits for it any more, and what it is about is left
// alone until it has returned. So a folder that hangs costs its caller the patience
// once, and the process one goroutine for each batch of calls that was under way.
package hang

package socketpath

import "strings"

// pipes is where the named pipes of this machine are.
const pipes = `\\.\pipe\`

// defaultPipe is where every daemon listens, and every client looks for it.
const defaultPipe = pipes + "sessiond"

// ForRun returns where a daemon listens by default.
func ForRun(int, Env) string { return defaultPipe }

// ForClient returns where a client looks for the daemon by default.
func ForClient(int, Env) string { return defaultPipe }

// EnsureDir has nothing to do: a socket that has a folder was named by hand, and its
// folder is left to whoever named it.
func EnsureDir(string, int) error { return nil }

// IsPipe reports whether a path is that of a named pipe of this machine.
func IsPipe(path string) bool {
	return len(path) >= len(pipes) && strings.EqualFold(path[:len(pipes)], pipes)
}

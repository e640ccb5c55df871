// Package socketpath knows where the control socket is when nobody says so: for
// the daemon that makes it and for the clients that look for it (interface, "One
// binary").
package socketpath

// Env looks up an environment variable, as [os.LookupEnv] does.
type Env = func(name string) (value string, found bool)

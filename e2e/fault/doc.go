// Package fault takes from the daemon what it needs, and gives it what it should never
// meet: clients, names, signals, limits, folders that move. It needs nothing but Go.
package fault

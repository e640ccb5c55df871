// Command sessiond keeps the sessions of 4D mobile apps in memory and up to
// date with their files.
package main

import (
	"os"

	"sessiond/internal/cli"
)

// How the program was built, set by the linker (-X main.version=…).
var version, commit, date string

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Process{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ(),
		Version: version, Commit: commit, Date: date,
	}))
}

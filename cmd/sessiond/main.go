// Command sessiond keeps the sessions of 4D mobile apps in memory and up to
// date with their files.
package main

import (
	"os"

	"sessiond/internal/cli"
)

// version is set by the linker (-X main.version=…).
var version string

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Process{
		Out: os.Stdout, Err: os.Stderr, Environ: os.Environ(), Version: version,
	}))
}

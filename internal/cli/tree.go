package cli

import (
	"io"
	"time"

	"github.com/spf13/cobra"

	"sessiond/internal/config"
)

// Tree returns the command tree for those who describe it, such as the manual
// pages. Its commands are not for running.
func Tree() *cobra.Command {
	a := &app{
		Process: Process{Out: io.Discard, Err: io.Discard},
		config:  config.New(), now: time.Now, zone: time.UTC,
	}
	return a.root()
}

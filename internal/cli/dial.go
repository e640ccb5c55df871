package cli

import (
	"os"

	"github.com/spf13/cobra"

	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/socketpath"
)

// addSocket gives a verb the flags that say where the daemon listens.
func (a *app) addSocket(cmd *cobra.Command) {
	a.config.AddFlags(cmd.Flags(), config.KeySocket)
}

// dial returns the way to the daemon: the socket of the flag, the environment or
// the settings file, or else where socketpath finds one. Whether somebody listens
// shows with the first request.
func (a *app) dial(cmd *cobra.Command) (*client.Client, error) {
	settings, err := a.config.Load(cmd.Flags(), a.Environ)
	if err != nil {
		return nil, err
	}
	path := settings.Socket
	if path == "" {
		path = socketpath.ForClient(os.Getuid(), a.lookupEnv)
	}
	return client.New(path), nil
}

package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/socketpath"
)

// addSocket gives a verb the flags that say where the daemon listens.
func (a *app) addSocket(cmd *cobra.Command) {
	a.config.AddFlags(cmd.Flags(), config.KeySocket)
	completeSocket(cmd)
}

// dial returns the way to the daemon: the socket of the flag, the environment or
// the settings file, or else where socketpath finds one. Whether somebody listens
// shows with the first request. Where a settings file was named that has a root,
// dial asks the daemon for its own and refuses another, before anything is done
// there: a file without a socket leads to the socket of the default daemon.
func (a *app) dial(ctx context.Context, cmd *cobra.Command) (*client.Client, error) {
	settings, unread, err := a.config.LoadForClient(cmd.Flags(), a.Environ)
	if err != nil {
		return nil, err
	}
	path := settings.Socket
	if path == "" {
		if unread != nil { // it may name another socket
			a.tell("warning: %s", unread)
		}
		path = socketpath.ForClient(os.Getuid(), a.lookupEnv)
	}
	daemon := client.New(path)
	if file, named := a.given(cmd.Flags().Lookup(config.KeyConfig)); named && settings.Root != "" {
		if err := sameDaemon(ctx, daemon, path, settings.Root, file); err != nil {
			daemon.Close()
			return nil, err
		}
	}
	return daemon, nil
}

// sameDaemon returns an error unless the daemon on a socket has the root that the
// settings of file say.
func sameDaemon(ctx context.Context, daemon *client.Client, socket, root, file string) error {
	status, err := daemon.Status(ctx)
	if err != nil {
		return err
	}
	if sameFolder(status.Root, root) {
		return nil
	}
	return fmt.Errorf("cannot ask the daemon at %q: its root is %q, and with %q it would be %q; name the right daemon's socket with --%s or in that file",
		socket, status.Root, file, root, config.KeySocket)
}

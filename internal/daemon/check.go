package daemon

import (
	"errors"
	"fmt"
	"net"
	"os"

	"go.uber.org/zap"

	"sessiond/internal/check"
	"sessiond/internal/config"
	"sessiond/internal/control/socket"
	"sessiond/internal/mobileapps"
	"sessiond/internal/passes"
	"sessiond/internal/session"
)

// listenCheck takes the sockets on which tokens are checked: the one that the service
// manager opened, or else the one that the settings name, and the TCP address. There may
// be none.
func listenCheck(file *os.File, s config.Settings, log *zap.Logger) (_ []net.Listener, err error) {
	var listeners []net.Listener
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(listeners))
		}
	}()
	wanted := socket.Config{Path: s.CheckSocket, Mode: s.CheckSocketMode, Group: s.CheckSocketGroup, Unlocked: true}
	keys := socketKeys{config.KeyCheckSocket, config.KeyCheckSocketGroup}
	switch {
	case file != nil && s.Admit != config.AdmitFollow && len(s.Follow) == 0:
		wrong := config.NeedsFollow(config.KeyCheckSocket, "the service manager", "")
		return nil, errors.Join(wrong, file.Close())
	case file != nil:
		ln, err := adopt(file, wanted, keys, log)
		if err != nil {
			return nil, err
		}
		listeners = append(listeners, ln)
	case wanted.Path != "":
		ln, err := listen(wanted, keys, s.Places)
		if err != nil {
			return nil, err
		}
		listeners = append(listeners, ln)
	}
	if s.CheckListen != "" {
		ln, err := socket.ListenLoopback(s.CheckListen)
		if err != nil {
			return nil, fmt.Errorf("cannot check tokens as setting %s says: %w", config.KeyCheckListen, err)
		}
		listeners = append(listeners, ln)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) error {
	var failed error
	for _, ln := range listeners {
		failed = errors.Join(failed, ln.Close())
	}
	return failed
}

// newCheck returns the server that checks tokens.
func (d *Daemon) newCheck() *check.Server {
	return check.New(check.Config{
		Files: files{
			Loop: d.passes,
			// Calls of its own: what hangs here must not count as a pass that gets on.
			tree: mobileapps.NewBounded(mobileapps.NewDisk(d.settings.Root, d.settings.MaxFileSize), 0),
		},
		Store:   d.store,
		Log:     d.log,
		Observe: d.checkedToken,
		Seen:    d.seen.Note,
	})
}

// checkResults returns what checks can come to, as metrics name it.
func checkResults() []string {
	var names []string
	for _, result := range check.Results() {
		names = append(names, string(result))
	}
	return names
}

// files is what the check asks about session files.
type files struct {
	*passes.Loop
	tree mobileapps.Tree
}

// Loaded implements check.Files.
func (f files) Loaded() bool { return !f.State().Admitting }

// Find implements check.Files.
func (f files) Find(key session.Key) (bool, error) { return f.State().Origin.Find(f.tree, key) }

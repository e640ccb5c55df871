//go:build unix

package service

import (
	"context"
	"fmt"

	kardianos "github.com/kardianos/service"
)

// Run runs the daemon until it ends by itself or is asked to: by SIGTERM, by
// SIGINT or by the service manager, each of which ends its ctx. It returns, with
// the daemon's own error, once the daemon has ended. More of these signals change
// nothing, to the end of the process. The name is that of the service; Windows asks
// for it.
func Run(name string, run func(ctx context.Context, host Host) error) error {
	p := &program{run: func(ctx context.Context) error { return run(ctx, Host{Started: func() {}}) }}
	s, err := kardianos.New(p, &kardianos.Config{
		Name: name,
		// Without it, kardianos waits for a signal only, and a daemon that
		// cannot go on would leave a process behind that does nothing.
		Option: kardianos.KeyValue{"RunWait": p.wait},
	})
	if err != nil {
		return fmt.Errorf("cannot run under the service manager: %w", err)
	}
	return s.Run()
}

// ensureFolder has nothing to do: the folders of the system are root's.
func ensureFolder() error { return nil }

// removeFolder has nothing to do either.
func removeFolder() {}

// setRecovery has nothing to do: the definition says what is done after a failure.
func (m *Manager) setRecovery() error { return nil }

package service

import (
	"fmt"
	"strings"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Notify tells systemd how the daemon is (sd_notify). Where systemd does not
// ask, which it does by NOTIFY_SOCKET, all of it does nothing and succeeds.
type Notify struct{}

// Ready says that the daemon is up, or that a reload has ended.
func (n Notify) Ready() error { return n.send(daemon.SdNotifyReady) }

// Reloading says that the daemon looks at everything again, until Ready. It
// carries the time, by which systemd tells this reload from an earlier one.
func (n Notify) Reloading() error {
	return n.send(daemon.SdNotifyReloading + "\n" + strings.TrimSpace(daemon.SdNotifyMonotonicUsec()))
}

// Stopping says that the daemon is about to end.
func (n Notify) Stopping() error { return n.send(daemon.SdNotifyStopping) }

// Status shows a line of text in systemctl status.
func (n Notify) Status(text string) error {
	// A line end would begin another assignment.
	return n.send("STATUS=" + strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text))
}

func (Notify) send(state string) error {
	if _, err := daemon.SdNotify(false, state); err != nil {
		return fmt.Errorf("cannot notify systemd: %w", err)
	}
	return nil
}

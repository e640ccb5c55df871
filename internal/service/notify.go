package service

import (
	"fmt"
	"os"
	"strings"
	"time"

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

// Extend asks for more time to become ready in: systemd waits at least this much
// longer, whatever TimeoutStartSec= says.
func (n Notify) Extend(by time.Duration) error {
	return n.send(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", by.Microseconds()))
}

// Watchdog says that the daemon gets on.
func (n Notify) Watchdog() error { return n.send(daemon.SdNotifyWatchdog) }

// WatchdogInterval returns within which time Watchdog has to be called again and
// again (WatchdogSec=), or 0 where nobody waits for it.
func (Notify) WatchdogInterval() time.Duration {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return 0 // what systemd never writes is not meant for us
	}
	return interval
}

// Asked reports whether somebody wants to be told at all.
func (Notify) Asked() bool { return os.Getenv("NOTIFY_SOCKET") != "" }

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

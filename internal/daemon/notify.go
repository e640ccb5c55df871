package daemon

import (
	"context"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/notify"
	"sessiond/internal/passes"
)

// newNotify returns what has a running 4D server follow; nil where the settings name none.
func (d *Daemon) newNotify() *notify.Notifier {
	s := d.settings
	if s.NotifyURL == "" {
		return nil
	}
	return notify.New(notify.Config{
		URL: s.NotifyURL, SecretFile: s.NotifySecretFile, Interval: s.NotifyInterval,
		Version: d.version, Log: d.log.Named("notify"), Sent: d.metrics.Notified,
	})
}

// runNotify tells the 4D server of changes until ctx ends.
func (d *Daemon) runNotify(ctx context.Context) {
	if d.notify != nil {
		d.notify.Run(ctx)
	}
}

// observeNotify tells what has a 4D server follow of a pass.
func (d *Daemon) observeNotify(p *passes.Pass) {
	if d.notify != nil {
		d.notify.Observe(&p.Outcome, p.After, d.state.Admitting)
	}
}

// notifyUnloaded tells what has a 4D server follow of changes through the daemon that no
// pass tells of.
func (d *Daemon) notifyUnloaded(changed, deleted int) {
	if d.notify != nil {
		d.notify.Edited(changed, deleted)
	}
}

// following returns whether the 4D server follows; nil where there is none.
func (d *Daemon) following() *api.Notify {
	if d.notify == nil {
		return nil
	}
	return d.notify.Status()
}

// unfollowed tells the metrics whether a 4D server has yet to follow, and when it last
// did.
func (d *Daemon) unfollowed() (pending bool, success time.Time) {
	if d.notify == nil {
		return false, time.Time{}
	}
	return d.notify.Pending(), d.notify.LastSuccess()
}

package service

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	kardianos "github.com/kardianos/service"
)

// Host is what a daemon runs under.
type Host struct {
	// EventLog is the source by which the daemon logs to the event log of Windows; empty
	// where it logs to standard error.
	EventLog string
	// Reload has a value after the control manager of Windows was asked to have the daemon
	// look at everything again; nil where that is done by SIGHUP.
	Reload <-chan struct{}
	// Started says that the daemon can be asked. Windows takes the service for starting
	// until then.
	Started func()
}

// program is the daemon as kardianos sees it.
type program struct {
	run func(ctx context.Context) error

	ctx    context.Context //nolint:containedctx // it lives from Start to Stop, both of which kardianos calls
	cancel context.CancelFunc
	asked  chan os.Signal
	ended  chan struct{}
	err    error // of run, once ended is closed
}

// Start implements kardianos.Interface. The signals are never given back: the next
// one would end a process that is about to end with 0.
func (p *program) Start(kardianos.Service) error {
	p.asked = make(chan os.Signal, 1)
	signal.Notify(p.asked, os.Interrupt, syscall.SIGTERM)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.ended = make(chan struct{})
	go func() {
		defer close(p.ended)
		p.err = p.run(p.ctx)
	}()
	return nil
}

// wait returns once the daemon is asked to end, or has ended.
func (p *program) wait() {
	select {
	case <-p.asked:
	case <-p.ctx.Done():
	case <-p.ended:
	}
}

// Stop implements kardianos.Interface: it asks the daemon to end, waits for it
// and returns its error.
func (p *program) Stop(kardianos.Service) error {
	p.cancel()
	<-p.ended
	return p.err
}

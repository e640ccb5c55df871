package service

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	kardianos "github.com/kardianos/service"
)

// Run runs the daemon until it ends by itself or is asked to: by SIGTERM, by
// SIGINT or by the service manager, each of which ends its ctx. It returns, with
// the daemon's own error, once the daemon has ended. More of these signals change
// nothing, to the end of the process. The name is that of the service; Windows asks
// for it.
func Run(name string, run func(ctx context.Context) error) error {
	p := &program{run: run}
	s, err := kardianos.New(p.hosted(), &kardianos.Config{
		Name: name,
		// Without it, kardianos waits for a signal only, and a daemon that
		// cannot go on would leave a process behind that does nothing.
		Option: kardianos.KeyValue{"RunWait": p.wait},
	})
	if err != nil {
		return fmt.Errorf("cannot run under the service manager: %w", err)
	}
	return p.under(s)
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

package service

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
)

// Run runs the daemon until it ends by itself or is asked to: by Ctrl-C in a console, or by
// the control manager, each of which ends its ctx. It returns, with the daemon's own error,
// once the daemon has ended. The name is that of the service.
//
// kardianos passes on none but the controls stop and shutdown, and tells the manager
// nothing of a daemon that ends by itself. So the control manager is served here. Whether
// there is one is told by the attempt, as Windows documents it: what the parent process is
// called tells less.
func Run(name string, run func(ctx context.Context, host Host) error) error {
	c := &controlled{name: name, run: run}
	err := svc.Run(name, c)
	switch {
	case errors.Is(err, windows.ERROR_FAILED_SERVICE_CONTROLLER_CONNECT):
		return runInConsole(run)
	case err != nil:
		return fmt.Errorf("cannot run under the control manager: %w", err)
	}
	return c.err
}

func runInConsole(run func(ctx context.Context, host Host) error) error {
	p := &program{run: func(ctx context.Context) error { return run(ctx, Host{Started: func() {}}) }}
	if err := p.Start(nil); err != nil {
		return err
	}
	p.wait()
	return p.Stop(nil)
}

// controlled is the daemon under the control manager.
type controlled struct {
	name string
	run  func(ctx context.Context, host Host) error
	err  error // of run, once Execute has returned
}

// failed is the exit code of a service whose daemon ended with an error. The manager then
// does what it does after a failure.
const failed = 1

// Execute implements svc.Handler. A pause is not accepted, so that the manager refuses it:
// a daemon that looks at nothing would show what was.
func (c *controlled) Execute(_ []string, requests <-chan svc.ChangeRequest, status chan<- svc.Status) (isOwnCode bool, exitCode uint32) {
	const accepts = svc.AcceptStop | svc.AcceptShutdown | svc.AcceptParamChange
	status <- svc.Status{State: svc.StartPending}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	reload, started, ended := make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		c.err = c.run(ctx, Host{EventLog: c.name, Reload: reload, Started: func() { close(started) }})
	}()
	for up := started; ; {
		select {
		case <-up:
			up = nil
			status <- svc.Status{State: svc.Running, Accepts: accepts}
		case <-ended:
			if c.err == nil {
				return false, 0
			}
			c.report()
			return true, failed
		case request := <-requests:
			switch request.Cmd {
			case svc.Interrogate:
				status <- request.CurrentStatus
			case svc.ParamChange:
				select {
				case reload <- struct{}{}:
				default: // one that waits answers for this one as well
				}
			case svc.Stop, svc.Shutdown:
				status <- svc.Status{State: svc.StopPending}
				cancel()
			default: // nothing else is accepted
			}
		}
	}
}

// report says in the event log why the daemon has ended: whoever looks at a service that
// does not start looks there, and a mistake in the settings is found before there is a log.
func (c *controlled) report() {
	source, err := eventlog.Open(c.name)
	if err != nil {
		return // there is nobody else to tell
	}
	defer func() { _ = source.Close() }()
	_ = source.Error(eventFailed, "the daemon has ended: "+c.err.Error()) // likewise
}

// eventFailed is the id of the event of a failure: errors in the log have the same.
const eventFailed = 3

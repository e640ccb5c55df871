package service

import (
	kardianos "github.com/kardianos/service"

	"sessiond/internal/programdata"
)

// hosted is the program under the service control manager.
func (p *program) hosted() kardianos.Interface { return hosted{p} }

type hosted struct{ *program }

// Start implements kardianos.Interface. On Windows, kardianos does not know
// RunWait and waits for the manager alone, so a daemon that ends by itself has
// the manager stop it.
func (h hosted) Start(s kardianos.Service) error {
	if err := h.program.Start(s); err != nil {
		return err
	}
	go func() {
		<-h.ended
		if h.ctx.Err() == nil {
			_ = s.Stop() // Run returns the daemon's own error
		}
	}()
	return nil
}

// under runs the program. In a console, kardianos waits for Ctrl-C alone, so
// there the program is run without it.
func (p *program) under(s kardianos.Service) error {
	if !kardianos.Interactive() {
		return s.Run()
	}
	if err := p.Start(s); err != nil {
		return err
	}
	p.wait()
	return p.Stop(s)
}

// ensureFolder makes the folder in which the service looks for its settings file,
// so that an administrator can write one before the first start.
func ensureFolder() error { return programdata.Ensure() }

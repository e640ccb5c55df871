package admin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sessiond/internal/audit"
	"sessiond/internal/session"
)

// record is the audit, which is opened when that is possible.
type record struct {
	cfg     audit.Config
	openLog func(audit.Config) (*audit.Log, error) // openAudit
	opened  chan *audit.Log                        // gives the log to run, once
	opening sync.Mutex                             // held while it is opened

	mu  sync.Mutex // a pass takes it: nobody waits for the disk with it
	log *audit.Log
	err error // why there is none or, of one that is open, why the last change was not recorded
}

func newRecord(cfg audit.Config) *record {
	return &record{cfg: cfg, openLog: openAudit, opened: make(chan *audit.Log, 1)}
}

// open returns the audit, nil where none is kept.
func (r *record) open() (*audit.Log, error) {
	r.opening.Lock()
	defer r.opening.Unlock()
	if log := r.current(); r.cfg.Path == "" || log != nil {
		return log, nil
	}
	log, err := r.openLog(r.cfg)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log, r.err = log, err; err == nil {
		r.opened <- log
	}
	return log, err
}

func openAudit(cfg audit.Config) (*audit.Log, error) {
	if err := os.MkdirAll(filepath.Dir(cfg.Path), 0o750); err != nil {
		return nil, fmt.Errorf("cannot make the folder of the audit log: %w", err)
	}
	return audit.Open(cfg)
}

// begin records what is about to be done. Where it returns an error, that must not be
// done.
func (r *record) begin(entries ...audit.Entry) ([]audit.Change, error) {
	log, err := r.open()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNotAudited, err)
	case log == nil:
		return nil, fmt.Errorf("%w: no audit log is named (audit-log)", ErrNotAudited)
	}
	changes, err := log.Begin(entries...)
	r.mu.Lock()
	r.err = err
	r.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAudited, err)
	}
	return changes, nil
}

// observe records what has happened, where that can be done now.
func (r *record) observe(entries ...audit.Entry) {
	if log := r.current(); log != nil && len(entries) > 0 {
		log.Observe(entries...)
	}
}

// refused records what somebody was not allowed to do, or what failed before anything was
// done.
func (r *record) refused(e audit.Entry) {
	if log := r.current(); log != nil {
		log.Refused(e)
	}
}

// looked says that a pass has looked at a file since it was changed.
func (r *record) looked(key session.Key) {
	if log := r.current(); log != nil {
		log.Looked(key)
	}
}

func (r *record) current() *audit.Log {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log
}

// refuses returns why changes cannot be recorded, as far as the last attempt tells.
func (r *record) refuses() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// fault returns why the audit cannot be written, nil where it can or none is kept.
func (r *record) fault() error {
	log, err := r.current(), r.refuses()
	if log == nil || err != nil {
		return err
	}
	if lost := log.Lost(); lost > 0 {
		return fmt.Errorf("%d lines could not be written", lost)
	}
	return nil
}

// reopenEvery is the time between attempts to open an audit that could not be opened.
const reopenEvery = 30 * time.Second

// run writes what is observed, until ctx ends and all of it is written.
func (r *record) run(ctx context.Context) {
	again := time.NewTicker(reopenEvery)
	defer again.Stop()
	for {
		select {
		case log := <-r.opened:
			_ = log.Run(ctx) // it always returns nil
			_ = log.Close()  // all is written
			return
		case <-again.C:
			_, _ = r.open() // what is wrong stands in the hints
		case <-ctx.Done():
			select {
			case log := <-r.opened: // the choice between the two is random
				_ = log.Run(ctx)
				_ = log.Close()
			default:
			}
			return
		}
	}
}

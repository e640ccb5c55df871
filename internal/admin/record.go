package admin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"sessiond/internal/audit"
	"sessiond/internal/session"
)

// record is the audit.
type record struct {
	late[audit.Log]
}

func newRecord(cfg audit.Config) *record {
	return &record{newLate(func() (*audit.Log, error) { return openAudit(cfg) })}
}

// openAudit returns the audit, nil where none is kept.
func openAudit(cfg audit.Config) (*audit.Log, error) {
	if cfg.Path == "" {
		return nil, nil //nolint:nilnil // to keep none is no error
	}
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
	r.used(err)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAudited, err)
	}
	return changes, nil
}

// end records how changes ended.
func (r *record) end(ended []audit.Ended) error {
	if len(ended) == 0 {
		return nil
	}
	return r.current().End(ended...) // it is open: they were begun
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

// fault returns why the audit cannot be written, nil where it can or none is kept.
func (r *record) fault() error {
	log, err := r.current(), r.lastErr()
	if log == nil || err != nil {
		return err
	}
	if lost := log.Lost(); lost > 0 {
		return fmt.Errorf("%d lines could not be written", lost)
	}
	return nil
}

// run writes what is observed, until ctx ends and all of it is written.
func (r *record) run(ctx context.Context) {
	r.late.run(ctx, func(log *audit.Log) {
		_ = log.Run(ctx) // it always returns nil
		_ = log.Close()  // all is written
	})
}

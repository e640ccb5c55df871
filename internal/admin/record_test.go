package admin

import (
	"errors"
	"testing"

	"sessiond/internal/audit"
)

// A disk that does not answer while the audit is opened holds up neither a pass, which
// records what it found, nor the status, which asks what is wrong.
func TestOpeningTheAuditHoldsUpNobody(t *testing.T) {
	r := newRecord(audit.Config{Path: "audit.jsonl"})
	opening, answer := make(chan struct{}), make(chan struct{})
	broken := errors.New("the disk is broken")
	r.openIt = func() (*audit.Log, error) {
		close(opening)
		<-answer
		return nil, broken
	}
	opened := make(chan error)
	go func() {
		_, err := r.open()
		opened <- err
	}()
	<-opening
	r.observe(audit.Entry{Action: audit.ActionRemoved})
	r.refused(audit.Entry{Action: audit.ActionDelete})
	if err := r.fault(); err != nil {
		t.Error(err)
	}
	close(answer)
	if err := <-opened; !errors.Is(err, broken) || !errors.Is(r.fault(), broken) {
		t.Errorf("opening failed with %v, and the fault is %v", err, r.fault())
	}
}

package refresh

import (
	"context"
	"time"

	"sessiond/internal/session"
)

// Checked is what [Check] found.
type Checked struct {
	Report session.Report
	// Sessions are the content of the valid files.
	Sessions []*session.Session
}

// Check judges files without a daemon, by the same pass: the files of the given
// keys, or the whole tree without any. It takes the looks that settling needs,
// and ends early, with what it has, when ctx does.
func Check(ctx context.Context, cfg Config, keys ...session.Key) (Checked, error) {
	m := New(cfg)
	m.startup = false // keys ask for just themselves
	first := m.Pass(Request{Trigger: session.TriggerOpen, Full: len(keys) == 0, Keys: keys, Admit: true})
	answer := NewAnswer(first)
	sessions := admitted(first)
	limit := m.cfg.Clock().Mono + max(AnswerLimit, m.slow.Settle+2*lookAgain)
	for answer.Waiting() && m.cfg.Clock().Mono < limit {
		now := m.cfg.Clock()
		wait, _ := m.NextLook(now)
		if err := sleep(ctx, min(wait, limit-now.Mono)); err != nil {
			return Checked{answer.Report(), sessions}, err
		}
		later := m.Pass(Request{Trigger: session.TriggerRetry, Keys: m.Due(m.cfg.Clock())})
		answer.Add(later)
		sessions = append(sessions, admitted(later)...)
	}
	return Checked{answer.Report(), sessions}, nil
}

func admitted(r Result) []*session.Session {
	var sessions []*session.Session
	for _, e := range r.Changes {
		if s := e.Now(); s != nil {
			sessions = append(sessions, s)
		}
	}
	return sessions
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

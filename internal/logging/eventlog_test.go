package logging

import (
	"slices"
	"sync"
	"testing"

	"github.com/coreos/go-systemd/v22/journal"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Administrators find start, end and problems in the event log, and nothing else.
func TestEventLogIsShort(t *testing.T) {
	var mu sync.Mutex
	var got []line
	log := newLogOf(eventLogCore(zapcore.InfoLevel), func(l line) error {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, l)
		return nil
	})
	log.Named(Lifecycle).Info("starting", zap.String("root", `C:\4D`))
	log.Info("pass")
	log.With(zap.Int("pass", 3)).Info("session removed")
	log.Named("admin").Info("changed")
	log.Named(Lifecycle).Debug("nothing")
	log.Warn("held back", zap.Int("removals", 7))
	log.Error("broken")
	if !log.End() {
		t.Error("the log was not taken")
	}
	mu.Lock()
	defer mu.Unlock()
	type event struct {
		text     string
		priority journal.Priority
	}
	var events []event
	for _, l := range got {
		events = append(events, event{l.text, l.priority})
	}
	want := []event{
		{`starting: root="C:\\4D"`, journal.PriInfo}, {"held back: removals=7", journal.PriWarning}, {"broken", journal.PriErr},
	}
	if !slices.Equal(events, want) {
		t.Errorf("the events are %v, want %v", events, want)
	}
}

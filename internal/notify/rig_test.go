package notify

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testSecret = "open-sesame"

// rig is a Notifier with a store whose passes the test makes up.
type rig struct {
	*Notifier
	store *store.Store
	logs  *observer.ObservedLogs
}

func newRig(t *testing.T, url string) *rig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(testSecret+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zapcore.DebugLevel)
	return &rig{
		New(Config{URL: url, SecretFile: path, Interval: 10 * time.Second, Version: "1", Log: zap.New(core)}),
		store.New(time.Now()), logs,
	}
}

// pass tells of a pass.
func (r *rig) pass(o session.Outcome) {
	r.store.Apply(o)
	r.Observe(&o, r.store.View(), false)
}

// settled is a pass that found nothing new.
func (r *rig) settled() {
	r.pass(session.Outcome{Report: session.Report{Trigger: session.TriggerResync}})
}

// updated is a pass that updated some sessions, because of a trigger.
func (r *rig) updated(n int, trigger session.Trigger) {
	o := session.Outcome{Report: session.Report{Trigger: trigger, Counts: session.Counts{Updated: n}}}
	for i := range n {
		o.Changes = append(o.Changes, session.MemoryChange{Session: aSession(i), Kind: session.ChangeUpdated})
	}
	r.pass(o)
}

func aKey(n int) session.Key { return session.Key{App: "com.example.app", ID: string(rune('a' + n))} }

func aSession(n int) *session.Session {
	return sessiontest.New(aKey(n), session.StatusAccepted, session.Details{})
}

// unsettled is a pass that leaves a file without a verdict for a reason, or ends that.
func (r *rig) unsettled(reason string) {
	t := session.Transition[session.Unsettled]{Session: aKey(25)}
	if reason != "" {
		t.Now = &session.Unsettled{Session: t.Session, Reason: reason}
	}
	r.pass(session.Outcome{Unsettled: []session.Transition[session.Unsettled]{t}})
}

// fault is a pass that finds that the operating system keeps a key from being judged, or
// that this has ended.
func (r *rig) fault(key session.Key, err error) {
	t := session.Transition[session.ActiveError]{Session: key}
	if err != nil {
		t.Now = &session.ActiveError{Problem: *session.NewFileProblem(key, err)}
	}
	r.pass(session.Outcome{Problems: []session.Transition[session.ActiveError]{t}})
}

// rejects is a pass that finds a wrong file.
func (r *rig) rejects(code session.Code) {
	key := aKey(int(code))
	r.pass(session.Outcome{Problems: []session.Transition[session.ActiveError]{{
		Session: key, Now: &session.ActiveError{Problem: *session.NewProblem(key, code, "")},
	}}})
}

// roundTripper answers requests without a network.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

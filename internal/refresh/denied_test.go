package refresh_test

import (
	"syscall"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// shut is a tree whose root fails, and that can say why.
type shut struct{ fault error }

func (s shut) Open() (mobileapps.Root, error)                             { return nil, s.fault }
func (s shut) Nearest(mobileapps.Place) (n mobileapps.Nearest, err error) { return n, s.fault }
func (s shut) Denied(key session.Key) string                              { return "denied is " + key.String() + "." }

// Where a right is lacking, the error says which; other errors have other reasons.
func TestErrorNamesTheLackingRight(t *testing.T) {
	for fault, want := range map[syscall.Errno]string{syscall.EACCES: "denied is .", session.ErrIO: "the root folder cannot be read"} {
		m := refresh.New(refresh.Config{Tree: shut{fault}, Judge: judge{}, Settle: settle})
		got := m.Pass(refresh.Request{Trigger: session.TriggerSocket, Full: true}).Report.Errors
		if len(got) != 1 || got[0].ErrCode != int(fault) || got[0].Detail != want {
			t.Errorf("%v: got %+v, want the detail %q", fault, got, want)
		}
	}
}

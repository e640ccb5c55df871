package refresh

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// slowTree is a tree on which files settle slowly.
type slowTree struct{ mobileapps.Tree }

type slowRoot struct{ mobileapps.Root }

type slowFolder struct{ mobileapps.Folder }

func (t slowTree) Open() (mobileapps.Root, error) {
	root, err := t.Tree.Open()
	return slowRoot{root}, err
}

func (r slowRoot) Open(app string) (mobileapps.Folder, error) {
	folder, err := r.Root.Open(app)
	if err != nil {
		return nil, err
	}
	return slowFolder{folder}, nil
}

func (slowFolder) FileSystem() mobileapps.FileSystem {
	return mobileapps.FileSystem{Name: "slow", Stale: time.Second}
}

type anyJudge struct{}

func (anyJudge) Judge(key session.Key, data []byte) (*session.Session, *session.Problem) {
	if strings.HasPrefix(string(data), "valid") {
		return session.New(key, data, session.StatusAccepted, session.DigestOf(data)), nil
	}
	return nil, session.NewProblem(key, session.CodeSyntax, "")
}

// TestOneKeyVisitsOneFolder takes away what is remembered of all app folders but one,
// and of other unsettled files there: a pass over a file of that one comes upon none of
// it, whatever became of the file.
func TestOneKeyVisitsOneFolder(t *testing.T) {
	const app = "a.b"
	fates := map[string]func(path string) error{
		"unchanged": func(string) error { return nil },
		"edited":    func(path string) error { return os.WriteFile(path, []byte("valid, edited"), 0o600) },
		"invalid":   func(path string) error { return os.WriteFile(path, []byte("{"), 0o600) },
		"deleted":   os.Remove,
		"too large": func(path string) error { return os.Truncate(path, 1<<20) },
	}
	for name, fate := range fates {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			write := func(path ...string) {
				t.Helper()
				file := filepath.Join(append([]string{root}, path...)...)
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte("valid"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for i := range 30 {
				write(app, fmt.Sprint(i))
				write(fmt.Sprintf("c.n%d", i), "1")
			}
			m := New(Config{
				Tree: slowTree{mobileapps.NewDisk(root, 1000)}, Judge: anyJudge{},
				Settle: time.Millisecond, SettleMany: time.Hour,
			})
			m.Pass(Request{Trigger: session.TriggerStartup, Full: true})
			for other := range m.apps {
				if other != app {
					m.apps[other] = nil
				}
			}
			m.apps[app].addWaiting(nil)

			path := filepath.Join(root, app, "7")
			if err := fate(path); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				m.Pass(Request{Trigger: session.TriggerWatch, Keys: []session.Key{{App: app, ID: "7"}}})
				now := m.cfg.Clock()
				wait, _ := m.NextLook(now)
				m.Due(Instant{Wall: now.Wall, Mono: now.Mono + wait})
				m.InMotion()
				m.Held()
				m.SlowToSettle()
			}
		})
	}
}

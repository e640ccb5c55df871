//go:build unix

package script

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// stage is what the commands of one script share.
type stage struct {
	*shared
}

type shared struct {
	t         failer
	logFile   string
	daemons   []*harness.Daemon // the last one is the one that commands are about
	passes    uint64            // at the last rest
	followers []*follower
	tokens    []string // what nothing may show
	ids       []string // what no log may show
}

// failer is the *testing.T behind a script.
type failer interface {
	Failed() bool
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
}

func newStage(env *testscript.Env) stage {
	return stage{&shared{
		t:       env.T().(failer),
		logFile: filepath.Join(env.WorkDir, "daemon.log"),
		tokens:  []string{harness.PushToken},
	}}
}

func stageOf(ts *testscript.TestScript) stage { return ts.Value(stage{}).(stage) }

// daemon returns the daemon that was started last.
func (s stage) daemon(ts *testscript.TestScript) *harness.Daemon {
	if len(s.daemons) == 0 {
		ts.Fatalf("no daemon was started")
	}
	return s.daemons[len(s.daemons)-1]
}

// shortestSecret is how many bytes a text has at least that is looked for in
// logs and answers. Shorter ones turn up by chance.
const shortestSecret = 16

// hide remembers what of a session file must not be shown.
func (s stage) hide(key session.Key, c harness.Content) {
	device, _ := c["device"].(map[string]any)
	for _, token := range []any{c["token"], device["token"]} {
		// Of a token that is no string, what it holds is secret all the same.
		text := strings.Trim(fmt.Sprint(token), "[]{}\"")
		if len(text) >= shortestSecret {
			s.tokens = append(s.tokens, text)
		}
	}
	if len(key.ID) >= shortestSecret {
		s.ids = append(s.ids, key.ID)
	}
}

// clear ends what a script left running and holds what every script must find
// true of a daemon: it stops when asked, and its log tells no secrets and of no
// defects.
func (s stage) clear() {
	for _, d := range s.daemons {
		if !s.t.Failed() && !d.HasEnded() {
			if err := d.Stop(); err != nil {
				s.t.Errorf("%v", err)
			}
		}
		d.Kill()
	}
	for _, f := range s.followers {
		f.kill()
	}
	log, err := os.ReadFile(s.logFile)
	if err != nil {
		return // there was no daemon
	}
	for _, unwanted := range slices.Concat(s.tokens, s.ids, []string{"panic", "DATA RACE", "defect"}) {
		if bytes.Contains(log, []byte(unwanted)) {
			s.t.Errorf("the daemon's log shows %q", unwanted)
		}
	}
	if s.t.Failed() {
		s.t.Logf("the daemon's log:\n%s", log)
	}
}

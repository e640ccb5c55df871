//go:build unix

package changes

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// A daemon that is told to stop in the middle of many changes ends what it has begun, says of
// the others that it did not, and leaves nothing behind.
func TestStopInTheMiddle(t *testing.T) {
	const files = 4000
	p := newPlaces(harness.ShortFolder(t))
	harness.Fill(t, p.root, app, files)
	d := harness.Setting{}.Begin(t, p.root, p.args()...)
	harness.Must(t, d.AwaitReady())
	request := showAll(t, d, hold())
	var lines []api.ChangeResult
	stop := sync.OnceFunc(func() { harness.Must(t, d.Signal(syscall.SIGTERM)) })
	sum, err := d.MakeChanges(t.Context(), request, func(line api.ChangeResult) {
		stop()
		lines = append(lines, line)
	})
	harness.Must(t, err)
	if how, err := d.AwaitEnd(); err != nil || how != "0" {
		t.Errorf("the daemon ended with %s, %v", how, err)
	}
	if len(lines) != files || sum.Changed == 0 || sum.Failed == 0 || sum.Changed+sum.Failed != files {
		t.Errorf("%d lines, %+v", len(lines), sum)
	}
	for _, line := range lines {
		isHeldAsTold(t, p.root, line)
		if line.Problem != nil && line.Problem.Type != api.KindStopping {
			t.Errorf("told: %+v", line.Problem)
		}
	}
	if left := temporaries(t, p.root); len(left) > 0 {
		t.Errorf("left behind: %q", left[:1])
	}
	if intents, done := p.countAudit(t, "intent"), p.countAudit(t, "done"); intents != sum.Changed || done != sum.Changed {
		t.Errorf("the audit has %d intents and %d results of %d changes", intents, done, sum.Changed)
	}
}

// A daemon that is killed in the middle of many changes leaves whole files; each that it told
// of is as it told, each that was touched is on record, and the next one puts in order what is
// left.
func TestKillInTheMiddle(t *testing.T) {
	const files = 4000
	p := newPlaces(harness.RoomyFolder(t))
	harness.Fill(t, p.root, app, files)
	d := harness.Setting{}.Begin(t, p.root, p.args()...)
	harness.Must(t, d.AwaitReady())
	request := showAll(t, d, hold())
	told := map[session.Key]bool{}
	_, err := d.MakeChanges(t.Context(), request, func(line api.ChangeResult) {
		if told[line.Session] = true; len(told) == 1500 {
			harness.Must(t, d.Signal(syscall.SIGKILL))
		}
		isHeldAsTold(t, p.root, line)
	})
	if err == nil {
		t.Error("the answer has an end")
	}
	_, err = d.AwaitEnd()
	harness.Must(t, err)
	changed := 0
	for _, item := range request.Sessions {
		data, err := os.ReadFile(harness.FileOf(p.root, item.Session))
		harness.Must(t, err)
		if session.DigestOf(data).String() == item.ETag {
			if told[item.Session] {
				t.Errorf("%q was told and is not changed", item.Session)
			}
			continue
		}
		if changed++; !strings.Contains(string(data), session.StatusPending) {
			t.Errorf("%q is %s", item.Session, data)
		}
	}
	if intents := p.countAudit(t, "intent"); intents < changed || changed < len(told) {
		t.Errorf("%d intents are on record of %d changes, %d of them told", intents, changed, len(told))
	}

	again := harness.Launch(t, p.root, p.args()...)
	again.Loads(t, files)
	leavesNothing(t, p.root)
	plan, err := again.PlanChanges(t.Context(), api.Changes{
		Select: &session.Filter{App: app, Status: session.StatusPending}, Set: hold().Set, Max: api.MaxChanges,
	})
	harness.Must(t, err)
	if plan.Matched != changed || plan.Would.Nothing != changed {
		t.Errorf("%d of %d are pending after the restart: %+v", plan.Matched, changed, plan.Would)
	}
}

// A daemon that is killed in the middle of many deletions loses no session: each is either in
// its place and in memory again, or in the trash.
func TestKillInTheMiddleOfDeletions(t *testing.T) {
	const files = 4000
	p := newPlaces(harness.RoomyFolder(t))
	harness.Fill(t, p.root, app, files)
	d := harness.Setting{}.Begin(t, p.root, p.args()...)
	harness.Must(t, d.AwaitReady())
	request := showAll(t, d, api.Changes{Delete: true})
	told := map[session.Key]bool{}
	_, err := d.MakeChanges(t.Context(), request, func(line api.ChangeResult) {
		if line.Problem != nil || line.Trash == "" {
			t.Errorf("told: %+v", line)
		}
		if told[line.Session] = true; len(told) == 1500 {
			harness.Must(t, d.Signal(syscall.SIGKILL))
		}
	})
	if err == nil {
		t.Error("the answer has an end")
	}
	_, err = d.AwaitEnd()
	harness.Must(t, err)

	left := temporaries(t, p.root)
	if len(left) == 0 { // it was killed between two chunks
		left = append(left, takeAway(t, p.root, request.Sessions[files-1]))
	}
	off := harness.Setting{}.Begin(t, p.root, p.args("--write", "off")...)
	off.Reach(t, "telling what was left", func(s *api.Status) bool {
		return harness.HasHint(s, api.HintLeftBehind, filepath.Join(p.root, app)) && harness.HasHint(s, api.HintLeftBehind, "--write on")
	})
	harness.Must(t, off.Stop())
	if now := temporaries(t, p.root); !slices.Equal(now, left) {
		t.Errorf("with --write off, %d temporary files became %d", len(left), len(now))
	}

	again := harness.Launch(t, p.root, p.args()...)
	leavesNothing(t, p.root)
	kept := inTrash(t, again)
	inPlace := 0
	for _, item := range request.Sessions {
		is := harness.Exists(harness.FileOf(p.root, item.Session))
		if is {
			inPlace++
		}
		if !is && kept[item.Session] == "" {
			t.Errorf("%q is lost", item.Session)
		}
		if is && told[item.Session] {
			t.Errorf("%q was told to be deleted, and is in its place", item.Session)
		}
	}
	again.Loads(t, inPlace)
	t.Logf("%d told, %d in the trash, %d in place", len(told), len(kept), inPlace)
}

// takeAway gives a file the name that it has while it is being deleted.
func takeAway(t *testing.T, root string, item api.ChangeItem) string {
	t.Helper()
	file := harness.FileOf(root, item.Session)
	name := filepath.Join(filepath.Dir(file), ".sessiond-d-"+item.ETag+"-AAAAAAAAAAAA-"+item.Session.ID+".tmp")
	harness.Must(t, os.Rename(file, name))
	return name
}

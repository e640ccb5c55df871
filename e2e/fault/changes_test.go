//go:build unix

package fault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

const changedApp = "com.example.many"

// writes is what a daemon needs that changes files, in a folder of its own.
func writes(t *testing.T) (root string, args []string) {
	t.Helper()
	folder := harness.ShortFolder(t)
	root = filepath.Join(folder, "MobileApps")
	return root, []string{
		"--write", "on", "--audit-log", filepath.Join(folder, "audit.jsonl"), "--trash-dir", filepath.Join(folder, "trash"),
		"--settle", "50ms", "--log-level", "info",
	}
}

// holdAll returns a request that holds all sessions of the app.
func holdAll(t *testing.T, d *harness.Daemon) api.Changes {
	t.Helper()
	plan, err := d.PlanChanges(t.Context(), api.Changes{
		Select: &session.Filter{App: changedApp}, Set: &api.Set{Status: new(session.StatusPending)}, Max: api.MaxChanges,
	})
	harness.Must(t, err)
	request := api.Changes{Set: &api.Set{Status: new(session.StatusPending)}, Reason: "a test"}
	for _, item := range plan.Items {
		if item.Problem != nil || !item.Changed {
			t.Fatalf("the plan has %+v", item)
		}
		request.Sessions = append(request.Sessions, api.ChangeItem{Session: item.Session, ETag: item.ETag})
	}
	return request
}

// isTrue holds what a line says against the file.
func isTrue(t *testing.T, root string, line api.ChangeResult) {
	t.Helper()
	data, err := os.ReadFile(harness.FileOf(root, line.Session))
	harness.Must(t, err)
	if digest := session.DigestOf(data).String(); line.Problem == nil && digest != line.ETag {
		t.Errorf("%q has the entity tag %s, told: %+v", line.Session, digest, line)
	}
	if line.Problem != nil && strings.Contains(string(data), session.StatusPending) {
		t.Errorf("%q was changed, told: %+v", line.Session, line.Problem)
	}
}

// temporaries returns what is left of changes.
func temporaries(t *testing.T, root string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(root, "*", ".sessiond-*"))
	harness.Must(t, err)
	return left
}

// A daemon that is told to stop in the middle of many changes ends what it has begun, says of
// the others that it did not, and leaves nothing behind.
func TestStopInTheMiddleOfManyChanges(t *testing.T) {
	const files = 4000
	root, args := writes(t)
	harness.Fill(t, root, changedApp, files)
	d := harness.Setting{}.Begin(t, root, args...)
	harness.Must(t, d.AwaitReady())
	request := holdAll(t, d)
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
		isTrue(t, root, line)
		if line.Problem != nil && line.Problem.Type != api.KindStopping {
			t.Errorf("told: %+v", line.Problem)
		}
	}
	if left := temporaries(t, root); len(left) > 0 {
		t.Errorf("left behind: %q", left[:1])
	}
	checkAudit(t, args[3], sum.Changed)
}

// checkAudit looks for as many intents as results, of so many changes.
func checkAudit(t *testing.T, path string, changes int) {
	t.Helper()
	text, err := os.ReadFile(path)
	harness.Must(t, err)
	intents, done := strings.Count(string(text), `"result":"intent"`), strings.Count(string(text), `"result":"done"`)
	if intents != changes || done != changes {
		t.Errorf("the audit has %d intents and %d results of %d changes", intents, done, changes)
	}
}

// A daemon that is killed in the middle of many changes leaves whole files; each that it told
// of is as it told, each that was touched is on record, and the next one puts in order what is
// left.
func TestKillInTheMiddleOfManyChanges(t *testing.T) {
	const files = 4000
	root, args := writes(t)
	harness.Fill(t, root, changedApp, files)
	d := harness.Setting{}.Begin(t, root, args...)
	harness.Must(t, d.AwaitReady())
	request := holdAll(t, d)
	told := map[session.Key]bool{}
	_, err := d.MakeChanges(t.Context(), request, func(line api.ChangeResult) {
		if told[line.Session] = true; len(told) == 1500 {
			harness.Must(t, d.Signal(syscall.SIGKILL))
		}
		isTrue(t, root, line)
	})
	if err == nil {
		t.Error("the answer has an end")
	}
	_, err = d.AwaitEnd()
	harness.Must(t, err)
	text, err := os.ReadFile(args[3])
	harness.Must(t, err)
	changed := 0
	for _, item := range request.Sessions {
		data, err := os.ReadFile(harness.FileOf(root, item.Session))
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
	if intents := strings.Count(string(text), `"result":"intent"`); intents < changed || changed < len(told) {
		t.Errorf("%d intents are on record of %d changes, %d of them told", intents, changed, len(told))
	}

	again := harness.Launch(t, root, args...)
	again.Loads(t, files)
	if !harness.Eventually(func() bool { return len(temporaries(t, root)) == 0 }) {
		t.Errorf("left behind: %q", temporaries(t, root)[:1])
	}
	plan, err := again.PlanChanges(t.Context(), api.Changes{
		Select: &session.Filter{App: changedApp, Status: session.StatusPending}, Set: &api.Set{Status: new(session.StatusPending)}, Max: api.MaxChanges,
	})
	harness.Must(t, err)
	if plan.Matched != changed || plan.Would.Nothing != changed {
		t.Errorf("%d of %d are pending after the restart: %+v", plan.Matched, changed, plan.Would)
	}
}

// Of two administrators who change the same sessions at once, one changes each, and the other
// is told that it is not what it was.
func TestTwoAdministratorsChangeTheSame(t *testing.T) {
	const files = 2500
	root, args := writes(t)
	harness.Fill(t, root, changedApp, files)
	d := harness.Launch(t, root, args...)
	request := holdAll(t, d)
	var mu sync.Mutex
	changed, stale := map[session.Key]int{}, map[session.Key]int{}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			_, err := d.AnotherClient().MakeChanges(context.WithoutCancel(t.Context()), request, func(line api.ChangeResult) {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case line.Problem == nil && line.Changed:
					changed[line.Session]++
				case line.Problem != nil && line.Problem.Type == api.KindChangedSince:
					stale[line.Session]++
				default:
					t.Errorf("told: %+v", line)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	for _, item := range request.Sessions {
		if changed[item.Session] != 1 || stale[item.Session] != 1 {
			t.Fatalf("%q was changed %d times, and refused %d times", item.Session, changed[item.Session], stale[item.Session])
		}
	}
}

// A client that goes away in the middle ends nothing.
func TestClientLeavesManyChanges(t *testing.T) {
	const files = 2500
	root, args := writes(t)
	harness.Fill(t, root, changedApp, files)
	d := harness.Launch(t, root, args...)
	request := holdAll(t, d)
	ctx, leave := context.WithCancel(t.Context())
	_, err := d.MakeChanges(ctx, request, func(api.ChangeResult) { leave() })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	d.Reach(t, "done with all", func(s *api.Status) bool { return s.Pending == files })
}

// A daemon that is killed in the middle of many deletions loses no session: each is either in
// its place and in memory again, or in the trash.
func TestKillInTheMiddleOfManyDeletions(t *testing.T) {
	const files = 4000
	root, args := writes(t)
	harness.Fill(t, root, changedApp, files)
	d := harness.Setting{}.Begin(t, root, args...)
	harness.Must(t, d.AwaitReady())
	request := holdAll(t, d)
	request.Set, request.Delete = nil, true
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

	again := harness.Launch(t, root, args...)
	kept := map[session.Key]bool{}
	for q := (client.TrashQuery{Limit: 1000}); ; {
		page, err := again.Trash(t.Context(), q)
		harness.Must(t, err)
		for _, item := range page.Items {
			kept[item.Session] = true
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	inPlace := 0
	if !harness.Eventually(func() bool { return len(temporaries(t, root)) == 0 }) {
		t.Errorf("left behind: %q", temporaries(t, root)[:1])
	}
	for _, item := range request.Sessions {
		is := harness.Exists(harness.FileOf(root, item.Session))
		if is {
			inPlace++
		}
		if !is && !kept[item.Session] {
			t.Errorf("%q is lost", item.Session)
		}
		if is && told[item.Session] {
			t.Errorf("%q was told to be deleted, and is in its place", item.Session)
		}
	}
	again.Loads(t, inPlace)
	t.Logf("%d told, %d in the trash, %d in place", len(told), len(kept), inPlace)
}

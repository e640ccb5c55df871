package refresh_test

import (
	"os"
	"path/filepath"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// TestOnDisk does on a real disk what the other tests do to a tree in memory.
func TestOnDisk(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "MobileApps")
	path := func(key session.Key) string { return filepath.Join(root, filepath.FromSlash(key.String())) }
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write := func(key session.Key, data string) {
		t.Helper()
		do(os.MkdirAll(filepath.Dir(path(key)), 0o755))
		do(os.WriteFile(path(key), []byte(data), 0o644))
	}
	clock := newClock()
	memory := refresh.New(refresh.Config{
		Tree:   mobileapps.NewDisk(root, 100),
		Judge:  judge{},
		Settle: settle,
		Clock:  clock.read,
	})
	reader := newReader(t)
	look := func() session.Report {
		t.Helper()
		first := memory.Pass(refresh.Request{Trigger: session.TriggerSocket, Full: true})
		reader.apply(first.Outcome)
		answer := refresh.NewAnswer(first)
		for answer.Waiting() {
			wait, _ := memory.NextLook(clock.read())
			clock.pass(wait)
			later := memory.Pass(refresh.Request{Trigger: session.TriggerRetry, Keys: memory.Due(clock.read())})
			reader.apply(later.Outcome)
			answer.Add(later)
		}
		return answer.Report()
	}

	counts(t, look(), session.Counts{}) // no root yet
	write(one, "valid 1")
	write(two, "valid 2")
	write(three, "wrong 3")
	write(other, "valid")
	write(keyOf("a.b/manifest.json"), "wrong")
	do(os.Mkdir(path(keyOf("a.b/folder")), 0o755))
	do(os.Mkdir(path(keyOf("nodot")), 0o755))
	counts(t, look(), session.Counts{Checked: 4, Admitted: 3, Rejected: 1})

	write(one, "valid 9") // most likely within the tick of its time stamps
	counts(t, look(), session.Counts{Checked: 4, Updated: 1, Unchanged: 2, Rejected: 1})
	write(one, "")
	do(os.Remove(path(two)))
	write(three, "valid 3")
	counts(t, look(), session.Counts{Checked: 3, Unchanged: 1, NotInMemory: 1, Rejected: 1, Removed: 2})

	write(other, "valid"+string(make([]byte, 100))) // over the limit
	report := look()
	counts(t, report, session.Counts{Checked: 3, NotInMemory: 1, Rejected: 1})
	diff(t, "unsettled", 1, len(report.Unsettled))
	write(other, "valid 2")
	do(os.Rename(path(keyOf("c.d")), path(keyOf("e.f"))))
	counts(t, look(), session.Counts{Checked: 3, NotInMemory: 2, Rejected: 1, Removed: 1})

	do(os.RemoveAll(root))
	counts(t, look(), session.Counts{})
	diff(t, "errors", keys{}, reader.current())
	write(one, "valid 1")
	counts(t, look(), session.Counts{Checked: 1, NotInMemory: 1})
	diff(t, "sessions", keys{}, reader.contents())
}

package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/session"
)

var orders = session.Key{App: "K7QX2M9TRB.com.example.orders", ID: "04eb57801f4cbc0f14a90a79cbf4b4d0be3cbcd7"}

func digestOf(text string) (d Digest) {
	copy(d[:], text)
	return d
}

func open(t *testing.T, cfg Config) *Log {
	t.Helper()
	if cfg.Path == "" {
		cfg.Path = filepath.Join(t.TempDir(), "audit.jsonl")
	}
	cfg.GID = -1
	l, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// written returns the lines of a file.
func written(t *testing.T, path string) []string {
	t.Helper()
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(all), "\n"), "\n")
}

// all returns all entries, newest first, as action:result:number texts.
func all(t *testing.T, l *Log, f Filter) []string {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 1000
	}
	page, err := l.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(page.Entries))
	for i, e := range page.Entries {
		texts[i] = fmt.Sprintf("%d %s %s", e.Seq, e.Action, e.Result)
	}
	return texts
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestChangeIsRecordedBeforeAndAfter(t *testing.T) {
	l := open(t, Config{})
	uid := uint32(1000)
	changes, err := l.Begin(Entry{Key: orders, Action: ActionAccept, Actor: &Actor{UID: &uid, User: "alice", Via: ViaSocket}, ETag: "aa"})
	if err != nil {
		t.Fatal(err)
	}
	lines := written(t, l.file.path)
	if len(lines) != 2 || !strings.Contains(lines[1], `"result":"intent"`) {
		t.Fatalf("before the change the file has %q", lines)
	}
	if strings.Contains(lines[1], orders.ID) {
		t.Error("the line has the whole key:", lines[1])
	}
	if err := changes[0].Done(Outcome{Before: &State{Status: "pending"}, After: &State{Status: "accepted"}, Digest: digestOf("b")}); err != nil {
		t.Fatal(err)
	}
	equal(t, all(t, l, Filter{}), "2 accept done", "1 accept intent")
	page, _ := l.Read(Filter{Limit: 1})
	if e := page.Entries[0]; e.Intent != 1 || e.After.Status != "accepted" || e.Session != orders.Short() || *e.Actor.UID != 1000 {
		t.Errorf("the result is %+v", e)
	}
	changes, _ = l.Begin(Entry{Key: orders, Action: ActionHold})
	if err := changes[0].Done(Outcome{Err: errors.New("the disk is full")}); err != nil {
		t.Fatal(err)
	}
	equal(t, all(t, l, Filter{Action: ActionHold}), "4 hold failed", "3 hold intent")
}

func TestWithoutARecordNoChangeBegins(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.jsonl")
	l := open(t, Config{Path: path})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Begin(Entry{Key: orders, Action: ActionDelete}); err == nil {
		t.Fatal("a change may begin although its intent cannot be recorded")
	}
}

func TestGoesOnAfterRotationAndRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l := open(t, Config{Path: path})
	begin := func(l *Log) {
		t.Helper()
		if _, err := l.Begin(Entry{Key: orders, Action: ActionHold}); err != nil {
			t.Fatal(err)
		}
	}
	begin(l)
	for i, older := range []string{path + ".1", path + "-20261128"} {
		if err := os.Rename(path, older); err != nil {
			t.Fatal(err)
		}
		// File systems keep times by ticks: say which is the older.
		at := time.Date(2026, 11, 1+i, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(older, at, at); err != nil {
			t.Fatal(err)
		}
		begin(l)
	}
	want := []string{"3 hold intent", "2 hold intent", "1 hold intent"}
	equal(t, all(t, l, Filter{}), want...)
	if lines := written(t, path); len(lines) != 2 || lines[0] != `{"format":"sessiond-audit","version":1}` {
		t.Errorf("the new file has %q", lines)
	}
	// Cut off in place, as copytruncate does.
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	begin(l)
	if lines := written(t, path); len(lines) != 2 || lines[0] != `{"format":"sessiond-audit","version":1}` {
		t.Errorf("the file that was cut off has %q", lines)
	}
	equal(t, all(t, open(t, Config{Path: path}), Filter{}), "4 hold intent", "2 hold intent", "1 hold intent")
	again := open(t, Config{Path: path})
	begin(again)
	equal(t, all(t, again, Filter{Limit: 1}), "5 hold intent")
}

func TestTornLineIsClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l := open(t, Config{Path: path})
	for range 2 {
		if _, err := l.Begin(Entry{Key: orders, Action: ActionHold}); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-10); err != nil {
		t.Fatal(err)
	}
	l = open(t, Config{Path: path})
	if _, err := l.Begin(Entry{Key: orders, Action: ActionAccept}); err != nil {
		t.Fatal(err)
	}
	equal(t, all(t, l, Filter{}), "2 accept intent", "1 hold intent")
	if lines := written(t, path); len(lines) != 4 || !strings.HasSuffix(lines[3], "}") {
		t.Errorf("the file has %q", lines)
	}
}

// A crash right after the file was made leaves a part of its header, whatever part that is.
func TestTornHeaderIsWrittenAgain(t *testing.T) {
	whole, err := headerLine()
	if err != nil {
		t.Fatal(err)
	}
	for size := range len(whole) + 1 {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		l := open(t, Config{Path: path})
		if _, err := l.Begin(Entry{Key: orders, Action: ActionAccept}); err != nil {
			t.Fatalf("after %d bytes of a header: %v", size, err)
		}
		equal(t, all(t, l, Filter{}), "1 accept intent")
		if lines := written(t, path); len(lines) != 2 || lines[0]+"\n" != string(whole) {
			t.Errorf("after %d bytes of a header, the file has %q", size, lines)
		}
	}
}

func TestForeignFileIsNotWrittenTo(t *testing.T) {
	for name, content := range map[string]string{
		"another program's": "hello\n",
		"a short one":       `{"for":1`,
		"a newer version's": `{"format":"sessiond-audit","version":2}` + "\n",
	} {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Config{Path: path, GID: -1}); err == nil {
			t.Errorf("%s file was opened", name)
		}
		if now, _ := os.ReadFile(path); !bytes.Equal(now, []byte(content)) {
			t.Errorf("%s file was changed", name)
		}
	}
}

func TestObservedIsWrittenByRun(t *testing.T) {
	l := open(t, Config{})
	stop(t, l, func() {
		l.Observe(Entry{Key: orders, Action: ActionRemoved, Reason: "deleted", Actor: &Actor{Via: ViaFile}})
		l.Observe(Entry{Key: orders, Action: ActionAdmitted})
	})
	equal(t, all(t, l, Filter{}), "2 admitted ", "1 removed ")
}

// stop runs the log while something is done, and until all of it is written.
func stop(t *testing.T, l *Log, do func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	do()
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestLossesAreTold(t *testing.T) {
	l := open(t, Config{})
	l.Observe(make([]Entry, maxQueued+3)...)
	if l.Lost() != 3 {
		t.Fatalf("%d entries are counted as lost", l.Lost())
	}
	l.drain()
	page, err := l.Read(Filter{Action: ActionLost, Limit: 10})
	for err == nil && len(page.Entries) == 0 && page.Next != 0 {
		page, err = l.Read(Filter{Action: ActionLost, Limit: 10, Before: page.Next})
	}
	if err != nil || len(page.Entries) != 1 || page.Entries[0].Count != 3 {
		t.Fatalf("the record says %+v, %v", page, err)
	}
}

func TestLittleSpaceIsKeptForChanges(t *testing.T) {
	l := open(t, Config{MinFree: 1 << 62})
	l.Observe(Entry{Key: orders, Action: ActionRemoved})
	l.drain()
	if l.Lost() != 1 {
		t.Errorf("%d entries are counted as lost", l.Lost())
	}
	if _, err := l.Begin(Entry{Key: orders, Action: ActionHold}); err != nil {
		t.Error(err)
	}
	equal(t, all(t, l, Filter{}), "1 hold intent")
}

func TestRefusalsAreFewLines(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	l := open(t, Config{Now: func() time.Time { return now }})
	refuse := func(n int, uid uint32) {
		for range n {
			l.Refused(Entry{Action: ActionDelete, Actor: &Actor{UID: &uid, Via: ViaSocket}, Error: "administrators only"})
		}
	}
	refuse(25, 1000)
	refuse(1, 1001)
	l.drain()
	if n := len(all(t, l, Filter{})); n != refusalsPerWindow+1 {
		t.Errorf("%d lines in the first minute", n)
	}
	now = now.Add(refusalWindow)
	refuse(1, 1000)
	l.drain()
	page, err := l.Read(Filter{Limit: 2})
	if err != nil || page.Entries[1].Count != 15 || *page.Entries[1].Actor.UID != 1000 {
		t.Errorf("the number of those that were not written is told as %+v, %v", page.Entries, err)
	}
}

// A record that failed says so once it can be written again, and the number of refusals
// when their minute is over, although nothing else happens.
func TestWhatIsDueIsWrittenWithinAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, Config{MinFree: 1 << 62})
		l.Observe(Entry{Key: orders, Action: ActionRemoved})
		l.drain()
		for range refusalsPerWindow + 5 {
			l.refusals.add(Entry{Action: ActionDelete, Result: ResultRefused}, l.now())
		}
		l.minFree = 0
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
		time.Sleep(refusalWindow + time.Second) // of the bubble's clock
		synctest.Wait()
		page, err := l.Read(Filter{Limit: 10})
		if err != nil || len(page.Entries) != 2 || page.Entries[0].Count != 5 || page.Entries[1].Action != ActionLost || l.Lost() != 0 {
			t.Errorf("after a minute the record is %+v, %v", page.Entries, err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

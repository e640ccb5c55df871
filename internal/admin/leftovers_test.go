package admin

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/api"
	"sessiond/internal/mobileapps"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/store"
	"sessiond/internal/validate"
)

// readyPasses have made the first load.
type readyPasses struct{ Passes }

func (readyPasses) Ready() <-chan struct{} {
	ready := make(chan struct{})
	close(ready)
	return ready
}

// Where files are not changed, what a crash left of an edit stays; the log and the status say
// where it is and what to do about it, without a whole id.
func TestLeftoversAreToldWhereNothingIsWritten(t *testing.T) {
	root := t.TempDir()
	key := passestest.Key(0)
	passestest.Write(t, root, key, passestest.Content(0, "a@example.com"))
	name := ".sessiond-d-" + strings.Repeat("0", 32) + "-AAAAAAAAAAAA-" + key.ID + ".tmp"
	folder := filepath.Join(root, key.App)
	if err := os.Rename(filepath.Join(folder, key.ID), filepath.Join(folder, name)); err != nil {
		t.Fatal(err)
	}
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.WarnLevel)
	disk := mobileapps.NewDisk(root, passestest.MaxFileSize)
	a := New(Config{
		Root: root, Tree: disk, Files: disk, Judge: judge, Settle: time.Millisecond,
		Store: store.New(time.Now()), Passes: readyPasses{}, Log: zap.New(core),
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { a.watchLeftovers(ctx); close(ended) }()
	passestest.Until(t, "told", func() bool { return len(a.leftovers.get()) > 0 })
	stop()
	<-ended
	hints := a.Hints()
	if len(hints) != 1 || hints[0].Code != api.HintLeftBehind {
		t.Fatalf("the hints are %+v", hints)
	}
	short := key.Short()[len(key.App)+1:]
	for _, words := range []string{folder, ".sessiond-d-*" + short + "*.tmp", "--write on", "rename"} {
		if !strings.Contains(hints[0].Text, words) {
			t.Errorf("the hint does not say %q: %s", words, hints[0].Text)
		}
	}
	lines := logs.All()
	if len(lines) != 1 || lines[0].ContextMap()["folder"] != folder || strings.Contains(hints[0].Text, key.ID) {
		t.Errorf("the log has %+v; the hint is %s", lines, hints[0].Text)
	}
	if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
		t.Errorf("it was touched: %v", err)
	}

	// What was told is not told again, and what is gone is not hinted at.
	a.tellLeftovers(a.leftovers.get())
	a.tellLeftovers(nil)
	if more := logs.Len(); more != 1 || len(a.Hints()) > 0 {
		t.Errorf("the log has %d lines; the hints are %v", more, a.Hints())
	}
}

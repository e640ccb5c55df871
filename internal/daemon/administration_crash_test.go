package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
)

// A crash in the middle of a deletion leaves the file under another name. It is put back
// after the first load, which cannot have found the session, and is opened.
func TestPutBackIsOpened(t *testing.T) {
	r := administer(t, 2, func(s *config.Settings) {
		key := passestest.Key(0)
		folder := filepath.Join(s.Root, key.App)
		temp := ".sessiond-d-" + strings.Repeat("0", 32) + "-ABCDEFGHIJKL-" + key.ID + ".tmp"
		if err := os.Rename(filepath.Join(folder, key.ID), filepath.Join(folder, temp)); err != nil {
			t.Fatal(err)
		}
	})
	passestest.Until(t, "the session is in memory", func() bool { return r.store.View().Len() == 2 })
	if r.read(t, 0) != passestest.Content(0, "a@example.com") {
		t.Error("the file is another")
	}
}

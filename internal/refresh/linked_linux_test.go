package refresh_test

import (
	"os"
	"path/filepath"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// A volume in which each file, or each app folder, is a link is told from an empty one.
func TestOnlyLinks(t *testing.T) {
	root := filepath.Join(t.TempDir(), "MobileApps")
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(root, name) }
	memory := refresh.New(refresh.Config{
		Tree: mobileapps.NewBounded(mobileapps.NewDisk(root, 100), 0), Judge: judge{}, Settle: settle, Clock: newClock().read,
	})
	check := func(what string, want refresh.OnlyLinks, r refresh.Request) {
		t.Helper()
		r.Trigger = session.TriggerSocket
		memory.Pass(r)
		if got := memory.OnlyLinks(); got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	full := refresh.Request{Full: true}
	do(os.MkdirAll(at("..data"), 0o755))
	do(os.WriteFile(at("..data/1"), []byte("valid 1"), 0o600))
	do(os.Symlink("..data", at("a.b")))
	check("the app folder is a link", refresh.OnlyLinks{Root: true}, full)
	do(os.Remove(at("a.b")))
	do(os.Mkdir(at("a.b"), 0o755))
	check("an empty folder", refresh.OnlyLinks{}, full)
	do(os.Symlink("../..data/1", at("a.b/1")))
	do(os.Symlink("../..data/1", at("a.b/manifest.json")))
	check("a session is a link", refresh.OnlyLinks{Apps: 1, App: "a.b"}, full)
	do(os.Mkdir(at("a.a"), 0o755))
	do(os.Symlink("../..data/1", at("a.a/1")))
	check("in two folders", refresh.OnlyLinks{Apps: 2, App: "a.a"}, full)
	do(os.WriteFile(at("a.b/2"), []byte("valid 2"), 0o600))
	check("a file beside it", refresh.OnlyLinks{Apps: 1, App: "a.a"}, refresh.Request{Keys: []session.Key{{App: "a.b"}}})
	do(os.RemoveAll(at("a.a")))
	check("the folder is gone", refresh.OnlyLinks{}, full)
	do(os.RemoveAll(root))
	do(os.Mkdir(root, 0o755))
	do(os.Symlink("elsewhere", at("a.b")))
	check("another root", refresh.OnlyLinks{Root: true}, full)
	do(os.RemoveAll(root))
	check("no root", refresh.OnlyLinks{}, full)
}

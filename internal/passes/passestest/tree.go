// Package passestest has trees of session files for tests of what runs passes.
package passestest

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// MaxFileSize is the limit of the tests' trees, in bytes.
const MaxFileSize = 1 << 20

// Tree is a tree on disk whose passes can be held at their beginning.
type Tree struct {
	mobileapps.Tree
	mobileapps.WriteTree

	mu      sync.Mutex
	arrived chan struct{} // receives a value from each pass that is held
	release chan struct{} // closed to let it go on
}

// New returns a tree over a root.
func New(root string) *Tree {
	disk := mobileapps.NewDisk(root, MaxFileSize)
	return &Tree{Tree: disk, WriteTree: disk}
}

// Hold makes the next passes wait until release is called.
func (h *Tree) Hold() (arrived <-chan struct{}, release func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.arrived, h.release = make(chan struct{}, 8), make(chan struct{})
	return h.arrived, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		close(h.release)
		h.arrived, h.release = nil, nil
	}
}

// Open implements [mobileapps.Tree].
func (h *Tree) Open() (mobileapps.Root, error) {
	h.mu.Lock()
	arrived, release := h.arrived, h.release
	h.mu.Unlock()
	if release != nil {
		arrived <- struct{}{}
		<-release
	}
	return h.Tree.Open()
}

const (
	team        = "ABCDE12345"
	application = "com.example.app"
	folder      = team + "." + application
)

// Key returns the key of the session of the nth device.
func Key(n int) session.Key {
	sum := sha1.Sum(fmt.Appendf(nil, "%s%sdevice-%d", team, application, n))
	return session.Key{App: folder, ID: hex.EncodeToString(sum[:])}
}

// Content returns the file of the session of the nth device.
func Content(n int, email string) string {
	id := Key(n).ID
	token := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"appNameID":%q,"id":%q,"teamID":%q}`, application, id, team))
	return fmt.Sprintf(`{"application":{"id":%q},"team":{"id":%q},"session":{"id":%q},"device":{"id":"device-%d","token":"push-secret"},"status":"accepted","email":%q,"token":%q}`,
		application, team, id, n, email, token)
}

// Write writes a session file in place.
func Write(t testing.TB, root string, key session.Key, content string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(key.String()))
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

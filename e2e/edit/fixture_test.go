//go:build unix

package edit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

const app = "UTT7VDX8W5.com.contactApp.Contact"

func key(n int) session.Key { return session.Key{App: app, ID: fmt.Sprintf("%040x", n)} }

// document is what the tests need of a session file.
type document struct {
	Application struct {
		ID string `json:"id"`
	} `json:"application"`
	Team struct {
		ID string `json:"id"`
	} `json:"team"`
	Session struct {
		ID string `json:"id"`
	} `json:"session"`
	Status string `json:"status"`
	Email  string `json:"email"`
	// Number is what another program counts its writes with.
	Number  int    `json:"number"`
	Padding string `json:"padding"`
}

func newDocument(k session.Key) document {
	var d document
	d.Application.ID, d.Team.ID, d.Session.ID = "com.contactApp.Contact", "UTT7VDX8W5", k.ID
	d.Status, d.Padding = session.StatusPending, strings.Repeat("x", 300)
	return d
}

func (d document) bytes() []byte {
	data, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return data
}

func parse(data []byte) (document, error) {
	var d document
	err := json.Unmarshal(data, &d)
	return d, err
}

// newTree makes a MobileApps folder with some sessions, in a folder.
func newTree(t *testing.T, folder string, files int) (root string) {
	t.Helper()
	root = filepath.Join(folder, "MobileApps")
	must(t, os.MkdirAll(filepath.Join(root, app), 0o755))
	for n := range files {
		must(t, os.WriteFile(pathOf(root, key(n)), newDocument(key(n)).bytes(), 0o644))
	}
	return root
}

func pathOf(root string, k session.Key) string { return filepath.Join(root, k.App, k.ID) }

// config is that of an editor below a root.
func config(root string, settle time.Duration, trash edit.Trash) edit.Config {
	judge, err := validate.New()
	if err != nil {
		panic(err)
	}
	return edit.Config{Tree: mobileapps.NewDisk(root, 1<<20), Judge: judge, Settle: settle, Trash: trash}
}

// memoryTrash keeps files in memory.
type memoryTrash struct {
	mu  sync.Mutex
	all []*edit.Removed // by id; nil where it was dropped
}

func (m *memoryTrash) Put(_ context.Context, files ...edit.Removed) []edit.Copy {
	m.mu.Lock()
	defer m.mu.Unlock()
	copies := make([]edit.Copy, len(files))
	for i, r := range files {
		copies[i].ID = fmt.Sprint(len(m.all))
		m.all = append(m.all, &r)
	}
	return copies
}

// Drop leaves a gap, so that ids stay what they are.
func (m *memoryTrash) Drop(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := strconv.Atoi(id)
	if err != nil || m.all[n] == nil {
		return fmt.Errorf("there is no %s", id)
	}
	m.all[n] = nil
	return nil
}

// temporaries returns the names of temporary files that are left.
func temporaries(t *testing.T, root string) (left []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, app))
	must(t, err)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			left = append(left, e.Name())
		}
	}
	return left
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

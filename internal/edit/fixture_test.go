package edit

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

const (
	testApp = "UTT7VDX8W5.com.contactApp.Contact"
	testID  = "7023d9205074199d1c16fc00d24354e778137675"

	// pending is a compliant file, as 4D's management window writes it.
	pending = "{\n\t\"application\": {\"id\": \"com.contactApp.Contact\"},\n\t\"team\": {\"id\": \"UTT7VDX8W5\"},\n" +
		"\t\"session\": {\"id\": \"" + testID + "\"},\n\t\"email\": \"anna@example.com\",\n\t\"status\": \"pending\"\n}\n"

	maxFileSize = 1 << 20
	settle      = 20 * time.Millisecond
)

func testKey() session.Key { return session.Key{App: testApp, ID: testID} }

func accepted() Set { return Set{Status: new(session.StatusAccepted)} }

// fixture is an editor on a real tree with one session.
type fixture struct {
	*Editor

	root, folder, path string
	trash              *fakeTrash
	notices            *noticeList
}

// newFixture makes a tree with one file. Change may change the editor's configuration.
func newFixture(tb testing.TB, content string, change ...func(*Config)) *fixture {
	tb.Helper()
	root := filepath.Join(tb.TempDir(), "MobileApps")
	fx := &fixture{
		root: root, folder: filepath.Join(root, testApp), path: filepath.Join(root, testApp, testID),
		trash: &fakeTrash{}, notices: &noticeList{},
	}
	must(tb, os.MkdirAll(fx.folder, 0o755))
	if content != "" {
		fx.write(tb, content)
	}
	judge, err := validate.New()
	must(tb, err)
	c := Config{
		Tree: mobileapps.NewDisk(root, maxFileSize), Judge: judge, Trash: fx.trash, Settle: settle, Notify: fx.notices.add,
	}
	for _, f := range change {
		f(&c)
	}
	fx.Editor = New(c)
	tb.Cleanup(fx.Close)
	return fx
}

func (fx *fixture) write(tb testing.TB, content string) {
	tb.Helper()
	must(tb, os.WriteFile(fx.path, []byte(content), 0o644))
}

func (fx *fixture) content(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile(fx.path)
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	must(tb, err)
	return string(data)
}

// isTidy fails the test where temporary files are left once nothing is under way.
func (fx *fixture) isTidy(tb testing.TB) {
	tb.Helper()
	fx.Close()
	if left := fx.temporaries(tb); len(left) > 0 {
		tb.Errorf("left behind: %q", left)
	}
}

func (fx *fixture) temporaries(tb testing.TB) []string {
	tb.Helper()
	entries, err := os.ReadDir(fx.folder)
	must(tb, err)
	var left []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			left = append(left, e.Name())
		}
	}
	return left
}

// fakeTrash keeps files in memory.
type fakeTrash struct {
	mu   sync.Mutex
	all  []Removed
	fail error
	put  func() // called before a file is kept

	failDrop error
}

func (t *fakeTrash) Put(_ context.Context, files ...Removed) []Copy {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.put != nil {
		t.put()
	}
	copies := make([]Copy, len(files))
	for i, r := range files {
		if copies[i].Err = t.fail; t.fail != nil {
			continue
		}
		r.Data = bytes.Clone(r.Data)
		t.all = append(t.all, r)
		copies[i].ID = r.Key.Short()
	}
	return copies
}

func (t *fakeTrash) Drop(_ context.Context, id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failDrop == nil {
		t.all = slices.DeleteFunc(t.all, func(r Removed) bool { return r.Key.Short() == id })
	}
	return t.failDrop
}

func (t *fakeTrash) files() []Removed {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all
}

type noticeList struct {
	mu  sync.Mutex
	all []Notice
}

func (l *noticeList) add(n Notice) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, n)
}

func (l *noticeList) kinds() []NoticeKind {
	l.mu.Lock()
	defer l.mu.Unlock()
	var kinds []NoticeKind
	for _, n := range l.all {
		kinds = append(kinds, n.Kind)
	}
	return kinds
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// isKind fails the test unless an error is an [Error] of a kind, which it returns.
func isKind(tb testing.TB, err error, want Kind) *Error {
	tb.Helper()
	var fault *Error
	if !errors.As(err, &fault) {
		tb.Fatalf("the error is %v, not one of kind %d", err, want)
	}
	if fault.Kind != want {
		tb.Fatalf("the error %v is of kind %d, not %d", err, fault.Kind, want)
	}
	return fault
}

func asAccepted(content string) string {
	return strings.Replace(content, `"pending"`, `"accepted"`, 1)
}

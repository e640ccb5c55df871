package edit

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Each thing that a crash can leave behind has its rule.
func TestRecover(t *testing.T) {
	edited := strings.Replace(pending, "pending", "accepted", 1)
	for name, c := range map[string]struct {
		use                 use
		read, left, inPlace string // contents; empty where there is no file
		want                string // in place afterwards
		trash               []string
		notices             []NoticeKind
		withoutTrash        bool
	}{
		"change, before the exchange, torn": {use: forChange, read: pending, left: edited[:20], inPlace: pending, want: pending, trash: []string{edited[:20]}, notices: []NoticeKind{NoticeKept}},
		"change, before the exchange":       {use: forChange, read: pending, left: edited, inPlace: pending, want: pending, trash: []string{edited}, notices: []NoticeKind{NoticeKept}},
		"change, after the exchange":        {use: forChange, read: pending, left: pending, inPlace: edited, want: edited},
		"change, the same in place":         {use: forChange, read: pending, left: "x", inPlace: "x", want: "x"},
		"change, others wrote to it":        {use: forChange, read: pending, left: pending + " ", inPlace: edited, want: edited, trash: []string{pending + " "}, notices: []NoticeKind{NoticeKept}},
		"change, others wrote, no trash":    {use: forChange, read: pending, left: pending + " ", inPlace: edited, want: edited, withoutTrash: true, notices: []NoticeKind{NoticeLeft}},
		"change, deleted by others":         {use: forChange, read: pending, left: pending, trash: []string{pending}, notices: []NoticeKind{NoticeKept}},
		"deletion":                          {use: forDeletion, read: pending, left: pending, want: pending, notices: []NoticeKind{NoticePutBack}},
		"deletion of a rejected one":        {use: forDeletion, read: "{", left: "{", want: "{", notices: []NoticeKind{NoticePutBack}},
		"deletion, others wrote to it":      {use: forDeletion, read: pending, left: edited, want: edited, notices: []NoticeKind{NoticePutBack}},
		"deletion, recreated by others":     {use: forDeletion, read: pending, left: pending, inPlace: edited, want: edited, trash: []string{pending}, notices: []NoticeKind{NoticeKept}},
		"deletion, recreated as it was":     {use: forDeletion, read: pending, left: pending, inPlace: pending, want: pending},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t, c.inPlace, func(to *Config) {
				if c.withoutTrash {
					to.Trash = nil
				}
			})
			temp := temporary{use: c.use, read: session.DigestOf([]byte(c.read)), id: testID}.name()
			must(t, os.WriteFile(filepath.Join(fx.folder, temp), []byte(c.left), 0o600))
			notices, err := fx.Recover(t.Context())
			must(t, err)
			if got := fx.content(t); got != c.want {
				t.Errorf("the file is\n%s", got)
			}
			var kinds []NoticeKind
			for _, n := range notices {
				kinds = append(kinds, n.Kind)
				if n.Key != testKey() {
					t.Errorf("it tells of %v", n.Key)
				}
			}
			if !slices.Equal(kinds, c.notices) || !slices.Equal(fx.notices.kinds(), c.notices) {
				t.Errorf("it told %q, and returned %q", fx.notices.kinds(), kinds)
			}
			var kept []string
			for _, r := range fx.trash.files() {
				kept = append(kept, string(r.Data))
				if r.Reason != ReasonLeftover || r.Key != testKey() {
					t.Errorf("in the trash is %v for %v", r.Key, r.Reason)
				}
			}
			if !slices.Equal(kept, c.trash) {
				t.Errorf("in the trash is %q", kept)
			}
			if left := fx.temporaries(t); (len(left) > 0) != slices.Contains(c.notices, NoticeLeft) {
				t.Errorf("left are %q", left)
			}
			if again, err := fx.Recover(t.Context()); err != nil || len(again) > 0 && !c.withoutTrash {
				t.Errorf("a second time it did %v (%v)", again, err)
			}
		})
	}
}

// What has our name and no sense stays, and is told.
func TestRecoverStrangeNames(t *testing.T) {
	digest := hex.EncodeToString(make([]byte, 16))
	for _, name := range []string{
		".sessiond-.tmp", ".sessiond-x-" + digest + "-R-id.tmp", ".sessiond-e-0-R-id.tmp", ".sessiond-d-" + digest + "-R.tmp",
		".sessiond-e-" + digest + "-R-a.b.tmp",
	} {
		fx := newFixture(t, pending)
		path := filepath.Join(fx.folder, name)
		must(t, os.WriteFile(path, []byte("x"), 0o600))
		if notices, err := fx.Recover(t.Context()); err != nil || len(notices) != 1 || notices[0].Kind != NoticeLeft || notices[0].File != name {
			t.Errorf("%s: it did %v (%v)", name, notices, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
}

// The first edit below a root recovers, and again below another root.
func TestEditRecovers(t *testing.T) {
	fx := newFixture(t, pending)
	for _, moved := range []string{".1", ".2"} {
		must(t, os.WriteFile(filepath.Join(fx.folder, temporary{use: forDeletion, id: "other"}.name()), []byte("x"), 0o600))
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
		must(t, err)
		if data, err := os.ReadFile(filepath.Join(fx.folder, "other")); err != nil || string(data) != "x" {
			t.Errorf("it was not put back: %v", err)
		}
		fx.Close()
		must(t, os.Rename(fx.root, fx.root+moved))
		must(t, os.MkdirAll(fx.folder, 0o755))
		fx.write(t, pending)
	}
}

// Names of temporary files say what they are for, whatever the session is called.
func TestTemporaryNames(t *testing.T) {
	for _, id := range []string{testID, "a-b-c", "-", "é", "x y"} {
		for _, use := range []use{forChange, forDeletion} {
			want := temporary{use: use, read: session.DigestOf([]byte(id)), id: id}
			name := want.name()
			if got, ok := parseTemporary(name); !ok || got != want {
				t.Errorf("%q says %+v, not %+v", name, got, want)
			}
			if session.IsSessionFileName(name) {
				t.Errorf("%q could be a session file", name)
			}
			if name == want.name() {
				t.Errorf("%q twice", name)
			}
		}
	}
}

// A folder that did not answer is looked at again by the next edit: a deletion may have been
// cut short there.
func TestRecoverGoesOnAfterAHang(t *testing.T) {
	hung := true
	fx := newFixture(t, "", hooked(hooks{before: func(call string, _ ...string) error {
		if call == "temporaries" && hung {
			return session.ErrHangs
		}
		return nil
	}}))
	temp := temporary{use: forDeletion, read: session.DigestOf([]byte(pending)), id: testID}.name()
	must(t, os.WriteFile(filepath.Join(fx.folder, temp), []byte(pending), 0o600))
	_, err := fx.Recover(t.Context())
	must(t, err)
	hung = false
	status := session.StatusAccepted
	if _, err := fx.Change(t.Context(), testKey(), Set{Status: &status}, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(pending, "pending", "accepted", 1); fx.content(t) != want {
		t.Errorf("the file is\n%s", fx.content(t))
	}
}

// Who must not put anything in order learns what lies there, and whether there is more of the
// session; what another process deals with meanwhile is not told.
func TestLeftovers(t *testing.T) {
	fx := newFixture(t, pending)
	only := temporary{use: forDeletion, id: "only"}.name()
	beside := temporary{use: forChange, id: testID}.name()
	live := temporary{use: forChange, id: testID}.name()
	for _, name := range []string{only, beside, live} {
		must(t, os.WriteFile(filepath.Join(fx.folder, name), []byte("x"), 0o600))
	}
	tree := hookedTree{mobileapps.NewDisk(filepath.Dir(fx.folder), maxFileSize), hooks{after: func(string, ...string) {
		_ = os.Remove(filepath.Join(fx.folder, live)) // after the first look
	}}}
	found, err := Leftovers(t.Context(), tree, time.Millisecond)
	must(t, err)
	slices.SortFunc(found, func(a, b Leftover) int { return strings.Compare(a.Key.ID, b.Key.ID) })
	want := []Leftover{
		{Key: testKey(), Folder: fx.folder, Name: beside},
		{Key: session.Key{App: testKey().App, ID: "only"}, Folder: fx.folder, Name: only, Only: true},
	}
	if !slices.Equal(found, want) {
		t.Errorf("found are\n%+v, want\n%+v", found, want)
	}
	if _, err := os.Stat(filepath.Join(fx.folder, only)); err != nil {
		t.Errorf("it was touched: %v", err)
	}
}

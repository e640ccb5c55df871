package edit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sessiond/internal/session"
)

// A deleted file goes to the trash with all that it takes to restore it.
func TestDelete(t *testing.T) {
	for name, content := range map[string]string{"compliant": pending, "rejected": "{", "empty": " "} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t, content)
			must(t, os.Chmod(fx.path, 0o640))
			digest := session.DigestOf([]byte(content))
			result, err := fx.Delete(t.Context(), testKey(), Options{IfMatch: &digest})
			must(t, err)
			if fx.content(t) != "" {
				t.Error("it is still there")
			}
			if !result.Changed || result.Read != digest || result.Trash == "" || (result.Before != nil) != (content == pending) {
				t.Errorf("the result is %+v", result)
			}
			files := fx.trash.files()
			if len(files) != 1 || string(files[0].Data) != content || files[0].Attributes.Mode != 0o640 ||
				files[0].Reason != ReasonDeleted || files[0].Key != testKey() {
				t.Errorf("in the trash is %+v", files)
			}
			fx.isTidy(t)
		})
	}
}

// A rejected file is deleted without a digest, too, once a second look found the same.
func TestDeleteRejectedLooksTwice(t *testing.T) {
	looks := 0
	fx := newFixture(t, "{", hooked(hooks{before: func(call string, _ ...string) error {
		if call == "read" {
			looks++
		}
		return nil
	}}))
	_, err := fx.Delete(t.Context(), testKey(), Options{})
	must(t, err)
	if looks < 2 {
		t.Errorf("after %d looks", looks)
	}
}

// What cannot be deleted, or not without loss, stays.
func TestDeleteRefused(t *testing.T) {
	other := session.DigestOf(nil)
	large := pending + strings.Repeat(" ", maxFileSize)
	for name, c := range map[string]struct {
		content string
		options Options
		trash   error
		want    Kind
	}{
		"none":              {"", Options{}, nil, KindNotFound},
		"another version":   {pending, Options{IfMatch: &other}, nil, KindPrecondition},
		"no audit":          {pending, Options{Intent: func([]Result) error { return errors.New("no") }}, nil, KindIntent},
		"too large":         {large, Options{}, nil, KindTooLarge},
		"the trash is full": {pending, Options{}, syscall.ENOSPC, KindNoSpace},
		"the trash is bad":  {pending, Options{}, syscall.EIO, KindTrash},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t, c.content)
			fx.trash.fail = c.trash
			_, err := fx.Delete(t.Context(), testKey(), c.options)
			isKind(t, err, c.want)
			if fx.content(t) != c.content {
				t.Error("it is not what it was")
			}
			fx.isTidy(t)
		})
	}
}

// A file that is not deleted after all leaves no copy in the trash; one that cannot be
// removed again is told of by its id.
func TestDeleteComesToNothing(t *testing.T) {
	fault := errors.New("no")
	for name, c := range map[string]struct {
		write, refuse bool // another program writes to it; its removal fails
		drop          error
		want          Kind
	}{
		"others write":              {write: true, want: KindConflict},
		"it cannot be removed":      {refuse: true, want: KindUnreadable},
		"nor can the copy":          {refuse: true, drop: fault, want: KindUnreadable},
		"others write, copy is bad": {write: true, drop: fault, want: KindConflict},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t, pending, hooked(hooks{before: func(call string, names ...string) error {
				if c.refuse && call == "remove" {
					return syscall.EIO
				}
				return nil
			}}))
			want := pending
			fx.trash.failDrop = c.drop
			fx.trash.put = func() {
				if c.write {
					want = asAccepted(pending)
					must(t, os.WriteFile(filepath.Join(fx.folder, fx.temporaries(t)[0]), []byte(want), 0o600))
				}
			}
			_, err := fx.Delete(t.Context(), testKey(), Options{})
			isKind(t, err, c.want)
			if got := fx.content(t); got != want {
				t.Errorf("in place is %q", got)
			}
			files, notices := fx.trash.files(), fx.notices.all
			switch {
			case c.drop == nil && (len(files) > 0 || len(notices) > 0):
				t.Errorf("in the trash is %+v, and told was %+v", files, notices)
			case c.drop != nil && (len(notices) != 1 || notices[0].Kind != NoticeCopyStays || notices[0].Trash == "" || notices[0].Err == nil):
				t.Errorf("told was %+v", notices)
			}
			fx.isTidy(t)
		})
	}
}

// A file over the size limit goes without a copy only.
func TestDeleteLarge(t *testing.T) {
	fx := newFixture(t, pending+strings.Repeat(" ", maxFileSize))
	_, err := fx.Delete(t.Context(), testKey(), Options{NoTrash: true})
	must(t, err)
	if fx.content(t) != "" {
		t.Error("it is still there")
	}
	if files := fx.trash.files(); len(files) > 0 {
		t.Errorf("%d files in the trash", len(files))
	}
	fx.isTidy(t)
}

// What was deleted comes back as it was, unless another file is there.
func TestRestore(t *testing.T) {
	fx := newFixture(t, pending)
	must(t, os.Chmod(fx.path, 0o604))
	_, err := fx.Delete(t.Context(), testKey(), Options{})
	must(t, err)
	removed := fx.trash.files()[0]
	result, err := fx.Restore(t.Context(), removed, Options{})
	must(t, err)
	if fx.content(t) != pending || !result.Changed || result.After == nil || result.Digest != removed.Digest {
		t.Errorf("the result is %+v", result)
	}
	if info, err := os.Stat(fx.path); err != nil || info.Mode() != 0o604 {
		t.Errorf("the mode is %v (%v)", info.Mode(), err)
	}
	_, err = fx.Restore(t.Context(), removed, Options{})
	isKind(t, err, KindExists)
	must(t, os.RemoveAll(fx.folder))
	_, err = fx.Restore(t.Context(), removed, Options{})
	if fault := isKind(t, err, KindNotFound); !strings.Contains(fault.Error(), "app folder") || fault.Remedy == "" {
		t.Errorf("without the app folder it says %q, and to do %q", fault, fault.Remedy)
	}
	removed.Data = []byte("{")
	_, err = fx.Restore(t.Context(), removed, Options{})
	isKind(t, err, KindRejected)
}

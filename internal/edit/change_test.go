package edit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/internal/session"
)

// An edit replaces the bytes of one member, and says what was and what is.
func TestChange(t *testing.T) {
	fx := newFixture(t, pending)
	result, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	must(t, err)
	want := strings.Replace(pending, `"pending"`, `"accepted"`, 1)
	if got := fx.content(t); got != want {
		t.Errorf("the file is\n%s\nnot\n%s", got, want)
	}
	if !result.Changed || result.Before.Status() != session.StatusPending || result.After.Status() != session.StatusAccepted ||
		result.Read != session.DigestOf([]byte(pending)) || result.Digest != session.DigestOf([]byte(want)) {
		t.Errorf("the result is %+v", result)
	}
	fx.isTidy(t)
	if got := fx.notices.kinds(); got != nil {
		t.Errorf("it told %q", got)
	}
}

// A second edit of the same file waits for the first.
func TestChangeAgain(t *testing.T) {
	fx := newFixture(t, pending)
	for range 5 {
		for _, status := range []string{session.StatusAccepted, session.StatusPending} {
			result, err := fx.Change(t.Context(), testKey(), Set{Status: &status}, Options{})
			must(t, err)
			if !result.Changed || result.After.Status() != status {
				t.Errorf("the result is %+v", result)
			}
		}
	}
	if got := fx.content(t); got != pending {
		t.Errorf("after even changes the file is\n%s", got)
	}
	fx.isTidy(t)
}

// What the file says already is not written.
func TestChangeOfNothing(t *testing.T) {
	fx := newFixture(t, pending)
	was, err := os.Stat(fx.path)
	must(t, err)
	result, err := fx.Change(t.Context(), testKey(), Set{Status: new("pending"), Email: new("anna@example.com")}, Options{})
	must(t, err)
	is, err := os.Stat(fx.path)
	must(t, err)
	if result.Changed || result.Digest != result.Read || result.After == nil {
		t.Errorf("the result is %+v", result)
	}
	if !os.SameFile(was, is) {
		t.Error("the file was replaced")
	}
}

// A dry run answers the same and writes nothing.
func TestDryRun(t *testing.T) {
	fx := newFixture(t, pending)
	leftover := filepath.Join(fx.folder, temporary{use: forDeletion, id: "other"}.name())
	must(t, os.WriteFile(leftover, []byte("x"), 0o600))
	dry, err := fx.Change(t.Context(), testKey(), accepted(), Options{DryRun: true})
	must(t, err)
	if fx.content(t) != pending {
		t.Error("a dry run wrote")
	}
	if _, err := fx.Delete(t.Context(), testKey(), Options{DryRun: true}); err != nil || fx.content(t) != pending {
		t.Errorf("a dry run deleted: %v", err)
	}
	if _, err := os.Stat(leftover); err != nil {
		t.Errorf("a dry run tidied up: %v", err)
	}
	wet, err := fx.Change(t.Context(), testKey(), accepted(), Options{IfMatch: &dry.Read})
	must(t, err)
	if dry.Digest != wet.Digest || dry.Read != wet.Read || *dry.After != *wet.After {
		t.Errorf("a dry run says %+v, the change %+v", dry, wet)
	}
}

// Each reason not to write has a kind, and nothing is written.
func TestChangeRefused(t *testing.T) {
	other := session.DigestOf(nil)
	mark := errors.New("no audit")
	for name, c := range map[string]struct {
		content string
		set     Set
		options Options
		want    Kind
	}{
		"none":             {"", accepted(), Options{}, KindNotFound},
		"another version":  {pending, accepted(), Options{IfMatch: &other}, KindPrecondition},
		"no such status":   {pending, Set{Status: new("gone")}, Options{}, KindSet},
		"control":          {pending, Set{Email: new("a\nb")}, Options{}, KindSet},
		"a control in C1":  {pending, Set{Email: new("a\u0085b")}, Options{}, KindSet},
		"long":             {pending, Set{Email: new(strings.Repeat("x", 100<<10))}, Options{}, KindSet},
		"no UTF-8":         {pending, Set{Email: new("a\xff")}, Options{}, KindSet},
		"no JSON":          {"{", accepted(), Options{}, KindRejected},
		"empty":            {" ", accepted(), Options{}, KindRejected},
		"of another place": {strings.Replace(pending, "com.contactApp", "com.other", 1), accepted(), Options{}, KindRejected},
		"invalid, another": {"{", accepted(), Options{IfMatch: &other}, KindPrecondition},
		"too large":        {pending + strings.Repeat(" ", maxFileSize), accepted(), Options{}, KindTooLarge},
		"no audit":         {pending, accepted(), Options{Intent: func([]Result) error { return mark }}, KindIntent},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t, c.content)
			_, err := fx.Change(t.Context(), testKey(), c.set, c.options)
			fault := isKind(t, err, c.want)
			if fx.content(t) != c.content {
				t.Error("it wrote")
			}
			if c.content == pending && c.want == KindPrecondition &&
				(fault.Current == nil || fault.Current.Status() != "pending" || fault.Digest != session.DigestOf([]byte(pending))) {
				t.Errorf("the error does not say what is there: %+v", fault)
			}
			if c.want == KindRejected && fault.Problem == nil {
				t.Error("the error has no problem")
			}
			if strings.Contains(err.Error(), testID) {
				t.Errorf("the error tells the whole key: %v", err)
			}
			fx.isTidy(t)
		})
	}
}

// A name that is none, or is too long for a temporary one beside it.
func TestChangeOfNoKey(t *testing.T) {
	fx := newFixture(t, pending)
	for key, want := range map[session.Key]Kind{
		{App: testApp, ID: "../x"}:                   KindNotFound,
		{App: "..", ID: testID}:                      KindNotFound,
		{App: testApp}:                               KindNotFound,
		{App: testApp, ID: strings.Repeat("x", 250)}: KindRefused,
	} {
		_, err := fx.Change(t.Context(), key, accepted(), Options{})
		isKind(t, err, want)
		_, err = fx.Delete(t.Context(), key, Options{})
		isKind(t, err, want)
	}
}

package session

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewProblem(t *testing.T) {
	for code, message := range map[Code]string{
		1: "The json file location does not match its content",
		2: "The json file is not correctly formed",
		3: "The json file does not validate the json schema",
		4: "Connection token is not compliant with the current information",
	} {
		p := NewProblem(Key{App: "a.b", ID: "c"}, code, "why")
		want := &Problem{ErrCode: int(code), ComponentSignature: "mobi", Message: message, Session: Key{App: "a.b", ID: "c"}, Detail: "why"}
		if diff := cmp.Diff(want, p); diff != "" || !p.Rejects() {
			t.Errorf("rejects: %t (-want +got):\n%s", p.Rejects(), diff)
		}
		if got, want := p.String(), fmt.Sprintf("mobi %d: %s: why", code, message); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The errors of package os name the path, and with it a whole key.
func TestNewFileProblemKeepsNoPath(t *testing.T) {
	file := Key{App: "com.example.a", ID: "1"}
	for _, test := range []struct {
		key    Key
		err    error
		want   syscall.Errno
		detail string
	}{
		{Key{}, syscall.EACCES, syscall.EACCES, "the root folder cannot be read"},
		{Key{App: "com.example.a"}, syscall.EACCES, syscall.EACCES, "the app folder cannot be read"},
		{Key{App: "com.example.a"}, ErrTooLarge, ErrTooLarge, "the app folder cannot be read"},
		{Key{}, ErrOtherMount, ErrOtherMount, "the root folder is on another mount than before, or its mount is gone; its sessions are kept"},
		{file, &fs.PathError{Op: "open", Path: sampleID, Err: syscall.ESTALE}, syscall.ESTALE, "the file cannot be read"},
		{file, fmt.Errorf("cannot read %s: %w", sampleID, &fs.PathError{Op: "open", Path: sampleID, Err: ErrTooLarge}), ErrTooLarge, "the file is larger than max-file-size allows"},
		{file, ErrHangs, ErrHangs, "the file system does not answer"},
		{file, errors.New(sampleID), ErrIO, "the file cannot be read"},
	} {
		p := NewFileProblem(test.key, test.err)
		want := &Problem{ErrCode: int(test.want), ComponentSignature: "file", Message: test.want.Error(), Session: test.key, Detail: test.detail}
		if diff := cmp.Diff(want, p); diff != "" || p.Rejects() || strings.Contains(p.String(), sampleID) {
			t.Errorf("%v: %s, rejects: %t (-want +got):\n%s", test.err, p, p.Rejects(), diff)
		}
	}
}

func TestLastKnown(t *testing.T) {
	of := func(content string) *LastKnown {
		return LastKnownOf(New(Key{App: "a.b", ID: "c"}, []byte(content), StatusAccepted, Digest{}))
	}
	long := strings.Repeat("x", 257)
	if got := of(`{"email":"e","device":{"description":"d"}}`); got == nil || *got != (LastKnown{"e", "d"}) {
		t.Errorf("got %+v", got)
	}
	if got := of(`{"email":"e","device":{"description":"` + long + `"}}`); got == nil || *got != (LastKnown{"e", ""}) {
		t.Errorf("got %+v, want nothing of a text that is no name", got)
	}
	if got := of(`{}`); got != nil {
		t.Errorf("got %+v of a session that says nothing", got)
	}
}

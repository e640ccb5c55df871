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
		p := NewProblem("a.b/c", code, "why")
		want := &Problem{ErrCode: int(code), ComponentSignature: "mobi", Message: message, Session: "a.b/c", Detail: "why"}
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
	for _, test := range []struct {
		err  error
		want syscall.Errno
	}{
		{syscall.EACCES, syscall.EACCES},
		{&fs.PathError{Op: "open", Path: sampleID, Err: syscall.ESTALE}, syscall.ESTALE},
		{fmt.Errorf("cannot read %s: %w", sampleID, &fs.PathError{Op: "open", Path: sampleID, Err: syscall.EFBIG}), syscall.EFBIG},
		{errors.New(sampleID), syscall.EIO},
	} {
		p := NewFileProblem(RootKey, test.err, "")
		want := &Problem{ErrCode: int(test.want), ComponentSignature: "file", Message: test.want.Error()}
		if diff := cmp.Diff(want, p); diff != "" || p.Rejects() || strings.Contains(p.String(), sampleID) {
			t.Errorf("%v: %s, rejects: %t (-want +got):\n%s", test.err, p, p.Rejects(), diff)
		}
	}
}

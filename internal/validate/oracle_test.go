package validate

import (
	"bytes"
	"testing"

	"sessiond/internal/session"
)

// failer is what testing.T and rapid.T have in common, as far as it is used.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// agree has a file read and judged by the full validator. It fails if one accepts
// it and the other does not, or if they make different sessions of it, or if the
// reader changes or keeps the file's bytes. It reports whether it is accepted.
func agree(t failer, v *Validator, key session.Key, data []byte) bool {
	t.Helper()
	want, problem := v.full.judge(key, data)
	given := bytes.Clone(data)
	got := v.read(key, given)
	if !bytes.Equal(given, data) {
		t.Fatalf("the reader changed the file %q", data)
	}
	clear(given)
	switch {
	case got == nil && problem == nil:
		t.Fatalf("the reader does not accept %s with %q", key, data)
	case got != nil && problem != nil:
		t.Fatalf("the reader accepts %s with %q: %s", key, data, problem.Detail)
	case got != nil && *got != *want:
		t.Fatalf("of %s with %q the reader makes\n%s, %s, %x\nthe full validator\n%s, %s, %x", key, data,
			got.Content(), got.Status(), got.Digest(), want.Content(), want.Status(), want.Digest())
	}
	return got != nil
}

// wantRead fails unless a file is accepted by the reader, rightly.
func wantRead(t *testing.T, v *Validator, key session.Key, data []byte) {
	t.Helper()
	if !agree(t, v, key, data) {
		_, p := v.full.judge(key, data)
		t.Errorf("not accepted: %v: %q", p, data)
	}
}

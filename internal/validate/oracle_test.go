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

// agree judges a file both ways and fails if the fast way accepts what the
// authority does not, or makes another session of it, or touches or keeps the
// file's bytes. It reports who accepted the file.
func agree(t failer, v *Validator, key session.Key, data []byte) (fast, slow bool) {
	t.Helper()
	want, problem := v.authority.judge(key.Place(), data)
	given := bytes.Clone(data)
	got := v.fast.accept(key.Place(), given)
	if !bytes.Equal(given, data) {
		t.Fatalf("the fast way changed the file %q", data)
	}
	clear(given)
	if got == nil {
		return false, problem == nil // and Judge has nothing to go by but the authority
	}
	if problem != nil {
		t.Fatalf("the fast way accepts %s with %q, the authority: %s", key, data, problem.Detail)
	}
	if *got != *want {
		t.Fatalf("the fast way makes of %s with %q\n%s, %s, %x\nthe authority\n%s, %s, %x", key, data,
			got.Content(), got.Status(), got.Digest(), want.Content(), want.Status(), want.Digest())
	}
	if s, p := v.Judge(key.Place(), data); p != nil || *s != *want {
		t.Fatalf("%s with %q is accepted both ways, but judged %v, %v", key, data, s, p)
	}
	return true, true
}

// wantFast fails unless the fast way accepts a file, rightly.
func wantFast(t *testing.T, v *Validator, key session.Key, data []byte) {
	t.Helper()
	if fast, slow := agree(t, v, key, data); !fast || !slow {
		t.Errorf("the fast way accepts it is %v, the authority does is %v: %q", fast, slow, data)
	}
}

// wantSlow fails unless the authority accepts a file that is too odd for the
// fast way.
func wantSlow(t *testing.T, v *Validator, key session.Key, data []byte) {
	t.Helper()
	if fast, slow := agree(t, v, key, data); fast || !slow {
		t.Errorf("the fast way accepts it is %v, the authority does is %v: %q", fast, slow, data)
	}
}

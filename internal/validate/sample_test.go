package validate

import (
	"sync"
	"testing"

	"sessiond/internal/session"
)

// doubter returns a validator whose fast way knows a wrong shape, and what it
// tells of disagreements.
func doubter(t *testing.T, mistake func(file *shape)) (v *Validator, told func() []*session.Problem) {
	t.Helper()
	var mu sync.Mutex
	var problems []*session.Problem
	v, err := New(OnDisagreement(func(key session.Key, p *session.Problem) {
		mu.Lock()
		defer mu.Unlock()
		if key != sampleKey {
			t.Errorf("told of %s", key)
		}
		problems = append(problems, p)
	}))
	if err != nil {
		t.Fatal(err)
	}
	mistake(v.fast.shape)
	return v, func() []*session.Problem {
		mu.Lock()
		defer mu.Unlock()
		return problems
	}
}

func knownMember(s *shape, name string) *shape {
	m, _ := s.member([]byte(name))
	return m
}

// Where the two ways disagree, the authority's word counts and the difference is
// told, for the first files and a few of the later ones.
func TestDisagreement(t *testing.T) {
	data := with(t, map[string]string{"/status": `"other"`})
	v, told := doubter(t, func(file *shape) {
		status := knownMember(file, "status")
		status.oneOf = append(status.oneOf, "other")
	})
	rejected := 0
	const later = 3
	for range later * sampleEvery {
		if _, p := v.Judge(sampleKey.Place(), data); p != nil {
			rejected++
		}
	}
	if want := sampleFirst + later; rejected != want || len(told()) != want {
		t.Errorf("%d files were rejected and %d told, want %d", rejected, len(told()), want)
	}
	for _, p := range told() {
		if p == nil || p.ErrCode != int(session.CodeSchema) {
			t.Fatalf("told %v", p)
		}
	}
}

// A session that differs is a disagreement, too.
func TestDisagreementAboutTheSession(t *testing.T) {
	v, told := doubter(t, func(file *shape) { knownMember(file, "token").secret = false })
	s, p := v.Judge(sampleKey.Place(), compactFile)
	if p != nil || leaks(string(s.Content()), sampleToken) {
		t.Errorf("got %v, %v", s, p)
	}
	if len(told()) != 1 || told()[0] != nil {
		t.Errorf("told %v", told())
	}
}

// Nobody has to listen, and files that the fast way leaves to the authority are
// no disagreement.
func TestNoDisagreement(t *testing.T) {
	deaf, err := New()
	if err != nil {
		t.Fatal(err)
	}
	knownMember(deaf.fast.shape, "token").secret = false
	if s, p := deaf.Judge(sampleKey.Place(), compactFile); p != nil || leaks(string(s.Content()), sampleToken) {
		t.Errorf("got %v, %v", s, p)
	}
	v, told := doubter(t, func(file *shape) { file.kinds = kindNull })
	for range 2 {
		wantSession(t, v, sampleKey, compactFile)
		wantProblem(t, v, sampleKey, []byte("[]"), session.CodeSchema, "expected object, but got array")
	}
	if len(told()) > 0 {
		t.Errorf("told %v", told())
	}
}

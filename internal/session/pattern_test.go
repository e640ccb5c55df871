package session

import "testing"

func TestPattern(t *testing.T) {
	for pattern, fits := range map[string]map[string]bool{
		"ann@example.com": {"ann@example.com": true, "ANN@Example.com": true, "joann@example.com": false, "": false},
		"*@example.com":   {"ann@example.com": true, "@example.com": true, "ann@example.com.org": false, "example.com": false},
		"ann@*":           {"Ann@example.com": true, "ann@": true, "joann@example.com": false},
		"*":               {"ann@example.com": true, "": true},
		"**":              {"": true, "a": true},
		"a*b*c":           {"abc": true, "aXbYc": true, "acb": false, "ab": false, "abcc": true, "abcbd": false},
		"a*a":             {"a": false, "aa": true, "aba": true},
		"a?c+[x]@*":       {"a?c+[x]@y": true, "abc+[x]@y": false},
	} {
		for email, want := range fits {
			if got := newPattern(FoldEmail(pattern)).matches(FoldEmail(email)); got != want {
				t.Errorf("%q, %q: %t, want %t", pattern, email, got, want)
			}
		}
	}
}

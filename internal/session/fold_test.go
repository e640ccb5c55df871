package session

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// Addresses are the same where Unicode's simple case folding says so of how they are composed,
// and no others are.
func TestFoldEmail(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("aAkK\u212asS\u017f\u00dfx\u1e9eiI\u0130\u0131\u03c3\u03c2\u03a3e\u0301\u00e9\u00c9\u0345\u03b9@.")), 0, 4, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if want := strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b)); (FoldEmail(a) == FoldEmail(b)) != want {
			t.Errorf("%q and %q are %q and %q, want the same: %t", a, b, FoldEmail(a), FoldEmail(b), want)
		}
	})
	for a, b := range map[string]string{"ANN@STRASSE.example": "ann@strasse.example", "\u00c9va@\u1e9e": "e\u0301VA@\u00df", "\u212a@x": "K@X"} {
		if FoldEmail(a) != FoldEmail(b) {
			t.Errorf("%q and %q are not the same", a, b)
		}
	}
}

package cli

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPrintable(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "Anna’s iPhone – 日本語 é", "Anna’s iPhone – 日本語 é"},
		{"no-break space", "iPhone\u00a0de Zoé", "iPhone\u00a0de Zoé"},
		{"backslash stays", `C:\MobileApps`, `C:\MobileApps`},
		{"white space controls", "a\nb\rc\td", `a\nb\rc\td`},
		{"escape sequence", "\x1b[31mred", `\u001b[31mred`},
		{"nul and bell", "\x00\a", `\u0000\u0007`},
		{"delete", "a\x7f", `a\u007f`},
		{"C1 control sequence introducer", "\u009b31m", `\u009b31m`},
		{"bidi override", "\u202egpj.exe", `\u202egpj.exe`},
		{"bidi isolate", "\u2066x\u2069", `\u2066x\u2069`},
		{"zero width", "a\u200bb\ufeff", `a\u200bb\ufeff`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"tag beyond the basic plane", "a\U000e0041", `a\udb40\udc41`},
		{"not UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
		{"replacement character", "a\ufffdb", `a\ufffdb`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := printable(tc.in); got != tc.want {
				t.Errorf("printable(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestPrintableLinesKeepsLines(t *testing.T) {
	if got, want := printableLines("a\x1b\nb\r\n"), "a\\u001b\nb\\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// harmless reports what must hold of everything that gets to a terminal.
func harmless(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return r < 0x20 || r >= 0x7f && r < 0xa0 || // C0, DEL, C1
			r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f ||
			r == 0x061c || unicode.Is(unicode.Bidi_Control, r)
	}) < 0
}

func TestPrintableIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(
			rapid.String(),
			rapid.StringOf(rapid.Rune()),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		).Draw(t, "s")
		got := printable(s)
		if !harmless(got) {
			t.Fatalf("printable(%q) = %q", s, got)
		}
		if again := printable(got); again != got {
			t.Fatalf("printable(%q) = %q, not the same again", got, again)
		}
	})
}

// What is escaped within a JSON text must leave its meaning as it is.
func TestPrintableKeepsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "object")
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(printableLines(string(text))), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzPrintable(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[2J", "\u202e", "\xff\xfe", "\u009b", "\U000e0041", "a\nb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := printable(s); !harmless(got) {
			t.Errorf("printable(%q) = %q", s, got)
		}
		if got := printableLines(s); !harmless(strings.ReplaceAll(got, "\n", "")) {
			t.Errorf("printableLines(%q) = %q", s, got)
		}
	})
}

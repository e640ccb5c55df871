package cli

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// drawn returns what a page shows.
func drawn(t *testing.T, colour bool, draw func(*page)) string {
	t.Helper()
	var out bytes.Buffer
	p := newPage(&out, colour, today(), time.UTC)
	draw(p)
	if err := p.flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTable(t *testing.T) {
	rows := [][]cell{
		{strong.of("NAME"), strong.of("STATUS"), strong.of("LAST")},
		{plain.of("Zoé"), warn.of("pending"), plain.of("x")},
		{plain.of("a\x1b"), good.of("ok"), plain.of("")},
		{plain.of("short row")},
	}
	same(t, drawn(t, false, func(p *page) { p.table(rows) }), text(
		"NAME       STATUS   LAST",
		"Zoé        pending  x",
		`a\u001b    ok       `,
		"short row",
	))
	same(t, drawn(t, true, func(p *page) { p.table(rows[:3]) }), text(
		"\x1b[1mNAME\x1b[0m     \x1b[1mSTATUS\x1b[0m   \x1b[1mLAST\x1b[0m",
		"Zoé      \x1b[33mpending\x1b[0m  x",
		`a\u001b  `+"\x1b[32mok\x1b[0m       ",
	))
}

// On a terminal the last column goes on below itself, at the ends of words, and a path
// after a slash.
func TestTableWraps(t *testing.T) {
	rows := [][]cell{
		{strong.of("Last pass"), plain.of("pass 7 by socket over the whole folder, took 1.94 ms")},
		{strong.of("Root"), plain.of("/a/path/that/is/longer/than/the/line/is/goes/on and more")},
	}
	same(t, drawn(t, false, func(p *page) { p.width = 40; p.table(rows) }), text(
		"Last pass  pass 7 by socket over the",
		"           whole folder, took 1.94 ms",
		"Root       /a/path/that/is/longer/than/",
		"           the/line/is/goes/on and more",
	))
}

// A line that is longer than the terminal's goes on below, in the styles it has.
func TestLineWraps(t *testing.T) {
	for name, tc := range map[string]struct {
		cells []cell
		want  string
	}{
		"prose":     {[]cell{bad.of("Degraded: 2,000 files are rejected.")}, text("Degraded: 2,000 files are", "rejected.")},
		"it fits":   {[]cell{bad.of("Degraded: 2,000 files were")}, text("Degraded: 2,000 files were")},
		"several":   {[]cell{plain.of("2 files: "), bad.of("mobi 3: wrong status")}, text("2 files: mobi 3: wrong", "  status")},
		"indented":  {[]cell{plain.of("    since 2026-11-22 (3 hours ago)")}, text("    since 2026-11-22 (3", "      hours ago)")},
		"key":       {[]cell{plain.of("com.example/0123456789abcdef: "), bad.of("mobi 3")}, text("com.example/", "  0123456789abcdef: mobi 3")},
		"one word":  {[]cell{plain.of("0123456789abcdef0123456789abcdef")}, text("0123456789abcdef0123456789", "abcdef")},
		"two wide":  {[]cell{plain.of("請求書請求書 請求書請求書 abc")}, text("請求書請求書 請求書請求書", "abc")},
		"wide word": {[]cell{plain.of("請求書請求書請求書請求書請求書")}, text("請求書請求書請求書請求書請", "求書")},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, drawn(t, false, func(p *page) { p.width = 26; p.line(tc.cells...) }), tc.want)
		})
	}
	same(t, drawn(t, true, func(p *page) { p.width = 22; p.line(plain.of("2 files: "), bad.of("mobi 3: wrong status")) }), text(
		"2 files: \x1b[31mmobi 3: wrong\x1b[0m",
		"  \x1b[31mstatus\x1b[0m",
	))
}

// Characters of East Asian scripts and emoji take two columns, combining marks none.
func TestColumns(t *testing.T) {
	rows := [][]cell{
		{plain.of("請求書"), plain.of("a")},
		{plain.of("e\u0301te\u0301"), plain.of("b")},
		{plain.of("📱 x"), plain.of("c")},
	}
	same(t, drawn(t, false, func(p *page) { p.table(rows) }), text("請求書  a", "e\u0301te\u0301     b", "📱 x    c"))
	same(t, drawn(t, false, func(p *page) {
		p.width = 12
		p.grid([]column{{title: "NAME", least: 4}, {title: "N"}}, [][]cell{{plain.of("請求書請求書"), plain.of("1")}})
	}), text("NAME       N", "請求書請…  1"))
}

func TestSince(t *testing.T) {
	vienna := time.FixedZone("", 3600)
	p := newPage(nil, false, today(), vienna)
	same(t, p.since(started()), "2026-11-22 10:00:00 (9 hours ago)")
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 1204: "1,204 files"} {
		same(t, count(n, "file", "files"), want)
	}
}

func TestMilliseconds(t *testing.T) {
	for ms, want := range map[float64]string{0: "0.00 ms", 1.942: "1.94 ms", 250: "250 ms", 61500: "61.5 s"} {
		same(t, milliseconds(ms), want)
	}
}

func TestWantsColourOnlyOnATerminal(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	if wantsColour(&bytes.Buffer{}, none) {
		t.Error("a buffer wants colour")
	}
}

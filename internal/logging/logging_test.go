package logging

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func newLogger(t *testing.T, level, format string) (*zap.Logger, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	log, err := New(Options{Level: level, Format: format, Out: &out, Color: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.End() })
	return log.Logger, &out
}

// written returns what was logged so far.
func written(t *testing.T, log *zap.Logger, out *bytes.Buffer) string {
	t.Helper()
	if err := log.Sync(); err != nil {
		t.Error(err)
	}
	return out.String()
}

// clock stands still, at a moment with few digits in a place that is not UTC.
type clock struct{}

func (clock) Now() time.Time {
	return time.Date(2026, 11, 22, 18, 0, 0, 120_000_000, time.FixedZone("", 3600))
}

func (clock) NewTicker(time.Duration) *time.Ticker { panic("nothing here ticks") }

func TestJSON(t *testing.T) {
	for _, format := range []string{FormatJSON, FormatAuto} { // a buffer is no terminal
		t.Run(format, func(t *testing.T) {
			log, out := newLogger(t, "info", format)
			log.WithOptions(zap.WithClock(clock{})).With(zap.String("app", "a.b")).Warn("file\nis wrong", zap.Int("errCode", 3), zap.Duration("after", 250_123*time.Microsecond), Sentence(func() string { panic("it is for people") }))
			text := written(t, log, out)
			var got map[string]any
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatalf("%v in %q", err, text)
			}
			want := map[string]any{
				"time": "2026-11-22T17:00:00.120000000Z", "level": "warn", "msg": "file\nis wrong", "app": "a.b", "errCode": 3.0, "after": "250ms",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
			if strings.Count(text, "\n") != 1 {
				t.Errorf("not one line: %q", text)
			}
		})
	}
}

func TestConsole(t *testing.T) {
	log, out := newLogger(t, "debug", FormatConsole)
	log.With(zap.String("app", "a.b")).Info("pass done", zap.Int("checked", 3))
	want := regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  INFO   pass done: app=a\.b checked=3\n$`)
	if text := written(t, log, out); !want.MatchString(text) { // without colour: a buffer is no terminal
		t.Errorf("line is %q, want one like %v", text, want)
	}
}

// People read a sentence where an entry has one, else the message with its fields.
func TestText(t *testing.T) {
	for name, test := range map[string]struct {
		fields []zap.Field
		want   string
	}{
		"nothing more": {nil, "message"},
		"a sentence":   {[]zap.Field{zap.Int("n", 1), Sentence(func() string { return "It is\nso." })}, `It is\nso.`},
		"words": {
			[]zap.Field{zap.String("reason", "there are two"), zap.String("empty", ""), zap.String("equals", "a=b"), zap.String("one", "word")},
			`message: reason="there are two" empty="" equals="a=b" one=word`,
		},
		"lists":     {[]zap.Field{zap.Strings("all", []string{"a", "b c"}), zap.Skip(), zap.Bool("is", true)}, `message: all="a, b c" is=true`},
		"an error":  {[]zap.Field{zap.Error(errors.New("a\tb"))}, `message: error="a\tb"`},
		"durations": {[]zap.Field{zap.Duration("after", 12_345_678), zap.Duration("short", 999), zap.Duration("whole", 2*time.Second)}, "message: after=12.3ms short=999ns whole=2s"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := textOf(zapcore.Entry{Message: "message"}, test.fields); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 999: "999ns", 1234: "1.23µs", 12_345_678: "12.3ms", 999_999_999: "1s", 1_234_567_890: "1.23s", 59_987_000_000: "1m0s",
		61_500_000_000: "1m2s", -1_234_567: "-1.23ms", 3 * time.Hour: "3h0m0s",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("%d is %s, want %s", d, got, want)
		}
	}
}

func TestConsoleEscapes(t *testing.T) {
	for name, text := range map[string]string{
		"terminal escape":      "\x1b[31mred",
		"bell and backspace":   "\a\b",
		"line ends":            "a\nb\rc\u2028d\u0085e",
		"delete":               "\x7f",
		"eight-bit escape":     "\u009b31m",
		"direction of writing": "\u202egnp.exe",
		"zero width":           "\u200b",
		"not UTF-8":            "\xff\x9b31m",
		"tab":                  "a\tb",
	} {
		t.Run(name, func(t *testing.T) {
			log, out := newLogger(t, "debug", FormatConsole)
			log.With(zap.String("with "+text, text)).Error("message "+text,
				zap.String("field "+text, text), zap.Strings("list", []string{text}), zap.Error(errors.New(text)),
				zap.Any("any", map[string]string{text: text}))
			log.Error("message", Sentence(func() string { return text }))
			lines := strings.Split(written(t, log, out), "\n")
			if len(lines) != 3 || lines[2] != "" {
				t.Errorf("not two lines: %q", lines)
			}
			line := lines[0] + lines[1]
			for _, r := range line {
				if r < ' ' || r > '~' {
					t.Errorf("%q in %q", r, line)
				}
			}
		})
	}
	t.Run("what prints stays", func(t *testing.T) {
		log, out := newLogger(t, "debug", FormatConsole)
		log.Info(`Zoë's "iPhone" \ 日本 😀 �`, zap.String("name", `Zoë 日本 😀`))
		if text, want := written(t, log, out), `Zoë's "iPhone" \ 日本 😀 �: name="Zoë 日本 😀"`+"\n"; !strings.HasSuffix(text, want) {
			t.Errorf("line is %q, want its end to be %q", text, want)
		}
	})
}

func TestLevels(t *testing.T) {
	all := []string{"debug", "info", "warn", "error"}
	for i, level := range all {
		t.Run(level, func(t *testing.T) {
			log, out := newLogger(t, level, FormatJSON)
			log.Debug("debug")
			log.Info("info")
			log.Warn("warn")
			log.Error("error")
			var got []string
			for line := range strings.Lines(written(t, log, out)) {
				var entry struct {
					Level string `json:"level"`
					Msg   string `json:"msg"`
				}
				if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level != entry.Msg {
					t.Errorf("line %q, %v", line, err)
				}
				got = append(got, entry.Level)
			}
			if diff := cmp.Diff(all[i:], got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoSampling(t *testing.T) {
	log, out := newLogger(t, "info", FormatJSON)
	for range 1000 {
		log.Info("the same")
	}
	if got := strings.Count(written(t, log, out), "\n"); got != 1000 {
		t.Errorf("%d of 1000 lines were written", got)
	}
}

func TestStackOnlyWithPanic(t *testing.T) {
	for _, format := range []string{FormatJSON, FormatConsole} {
		log, out := newLogger(t, "info", format)
		log.Error("failed")
		if text := written(t, log, out); strings.Contains(text, "TestStack") {
			t.Errorf("%s: an error has a stack or a caller: %q", format, text)
		}
		func() {
			defer func() { _ = recover() }()
			log.Panic("broken")
		}()
		if text := written(t, log, out); !strings.Contains(text, "TestStackOnlyWithPanic") {
			t.Errorf("%s: a panic has no stack: %q", format, text)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"level":    {Level: "trace", Format: FormatJSON, Out: &bytes.Buffer{}},
		"no level": {Format: FormatJSON, Out: &bytes.Buffer{}},
		"format":   {Level: "info", Format: "logfmt", Out: &bytes.Buffer{}},
		"writer":   {Level: "info", Format: FormatJSON},
	} {
		if _, err := New(o); err == nil || !strings.HasPrefix(err.Error(), "cannot log") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

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
)

func newLogger(t *testing.T, level, format string) (*zap.Logger, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	log, _, err := New(Options{Level: level, Format: format, Out: &out, Color: true})
	if err != nil {
		t.Fatal(err)
	}
	return log, &out
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
			log.WithOptions(zap.WithClock(clock{})).With(zap.String("app", "a.b")).Warn("file\nis wrong", zap.Int("errCode", 3), zap.Duration("after", 250*time.Millisecond))
			var got map[string]any
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatalf("%v in %q", err, out)
			}
			want := map[string]any{
				"time": "2026-11-22T17:00:00.120000000Z", "level": "warn", "msg": "file\nis wrong", "app": "a.b", "errCode": 3.0, "after": "250ms",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
			if strings.Count(out.String(), "\n") != 1 {
				t.Errorf("not one line: %q", out)
			}
		})
	}
}

func TestConsole(t *testing.T) {
	log, out := newLogger(t, "debug", FormatConsole)
	log.With(zap.String("app", "a.b")).Info("pass done", zap.Int("checked", 3))
	want := regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  INFO   pass done  \{"app": "a\.b", "checked": 3\}\n$`)
	if !want.MatchString(out.String()) { // without colour: a buffer is no terminal
		t.Errorf("line is %q, want one like %v", out, want)
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
			log.With(zap.String("with "+text, text)).Named("n"+text).Error("message "+text,
				zap.String("field "+text, text), zap.Strings("list", []string{text}), zap.Error(errors.New(text)),
				zap.Any("any", map[string]string{text: text}))
			line, rest, _ := strings.Cut(out.String(), "\n")
			if rest != "" {
				t.Errorf("more than one line: %q", out)
			}
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
		if want := `Zoë's "iPhone" \ 日本 😀 �  {"name": "Zoë 日本 😀"}` + "\n"; !strings.HasSuffix(out.String(), want) {
			t.Errorf("line is %q, want its end to be %q", out, want)
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
			for line := range strings.Lines(out.String()) {
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
	if got := strings.Count(out.String(), "\n"); got != 1000 {
		t.Errorf("%d of 1000 lines were written", got)
	}
}

func TestStackOnlyWithPanic(t *testing.T) {
	for _, format := range []string{FormatJSON, FormatConsole} {
		log, out := newLogger(t, "info", format)
		log.Error("failed")
		if strings.Contains(out.String(), "TestStack") {
			t.Errorf("%s: an error has a stack or a caller: %q", format, out)
		}
		func() {
			defer func() { _ = recover() }()
			log.Panic("broken")
		}()
		if !strings.Contains(out.String(), "TestStackOnlyWithPanic") {
			t.Errorf("%s: a panic has no stack: %q", format, out)
		}
	}
}

func TestSyncOfAPipeIsNoError(t *testing.T) {
	log, _ := newLogger(t, "info", FormatJSON)
	if err := log.Sync(); err != nil {
		t.Error(err)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"level":    {Level: "trace", Format: FormatJSON, Out: &bytes.Buffer{}},
		"no level": {Format: FormatJSON, Out: &bytes.Buffer{}},
		"format":   {Level: "info", Format: "logfmt", Out: &bytes.Buffer{}},
		"writer":   {Level: "info", Format: FormatJSON},
	} {
		if _, _, err := New(o); err == nil || !strings.HasPrefix(err.Error(), "cannot log") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

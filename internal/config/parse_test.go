package config

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"250ms": 250 * time.Millisecond, "0": 0, "0s": 0, "1.5s": 1500 * time.Millisecond,
		"1h2m3s": time.Hour + 2*time.Minute + 3*time.Second, "100µs": 100 * time.Microsecond, "-1s": -time.Second,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "1.5", "s", "5 s", "5d", "5S", "1e3ms", "1_000ms", "9999999999h", "٣s"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "1B": 1, "1048576": 1 << 20, "1MiB": 1 << 20, "1mib": 1 << 20, "1 MiB": 1 << 20, "1M": 1e6, "1MB": 1e6,
		"512KiB": 512 << 10, "1.5kB": 1500, "0": 0, "16EB": 1 << 62,
	} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "B", "-1", "+1", "1,000", "1,5MiB", "1MiBs", "0x10", "1e3", "99EB", "1.2.3", "٣", "NaN"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"250ms", "0", "5", "-1s", "1h2m3s", "1.5s", "", "ms", "9223372036854775807ns", "1e3s", "٣s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDuration(text)
		if err != nil {
			return
		}
		if again, err := parseDuration(d.String()); err != nil || again != d {
			t.Errorf("%q is %v, which reads as %v, %v", text, d, again, err)
		}
		var s Settings
		if err := putDuration(&s.Settle, text, isSettle); err == nil && (s.Settle < time.Millisecond || s.Settle > time.Minute) {
			t.Errorf("%q is allowed as a settle time", text)
		}
	})
}

func FuzzSize(f *testing.F) {
	for _, seed := range []string{"1MiB", "0", "1,5MiB", "-1", "16EB", "1.5kB", "", "B", "18446744073709551615", "1e3", "٣", ".", "1."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseSize(text)
		if err == nil && n < 0 {
			t.Errorf("%q is %d bytes", text, n)
		}
		var s Settings
		if err := putSize(&s.MaxFileSize, text); err == nil && (s.MaxFileSize < 1 || s.MaxFileSize > maxFileSize) {
			t.Errorf("%q is allowed as a size", text)
		}
	})
}

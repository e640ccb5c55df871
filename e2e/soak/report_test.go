//go:build soak && unix

package soak

import (
	"fmt"
	"os"
	"strings"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

func (s *soak) count(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[name]++
}

// diverge tells of a divergence and ends the soak. Only the first counts: what
// comes after may come from it.
func (s *soak) diverge(key session.Key, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.diverged++
	if s.diverged > 1 {
		return
	}
	s.cancel()
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %q: %s\n", time.Now().Format(clockFormat), key, fmt.Sprintf(format, args...))
	fmt.Fprintf(&text, "the last steps:\n%s", s.journal.tell(key))
	if key.IsFile() {
		fmt.Fprintf(&text, "%s\n%s\n", s.ledger.tell(key), tellFile(harness.FileOf(s.grove.root, key)))
	}
	for _, l := range s.daemons {
		one := l.life()
		if key.IsFile() {
			fmt.Fprintf(&text, "--admit %s: the last event: %s\n", l.admit, canonical(one.memory.last(key)))
		}
		fmt.Fprintf(&text, "--admit %s, life %d, the end of its log:\n%s", l.admit, one.number, tail(one.log, 40))
	}
	s.t.Error(text.String())
}

// tellFile says what is on disk.
func tellFile(path string) string {
	info, err := os.Lstat(path)
	if err != nil {
		return err.Error()
	}
	text := fmt.Sprintf("on disk: %v, %d bytes, changed at %s", info.Mode(), info.Size(), info.ModTime().Format(clockFormat))
	if info.Mode().IsRegular() && info.Size() < 10_000 {
		data, _ := os.ReadFile(path)
		text += fmt.Sprintf(": %q", data)
	}
	return text
}

// tail returns the last lines of a file.
func tail(path string, lines int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error() + "\n"
	}
	all := strings.SplitAfter(string(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "")
}

// summarise tells what was done and what it came to.
func (s *soak) summarise() {
	var passes uint64
	var slowestEnd time.Duration
	for _, l := range s.daemons {
		passes, slowestEnd = passes+l.passes, max(slowestEnd, l.slowest)
	}
	s.t.Logf("steps %d, passes %d, refreshes %d, events %d, bad connections %d, restarts %d",
		s.journal.steps, passes, s.refreshes.Load(), s.events.Load(), s.abused.Load(), s.restarts.Load())
	s.t.Logf("faults and scenes: %v", s.faults)
	if s.grove.disk == "" {
		s.t.Logf("without mounts: only root has them, on Linux")
	}
	s.t.Logf("rests %d, the slowest after %v; the slowest end after %v",
		s.rests, s.slowestRest.Round(time.Millisecond), slowestEnd.Round(time.Millisecond))
	s.t.Logf("after the warm-up and in the end: resident %.1f MB and %.1f MB, descriptors %d and %d, goroutines %d and %d",
		float64(s.resident[0])/1e6, float64(s.resident[1])/1e6,
		s.descriptors[0], s.descriptors[1], s.goroutines[0], s.goroutines[1])
	s.t.Logf("divergences: %d", s.diverged)
}

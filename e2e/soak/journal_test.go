//go:build soak && unix

package soak

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sessiond/internal/session"
)

// journal remembers the last steps of a soak, for who has to find out what went
// wrong.
type journal struct {
	mu    sync.Mutex
	notes []note
	steps int
}

type note struct {
	at   time.Time
	key  session.Key
	text string
}

// journalLength is how many notes are kept.
const journalLength = 20_000

// note writes down what is done to a session, to a folder, or to everything for the
// root key.
func (j *journal) note(key session.Key, format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.steps++
	if len(j.notes) == journalLength {
		j.notes = append(j.notes[:0], j.notes[journalLength/2:]...)
	}
	j.notes = append(j.notes, note{time.Now(), key, fmt.Sprintf(format, args...)})
}

// tell returns the last notes, and of those that concern a key some more.
func (j *journal) tell(key session.Key) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	const all, concerning = 25, 40
	var lines []string
	told := 0
	for i := len(j.notes) - 1; i >= 0 && told < concerning; i-- {
		n := j.notes[i]
		concerns := n.key == key || n.key.IsRoot() || n.key == session.Key{App: key.App}
		if concerns || i >= len(j.notes)-all {
			lines = append(lines, fmt.Sprintf("  %s %s %s", n.at.Format(clockFormat), n.text, n.key))
		}
		if concerns {
			told++
		}
	}
	var text strings.Builder
	for _, line := range slices.Backward(lines) {
		text.WriteString(line + "\n")
	}
	return text.String()
}

const clockFormat = "15:04:05.000000"

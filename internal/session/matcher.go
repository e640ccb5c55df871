package session

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// Matcher tells which sessions pass a [Filter]. It is for one goroutine at a time.
type Matcher struct {
	// SeenAt returns when a session was last seen, zero where that is not known. Without
	// it, a filter by that passes nothing.
	SeenAt func(Key) time.Time

	app, status       string
	before            time.Time // of the file's modification
	seenBefore        time.Time
	words             [][]byte
	email, device, os pattern
	domain            string // folded

	text []byte // of the session that is looked at
}

// Matcher returns what tells which sessions pass the filter, as far as one session alone
// can tell: not whether it is a duplicate.
func (f *Filter) Matcher() *Matcher {
	m := &Matcher{
		app: f.App, status: f.Status, before: f.ModifiedBefore, seenBefore: f.SeenBefore,
		email: newPattern(FoldEmail(f.Email)), domain: FoldEmail(f.Domain), device: newPattern(Fold(f.Device)), os: newPattern(Fold(f.OS)),
	}
	for word := range strings.FieldsSeq(Fold(f.Words)) {
		m.words = append(m.words, []byte(word))
	}
	return m
}

// Matches reports whether a session passes the filter whose file was modified then.
func (m *Matcher) Matches(s *Session, modified time.Time) bool {
	switch {
	case m.app != "" && s.app.Value() != m.app,
		m.status != "" && s.Status() != m.status,
		!m.before.IsZero() && !modified.Before(m.before),
		!m.seenBefore.IsZero() && !m.isUnseen(s, modified):
		return false
	case m.words == nil && m.device == nil && m.os == nil:
		return m.email == nil && m.domain == "" || m.matchesEmail(s.Email())
	}
	raw := s.RawDetails()
	return m.matchesEmail(textOf(raw.Email)) && m.matchesDevice(&raw) && m.hasWords(s, &raw)
}

// isUnseen reports whether a session was last seen before the filter's moment.
func (m *Matcher) isUnseen(s *Session, modified time.Time) bool {
	if m.SeenAt == nil {
		return false
	}
	if at := m.SeenAt(s.Key()); !at.IsZero() {
		return at.Before(m.seenBefore)
	}
	return modified.Before(m.seenBefore)
}

func (m *Matcher) matchesEmail(email string) bool {
	if m.email == nil && m.domain == "" {
		return true
	}
	email = FoldEmail(email)
	return (m.email == nil || m.email.matches(email)) && m.isInDomain(email)
}

// isInDomain takes a folded address.
func (m *Matcher) isInDomain(email string) bool {
	if m.domain == "" {
		return true
	}
	at := strings.LastIndexByte(email, '@')
	return at >= 0 && email[at+1:] == m.domain
}

func (m *Matcher) matchesDevice(raw *RawDetails) bool {
	if m.device != nil && !m.device.matches(Fold(textOf(raw.Device.Description))) && !m.device.matches(Fold(textOf(raw.Device.ID))) {
		return false
	}
	if m.os == nil {
		return true
	}
	os := Fold(textOf(raw.Device.OS))
	return m.os.matches(os) || m.os.matches(os+" "+Fold(textOf(raw.Device.Version)))
}

// hasWords looks for the words in all texts at once. Line ends are between these, which no
// word has.
func (m *Matcher) hasWords(s *Session, raw *RawDetails) bool {
	if m.words == nil {
		return true
	}
	m.text = m.text[:0]
	for _, text := range []string{textOf(raw.Email), textOf(raw.Device.Description), s.app.Value(), s.id} {
		m.text = append(append(m.text, Fold(text)...), '\n')
	}
	return !slices.ContainsFunc(m.words, func(word []byte) bool { return !bytes.Contains(m.text, word) })
}

// pattern is a folded text, in which * stands for any characters or none, cut at each *.
// No other character has a meaning of its own: all of them may be in an address. The nil
// pattern matches everything.
type pattern []string

func newPattern(folded string) pattern {
	if folded == "" {
		return nil
	}
	return strings.Split(folded, "*")
}

// matches reports whether a folded text fits.
func (p pattern) matches(text string) bool {
	if len(p) < 2 {
		return p == nil || text == p[0]
	}
	text, fits := strings.CutPrefix(text, p[0])
	for _, part := range p[1 : len(p)-1] {
		// The first place is as good as any: what follows may be as long as it likes.
		var found bool
		_, text, found = strings.Cut(text, part)
		fits = fits && found
	}
	return fits && strings.HasSuffix(text, p[len(p)-1])
}

package replica

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// Look asks an authority about a session that a follower has not: an app may call right
// after its file was made.
type Look struct {
	ID      string      `json:"id"` // comes back with the answer
	Session session.Key `json:"session"`
}

// Looked is the answer to a [Look].
type Looked struct {
	ID string `json:"id"`
	// Known says that the authority is sure; In that the session is in its memory.
	Known bool `json:"known"`
	In    bool `json:"in"`
	// Position is where a follower has the session that is in memory, unless it is too large
	// for the engine. It is zero where the authority publishes nothing now.
	Position
}

// maxLook is how long a question or an answer may be, in bytes: a key has two names of
// 255 characters at most.
const maxLook = 16 << 10

// EncodeLook returns the question as text.
func EncodeLook(l Look) ([]byte, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("cannot ask the authority: %w", err)
	}
	return text, nil
}

// DecodeLook reads what EncodeLook writes, and nothing else.
func DecodeLook(text []byte) (Look, error) {
	var l Look
	if len(text) > maxLook {
		return Look{}, fmt.Errorf("cannot read a question: it has %d bytes", len(text))
	}
	if err := json.Unmarshal(text, &l, json.RejectUnknownMembers(true)); err != nil {
		return Look{}, fmt.Errorf("cannot read a question: %w", err)
	}
	if _, err := session.ParseKey(l.Session.String()); err != nil {
		return Look{}, fmt.Errorf("cannot read a question: %w", err)
	}
	return l, nil
}

// EncodeLooked returns the answer as text.
func EncodeLooked(l Looked) ([]byte, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("cannot answer a follower: %w", err)
	}
	return text, nil
}

// DecodeLooked reads what EncodeLooked writes.
func DecodeLooked(text []byte) (Looked, error) {
	var l Looked
	if err := json.Unmarshal(text, &l); err != nil {
		return Looked{}, fmt.Errorf("cannot read the authority's answer: %w", err)
	}
	return l, nil
}

package session

import (
	"strings"
	"unique"

	"github.com/go-json-experiment/json/jsontext"
)

// Status values of a session file.
const (
	StatusAccepted = "accepted" // logged in
	StatusPending  = "pending"  // waits for its approval by hand or by an e-mail link
)

// Session is one compliant session file as it is kept in memory: its content
// without the secrets, and a digest of all its bytes. A token is checked and then
// dropped. Details are decoded from the content when they are needed: there may be
// a million sessions, and few are ever shown.
//
// A Session is never changed once it was made: an edited file makes a new one.
type Session struct {
	app     unique.Handle[string] // many sessions share it
	id      string                // mostly a part of content
	content string
	digest  Digest
	pending bool
}

// New returns the session of a file. Content is what [WithoutSecrets] makes of
// the file's JSON, status its member of that name, and digest that of all its
// bytes. It keeps neither content nor the texts of the key alive.
func New(key Key, content []byte, status string, digest Digest) *Session {
	s := &Session{app: unique.Make(key.App), content: string(content), digest: digest, pending: status == StatusPending}
	if begin := strings.Index(s.content, key.ID); begin >= 0 {
		s.id = s.content[begin:][:len(key.ID)]
	} else { // written with an escape sequence
		s.id = strings.Clone(key.ID)
	}
	return s
}

// Named returns a session that has a key and nothing else, to search for others by.
func Named(key Key) *Session { return &Session{app: unique.Make(key.App), id: key.ID} }

// Key returns the key of the session. Its ID is a part of the content: to keep it
// longer than the session, use [Key.Clone].
func (s *Session) Key() Key { return Key{s.app.Value(), s.id} }

// AppFolder returns the app folder of the session's key. Sessions of the same folder have
// the same, which is cheaper to compare than the name.
func (s *Session) AppFolder() unique.Handle[string] { return s.app }

// Status returns [StatusAccepted] or [StatusPending].
func (s *Session) Status() string {
	if s.pending {
		return StatusPending
	}
	return StatusAccepted
}

// Digest returns the digest of the file's bytes.
func (s *Session) Digest() Digest { return s.digest }

// Len returns how many bytes the content has.
func (s *Session) Len() int { return len(s.content) }

// Content returns the whole file as JSON, without its secrets. It is the
// caller's to change.
func (s *Session) Content() jsontext.Value { return jsontext.Value(s.content) }

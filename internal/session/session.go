package session

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Status values of a session file.
const (
	StatusAccepted = "accepted" // logged in
	StatusPending  = "pending"  // waits for its approval by hand or by an e-mail link
)

// Session is one compliant session file as it is kept in memory: its content
// without the secrets, and a digest of all its bytes. A token is checked and
// then forgotten. What the content says is read from it when it is asked for:
// there may be a million sessions, and few are ever looked at.
//
// A Session is never changed once it was made: an edited file makes a new one.
type Session struct {
	folder Folder
	text   string // the content, then session.id unless it is part of that
	digest Digest
	id     uint32 // where session.id begins in text
	idLen  uint16
	// idApart says that session.id follows the content.
	idApart bool
	pending bool
}

// New returns the session of a file. Content is what [WithoutSecrets] makes of
// the file's JSON, status its member of that name, and digest that of all its
// bytes. It keeps neither content nor at.ID alive.
func New(at Place, content []byte, status string, digest Digest) *Session {
	s := &Session{
		folder:  at.Folder,
		digest:  digest,
		idLen:   uint16(len(at.ID)), //nolint:gosec // no file system has names of 64 KiB
		pending: status == StatusPending,
	}
	s.text = string(content)
	begin := bytes.Index(content, at.ID)
	if begin < 0 {
		// Written with an escape sequence.
		begin, s.idApart = len(content), true
		s.text += string(at.ID)
	}
	s.id = uint32(begin) //nolint:gosec // max-file-size allows at most 1 GiB
	return s
}

// Key returns the key of the session.
func (s *Session) Key() Key { return NewKey(s.App(), s.ID()) }

// Place returns where the session's file lies.
func (s *Session) Place() Place { return Place{s.folder, []byte(s.ID())} }

// App returns the name of the app folder.
func (s *Session) App() string { return s.folder.Name() }

// ID returns the name of the session file, which is session.id.
func (s *Session) ID() string { return s.text[s.id:][:s.idLen] }

// Status returns [StatusAccepted] or [StatusPending].
func (s *Session) Status() string {
	if s.pending {
		return StatusPending
	}
	return StatusAccepted
}

// Digest returns the digest of the file's bytes.
func (s *Session) Digest() Digest { return s.digest }

// Content returns the whole file as JSON, without its secrets. It is the
// caller's to change.
func (s *Session) Content() jsontext.Value { return jsontext.Value(s.content()) }

func (s *Session) content() string {
	if s.idApart {
		return s.text[:s.id]
	}
	return s.text
}

// Compare orders sessions as their keys are ordered, which is as strings.
func (s *Session) Compare(other *Session) int {
	if s.folder == other.folder {
		return cmp.Compare(s.ID(), other.ID())
	}
	return CompareFolders(s.App(), other.App())
}

// CompareKey is [Session.Compare] for a key.
func (s *Session) CompareKey(key Key) int {
	if key == RootKey {
		return 1 // it has no slash, before which there are other characters
	}
	app, id, _ := strings.Cut(string(key), "/")
	return s.CompareNames(app, id)
}

// CompareNames is [Session.CompareKey] for the key of an app folder and a session
// file, for who compares one key with many sessions.
func (s *Session) CompareNames(app, id string) int {
	if s.App() == app {
		return cmp.Compare(s.ID(), id)
	}
	return CompareFolders(s.App(), app)
}

// CompareFolders orders two different folders as the keys in them are ordered:
// in a key a slash follows the folder's name, and there are characters that sort
// before it.
func CompareFolders(a, b string) int {
	switch {
	case strings.HasPrefix(a, b):
		return cmp.Compare(a[len(b):], "/")
	case strings.HasPrefix(b, a):
		return cmp.Compare("/", b[len(a):])
	}
	return cmp.Compare(a, b)
}

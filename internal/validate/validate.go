// Package validate judges session files: bytes and a key in, a session or a
// problem out (refresh contract, section 2).
//
// A compliant file, however it is spelt, is read once and accepted by a reader.
// What that does not accept goes to the full validator, which makes the checks in
// the contract's order, each in a file of its own: syntax, schema, location,
// token. The first that fails is the file's one problem. A check returns what is
// wrong in words, or nothing; these words go to reports and logs, so they never
// hold a token, nor a session.id.
package validate

import (
	"sync"

	"sessiond/internal/session"
)

// Validator judges session files. It is safe for concurrent use.
type Validator struct {
	readers sync.Pool // of *reader
	full    *fullValidator
}

// New returns a validator with the embedded schema compiled.
func New() (*Validator, error) {
	full, err := newFullValidator()
	if err != nil {
		return nil, err
	}
	return &Validator{full: full, readers: sync.Pool{New: func() any { return newReader() }}}, nil
}

// Judge says whether data, read from the file of a key, is a compliant session.
// Exactly one of its results is not nil. Neither keeps data, which stays the
// caller's.
func (v *Validator) Judge(key session.Key, data []byte) (*session.Session, *session.Problem) {
	if s := v.read(key, data); s != nil {
		return s, nil
	}
	return v.full.judge(key, data)
}

// read returns the session of a compliant file, and nil for any other.
func (v *Validator) read(key session.Key, data []byte) *session.Session {
	r := v.readers.Get().(*reader)
	defer v.readers.Put(r)
	return r.read(key, data)
}

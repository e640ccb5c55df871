// Package validate judges session files: bytes and a key in, a session or a
// problem out (refresh contract, section 2).
//
// The checks run in the contract's order, each in a file of its own: syntax,
// schema, location, token. The first that fails is the file's one problem. A
// check returns what is wrong in words, or nothing; these words go to reports
// and logs, so they never hold a token, nor a session.id.
//
// There are two ways through. The fast way reads a plain file once and accepts
// it if every check says yes. All else goes the slow way, to the authority,
// whose schema is jsonschema's to interpret: every rejection is its word, and a
// sample of what the fast way accepts is judged by it too.
package validate

import (
	"sessiond/internal/session"
)

// Validator judges session files. It is safe for concurrent use.
type Validator struct {
	fast      *fastWay
	authority *authority
	sample    sample
	disagreed Disagreement
}

// Disagreement is told that the fast way accepted a file and the authority did
// not agree, which is a bug in sessiond: the authority found a problem, or, where
// that is nil, made another session of it. Its word counted. It may be called by
// several goroutines at once.
type Disagreement func(key session.Key, problem *session.Problem)

// Option is a choice for [New].
type Option func(*Validator)

// OnDisagreement has disagreements told, which otherwise nobody hears of.
func OnDisagreement(tell Disagreement) Option {
	return func(v *Validator) { v.disagreed = tell }
}

// New returns a validator with the embedded schema compiled.
func New(options ...Option) (*Validator, error) {
	a, err := newAuthority()
	if err != nil {
		return nil, err
	}
	v := &Validator{
		fast:      newFastWay(),
		authority: a,
		disagreed: func(session.Key, *session.Problem) {},
	}
	for _, option := range options {
		option(v)
	}
	return v, nil
}

// Judge says whether data, read from the file at a place, is a compliant session.
// Exactly one of its results is not nil. Neither keeps place or data, which stay the
// caller's.
func (v *Validator) Judge(at session.Place, data []byte) (*session.Session, *session.Problem) {
	accepted := v.fast.accept(at, data)
	if accepted != nil && !v.sample.next() {
		return accepted, nil
	}
	s, problem := v.authority.judge(at, data)
	if accepted != nil && (s == nil || *s != *accepted) {
		v.disagreed(at.Key(), problem)
	}
	return s, problem
}

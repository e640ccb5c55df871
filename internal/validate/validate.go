// Package validate judges session files: bytes and a key in, a session or a
// problem out (refresh contract, section 2).
//
// The checks run in the contract's order, each in a file of its own: syntax,
// schema, location, token. The first that fails is the file's one problem. A
// check returns what is wrong in words, or nothing; these words go to reports
// and logs, so they never hold a token, nor a session.id.
package validate

import (
	"sessiond/internal/session"
)

// Validator judges session files. It is safe for concurrent use.
type Validator struct {
	parser parser
	schema *schema
}

// New returns a validator with the embedded schema compiled.
func New() (*Validator, error) {
	s, err := compile(schemaText)
	if err != nil {
		return nil, err
	}
	return &Validator{parser: newParser(), schema: s}, nil
}

// Judge says whether data, read from the file that key names, is a compliant
// session. Exactly one of its results is not nil. Neither keeps data, which stays
// the caller's.
func (v *Validator) Judge(key session.Key, data []byte) (*session.Session, *session.Problem) {
	value, wrong := v.parser.parse(session.TrimBOM(data))
	if wrong != "" {
		return nil, session.NewProblem(key, session.CodeSyntax, wrong)
	}
	if wrong := v.schema.check(value); wrong != "" {
		return nil, session.NewProblem(key, session.CodeSchema, wrong)
	}
	doc := newDocument(value)
	if wrong := checkLocation(key, doc); wrong != "" {
		return nil, session.NewProblem(key, session.CodeLocation, wrong)
	}
	if wrong := checkToken(doc); wrong != "" {
		return nil, session.NewProblem(key, session.CodeToken, wrong)
	}
	content, err := session.WithoutSecrets(data)
	if err != nil {
		// It was read once already: the two readers disagree.
		return nil, session.NewProblem(key, session.CodeSyntax, "cannot be read twice")
	}
	return session.New(key, content, doc.status, session.DigestOf(data)), nil
}

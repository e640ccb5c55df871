package refresh_test

import (
	"bytes"

	"sessiond/internal/session"
)

// judge is a [refresh.Judge] for contents that say themselves what they are:
// "valid…" is a session, "wrong…" does not validate the schema, "other…" lies
// in the wrong place, and anything else, nothing too, is not well-formed.
type judge struct{}

func (judge) Judge(key session.Key, data []byte) (*session.Session, *session.Problem) {
	code := session.CodeSyntax
	switch {
	case bytes.HasPrefix(data, []byte("valid")):
		return session.New(key, data, session.StatusAccepted, session.DigestOf(data)), nil
	case bytes.HasPrefix(data, []byte("wrong")):
		code = session.CodeSchema
	case bytes.HasPrefix(data, []byte("other")):
		code = session.CodeLocation
	}
	return nil, session.NewProblem(key, code, string(data))
}

// isValid reports whether a judge calls a content valid.
func isValid(data string) bool {
	s, _ := judge{}.Judge(session.Key{}, []byte(data))
	return s != nil
}

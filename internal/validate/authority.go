package validate

import "sessiond/internal/session"

// authority judges any file, step by step, each check in a file of its own.
// Every rejection is its word. It costs some twenty times what [fastWay] does.
type authority struct {
	parser parser
	schema *schema
}

func newAuthority() (*authority, error) {
	s, err := compile(schemaText)
	if err != nil {
		return nil, err
	}
	return &authority{parser: newParser(), schema: s}, nil
}

// judge does what [Validator.Judge] promises.
func (a *authority) judge(at session.Place, data []byte) (*session.Session, *session.Problem) {
	key := at.Key()
	value, wrong := a.parser.parse(session.TrimBOM(data))
	if wrong != "" {
		return nil, session.NewProblem(key, session.CodeSyntax, wrong)
	}
	if wrong := a.schema.check(value); wrong != "" {
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
	return session.New(at, content, doc.status, session.DigestOf(data)), nil
}

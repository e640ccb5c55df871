package validate

import "sessiond/internal/session"

// fullValidator judges any file check by check, with jsonschema for the schema.
// Every rejection is its word. It costs some twenty times what a [reader] does.
type fullValidator struct {
	parser parser
	schema *schema
}

func newFullValidator() (*fullValidator, error) {
	s, err := compile(schemaText)
	if err != nil {
		return nil, err
	}
	return &fullValidator{parser: newParser(), schema: s}, nil
}

// judge does what [Validator.Judge] promises.
func (f *fullValidator) judge(key session.Key, data []byte) (*session.Session, *session.Problem) {
	value, wrong := f.parser.parse(session.TrimBOM(data))
	if wrong != "" {
		return nil, session.NewProblem(key, session.CodeSyntax, wrong)
	}
	if wrong := f.schema.check(value); wrong != "" {
		return nil, session.NewProblem(key, session.CodeSchema, wrong)
	}
	doc := newDocument(value)
	if wrong := checkLocation(key, &doc); wrong != "" {
		return nil, session.NewProblem(key, session.CodeLocation, wrong)
	}
	if wrong := checkToken(&doc); wrong != "" {
		return nil, session.NewProblem(key, session.CodeToken, wrong)
	}
	content, err := session.WithoutSecrets(data)
	if err != nil {
		// It was read once already: the two readers disagree.
		return nil, session.NewProblem(key, session.CodeSyntax, "cannot be read twice")
	}
	return session.New(key, content, string(doc.status), session.DigestOf(data)), nil
}

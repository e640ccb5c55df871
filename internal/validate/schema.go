package validate

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// schemaText is the schema of a session file, draft 2020-12. 4D's own is not
// public.
//
// It must not use a keyword for which jsonschema computes with numbers (const
// and enum of numbers, integer, minimum, maximum, multipleOf, uniqueItems): a
// file could make one as large as it likes with 1e999999999.
//
//go:embed schema.json
var schemaText []byte

// Schema returns a copy of the embedded schema file.
func Schema() []byte { return bytes.Clone(schemaText) }

// schemaName is what the compiler knows the schema as.
const schemaName = "urn:sessiond:session-file"

// schema is the compiled schema. jsonschema is the authority on what validates.
type schema struct {
	compiled *jsonschema.Schema
}

// errNoLoading is why a reference out of the schema cannot be followed.
var errNoLoading = errors.New("schemas are not loaded from elsewhere")

func compile(text []byte) (*schema, error) {
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	compiler.LoadURL = func(string) (io.ReadCloser, error) { return nil, errNoLoading }
	if err := compiler.AddResource(schemaName, bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("cannot read the session schema: %w", err)
	}
	compiled, err := compiler.Compile(schemaName)
	if err != nil {
		return nil, fmt.Errorf("cannot compile the session schema: %w", err)
	}
	return &schema{compiled: compiled}, nil
}

// check returns every violation of the schema by a parsed value, each once,
// sorted and joined.
func (s *schema) check(value any) (wrong string) {
	err := s.compiled.Validate(value)
	if err == nil {
		return ""
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err.Error()
	}
	found := violations(invalid)
	slices.Sort(found)
	return strings.Join(slices.Compact(found), "; ")
}

// violations returns the leaves of a validation error: jsonschema's own text
// shows only the first of them.
func violations(err *jsonschema.ValidationError) []string {
	if len(err.Causes) == 0 {
		return describe(err)
	}
	var found []string
	for _, cause := range err.Causes {
		found = append(found, violations(cause)...)
	}
	return found
}

// describe puts one leaf into words: the JSON Pointer of the value and what is
// wrong with it. A missing member is named by the pointer it would have. The
// whole document's pointer is empty and is left out.
func describe(leaf *jsonschema.ValidationError) []string {
	if names, ok := strings.CutPrefix(leaf.Message, "missing properties: "); ok {
		var missing []string
		for name := range strings.SplitSeq(names, ", ") {
			missing = append(missing, leaf.InstanceLocation+"/"+strings.Trim(name, "'")+": is missing")
		}
		return missing
	}
	if leaf.InstanceLocation == "" {
		return []string{leaf.Message}
	}
	return []string{leaf.InstanceLocation + ": " + leaf.Message}
}

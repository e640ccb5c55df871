//go:build unix

package script

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/rogpeppe/go-internal/testscript"
)

// jsonCommand is [!] json [-lines] FILE POINTER [VALUE | -> NAME].
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	lines := len(args) > 0 && args[0] == "-lines"
	if lines {
		args = args[1:]
	}
	if len(args) < 2 || len(args) > 4 || len(args) == 4 && (args[2] != "->" || neg) {
		ts.Fatalf("usage: [!] json [-lines] FILE POINTER [VALUE | -> NAME]")
	}
	document, err := parse(ts.ReadFile(args[0]), lines)
	ts.Check(err)
	found, err := find(document, args[1])
	switch {
	case neg && err != nil:
	case neg && (len(args) == 2 || found == args[2]):
		ts.Fatalf("%s is %s", args[1], found)
	case neg:
	case err != nil:
		ts.Fatalf("%v", err)
	case len(args) == 4:
		ts.Setenv(args[3], found)
	case len(args) == 3 && found != args[2]:
		ts.Fatalf("%s is %s, want %s", args[1], found, args[2])
	}
}

// parse reads one JSON document, or one a line as an array.
func parse(text string, lines bool) (document any, err error) {
	if !lines {
		err = json.Unmarshal([]byte(text), &document)
		return document, err
	}
	documents := []any{}
	for line := range strings.Lines(text) {
		var one any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(documents)+1, err)
		}
		documents = append(documents, one)
	}
	return documents, nil
}

// find returns what a JSON Pointer leads to: the content of a string, and of
// anything else its JSON. The name length of an array is
// the number of its elements.
func find(value any, pointer string) (string, error) {
	walked := ""
	for name := range jsontext.Pointer(pointer).Tokens() {
		walked += "/" + name
		next, err := descend(value, name)
		if err != nil {
			return "", fmt.Errorf("%s: %w", walked, err)
		}
		value = next
	}
	if text, ok := value.(string); ok {
		return text, nil
	}
	text, err := json.Marshal(value, json.Deterministic(true))
	return string(text), err
}

var errAbsent = errors.New("is not there")

func descend(value any, name string) (any, error) {
	switch value := value.(type) {
	case map[string]any:
		inner, ok := value[name]
		if !ok {
			return nil, errAbsent
		}
		return inner, nil
	case []any:
		if name == "length" {
			return len(value), nil
		}
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(value) {
			return nil, errAbsent
		}
		return value[i], nil
	}
	return nil, fmt.Errorf("there is nothing beneath a %T", value)
}

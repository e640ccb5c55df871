package session

import (
	"iter"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// members yields the members of a JSON object, each with its name and its value as
// it is written. Anything but an object has none.
//
// It is cheaper than a decoder where few members of many sessions are needed.
// Nothing is checked: the object must be valid and without white space, as the
// content of a session is.
func members(object string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for at := 1; at < len(object) && object[at] == '"'; at++ { // after a brace or a comma
			name := object[at:][:valueLen(object[at:])]
			at += len(name) + len(":")
			value := object[at:][:valueLen(object[at:])]
			at += len(value)
			if !yield(unquote(name), value) {
				return
			}
		}
	}
}

// valueLen returns the length of the value at the beginning of the text.
func valueLen(text string) int {
	depth := 0
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '{', '[':
			depth++
			continue
		case ',':
			if depth == 0 {
				return at
			}
			continue
		case '}', ']':
			if depth == 0 {
				return at
			}
			depth--
		case '"':
			at += stringLen(text[at:]) - 1
		default:
			continue
		}
		if depth == 0 {
			return at + 1
		}
	}
	return len(text)
}

// stringLen returns the length of the string at the beginning of the text,
// including its quotes.
func stringLen(text string) int {
	for at := 1; at < len(text); at++ {
		quote := strings.IndexByte(text[at:], '"')
		if quote < 0 {
			break
		}
		at += quote
		escaped := false
		for i := at - 1; text[i] == '\\'; i-- {
			escaped = !escaped
		}
		if !escaped {
			return at + 1
		}
	}
	return len(text)
}

// unquote returns the value of a JSON string.
func unquote(quoted string) string {
	if strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, quoted)
	return string(text)
}

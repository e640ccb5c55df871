package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// span is a part of a file, from one offset to another.
type span struct{ from, to int }

// member is a member of a session file's object, as it stands there.
type member struct {
	there       bool
	name, value span
	indent      span // the white space before its name
}

// members returns status and email of a session file, which has to be a compliant one.
func members(data []byte) (status, email member, err error) {
	text := session.TrimBOM(data)
	begin := len(data) - len(text)
	dec := jsontext.NewDecoder(bytes.NewBuffer(text))
	at := func() int { return begin + int(dec.InputOffset()) }
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != jsontext.KindBeginObject {
		return status, email, errors.Join(errNoObject, err)
	}
	for before := at(); dec.PeekKind() == jsontext.KindString; before = at() {
		name, err := dec.ReadValue()
		if err != nil {
			return status, email, err
		}
		m := member{there: true, name: span{at() - len(name), at()}}
		m.indent = span{before, m.name.from}
		if comma := bytes.IndexByte(data[before:m.name.from], ','); comma >= 0 {
			m.indent.from += comma + 1
		}
		is, err := jsontext.AppendUnquote(nil, name)
		if err != nil {
			return status, email, err
		}
		value, err := dec.ReadValue()
		if err != nil {
			return status, email, err
		}
		m.value = span{at() - len(value), at()}
		switch string(is) {
		case "status":
			status = m
		case "email":
			email = m
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return status, email, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return status, email, errors.Join(errNoObject, err)
	}
	return status, email, nil
}

var errNoObject = errors.New("it is not one JSON object")

// splice returns a compliant session file with members set, and all its other bytes as
// they are; data itself where there is nothing to change. A member that is spelt in
// another way but says the same stays as it is.
func splice(data []byte, set Set) ([]byte, error) {
	status, email, err := members(data)
	if err != nil || !status.there {
		return nil, fmt.Errorf("cannot find the members of the file: %w", errors.Join(errNoObject, err))
	}
	var edits []replacement
	if set.Status != nil && !says(data, status, *set.Status) {
		edits = append(edits, replacement{status.value, quote(*set.Status)})
	}
	if set.Email != nil && !says(data, email, *set.Email) {
		if email.there {
			edits = append(edits, replacement{email.value, quote(*set.Email)})
		} else {
			edits = append(edits, replacement{span{status.value.to, status.value.to}, status.beside(data, `"email"`, quote(*set.Email))})
		}
	}
	if len(edits) == 0 {
		return data, nil
	}
	slices.SortStableFunc(edits, func(a, b replacement) int { return a.at.from - b.at.from })
	return apply(data, edits), nil
}

// says reports whether a member's value is a text. One that is absent or null says the
// empty one.
func says(data []byte, m member, text string) bool {
	if !m.there {
		return text == ""
	}
	value := data[m.value.from:m.value.to]
	if jsontext.Value(value).Kind() == jsontext.KindNull {
		return text == ""
	}
	is, err := jsontext.AppendUnquote(nil, value)
	return err == nil && string(is) == text
}

func quote(text string) []byte {
	quoted, _ := jsontext.AppendQuote(nil, text) // it is UTF-8, by [Set.Check]
	return quoted
}

// beside returns a member to stand directly after this one, with this one's white space.
func (m member) beside(data []byte, name string, value []byte) []byte {
	between := data[m.name.to:m.value.from] // the colon, and what is around it
	return slices.Concat([]byte(","), data[m.indent.from:m.indent.to], []byte(name), between, value)
}

// replacement is what is to stand in place of a span.
type replacement struct {
	at span
	by []byte
}

// apply makes replacements that are sorted and do not overlap.
func apply(data []byte, edits []replacement) []byte {
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, data[at:e.at.from]...), e.by...)
		at = e.at.to
	}
	return append(out, data[at:]...)
}

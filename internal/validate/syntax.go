package validate

import (
	stdjson "encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// parser reads JSON as strictly as its library does by default: UTF-8 without
// lone surrogates, no duplicate names, one value and nothing after it, a depth
// that has an end.
type parser struct {
	numbers json.Options
}

func newParser() parser {
	return parser{numbers: json.WithUnmarshalers(json.UnmarshalFromFunc(keepNumber))}
}

// parse returns the value of a text without byte-order mark as nil, bool,
// string, []any, map[string]any, or encoding/json's Number, which is how
// jsonschema wants a number that was not converted.
func (p parser) parse(text []byte) (value any, wrong string) {
	if err := json.Unmarshal(text, &value, p.numbers); err != nil {
		return nil, syntaxDetail(text, err)
	}
	return value, ""
}

// keepNumber keeps numbers as they are written. They are checked for syntax
// only: to convert 1e999999999 would fail, or cost a gigabyte.
func keepNumber(dec *jsontext.Decoder, value *any) error {
	if dec.PeekKind() != jsontext.KindNumber {
		return errors.ErrUnsupported
	}
	number, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*value = stdjson.Number(number)
	return nil
}

// errMalformed stands in where the library does not say what is wrong.
var errMalformed = errors.New("not well-formed")

// syntaxDetail says where and why a text is not well-formed.
func syntaxDetail(text []byte, err error) string {
	syntactic := &jsontext.SyntacticError{ByteOffset: int64(len(text)), Err: errMalformed}
	errors.As(err, &syntactic)
	return positionOf(text, int(syntactic.ByteOffset)).String() + ": " + syntaxReason(syntactic)
}

// longestName is how many bytes a member name may have to be quoted. It is
// less than a hex SHA-1 or the shortest true token takes: neither is shown
// where somebody made it the name of a member.
const longestName = 32

// syntaxReason returns the library's words without what they quote of a value.
func syntaxReason(err *jsontext.SyntacticError) string {
	switch {
	case errors.Is(err.Err, jsontext.ErrDuplicateName):
		if name := err.JSONPointer.LastToken(); len(name) <= longestName {
			return err.Err.Error() + " " + strconv.Quote(name)
		}
		return err.Err.Error()
	case errors.Is(err.Err, io.ErrUnexpectedEOF):
		return "unexpected end of file"
	}
	return unquoted(err.Err.Error())
}

// unquoted cuts the library's words where they quote more than one character:
// an escape sequence comes with up to six characters of the string around it.
func unquoted(reason string) string {
	if strings.HasPrefix(reason, "invalid character '") {
		return reason
	}
	before, _, _ := strings.Cut(reason, "`")
	before, _, _ = strings.Cut(before, `"`)
	return strings.TrimSpace(before)
}

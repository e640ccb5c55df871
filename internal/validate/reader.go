package validate

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// reader reads session files, one after the other: one pass over the text checks
// its syntax and what the schema says of it, gathers what location and token are
// checked against, and writes the content without secrets.
//
// It accepts what is compliant, however it is spelt, and has no words for the
// rest: that is for the [fullValidator].
type reader struct {
	source  bytes.Buffer // what the decoder reads
	dec     *jsontext.Decoder
	compact []jsontext.Options // how values are written to the content

	document document
	content  []byte
	member   int    // where the member that is being read begins in content
	unquoted []byte // the last string that had an escape
}

func newReader() *reader {
	r := &reader{compact: []jsontext.Options{jsontext.AllowDuplicateNames(true)}} // the decoder allows none
	r.dec = jsontext.NewDecoder(&r.source)
	return r
}

// read returns the session of a file, or nil if the file is not compliant. It
// keeps neither key nor data.
func (r *reader) read(key session.Key, data []byte) *session.Session {
	defer r.reset()
	r.source = *bytes.NewBuffer(session.TrimBOM(data))
	if !r.object(fileMember) || !r.atEnd() || !r.document.isComplete() ||
		!r.document.isAt(key) || checkToken(&r.document) != "" {
		return nil
	}
	return session.New(key, r.content, string(r.document.status), session.DigestOf(data))
}

// maxKept is the largest buffer that a reader keeps for the next file, in bytes.
const maxKept = 64 << 10

// reset lets go of the file. What room it took is kept for the next one.
func (r *reader) reset() {
	r.source = bytes.Buffer{}
	r.dec.Reset(&r.source)
	r.document.reset()
	r.content, r.unquoted = r.content[:0], r.unquoted[:0]
	if cap(r.content) > maxKept {
		r.content = nil
	}
	if cap(r.unquoted) > maxKept {
		r.unquoted = nil
	}
}

// atEnd reports whether nothing but white space is left.
func (r *reader) atEnd() bool {
	_, err := r.dec.ReadToken()
	return errors.Is(err, io.EOF)
}

// object reads an object, each of whose members is read by a function that is
// given its name. The name may not be used any more once its value is read.
func (r *reader) object(readMember func(r *reader, name []byte) bool) bool {
	if begin, err := r.dec.ReadToken(); err != nil || begin.Kind() != jsontext.KindBeginObject {
		return false
	}
	r.content = append(r.content, '{')
	for r.dec.PeekKind() == jsontext.KindString {
		name, err := r.dec.ReadValue()
		if err != nil {
			return false
		}
		r.member = len(r.content)
		if r.content[r.member-1] != '{' {
			r.content = append(r.content, ',')
		}
		text := r.appendString(name)
		r.content = append(r.content, ':')
		if !readMember(r, text) {
			return false
		}
	}
	// The decoder lets nothing but a name or the end of the object stand here.
	if _, err := r.dec.ReadToken(); err != nil {
		return false
	}
	r.content = append(r.content, '}')
	return true
}

// leaveOut takes the member that was read last, a secret, out of the content.
func (r *reader) leaveOut() { r.content = r.content[:r.member] }

// Kinds of values, as the schema combines them.
const (
	stringOrNull  = `"n`
	versionOrNull = `"0n`
	booleanOrNull = "tfn"
	objectOrNull  = "{n"
)

// oneOf reads a value of one of these kinds.
func (r *reader) oneOf(kinds string) bool {
	return strings.IndexByte(kinds, byte(r.dec.PeekKind())) >= 0 && r.any()
}

// any reads a value of which the schema says nothing.
func (r *reader) any() bool {
	value, err := r.dec.ReadValue()
	if err != nil {
		return false
	}
	switch kind := value.Kind(); {
	case kind == jsontext.KindString:
		r.appendString(value)
	case (kind == jsontext.KindBeginObject || kind == jsontext.KindBeginArray) && !isCompact(value):
		r.content, _ = jsontext.AppendFormat(r.content, value, r.compact...) // the decoder read it
	default:
		r.content = append(r.content, value...)
	}
	return true
}

// isCompact reports whether an object or array surely has no white space, and no
// escape sequences: to format a large one takes longer than to read it. White space
// between tokens stands beside a delimiter; so does some in strings, which is then
// formatted for nothing.
func isCompact(value []byte) bool {
	const delimiters = "{}[],:"
	for _, c := range []byte("\\\t\r\n") {
		if bytes.IndexByte(value, c) >= 0 {
			return false
		}
	}
	for at := 0; ; at++ {
		next := bytes.IndexByte(value[at:], ' ')
		if next < 0 {
			return true
		}
		at += next
		if strings.IndexByte(delimiters, value[at-1]) >= 0 || strings.IndexByte(delimiters, value[at+1]) >= 0 {
			return false
		}
	}
}

// text reads a string that later checks look at.
func (r *reader) text(into *[]byte) bool {
	if r.dec.PeekKind() != jsontext.KindString {
		return false
	}
	value, err := r.dec.ReadValue()
	if err != nil {
		return false
	}
	*into = append(*into, r.appendString(value)...)
	return true
}

// null reads null, and leaves anything else to be read.
func (r *reader) null() bool { return r.dec.PeekKind() == jsontext.KindNull && r.any() }

// appendString adds a string to the content, with no more escapes than it needs.
// It returns what the string says, until the next one is added.
func (r *reader) appendString(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		r.content = append(r.content, quoted...)
		return quoted[1 : len(quoted)-1]
	}
	// The decoder read it, so it can be unquoted, and is UTF-8.
	r.unquoted, _ = jsontext.AppendUnquote(r.unquoted[:0], quoted)
	r.content, _ = jsontext.AppendQuote(r.content, r.unquoted)
	return r.unquoted
}

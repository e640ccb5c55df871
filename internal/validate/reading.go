package validate

import "unicode/utf8"

// What a reading takes on; beyond it the slow way is asked. Real files stay far
// below: 4D writes some thirty names, three levels deep.
const (
	maxDepth   = 16 // objects and arrays in one another
	maxUnknown = 64 // names that the shape does not know, of all objects that are open at once
)

// reading is one go over the text of a file: it checks syntax and shape, picks
// the strings that the later checks look at, and makes the content. Whatever is
// not plain ends it: whether that is right, wrong or odd is for others to say.
type reading struct {
	cursor
	content content
	strings [fields][]byte // as they stand in the text; nil where absent or null

	// The names that the shape does not know, those of the innermost object
	// last.
	unknown  [maxUnknown][]byte
	unknowns int
}

// roomAtFirst is how many bytes a reading has for a content before it needs more.
const roomAtFirst = 1 << 10

func newReading() *reading { return &reading{content: content{made: make([]byte, 0, roomAtFirst)}} }

// begin makes the reading, which must be a new or a forgotten one, that of a text.
func (r *reading) begin(text []byte) { r.data, r.content.text = text, text }

// forget makes the reading as new. It keeps but the room that its content took.
func (r *reading) forget() { *r = reading{content: content{made: r.content.made[:0]}} }

// file reads a whole file.
func (r *reading) file(s *shape) bool {
	if !utf8.Valid(r.data) {
		return false
	}
	r.space()
	if !r.value(s, maxDepth) {
		return false
	}
	r.space()
	if r.pos < len(r.data) {
		return false
	}
	r.content.keepRest()
	return true
}

// value reads a value of a shape, in which objects and arrays lie at most so
// deep in one another.
func (r *reading) value(s *shape, depth int) bool {
	switch r.peek() {
	case '"':
		return s.allows(kindString) && r.stringOf(s)
	case '{':
		return s.allows(kindObject) && depth > 0 && r.object(s, depth-1)
	case '[':
		return s.allows(kindArray) && depth > 0 && r.array(depth-1)
	case 't':
		return s.allows(kindBoolean) && r.word("true")
	case 'f':
		return s.allows(kindBoolean) && r.word("false")
	case 'n':
		return s.allows(kindNull) && r.word("null")
	default:
		return s.allows(kindNumber) && r.number()
	}
}

// stringOf reads a string of a shape. One that others look at must not have
// escapes: it means what stands there.
func (r *reading) stringOf(s *shape) bool {
	said, plain, ok := r.string()
	if !ok || s == nil || s.field == fieldNone {
		return ok
	}
	r.strings[s.field] = said
	return plain && s.allowsText(said)
}

// string passes over a string and returns what stands between its quotes; plain
// is true if that has no escapes.
func (r *reading) string() (said []byte, plain, ok bool) {
	r.pos++
	start := r.pos
	for plain = true; ; plain = false {
		r.run()
		switch r.peek() {
		case '"':
			said = r.data[start:r.pos]
			r.pos++
			return said, plain, true
		case '\\':
			if !r.escape() {
				return nil, false, false
			}
		default: // a control character, or the end
			return nil, false, false
		}
	}
}

// escape passes over an escape sequence. It does not know those with \u, which
// may be half of a pair, or be written shorter in a content.
func (r *reading) escape() bool {
	r.pos++
	switch r.peek() {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
	case '/': // 4D writes it, and a content has the bare slash
		r.content.leaveOut(r.pos-1, r.pos)
	default:
		return false
	}
	r.pos++
	return true
}

// array reads an array, of whose values no shape knows anything.
func (r *reading) array(depth int) bool {
	r.pos++
	r.space()
	if r.take(']') {
		return true
	}
	for r.value(nil, depth) {
		r.space()
		if r.take(']') {
			return true
		}
		if !r.take(',') {
			return false
		}
		r.space()
	}
	return false
}

// space passes over white space, which is no content.
func (r *reading) space() {
	start := r.pos
	for isSpace(r.peek()) {
		r.pos++
	}
	if r.pos > start {
		r.content.leaveOut(start, r.pos)
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

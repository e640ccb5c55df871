package validate

// content is what a session keeps of a file, in the making: the file's text
// without what is left out, which is white space, secrets, and backslashes that
// need not be. It equals what [session.WithoutSecrets] makes of the same text.
//
// Bytes are copied as late as can be: what is kept mostly stands together.
type content struct {
	text []byte // of the file
	made []byte
	from int // what follows from here in the text was neither copied nor left out
}

// leaveOut leaves out the bytes from start to end of the text, and keeps all
// that is before them and was not left out.
func (c *content) leaveOut(start, end int) {
	c.made = append(c.made, c.text[c.from:start]...)
	c.from = end
}

// keepRest keeps what there is to the end of the text.
func (c *content) keepRest() { c.leaveOut(len(c.text), len(c.text)) }

// mark is a content at a place in the text, to which it can go back.
type mark struct {
	made, from int
	pos        int
}

func (c *content) mark(pos int) mark { return mark{made: len(c.made), from: c.from, pos: pos} }

// leaveOutSince leaves out all from a mark to end, also what was kept since.
func (c *content) leaveOutSince(m mark, end int) {
	c.made, c.from = c.made[:m.made], m.from
	c.leaveOut(m.pos, end)
}

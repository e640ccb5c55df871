package validate

import (
	"encoding/binary"
	"math/bits"
)

// cursor passes over the plain things of JSON (RFC 8259), one at a time. Its
// methods report whether the thing is there, in a form that they know. They may
// say no to what is JSON, since the slow way looks again; they must never say
// yes to what is none.
type cursor struct {
	data []byte
	pos  int
}

// peek returns the next byte, or zero at the end, which no thing of JSON has.
func (c *cursor) peek() byte {
	if c.pos < len(c.data) {
		return c.data[c.pos]
	}
	return 0
}

// take passes over a byte if it is the next.
func (c *cursor) take(b byte) bool {
	if c.pos < len(c.data) && c.data[c.pos] == b {
		c.pos++
		return true
	}
	return false
}

// word passes over true, false or null. What follows is looked at by whoever
// reads on, who finds neither a comma nor a bracket in "nullx".
func (c *cursor) word(word string) bool {
	if len(c.data)-c.pos < len(word) || string(c.data[c.pos:c.pos+len(word)]) != word {
		return false
	}
	c.pos += len(word)
	return true
}

// number passes over a number. It leaves a digit after a leading zero to whoever
// reads on, as word does.
func (c *cursor) number() bool {
	c.take('-')
	if !c.take('0') && !c.digits() {
		return false
	}
	if c.take('.') && !c.digits() {
		return false
	}
	if c.take('e') || c.take('E') {
		if !c.take('+') {
			c.take('-')
		}
		return c.digits()
	}
	return true
}

// digits passes over one digit or more.
func (c *cursor) digits() bool {
	start := c.pos
	for '0' <= c.peek() && c.peek() <= '9' {
		c.pos++
	}
	return c.pos > start
}

// run passes over those characters of a string that stand for themselves: up to
// a quote, a backslash, a control character, or the end. It takes eight bytes at
// a time, as strings are most of a file.
func (c *cursor) run() {
	data, i := c.data, c.pos
	for ; i+8 <= len(data); i += 8 {
		if ends := runEnds(binary.LittleEndian.Uint64(data[i:])); ends != 0 {
			c.pos = i + bits.TrailingZeros64(ends)/8
			return
		}
	}
	for i < len(data) && data[i] >= ' ' && data[i] != '"' && data[i] != '\\' {
		i++
	}
	c.pos = i
}

// runEnds returns a word whose lowest bit set lies in the first of eight bytes
// that ends a run; zero if none does. A byte that is subtracted from borrows of
// the next if it was smaller, and then has its highest bit set: so bytes below
// what is subtracted are found, but none after the first of them can be trusted.
func runEnds(eight uint64) uint64 {
	const (
		each    = 0x0101010101010101
		highest = each << 7
	)
	quotes, backslashes := eight^each*'"', eight^each*'\\' // zero where there is one
	return ((quotes-each)&^quotes | (backslashes-each)&^backslashes | (eight-each*' ')&^eight) & highest
}

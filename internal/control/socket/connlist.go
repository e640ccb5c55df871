package socket

// connList is a list of connections, each of which is in one list at most.
type connList struct{ first, last *Conn }

// append puts a connection at the end.
func (l *connList) append(one *Conn) {
	one.prev, one.next = l.last, nil
	if l.last == nil {
		l.first = one
	} else {
		l.last.next = one
	}
	l.last = one
}

// remove takes out a connection that is in the list.
func (l *connList) remove(one *Conn) {
	if one.prev == nil {
		l.first = one.next
	} else {
		one.prev.next = one.next
	}
	if one.next == nil {
		l.last = one.prev
	} else {
		one.next.prev = one.prev
	}
	one.prev, one.next = nil, nil
}

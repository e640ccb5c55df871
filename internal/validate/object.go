package validate

import "bytes"

// object reads an object of a shape.
func (r *reading) object(s *shape, depth int) bool {
	r.pos++
	r.space()
	var has members
	if !r.take('}') {
		var ok bool
		outer := r.unknowns
		if has, ok = r.members(s, depth); !ok {
			return false
		}
		r.unknowns = outer
	}
	return s.allowsMembers(has)
}

// members reads the members of an object, at least one, and the brace after
// them. It returns those that the shape knows. Secrets are left out of the
// content, each with the comma that parts it from what was kept before it; if
// that is nothing, the comma after it goes.
func (r *reading) members(s *shape, depth int) (has members, ok bool) {
	first := r.unknowns
	before, kept := r.content.mark(r.pos), false
	for {
		name, ok := r.name()
		if !ok {
			return 0, false
		}
		m, which := s.member(name)
		if has&which != 0 || m == nil && !r.isNew(name, first) || !r.value(m, depth) {
			return 0, false
		}
		has |= which
		if m != nil && m.secret {
			r.content.leaveOutSince(before, r.pos)
		} else {
			kept = true
		}
		r.space()
		if r.take('}') {
			return has, true
		}
		before = r.content.mark(r.pos)
		if !r.take(',') {
			return 0, false
		}
		if !kept {
			r.content.leaveOut(r.pos-1, r.pos)
		}
		r.space()
	}
}

// name reads the name of a member and the colon after it. The name must not have
// escapes, or it could be one that is known, or there twice, and not look it.
func (r *reading) name() (name []byte, ok bool) {
	if r.peek() != '"' {
		return nil, false
	}
	name, plain, ok := r.string()
	if !ok || !plain {
		return nil, false
	}
	r.space()
	if !r.take(':') {
		return nil, false
	}
	r.space()
	return name, true
}

// isNew notes a name that the shape does not know. It reports whether it differs
// from the others of its object, which begin at first.
func (r *reading) isNew(name []byte, first int) bool {
	if r.unknowns == len(r.unknown) {
		return false
	}
	for _, other := range r.unknown[first:r.unknowns] {
		if bytes.Equal(other, name) {
			return false
		}
	}
	r.unknown[r.unknowns] = name
	r.unknowns++
	return true
}

package edit

import "fmt"

// swapped is how exchanging a temporary file with a session file ended.
type swapped struct {
	in  version // what has the session's name now
	out version // what has the temporary name now, and is to be kept for a while
}

// swap exchanges a session file, of which a version is expected, with a temporary file.
// What comes out has to be what was expected. If it is not, somebody else wrote it in
// the meantime, and it goes back. What then comes out has to be what went in a moment ago. If
// it is not, it is newer still. So whatever the others do, what they wrote last ends
// up in place, or what was to be put there if they wrote nothing.
//
// An error with begun says that the exchange was made, and its end is not known.
func (f *folder) swap(id, temp string, in, expect version) (s swapped, begun bool, err error) {
	for {
		if err := f.Exchange(id, temp); err != nil {
			return swapped{}, begun, err
		}
		begun = true
		out, err := f.look(temp)
		if err != nil {
			return swapped{}, begun, fmt.Errorf("cannot look at what was exchanged: %w", err)
		}
		if expect.isSame(out) {
			return swapped{in: in, out: out}, begun, nil
		}
		in, expect = out, in
	}
}

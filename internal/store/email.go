package store

import "strings"

// matchesEmail reports whether an e-mail address fits a pattern, in which * stands for
// any characters or none. Upper and lower case are the same. No other character has a
// meaning of its own: all of them may be in an address.
func matchesEmail(pattern, email string) bool {
	begin, rest, found := strings.Cut(pattern, "*")
	if !found {
		return strings.EqualFold(pattern, email)
	}
	email = strings.ToLower(email)
	begin, rest = strings.ToLower(begin), strings.ToLower(rest)
	email, fits := strings.CutPrefix(email, begin)
	for fits {
		part, more, found := strings.Cut(rest, "*")
		if !found {
			return strings.HasSuffix(email, part)
		}
		// The first place is as good as any: what follows may be as long as it likes.
		_, email, fits = strings.Cut(email, part)
		rest = more
	}
	return false
}

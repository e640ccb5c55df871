package edit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sessiond/internal/session"
)

// Set is what is to be set in a session file. A nil member stays as it is.
type Set struct {
	// Status is [session.StatusAccepted] or [session.StatusPending].
	Status *string
	// Email has no control characters and is UTF-8; the empty one clears the address.
	Email *string
}

// IsZero reports whether nothing is to be set.
func (s Set) IsZero() bool { return s.Status == nil && s.Email == nil }

// maxEmail is the longest e-mail address, in bytes: that of RFC 5321 has 254.
const maxEmail = 1024

// Check returns what is wrong with the values, or nil.
func (s Set) Check() error {
	if s.Status != nil && *s.Status != session.StatusAccepted && *s.Status != session.StatusPending {
		return fmt.Errorf("status must be %q or %q", session.StatusAccepted, session.StatusPending)
	}
	if s.Email == nil {
		return nil
	}
	switch email := *s.Email; {
	case !utf8.ValidString(email):
		return fmt.Errorf("email is not UTF-8")
	case strings.IndexFunc(email, unicode.IsControl) >= 0:
		return fmt.Errorf("email must not have control characters")
	case len(email) > maxEmail:
		return fmt.Errorf("email must not have more than %d bytes", maxEmail)
	}
	return nil
}

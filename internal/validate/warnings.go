package validate

import (
	"crypto/sha1"
	"encoding/hex"

	"sessiond/internal/session"
)

// Warnings returns what is odd about a compliant session without being an
// error. 4D makes session.id as the hex SHA-1 of team.id, application.id and
// device.id, written one after the other; an id that differs is allowed. The
// words never quote an id.
func Warnings(s *session.Session) []string {
	says := s.Details()
	if says.Device.ID == "" {
		return nil // there is nothing to make the SHA-1 of
	}
	sum := sha1.Sum([]byte(says.Team.ID + says.Application.ID + says.Device.ID))
	if hex.EncodeToString(sum[:]) == s.Key().ID {
		return nil
	}
	return []string{"session.id is not the SHA-1 of team.id, application.id and device.id"}
}

package check

import (
	"errors"
	"net/http"
	"strings"

	"sessiond/internal/session"
	"sessiond/internal/token"
)

// What is wrong with the header of a request.
var (
	errNoToken   = errors.New("there is no bearer token")
	errMalformed = errors.New("the bearer token is none of a session")
)

// maxName is the longest name of an app folder or a session file that is looked up, in
// bytes: file systems have no longer ones.
const maxName = 255

// claimsOf returns what the bearer token of a request says, and which session it is of;
// errNoToken where there is none, errMalformed where it can be of no session.
func claimsOf(header http.Header) (token.Claims, session.Key, error) {
	text, err := bearer(header["Authorization"])
	if err != nil {
		return token.Claims{}, session.Key{}, err
	}
	claims, err := token.Parse([]byte(text))
	if err != nil {
		return token.Claims{}, session.Key{}, errMalformed
	}
	key, err := claims.Key()
	if err != nil || len(key.App) > maxName || len(key.ID) > maxName {
		return token.Claims{}, session.Key{}, errMalformed
	}
	return claims, key, nil
}

// bearer returns the token of Authorization headers (RFC 6750, section 2.1). Another
// scheme is no token: it is not meant for the session.
func bearer(values []string) (string, error) {
	switch {
	case len(values) == 0 || len(values) == 1 && values[0] == "":
		return "", errNoToken
	case len(values) > 1:
		return "", errMalformed
	}
	scheme, text, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", errNoToken
	}
	text = strings.TrimLeft(text, " ")
	if text == "" {
		return "", errMalformed
	}
	return text, nil
}

// agrees reports whether all three ids of a token are those of a session. The session's
// key has them, but not where the team's ends.
func agrees(claims token.Claims, says *session.Details) bool {
	return claims.Application == says.Application.ID && claims.Team == says.Team.ID
}

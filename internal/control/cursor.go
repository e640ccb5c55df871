package control

import (
	"encoding/base64"
	"net/url"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// parseSince reads the revision to follow from; nil means from now on.
func parseSince(query url.Values, current session.Epoch) (*uint64, error) {
	text := query.Get("since")
	if text == "" {
		return nil, nil
	}
	since, err := session.ParsePosition(text)
	if err != nil {
		return nil, badQuery("since is %q; it may be a revision: a number without a sign, or EPOCH-NUMBER", text)
	}
	if err := checkEpoch("since", since.Epoch, current); err != nil {
		return nil, err
	}
	return &since.Revision, nil
}

// checkEpoch refuses what another run of the daemon gave. What names no run is taken
// for this one's.
func checkEpoch(parameter string, given, current session.Epoch) error {
	if given == 0 || given == current {
		return nil
	}
	return newProblem(api.KindAnotherRun,
		"%s is from another run of the daemon (epoch %s, now %s): begin the listing again, and follow from its epoch and revision",
		parameter, given, current)
}

// formatCursor returns where a listing goes on after a key. Clients take it as it is;
// that it holds the key is nobody's business but parseCursor's.
func formatCursor(epoch session.Epoch, last session.Key) string {
	return epoch.String() + "-" + base64.RawURLEncoding.EncodeToString([]byte(last.String()))
}

// parseCursor returns the key after which a listing is to go on.
func parseCursor(cursor string, current session.Epoch) (session.Key, error) {
	epoch, encoded := session.CutEpoch(cursor)
	if err := checkEpoch("cursor", epoch, current); err != nil {
		return session.Key{}, err
	}
	// A decoder that is strict about stray bits still passes over line ends: only
	// what formatCursor writes is a cursor.
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if err == nil && base64.RawURLEncoding.EncodeToString(text) == encoded {
		if key, ok := parseAnyKey(string(text)); ok {
			return key, nil
		}
	}
	return session.Key{}, badQuery("cursor is not one that a page gave as next")
}

// parseAnyKey reads a key, also that of a whole folder or of the root.
func parseAnyKey(text string) (session.Key, bool) {
	var key session.Key
	if err := key.UnmarshalText([]byte(text)); err != nil || key.String() != text {
		return session.Key{}, false
	}
	switch {
	case key.IsRoot():
		return key, true
	case !key.IsFile():
		return key, session.IsAppFolderName(key.App)
	}
	_, err := session.ParseKey(text)
	return key, err == nil
}

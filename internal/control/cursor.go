package control

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
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
	text, err := decodeCursor(cursor, current)
	if err != nil {
		return session.Key{}, err
	}
	if key, ok := parseAnyKey(text); ok {
		return key, nil
	}
	return session.Key{}, badCursor()
}

func badCursor() *problem { return badQuery("cursor is not one that a page gave as next") }

// decodeCursor returns the text of a cursor.
func decodeCursor(cursor string, current session.Epoch) (string, error) {
	epoch, encoded := session.CutEpoch(cursor)
	if err := checkEpoch("cursor", epoch, current); err != nil {
		return "", err
	}
	// A decoder that is strict about stray bits still passes over line ends: only
	// what was encoded is a cursor.
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || base64.RawURLEncoding.EncodeToString(text) != encoded {
		return "", badCursor()
	}
	return string(text), nil
}

// formatRank is formatCursor for a list in another order than that of the keys. The order
// is a part of it, since a rank means nothing in another.
func formatRank(epoch session.Epoch, order session.Sort, last store.Rank) string {
	return epoch.String() + "-" + base64.RawURLEncoding.EncodeToString([]byte(rankText(order, last)))
}

func rankText(order session.Sort, rank store.Rank) string {
	return order.String() + "\x00" + strconv.FormatInt(rank.Number, 10) + "\x00" + rank.Text + "\x00" + rank.Key.String()
}

// parseRank returns the rank after which a list in this order is to go on.
func parseRank(cursor string, order session.Sort, current session.Epoch) (rank store.Rank, err error) {
	text, err := decodeCursor(cursor, current)
	if err != nil {
		return rank, err
	}
	head, key := "", text
	if end := strings.LastIndexByte(text, 0); end >= 0 { // no key has one
		head, key = text[:end], text[end+1:]
	}
	by, value, _ := strings.Cut(head, "\x00")
	number, value, _ := strings.Cut(value, "\x00")
	rank.Text = value
	rank.Number, _ = strconv.ParseInt(number, 10, 64)
	rank.Key, _ = parseAnyKey(key)
	switch {
	case rankText(order, rank) == text && rank.Key.IsFile():
		return rank, nil
	case by != order.String() && by != "":
		return rank, badQuery("cursor is of a list in another order than %q: begin the list again", order)
	}
	return rank, badCursor()
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

package store

import (
	"cmp"
	"strings"
	"time"

	"sessiond/internal/session"
)

// Rank is where a session stands in a sorted list. It stays as it is while the session's
// value does that the list is sorted by, whatever else comes and goes.
type Rank struct {
	Number int64  // of a time, nanoseconds since 1970
	Text   string // of anything else
	Key    session.Key
}

// maxRankText is how many bytes of a text count: the rank of the last session of a page
// goes into a cursor, and an address may have any length.
const maxRankText = 128

// rankOf returns the rank of a session in a list of this order.
func rankOf(r row, by session.SortField, seenAt func(session.Key) time.Time) Rank {
	rank := Rank{Key: r.session.Key()}
	switch by {
	case session.SortEmail:
		rank.Text = session.Fold(r.session.Email())
	case session.SortStatus:
		rank.Text = r.session.Status()
	case session.SortDevice:
		rank.Text = session.Fold(r.session.DeviceDescription())
	case session.SortModified:
		rank.Number = r.modified
	case session.SortLoaded:
		rank.Number = r.loadedAt
	case session.SortSeen:
		if seenAt == nil {
			break
		}
		if at := seenAt(rank.Key); !at.IsZero() {
			rank.Number = at.UnixNano()
		}
	}
	rank.Text = rank.Text[:min(len(rank.Text), maxRankText)]
	return rank
}

// RankOf returns the rank of a session in a list of this order, by what the session of the
// list says.
func RankOf(l session.Loaded, by session.SortField) Rank {
	return rankOf(row{session: l.Session, modified: l.Modified.UnixNano(), loadedAt: l.LoadedAt.UnixNano(), revision: l.Revision}, by,
		func(session.Key) time.Time { return l.SeenAt })
}

func (r Rank) compare(other Rank) int {
	return cmp.Or(cmp.Compare(r.Number, other.Number), strings.Compare(r.Text, other.Text), r.Key.Compare(other.Key))
}

package cli

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

const (
	// leastID is how many bytes of an id are shown at least, as logs do.
	leastID = 8
	// longerID is that many where nobody asks whether they are unique.
	longerID = 12
	// askedIDs is for how many sessions of a part of the memory the daemon is asked
	// whether the id is unique in all of it.
	askedIDs = 500
)

// shortIDs returns the beginnings of the ids of some sessions, as long as they must be
// for show to find each; whole is true where these are all sessions in memory. Where
// two apps have the same id, it is shown whole.
func shortIDs(ctx context.Context, daemon *client.Client, keys []session.Key, whole bool) ([]string, error) {
	least := leastID
	if !whole && len(keys) > askedIDs {
		least = longerID
	}
	short := uniqueAmong(keys, least)
	if whole || len(keys) > askedIDs {
		return short, nil
	}
	for i, key := range keys {
		for len(short[i]) < len(key.ID) {
			found, err := daemon.Sessions(ctx, client.Query{Prefix: short[i], Limit: 2})
			if err != nil {
				return nil, err
			}
			if len(found.Sessions) < 2 {
				break
			}
			short[i] = beginning(key.ID, len(short[i])+2)
		}
	}
	return short, nil
}

// uniqueAmong returns the beginning of each id that no other of them has, of a least
// length.
func uniqueAmong(keys []session.Key, least int) []string {
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(keys[a].ID, keys[b].ID) })
	short := make([]string, len(keys))
	for at, i := range order {
		n := least - 1
		if at > 0 {
			n = max(n, common(keys[i].ID, keys[order[at-1]].ID))
		}
		if at < len(order)-1 {
			n = max(n, common(keys[i].ID, keys[order[at+1]].ID))
		}
		short[i] = beginning(keys[i].ID, n+1)
	}
	return short
}

// common is how many bytes two texts begin with that are the same.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// beginning returns at least n bytes of a text, whole characters.
func beginning(text string, n int) string {
	for n < len(text) && !utf8.RuneStart(text[n]) {
		n++
	}
	return text[:min(n, len(text))]
}

// inApp is a key without its app folder.
func inApp(key string) string { return key[strings.IndexByte(key, '/')+1:] }

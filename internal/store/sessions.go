package store

import (
	"iter"
	"sort"
	"time"

	"sessiond/internal/session"
)

// row is a session in memory. There may be a million, so a row holds no key (the
// session has it) and no time.Time.
type row struct {
	session  *session.Session
	loadedAt int64 // nanoseconds since 1970
	revision uint64
}

func (r row) loaded() session.Loaded {
	return session.Loaded{Session: r.session, LoadedAt: time.Unix(0, r.loadedAt).UTC(), Revision: r.revision}
}

const (
	chunkRows  = 127 // which take, with the allocator's header, all of one of its sizes: 3 KiB
	pageChunks = 127
)

// chunk is some rows of the table, sorted by key: at most chunkRows, never none. It
// says itself where it begins, since a search would have to fetch that from three
// other places.
type chunk struct {
	app  string // of the first row
	head uint64 // of its session.id
	rows []row
}

func newChunk(rows []row) chunk {
	first := rows[0].session
	return chunk{first.App(), session.Head(first.ID()), rows}
}

func (c chunk) first() *session.Session { return c.rows[0].session }

// page is some chunks of the table: at most pageChunks, never none.
type page = []chunk

// sessions is the table of all sessions in memory, in the order of their keys.
// It never changes: [sessions.with] makes another, which shares with it the
// chunks and pages that are the same. So an edit copies one chunk, one page and
// the list of pages, which for a million sessions are some ten kilobytes.
//
// All chunks and pages but the last are at least half full.
type sessions struct {
	pages []page
	len   int
}

// place is where a row stands, or where one would stand.
type place struct{ page, chunk, row int }

// find returns the place of the first row that is reached. Rows for which reached
// is true come after all others.
func (t sessions) find(reached func(row) bool) place {
	if len(t.pages) == 0 {
		return place{}
	}
	var at place
	at.page = lastBefore(len(t.pages), func(i int) bool { return reached(t.pages[i][0].rows[0]) })
	chunks := t.pages[at.page]
	at.chunk = lastBefore(len(chunks), func(i int) bool { return reached(chunks[i].rows[0]) })
	rows := chunks[at.chunk].rows
	at.row = sort.Search(len(rows), func(i int) bool { return reached(rows[i]) })
	return at
}

// lastBefore returns the last of n parts whose beginning is not reached, or the
// first where all are.
func lastBefore(n int, reached func(int) bool) int {
	return max(sort.Search(n, reached)-1, 0)
}

// from goes through the rows beginning with the first that is reached.
func (t sessions) from(reached func(row) bool) iter.Seq[row] {
	return func(yield func(row) bool) {
		at := t.find(reached)
		for ; at.page < len(t.pages); at.page++ {
			chunks := t.pages[at.page]
			for ; at.chunk < len(chunks); at.chunk++ {
				for _, r := range chunks[at.chunk].rows[at.row:] {
					if !yield(r) {
						return
					}
				}
				at.row = 0
			}
			at.chunk = 0
		}
	}
}

func (t sessions) get(key session.Key) (session.Loaded, bool) {
	if len(t.pages) == 0 {
		return session.Loaded{}, false
	}
	app, id := key.App(), key.ID()
	head := session.Head(id)
	after := func(c *chunk) bool {
		switch {
		case c.app != app:
			return session.CompareFolders(c.app, app) > 0
		case c.head != head:
			return c.head > head
		}
		return c.first().ID() > id
	}
	chunks := t.pages[lastBefore(len(t.pages), func(i int) bool { return after(&t.pages[i][0]) })]
	rows := chunks[lastBefore(len(chunks), func(i int) bool { return after(&chunks[i]) })].rows
	at, found := sort.Find(len(rows), func(i int) int { return -rows[i].session.CompareNames(app, id) })
	if !found {
		return session.Loaded{}, false
	}
	return rows[at].loaded(), true
}

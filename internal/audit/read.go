package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// Filter says which entries are asked for. Zero values stand for all.
type Filter struct {
	Session string // the beginning of a session's key, or a whole one
	App     string // an app folder
	Email   string // before or after the change, without regard to case
	Action  Action
	Since   time.Time
	Before  uint64 // only entries with a lower number: [Page.Next] of the page before
	Limit   int    // at most so many entries
}

// Page is a part of the record, newest first.
type Page struct {
	Entries []Entry
	// Next is [Filter.Before] of the next page; 0 where there is none. A page may be
	// short, or empty, and have a next one: it ends when enough was read, too.
	Next uint64
}

// maxRead is how many bytes are read for a page.
const maxRead = 16 << 20

// Read returns entries of the file and of its predecessors, as logrotate names them,
// unless they are compressed. Lines that are no entries are passed over.
func (l *Log) Read(filter Filter) (Page, error) { return read(l.file.path, filter, maxRead) }

func read(path string, filter Filter, budget int64) (Page, error) {
	var page Page
	paths, err := generations(path)
	if err != nil {
		return Page{}, fmt.Errorf("cannot read the audit log: %w", err)
	}
	for _, path := range paths {
		more, err := page.readFile(path, &filter, &budget)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was rotated just now
		}
		if err != nil {
			return Page{}, fmt.Errorf("cannot read the audit log: %w", err)
		}
		if !more {
			return page, nil
		}
	}
	page.Next = 0
	return page, nil
}

// generations returns the paths of the record's files, the newest first.
func generations(path string) ([]string, error) {
	type generation struct {
		path  string
		since time.Time // last written
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var older []generation
	for _, e := range entries {
		suffix, ok := strings.CutPrefix(e.Name(), filepath.Base(path))
		if !ok || suffix == "" || strings.Trim(suffix, ".-0123456789") != "" {
			continue
		}
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // it went just now
		}
		older = append(older, generation{filepath.Join(filepath.Dir(path), e.Name()), info.ModTime()})
	}
	slices.SortFunc(older, func(a, b generation) int { return b.since.Compare(a.since) })
	paths := []string{path}
	for _, g := range older {
		paths = append(paths, g.path)
	}
	return paths, nil
}

// readFile adds a file's entries to the page. It returns false once nothing older is
// wanted, or the page is at its end.
func (p *Page) readFile(path string, filter *Filter, budget *int64) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	end := info.Size()
	if filter.Before != 0 {
		if end, err = endOf(f, end, filter.Before); err != nil {
			return false, err
		}
	}
	for line, err := range linesBackward(f, end) {
		if err != nil {
			return false, err
		}
		e, ok := parse(line)
		*budget -= int64(len(line)) + 1
		if ok && (filter.Before == 0 || e.Seq < filter.Before) {
			if e.At.Before(filter.Since) {
				p.Next = 0
				return false, nil
			}
			if filter.matches(&e) {
				p.Entries = append(p.Entries, e)
			}
			p.Next = e.Seq
		}
		if len(p.Entries) == filter.Limit || *budget <= 0 && p.Next != 0 {
			if p.Next == 1 {
				p.Next = 0
			}
			return false, nil
		}
	}
	return true, nil
}

func parse(line []byte) (Entry, bool) {
	var e Entry
	err := json.Unmarshal(line, &e)
	return e, err == nil && e.Seq != 0
}

// matches reports whether an entry is asked for, its time and number aside.
func (f *Filter) matches(e *Entry) bool {
	switch {
	case f.Action != "" && e.Action != f.Action:
		return false
	case f.App != "" && !strings.HasPrefix(e.Session, f.App+"/"):
		return false
	case f.Session != "" && !sameSession(e.Session, f.Session):
		return false
	case f.Email != "" && !hasEmail(e.Before, f.Email) && !hasEmail(e.After, f.Email):
		return false
	}
	return true
}

// sameSession reports whether a short key, and a key as it was asked for, may name the
// same session: one is the beginning of the other.
func sameSession(short, asked string) bool {
	short, asked = strings.TrimSuffix(short, "…"), strings.TrimSuffix(asked, "…")
	return short != "" && (strings.HasPrefix(short, asked) || strings.HasPrefix(asked, short))
}

func hasEmail(s *State, email string) bool {
	return s != nil && session.FoldEmail(s.Email) == session.FoldEmail(email)
}

// endOf returns where the lines end that have numbers below seq. Numbers grow from
// line to line, so that it need not read all of them.
func endOf(f *os.File, size int64, seq uint64) (int64, error) {
	var failed error
	// The search is for the first byte after which the next whole line is not below.
	end := sort.Search(int(size), func(at int) bool {
		if failed != nil {
			return true
		}
		for offset := int64(at); ; {
			line, next, err := lineAfter(f, offset)
			switch {
			case errors.Is(err, io.EOF):
				return true
			case err != nil:
				failed = err
				return true
			}
			if e, ok := parse(line); ok {
				return e.Seq >= seq
			}
			offset = next - 1 // a header, or a torn line: what comes after it tells
		}
	})
	if failed != nil {
		return 0, failed
	}
	// The line that begins after that byte is the first that is not wanted. What
	// stands before it, up to the end of its own line, is.
	_, next, err := skipLine(f, int64(end))
	if errors.Is(err, io.EOF) {
		return size, nil
	}
	return next, err
}

// lineAfter returns the first line that begins after an offset, and where the one
// after it begins. It is io.EOF where no whole line does.
func lineAfter(f *os.File, offset int64) (line []byte, next int64, err error) {
	_, begin, err := skipLine(f, offset)
	if err != nil {
		return nil, 0, err
	}
	return skipLine(f, begin)
}

// maxLine is longer than any line of the record.
const maxLine = 64 << 10

// skipLine returns the rest of a line from an offset, without its end, and where the
// next one begins.
func skipLine(f *os.File, offset int64) (line []byte, next int64, err error) {
	for size := 1 << 10; ; size *= 2 {
		buf := make([]byte, size)
		n, err := f.ReadAt(buf, offset)
		if i := bytes.IndexByte(buf[:n], '\n'); i >= 0 {
			return buf[:i], offset + int64(i) + 1, nil
		}
		switch {
		case err != nil:
			return nil, 0, err
		case size >= maxLine:
			return nil, 0, fmt.Errorf("a line at byte %d is longer than %d bytes", offset, maxLine)
		}
	}
}

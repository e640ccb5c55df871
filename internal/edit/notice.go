package edit

import (
	"time"

	"sessiond/internal/session"
)

// Notice is something that the editor did, or could not do, after its answer or without
// having been asked: for the log, the audit and the hints. After each notice with a Key
// that names a file, a pass over that key is due.
type Notice struct {
	Key  session.Key
	Kind NoticeKind
	// File is the name of a temporary file that was left in the app folder; empty
	// where none was.
	File string
	// Trash is the id under which the trash has a copy, or empty.
	Trash string
	// Since is when the file got its name, by its ctime; zero where there is no file.
	Since time.Time
	// Result is that of an edit that was made again.
	Result Result
	Err    error
}

// NoticeKind is what a [Notice] tells.
type NoticeKind string

// The kinds of notices.
const (
	// NoticeAgain: a program that had the file open wrote to it after the edit; the
	// edit was made again on what it wrote.
	NoticeAgain NoticeKind = "edited again"
	// NoticeUndone: the same, but the edit could not be made again (Err says why).
	// What the program wrote is in place.
	NoticeUndone NoticeKind = "undone"
	// NoticePutBack: a crash came in the middle of a deletion; the file is back in
	// its place.
	NoticePutBack NoticeKind = "put back"
	// NoticeKept: a content that nobody decided to remove went to the trash.
	NoticeKept NoticeKind = "kept in the trash"
	// NoticeLeft: a temporary file could not be dealt with and stays (Err says why).
	// The next recovery tries again.
	NoticeLeft NoticeKind = "left behind"
	// NoticeCopyStays: a file was not deleted after all, and the copy that the trash had
	// by then could not be removed again (Err says why).
	NoticeCopyStays NoticeKind = "copy stays in the trash"
)

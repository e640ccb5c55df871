package logging

import (
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"go.uber.org/zap/zapcore"
)

// isJournal reports whether the output goes to systemd's journal, which then gets
// fields of its own as well.
func isJournal(out *os.File) bool {
	if out != os.Stderr {
		return false
	}
	connected, err := journal.StderrIsJournalStream()
	return connected && err == nil
}

// identifier is the name under which journalctl --identifier finds the lines.
const identifier = "sessiond"

// fields returns the fields of a log line that are fields of the journal, too. The
// message holds all of them for people; these are for journalctl to find lines by.
func fields(of []zapcore.Field) map[string]string {
	all := zapcore.NewMapObjectEncoder()
	for _, f := range of {
		f.AddTo(all)
	}
	named := map[string]string{"SYSLOG_IDENTIFIER": identifier}
	add := func(name, key string) {
		if value, found := all.Fields[key]; found {
			named[name] = fmt.Sprint(value)
		}
	}
	add("SESSION", "session")
	add("TRIGGER", "trigger")
	add("PASS", "pass")
	switch all.Fields["componentSignature"] {
	case "mobi":
		add("MOBI_CODE", "errCode")
	case "file":
		add("ERRNO", "errCode")
	}
	return named
}

func priorityOf(level zapcore.Level) journal.Priority {
	switch level {
	case zapcore.DebugLevel:
		return journal.PriDebug
	case zapcore.InfoLevel:
		return journal.PriInfo
	case zapcore.WarnLevel:
		return journal.PriWarning
	case zapcore.ErrorLevel:
		return journal.PriErr
	default: // a panic
		return journal.PriCrit
	}
}

// journalCore writes entries to the journal.
type journalCore struct {
	zapcore.LevelEnabler

	text  consoleEncoder
	with  []zapcore.Field
	lines *lines
}

// With implements zapcore.Core.
func (c journalCore) With(more []zapcore.Field) zapcore.Core {
	c.with = slices.Concat(c.with, more)
	return c
}

// Check implements zapcore.Core.
func (c journalCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

// Write implements zapcore.Core. It never waits for the journal.
func (c journalCore) Write(entry zapcore.Entry, more []zapcore.Field) error {
	all := slices.Concat(c.with, more)
	text, err := c.text.message(entry, all)
	if err != nil {
		return err
	}
	defer text.Free()
	c.lines.put(line{text.String(), priorityOf(entry.Level), fields(all)})
	return nil
}

// Sync implements zapcore.Core. Only the end of the log waits for the journal.
func (journalCore) Sync() error { return nil }

// line is what the journal gets.
type line struct {
	message  string
	priority journal.Priority
	fields   map[string]string
}

const (
	// maxWaiting is how many lines wait for a journal that does not take them.
	maxWaiting = 4096
	// endLimit is how long the end of the log waits for the journal.
	endLimit = time.Second
)

// lines sends lines to the journal. Sending blocks while the journal is busy, and
// the daemon must not block: so one goroutine sends, and lines that it cannot keep
// up with are dropped and counted.
type lines struct {
	send    func(line) error
	waiting chan line
	lost    atomic.Uint64
	ending  chan struct{}
	ended   chan struct{}
}

func newLines(send func(line) error) *lines {
	l := &lines{
		send:    send,
		waiting: make(chan line, maxWaiting),
		ending:  make(chan struct{}),
		ended:   make(chan struct{}),
	}
	go l.run()
	return l
}

func (l *lines) put(next line) {
	select {
	case l.waiting <- next:
	default:
		l.lost.Add(1)
	}
}

func (l *lines) run() {
	defer close(l.ended)
	for {
		select {
		case next := <-l.waiting:
			l.hand(next)
		case <-l.ending:
			l.drain()
			return
		}
	}
}

// drain sends what waits when the log ends: what was put in before then is there.
func (l *lines) drain() {
	for {
		select {
		case next := <-l.waiting:
			l.hand(next)
		default:
			return
		}
	}
}

// hand sends a line and, before it, how many were lost.
func (l *lines) hand(next line) {
	if lost := l.lost.Swap(0); lost > 0 {
		text := fmt.Sprintf("%d lines of the log are lost: the journal did not take them in time", lost)
		if l.send(line{text, journal.PriWarning, fields(nil)}) != nil {
			l.lost.Add(lost)
		}
	}
	if l.send(next) != nil {
		l.lost.Add(1)
	}
}

// end sends what still waits, as far as the journal takes it within a second.
func (l *lines) end() {
	close(l.ending)
	select {
	case <-l.ended:
	case <-time.After(endLimit):
	}
}

func send(l line) error { return journal.Send(l.message, l.priority, l.fields) }

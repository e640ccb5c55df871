package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress is a line on a terminal that says how far something has come. The zero value
// shows nothing.
type progress struct {
	to    io.Writer
	now   func() time.Time
	all   int
	done  int
	shown time.Time
}

const (
	barWidth      = 30 // columns
	progressEvery = 100 * time.Millisecond
)

// newProgress returns a line that shows the progress over all, where that takes a while and
// somebody looks on.
func (a *app) newProgress(all int) *progress {
	if terminalWidth(a.Err) == 0 || all <= unlisted {
		return &progress{}
	}
	return &progress{to: a.Err, now: a.now, all: all}
}

// add notes that one more is done.
func (p *progress) add() {
	if p.done++; p.to == nil {
		return
	}
	if now := p.now(); now.Sub(p.shown) >= progressEvery {
		p.shown = now
		filled := barWidth * p.done / p.all
		_, _ = fmt.Fprintf(p.to, "\r[%s%s] %s of %s", strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), comma(p.done), comma(p.all))
	}
}

// end takes the line away.
func (p *progress) end() {
	if p.to != nil && !p.shown.IsZero() {
		_, _ = io.WriteString(p.to, "\r\x1b[K")
	}
}

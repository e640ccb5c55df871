package control

import (
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lines are what is to be sent to one client, a JSON object each. Who adds one never waits
// for the client.
type lines struct {
	mu    sync.Mutex
	grown *sync.Cond
	text  []byte // not taken yet
	ended bool
}

func newLines() *lines {
	l := &lines{}
	l.grown = sync.NewCond(&l.mu)
	return l
}

// add adds a value as one line.
func (l *lines) add(value any) {
	line, err := json.Marshal(value, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return // there is no such value
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(append(l.text, line...), '\n')
	l.grown.Signal()
}

// end says that no more lines follow.
func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.grown.Signal()
}

// take waits for lines, and returns all there are; none after the last.
func (l *lines) take() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.text) == 0 && !l.ended {
		l.grown.Wait()
	}
	text := l.text
	l.text = nil
	return text
}

// sendLines writes lines until the last, or until the client does not take them. The header
// is sent at once.
func (t *stream) sendLines(l *lines) {
	if t.flush() != nil {
		return
	}
	for {
		text := l.take()
		if len(text) == 0 {
			return
		}
		t.server.extend(t.w)
		if _, err := t.w.Write(text); err != nil || t.flush() != nil {
			return
		}
	}
}

package logging

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap/zapcore"
)

// writer takes lines as long as it is not stuck.
type writer struct {
	mu    sync.Mutex
	lines []line
	stuck chan struct{} // nil: never
	err   error
}

func (w *writer) write(l line) error {
	if w.stuck != nil {
		<-w.stuck
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	w.lines = append(w.lines, l)
	return nil
}

// formats returns the formats that lines may have.
func formats() map[string]encode {
	return map[string]encode{"journal": journalLine(), "json": jsonLine(), "console": consoleLine(false)}
}

// A log that nobody reads holds up nobody, whatever its format. Of what it misses the
// oldest is lost, that is told in its place, and it takes no more memory than allowed.
func TestLogThatNobodyReads(t *testing.T) {
	for name, format := range formats() {
		t.Run(name, func(t *testing.T) {
			w := &writer{stuck: make(chan struct{})}
			log := newLog(zapcore.InfoLevel, format, w.write)
			text := strings.Repeat("x", 64<<10)
			const lines = 2 * maxQueued / (64 << 10)
			for n := range lines {
				log.Info(fmt.Sprintf("line %d %s", n, text))
			}
			log.queue.mu.Lock()
			kept, bytes := len(log.queue.lines), log.queue.bytes
			log.queue.mu.Unlock()
			lost := log.Lost()
			if bytes > maxQueued || kept < lines/2-2 {
				t.Errorf("%d lines wait, of %d bytes", kept, bytes)
			}
			// The first may be on its way.
			if onWay := lines - kept - int(lost); onWay != 0 && onWay != 1 {
				t.Errorf("%d lines wait, and %d are lost, of %d", kept, lost, lines)
			}
			close(w.stuck)
			if !log.End() {
				t.Error("the log did not end")
			}
			told := 0
			for _, l := range w.lines {
				if strings.Contains(l.text, fmt.Sprintf("%d lines of the log were lost", lost)) {
					told++
				}
			}
			if told != 1 || !strings.Contains(w.lines[len(w.lines)-1].text, fmt.Sprintf("line %d ", lines-1)) {
				t.Errorf("the loss of %d lines is told %d times; the last line is %.100s", lost, told, w.lines[len(w.lines)-1].text)
			}
		})
	}
}

func TestLogThatCannotBeWritten(t *testing.T) {
	w := &writer{err: errors.New("no room")}
	log := newLog(zapcore.InfoLevel, consoleLine(false), w.write)
	for range 3 {
		log.Info("line")
		if err := log.Sync(); err != nil {
			t.Error(err)
		}
	}
	w.mu.Lock()
	w.err = nil
	w.mu.Unlock()
	log.Info("after")
	log.End()
	if len(w.lines) != 2 || !strings.Contains(w.lines[0].text, "3 lines of the log were lost") || !strings.Contains(w.lines[1].text, "after") || log.Lost() != 3 {
		t.Errorf("%d lines are lost; the log has %+v", log.Lost(), w.lines)
	}
}

// Neither the end nor a Sync waits for ever.
func TestEndOfALogThatNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &writer{stuck: make(chan struct{})}
		log := newLog(zapcore.InfoLevel, jsonLine(), w.write)
		log.Info("line")
		for name, wait := range map[string]func() bool{"End": log.End, "Sync": func() bool { return log.Sync() != nil }} {
			began := time.Now()
			if wait() {
				t.Errorf("%s says that all was written", name)
			}
			if took := time.Since(began); took != endLimit {
				t.Errorf("%s took %v", name, took)
			}
		}
		close(w.stuck)
		synctest.Wait()
		if len(w.lines) != 1 {
			t.Errorf("the log has %d lines", len(w.lines))
		}
	})
}

// The last lines come out where the reader is slow: what comes before them is dropped.
func TestEndOfALogThatIsReadSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 100_000 // bytes a second
		w := &writer{}
		log := newLog(zapcore.InfoLevel, consoleLine(false), func(l line) error {
			time.Sleep(time.Duration(len(l.text)) * time.Second / rate)
			return w.write(l)
		})
		for n := range 10_000 {
			log.Info(fmt.Sprintf("line %d", n))
		}
		log.Error("the end")
		if !log.End() {
			t.Error("the last lines were not written")
		}
		synctest.Wait()
		lost := 0
		for _, l := range w.lines {
			if strings.Contains(l.text, "lines of the log were lost") {
				lost++
			}
		}
		if last := w.lines[len(w.lines)-1]; lost != 1 || !strings.Contains(last.text, "the end") || log.Lost() == 0 {
			t.Errorf("%d lines lost, told %d times; the last line is %q", log.Lost(), lost, last.text)
		}
	})
}

// What is logged after the end is lost, and blocks nobody.
func TestAfterTheEnd(t *testing.T) {
	w := &writer{}
	log := newLog(zapcore.InfoLevel, jsonLine(), w.write)
	log.End()
	log.Info("late")
	if err := log.Sync(); err != nil || log.Lost() != 1 || len(w.lines) != 0 {
		t.Errorf("Sync: %v; %d lost, %d written", err, log.Lost(), len(w.lines))
	}
}

package logging

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// sent are the lines that a journal took.
type sent struct {
	mu    sync.Mutex
	lines []line
}

func (s *sent) take(l line) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, l)
	return nil
}

func TestJournalLines(t *testing.T) {
	var taken sent
	log, end := newJournalLog(zapcore.InfoLevel, taken.take)
	log.Debug("not for this level")
	log.Info("pass", zap.Uint64("pass", 7), zap.String("trigger", "socket"), zap.Int("checked", 4))
	log.Warn("problem", zap.String("session", "A.b/7023d920…"), zap.String("componentSignature", "mobi"),
		zap.Int("errCode", 3), zap.String("message", "The json file does not validate the json schema"))
	log.With(zap.String("session", "A.b/7023d920…")).Error("problem", zap.String("componentSignature", "file"), zap.Int("errCode", 13))
	log.Warn("a name\nwith a line end", zap.String("message", "\x1b[31mred"))
	end()

	want := []line{
		{`pass  {"pass": 7, "trigger": "socket", "checked": 4}`, journal.PriInfo, map[string]string{"PASS": "7", "TRIGGER": "socket"}},
		{
			`problem  {"session": "A.b/7023d920…", "componentSignature": "mobi", "errCode": 3, "message": "The json file does not validate the json schema"}`,
			journal.PriWarning,
			map[string]string{"SESSION": "A.b/7023d920…", "MOBI_CODE": "3"},
		},
		{
			`problem  {"session": "A.b/7023d920…", "componentSignature": "file", "errCode": 13}`,
			journal.PriErr,
			map[string]string{"SESSION": "A.b/7023d920…", "ERRNO": "13"},
		},
		{`a name\nwith a line end  {"message": "\u001b[31mred"}`, journal.PriWarning, map[string]string{}},
	}
	for i := range want {
		want[i].fields["SYSLOG_IDENTIFIER"] = "sessiond"
	}
	if diff := cmp.Diff(want, taken.lines, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A journal that takes nothing holds up nobody, and what it missed is told.
func TestJournalThatIsBusy(t *testing.T) {
	const more = 100
	var taken sent
	busy := make(chan struct{})
	log, end := newJournalLog(zapcore.InfoLevel, func(l line) error {
		<-busy
		return taken.take(l)
	})
	for range maxWaiting + more {
		log.Info("line")
	}
	close(busy)
	end()
	told, lost := 0, ""
	for _, l := range taken.lines {
		if l.message == "line" {
			told++
		} else {
			lost, _, _ = strings.Cut(l.message, " ")
		}
	}
	// One more may have been on its way.
	if missing := maxWaiting + more - told; missing != more && missing != more-1 || lost != map[int]string{more: "100", more - 1: "99"}[missing] {
		t.Errorf("%d lines were taken, and %q are told to be lost", told, lost)
	}
}

func TestJournalThatIsGone(t *testing.T) {
	var taken sent
	gone := true
	log, end := newJournalLog(zapcore.InfoLevel, func(l line) error {
		if gone {
			gone = l.message != "back"
			return errors.New("there is no journal")
		}
		return taken.take(l)
	})
	for _, text := range []string{"one", "two", "back", "three"} {
		log.Info(text)
	}
	end()
	if len(taken.lines) != 2 || !strings.HasPrefix(taken.lines[0].message, "3 lines of the log are lost") || taken.lines[1].message != "three" {
		t.Errorf("the journal has %+v", taken.lines)
	}
}

// The end does not wait for ever.
func TestJournalEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		log, end := newJournalLog(zapcore.InfoLevel, func(line) error { <-never; return nil })
		log.Info("line")
		began := time.Now()
		end()
		if took := time.Since(began); took != endLimit {
			t.Errorf("it took %v", took)
		}
		close(never)
		synctest.Wait()
	})
}

package admin

import (
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// Each kind of notice has a sentence of its own in the log.
func TestSentencesOfNotices(t *testing.T) {
	a, _, _ := newAdmin(t)
	core, logs := observer.New(zap.WarnLevel)
	a.cfg.Log = zap.New(core)
	kinds := []edit.NoticeKind{
		edit.NoticeAgain, edit.NoticeUndone, edit.NoticePutBack, edit.NoticeKept, edit.NoticeLeft, edit.NoticeCopyStays,
	}
	for _, kind := range kinds {
		a.notice(edit.Notice{Key: session.Key{App: "a.b"}, Kind: kind, Trash: "id"})
	}
	told := make(map[string]bool)
	for i, line := range logs.All() {
		if told[line.Message] || line.Message == string(kinds[i]) || line.ContextMap()["trash"] != "id" {
			t.Errorf("%s: the log has %q %v", kinds[i], line.Message, line.ContextMap())
		}
		told[line.Message] = true
	}
	if len(told) != len(kinds) {
		t.Errorf("%d sentences for %d kinds", len(told), len(kinds))
	}
}

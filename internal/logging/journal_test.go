package logging

import (
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func TestJournalLines(t *testing.T) {
	w := &writer{}
	log := newLog(zapcore.InfoLevel, journalLine(), w.write)
	log.Debug("not for this level")
	log.Info("pass", zap.Uint64("pass", 7), zap.String("trigger", "socket"), zap.Int("checked", 4))
	log.Warn("file rejected", zap.String("session", "A.b/7023d920"), zap.String("componentSignature", "mobi"),
		zap.Int("errCode", 3), Sentence(func() string { return "rejected A.b/7023d920: mobi 3: /status: value must be one of" }))
	log.With(zap.String("session", "A.b/7023d920")).Error("file unreadable", zap.String("componentSignature", "file"), zap.Int("errCode", 13))
	log.Info("session removed", zap.String("session", "A.b/7023d920"), zap.String("email", "anna@example.com"), zap.String("device", "Anna's iPhone"),
		zap.String("reason", "deleted"), zap.String("trigger", "watch"), zap.Time("modified", time.Unix(0, 0).UTC()))
	log.Warn("a name\nwith a line end", zap.String("message", "\x1b[31mred"))
	log.End()

	want := []line{
		{"pass: pass=7 trigger=socket checked=4", journal.PriInfo, []field{{"PASS", "7"}, {"TRIGGER", "socket"}}},
		{
			"rejected A.b/7023d920: mobi 3: /status: value must be one of", journal.PriWarning,
			[]field{{"SESSION", "A.b/7023d920"}, {"MOBI_CODE", "3"}},
		},
		{
			"file unreadable: session=A.b/7023d920 componentSignature=file errCode=13", journal.PriErr,
			[]field{{"SESSION", "A.b/7023d920"}, {"ERRNO", "13"}},
		},
		{
			`session removed: session=A.b/7023d920 email=anna@example.com device="Anna's iPhone" reason=deleted trigger=watch modified="` +
				time.Unix(0, 0).Format(consoleTime) + `"`,
			journal.PriInfo,
			[]field{
				{"SESSION", "A.b/7023d920"},
				{"EMAIL", "anna@example.com"},
				{"DEVICE", "Anna's iPhone"},
				{"REASON", "deleted"},
				{"TRIGGER", "watch"},
				{"MODIFIED", "1970-01-01T00:00:00.000000000Z"},
			},
		},
		{`a name\nwith a line end: message="\x1b[31mred"`, journal.PriWarning, nil},
	}
	for i := range want {
		want[i].fields = append([]field{{"SYSLOG_IDENTIFIER", "sessiond"}}, want[i].fields...)
	}
	if diff := cmp.Diff(want, w.lines, cmp.AllowUnexported(line{}, field{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

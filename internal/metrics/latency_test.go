package metrics

import (
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

var (
	keyA = session.Key{App: "T.a", ID: "1"}
	keyB = session.Key{App: "T.a", ID: "2"}
)

// step is a pass for a latency to be measured in; times are milliseconds after
// the start.
type step struct {
	at      int
	since   int // when the first event came that it answers; 0: none
	changed []session.Key
	moving  []session.Key // looked at in this pass, and in motion
	settled []session.Key // in motion until this pass
	stuck   []session.Key // in motion until this pass, and unreadable now
}

func (s step) pass() Pass {
	after := func(ms int) time.Time { return started().Add(time.Duration(ms) * time.Millisecond) }
	p := Pass{Applied: after(s.at)}
	if s.since > 0 {
		p.Since = after(s.since)
	}
	for _, key := range s.changed {
		p.Outcome.Changes = append(p.Outcome.Changes, session.MemoryChange{Session: sessiontest.At(key)})
	}
	for _, key := range s.moving {
		u := session.Unsettled{Session: key, Reason: session.ReasonInMotion}
		p.Outcome.Report.Unsettled = append(p.Outcome.Report.Unsettled, u)
		p.Outcome.Unsettled = append(p.Outcome.Unsettled, session.Transition[session.Unsettled]{Session: key, Now: &u})
	}
	for _, key := range s.settled {
		p.Outcome.Unsettled = append(p.Outcome.Unsettled, session.Transition[session.Unsettled]{Session: key})
	}
	for _, key := range s.stuck {
		u := session.Unsettled{Session: key, Reason: session.ReasonUnreadable}
		p.Outcome.Unsettled = append(p.Outcome.Unsettled, session.Transition[session.Unsettled]{Session: key, Now: &u})
	}
	return p
}

func TestLatency(t *testing.T) {
	keys := func(keys ...session.Key) []session.Key { return keys }
	for name, test := range map[string]struct {
		steps []step
		want  []int // what is measured, in milliseconds
	}{
		"an edit":                   {[]step{{at: 7, since: 2, changed: keys(keyA)}}, []int{5}},
		"nothing came of the event": {[]step{{at: 7, since: 2}}, nil},
		"a change without an event": {[]step{{at: 7, changed: keys(keyA)}}, nil},
		"several edits":             {[]step{{at: 7, since: 2, changed: keys(keyA, keyB)}}, []int{5, 5}},
		"a save seen half-way": {[]step{
			{at: 3, since: 1, moving: keys(keyA)},
			{at: 30, since: 20, changed: keys(keyA), settled: keys(keyA)},
		}, []int{29}},
		"a second look without an event": {[]step{
			{at: 3, since: 1, moving: keys(keyA)},
			{at: 260, changed: keys(keyA), settled: keys(keyA)},
		}, []int{259}},
		"in motion again and again": {[]step{
			{at: 3, since: 1, moving: keys(keyA)},
			{at: 30, since: 20, moving: keys(keyA)},
			{at: 60, changed: keys(keyA), settled: keys(keyA)},
		}, []int{59}},
		"settled as it was, then edited": {[]step{
			{at: 3, since: 1, moving: keys(keyA)},
			{at: 30, settled: keys(keyA)},
			{at: 70, since: 60, changed: keys(keyA)},
		}, []int{10}},
		"unreadable in between": {[]step{
			{at: 3, since: 1, moving: keys(keyA)},
			{at: 30, stuck: keys(keyA)},
			{at: 9000, changed: keys(keyA), settled: keys(keyA)},
		}, nil},
		"in motion without an event": {[]step{
			{at: 3, moving: keys(keyA)},
			{at: 30, changed: keys(keyA), settled: keys(keyA)},
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLatency()
			for _, s := range test.steps {
				p := s.pass()
				l.observe(&p)
			}
			var metric dto.Metric
			if err := l.histogram.Write(&metric); err != nil {
				t.Fatal(err)
			}
			sum := 0
			for _, ms := range test.want {
				sum += ms
			}
			got := metric.GetHistogram()
			if n := got.GetSampleCount(); n != uint64(len(test.want)) {
				t.Errorf("measured %d times, want %d", n, len(test.want))
			}
			if ms := int(got.GetSampleSum()*1000 + 0.5); ms != sum {
				t.Errorf("measured %d ms in all, want %d", ms, sum)
			}
			if len(l.waiting) > 0 {
				t.Errorf("still waiting for %v", l.waiting)
			}
		})
	}
}

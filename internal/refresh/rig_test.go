package refresh_test

import (
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

const (
	settle = 250 * time.Millisecond
	// fineTick is that of ext4 with a kernel of 250 Hz.
	fineTick = 4 * time.Millisecond
	// rested is a time after which a signature is believed.
	rested = 3 * time.Second
)

// rig is a memory over a tree of its own, with a reader of its outcomes.
type rig struct {
	t      tester
	clock  *clock
	tree   *tree
	memory *refresh.Memory
	*reader
	guard *guard
	// answering is an answer that gets every pass, as it does in the daemon.
	answering *refresh.Answer
}

// newRig returns a rig over a tree with the given files, in pairs of path and
// content, that nobody has looked at yet. The root and its folders are as old as
// the files: long at rest.
func newRig(t tester, files ...string) *rig {
	return newRigWith(t, refresh.Config{}, files...)
}

func newRigWith(t tester, cfg refresh.Config, files ...string) *rig {
	clock := newClock()
	tree := newTree(clock.read, fineTick)
	tree.folder("")
	for i := 0; i < len(files); i += 2 {
		tree.write(files[i], files[i+1])
	}
	clock.pass(time.Minute)
	return rigOver(t, cfg, clock, tree)
}

// rigOver returns a rig over a tree that may have others.
func rigOver(t tester, cfg refresh.Config, clock *clock, tree *tree) *rig {
	cfg.Tree, cfg.Clock = tree, clock.read
	if cfg.Judge == nil {
		cfg.Judge = judge{}
	}
	if cfg.Settle == 0 {
		cfg.Settle = settle
	}
	return &rig{
		t: t, clock: clock, tree: tree, memory: refresh.New(cfg), reader: newReader(t),
		guard: newGuard(t, tree, clock, cfg.SettleMany),
	}
}

// started returns a rig after its start-up pass, a while later.
func started(t tester, files ...string) *rig {
	t.Helper()
	r := newRig(t, files...)
	r.full()
	r.clock.pass(time.Minute)
	return r
}

// pass runs a pass, shows its outcome to the reader and holds both against what
// is promised of every pass.
func (r *rig) pass(req refresh.Request) refresh.Result {
	r.t.Helper()
	had := r.contents()
	result := r.memory.Pass(req)
	r.checkParts(result, had)
	if r.answering != nil {
		r.answering.Add(result)
	}
	r.apply(result.Outcome)
	r.guard.check(req, had, r.reader)
	r.guard.settleMounts(r.reader)
	checkReport(r.t, result.ReportWithChanges(), func(key session.Key) bool { return r.tree.isFile(key.String()) })

	moving, held := false, 0
	for _, u := range r.unsettled {
		moving = moving || u.Reason == session.ReasonInMotion
		if u.Reason == session.ReasonManyGone {
			held++
		}
	}
	if r.memory.Held() != held {
		r.t.Errorf("held are %d, readers see %v", r.memory.Held(), r.waiting())
	}
	if r.memory.InMotion() != moving {
		r.t.Errorf("in motion: %t, readers see %v", r.memory.InMotion(), r.waiting())
	}
	next, due := r.memory.NextLook(r.clock.read())
	switch now := r.memory.Due(r.clock.read()); {
	case (len(now) > 0) != (due && next == 0):
		r.t.Errorf("the next look is in %v, and due now are %q", next, now)
	case due != (len(r.unsettled) > 0 || r.follows()):
		r.t.Errorf("a look is due: %t, readers see %v", due, r.waiting())
	case moving && next > 250*time.Millisecond:
		r.t.Errorf("something is in motion, and the next look is in %v", next)
	}
	return result
}

// follows reports whether a look at everything is due some time, to admit what a mount
// has in addition.
func (r *rig) follows() bool {
	_, root := r.unsettled[session.Key{}]
	return !root && slices.Contains(r.memory.Due(refresh.Instant{Mono: always}), session.Key{})
}

// full runs a full pass and returns its report.
func (r *rig) full() session.Report {
	r.t.Helper()
	return r.pass(refresh.Request{Trigger: session.TriggerSignal, Full: true}).ReportWithChanges()
}

// look runs a pass over some keys.
func (r *rig) look(keys ...session.Key) session.Report {
	r.t.Helper()
	return r.pass(refresh.Request{Trigger: session.TriggerWatch, Keys: keys}).ReportWithChanges()
}

// open runs a pass with admission over some keys, over everything without any.
func (r *rig) open(keys ...session.Key) session.Report {
	r.t.Helper()
	return r.pass(refresh.Request{Trigger: session.TriggerOpen, Full: len(keys) == 0, Keys: keys, Admit: true}).ReportWithChanges()
}

// retry waits until a look is due and runs it.
func (r *rig) retry() refresh.Result {
	r.t.Helper()
	wait, due := r.memory.NextLook(r.clock.read())
	if !due {
		r.t.Fatalf("no look is due")
	}
	r.clock.pass(wait)
	return r.pass(refresh.Request{Trigger: session.TriggerRetry, Keys: r.memory.Due(r.clock.read())})
}

// answer runs a pass and the looks that its answer waits for.
func (r *rig) answer(req refresh.Request) session.Report {
	r.t.Helper()
	answer := refresh.NewAnswer(r.pass(req))
	for limit := r.clock.read().Mono + refresh.AnswerLimit; answer.Waiting() && r.clock.read().Mono < limit; {
		answer.Add(r.retry())
	}
	return answer.Report()
}

// refresh is the request of the command: a full pass, answered once all is at
// rest.
func (r *rig) refresh() session.Report {
	r.t.Helper()
	report := r.answer(refresh.Request{Trigger: session.TriggerSocket, Full: true})
	checkReport(r.t, report, func(key session.Key) bool { return r.tree.isFile(key.String()) })
	return report
}

// rest runs the looks that are due until nothing is in motion.
func (r *rig) rest() {
	r.t.Helper()
	for range 100 {
		if !r.memory.InMotion() {
			return
		}
		r.retry()
	}
	r.t.Fatalf("does not come to rest: %v", r.waiting())
}

// quiet runs the looks that are due until nothing is in motion, nor held, nor waits to
// be admitted.
func (r *rig) quiet() {
	r.t.Helper()
	for range 300 {
		if !r.memory.InMotion() && r.memory.Held() == 0 && !r.follows() {
			return
		}
		r.retry()
	}
	r.t.Fatalf("does not come to rest: %v", r.waiting())
}

// The checks of a rig compare what readers see.

func (r *rig) inMemory(want map[session.Key]string) {
	r.t.Helper()
	diff(r.t, "sessions in memory", want, r.contents())
}

func (r *rig) wrong(want map[session.Key]string) {
	r.t.Helper()
	diff(r.t, "current errors", want, r.current())
}

func (r *rig) unsettledAre(want map[session.Key]string) {
	r.t.Helper()
	diff(r.t, "unsettled", want, r.waiting())
}

func diff(t tester, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

// counts compares a report's counts with the wanted ones.
func counts(t tester, r session.Report, want session.Counts) {
	t.Helper()
	diff(t, "counts", want, r.Counts)
}

// changed compares a report's changes with the wanted ones.
func changed(t tester, r session.Report, want ...session.Change) {
	t.Helper()
	diff(t, "changes", want, r.Changes)
}

// keys says something about some keys.
type keys = map[session.Key]string

// keyOf returns the key of a path in the tree: of a file, of a folder with a slash at
// the end or without, or of the root, which has none.
func keyOf(path string) session.Key {
	app, id, _ := strings.Cut(path, "/")
	return session.Key{App: app, ID: id}
}

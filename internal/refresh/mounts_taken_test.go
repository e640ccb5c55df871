package refresh_test

import (
	"fmt"
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// Which mounts are taken for what was there before, and what that pass may do (refresh
// contract, section 3, "The root is missing").

// foreign returns another server's tree: the same names, and in every so manyth file
// content of its own.
func (r *rig) foreign(like *node, every int) *node {
	n, i := r.tree.copyOf(like, 3), 0
	n.eachFile(func(f *node) {
		if i++; i%every == 0 {
			f.data = []byte("valid foreign")
		}
	})
	return n
}

// Another mount is taken where it holds a valid file for half of the sessions, and half
// of these have the content in memory.
func TestTakesTheSameTree(t *testing.T) {
	tests := []struct {
		name                  string
		same, another, absent int // of the files in a.b; the rest are invalid
		wrong                 int
		taken                 bool
	}{
		{name: "the same", same: 60, taken: true},
		{name: "half are there", same: 30, absent: 30, taken: true},
		{name: "less than half are there", same: 29, absent: 31},
		{name: "half are valid", same: 30, wrong: 30, taken: true},
		{name: "less than half are valid", same: 29, wrong: 31},
		{name: "less than half are valid, and more are there", same: 20, wrong: 20, absent: 20},
		{name: "half of these are the same", same: 30, another: 30, taken: true},
		{name: "less than half of these are the same", same: 29, another: 31},
		{name: "a quarter is the same", same: 15, another: 15, absent: 30, taken: true},
		{name: "names alone", another: 60},
		{name: "nothing", absent: 60},
	}
	for _, path := range []string{"", abovePath, "a.b"} {
		for _, trigger := range []session.Trigger{session.TriggerSocket, session.TriggerResync} {
			for _, test := range tests {
				t.Run(test.name+" at "+path+" by "+string(trigger), func(t *testing.T) {
					r, disk := onDisk(t, refresh.Config{SettleMany: settleMany, Follow: true}, path, 60)
					if path != "a.b" { // in a.b alone there are as many as in the table
						r.tree.remove("c.d")
						r.refresh()
					}
					r.clock.pass(time.Minute)
					before := r.contents()
					older := r.tree.copyOf(r.tree.unmount(path), 3)
					r.tree.mountOn(path, older)
					for i := range 60 {
						switch file := numbered("a.b", i); {
						case i < test.same:
						case i < test.same+test.another:
							r.tree.write(file, "valid older")
						case i < test.same+test.another+test.wrong:
							r.tree.write(file, "wrong")
						default:
							r.tree.remove(file)
						}
					}
					r.tree.write("a.b/new", "valid")
					report := r.by(trigger)
					if !test.taken {
						r.inMemory(before)
						if len(report.Errors) != 1 || report.Errors[0].ErrCode != int(session.ErrOtherMount) {
							t.Fatalf("errors %v, want that it is another mount", report.Errors)
						}
						// It is as it was before when that disk is there.
						r.tree.unmount(path)
						r.tree.mountOn(path, disk)
						r.by(trigger)
						r.unsettledAre(nil)
						return
					}
					if report.Removed != 0 || report.Admitted != 0 || report.Updated != test.another {
						t.Errorf("taking it: %+v", report.Counts)
					}
					// What it lacks goes through the brake, whatever the trigger.
					gone := test.absent + test.wrong
					r.rest()
					if gone > 20 {
						r.remain(len(before), gone)
					}
					r.clock.pass(settleMany - settle - time.Millisecond)
					r.look(keyOf("a.b/"))
					if _, has := r.sessions[keyOf("a.b/new")]; has {
						t.Error("admitted before the mount proved to stay")
					}
					r.quiet()
					r.remain(len(before)-gone+1, 0)
				})
			}
		}
	}
}

// The pass that takes a mount removes nothing, also where it would be the second look
// that agrees, or the one that lets held removals count.
func TestTakingRemovesNothing(t *testing.T) {
	bad := map[string]func(r *rig, i int){
		"absent":  func(r *rig, i int) { r.tree.remove(numbered("a.b", i)) },
		"invalid": func(r *rig, i int) { r.tree.write(numbered("a.b", i), "wrong") },
	}
	for how, edit := range bad {
		for _, path := range []string{"", "a.b"} {
			for gone, before := range map[int]time.Duration{1: settle, 25: settleMany + settle} {
				t.Run(fmt.Sprintf("%d %s at %q", gone, how, path), func(t *testing.T) {
					r := startedWithMany(t, 60)
					for i := range gone {
						edit(r, i)
					}
					r.look(keyOf("a.b/"))
					if gone > 1 {
						r.rest()
					}
					r.clock.pass(before)
					r.tree.bind(path)
					report := r.by(session.TriggerSocket)
					if report.Removed != 0 {
						t.Errorf("taking it: %+v", report.Counts)
					}
					r.quiet()
					r.remain(61-gone, 0)
				})
			}
		}
	}
}

// What changes while it is read, or cannot be read, says nothing about whose tree it is.
func TestTakingNeedsWhatCanBeRead(t *testing.T) {
	faults := map[string]func(r *rig){
		"unsteady": func(r *rig) { r.tree.faults.unsteady = func(string) bool { return true } },
		"EIO":      func(r *rig) { r.tree.failing(readFile, "*", errIO) },
		"folders":  func(r *rig) { r.tree.failing(openFolder, "*", errIO) },
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			r := startedWithMany(t, 3)
			r.tree.bind("")
			fault(r)
			r.full()
			r.wrong(keys{session.Key{}: otherDevice(session.Key{})})
			r.tree.faults.unsteady, r.tree.faults.of = nil, nil
			r.full()
			r.wrong(nil)
		})
	}
}

// The answer to a request that took a mount says what is held back.
func TestAnswerThatTakesAMount(t *testing.T) {
	r, disk := onDisk(t, refresh.Config{SettleMany: settleMany}, "", 60)
	r.tree.unmount("")
	r.tree.mountOn("", disk)
	r.removeMany("a.b", 0, 25)
	report := r.refresh()
	counts(t, report, session.Counts{Checked: 36, Unchanged: 36})
	r.remain(61, 25)
	if len(report.Unsettled) != 25 || report.Unsettled[0].Reason != session.ReasonManyGone {
		t.Errorf("unsettled %v", report.Unsettled)
	}
	// Whoever asks once more is shown what is gone.
	r.clock.pass(time.Second)
	counts(t, r.refresh(), session.Counts{Checked: 36, Unchanged: 36, Removed: 25})
}

// What has the right to be admitted keeps it while a mount is taken.
func TestTakingKeepsTheRightToBeAdmitted(t *testing.T) {
	r := newRigWith(t, refresh.Config{SettleMany: settleMany}, "a.b/1", "valid 1", "a.b/2", "valid 2", "a.b/3", "valid 3")
	r.tree.lock("a.b/1", true)
	r.full()
	r.clock.pass(time.Minute)
	r.tree.lock("a.b/1", false)
	r.tree.bind("")
	r.by(session.TriggerPoll)
	r.inMemory(keys{two: "valid 2", three: "valid 3"})
	r.by(session.TriggerPoll)
	r.inMemory(keys{one: "valid 1", two: "valid 2", three: "valid 3"})
}

// The right outlives another mount that is taken right after the first.
func TestTakingTwiceKeepsTheRightToBeAdmitted(t *testing.T) {
	r := newRigWith(t, refresh.Config{SettleMany: settleMany}, "a.b/1", "valid 1", "a.b/2", "valid 2", "a.b/3", "valid 3")
	r.tree.lock("a.b/1", true)
	r.full()
	r.tree.lock("a.b/1", false)
	for range 3 {
		r.clock.pass(time.Minute)
		r.tree.bind("")
		r.by(session.TriggerPoll)
	}
	r.inMemory(keys{two: "valid 2", three: "valid 3"})
	r.by(session.TriggerPoll)
	r.inMemory(keys{one: "valid 1", two: "valid 2", three: "valid 3"})
}

// TestTakeRoot takes what is there as it is, however little it has of what was there.
func TestTakeRoot(t *testing.T) {
	take := refresh.Request{Trigger: session.TriggerSocket, Full: true, TakeRoot: true}
	tests := map[string]struct {
		disk string
		goes func(r *rig)
		want keys
	}{
		"a foreign tree":       {"", func(r *rig) { r.tree.mountOn("", r.foreign(r.tree.unmount(""), 1)) }, nil},
		"an empty one":         {"", func(r *rig) { r.tree.unmount("") }, keys{}},
		"none":                 {"", func(r *rig) { r.tree.eject("") }, keys{}},
		"none, and none above": {abovePath, func(r *rig) { r.tree.eject(abovePath) }, keys{}},
		"none above":           {abovePath, func(r *rig) { r.tree.unmount(abovePath) }, keys{}},
		"an empty app folder":  {"a.b", func(r *rig) { r.tree.unmount("a.b") }, keys{other: "valid"}},
		"no app folder":        {"a.b", func(r *rig) { r.tree.eject("a.b") }, keys{other: "valid"}},
		"a foreign app folder": {"a.b", func(r *rig) { r.tree.mountOn("a.b", r.foreign(r.tree.unmount("a.b"), 1)) }, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, _ := onDisk(t, refresh.Config{SettleMany: settleMany}, test.disk, 30)
			before := r.contents()
			test.goes(r)
			r.by(session.TriggerSocket)
			r.clock.pass(settleMany)
			r.inMemory(before)
			report := r.answer(take)
			want := test.want
			if want == nil {
				want = keys{}
				for key := range before {
					if want[key] = "valid foreign"; key == other && test.disk == "a.b" {
						want[key] = "valid"
					}
				}
			}
			r.inMemory(want)
			if len(report.Unsettled) != 0 || report.Removed != len(before)-len(want) {
				t.Errorf("report %+v", report)
			}
			r.unsettledAre(nil)
			// It is the tree from now on.
			r.clock.pass(time.Minute)
			r.by(session.TriggerResync)
			r.unsettledAre(nil)
		})
	}
}

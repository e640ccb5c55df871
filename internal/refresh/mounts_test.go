package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// Mounts that come and go (refresh contract, section 3, "The root is missing").

// onDisk returns a rig after its start-up pass with sessions in a.b and one in c.d,
// where what is at a path is a file system of its own, and that file system.
func onDisk(t tester, cfg refresh.Config, path string, files int) (*rig, *node) {
	t.Helper()
	r := newRigWith(t, cfg, "c.d/1", "valid")
	r.restoreMany("a.b", 0, files)
	disk := r.tree.copyOf(r.tree.at(path), 2)
	r.tree.remove(path)
	r.tree.folder(path)
	r.tree.mountOn(path, disk)
	r.full()
	r.remain(files+1, 0)
	r.clock.pass(time.Minute)
	return r, disk
}

// looks looks at everything in all ways that there are, and waits in between.
func (r *rig) looks() {
	r.t.Helper()
	for _, trigger := range []session.Trigger{
		session.TriggerWatch, session.TriggerSocket, session.TriggerSignal, session.TriggerPoll, session.TriggerResync,
	} {
		r.by(trigger)
		r.clock.pass(rested)
		r.look("a.b/", "c.d/1")
		r.clock.pass(settle)
		r.look("a.b/")
		r.clock.pass(11 * settleMany)
		r.by(trigger)
		r.open()
	}
}

// While a mount is away, or another one is there, all that came from it is kept.
func TestMountIsAway(t *testing.T) {
	tests := []struct {
		name   string
		disk   string // what is a file system of its own
		goes   func(r *rig)
		stands session.Key
		back   func(r *rig) // to what it was; nil: by another mount of the same
	}{
		{name: "unmounted at the root", goes: func(r *rig) { r.tree.unmount("") }},
		{name: "unmounted above", disk: abovePath, goes: func(r *rig) { r.tree.unmount(abovePath) }},
		{name: "unmounted above, with a folder of that name beneath", disk: abovePath, goes: func(r *rig) {
			r.tree.unmount(abovePath)
			r.tree.folder("")
		}},
		{name: "unmounted above, reached through a link", disk: abovePath, goes: func(r *rig) { r.tree.unmount(abovePath) }},
		{name: "unmounted below", disk: "a.b", stands: "a.b/", goes: func(r *rig) { r.tree.unmount("a.b") }},
		{name: "mount point of the root gone with it", goes: func(r *rig) { r.tree.eject("") }},
		{name: "mount point above gone with it", disk: abovePath, goes: func(r *rig) { r.tree.eject(abovePath) }},
		{name: "mount point below gone with it", disk: "a.b", stands: "a.b/", goes: func(r *rig) { r.tree.eject("a.b") }},
		{
			name: "mounted over the root",
			goes: func(r *rig) { r.tree.mount("", 3) }, back: func(r *rig) { r.tree.unmount("") },
		},
		{
			name: "mounted over the root, the same device",
			goes: func(r *rig) { r.tree.mount("", 2) }, back: func(r *rig) { r.tree.unmount("") },
		},
		{
			name: "mounted over above", disk: abovePath,
			goes: func(r *rig) { r.tree.mount(abovePath, 3) }, back: func(r *rig) { r.tree.unmount(abovePath) },
		},
		{
			name: "mounted over below", disk: "a.b", stands: "a.b/",
			goes: func(r *rig) { r.tree.mount("a.b", 3) }, back: func(r *rig) { r.tree.unmount("a.b") },
		},
		{
			name: "mounted over a folder of the root's mount", stands: "a.b/",
			goes: func(r *rig) { r.tree.mount("a.b", 3) }, back: func(r *rig) { r.tree.unmount("a.b") },
		},
		{name: "a foreign tree", goes: func(r *rig) { r.tree.mountOn("", r.foreign(r.tree.unmount(""), 1)) }},
		{
			name: "a foreign tree below", disk: "a.b", stands: "a.b/",
			goes: func(r *rig) { r.tree.mountOn("a.b", r.foreign(r.tree.unmount("a.b"), 1)) },
		},
		{name: "a foreign tree above", disk: abovePath, goes: func(r *rig) {
			r.tree.mountOn(abovePath, r.foreign(r.tree.unmount(abovePath), 1))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, disk := onDisk(t, refresh.Config{SettleMany: settleMany, Follow: true}, test.disk, 30)
			if test.name == "unmounted above, reached through a link" {
				r.tree.link()
				r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true, TakeRoot: true})
			}
			before := r.contents()
			test.goes(r)
			r.looks()
			r.inMemory(before)
			r.wrong(keys{test.stands: otherDevice(test.stands)})
			r.unsettledAre(keys{test.stands: session.ReasonUnreadable})

			if test.back != nil {
				test.back(r)
			} else {
				r.tree.unmount(test.disk)
				r.tree.folder(test.disk)
				disk.moveTo(4)
				r.tree.mountOn(test.disk, disk)
			}
			r.retryUntil(test.stands)
			r.inMemory(before)
			r.unsettledAre(nil)
			r.wrong(nil)
			// It is what the sessions came from again: an edit is seen.
			r.tree.write(numbered("a.b", 0), "valid 2")
			counts(t, r.look("a.b/n000"), session.Counts{Checked: 1, Updated: 1})
		})
	}
}

// The end of a bind mount leaves the device what it was; and the folder that it hid.
func TestBindMountEnds(t *testing.T) {
	for _, path := range []string{"", abovePath, "a.b"} {
		r := newRigWith(t, refresh.Config{SettleMany: settleMany}, "c.d/1", "valid")
		r.restoreMany("a.b", 0, 30)
		elsewhere := r.tree.away(path)
		r.tree.folder(path)
		if path == "a.b" {
			r.tree.write("c.d/1", "valid")
		}
		r.tree.mountOn(path, elsewhere)
		r.full()
		r.clock.pass(time.Minute)
		before := r.contents()
		r.remain(31, 0)
		r.tree.unmount(path)
		r.looks()
		r.inMemory(before)
		r.tree.mountOn(path, elsewhere)
		r.quietly()
		r.inMemory(before)
		r.unsettledAre(nil)
	}
}

// quietly runs all looks that are due, at what is unreadable too.
func (r *rig) quietly() {
	r.t.Helper()
	for range 100 {
		if _, due := r.memory.NextLook(r.clock.read()); !due {
			return
		}
		r.retry()
	}
}

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
						if len(report.Errors) != 1 || report.Errors[0].ErrCode != 18 {
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
					r.look("a.b/")
					if _, has := r.sessions["a.b/new"]; has {
						t.Error("admitted before the mount proved to stay")
					}
					r.quiet()
					r.remain(len(before)-gone+1, 0)
				})
			}
		}
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

// An app folder that is a mount of its own is held against its own sessions, also
// where the root is on another mount and the same tree otherwise.
func TestNestedMountIsComparedForItself(t *testing.T) {
	r, below := onDisk(t, refresh.Config{SettleMany: settleMany}, "a.b", 10)
	for i := range 30 {
		r.tree.write(numbered("c.d", i), "valid")
	}
	r.open()
	r.remain(41, 0)
	before := r.contents()
	r.clock.pass(time.Minute)
	r.tree.unmount("a.b")
	r.tree.bind("") // the disk of the root is back, that of the folder is not
	r.looks()
	r.inMemory(before)
	r.unsettledAre(keys{"a.b/": session.ReasonUnreadable})
	r.tree.mountOn("a.b", below)
	r.quietly()
	r.inMemory(before)
	r.unsettledAre(nil)
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

// Where no session is in memory a mount is taken, and so it is after an absence that
// counted.
func TestMountAfterADeletion(t *testing.T) {
	r, disk := onDisk(t, refresh.Config{SettleMany: settleMany}, abovePath, 30)
	older := r.tree.copyOf(disk, 3)
	r.tree.remove("")
	r.refresh()
	r.remain(0, 0)
	r.tree.unmount(abovePath)
	r.by(session.TriggerPoll)
	r.unsettledAre(nil)
	r.tree.mountOn(abovePath, older)
	r.open()
	r.remain(31, 0)
}

// The brake holds what goes while the mount stays, and a mount that goes meanwhile keeps
// it for good.
func TestMountGoesWhileRemovalsAreHeld(t *testing.T) {
	r, disk := onDisk(t, refresh.Config{SettleMany: settleMany}, "", 30)
	r.removeMany("a.b", 0, 25)
	r.watched("a.b")
	r.remain(31, 25)
	r.tree.unmount("")
	r.by(session.TriggerPoll)
	r.remain(31, 0)
	r.looks()
	r.remain(31, 0)
	r.tree.mountOn("", disk)
	r.restoreMany("a.b", 0, 25)
	r.quietly()
	r.remain(31, 0)
	r.unsettledAre(nil)
}

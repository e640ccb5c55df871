package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/mobileapps"
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
		r.look(keyOf("a.b/"), keyOf("c.d/1"))
		r.clock.pass(settle)
		r.look(keyOf("a.b/"))
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
		{name: "unmounted below", disk: "a.b", stands: keyOf("a.b/"), goes: func(r *rig) { r.tree.unmount("a.b") }},
		{name: "mount point of the root gone with it", goes: func(r *rig) { r.tree.eject("") }},
		{name: "mount point above gone with it", disk: abovePath, goes: func(r *rig) { r.tree.eject(abovePath) }},
		{name: "mount point below gone with it", disk: "a.b", stands: keyOf("a.b/"), goes: func(r *rig) { r.tree.eject("a.b") }},
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
			name: "mounted over below", disk: "a.b", stands: keyOf("a.b/"),
			goes: func(r *rig) { r.tree.mount("a.b", 3) }, back: func(r *rig) { r.tree.unmount("a.b") },
		},
		{
			name: "mounted over a folder of the root's mount", stands: keyOf("a.b/"),
			goes: func(r *rig) { r.tree.mount("a.b", 3) }, back: func(r *rig) { r.tree.unmount("a.b") },
		},
		{name: "a foreign tree", goes: func(r *rig) { r.tree.mountOn("", r.foreign(r.tree.unmount(""), 1)) }},
		{
			name: "a foreign tree below", disk: "a.b", stands: keyOf("a.b/"),
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
			counts(t, r.look(keyOf("a.b/n000")), session.Counts{Checked: 1, Updated: 1})
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

// The folder with the link to the root may be on a mount that goes, too.
func TestMountOfTheLinkIsAway(t *testing.T) {
	r := newRigWith(t, refresh.Config{SettleMany: settleMany}, "a.b/1", "valid 1")
	r.tree.link()
	r.tree.linkOn = mobileapps.Mount{ID: 100, Device: homeDev}
	r.full()
	r.clock.pass(time.Minute)
	there := *r.tree.linked
	r.tree.linkOn = homeMount
	r.tree.linked = r.tree.disk(homeDev)
	r.refresh()
	r.looks()
	r.inMemory(keys{one: "valid 1"})
	r.wrong(keys{session.Key{}: otherDevice(session.Key{})})
	r.tree.linked, r.tree.linkOn = &there, mobileapps.Mount{ID: 101, Device: homeDev}
	r.quietly()
	r.wrong(nil)
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
	r.unsettledAre(keys{keyOf("a.b/"): session.ReasonUnreadable})
	r.tree.mountOn("a.b", below)
	r.quietly()
	r.inMemory(before)
	r.unsettledAre(nil)
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

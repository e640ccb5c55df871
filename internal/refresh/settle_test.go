package refresh_test

import (
	"fmt"
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// An invalid or deleted verdict counts once two looks agree that are a settle
// time apart, and not a moment earlier (refresh contract, section 4).
func TestTwoLooks(t *testing.T) {
	edits := map[string]func(*tree){
		"invalid":     func(tree *tree) { tree.write("a.b/1", "wrong 1") },
		"deleted":     func(tree *tree) { tree.remove("a.b/1") },
		"folder gone": func(tree *tree) { tree.remove("a.b") },
		"root gone":   func(tree *tree) { tree.remove("") },
	}
	for name, edit := range edits {
		for _, between := range []time.Duration{time.Millisecond, settle, time.Second, 5 * time.Second} {
			t.Run(name+", settle "+between.String(), func(t *testing.T) {
				r := newRigWith(t, refresh.Config{Settle: between}, "a.b/1", "valid 1")
				r.full()
				r.clock.pass(time.Minute)
				edit(r.tree)

				counts(t, r.full(), session.Counts{Checked: len(r.tree.files())})
				r.unsettledAre(keys{one: session.ReasonInMotion})
				for range 9 { // more looks agree no better
					r.clock.pass((between - 1) / 9)
					changed(t, r.full())
				}
				r.inMemory(keys{one: "valid 1"})
				r.clock.pass(9)
				if report := r.full(); report.Removed != 1 {
					t.Errorf("not removed after a settle time: %+v", report)
				}
				r.inMemory(nil)
				r.unsettledAre(nil)
			})
		}
	}
}

// The looks of a slow pass are as far apart as from the end of one to the
// beginning of the next.
func TestSlowLooks(t *testing.T) {
	r := started(t, "a.b/1", "valid")
	r.tree.write("a.b/1", "wrong")
	r.tree.faults.during = func(string) { r.clock.pass(settle) }
	r.full()
	r.clock.pass(settle - 1)
	changed(t, r.full())
	r.inMemory(keys{one: "valid"})
}

// TestLooksThatDisagree edits between two looks that would have agreed.
func TestLooksThatDisagree(t *testing.T) {
	tests := []struct {
		name        string
		first, then func(*tree)
		removed     bool // by the second look
	}{
		{
			"still invalid, but written again",
			func(tree *tree) { tree.write("a.b/1", "wrong 1") },
			func(tree *tree) { tree.write("a.b/1", "wrong 2") }, false,
		},
		{
			"still invalid, touched",
			func(tree *tree) { tree.write("a.b/1", "wrong 1") },
			func(tree *tree) { tree.touch("a.b/1", 0) }, false,
		},
		{
			"still invalid, swapped",
			func(tree *tree) { tree.write("a.b/1", "wrong 1") },
			func(tree *tree) { tree.swap("a.b/1", "wrong 1") }, false,
		},
		{
			"invalid, then absent",
			func(tree *tree) { tree.write("a.b/1", "wrong 1") },
			func(tree *tree) { tree.remove("a.b/1") }, false,
		},
		{
			"absent, then invalid",
			func(tree *tree) { tree.remove("a.b/1") },
			func(tree *tree) { tree.write("a.b/1", "wrong 1") }, false,
		},
		{
			"absent, its folder changed",
			func(tree *tree) { tree.remove("a.b/1") },
			func(tree *tree) { tree.write("a.b/x", "valid") }, false,
		},
		{
			"absent, its folder gone",
			func(tree *tree) { tree.remove("a.b/1") },
			func(tree *tree) { tree.remove("a.b") }, false,
		},
		{
			"folder absent, the root changed",
			func(tree *tree) { tree.remove("a.b") },
			func(tree *tree) { tree.folder("c.d") }, false,
		},
		{
			"folder absent, another folder changed",
			func(tree *tree) { tree.remove("a.b") },
			func(tree *tree) { tree.write("e.f/2", "valid") }, true,
		},
		{
			"root absent, and another folder beside it",
			func(tree *tree) { tree.remove("") },
			func(tree *tree) { tree.at(abovePath).mtime++ }, false,
		},
		{
			"absent, another file of the folder written in place",
			func(tree *tree) { tree.remove("a.b/1") },
			func(tree *tree) { tree.write("a.b/2", "wrong") }, true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2", "e.f/1", "valid")
			test.first(r.tree)
			r.full()
			r.clock.pass(settle)
			test.then(r.tree)
			r.look(one)
			if _, kept := r.sessions[one]; kept == test.removed {
				t.Fatalf("removed by the second look: %t", !kept)
			}
			r.rest()
			if r.sessions[one] != nil {
				t.Error("it is kept at rest")
			}
		})
	}
}

// A verdict that was reached stays: the same file with the same signature need
// not settle again.
func TestVerdictStays(t *testing.T) {
	r := started(t, "a.b/1", "wrong 1")
	r.rest()
	r.tree.tick = time.Hour
	r.tree.touch("a.b/1", 0)
	r.rest()
	r.full()
	r.rest()
	r.wrong(keys{one: "mobi 3: The json file does not validate the json schema: wrong 1"})

	// The signature does not tell of these: there is nothing to settle.
	r.tree.write("a.b/1", "other 1")
	counts(t, r.full(), session.Counts{Checked: 1, Rejected: 1})
	r.wrong(keys{one: "mobi 1: The json file location does not match its content: other 1"})
	r.clock.set(-time.Minute)
	counts(t, r.full(), session.Counts{Checked: 1, Rejected: 1})

	r.tree.write("a.b/1", "wrong, and longer")
	counts(t, r.full(), session.Counts{Checked: 1})
	r.unsettledAre(keys{one: session.ReasonInMotion})
}

// A gap in which nothing could be seen parts the looks before it from those
// after it.
func TestLooksAroundAGap(t *testing.T) {
	gaps := map[string]func(r *rig) (repair func()){
		"of the root": func(r *rig) func() {
			r.tree.lock("", true)
			return func() { r.tree.lock("", false) }
		},
		"of the device": func(r *rig) func() {
			r.tree.mount("", 2)
			return func() { r.tree.unmount("") }
		},
		"of the folder": func(r *rig) func() {
			r.tree.lock("a.b", true)
			return func() { r.tree.lock("a.b", false) }
		},
	}
	edits := map[string]func(*tree){
		"invalid": func(tree *tree) { tree.write("a.b/1", "wrong 1") },
		"deleted": func(tree *tree) { tree.remove("a.b/1") },
	}
	for where, gap := range gaps {
		for what, edit := range edits {
			t.Run(what+", gap "+where, func(t *testing.T) {
				r := started(t, "a.b/1", "valid 1")
				edit(r.tree)
				r.full()
				r.clock.pass(settle)
				repair := gap(r)
				r.full()
				r.inMemory(keys{one: "valid 1"})
				r.clock.pass(settle)
				repair()
				r.full()
				r.inMemory(keys{one: "valid 1"})
				r.clock.pass(settle)
				r.full()
				r.inMemory(nil)
			})
		}
	}
}

// A look at the file alone that fails parts the looks, too.
func TestLooksAroundAnUnreadableLook(t *testing.T) {
	r := started(t, "a.b/1", "valid 1")
	r.tree.write("a.b/1", "wrong 1")
	r.full()
	r.clock.pass(settle)
	r.tree.failing(readFile, "a.b/1", errIO)
	r.full()
	r.clock.pass(settle)
	r.tree.faults.of = nil
	r.full()
	r.inMemory(keys{one: "valid 1"})
	r.clock.pass(settle)
	r.full()
	r.inMemory(nil)
}

// What is unreadable is looked at again at longer and longer intervals, up to an
// eighth earlier; looks that something else asked for do not make them longer.
func TestBackOff(t *testing.T) {
	r := started(t, "a.b/1", "valid 1")
	r.tree.lock("a.b/1", true)
	r.full()
	const ms = time.Millisecond
	for i, want := range []time.Duration{250 * ms, 500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 8000 * ms, 16000 * ms, 30000 * ms, 30000 * ms} {
		for range 10 {
			r.look(one)
		}
		if wait, _ := r.memory.NextLook(r.clock.read()); wait > want || wait < want-want/8 {
			t.Errorf("wait %d is %v, want %v or up to an eighth less", i, wait, want)
		}
		r.retry()
	}
}

// TestManyUnreadable has many files become unreadable at any time within a while: the
// looks at them in vain are few, and are made in few passes.
func TestManyUnreadable(t *testing.T) {
	const (
		files = 8000
		batch = 100
		rest  = 5 * time.Minute
	)
	clock := newClock()
	tree := newTree(clock.read, fineTick)
	path := func(i int) string { return fmt.Sprintf("a.n%d/%d", i%4, i) }
	for i := range files {
		tree.write(path(i), "valid")
	}
	clock.pass(time.Minute)
	memory := refresh.New(refresh.Config{Tree: tree, Judge: judge{}, Settle: settle, Clock: clock.read})
	memory.Pass(refresh.Request{Trigger: session.TriggerStartup, Full: true})

	passes, looks := 0, 0
	retry := func(until time.Duration) {
		for {
			now := clock.read()
			wait, due := memory.NextLook(now)
			if !due || now.Mono+wait > until {
				clock.pass(until - now.Mono)
				return
			}
			clock.pass(wait)
			keys := memory.Due(clock.read())
			memory.Pass(refresh.Request{Trigger: session.TriggerRetry, Keys: keys})
			passes, looks = passes+1, looks+len(keys)
			clock.pass(10 * time.Millisecond)
		}
	}
	for i := 0; i < files; i += batch {
		var keys []session.Key
		for j := i; j < i+batch; j++ {
			tree.lock(path(j), true)
			keys = append(keys, keyOf(path(j)))
		}
		memory.Pass(refresh.Request{Trigger: session.TriggerWatch, Keys: keys})
		retry(clock.read().Mono + 337*time.Millisecond)
	}
	retry(clock.read().Mono + rest) // they have just become unreadable, and are looked at more often
	passes, looks = 0, 0
	retry(clock.read().Mono + rest)
	if most := int(rest / (4 * time.Millisecond)); looks > most {
		t.Errorf("%d looks in %v, want %d at most", looks, rest, most)
	}
	if passes > 150 {
		t.Errorf("%d passes in %v, want 150 at most", passes, rest)
	}
}

package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// knows reports whether the last pass found an app folder where it is now.
func (r *rig) knows(app string) bool {
	r.t.Helper()
	root, err := r.tree.Open()
	if err != nil {
		r.t.Fatalf("%v", err)
	}
	defer root.Close()
	mount := mobileapps.Mount{}
	if folder, err := root.Open(app); err == nil {
		defer folder.Close()
		mount = folder.Mount()
	}
	return r.memory.Origin().Knows(root.Signature(), root.Mount(), app, mount)
}

// What was mounted over an app folder, or has gone from it, is not known until a pass has
// found it, and accepts it; nor is a root that took the place of another.
func TestOriginKnowsNoMountBeforeAPass(t *testing.T) {
	r := newRig(t, "a.b/1", "valid 1", "c.d/2", "valid 2")
	r.full()
	known := func(when string, ab bool) {
		t.Helper()
		if r.knows("a.b") != ab || !r.knows("c.d") {
			t.Errorf("%s, a.b is known: %t, c.d: %t", when, r.knows("a.b"), r.knows("c.d"))
		}
	}
	known("at first", true)
	r.tree.mount("a.b", 7)
	known("mounted over", false)
	r.look(keyOf("a.b/"))
	known("mounted over, and not accepted", false)
	r.tree.unmount("a.b")
	known("as before", true)

	r.tree.mountOn("a.b", r.tree.copyOf(r.tree.at("a.b"), 8))
	known("a copy mounted over it", false)
	r.look(keyOf("a.b/"))
	known("a copy that a pass accepted", true)
	r.tree.unmount("a.b")
	known("without the copy", false)
	r.clock.pass(time.Minute)
	r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true})
	known("without the copy, which a pass has seen", true)
}

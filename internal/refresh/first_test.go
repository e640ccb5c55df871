package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// TestTriggerOfFirstLook has one pass find what another confirms: the change is told
// with the trigger of the first (refresh contract, section 5).
func TestTriggerOfFirstLook(t *testing.T) {
	const (
		watch  = session.TriggerWatch
		socket = session.TriggerSocket
		retry  = session.TriggerRetry
	)
	deleted := func(r *rig) { r.tree.remove("a.b/1") }
	invalid := func(r *rig) { r.tree.write("a.b/1", "wrong 1") }
	tests := map[string]struct {
		change        func(r *rig)
		first, second session.Trigger
		want          session.Trigger
	}{
		"deleted":                         {deleted, watch, retry, watch},
		"invalid":                         {invalid, watch, retry, watch},
		"invalid, confirmed by a request": {invalid, watch, socket, watch},
		"unreadable, then invalid": {func(r *rig) {
			r.tree.lock("a.b/1", true)
			r.look(one)
			r.tree.lock("a.b/1", false)
			invalid(r)
		}, socket, retry, socket}, // no look before found anything
		"edited": {func(r *rig) { r.tree.write("a.b/1", "valid 2") }, watch, retry, watch},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2")
			test.change(r)
			var got []session.Trigger
			for _, trigger := range []session.Trigger{test.first, test.second} {
				result := r.pass(refresh.Request{Trigger: trigger, Keys: []session.Key{one}})
				for _, c := range result.Changes {
					got = append(got, result.TriggerOf(c))
				}
				r.clock.pass(settle)
			}
			diff(t, "triggers", []session.Trigger{test.want}, got)
		})
	}
}

// TestTriggerAfterHold has the brake hold back many removals, which later looks confirm
// or somebody asks for.
func TestTriggerAfterHold(t *testing.T) {
	const n = 40
	for _, asked := range []bool{false, true} {
		r := startedWithMany(t, n)
		for i := range n {
			r.tree.remove(numbered("a.b", i))
		}
		r.pass(refresh.Request{Trigger: session.TriggerPoll, Full: true})
		removed := 0
		count := func(result refresh.Result) {
			for _, c := range result.Changes {
				removed++
				if got := result.TriggerOf(c); got != session.TriggerPoll {
					t.Fatalf("asked for %t: told with the trigger %q", asked, got)
				}
			}
		}
		for removed == 0 && r.memory.Held() < n {
			count(r.retry())
		}
		if asked {
			count(r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true}))
		}
		for i := 0; removed < n && i < 100; i++ {
			r.clock.pass(time.Second)
			count(r.retry())
		}
		if removed != n {
			t.Errorf("asked for %t: %d sessions removed, want %d", asked, removed, n)
		}
	}
}

package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// On a file system without a ctime of its own an edit may leave the signature as it
// was. What somebody asked for finds it all the same, and so do the resync and an event;
// polls, which come every two seconds, and looks at what is unsettled believe it.
func TestNoCtime(t *testing.T) {
	const path = "a.b/1"
	for _, on := range []mobileapps.FileSystem{{NoCtime: true}, {}} {
		for trigger, finds := range map[session.Trigger]bool{
			session.TriggerSocket: true,
			session.TriggerSignal: true,
			session.TriggerOpen:   true,
			session.TriggerEdit:   true,
			session.TriggerResync: true,
			session.TriggerWatch:  true,
			session.TriggerPoll:   false,
			session.TriggerRetry:  false,
		} {
			for name, req := range map[string]refresh.Request{
				"full":   {Trigger: trigger, Full: true},
				"folder": {Trigger: trigger, Keys: []session.Key{{App: "a.b"}}},
				"file":   {Trigger: trigger, Keys: []session.Key{keyOf(path)}},
			} {
				t.Run(string(trigger)+" "+name, func(t *testing.T) {
					r := newRig(t, path, "valid 1", "a.b/2", "valid 2")
					r.tree.on = on
					r.full()
					r.clock.pass(rested)
					r.full()
					r.clock.pass(time.Minute)
					r.tree.rewrite(path, "valid 3")
					want := "valid 1"
					if finds && on.NoCtime {
						want = "valid 3"
					}
					r.pass(req)
					r.inMemory(keys{keyOf(path): want, keyOf("a.b/2"): "valid 2"})
				})
			}
		}
	}
}

package cli

import (
	"strings"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// The status of a follower says whom it follows and how old what it shows is, that of an
// authority what keeps it from publishing.
func TestStatusOfReplica(t *testing.T) {
	for name, test := range map[string]struct {
		replica api.Replica
		want    []string
	}{
		"following": {
			replica: api.Replica{Role: api.RoleFollower, Name: "main", Node: "south", Authority: "north", State: "following", Epoch: 2, Head: 7, Age: 0.4, Sum: "abc", Engine: "nats-server 2.15.3"},
			want:    []string{"as node north had them 0.4 s ago", "Root         /srv/4D/MobileApps, at node north", "Changes      none: ask north", "Last change", "node north, the authority of main as node south: following", "epoch 2, pass 7, 0.4 s ago, sum abc", "nats-server 2.15.3"},
		},
		"nothing yet": {
			replica: api.Replica{Role: api.RoleFollower, Name: "main", Node: "south", State: "loading", Reason: "nobody answers"},
			want:    []string{"Not ready: there is nothing to show yet: nobody answers", "the authority of main as node south: loading: nobody answers"},
		},
		"held": {
			replica: api.Replica{Role: api.RoleAuthority, Name: "main", Node: "north", State: "held", Reason: "would remove 30 of 30"},
			want:    []string{"Followers", "publishes main as node north: held: would remove 30 of 30"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := api.Status{Passes: 1, StartedAt: started(), Watch: api.Watch{Mode: "off"}, LastSuccess: today(), Replica: &test.replica}
			if follows := test.replica.Role == api.RoleFollower; follows && test.replica.Authority != "" {
				s.Write.Reason = "ask north"
				s.Root, s.Admit, s.LastPass = "/srv/4D/MobileApps", "follow", &session.PassSummary{StartedAt: today()}
			} else if follows {
				s.Passes, s.Hints = 0, []api.Hint{{Code: api.HintReplicaAway, Text: "there is nothing to show yet: nobody answers"}}
			}
			got := drawn(t, false, func(p *page) { p.status(&s) })
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("there is no %q in:\n%s", want, got)
				}
			}
			for _, files := range []string{"Watching", "Last pass", "Last success", "checked", "idle"} {
				if test.replica.Role == api.RoleFollower && strings.Contains(got, files) {
					t.Errorf("a follower has no files, and there is %q in:\n%s", files, got)
				}
			}
		})
	}
}

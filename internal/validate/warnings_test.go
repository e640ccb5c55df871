package validate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

func TestWarnings(t *testing.T) {
	const odd = "session.id is not the SHA-1 of team.id, application.id and device.id"
	// sha1sum of "T1com.example.aD1" and of "com.example.aD1".
	const withTeam, withoutTeam = "e2b5842de6576864f9659617202eabcd86a20987", "72f076f89cc1db3c0439d08870abbfef646459ce"
	tests := []struct {
		name, team, device, id string
		want                   []string
	}{
		{"made by 4D", "T1", "D1", withTeam, nil},
		{"made by 4D without a team", "", "D1", withoutTeam, nil},
		{"no device", "T1", "", "x", nil},
		{"by hand", "T1", "D1", "x", []string{odd}},
		{"of another team", "", "D1", withTeam, []string{odd}},
		{"of another device", "T1", "D2", withTeam, []string{odd}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Warnings(sessiontest.New(session.Key{App: "com.example.a", ID: tt.id}, session.StatusAccepted, session.Details{
				Team:        session.Team{ID: tt.team},
				Application: session.Application{ID: "com.example.a"},
				Device:      session.Device{ID: tt.device},
			}))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

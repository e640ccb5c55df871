package daemon

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/replica"
)

// Whoever reads the log at night finds one line for what has happened, one more where it gets
// worse, and one when it is well again.
func TestReplicaLog(t *testing.T) {
	head := &replica.Head{By: "north", Epoch: 3, Sessions: 9}
	authority := func(state replica.State, reason string) replica.Status {
		return replica.Status{Role: replica.RoleAuthority, State: state, Reason: reason, Head: head}
	}
	follower := func(state replica.State, stale replica.Staleness, reason string) replica.Status {
		return replica.Status{Role: replica.RoleFollower, State: state, Reason: reason, Stale: stale, Head: head, Age: time.Second}
	}
	coded := func(s replica.Status, code replica.RefusalCode) replica.Status {
		s.Code = code
		return s
	}
	held := authority(replica.StateHeld, "would remove 30 of 30")
	held.Held = replica.Removals{Removed: 30, Keys: 30}
	lost := authority(replica.StateAway, "the stream was made again")
	lost.Losses = 1
	for name, test := range map[string]struct {
		tells []replica.Status
		want  []string
	}{
		"an authority that loses its servers": {
			tells: []replica.Status{
				authority(replica.StateSyncing, ""), authority(replica.StateLive, ""),
				authority(replica.StateAway, "refused"), authority(replica.StateAway, "timed out"), authority(replica.StateAway, "refused"),
				authority(replica.StateSyncing, ""), authority(replica.StateLive, ""),
			},
			want: []string{"info: publishing to followers", "warn: nothing is published to followers: refused", "info: publishing to followers again"},
		},
		"one whose credentials are wrong": {
			tells: []replica.Status{
				authority(replica.StateAway, "refused"), coded(authority(replica.StateAway, "wrong credentials"), replica.RefusedCredentials),
				coded(authority(replica.StateAway, "wrong credentials, again"), replica.RefusedCredentials),
			},
			want: []string{"warn: nothing is published to followers: refused", "warn: nothing is published to followers: wrong credentials"},
		},
		"one that is held, first by another": {
			tells: []replica.Status{
				authority(replica.StateWaiting, "nothing is loaded"), authority(replica.StateHeld, "another is at work (live)"),
				authority(replica.StateHeld, "another is at work (syncing)"), held, authority(replica.StateLive, ""),
			},
			want: []string{
				"info: nothing is published to followers yet: nothing is loaded", "warn: nothing is published to followers: another is at work (live)",
				"warn: nothing is published to followers: would remove 30 of 30", "info: publishing to followers",
			},
		},
		"one whose servers lost all": {
			tells: []replica.Status{authority(replica.StateLive, ""), lost, authority(replica.StateLive, "")},
			want:  []string{"info: publishing to followers", "warn: the stream was made again", "info: publishing to followers again"},
		},
		"a follower that loses its servers": {
			tells: []replica.Status{
				follower(replica.StateFollowing, replica.Fresh, ""), follower(replica.StateFollowing, replica.Fresh, "ended"),
				follower(replica.StateStale, replica.Stale, "refused"), follower(replica.StateStale, replica.Stale, "timed out"),
				follower(replica.StateStale, replica.Expired, "timed out"), follower(replica.StateFollowing, replica.Fresh, ""),
			},
			want: []string{
				"info: following node north", "warn: what is shown is old: refused",
				"warn: what is shown is so old that no token is checked any more: timed out", "info: following node north again",
			},
		},
		"one that notices nothing of a short gap": {
			tells: []replica.Status{
				follower(replica.StateFollowing, replica.Fresh, ""), follower(replica.StateFollowing, replica.Fresh, "ended"),
				coded(follower(replica.StateFollowing, replica.Fresh, "a right is lacking"), replica.RefusedPermission),
				follower(replica.StateFollowing, replica.Fresh, ""),
			},
			want: []string{"info: following node north"},
		},
		"one that never gets anything": {
			tells: []replica.Status{
				{Role: replica.RoleFollower, State: replica.StateLoading, Reason: "refused"},
				{Role: replica.RoleFollower, State: replica.StateLoading, Reason: "no answer"},
			},
			want: []string{"warn: there is nothing to show yet: refused"},
		},
		"one that reads what was not published": {
			tells: []replica.Status{follower(replica.StateDiverged, replica.Stale, "the sum"), follower(replica.StateDiverged, replica.Stale, "the sum again")},
			want:  []string{"warn: what is read is not what the authority published, however often; what was read before is shown: the sum"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.InfoLevel)
			l := newReplicaLog(zap.New(core), func() bool { return true })
			for i := range test.tells {
				l.tell(&test.tells[i])
			}
			if diff := cmp.Diff(test.want, linesOf(logs)); diff != "" {
				t.Errorf("wanted (-) and said (+): %s", diff)
			}
		})
	}
}

// linesOf returns what is in a log of an authority or a follower, with the level.
func linesOf(logs *observer.ObservedLogs) []string {
	var lines []string
	for _, entry := range logs.All() {
		if entry.LoggerName == "replica" && entry.Level > zap.DebugLevel {
			lines = append(lines, entry.Level.String()+": "+entry.Message)
		}
	}
	return lines
}

// warnings returns those of a node.
func warnings(n *node) []string {
	return slices.DeleteFunc(linesOf(n.logs), func(line string) bool { return !strings.HasPrefix(line, "warn: ") })
}

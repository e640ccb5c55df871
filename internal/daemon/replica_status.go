package daemon

import (
	"fmt"
	"math"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/metrics"
	"sessiond/internal/replica"
)

// replicaStatus returns what the status shows of an authority or a follower.
func replicaStatus(s *replica.Status, name, node string) *api.Replica {
	shown := &api.Replica{
		Role: string(s.Role), Name: name, Node: node, Engine: s.Engine,
		State: string(s.State), Reason: s.Reason, Code: string(s.Code),
		Age:   math.Round(s.Age.Seconds()*1000) / 1000,
		Fulls: s.Fulls, Mismatches: s.Mismatches, Losses: s.Losses, Fenced: s.Fenced,
		Pending: s.Pending, Omitted: s.Omitted,
	}
	if h := s.Head; h != nil {
		shown.Authority, shown.Epoch, shown.Head, shown.HeadAt = h.By, h.Epoch, h.N, h.At.UTC()
		shown.Sum = h.Sum.String()
	}
	if s.Held != (replica.Removals{}) {
		shown.WouldRemove = &api.Removals{Removed: s.Held.Removed, Sessions: s.Held.Keys}
	}
	return shown
}

// replicaMetrics returns what the metrics show of an authority or a follower.
func replicaMetrics(s replica.Status) metrics.Replica {
	shown := metrics.Replica{
		State: string(s.State), Age: s.Age,
		Fulls: s.Fulls, Mismatches: s.Mismatches, Losses: s.Losses, Fenced: s.Fenced,
		Pending: s.Pending, Omitted: s.Omitted,
	}
	if s.Head != nil {
		shown.Epoch = s.Head.Epoch
	}
	return shown
}

// lacks says what a reason keeps from happening, with a colon; it is empty where the view
// of a follower is there.
func lacks(s *replica.Status) string {
	switch {
	case s.Role == replica.RoleAuthority:
		return "nothing is published to followers: "
	case s.Head == nil:
		return "there is nothing to show yet: "
	}
	return ""
}

// replicaHints says what is odd about an authority or a follower and what to do about it.
// mute is why the two cannot ask each other.
func replicaHints(s *replica.Status, mute error) []api.Hint {
	var hints []api.Hint
	add := func(code api.HintCode, format string, args ...any) {
		hints = append(hints, api.Hint{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	switch {
	case s.Code != "":
		add(api.HintReplicaRefused, "%s%s", lacks(s), s.Reason)
	case s.State == replica.StateAway, s.State == replica.StateLoading:
		add(api.HintReplicaAway, "%s%s", lacks(s), s.Reason)
	case s.State == replica.StateHeld && s.Held != (replica.Removals{}):
		add(api.HintReplicaHeld, "nothing is published: %d of the %d sessions that followers have would be removed; bring the files back, or have an administrator run sessiond replica adopt where they are meant to be gone",
			s.Held.Removed, s.Held.Keys)
	case s.State == replica.StateHeld && s.Fenced > 0:
		add(api.HintReplicaFenced, "nothing is published: %s; stop one of the two, or give it another replica-name", s.Reason)
	case s.State == replica.StateHeld:
		add(api.HintReplicaHeld, "nothing is published: %s", s.Reason)
	case s.State == replica.StateDiverged:
		add(api.HintReplicaDiverged, "what is read is not what the authority published, and was read again %d times in vain; what is shown is %s old",
			s.Mismatches, s.Age.Round(time.Second))
	}
	if s.Role == replica.RoleFollower && s.Stale != replica.Fresh && s.State != replica.StateDiverged {
		text := fmt.Sprintf("what is shown is %s old", s.Age.Round(time.Second))
		if s.Code == "" && s.Reason != "" {
			text += ": " + s.Reason
		}
		add(api.HintReplicaStale, "%s", text)
	}
	switch {
	case mute == nil:
	case s.Role == replica.RoleAuthority:
		add(api.HintReplicaRefused, "followers get no answer about sessions that they lack: %v", mute)
	default:
		add(api.HintReplicaRefused, "the authority cannot be asked about sessions that are not here: %v", mute)
	}
	if s.Omitted > 0 {
		add(api.HintReplicaOmitted, "sessions or errors that are too large for the servers are not published: %d; raise max_payload there", s.Omitted)
	}
	return hints
}

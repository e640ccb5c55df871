package cli

import (
	"fmt"
	"time"

	"sessiond/internal/api"
)

func isFollower(s *api.Status) bool {
	return s.Replica != nil && s.Replica.Role == api.RoleFollower
}

// shownBy is whose sessions a follower shows, and how old they are.
func shownBy(r *api.Replica) string {
	return fmt.Sprintf("as node %s had them %s ago", r.Authority, age(r.Age))
}

// age writes how old something is, which is given in seconds.
func age(seconds float64) string {
	if seconds < 60 {
		return fmt.Sprintf("%.1f s", seconds)
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

// replicated says what a daemon publishes, or whom it follows.
func (p *page) replicated(r *api.Replica) [][]cell {
	tone := warn
	text := r.State
	switch r.State {
	case "live", "following", "syncing":
		tone = good
	case "held", "diverged":
		tone = bad
	}
	if r.Reason != "" {
		text += ": " + r.Reason
	}
	name, of := "Followers", "publishes"
	if r.Role == api.RoleFollower {
		name, of = "Follows", "the authority of"
		if r.Authority != "" {
			of = "node " + r.Authority + ", the authority of"
		}
	}
	rows := [][]cell{
		{strong.of("%s", name), tone.of("%s %s as node %s: %s", of, r.Name, r.Node, text)},
	}
	if r.Epoch > 0 {
		rows = append(rows, []cell{{}, plain.of("epoch %d, pass %d, %s ago, sum %s", r.Epoch, r.Head, age(r.Age), r.Sum)})
	}
	if r.Engine != "" {
		rows = append(rows, []cell{{}, plain.of("%s", r.Engine)})
	}
	return rows
}

// ofAuthority says how the daemon is set up that a follower follows. There is nothing of
// files, watches and passes here.
func ofAuthority(s *api.Status) [][]cell {
	if s.Admit == "" {
		return nil // it has not said yet
	}
	at := ", at node " + s.Replica.Authority
	changes := "made by " + s.Write.Via
	if !s.Write.Enabled {
		changes = "none: " + s.Write.Reason
	}
	return [][]cell{
		{strong.of("Root"), plain.of("%s%s", s.Root, at)},
		{strong.of("Admission"), plain.of("%s%s", admission(s.Admit), at)},
		{strong.of("Changes"), plain.of("%s", changes)},
	}
}

// lastChange says when what a follower shows last became another.
func (p *page) lastChange(s *api.Status) [][]cell {
	if s.LastPass == nil {
		return nil
	}
	return [][]cell{{strong.of("Last change"), plain.of("%s, revision %d", p.since(s.LastPass.StartedAt), s.Revision)}}
}

package audit

import "sessiond/internal/session"

// Observed returns the entries about what a pass did to sessions in memory. Before
// returns the session that a key had before the pass, nil for none. A start-up is one
// entry, with the number of sessions.
func Observed(o session.Outcome, before func(session.Key) *session.Session) []Entry {
	if len(o.Changes) == 0 {
		return nil
	}
	if o.Report.Trigger == session.TriggerStartup {
		return []Entry{{Action: ActionStarted, Count: len(o.Changes), Trigger: o.Report.Trigger}}
	}
	entries := make([]Entry, len(o.Changes))
	for i, c := range o.Changes {
		key := c.Session.Key().Clone() // the queue must not keep the session: [Log.Observe] sees to the texts
		e := Entry{
			Actor:   &Actor{Via: ViaFile},
			Key:     key,
			Device:  c.Session.Details().Device.Description,
			Reason:  c.Kind.Reason(),
			Trigger: o.Report.Trigger,
			Before:  StateOf(before(key)),
			After:   StateOf(c.Now()),
		}
		switch c.Kind {
		case session.ChangeAdmitted:
			e.Action = ActionAdmitted
		case session.ChangeUpdated:
			e.Action = ActionUpdated
		default:
			e.Action = ActionRemoved
		}
		if now := c.Now(); now != nil {
			e.digest = now.Digest()
		}
		entries[i] = e
	}
	return entries
}

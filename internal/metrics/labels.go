package metrics

import "sessiond/internal/store"

// maxApps is how many app folders get a label of their own, which makes two
// series each. A MobileApps folder holds a handful; the limit is there for the
// one that something fills with thousands.
const maxApps = 500

// otherApps is the label that the sessions of all further app folders share. No
// app folder can have this name, for the dot that it lacks.
const otherApps = "(other)"

// labels assigns labels to app folders that have sessions, as long as there are
// some left. A folder keeps its label for as long as scrapes find it with sessions.
type labels struct {
	max  int
	with map[string]struct{}
}

func newLabels(limit int) labels { return labels{max: limit, with: map[string]struct{}{}} }

// counts are sessions by status.
type counts struct{ accepted, pending int }

// count reports the sessions in memory by label, and returns how many app folders
// have some.
func (l *labels) count(v *store.View, tell func(label string, c counts)) (apps int) {
	still := make(map[string]struct{}, len(l.with))
	for app, has := range v.AppCounts() {
		if _, labelled := l.with[app]; labelled && has.Sessions > 0 {
			still[app] = struct{}{}
		}
	}
	l.with = still
	var others counts
	for app, has := range v.AppCounts() {
		if has.Sessions == 0 {
			continue
		}
		apps++
		if len(l.with) < l.max {
			l.with[app] = struct{}{}
		}
		c := counts{accepted: has.Sessions - has.Pending, pending: has.Pending}
		if _, labelled := l.with[app]; labelled {
			tell(app, c)
		} else {
			others = counts{others.accepted + c.accepted, others.pending + c.pending}
		}
	}
	if apps > len(l.with) {
		tell(otherApps, others)
	}
	return apps
}

package store_test

import (
	"slices"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// What outcomes are drawn from. There are enough keys for trees of some height,
// and the folders' names sort otherwise than their keys.
var (
	folders = []string{"T.a.b", "T.a.b-c", "T.a.b.c", "T.a.bc", "x.y"}
	emails  = []string{"", "ann@example.com", "Ann@Example.com", "bob@example.com"}
	limits  = []int{0, 1, 2, 3, 10, 100, 1000}

	anyFolder = rapid.SampledFrom(folders)
	anyStatus = rapid.SampledFrom([]string{session.StatusAccepted, session.StatusPending})
	anyEmail  = rapid.SampledFrom(emails)
	anyID     = rapid.StringMatching(`[0-9a-f]{2}`)
	anyKey    = rapid.Custom(func(t *rapid.T) session.Key {
		return session.Key{App: anyFolder.Draw(t, "app"), ID: anyID.Draw(t, "id")}
	})
	anyKeys     = rapid.SliceOfNDistinct(anyKey, 0, 12, rapid.ID)
	allKeys     = rapid.Custom(keysOfFolder)
	anyProblem  = rapid.SampledFrom([]string{session.ComponentMobi, session.ComponentMobi, session.ComponentFile})
	anyReason   = rapid.SampledFrom(session.Reasons())
	anyTrigger  = rapid.SampledFrom([]session.Trigger{session.TriggerStartup, session.TriggerWatch, session.TriggerRetry})
	anyAppName  = rapid.SampledFrom([]string{"", "", "Contact", "Contacts"})
	fewOrFolder = rapid.OneOf(anyKeys, anyKeys, anyKeys, allKeys)
)

// keysOfFolder returns every key of a folder, as when it comes or goes at once.
func keysOfFolder(t *rapid.T) []session.Key {
	app := anyFolder.Draw(t, "app")
	keys := make([]session.Key, 0, 256)
	const digits = "0123456789abcdef"
	for i := range 256 {
		keys = append(keys, session.Key{App: app, ID: string([]byte{digits[i>>4], digits[i&15]})})
	}
	return keys
}

// drawOutcome draws what a pass could have decided about the tree of the model.
func (m *model) drawOutcome(t *rapid.T) session.Outcome {
	o := pass(int(m.passes)+1, by(anyTrigger.Draw(t, "trigger")))
	o.NotInMemory = rapid.IntRange(0, 9).Draw(t, "notInMemory")

	status, email := anyStatus.Draw(t, "status"), anyEmail.Draw(t, "email")
	name, remove := anyAppName.Draw(t, "name"), rapid.Bool().Draw(t, "remove")
	for _, key := range sortedKeys(fewOrFolder.Draw(t, "changes")) {
		_, was := m.sessions[key]
		s := named(name, key, status, email)
		switch {
		case remove && was:
			removes(key)(&o)
		case was:
			updates(s)(&o)
		case !remove:
			admits(s)(&o)
		}
	}
	for _, key := range sortedKeys(anyKeys.Draw(t, "problems")) {
		if _, was := m.problems[key]; was && rapid.Bool().Draw(t, "ended") {
			endsProblems(key)(&o)
			continue
		}
		p := rejected(key, endOf(int(o.Report.Pass)))
		p.ComponentSignature = anyProblem.Draw(t, "problem")
		hasProblems(p)(&o)
		o.Report.Errors = append(o.Report.Errors, p.Problem)
	}
	for _, key := range sortedKeys(anyKeys.Draw(t, "unsettled")) {
		if _, was := m.unsettled[key]; was {
			settles(key)(&o)
			continue
		}
		leaves(session.Unsettled{Session: key, Since: endOf(int(o.Report.Pass)), Reason: anyReason.Draw(t, "reason")})(&o)
	}
	return o
}

func sortedKeys(keys []session.Key) []session.Key {
	return slices.SortedFunc(slices.Values(keys), session.Key.Compare)
}

package daemon

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize/english"

	"sessiond/internal/api"
	"sessiond/internal/refresh"
	"sessiond/internal/watcher"
)

// pinnedText says that a part of the root's file system is mounted over itself, with the place.
const pinnedText = "%q is mounted over itself, as by ReadWritePaths= or BindPaths= of the unit: when the disk is unmounted, the daemon goes on seeing its old files; name a folder above the mount point there"

// hints says what is odd and what to do about it.
func (d *Daemon) hints(s api.Status) []api.Hint {
	var hints []api.Hint
	add := func(code api.HintCode, format string, args ...any) {
		hints = append(hints, api.Hint{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	passed := d.passes.State()
	switch text := rootStateText(passed.Root, d.settings.Root); passed.Root {
	case refresh.RootMissing:
		add(api.HintRootMissing, "%s", text)
	case refresh.RootWithoutApps:
		if passed.Linked.Root {
			break // the next hint knows why
		}
		add(api.HintRootWithoutApps, "%s", text)
	case refresh.RootFound:
	}
	if text := linkedText(passed.Linked, d.settings.Root); text != "" {
		add(api.HintOnlyLinks, "%s", text)
	}
	if d.pinned != "" {
		add(api.HintRootPinned, pinnedText, d.pinned)
	}
	if s.NotInMemory > 0 {
		add(api.HintNotInMemory, "%s not in memory: %s", english.Plural(s.NotInMemory, "valid file is", "valid files are"), api.AdviceNotInMemory)
	}
	if s.Rejected > 0 {
		add(api.HintRejected, "%s rejected: %s", english.Plural(s.Rejected, "file is", "files are"), api.AdviceRejected)
	}
	if s.ManyGone > 0 {
		add(api.HintManyGone, "the files of %s are gone or invalid at once; the sessions are kept until nothing has come back for %s: %s",
			english.Plural(s.ManyGone, "session", "sessions"), d.settings.SettleMany, api.AdviceManyGone)
	}
	if s.Unreadable > 0 {
		add(api.HintUnreadable, "%s cannot be read: %s", english.Plural(s.Unreadable, "file or folder", "files or folders"), api.AdviceUnreadable)
	}
	if slow := passed.Slow; slow.Settle > 0 {
		add(api.HintSlowToSettle, "%s is slow to settle: a wrong or deleted file there counts after %s instead of %s, since this system cannot be made to ask a server again",
			slow.Name, slow.Settle, d.settings.Settle)
	}
	for _, problem := range d.seen.Problems() {
		hints = append(hints, seenHint(problem, s.SeenSince))
	}
	if hint, is := licencesHint(s.Licences); is {
		hints = append(hints, hint)
	}
	switch {
	case !s.Watch.Degraded:
	case s.Watch.Mode == string(watcher.Events):
		add(api.HintDegraded, "changes in some app folders are found every %s instead of at once: %s", d.settings.Poll, s.Watch.Reason)
	default:
		add(api.HintDegraded, "changes are found every %s instead of at once: %s", d.settings.Poll, s.Watch.Reason)
	}
	if d.notify != nil {
		hints = append(hints, d.notify.Hints()...)
	}
	if d.publication != nil {
		published := d.publication.Status()
		hints = append(hints, replicaHints(&published, d.publication.engine.Lacking())...)
	}
	return append(hints, d.admin.Hints()...)
}

func seenHint(problem string, since time.Time) api.Hint {
	return api.Hint{
		Code: api.HintSeenFails,
		Text: fmt.Sprintf("%s; last seen times are collected since %s", problem, since.Format(time.RFC3339)),
	}
}

// licencesHint returns that there are too few licences, where there are.
func licencesHint(l *api.Licences) (api.Hint, bool) {
	if l == nil || l.Accepted <= l.Owned {
		return api.Hint{}, false
	}
	return api.Hint{
		Code: api.HintLicences,
		Text: fmt.Sprintf("more sessions are accepted (%d) than there are licences (%d): %s", l.Accepted, l.Owned, api.AdviceLicences),
	}, true
}

// linkedText says where there are only links, and what to do; empty for nowhere.
func linkedText(linked refresh.OnlyLinks, root string) string {
	where := fmt.Sprintf("the root folder %q holds", root)
	switch {
	case linked.Root:
	case linked.Apps == 0:
		return ""
	case linked.Apps == 1:
		where = fmt.Sprintf("the app folder %q holds", linked.App)
	default:
		where = fmt.Sprintf("%d app folders, such as %q, hold", linked.Apps, linked.App)
	}
	return where + " only links, as a Kubernetes volume of a ConfigMap or a Secret does; links are never followed: use a volume with the files themselves, or copy them"
}

// rootStateText says what a tree is without, and what follows; empty for nothing.
func rootStateText(state refresh.RootState, root string) string {
	switch state {
	case refresh.RootMissing:
		return fmt.Sprintf("the root folder %q is not there: no session can be loaded until it is", root)
	case refresh.RootWithoutApps:
		return fmt.Sprintf("the root folder %q holds no app folder (TEAM.APPLICATION, or APPLICATION with a dot in it): is it the MobileApps folder itself?", root)
	case refresh.RootFound:
	}
	return ""
}

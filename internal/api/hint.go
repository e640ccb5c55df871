package api

// Hint says what is odd and what to do about it. Code is what programs can go by, Text a
// sentence for a person.
type Hint struct {
	Code HintCode `json:"code"`
	Text string   `json:"text"`
}

// HintCode says what a [Hint] is about. A code never changes its meaning. Others may
// come.
type HintCode string

// The codes. Their meaning is in docs/openapi.yaml, too.
const (
	HintRootMissing     HintCode = "root-missing"      // there is no root folder
	HintRootWithoutApps HintCode = "root-without-apps" // the root holds no app folder
	HintOnlyLinks       HintCode = "only-links"        // sessions or app folders are links, which are not followed
	HintRootPinned      HintCode = "root-pinned"       // the root's disk is mounted over itself: its unmount would not be seen
	HintNotInMemory     HintCode = "not-in-memory"     // valid files are not in memory
	HintRejected        HintCode = "rejected"          // files are wrong
	HintManyGone        HintCode = "many-gone"         // the removals of many sessions are held back
	HintUnreadable      HintCode = "unreadable"        // files or folders cannot be judged
	HintSlowToSettle    HintCode = "slow-to-settle"    // wrong and deleted files count later than configured
	HintDegraded        HintCode = "watch-degraded"    // changes are found late
	HintAuditFails      HintCode = "audit-fails"       // what happens cannot be recorded, and so no file is changed
	HintTrashFails      HintCode = "trash-fails"       // nothing can be kept in the trash, and so no file is deleted
	HintTrashOff        HintCode = "trash-off"         // what is deleted is gone for good
	HintReappeared      HintCode = "reappeared"        // the files of deleted sessions are there again
	HintLeftBehind      HintCode = "left-behind"       // temporary files of edits stay
	HintKeptInTrash     HintCode = "kept-in-trash"     // contents that nobody decided to remove are in the trash
	HintUndone          HintCode = "undone"            // what others wrote undid changes
	HintNotLookedAt     HintCode = "not-looked-at"     // no pass has looked at what was changed
	HintUnsettled       HintCode = "unsettled"         // what was changed has no verdict yet
	HintStaysInTrash    HintCode = "stays-in-trash"    // a restored file could not be removed from the trash
	HintSeenFails       HintCode = "seen-fails"        // last seen times of before could not be read, or those of now cannot be kept
	HintLicences        HintCode = "licences"          // more sessions are accepted than there are licences
	HintNotifyFails     HintCode = "notify-fails"      // a 4D server cannot be told of changes
	HintNotifyWaits     HintCode = "notify-waits"      // a 4D server is not told of changes while something is unsettled
	HintNotifyDiffers   HintCode = "notify-differs"    // a 4D server's errors are others than this daemon's, or were not understood

	HintReplicaAway     HintCode = "replica-away"     // the servers that are published to or followed do not answer
	HintReplicaRefused  HintCode = "replica-refused"  // they refuse what is asked of them
	HintReplicaHeld     HintCode = "replica-held"     // nothing is published: too much would be removed, or another daemon publishes
	HintReplicaFenced   HintCode = "replica-fenced"   // another daemon of the name has taken over
	HintReplicaStale    HintCode = "replica-stale"    // what a follower shows is old
	HintReplicaDiverged HintCode = "replica-diverged" // what a follower reads is not what was published
	HintReplicaOmitted  HintCode = "replica-omitted"  // sessions are too large to be published
	HintReplicaAdmit    HintCode = "replica-admit"    // tokens cannot be checked at a follower of a daemon that admits by restore
)

// HintCodes returns all codes.
func HintCodes() []HintCode {
	return []HintCode{
		HintRootMissing, HintRootWithoutApps, HintOnlyLinks, HintRootPinned, HintNotInMemory, HintRejected, HintManyGone, HintUnreadable,
		HintSlowToSettle, HintDegraded, HintAuditFails, HintTrashFails, HintTrashOff, HintReappeared, HintLeftBehind, HintKeptInTrash,
		HintUndone, HintNotLookedAt, HintUnsettled, HintStaysInTrash, HintSeenFails, HintLicences,
		HintNotifyFails, HintNotifyWaits, HintNotifyDiffers,
		HintReplicaAway, HintReplicaRefused, HintReplicaHeld, HintReplicaFenced, HintReplicaStale, HintReplicaDiverged,
		HintReplicaOmitted, HintReplicaAdmit,
	}
}

// What the hints of these codes advise, after what is odd and a colon.
const (
	AdviceNotInMemory = "open --all, or run with --admit follow"
	AdviceRejected    = "correct what the error says, or delete the file"
	AdviceUnreadable  = "their sessions stay as they are until the error is gone"
	AdviceLicences    = "sessiond list --not-seen 60d lists who may be logged out"
	AdviceManyGone    = "restore the files, or have an administrator run sessiond refresh to make it count at once"
)

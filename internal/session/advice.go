package session

// What the hints of a [Status] advise. Such a hint says what is odd, then a
// colon, and ends with one of these; who shows the same in another way can
// leave the hint out.
const (
	AdviceNotInMemory = "open --all, or run with --admit follow"
	AdviceRejected    = "correct what the error says, or delete the file"
	AdviceUnreadable  = "their sessions stay as they are until the error is mended"
	AdviceManyGone    = "restore the files, or run sessiond refresh to make it count at once"
)

// CountUnsettled returns how many of some unsettled things are so for a reason.
func CountUnsettled(unsettled []Unsettled, reason string) int {
	n := 0
	for _, u := range unsettled {
		if u.Reason == reason {
			n++
		}
	}
	return n
}

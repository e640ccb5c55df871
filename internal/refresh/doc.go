// Package refresh holds the pass: it compares the tree on disk with what is
// remembered and decides what becomes of each session. Every trigger runs the
// same pass, and sessiond check runs it too. It is the only place that decides.
//
// A pass never waits. What cannot be decided yet is remembered as unsettled, and
// [Memory.NextLook] says when another look is due; the caller runs another pass
// then.
//
// The rules are those of the refresh contract: its section 3 is [Memory.Pass]
// and verdict.go, section 4 is settle.go, section 5 is result.go.
package refresh

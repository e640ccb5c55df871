package api

import "time"

// NotifyState says whether a running 4D server follows what happens to sessions here.
type NotifyState string

// The states.
const (
	NotifyFollowing NotifyState = "following" // it was told of everything
	NotifyWaiting   NotifyState = "waiting"   // it is to be told, and cannot be yet
	NotifyFailing   NotifyState = "failing"   // the last attempt to tell it failed
)

// Notify says whether the 4D server follows that the setting notify-url names.
type Notify struct {
	URL   string      `json:"url"` // without its query
	State NotifyState `json:"state"`
	// Reason says what it waits for or why it fails.
	Reason string `json:"reason,omitempty"`
	// Since is when the first change was made that it was not told of; Updated and Removed
	// count these changes. At the start, nothing is known of what it was told before.
	Since   time.Time `json:"since,omitzero"`
	Updated int       `json:"updated"`
	Removed int       `json:"removed"`
	// LastSuccess is when it last answered with success, Revision what it was told then.
	LastSuccess time.Time `json:"lastSuccess,omitzero"`
	Revision    uint64    `json:"revision"`
	// Errors are the first [MaxNotifyErrors] of those that 4D reported then; nil where its
	// answer does not say. Answer says why it was not understood.
	Errors      []NotifyError `json:"errors,omitzero"`
	ErrorsTotal int           `json:"errorsTotal"`
	Answer      string        `json:"answer,omitempty"`
}

// MaxNotifyErrors is how many of 4D's errors a [Notify] holds.
const MaxNotifyErrors = 20

// NotifyError is an error as 4D's Last errors has it. Its texts are escaped and cut.
type NotifyError struct {
	ErrCode            int    `json:"errCode"`
	ComponentSignature string `json:"componentSignature"`
	Message            string `json:"message"`
}

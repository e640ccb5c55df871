package session

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Filter says which sessions are meant, of a listing or of a change of many. An empty
// member excludes nothing; all the others must hold. As JSON and as a query, each member is
// a text that [Filter.Set] reads.
//
// Upper and lower case are the same in Words, Email, Domain, Device and OS, as [Fold] has
// it, or in Email and Domain as [FoldEmail] has. In Email, Device and OS, * stands for any characters or none.
type Filter struct {
	Words  string `json:"q,omitempty"` // each is somewhere in e-mail address, device, app folder or ID
	App    string `json:"app,omitempty"`
	Status string `json:"status,omitempty"`
	Email  string `json:"email,omitempty"`
	Domain string `json:"domain,omitempty"` // what follows the last @ of the e-mail address
	Device string `json:"device,omitempty"` // its description or its id
	OS     string `json:"os,omitempty"`     // with its version or without
	// ModifiedBefore is for files that were modified before this moment.
	ModifiedBefore time.Time `json:"modifiedBefore,omitzero"`
	// SeenBefore is for sessions that were last seen before this moment. Of one that never
	// was, it counts when its file was modified, which a log-in does.
	SeenBefore time.Time `json:"seenBefore,omitzero"`
	// Duplicate is for sessions that have a newer one on the same device.
	Duplicate DuplicateFilter `json:"duplicate,omitempty"`
}

// DuplicateFilter says which duplicates are meant: sessions for which there is one of the
// same device whose file was modified later.
type DuplicateFilter string

// The filters of duplicates.
const (
	DuplicateCertain DuplicateFilter = "certain" // same device and application
	DuplicateLikely  DuplicateFilter = "likely"  // same app, address, device description and OS
	DuplicateAny     DuplicateFilter = "any"
)

// DuplicateFilters returns all filters of duplicates.
func DuplicateFilters() []DuplicateFilter {
	return []DuplicateFilter{DuplicateCertain, DuplicateLikely, DuplicateAny}
}

// maxFilter is how long the text of a member may be, in bytes: each session that is looked
// at is compared with it.
const maxFilter = 512

// FilterError says what is wrong with a member of a filter.
type FilterError struct{ text string }

func (e *FilterError) Error() string { return e.text }

func badFilter(format string, args ...any) error {
	return &FilterError{fmt.Sprintf(format, args...)}
}

// FilterNames returns the names of a filter's members, as queries and JSON have them.
func FilterNames() []string {
	return []string{"q", "app", "status", "email", "domain", "device", "os", "modifiedBefore", "seenBefore", "duplicate"}
}

// Set reads the text of a member. It returns a [*FilterError] for a name that none has, and
// for a text that is not allowed. The empty one never is: a filter that was meant and left
// empty would select everything.
func (f *Filter) Set(name, text string) error {
	if !slices.Contains(FilterNames(), name) {
		return badFilter("unknown filter %q; there are %s", name, strings.Join(FilterNames(), ", "))
	}
	switch {
	case strings.TrimSpace(text) == "":
		return badFilter("%s is empty; leave it out where nothing is to be excluded", name)
	case len(text) > maxFilter:
		return badFilter("%s is longer than %d bytes", name, maxFilter)
	}
	switch name {
	case "q":
		f.Words = text
	case "app":
		f.App = text
	case "status":
		if text != StatusAccepted && text != StatusPending {
			return badFilter("status is %q; it may be %q or %q", text, StatusAccepted, StatusPending)
		}
		f.Status = text
	case "email":
		f.Email = text
	case "domain":
		if strings.Contains(text, "@") {
			return badFilter("domain is %q; it is what follows the @ of an e-mail address", text)
		}
		f.Domain = text
	case "device":
		f.Device = text
	case "os":
		f.OS = text
	case "modifiedBefore":
		return setTime(&f.ModifiedBefore, name, text)
	case "seenBefore":
		return setTime(&f.SeenBefore, name, text)
	case "duplicate":
		if !slices.Contains(DuplicateFilters(), DuplicateFilter(text)) {
			return badFilter("duplicate is %q; it may be %q, %q or %q", text, DuplicateCertain, DuplicateLikely, DuplicateAny)
		}
		f.Duplicate = DuplicateFilter(text)
	}
	return nil
}

func setTime(field *time.Time, name, text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.IsZero() {
		return badFilter("%s is %q; it may be a time such as 2006-01-02T15:04:05Z", name, text)
	}
	*field = at
	return nil
}

// Members returns the texts of the members that are not empty, by their names: what
// [Filter.Set] reads.
func (f *Filter) Members() map[string]string {
	all := map[string]string{
		"q": f.Words, "app": f.App, "status": f.Status, "email": f.Email, "domain": f.Domain,
		"device": f.Device, "os": f.OS, "duplicate": string(f.Duplicate),
	}
	if !f.ModifiedBefore.IsZero() {
		all["modifiedBefore"] = f.ModifiedBefore.Format(time.RFC3339Nano)
	}
	if !f.SeenBefore.IsZero() {
		all["seenBefore"] = f.SeenBefore.Format(time.RFC3339Nano)
	}
	for name, text := range all {
		if text == "" {
			delete(all, name)
		}
	}
	return all
}

var _ json.UnmarshalerFrom = (*Filter)(nil)

// UnmarshalJSONFrom implements [json.UnmarshalerFrom]. Its error holds a [*FilterError]
// where a member is not allowed.
func (f *Filter) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var members map[string]string
	if err := json.UnmarshalDecode(dec, &members); err != nil {
		return err
	}
	var read Filter
	for name, text := range members {
		if err := read.Set(name, text); err != nil {
			return err
		}
	}
	*f = read
	return nil
}

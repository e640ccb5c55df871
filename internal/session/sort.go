package session

import (
	"slices"
	"strings"
)

// SortField is what a list is sorted by. Sessions of which it is the same are sorted by
// key.
type SortField string

// The fields that a list can be sorted by.
const (
	SortKey      SortField = "key"
	SortEmail    SortField = "email" // in upper or lower case
	SortStatus   SortField = "status"
	SortDevice   SortField = "device" // its description, in upper or lower case
	SortModified SortField = "modified"
	SortLoaded   SortField = "loaded"
	SortSeen     SortField = "seen" // those that never were come first
)

// SortFields returns all fields that a list can be sorted by.
func SortFields() []SortField {
	return []SortField{SortKey, SortEmail, SortStatus, SortDevice, SortModified, SortLoaded, SortSeen}
}

// Sort is the order of a list. The zero one is the order of keys.
type Sort struct {
	By         SortField // empty for [SortKey]
	Descending bool
}

// ParseSort reads an order: a field, after a minus sign where it is descending. What is
// wrong with it is a [*FilterError].
func ParseSort(text string) (Sort, error) {
	field, descending := strings.CutPrefix(text, "-")
	if !slices.Contains(SortFields(), SortField(field)) {
		return Sort{}, badFilter("sort is %q; it may be key, email, status, device, modified, loaded or seen, with - before it in descending order", text)
	}
	return Sort{SortField(field), descending}.normal(), nil
}

// normal returns the order with one way to say each.
func (s Sort) normal() Sort {
	if s.By == SortKey {
		s.By = ""
	}
	return s
}

// String returns what [ParseSort] reads.
func (s Sort) String() string {
	field := string(s.By)
	if field == "" {
		field = string(SortKey)
	}
	if s.Descending {
		return "-" + field
	}
	return field
}

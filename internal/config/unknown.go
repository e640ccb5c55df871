package config

import (
	"strconv"
	"strings"
)

// unknown is the error of a key that is no setting. It suggests the known name
// that is nearest, or lists all where none is near.
func unknown(name, place, text string, known []string) *Error {
	wrong := &Error{Key: name, Place: place, Value: text, Reason: "there is no such setting"}
	if near, ok := nearest(name, known); ok {
		wrong.Reason += "; did you mean " + near + "?"
	} else {
		wrong.Allowed = strings.Join(known, ", ")
	}
	return wrong
}

// nearest returns the known name with the fewest typing errors to name, if a
// third of it or less is wrong.
func nearest(name string, known []string) (string, bool) {
	best, bestDistance := "", len(name)/3+1
	for _, candidate := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best, best != ""
}

// distance is Levenshtein's: how many bytes must be put in, left out or
// replaced to make a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// printable returns a key or a place for a message: quoted where it holds
// something that would confuse a terminal or a reader.
func printable(s string) string {
	if quoted := strconv.Quote(s); s == "" || quoted != `"`+s+`"` {
		return quoted
	}
	return s
}

package session

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns a text as it is compared where upper and lower case are the same, and so
// are the ways in which Unicode writes one character: "É" is "é", also as an e with an
// accent of its own, and "ß" is "ss".
func Fold(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return norm.NFC.String(cases.Fold().String(norm.NFD.String(text)))
		}
	}
	return strings.ToLower(text)
}

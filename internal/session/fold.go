package session

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns a text as it is compared where upper and lower case are the same, and so
// are the ways in which Unicode writes one character: "É" is "é", also as an e with an
// accent of its own, and "ß" is "ss". It is for finding by words, not for saying whose a
// session is: see [FoldEmail].
func Fold(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return norm.NFC.String(cases.Fold().String(norm.NFD.String(text)))
		}
	}
	return strings.ToLower(text)
}

// FoldEmail returns an e-mail address, or a part of one, as addresses are compared
// everywhere: "É" is "é", but "ß" is not "ss". strasse.example and straße.example are two
// domains (RFC 5894, section 7.2), with users of their own, and so are the names before the @.
func FoldEmail(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return strings.Map(foldRune, norm.NFC.String(text))
		}
	}
	return strings.ToLower(text)
}

// foldRune returns the same for all characters that differ in case only.
func foldRune(r rune) rune {
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	if least < utf8.RuneSelf { // as FoldEmail has what is all ASCII
		return unicode.ToLower(least)
	}
	return least
}

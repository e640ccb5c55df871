package notify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// answer is what a server said of 4D's errors.
type answer struct {
	// errors are the first of total; nil where it said nothing of errors.
	errors []api.NotifyError
	total  int
	codes  codes    // of the errors about session files
	others []string // names of others
	fault  string   // why it was not understood, as the end of a sentence
}

// parseAnswer reads the body of an answer: nothing, or an object with the member errors,
// 4D's collection Last errors or null. What else is in there is ignored. Texts are made
// fit to be logged, and do not hold the secret that the server was sent.
func parseAnswer(data []byte, secret string) answer {
	if strings.TrimSpace(string(data)) == "" {
		return answer{}
	}
	var said struct {
		Errors *[]api.NotifyError `json:"errors"`
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return answer{fault: `it is not an object with "errors", the collection that Last errors returns`}
	}
	if said.Errors == nil {
		return answer{} // absent and null cannot be told apart, and null is what 4D has for none
	}
	a := answer{total: len(*said.Errors), errors: []api.NotifyError{}, codes: codes{}}
	for _, e := range *said.Errors {
		e.ComponentSignature = clean(strings.ReplaceAll(e.ComponentSignature, secret, "…"), maxComponent)
		e.Message = clean(strings.ReplaceAll(e.Message, secret, "…"), maxText)
		if e.ComponentSignature == session.ComponentMobi {
			a.codes[session.Code(e.ErrCode)] = true
		} else if name := nameOf(e.ComponentSignature, e.ErrCode); !slices.Contains(a.others, name) && len(a.others) < maxNamed {
			a.others = append(a.others, name)
		}
		if len(a.errors) < api.MaxNotifyErrors {
			a.errors = append(a.errors, e)
		}
	}
	return a
}

// Bounds of what is kept of an answer, in characters, and of the names in a sentence.
const (
	maxText      = 200
	maxComponent = 16
	maxNamed     = 8
)

func nameOf(component string, code int) string { return component + " " + strconv.Itoa(code) }

// clean makes a text of somebody else's fit for a log and a terminal: without control
// characters, not longer than a number of characters, and with what may be a session's
// id or a token shortened.
func clean(text string, limit int) string {
	var b strings.Builder
	count := 0
	for _, r := range shorten(strings.ToValidUTF8(text, "\uFFFD")) {
		if count++; count > limit {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

// maxWord is the longest word that cannot be a session's id or a token, in characters.
const maxWord = 23

// shorten shortens each word that may be a session's id or a token, or a part of one.
func shorten(text string) string {
	var b strings.Builder
	for text != "" {
		end := endOf(text, func(r rune) bool { return !isOfWord(r) })
		if end > maxWord {
			b.WriteString(text[:8] + "…")
		} else {
			b.WriteString(text[:end])
		}
		next := end + endOf(text[end:], isOfWord)
		b.WriteString(text[end:next])
		text = text[next:]
	}
	return b.String()
}

// endOf returns where a text's first character is of which something is true.
func endOf(text string, is func(rune) bool) int {
	if i := strings.IndexFunc(text, is); i >= 0 {
		return i
	}
	return len(text)
}

func isOfWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '-'
}

// codes are the mobi errors that there are.
type codes map[session.Code]bool

func codesOf(counts []session.CodeCount) codes {
	c := codes{}
	for _, count := range counts {
		c[count.ErrCode] = true
	}
	return c
}

// differences says where 4D's errors are others than those that our own passes found,
// before the request or after it; empty for nowhere. How many errors of a kind 4D reports,
// and whether more than the first, is not documented: only an error that one side has
// and the other has not at all counts.
func differences(a *answer, before, after codes) string {
	if a.errors == nil {
		return ""
	}
	only := slices.Clone(a.others)
	for _, code := range sorted(a.codes) {
		if !before[code] && !after[code] {
			only = append(only, nameOf(session.ComponentMobi, int(code)))
		}
	}
	if len(only) > 0 {
		return "4D reports " + strings.Join(only, ", ") + ", and this daemon does not"
	}
	if len(a.codes) > 0 {
		return ""
	}
	for _, code := range sorted(before) {
		if after[code] {
			only = append(only, nameOf(session.ComponentMobi, int(code)))
		}
	}
	if len(only) > 0 {
		return "this daemon rejects files with " + strings.Join(only, ", ") + ", and 4D reports no error of any file"
	}
	return ""
}

func sorted(c codes) []session.Code {
	var list []session.Code
	for code := range c {
		list = append(list, code)
	}
	slices.Sort(list)
	return list
}

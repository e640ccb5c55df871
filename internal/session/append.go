package session

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// AppendSummary appends the session as listings show it: the JSON of its
// [Summary]. What the content says is copied as it is written there, since to
// read and to write it again would cost more than all the rest of an answer.
func (l Loaded) AppendSummary(to []byte) []byte {
	to = l.appendNames(to)
	w := l.written()
	to = appendMember(to, "email", w.email)
	to = appendObject(to, "application",
		member{"id", w.application.id}, member{"name", w.application.name}, member{"version", quoted(w.application.version)})
	to = appendObject(to, "team", member{"id", w.team.id})
	to = appendObject(to, "device",
		member{"id", w.device.id}, member{"description", w.device.description}, member{"os", w.device.os},
		member{"version", quoted(w.device.version)}, member{"simulator", w.device.simulator})
	to = appendMember(to, "ip", w.ip)
	to = append(to, `,"loadedAt":"`...)
	to = l.LoadedAt.AppendFormat(to, time.RFC3339Nano)
	to = append(to, `","revision":`...)
	to = strconv.AppendUint(to, l.Revision, 10)
	return append(to, '}')
}

// AppendDetail appends the summary with one more member: the content.
func (l Loaded) AppendDetail(to []byte) []byte {
	to = l.AppendSummary(to)
	to = append(to[:len(to)-1], `,"content":`...)
	to = append(to, l.content...)
	return append(to, '}')
}

// appendNames appends the beginning of a summary, which the content does not say
// in these words.
func (l Loaded) appendNames(to []byte) []byte {
	to = append(to, `{"session":"`...)
	app := len(to)
	to = appendEscaped(to, l.app.Value())
	slash := len(to)
	to = append(to, '/')
	to = appendEscaped(to, l.id)
	end := len(to)
	to = append(to, `","app":"`...)
	to = append(to, to[app:slash]...)
	to = append(to, `","id":"`...)
	to = append(to, to[slash+1:end]...)
	to = append(to, `","status":"`...)
	to = append(to, l.Status()...)
	return append(to, '"')
}

// appendEscaped appends what stands between the quotes of a JSON string.
func appendEscaped(to []byte, text string) []byte {
	quote := len(to)
	to, _ = jsontext.AppendQuote(to, text) // keys are UTF-8
	inner := to[quote+1 : len(to)-1]
	return append(to[:quote], inner...)
}

// member is a name and a value as it is written in JSON; without one, it is left
// out.
type member struct{ name, value string }

// appendMember appends a member to an object that has others.
func appendMember(to []byte, name, value string) []byte {
	if value == "" {
		return to
	}
	to = append(to, `,"`...)
	to = append(to, name...)
	to = append(to, `":`...)
	return append(to, value...)
}

// appendObject is appendMember for an object, which is left out where all its
// members are.
func appendObject(to []byte, name string, members ...member) []byte {
	begin := len(to)
	to = appendMember(to, name, "{")
	empty := len(to)
	for _, m := range members {
		to = appendMember(to, m.name, m.value)
	}
	if len(to) == empty {
		return to[:begin]
	}
	to = append(to[:empty], to[empty+1:]...) // without the comma of the first
	return append(to, '}')
}

// quoted returns a number as a string.
func quoted(value string) string {
	if value == "" || strings.HasPrefix(value, `"`) {
		return value
	}
	return `"` + value + `"`
}

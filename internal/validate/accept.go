package validate

import (
	"bytes"
	"encoding/base64"
	"sync"

	"sessiond/internal/session"
)

// fastWay accepts the files that are plain, which in practice are nearly all: it
// reads one once, and makes all checks of it on the way. It knows no reasons and
// never rejects: what it does not accept is judged by the [authority].
type fastWay struct {
	shape    *shape
	readings sync.Pool // of *reading
}

func newFastWay() *fastWay {
	return &fastWay{
		shape:    newShape(),
		readings: sync.Pool{New: func() any { return newReading() }},
	}
}

// accept returns the session of a file, or nil if it has doubts.
func (f *fastWay) accept(at session.Place, data []byte) *session.Session {
	r := f.readings.Get().(*reading)
	defer func() {
		r.forget() // data is the caller's
		f.readings.Put(r)
	}()
	r.begin(session.TrimBOM(data))
	if !r.file(f.shape) {
		return nil
	}
	who := ids{team: r.strings[fieldTeam], application: r.strings[fieldApplication], session: r.strings[fieldSession]}
	if !who.lieAt(at) {
		return nil
	}
	if t := r.strings[fieldToken]; t != nil && !who.haveToken(t) {
		return nil
	}
	return session.New(at, r.content.made, string(r.strings[fieldStatus]), session.DigestOf(data))
}

// ids are the three names in a file. Each stands there without escapes, so none
// has a character that JSON would escape.
type ids struct {
	team, application, session []byte // team.id is empty where it is absent or null
}

// lieAt is [checkLocation] without words.
func (i ids) lieAt(at session.Place) bool {
	folder := at.Folder.Name()
	return bytes.Equal(i.session, at.ID) && session.IsSessionFileName(at.ID) &&
		i.makeFolder(folder) && session.IsAppFolderName(folder)
}

// makeFolder is [appFolder], without making a string.
func (i ids) makeFolder(name string) bool {
	n := len(i.team)
	if n == 0 {
		return name == string(i.application)
	}
	return len(name) > n && name[:n] == string(i.team) && name[n] == '.' && name[n+1:] == string(i.application)
}

// maxClaims is how many bytes the text of a token may have. Names of app folder
// and file, which have the ids, are below 256 bytes each on most file systems.
const maxClaims = 600

// haveToken reports whether a token is just the one that 4D makes for the ids.
// Others may be as right: [checkToken] says so.
func (i ids) haveToken(token []byte) bool {
	const application, session, team, end = `{"appNameID":"`, `","id":"`, `","teamID":"`, `"}`
	if len(application)+len(i.application)+len(session)+len(i.session)+len(team)+len(i.team)+len(end) > maxClaims {
		return false
	}
	var textRoom [maxClaims]byte
	text := append(textRoom[:0], application...)
	text = append(text, i.application...)
	text = append(text, session...)
	text = append(text, i.session...)
	text = append(text, team...)
	text = append(text, i.team...)
	text = append(text, end...)
	var room [(maxClaims + 2) / 3 * 4]byte
	return bytes.Equal(base64.StdEncoding.AppendEncode(room[:0], text), token)
}

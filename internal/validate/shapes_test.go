package validate

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// compliantFile is a file that is accepted, and where it lies.
type compliantFile struct {
	name string
	key  session.Key
	data []byte
}

// The ids of the shapes: their token is one that can be padded.
const (
	shapeTeam = "K7QX2M9TRB"
	shapeApp  = "com.example.Contacts"
	shapeID   = "f06b769b6cf3ef0bd1f5029c154fb22d4e2d3064"
)

// shapes returns a file of every shape that is in the field, each a session that
// is otherwise the same: as the engine writes it and activation code (compact),
// as the management window does (pretty-printed), with the byte-order mark and the
// CR of projects older than 19 R2, with 4D's escapes, from Android, with a push
// token, with little and much in userInfo; and with the other spellings of a token.
func shapes(t testing.TB) []compliantFile {
	t.Helper()
	unpadded := unpaddedTokenOf(shapeApp, shapeID, shapeTeam)
	padded := tokenOf(shapeApp, shapeID, shapeTeam)
	if padded == unpadded {
		t.Fatal("the token of the shapes is never padded")
	}
	key := session.Key{App: shapeTeam + "." + shapeApp, ID: shapeID}
	file := func(token, userInfo, device string) []byte {
		return fmt.Appendf(nil, `{"application":{"id":%q,"name":"Contacts","version":"1.3.2"},"team":{"id":%q},`+
			`"language":{"id":"en_US","region":"US","code":"en"},"email":"barbara.000017@example.com",`+
			`"device":{"os":"iOS","version":"17.4.1","id":"2D7A8F0C-51B3-4E69-9C84-F6A07B13D5E2","description":"iPhone 15 Pro",`+
			`"simulator":false%s},"parameters":{},"userInfo":%s,"session":{"id":%q,"ip":"203.0.113.77"},"send":"link","token":%q,"status":"accepted"}`,
			shapeApp, shapeTeam, device, userInfo, shapeID, token)
	}
	compact := file(unpadded, "{}", "")
	android := fmt.Appendf(nil, `{"application":{"id":%q,"name":"Contacts","version":1},"language":{"id":"en_US","region":"US","code":"en"},`+
		`"email":"barbara.000017@example.com","device":{"os":"Android","version":11,"id":"2D7A8F0C51B34E69","description":"Pixel 5","simulator":false},`+
		`"parameters":{},"userInfo":{},"session":{"id":%q,"ip":"203.0.113.77"},"send":"link","token":%q,"status":"accepted"}`,
		shapeApp, shapeID, base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, `{"appNameID":%q,"id":%q}`, shapeApp, shapeID)))
	slashes := bytes.Replace(file(strings.ReplaceAll(unpadded, "/", `\/`), `{"home":"https:\/\/example.com\/people\/17","photo":"\/img\/17.png"}`, ""),
		[]byte(`"iOS"`), []byte(`"iOS\/iPadOS"`), 1)
	escapes := bytes.Replace(file(unpadded, `{"name":"B\u00e1rbara \u004c\u0069skov","t\u00e9l":"\ud83d\ude00"}`, ""),
		[]byte(shapeTeam), []byte(`K7QX2M9TR\u0042`), 1)
	return []compliantFile{
		{"compact", key, compact},
		{"padded", key, file(padded, "{}", "")},
		{"URL alphabet", key, file(strings.NewReplacer("+", "-", "/", "_").Replace(unpadded), "{}", "")},
		{"token reordered", key, file(base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "{ \"teamID\" : %q,\r\n\t\"id\" : %q, \"appNameID\" : %q }",
			shapeTeam, shapeID, shapeApp)), "{}", "")},
		{"pretty", key, indented(t, compact)},
		{"pretty, mark and CR", key, append([]byte("\ufeff"), tabbed(t, compact)...)},
		{"pretty, CRLF", key, bytes.ReplaceAll(indented(t, compact), []byte("\n"), []byte("\r\n"))},
		{"escaped slashes", key, slashes},
		{"escaped characters", key, escapes},
		{"Android", session.Key{App: shapeApp, ID: shapeID}, android},
		{"push token", key, file(unpadded, "{}", `,"jb":false,"token":"`+strings.Repeat("0f1e2d3c", 8)+`"`)},
		{"no token", key, bytes.Replace(compact, []byte(`"token":"`+unpadded+`",`), nil, 1)},
		{"40 members of userInfo", key, file(unpadded, userInfo(40), "")},
		{"400 members of userInfo", key, file(unpadded, userInfo(400), "")},
		{"deep userInfo", key, file(unpadded, strings.Repeat(`{"a":[`, 100)+strings.Repeat("]}", 100), "")},
	}
}

// userInfo returns an object with so many members of the kinds that 4D code
// attaches.
func userInfo(members int) string {
	all := make([]string, members)
	for i := range all {
		all[i] = fmt.Sprintf([]string{`"name%d":"Barbara Liskov"`, `"count%d":17.5`, `"flag%d":true`, `"list%d":[1,2,{"a":null}]`}[i%4], i)
	}
	return "{" + strings.Join(all, ",") + "}"
}

func unpaddedTokenOf(app, id, team string) string {
	return strings.TrimRight(tokenOf(app, id, team), "=")
}

// indented returns a file as the management window lays it out.
func indented(t testing.TB, data []byte) []byte {
	t.Helper()
	text := jsontext.Value(bytes.Clone(data))
	if err := text.Indent(jsontext.WithIndent("\t")); err != nil {
		t.Fatal(err)
	}
	return text
}

func BenchmarkShapes(b *testing.B) {
	v := newValidator(b)
	for _, s := range shapes(b) {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(s.data)))
			for b.Loop() {
				if got, p := v.Judge(s.key, s.data); got == nil {
					b.Fatal(p)
				}
			}
		})
	}
}

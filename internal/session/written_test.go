package session

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// decoded is what a session's details and summary should be: what a decoder
// reads from its content.
func decoded(t *rapid.T, l Loaded) (Details, Summary) {
	var d struct {
		Email       string `json:"email"`
		Application struct {
			ID      string         `json:"id"`
			Name    string         `json:"name"`
			Version jsontext.Value `json:"version"`
		} `json:"application"`
		Team   Team `json:"team"`
		Device struct {
			ID          string         `json:"id"`
			Description string         `json:"description"`
			OS          string         `json:"os"`
			Version     jsontext.Value `json:"version"`
			Simulator   *bool          `json:"simulator"`
		} `json:"device"`
		Session struct {
			IP string `json:"ip"`
		} `json:"session"`
	}
	if err := json.Unmarshal(l.Content(), &d); err != nil {
		t.Fatalf("cannot read the content %s: %v", l.Content(), err)
	}
	version := func(value jsontext.Value) string {
		var text string
		if value.Kind() == jsontext.KindNumber {
			return string(value)
		}
		_ = json.Unmarshal(value, &text) // nothing, or null
		return text
	}
	details := Details{
		Email:       d.Email,
		Application: Application{d.Application.ID, d.Application.Name, version(d.Application.Version)},
		Team:        d.Team,
		Device:      Device{d.Device.ID, d.Device.Description, d.Device.OS, version(d.Device.Version), d.Device.Simulator},
		IP:          d.Session.IP,
	}
	return details, Summary{
		Session: l.Key(), App: l.Key().App, ID: l.Key().ID, Status: l.Status(),
		Email: details.Email, Application: details.Application, Team: details.Team, Device: details.Device, IP: details.IP,
		LoadedAt: l.LoadedAt, Revision: l.Revision,
	}
}

var (
	anyText   = rapid.OneOf(rapid.SampledFrom([]string{"", `"`, `\`, `\\"`, `{`, `}`, `[],:"`, "é\u2028\x00", "email", "null"}), rapid.StringN(0, 8, -1))
	anyNumber = rapid.SampledFrom([]string{"0", "-1.50", "1e999", "12"})
	anyString = rapid.Map(anyText, literal)
	orNull    = rapid.OneOf(anyString, anyString, rapid.Just("null"))
	orNumber  = rapid.OneOf(orNull, anyNumber)
	anyBool   = rapid.SampledFrom([]string{"true", "false", "null"})
)

// anyValue returns a generator of any JSON.
func anyValue() *rapid.Generator[string] {
	deeper := rapid.Deferred(func() *rapid.Generator[string] {
		return rapid.OneOf(rapid.Custom(drawArray), rapid.Custom(func(t *rapid.T) string { return drawObject(t, nil) }))
	})
	return rapid.OneOf(orNumber, anyBool, deeper)
}

func literal(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // rapid's texts are UTF-8
	}
	return string(quoted)
}

func drawArray(t *rapid.T) string {
	return "[" + strings.Join(rapid.SliceOfN(anyValue(), 0, 3).Draw(t, "array"), ",") + "]"
}

// drawObject draws an object in which some of the known members stand, between
// others, in any order.
func drawObject(t *rapid.T, known map[string]*rapid.Generator[string]) string {
	names := rapid.SliceOfNDistinct(anyText, 0, 3, rapid.ID).Draw(t, "others")
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if rapid.IntRange(0, 4).Draw(t, name+" is there") > 0 {
			names = append(names, name)
		}
	}
	seen := map[string]bool{}
	var members []string
	for _, name := range rapid.Permutation(names).Draw(t, "order") {
		if seen[name] {
			continue
		}
		seen[name] = true
		value, ok := known[name]
		if !ok {
			value = anyValue()
		}
		members = append(members, literal(name)+" : "+value.Draw(t, name))
	}
	return "{ " + strings.Join(members, ",\n") + "}"
}

// drawFile draws a session file that the schema allows.
func drawFile(t *rapid.T) string {
	type generators = map[string]*rapid.Generator[string]
	object := func(known generators) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string { return drawObject(t, known) })
	}
	orNothing := func(known generators) *rapid.Generator[string] {
		return rapid.OneOf(object(known), object(known), rapid.Just("null"))
	}
	return drawObject(t, generators{
		"email":       orNull,
		"application": object(generators{"id": anyString, "name": orNull, "version": orNumber}),
		"team":        orNothing(generators{"id": orNull}),
		"device": orNothing(generators{
			"id": orNull, "description": orNull, "os": orNull, "version": orNumber, "simulator": anyBool, "token": orNull,
		}),
		"session": object(generators{"id": anyString, "ip": orNull}),
		"token":   anyString,
	})
}

// What is read and written without a decoder and an encoder is what these would
// read and write.
func TestWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := drawFile(t)
		content, err := WithoutSecrets([]byte(file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		key := Key{App: "T.a\"b", ID: rapid.SampledFrom([]string{"c", `"é\`, "id"}).Draw(t, "id")}
		l := Loaded{New(key, content, StatusPending, Digest{}), time.Date(2026, 11, 22, 18, 0, 0, 120, time.UTC), 5}

		details, summary := decoded(t, l)
		if diff := cmp.Diff(details, l.Details()); diff != "" {
			t.Fatalf("details of %s (-want +got):\n%s", content, diff)
		}
		if got := l.Email(); got != details.Email {
			t.Fatalf("the e-mail of %s is %q, want %q", content, got, details.Email)
		}
		want, err := json.Marshal(summary)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.AppendSummary([]byte("before")); string(got) != "before"+string(want) {
			t.Fatalf("summary of %s:\n%s, want\n%s", content, got[len("before"):], want)
		}
		want, err = json.Marshal(struct {
			Summary
			Content jsontext.Value `json:"content"`
		}{summary, content})
		if err != nil {
			t.Fatal(err)
		}
		if got := l.AppendDetail(nil); !bytes.Equal(got, want) {
			t.Fatalf("detail:\n%s, want\n%s", got, want)
		}
	})
}

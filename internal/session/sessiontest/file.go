package sessiontest

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"
)

// DrawFile draws a session file that the schema allows.
func DrawFile(t *rapid.T) string {
	type generators = map[string]*rapid.Generator[string]
	object := func(known generators) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string { return drawObject(t, known) })
	}
	orNothing := func(known generators) *rapid.Generator[string] {
		return rapid.OneOf(object(known), object(known), rapid.Just("null"))
	}
	return drawObject(t, generators{
		"email":       orNull(),
		"application": object(generators{"id": anyString(), "name": orNull(), "version": orNumber()}),
		"team":        orNothing(generators{"id": orNull()}),
		"device": orNothing(generators{
			"id": orNull(), "description": orNull(), "os": orNull(), "version": orNumber(), "simulator": anyBool(), "token": orNull(),
		}),
		"session": object(generators{"id": anyString(), "ip": orNull()}),
		"token":   anyString(),
	})
}

func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", `"`, `\`, `\\"`, `{`, `}`, `[],:"`, "é\u2028\x00", "email", "null"}),
		rapid.StringN(0, 8, -1))
}

func anyNumber() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"0", "-1.50", "1e999", "12"})
}

func anyString() *rapid.Generator[string] { return rapid.Map(anyText(), literal) }

func orNull() *rapid.Generator[string] {
	return rapid.OneOf(anyString(), anyString(), rapid.Just("null"))
}

func orNumber() *rapid.Generator[string] { return rapid.OneOf(orNull(), anyNumber()) }

func anyBool() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"true", "false", "null"})
}

// anyValue returns a generator of any JSON.
func anyValue() *rapid.Generator[string] {
	deeper := rapid.Deferred(func() *rapid.Generator[string] {
		return rapid.OneOf(rapid.Custom(drawArray), rapid.Custom(func(t *rapid.T) string { return drawObject(t, nil) }))
	})
	return rapid.OneOf(orNumber(), anyBool(), deeper)
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
	names := rapid.SliceOfNDistinct(anyText(), 0, 3, rapid.ID).Draw(t, "others")
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

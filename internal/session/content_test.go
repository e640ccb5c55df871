package session

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

func TestWithoutSecrets(t *testing.T) {
	for _, test := range []struct{ name, raw, want string }{
		{"no secrets", `{"status":"pending"}`, `{"status":"pending"}`},
		{"both secrets", `{"token":"SECRET","device":{"token":"SECRET","id":"1"}}`, `{"device":{"id":"1"}}`},
		{"only secrets", `{"token":"SECRET","device":{"token":"SECRET"}}`, `{"device":{}}`},
		{"secrets of any type", `{"token":{"a":["SECRET",{}]},"device":{"token":[["SECRET"],1]},"x":1}`, `{"device":{},"x":1}`},
		{"escaped names", `{"t\u006fken":"SECRET","d\u0065vice":{"\u0074oken":"SECRET"}}`, `{"device":{}}`},
		{"the last member", `{"a":1,"token":"SECRET"}`, `{"a":1}`},
		{"other places", `{"a":{"token":1},"device":{"a":{"token":2}},"devices":[{"token":3}],"Token":4}`, `{"a":{"token":1},"device":{"a":{"token":2}},"devices":[{"token":3}],"Token":4}`},
		{"a device that is a list", `{"device":[{"token":1}]}`, `{"device":[{"token":1}]}`},
		{"names with slashes", `{"device/token":1,"/token":2,"":{"token":3},"~1token":4}`, `{"device/token":1,"/token":2,"":{"token":3},"~1token":4}`},
		{"the word as a value", `{"a":"token","device":"token","b":["token","device"]}`, `{"a":"token","device":"token","b":["token","device"]}`},
		{"white space and a mark", "\ufeff\r\n {\r\t\"a\" : [ 1 , 2 ]\r}\r\n", `{"a":[1,2]}`},
		{"numbers as they are", `{"a":[1.0,-0,1E400,12345678901234567890,0.10]}`, `{"a":[1.0,-0,1E400,12345678901234567890,0.10]}`},
		{"strings as they mean", `{"a":"\u0041\/\ud83d\ude00\n\u2028<&>"}`, `{"a":"A/` + "\U0001F600" + `\n` + "\u2028" + `<&>"}`},
		{"the order of members", `{"z":1,"a":2,"token":"SECRET","m":null}`, `{"z":1,"a":2,"m":null}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			raw := []byte(test.raw)
			got, err := WithoutSecrets(raw)
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v\nwant %s", got, err, test.want)
			}
			if string(raw) != test.raw {
				t.Errorf("the file itself was changed to %q", raw)
			}
		})
	}
}

// An error must not say what the file says: it may end up in a log.
func TestWithoutSecretsOfABrokenFile(t *testing.T) {
	for _, raw := range []string{``, "\ufeff", `{"token":"SECRET"`, `{"token":"SECRET",}`, `{"token":"SECRET"x}`, `{"token":SECRET}`, `{"a":1,"a":2}`} {
		got, err := WithoutSecrets([]byte(raw))
		if strings.Contains(string(got), "SECRET") {
			t.Errorf("%q: the content is %s", raw, got)
		}
		if err == nil && len(got) > 0 {
			t.Errorf("%q: the content is %s", raw, got)
		}
		if err != nil && (strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), sampleID)) {
			t.Errorf("%q: the error is %v", raw, err)
		}
	}
}

func TestWithoutSecretsOfADeepFile(t *testing.T) {
	const deep = 9_000
	for _, raw := range []string{
		`{"token":"SECRET","a":` + strings.Repeat(`[`, deep) + strings.Repeat(`]`, deep) + `}`,
		strings.Repeat(`{"device":`, deep) + `{"token":"no secret down here"}` + strings.Repeat(`}`, deep),
		`{"token":` + strings.Repeat(`{"token":`, deep) + `"SECRET"` + strings.Repeat(`}`, deep) + `,"b":1}`,
	} {
		got, err := WithoutSecrets([]byte(raw))
		if err != nil || strings.Contains(string(got), "SECRET") || !got.IsValid() {
			t.Errorf("%.40q…: %.40s…, %v", raw, got, err)
		}
	}
}

func FuzzWithoutSecrets(f *testing.F) {
	for _, raw := range []string{
		`{"token":"x","device":{"token":"y","id":"1"},"a":[{"token":1},"token"]}`, "\ufeff{\r\"t\\u006fken\":1}", `[{"token":1}]`, `"token"`, `1e5`,
		`{"device":[{"token":1}]}`, `{"device":{"device":{"token":1}}}`, `{"device/token":1}`, `{"a":"\ud800"}`, "{\"a\":\"\xff\"}", `{"token":{"device":{"token":1}}}`,
		``, `{`, `{}{}`, `{"a":1,"a":2}`, `{"~0":{"~1":1.0E+10}}`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		given := bytes.Clone(raw)
		got, err := WithoutSecrets(given)
		if !bytes.Equal(given, raw) {
			t.Fatal("the file itself was changed")
		}
		if err != nil {
			return // not a file that could have been accepted
		}
		want, ok := decode(bytes.TrimPrefix(raw, []byte("\ufeff")))
		if !ok {
			return // several values: neither
		}
		if file, ok := want.(map[string]any); ok {
			delete(file, "token")
			if device, ok := file["device"].(map[string]any); ok {
				delete(device, "token")
			}
		}
		shown, ok := decode(got)
		if !ok {
			t.Fatalf("the content of %q is %q, which is not JSON", raw, got)
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Fatalf("the content of %q is %q (-want +got):\n%s", raw, got, diff)
		}
	})
}

// number is a JSON number as it is written.
type number string

// decode reads one JSON value into maps and slices.
func decode(data []byte) (value any, ok bool) {
	asWritten := json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v *any) error {
		if dec.PeekKind() != '0' {
			return errors.ErrUnsupported
		}
		text, err := dec.ReadValue()
		*v = number(text)
		return err
	})
	return value, json.Unmarshal(data, &value, json.WithUnmarshalers(asWritten)) == nil
}

package validate

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// BenchmarkRejected judges files that are rejected by each check.
func BenchmarkRejected(b *testing.B) {
	v := newValidator(b)
	rejected := map[string][]byte{
		"syntax":   []byte(sampleFile[:len(sampleFile)-1]),
		"schema":   with(b, map[string]string{"/status": `"open"`}),
		"location": with(b, map[string]string{"/team/id": `"T1"`}),
		"token":    with(b, map[string]string{"/token": quoted(tokenOf(sampleApp, sampleID, "T1"))}),
	}
	for _, name := range []string{"syntax", "schema", "location", "token"} {
		b.Run(name, func(b *testing.B) {
			data := rejected[name]
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if s, _ := v.Judge(sampleKey, data); s != nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}

// BenchmarkFullValidator is the full validator alone, on a file that is accepted.
func BenchmarkFullValidator(b *testing.B) {
	v := newValidator(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(compactFile)))
	for b.Loop() {
		if s, p := v.full.judge(sampleKey, compactFile); s == nil {
			b.Fatal(p)
		}
	}
}

// BenchmarkTypedDecode is what the reader is held against: a file decoded strictly
// into a struct, and nothing else done with it.
func BenchmarkTypedDecode(b *testing.B) {
	type file struct {
		Application struct {
			ID      string         `json:"id"`
			Name    string         `json:"name"`
			Version jsontext.Value `json:"version"`
		} `json:"application"`
		Team struct {
			ID string `json:"id"`
		} `json:"team"`
		Language map[string]jsontext.Value `json:"language"`
		Email    string                    `json:"email"`
		Device   struct {
			ID          string         `json:"id"`
			Description string         `json:"description"`
			OS          string         `json:"os"`
			Version     jsontext.Value `json:"version"`
			Simulator   *bool          `json:"simulator"`
			Token       jsontext.Value `json:"token"`
		} `json:"device"`
		Parameters map[string]jsontext.Value `json:"parameters"`
		UserInfo   map[string]jsontext.Value `json:"userInfo"`
		Session    struct {
			ID string `json:"id"`
			IP string `json:"ip"`
		} `json:"session"`
		Token  string `json:"token"`
		Status string `json:"status"`
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(compactFile)))
	for b.Loop() {
		var f file
		if err := json.Unmarshal(compactFile, &f); err != nil || f.Session.ID != sampleID {
			b.Fatal(err)
		}
	}
}

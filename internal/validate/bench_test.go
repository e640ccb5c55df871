package validate

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// BenchmarkJudge judges one file that is accepted, as the generator of the
// benchmarks writes it (compact) and as 4D does (tabs), and files that are
// rejected by each check. A sample of the accepted ones is judged twice, as in
// the daemon.
func BenchmarkJudge(b *testing.B) {
	v := newValidator(b)
	for name, data := range map[string][]byte{"compact": compactFile, "tabs": tabbed(b, compactFile)} {
		b.Run("accepted "+name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if s, p := v.Judge(sampleKey.Place(), data); s == nil {
					b.Fatal(p)
				}
			}
		})
	}
	rejected := map[string][]byte{
		"syntax":   []byte(sampleFile[:len(sampleFile)-1]),
		"schema":   with(b, map[string]string{"/status": `"open"`}),
		"location": with(b, map[string]string{"/team/id": `"T1"`}),
		"token":    with(b, map[string]string{"/token": quoted(tokenOf(sampleApp, sampleID, "T1"))}),
	}
	for _, name := range []string{"syntax", "schema", "location", "token"} {
		b.Run("rejected "+name, func(b *testing.B) {
			data := rejected[name]
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if s, _ := v.Judge(sampleKey.Place(), data); s != nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}

// BenchmarkJudgeSlowly is the authority alone, on the same file.
func BenchmarkJudgeSlowly(b *testing.B) {
	v := newValidator(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(compactFile)))
	for b.Loop() {
		if s, p := v.authority.judge(sampleKey.Place(), compactFile); s == nil {
			b.Fatal(p)
		}
	}
}

// BenchmarkJudgeTypedDecode is the peer that the fast way is held against: the
// same file decoded strictly into a struct, and nothing else done with it.
func BenchmarkJudgeTypedDecode(b *testing.B) {
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

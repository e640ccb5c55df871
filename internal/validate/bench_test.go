package validate

import "testing"

func BenchmarkJudge(b *testing.B) {
	v := newValidator(b)
	files := map[string][]byte{
		"accepted": []byte(sampleFile),
		"syntax":   []byte(sampleFile[:len(sampleFile)-1]),
		"schema":   with(b, map[string]string{"/status": `"open"`}),
		"location": with(b, map[string]string{"/team/id": `"T1"`}),
		"token":    with(b, map[string]string{"/token": quoted(tokenOf(sampleApp, sampleID, "T1"))}),
	}
	for _, name := range []string{"accepted", "syntax", "schema", "location", "token"} {
		b.Run(name, func(b *testing.B) {
			data := files[name]
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if s, p := v.Judge(sampleKey, data); (s != nil) != (name == "accepted") {
					b.Fatal(p)
				}
			}
		})
	}
}

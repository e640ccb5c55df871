package api_test

import (
	"testing"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// typical returns a session of the usual size.
func typical(b *testing.B) session.Loaded {
	b.Helper()
	file := `{"application":{"id":"com.contactApp.Contact","name":"Contact","version":"1.0.0"},` +
		`"team":{"id":"UTT7VDX8W5"},"session":{"id":"7023d9205074199d1c16fc00d24354e778137675","ip":"192.0.2.7"},` +
		`"device":{"id":"1E9F6B7C-5D4E-4F3A-9B2C-8D7E6F5A4B3C","description":"Anna's iPhone","os":"iOS","version":"18.1","simulator":false},` +
		`"language":{"id":"en-GB","region":"GB","code":"en"},"email":"anna@example.com","status":"accepted",` +
		`"userInfo":{"name":"Anna Example","department":"Sales","roles":["reader","writer"]}}`
	content, err := session.WithoutSecrets([]byte(file))
	if err != nil {
		b.Fatal(err)
	}
	key := session.Key{App: "UTT7VDX8W5.com.contactApp.Contact", ID: "7023d9205074199d1c16fc00d24354e778137675"}
	s := session.New(key, content, session.StatusAccepted, session.DigestOf(content))
	return session.Loaded{Session: s, LoadedAt: time.Date(2026, 11, 22, 18, 0, 0, 41, time.UTC), Revision: 1_795_370_340_000_001}
}

func BenchmarkAppendDetail(b *testing.B) {
	s := typical(b)
	var to []byte
	b.ReportAllocs()
	for b.Loop() {
		to = api.AppendDetail(to[:0], s)
	}
}

package api_test

import (
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session/sessiontest"
)

func BenchmarkAppendDetail(b *testing.B) {
	s := sessiontest.Typical()
	var to []byte
	b.ReportAllocs()
	for b.Loop() {
		to = api.AppendDetail(to[:0], s)
	}
}

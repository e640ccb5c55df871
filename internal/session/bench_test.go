package session_test

import (
	"testing"

	"sessiond/internal/session/sessiontest"
)

func BenchmarkDetails(b *testing.B) {
	s := sessiontest.Typical()
	b.ReportAllocs()
	for b.Loop() {
		s.Details()
	}
}

func BenchmarkEmail(b *testing.B) {
	s := sessiontest.Typical()
	b.ReportAllocs()
	for b.Loop() {
		s.Email()
	}
}

package daemon

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/session"
)

// A disagreement of the two ways to check a file is an error in the log, which
// says which file and not what is in it.
func TestLogDisagreement(t *testing.T) {
	const id = "7023d9205074199d1c16fc00d24354e778137675"
	key := session.NewKey("T1.com.example.a", id)
	for name, test := range map[string]struct {
		problem *session.Problem
		want    map[string]any
	}{
		"rejected": {
			session.NewProblem(key, session.CodeSchema, "/status: is missing"),
			map[string]any{
				"session": key.Short(), "componentSignature": session.ComponentMobi, "errCode": int64(session.CodeSchema),
				"message": session.CodeSchema.Message(), "detail": "/status: is missing",
			},
		},
		"another session": {nil, map[string]any{"session": key.Short()}},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zapcore.ErrorLevel)
			logDisagreement(zap.New(core))(key, test.problem)
			entries := logs.TakeAll()
			if len(entries) != 1 {
				t.Fatalf("%d lines", len(entries))
			}
			if diff := cmp.Diff(test.want, entries[0].ContextMap()); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

package daemon

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
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

// The line of a pass names the first of those who were logged out, and no others.
func TestLogNamesRemoved(t *testing.T) {
	var effects []session.Effect
	var want []string
	for i, kind := range []session.Kind{
		session.KindAdmitted, session.KindDeleted, session.KindUpdated, session.KindInvalid, session.KindDeleted,
		session.KindDeleted, session.KindDeleted, session.KindAdmitted, session.KindInvalid, session.KindDeleted,
	} {
		key := session.NewKey("T1.a.b", fmt.Sprintf("%d023d9205074199d1c16fc00d24354e778137675", i))
		effects = append(effects, session.Effect{Session: sessiontest.At(key), Kind: kind})
		if kind.Removes() && len(want) < namedRemovals {
			want = append(want, key.Short())
		}
	}
	if got := firstRemoved(effects); !slices.Equal(got, append(want, "and 2 more")) {
		t.Errorf("got %q, want %q and 2 more", got, want)
	}
	if got := firstRemoved(effects[1:7]); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := firstRemoved(effects[:1]); got != nil {
		t.Errorf("got %q, want none", got)
	}
}

package control_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/control"
	"sessiond/internal/edit"
	"sessiond/internal/session"
	"sessiond/internal/trash"
)

// raw sends a request as it is written and returns its failure.
func (w *world) raw(lines ...string) api.Kind {
	w.t.Helper()
	conn := w.dial()
	write(w.t, conn, strings.Join(lines, "\r\n"))
	answer := readAnswer(w.t, conn)
	return read[failure](w.t, answer).Type
}

// TestKindsOfProblems brings about a failure of each kind.
func TestKindsOfProblems(t *testing.T) {
	refresh := func(header, body string) func(w *world) api.Kind {
		return func(w *world) api.Kind {
			return w.raw("POST /v1/refresh HTTP/1.1", "Host: sessiond", header, "", body)
		}
	}
	get := func(path string) func(w *world) api.Kind {
		return func(w *world) api.Kind { return read[failure](w.t, w.get(path)).Type }
	}
	open := func(report session.Report) func(w *world) api.Kind {
		return func(w *world) api.Kind {
			w.daemon.open = func(context.Context, session.Key) (session.Report, error) { return report, nil }
			return read[failure](w.t, w.post("/v1/sessions/"+key.String()+"/open")).Type
		}
	}
	// failing brings about the failure that an error of the administrator stands for.
	failing := func(err error) func(w *world) api.Kind {
		return func(w *world) api.Kind {
			w.admin.err = err
			return read[failure](w.t, w.ask(http.MethodDelete, "/v1/sessions/"+key.String(), nil)).Type
		}
	}
	edited := func(k edit.Kind) func(w *world) api.Kind { return failing(&edit.Error{Kind: k, Key: key}) }
	patch := func(header, body string) func(w *world) api.Kind {
		return func(w *world) api.Kind {
			return w.raw("PATCH /v1/sessions/"+key.String()+" HTTP/1.1", "Host: sessiond", "Content-Type: application/json",
				fmt.Sprint("Content-Length: ", len(body)), header, "", body)
		}
	}
	causes := map[api.Kind]func(w *world) api.Kind{
		api.KindBodyMalformed:  patch("X-No: header", "{"),
		api.KindInvalidIfMatch: patch("If-Match: *", "{}"),
		api.KindInvalidSet:     patch("X-No: header", `{"token":""}`),
		api.KindInvalidChanges: func(w *world) api.Kind { return read[failure](w.t, w.changes("{}")).Type },
		api.KindNotInTrash:     failing(trash.ErrNotFound),
		api.KindNoTrash:        failing(admin.ErrNoTrash),
		api.KindNoAudit:        failing(admin.ErrNoAudit),
		api.KindNotAudited:     failing(admin.ErrNotAudited),
		api.KindChangedSince:   edited(edit.KindPrecondition),
		api.KindConflict:       edited(edit.KindConflict),
		api.KindFileExists:     edited(edit.KindExists),
		api.KindNotCompliant:   edited(edit.KindResult),
		api.KindFileTooLarge:   edited(edit.KindTooLarge),
		api.KindNotWritable:    edited(edit.KindRefused),
		api.KindReadOnly:       edited(edit.KindReadOnly),
		api.KindNoSpace:        edited(edit.KindNoSpace),
		api.KindFileBusy:       edited(edit.KindBusy),
		api.KindUnreadable:     edited(edit.KindUnreadable),
		api.KindOutcomeUnknown: edited(edit.KindUnknown),
		api.KindTrashFailed:    edited(edit.KindTrash),

		api.KindInvalidParameter: get("/v1/sessions?limit=0"),
		api.KindInvalidKey:       get("/v1/sessions/nodot/id"),
		api.KindUnknownRoute:     get("/v2"),
		api.KindWrongMethod:      get("/v1/refresh"),
		api.KindOtherSite:        refresh("Origin: http://example.com", ""),
		api.KindUnknownHost: func(w *world) api.Kind {
			return w.raw("GET /v1/status HTTP/1.1", "Host: example.com", "", "")
		},
		api.KindAdminOnly: func(w *world) api.Kind {
			return read[failure](w.t, w.post("/v1/open")).Type
		},
		api.KindNotAuthority: func(w *world) api.Kind {
			return read[failure](w.t, w.post("/v1/refresh?takeRoot=1")).Type
		},
		api.KindNodeMayNotEdit: func(w *world) api.Kind { return read[failure](w.t, w.post("/v1/refresh")).Type },
		api.KindAuthorityAway:  func(w *world) api.Kind { return read[failure](w.t, w.post("/v1/refresh")).Type },
		api.KindNotHeld: func(w *world) api.Kind {
			return read[failure](w.t, w.post("/v1/replica/adopt")).Type
		},
		api.KindBodyUnreadable: refresh("Transfer-Encoding: chunked", "x\r\n"),
		api.KindBodyLate:       refresh("Content-Length: 10", "half"),
		api.KindBodyTooLarge:   refresh("Content-Length: 65537", strings.Repeat("x", 65537)),
		api.KindBodyNotJSON:    refresh("Content-Length: 4", "null"),
		api.KindNotInMemory:    get("/v1/sessions/" + key.String()),
		api.KindNoFile:         open(session.Report{}),
		api.KindRejected:       open(session.Report{Errors: []session.Problem{*session.NewProblem(key, session.CodeSchema, "")}}),
		api.KindUnsettled:      open(session.Report{Unsettled: []session.Unsettled{{Session: key, Reason: session.ReasonInMotion}}}),
		api.KindRevisionGone:   get("/v1/events?since=1"),
		api.KindAnotherRun:     get("/v1/events?since=00000001-1"),
		api.KindLoading: func(w *world) api.Kind {
			w.daemon.ready = make(chan struct{})
			return get("/readyz")(w)
		},
		api.KindStopping: func(w *world) api.Kind {
			stream := w.beginToFollow()
			w.stop()
			last, err := rest(w.t, stream)
			if err != nil {
				w.t.Error(err)
			}
			return read[failure](w.t, answer{body: []byte(last)}).Type
		},
		api.KindNoPass: func(w *world) api.Kind {
			w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, errors.New("no") }
			return read[failure](w.t, w.post("/v1/refresh")).Type
		},
		api.KindBusy: func(w *world) api.Kind {
			return read[failure](w.t, w.occupy()).Type
		},
		api.KindTooManyFollowers: func(w *world) api.Kind {
			for range 4 {
				w.follow(nil)
			}
			return get("/v1/events")(w)
		},
		api.KindInternal: func(w *world) api.Kind {
			w.daemon.refresh = func(context.Context) (session.Report, error) { panic("a defect") }
			return read[failure](w.t, w.post("/v1/refresh")).Type
		},
	}
	for want, cause := range causes {
		t.Run(path.Base(string(want)), func(t *testing.T) {
			w := newWorld(t, func(cfg *control.Config) {
				cfg.MaxConns = 8
				cfg.Writing = func() api.Write { return api.Write{Enabled: true} }
				if want == api.KindBusy {
					cfg.MaxConns = 0
					littleMemory(cfg)
				}
				if want == api.KindAdminOnly {
					cfg.Level = nil
				}
				switch want {
				case api.KindNotAuthority, api.KindNodeMayNotEdit, api.KindAuthorityAway:
					cfg.Authority, cfg.Forward = func() string { return "node north" }, elsewhere{err: &control.ExchangeError{Kind: want, Err: errors.New("no")}}
				default: // the files are here
				}
				if want == api.KindBodyLate {
					cfg.Limits.Body = time.Millisecond
				}
			})
			if got := cause(w); got != want {
				t.Errorf("the type is %q, want %q", got, want)
			}
		})
	}
	causes[api.KindWritingOff] = nil // TestWritingOff brings it about
	if diff := cmp.Diff(slices.Sorted(slices.Values(api.Kinds())), slices.Sorted(maps.Keys(causes))); diff != "" {
		t.Errorf("kinds that there are (-) and that are brought about here (+): %s", diff)
	}
}

package cli

import (
	"errors"
	"fmt"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
)

func TestExitStatus(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("disk on fire"), 1},
		{errNotJudged, 1},
		{&usageError{}, 2},
		{&config.Error{Place: "flag --settle"}, 2},
		{&config.Error{Place: "environment SESSIOND_SETTLE"}, 78},
		{&config.Error{Place: "c.yaml:2"}, 78},
		{&config.Error{Key: config.KeyRoot}, 78}, // nobody named one
		{&config.Error{State: true}, 1},
		{&config.Error{Place: "flag --config", State: true}, 1},
		{errors.Join(&config.Error{State: true}, &config.Error{Place: "c.yaml:2"}), 78},
		{rejected(0), 0},
		{rejected(2), 3},
		{told{errRejected}, 3},
		{fmt.Errorf("cannot refresh: %w", client.ErrUnreachable), 4},
		{told{&client.ProblemError{Kind: api.KindAuthorityAway, Status: 503}}, 4},
		{told{&client.ProblemError{Kind: api.KindOutcomeUnknown, Status: 504}}, 1},
		{fmt.Errorf("cannot show: %w", client.ErrNotFound), 5},
		{told{client.ErrNotFound}, 5},
	} {
		if got := exitStatus(tc.err); got != tc.want {
			t.Errorf("exitStatus(%v) = %d, want %d", tc.err, got, tc.want)
		}
	}
}

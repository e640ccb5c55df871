package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
)

// PlanChanges asks what would become of many sessions. Nothing is changed, whether or not the
// request says that it is a dry run. It sends as many requests as [Client.MakeChanges] would,
// and where one is refused, it returns that as an error.
func (c *Client) PlanChanges(ctx context.Context, asked api.Changes) (api.ChangesPlan, error) {
	asked.DryRun = true
	parts, err := splitChanges(asked)
	if err != nil {
		return api.ChangesPlan{}, err
	}
	var plan api.ChangesPlan
	for _, part := range parts {
		some, err := ask[api.ChangesPlan](ctx, c, changesRequest(part.body))
		if err != nil {
			return api.ChangesPlan{}, err
		}
		plan.Matched += some.Matched
		plan.Would.Change += some.Would.Change
		plan.Would.Nothing += some.Would.Nothing
		plan.Would.Refuse += some.Would.Refuse
		plan.Items = append(plan.Items, some.Items...)
	}
	return plan, nil
}

// MakeChanges changes many sessions, and calls each with what became of one after the other,
// as soon as that is known. It sends as many requests as their keys need, one after the other.
// Where the first is refused, it returns that as an error; where a later one is, the sessions
// of that and of all after it failed for that reason. Where it returns another error, the
// daemon may have changed those of which nothing was told, too, and may still be at it.
func (c *Client) MakeChanges(ctx context.Context, asked api.Changes, each func(api.ChangeResult)) (api.ChangesSummary, error) {
	asked.DryRun = false
	parts, err := splitChanges(asked)
	if err != nil {
		return api.ChangesSummary{}, err
	}
	var sum api.ChangesSummary
	for i, part := range parts {
		made, err := c.makeChanges(ctx, part.body, each)
		refused, ok := errors.AsType[*ProblemError](err)
		switch {
		case ok && refused.Kind != "" && i > 0:
			for _, left := range parts[i:] {
				sum.Failed += len(left.items)
				for _, item := range left.items {
					each(api.ChangeResult{Session: item.Session, Problem: refused.problem()})
				}
			}
			return sum, nil
		case err != nil:
			return api.ChangesSummary{}, err
		}
		sum.Changed += made.Changed
		sum.Unchanged += made.Unchanged
		sum.Failed += made.Failed
		sum.Visible = made.Visible // where the last is to be seen, so are the others
	}
	return sum, nil
}

// changesPart is a request for some of many sessions.
type changesPart struct {
	items []api.ChangeItem
	body  []byte
}

// splitChanges returns requests whose bodies are not too long, in the order of the sessions.
func splitChanges(asked api.Changes) ([]changesPart, error) {
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	n := len(asked.Sessions)
	if len(body) <= api.MaxChangesBody || n < 2 {
		return []changesPart{{asked.Sessions, body}}, nil
	}
	first, rest := asked, asked
	first.Sessions, rest.Sessions = asked.Sessions[:n/2], asked.Sessions[n/2:]
	parts, err := splitChanges(first)
	if err != nil {
		return nil, err
	}
	more, err := splitChanges(rest)
	return append(parts, more...), err
}

// makeChanges sends one request.
func (c *Client) makeChanges(ctx context.Context, body []byte, each func(api.ChangeResult)) (api.ChangesSummary, error) {
	var end *api.ChangesEnd
	err := c.read(ctx, changesRequest(body), func(answer io.Reader) error {
		lines := bufio.NewReader(answer)
		for end == nil {
			line, err := lines.ReadBytes('\n')
			switch {
			case err != nil && ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				return fmt.Errorf("it breaks off before its end: %w", io.ErrUnexpectedEOF)
			}
			if end, err = readResult(line, each); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return api.ChangesSummary{}, err
	}
	return end.Summary, nil
}

func changesRequest(body []byte) request {
	return request{method: http.MethodPost, path: "/v1/changes", json: body}
}

// readResult passes on what became of a session. It returns the last line.
func readResult(line []byte, each func(api.ChangeResult)) (*api.ChangesEnd, error) {
	var one struct {
		api.ChangeResult

		Summary *api.ChangesSummary `json:"summary"`
	}
	if err := json.Unmarshal(line, &one); err != nil {
		return nil, err
	}
	if one.Summary != nil {
		return &api.ChangesEnd{Summary: *one.Summary}, nil
	}
	each(one.ChangeResult)
	return nil, nil //nolint:nilnil // more is to come
}

// ErrorOf returns a failure that stands in a line of an answer.
func ErrorOf(p *api.Problem) error { return problemError(*p) }

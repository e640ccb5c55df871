package cli

import (
	"sessiond/internal/api"
)

// following says whether a running 4D server follows, and what it reported.
func (p *page) following(n *api.Notify) [][]cell {
	rows := [][]cell{{strong.of("4D server"), p.followingState(n)}}
	switch {
	case n.Answer != "":
		rows = append(rows, []cell{{}, warn.of("its answer was not understood: %s", n.Answer)})
	case n.Errors != nil && n.ErrorsTotal == 0:
		rows = append(rows, []cell{{}, plain.of("it reports no error")})
	case n.Errors != nil:
		rows = append(rows, []cell{{}, plain.of("it reports %s:", count(n.ErrorsTotal, "error", "errors"))})
	}
	for _, e := range n.Errors {
		rows = append(rows, []cell{{}, plain.of("  %s %d: %s", e.ComponentSignature, e.ErrCode, e.Message)})
	}
	if more := n.ErrorsTotal - len(n.Errors); more > 0 && n.Errors != nil {
		rows = append(rows, []cell{{}, plain.of("  and %s more", comma(more))})
	}
	return rows
}

func (p *page) followingState(n *api.Notify) cell {
	last := "never told"
	if !n.LastSuccess.IsZero() {
		last = "last told " + p.ago(n.LastSuccess)
	}
	var untold string
	if n.Updated+n.Removed > 0 {
		untold = "; " + comma(n.Updated) + " updated and " + comma(n.Removed) + " removed since " + p.since(n.Since)
	}
	switch n.State {
	case api.NotifyFollowing:
		return good.of("follows, %s (%s)", last, n.URL)
	case api.NotifyWaiting:
		return warn.of("is to be told: %s; %s%s (%s)", n.Reason, last, untold, n.URL)
	case api.NotifyFailing:
	}
	return bad.of("does not follow: %s; %s%s (%s)", n.Reason, last, untold, n.URL)
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
)

func (a *app) audit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Tell who changed which session, and when",
		Long: `Lists what is on record about changes of sessions, the newest first: those that
were made through the daemon, with who made them, and those of files that others
made, which have no name. TIME is as open --since takes it.

A change through the daemon is recorded before and after it is made. The table
leaves out the line before; one that has no line after it is shown as begun.
Of a change at a follower, the node is known, and the user is what the node
claims: nobody has proved that to this daemon.
With --output json, each line is a JSON object of its own.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond audit
  sessiond audit --session Contact/7023d920
  sessiond audit --since 24h --action delete --output json | jq -r .actor.user`,
		Args: takesNothing,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	var query client.AuditQuery
	limit := auditLines
	var since moment
	addApp(a, cmd, &query.App, "only sessions of this app")
	cmd.Flags().Var(filter{&query.Session}, "session", "only this session")
	cmd.Flags().Var(filter{&query.Email}, "email", "only sessions that had this address, or were given it")
	cmd.Flags().Var(filter{&query.Action}, "action", "only lines about this action")
	cmd.Flags().Var(&since, "since", "only what happened since then")
	cmd.Flags().IntVar(&limit, "limit", limit, "list so many at most")
	stands(cmd, "session", "KEY")
	stands(cmd, "email", "E-MAIL")
	stands(cmd, "action", "ACTION")
	stands(cmd, "limit", "N")
	offer(cmd, "email")
	offer(cmd, "action", auditActions()...)
	offer(cmd, "since")
	offer(cmd, "limit")
	completes(cmd, "session", a.completeKeys)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkLimit(cmd, limit); err != nil {
			return err
		}
		if query.Action != "" && !slices.Contains(auditActions(), query.Action) {
			return badValue(cmd, "action", query.Action, "must be one of "+strings.Join(auditActions(), ", "))
		}
		var err error
		if query.Since, err = since.at(a.now(), a.zone); err != nil {
			return badValue(cmd, "since", since.String(), err.Error())
		}
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		if query.App, _, err = findGivenApp(cmd.Context(), daemon, query.App); err != nil {
			return err
		}
		var id string
		if query.Session, id, err = auditKey(cmd.Context(), daemon, query.Session); err != nil {
			return err
		}
		lines, more, err := listAudit(cmd.Context(), daemon, query, limit, func(e *api.AuditEntry) bool { return isOf(e, id) }, *output == formatTable)
		if err != nil {
			return err
		}
		return a.showAudit(*output, lines, more)
	}
	return cmd
}

// auditLines is how many lines audit lists unless it is asked for another number: the
// record may go back for years.
const auditLines = 100

// auditKey returns the key of the session that a person means by text, or its beginning.
// The record knows sessions that the daemon does not know any more: where text may be the
// beginning of such a one's id, that is returned, too, for [isOf].
func auditKey(ctx context.Context, daemon *client.Client, text string) (key, id string, err error) {
	if text == "" {
		return "", "", nil
	}
	found, err := resolveKey(ctx, daemon, text, keysUnadmitted, keysRejected, keysInTrash)
	switch {
	case err == nil:
		return found.String(), "", nil
	case !errors.Is(err, client.ErrNotFound):
		return "", "", err
	case strings.Contains(text, "/"):
		return text, "", nil
	}
	return "", strings.TrimSuffix(text, "…"), nil
}

// isOf reports whether a line may be about the session whose id begins so, or any where
// that is empty: keys on record are shortened.
func isOf(e *api.AuditEntry, id string) bool {
	short := inApp(e.Session)
	return id == "" || short != "" && (strings.HasPrefix(short, id) || strings.HasPrefix(id, short))
}

// listAudit returns the lines that are wanted, no more than a limit, and whether there are
// more. Folded, it leaves out announcements whose end is listed.
func listAudit(ctx context.Context, daemon *client.Client, q client.AuditQuery, limit int, wanted func(*api.AuditEntry) bool, folded bool) (lines []api.AuditEntry, more bool, err error) {
	ended := make(map[uint64]bool)
	q.Limit = listPage
	for {
		got, err := daemon.Audit(ctx, q)
		if err != nil {
			return nil, false, err
		}
		for i := range got.Entries {
			e := &got.Entries[i]
			if !wanted(e) || folded && e.Result == resultIntent && ended[e.Seq] {
				continue
			}
			if len(lines) == limit {
				return lines, true, nil
			}
			ended[e.Intent] = true
			lines = append(lines, *e)
		}
		if got.Next == "" {
			return lines, false, nil
		}
		q.Cursor = got.Next
	}
}

// showAudit writes a table, or an object a line.
func (a *app) showAudit(f format, lines []api.AuditEntry, more bool) error {
	if f == formatTable && len(lines) == 0 {
		a.tell("nothing of that is on record")
		return nil
	}
	p := a.page()
	if f == formatTable {
		p.audit(lines)
	} else if err := p.objects(lines); err != nil {
		return err
	}
	if err := p.flush(); err != nil {
		return err
	}
	if more {
		a.tell("there are older lines: see --limit and --since")
	}
	return nil
}

// objects writes lines of the audit as a JSON object each.
func (p *page) objects(lines []api.AuditEntry) error {
	for i := range lines {
		text, err := json.Marshal(&lines[i])
		if err != nil {
			return fmt.Errorf("cannot write a line of the audit as JSON: %w", err)
		}
		p.text(string(text))
	}
	return nil
}

package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
)

func (a *app) purge() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "purge KEY | --email E-MAIL",
		Short: "Erase deleted session files for good",
		Long: `Erases from the trash, for good, the files of one session, those of an e-mail
address, or with both those of that session with that address. KEY is that of a
deleted session or its beginning, as far as it is unique.

It shows what it is about to erase and asks; where there is no terminal, --yes
must be given. The audit has a line without the address.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond trash purge --email anna@example.com
  sessiond trash purge --yes --reason "request of 22 November" Contact/7023d920`,
		Args:              takes(0, 1, "KEY"),
		ValidArgsFunction: a.completeTrashKey,
	}
	f := a.addChange(cmd)
	var query client.PurgeQuery
	cmd.Flags().Var(filter{&query.Email}, "email", "the files of this address")
	stands(cmd, "email", "E-MAIL")
	offer(cmd, "email")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 && query.Email == "" {
			return misused(cmd, "KEY or --email is missing")
		}
		if err := a.mustKnow(cmd, f.yes || f.dryRun); err != nil {
			return err
		}
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		if len(args) == 1 {
			if query.Session, err = findDeleted(cmd.Context(), daemon, args[0]); err != nil {
				return err
			}
		}
		return a.purgeThese(cmd.Context(), daemon, query, f)
	}
	return cmd
}

// purgeThese erases deleted files, once whoever can be asked agrees.
func (a *app) purgeThese(ctx context.Context, daemon *client.Client, query client.PurgeQuery, f *changeFlags) error {
	query.DryRun = true
	found, err := daemon.Purge(ctx, query)
	if err != nil {
		return err
	}
	if found.Purged > 0 && !f.dryRun {
		if !f.yes {
			if err := a.askToPurge(&found); err != nil {
				return err
			}
		}
		query.DryRun, query.Reason = false, f.reason.text
		if found, err = daemon.Purge(ctx, query); err != nil {
			return err
		}
	}
	if *f.output == formatTable && found.Purged == 0 {
		a.tell("nothing of that is in the trash")
		return nil
	}
	return a.show(*f.output, found, func(p *page) error {
		if f.dryRun {
			p.trash(found.Items)
			p.total(found.Purged, false, "file would be erased", "files would be erased")
			return nil
		}
		p.line(good.of("%s erased", count(found.Purged, "deleted file", "deleted files")))
		return nil
	})
}

func (a *app) askToPurge(found *api.Purged) error {
	p := a.askPage()
	p.trash(found.Items)
	if more := found.Purged - len(found.Items); more > 0 {
		p.line(plain.of("and %s more", comma(more)))
	}
	if err := p.flush(); err != nil {
		return err
	}
	if found.Purged > deletedUnnumbered {
		return a.confirmNumber(fmt.Sprintf("Erase these %s deleted files for good?", comma(found.Purged)), found.Purged)
	}
	return a.confirm("Erase " + count(found.Purged, "deleted file", "deleted files") + " for good?")
}

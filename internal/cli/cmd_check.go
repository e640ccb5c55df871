package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"sessiond/internal/config"
	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

func (a *app) check() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "Check session files without a daemon",
		Long: `Checks session files with the same code as the daemon's passes, without asking
one. A PATH is a MobileApps folder, a single app folder or a single session file,
whose key is the last two names of its path. Without a PATH, the folder of the
setting root is checked. A folder that holds no app folder is no MobileApps
folder, unless it is empty, and cannot be checked.

Each rejected file is one line on standard output, "KEY: mobi 3: message: detail";
with --output json, the errors of all paths are one array. What is odd but no
error is a warning on standard error.

A file that looks wrong is looked at again after the settle time, so that one that
is being written is not called wrong.

Where something could not be judged, such as a file that cannot be read, the exit
status is 1, also where other files are rejected.`,
		Annotations: exits(exitRejected),
		Example: `  sessiond check /srv/4D/MobileApps
  sessiond check UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675
  sessiond check --output json /srv/4D/MobileApps | jq length`,
		Args: takes(0, -1, "PATH"),
	}
	a.config.AddFlags(cmd.Flags(), config.KeyRoot, config.KeySettle, config.KeyMaxFileSize)
	output := addOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 && cmd.Flags().Changed(config.KeyRoot) {
			return misused(cmd, "give either PATHs or --root")
		}
		settings, err := a.config.Load(cmd.Flags(), a.Environ)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			if err := settings.RequireRoot(); err != nil {
				return err
			}
			args = []string{settings.Root}
		}
		judge, err := validate.New()
		if err != nil {
			return err
		}
		c := checker{settings: settings, judge: judge}
		found, wrong := targets(args)
		for _, err := range wrong {
			a.tell("sessiond: %s", err)
		}
		for _, t := range found {
			if err := c.check(cmd.Context(), t); err != nil {
				return err
			}
		}
		return a.showChecked(*output, &c, len(wrong) > 0)
	}
	return cmd
}

// checker gathers what a check finds in one or more MobileApps folders.
type checker struct {
	settings config.Settings
	judge    *validate.Validator

	files    int // valid, rejected, or not judged
	valid    int
	unjudged int
	problems []session.Problem
	moving   []session.Unsettled // in motion at every look
	warnings []string
}

func (c *checker) check(ctx context.Context, t target) error {
	if in, err := look(t.root); len(t.keys) == 0 && err == nil && !in.apps {
		c.warnings = append(c.warnings, fmt.Sprintf("there is no app folder in %q yet: nothing was checked", t.root))
	}
	checked, err := refresh.Check(ctx, refresh.Config{
		Tree:   mobileapps.NewBounded(mobileapps.NewDisk(t.root, c.settings.MaxFileSize), 0),
		Judge:  c.judge,
		Settle: c.settings.Settle,
	}, t.keys...)
	if err != nil {
		return fmt.Errorf("cannot check %q: %w", t.root, err)
	}
	c.add(checked.Report.Counts)
	c.problems = append(c.problems, checked.Report.Errors...)
	for _, u := range checked.Report.Unsettled {
		if u.Reason == session.ReasonInMotion { // the unreadable have an error
			c.moving = append(c.moving, u)
		}
	}
	for _, s := range checked.Sessions {
		for _, warning := range validate.Warnings(s) {
			c.warnings = append(c.warnings, fmt.Sprintf("%s: %s", s.Key(), warning))
		}
	}
	return nil
}

// add counts what a check found in one more folder.
func (c *checker) add(counts session.Counts) {
	unjudged := notJudged(counts)
	c.files += counts.Checked
	c.unjudged += unjudged
	c.valid += counts.Checked - counts.Rejected - unjudged
}

// summary is how many files were checked and what became of them, and how many
// folders were not to be listed.
func (c *checker) summary() string {
	text := sum(c.files, []part{{c.valid, "valid"}, {session.CountRejected(c.problems), "rejected"}, {c.unjudged, "not judged"}})
	folders := 0
	for i := range c.problems {
		if !c.problems[i].Session.IsFile() {
			folders++
		}
	}
	if folders > 0 {
		text += "; " + count(folders, "folder", "folders") + " not judged"
	}
	return text
}

// showChecked writes what a check found and returns how it ends. partly is true
// where some paths could not be looked at.
func (a *app) showChecked(f format, c *checker, partly bool) error {
	err := a.show(f, c.problems, func(p *page) error {
		for i := range c.problems {
			p.line(problemCells(&c.problems[i])...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, warning := range c.warnings {
		a.tell("warning: %s", warning)
	}
	for _, u := range c.moving {
		a.tell("sessiond: cannot judge %s: it is being written", keyName(u.Session))
	}
	a.tell("%s", c.summary())
	wrong := session.CountRejected(c.problems)
	if partly || wrong < len(c.problems) || len(c.moving) > 0 {
		return told{errNotJudged}
	}
	if wrong > 0 {
		return told{errRejected}
	}
	return nil
}

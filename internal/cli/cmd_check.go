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
one. A PATH is a MobileApps folder, a single app folder or a single session
file, whose key is the last two names of its path. Without a PATH, the folder
of the setting root is checked. A folder that holds no app folder is no
MobileApps folder, unless it is empty, and cannot be checked.

Each rejected file is one line on standard output, "KEY: mobi 3: message:
detail"; with --output json, one object has the counts, the errors, what could
not be judged and the warnings of all paths. What is odd but no error is a
warning on standard error, those alike in one line.

A file that looks wrong is looked at again after the settle time, so that one
that is being written is not called wrong.

Where something could not be judged, such as a file that cannot be read, the
exit status is 1, also where other files are rejected.`,
		Annotations: exits(exitRejected),
		Example: `  sessiond check /srv/4D/MobileApps
  sessiond check MobileApps/UTT7VDX8W5.com.contactApp.Contact
  sessiond check --output json /srv/4D/MobileApps | jq .rejected`,
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

	checked
}

// checked is what a check found. It is the JSON document of check.
type checked struct {
	Files    int `json:"checked"` // valid, rejected, or not judged
	Valid    int `json:"valid"`
	Rejected int `json:"rejected"`
	Unjudged int `json:"notJudged"`

	Errors []session.Problem `json:"errors"`
	// Unsettled are the files that were being written at every look.
	Unsettled []session.Unsettled `json:"unsettled"`
	Warnings  []checkWarning      `json:"warnings"`
}

// checkWarning is what is odd but no error about a session file or, where it has no
// session, about a folder.
type checkWarning struct {
	Session session.Key `json:"session,omitzero"`
	Message string      `json:"message"`
}

func (c *checker) check(ctx context.Context, t target) error {
	if in, err := look(t.root); len(t.keys) == 0 && err == nil && !in.apps {
		c.Warnings = append(c.Warnings, checkWarning{Message: fmt.Sprintf("there is no app folder in %q yet: nothing was checked", t.root)})
	}
	found, err := refresh.Check(ctx, refresh.Config{
		Tree:   mobileapps.NewBounded(mobileapps.NewDisk(t.root, c.settings.MaxFileSize), 0),
		Judge:  c.judge,
		Settle: c.settings.Settle,
	}, t.keys...)
	if err != nil {
		return fmt.Errorf("cannot check %q: %w", t.root, err)
	}
	c.add(found.Report.Counts)
	c.Errors = append(c.Errors, found.Report.Errors...)
	for _, u := range found.Report.Unsettled {
		if u.Reason == session.ReasonInMotion { // the unreadable have an error
			c.Unsettled = append(c.Unsettled, u)
		}
	}
	for _, s := range found.Sessions {
		for _, warning := range validate.Warnings(s) {
			c.Warnings = append(c.Warnings, checkWarning{s.Key().Clone(), warning})
		}
	}
	return nil
}

// add counts what a check found in one more folder.
func (c *checker) add(counts session.Counts) {
	unjudged := notJudged(counts)
	c.Files += counts.Checked
	c.Unjudged += unjudged
	c.Rejected += counts.Rejected
	c.Valid += counts.Checked - counts.Rejected - unjudged
}

// summary is how many files were checked and what became of them, and how many
// folders were not to be listed.
func (c *checked) summary() string {
	text := sum(c.Files, []part{{c.Valid, "valid"}, {c.Rejected, "rejected"}, {c.Unjudged, "not judged"}})
	folders := 0
	for i := range c.Errors {
		if !c.Errors[i].Session.IsFile() {
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
	err := a.show(f, c.checked, func(p *page) error {
		for i := range c.Errors {
			p.line(problemCells(&c.Errors[i])...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.warn(c.Warnings)
	for _, u := range c.Unsettled {
		a.tell("sessiond: cannot judge %s: it is being written", keyName(u.Session))
	}
	a.tell("%s", c.summary())
	if partly || c.Rejected < len(c.Errors) || len(c.Unsettled) > 0 {
		return told{errNotJudged}
	}
	if c.Rejected > 0 {
		return told{errRejected}
	}
	return nil
}

// warn tells warnings, those that say the same of several files in one line.
func (a *app) warn(all []checkWarning) {
	files := make(map[string]int)
	for _, w := range all {
		files[w.Message]++
	}
	for _, w := range all {
		n := files[w.Message]
		files[w.Message] = 0
		switch {
		case n == 0: // told with the first
		case w.Session.IsRoot():
			a.tell("warning: %s", w.Message)
		case n == 1:
			a.tell("warning: %s: %s", w.Session, w.Message)
		default:
			a.tell("warning: %s, such as %s: %s", count(n, "file", "files"), w.Session, w.Message)
		}
	}
}

package cli

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is what version shows of how the program was made.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"` // of the commit
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (a *app) version() *cobra.Command {
	cmd := &cobra.Command{
		Use:         "version",
		Short:       "Print the version",
		Long:        "Prints the version of this program and how it was built.",
		Annotations: exits(),
		Example: `  sessiond version
  sessiond version --output json`,
		Args: takesNothing,
	}
	output := addOutput(cmd)
	cmd.RunE = func(*cobra.Command, []string) error { return a.showBuild(*output) }
	return cmd
}

// showBuild writes the version and how the program was made.
func (a *app) showBuild(f format) error {
	b := a.build()
	return a.show(f, b, func(p *page) error { p.build(&b); return nil })
}

// build returns what was set at build time. What was not is taken from what the
// Go tool wrote into the program.
func (a *app) build() build {
	b := build{
		Version: a.Version, Commit: a.Commit, Date: a.Date,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = cmp.Or(b.Version, info.Main.Version)
	if b.Commit != "" {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (p *page) build(b *build) {
	commit := b.Commit
	if b.Modified {
		commit += ", modified"
	}
	p.line(strong.of("%s", words("sessiond", b.Version)))
	rows := [][]cell{}
	for _, part := range []struct{ name, value string }{
		{"commit", commit}, {"date", b.Date}, {"go", b.Go}, {"platform", b.Platform},
	} {
		if part.value != "" {
			rows = append(rows, []cell{plain.of("%s", part.name), plain.of("%s", part.value)})
		}
	}
	p.table(rows)
}

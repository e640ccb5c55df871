package cli

import "github.com/spf13/cobra"

func (a *app) showSession() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show KEY",
		Short: "Show one session in memory",
		Long: `Shows one session in memory and the content of its file as it was loaded,
without the tokens. KEY is APPFOLDER/SESSIONID.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond show UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675
  sessiond show com.example.noteam/7023d920 --output json | jq .content.userInfo`,
		Args:              takes(1, 1, "KEY"),
		ValidArgsFunction: a.completeKey,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		keys, err := parseKeys(cmd, args)
		if err != nil {
			return err
		}
		daemon, err := a.dial(cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		detail, err := daemon.Session(cmd.Context(), keys[0])
		if err != nil {
			return err
		}
		return a.show(*output, detail, func(p *page) error { return p.session(&detail.Summary, detail.Content) })
	}
	return cmd
}

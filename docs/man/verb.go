package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sessiond/internal/cli"
	"sessiond/internal/config"
)

// verbs returns every command below one. Of the two pages that could tell how
// help is called, none is needed.
func verbs(cmd *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() {
			all = append(append(all, below), verbs(below)...)
		}
	}
	return all
}

// pageName returns the name of a command's page: "sessiond-service-install".
func pageName(cmd *cobra.Command) string {
	return strings.ReplaceAll(cmd.CommandPath(), " ", "-")
}

// verbText returns a command's page in Markdown.
func verbText(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# NAME\n%s - %s\n\n", pageName(cmd), escape(lowerFirst(cmd.Short)))
	fmt.Fprintf(&b, "# SYNOPSIS\n%s\n\n", synopsis(cmd))
	fmt.Fprintf(&b, "# DESCRIPTION\n%s\n\n", plainText(cmd.Long))
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "# COMMANDS\n%s", commandsText(cmd))
	}
	if !cmd.HasAvailableSubCommands() || cli.RunsItself(cmd) {
		fmt.Fprintf(&b, "# OPTIONS\n%s", flagsText(cmd))
	}
	fmt.Fprintf(&b, "# EXIT STATUS\n%s", statusesText(cmd))
	fmt.Fprintf(&b, "# EXAMPLES\n%s\n\n", codeText(cmd.Example))
	fmt.Fprintf(&b, "# SEE ALSO\n%s\n", seeAlso(cmd))
	return b.String()
}

// synopsis returns how a command is called, its name in bold.
func synopsis(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() && !cli.RunsItself(cmd) {
		return fmt.Sprintf("**%s** *COMMAND*", cmd.CommandPath())
	}
	rest := strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath())
	return fmt.Sprintf("**%s**%s", cmd.CommandPath(), escape(strings.Replace(rest, "[flags]", "[OPTION…]", 1)))
}

// commandsText lists the pages of the commands below one.
func commandsText(cmd *cobra.Command) string {
	var b strings.Builder
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() {
			fmt.Fprintf(&b, "**%s**(1)\n: %s.\n\n", pageName(below), escape(below.Short))
		}
	}
	return b.String()
}

// flagsText lists a command's flags.
func flagsText(cmd *cobra.Command) string {
	cmd.InitDefaultHelpFlag()
	var b strings.Builder
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		b.WriteString("**--" + f.Name + "**")
		if f.Shorthand != "" {
			b.WriteString(", **-" + f.Shorthand + "**")
		}
		if f.Value.Type() != "bool" {
			b.WriteString(" " + alternatives(f.Value.Type()))
		}
		fmt.Fprintf(&b, "\n: %s.", escape(upperFirst(f.Usage)))
		if f.DefValue != "" && f.Value.Type() != "bool" {
			fmt.Fprintf(&b, " Default: %s.", escape(f.DefValue))
		}
		b.WriteString("\n\n")
	})
	return b.String()
}

// alternatives returns what stands for a value: *TIME*, or **json**|**console**.
func alternatives(form string) string {
	if strings.ToUpper(form) == form {
		return "*" + escape(form) + "*"
	}
	return "**" + strings.Join(strings.Split(form, "|"), `**\|**`) + "**"
}

// statusesText lists a command's exit statuses.
func statusesText(cmd *cobra.Command) string {
	var b strings.Builder
	for line := range strings.Lines(cmd.Annotations[cli.ExitStatuses]) {
		status, meaning, _ := strings.Cut(strings.TrimSpace(line), "  ")
		fmt.Fprintf(&b, "**%s**\n: %s.\n\n", status, escape(upperFirst(meaning)))
	}
	return b.String()
}

// seeAlso names the pages around a command's.
func seeAlso(cmd *cobra.Command) string {
	var pages []string
	for above := cmd.Parent(); above != nil; above = above.Parent() {
		pages = append([]string{"**" + pageName(above) + "**(1)"}, pages...)
	}
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() {
			pages = append(pages, "**"+pageName(below)+"**(1)")
		}
	}
	return strings.Join(append(pages, "**sessiond.yaml**(5)", "**sessiond-files**(5)"), ", ")
}

// settingText describes a setting.
func settingText(row config.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s:** %s\n: %s.", row.Key, alternatives(row.Form), escape(upperFirst(row.Usage)))
	fmt.Fprintf(&b, " Allowed: %s.", escape(row.Allowed))
	if row.Default != "" {
		fmt.Fprintf(&b, " Default: %s.", escape(row.Default))
	}
	fmt.Fprintf(&b, " Also **--%s** and **%s**.", row.Key, escape(row.Env))
	return b.String()
}

// plainText returns a text of the help as Markdown. What is indented stands as
// it is.
func plainText(text string) string {
	var paragraphs []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(paragraph, "  ") {
			paragraphs = append(paragraphs, codeText(paragraph))
		} else {
			paragraphs = append(paragraphs, escape(paragraph))
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// codeText returns lines that stand as they are, less the help's indentation.
func codeText(text string) string {
	return "```\n" + regexp.MustCompile(`(?m)^  `).ReplaceAllString(text, "") + "\n```"
}

// escape takes their meaning in Markdown from the signs of a text.
func escape(text string) string {
	return regexp.MustCompile("[\\\\`*_{}\\[\\]<>|~&#]|(?m:^[-+:])").ReplaceAllString(text, `\$0`)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

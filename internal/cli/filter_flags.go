package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// filterFlags are the flags of a command that say which sessions are meant.
type filterFlags struct {
	session.Filter

	before  moment
	notSeen span
}

// addFilters gives a command the flags of a filter.
func (a *app) addFilters(cmd *cobra.Command) *filterFlags {
	f := &filterFlags{}
	addApp(a, cmd, &f.App, "only sessions of this app")
	for _, flag := range []struct {
		name, stands, usage string
		value               *string
		offered             []string
	}{
		{"status", session.StatusAccepted + "|" + session.StatusPending, "only sessions with this status", &f.Status, []string{session.StatusAccepted, session.StatusPending}},
		{"email", "E-MAIL", "only sessions of this address; * stands for any characters", &f.Email, nil},
		{"domain", "DOMAIN", "only addresses of this domain", &f.Domain, nil},
		{"device", "TEXT", "only this device, by description or id; * stands for any characters", &f.Device, nil},
		{"os", "TEXT", "only this operating system, with its version or without", &f.OS, []string{"Android*", "iOS*"}},
		{"duplicate", "certain|likely|any", "only sessions that have a newer one on the same device", (*string)(&f.Duplicate), []string{"certain", "likely", "any"}},
	} {
		cmd.Flags().Var(filter{flag.value}, flag.name, flag.usage)
		stands(cmd, flag.name, flag.stands)
		offer(cmd, flag.name, flag.offered...)
	}
	cmd.Flags().VarP(filter{&f.Words}, "match", "q", "only where each word is in e-mail address, device, app folder or id")
	stands(cmd, "match", "WORDS")
	offer(cmd, "match")
	cmd.Flags().Var(&f.before, "modified-before", "only files that were modified before this time")
	offer(cmd, "modified-before")
	cmd.Flags().Var(&f.notSeen, "not-seen", "only sessions that no gateway has seen for so long")
	stands(cmd, "not-seen", "TIME")
	offer(cmd, "not-seen")
	return f
}

// isGiven reports whether a filter is given.
func (f *filterFlags) isGiven() bool { return f.before != "" || f.notSeen > 0 || len(f.Members()) > 0 }

// read returns the filter that the flags make, its app as it was given.
func (f *filterFlags) read(cmd *cobra.Command, now time.Time, zone *time.Location) (is session.Filter, err error) {
	asked := f.Filter
	if asked.ModifiedBefore, err = f.before.at(now, zone); err != nil {
		return is, badValue(cmd, "modified-before", string(f.before), err.Error())
	}
	if f.notSeen > 0 {
		asked.SeenBefore = now.Add(-time.Duration(f.notSeen))
	}
	for name, text := range asked.Members() {
		if err := is.Set(name, text); err != nil {
			return is, misused(cmd, "%v", err)
		}
	}
	return is, nil
}

// filter is read with the folder of the app, which may be called by any of its names.
func (f *filterFlags) filter(ctx context.Context, cmd *cobra.Command, daemon *client.Client, now time.Time, zone *time.Location) (*session.Filter, error) {
	is, err := f.read(cmd, now, zone)
	if err != nil {
		return nil, err
	}
	if is.App, _, err = findGivenApp(ctx, daemon, is.App); err != nil {
		return nil, err
	}
	return &is, nil
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/console"
	"sessiond/internal/logging"
)

func (a *app) console() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "console",
		Short: "Show the sessions in a browser",
		Long: `Serves a page on which sessions are looked at and changed, to a browser on this
machine, and opens it where there is one. The page asks the daemon as the user
who runs this command, and may do what that user may do.

The address is written to standard output. It holds a key of this run: whoever
has it can do what the user can do. It ends with the command, or when the page
has asked nothing for the time of --idle (0 for never).

From another machine, forward a port: the example's address then works there.`,
		Annotations: exits(exitUnreachable),
		Example: `  sessiond console
  ssh -L 8080:127.0.0.1:8080 HOST \
    sessiond console --listen 127.0.0.1:8080 --no-open`,
		Args: takesNothing,
	}
	a.addSocket(cmd)
	var o consoleOptions
	o.addFlags(cmd.Flags())
	stands(cmd, "listen", "ADDRESS")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := config.CheckLoopback(o.listen); err != nil {
			return badValue(cmd, "listen", o.listen, err.Error())
		}
		if o.idle < 0 {
			return badValue(cmd, "idle", o.idle.String(), "must be 0 or more")
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		defer stop()
		daemon, err := a.dial(ctx, cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		if _, err := daemon.Status(ctx); err != nil { // to say at once that there is none
			return err
		}
		return a.serveConsole(ctx, daemon, o)
	}
	return cmd
}

// consoleOptions are the flags of console.
type consoleOptions struct {
	listen string
	noOpen bool
	idle   time.Duration
}

func (o *consoleOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "serve the page on this address of this machine")
	flags.BoolVar(&o.noOpen, "no-open", false, "open no browser")
	flags.DurationVar(&o.idle, "idle", 30*time.Minute, "end when nothing was asked for so long; 0 for never")
}

// serveConsole serves the page until ctx ends.
func (a *app) serveConsole(ctx context.Context, daemon *client.Client, o consoleOptions) error {
	log, err := logging.New(logging.Options{Level: config.LogLevelWarn, Format: config.LogFormatConsole, Out: a.Err, Color: wantsColour(a.Err, a.lookupEnv)})
	if err != nil {
		return err
	}
	defer log.End()
	server, err := console.New(console.Config{Daemon: daemon, Assets: console.Assets(), Idle: o.idle, Log: log.Logger})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("cannot serve the console: %w", err)
	}
	address := server.Address(ln)
	if _, err := fmt.Fprintln(a.Out, address); err != nil {
		ln.Close()
		return fmt.Errorf("cannot tell the address: %w", err)
	}
	if !o.noOpen {
		defer a.openBrowser(server, address)()
	}
	a.tell("the page is at the address above; Ctrl-C ends it")
	if err := server.Serve(ctx, ln); !errors.Is(err, console.ErrIdle) {
		return err
	}
	a.tell("the console ends: it was not used for %v", o.idle)
	return nil
}

// openBrowser shows the page where there is a browser. The function that it returns is
// for the end of the console.
func (a *app) openBrowser(server *console.Server, address string) func() {
	remove, err := console.OpenBrowser(address, a.lookupEnv)
	if err != nil {
		a.tell("%s", err)
		return func() {}
	}
	go func() { <-server.Opened(); remove() }()
	return remove
}

// Command taizhang is the electronic ledger: server, private servers, tools.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"taizhang/internal/config"
	"taizhang/internal/embedded"
	"taizhang/internal/embedded/gateway"
	"taizhang/internal/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "taizhang:", explain(err))
		os.Exit(1)
	}
}

const usage = `taizhang keeps the ledgers of a prison and scores them.

  taizhang up             start everything here, with a demonstration, and open the page
  taizhang serve          serve against DATABASE_URL and S3_*
  taizhang migrate        bring DATABASE_OWNER_URL to the shape this program knows
  taizhang found FILE     add the prisons, areas and people of FILE; prints first passwords
  taizhang verify         re-read everything and name the first place that does not hold
  taizhang catalog check  prove the shipped ledgers and the register of what they came from
  taizhang catalog try FILE    say what of a JSON Schema the catalogue would refuse, place by place
  taizhang catalog export DIR  write every published version of every ledger back as files, and who owns it now
  taizhang standard check [DIR]  hold the shipped standards, or the three artefacts in a folder, to the release checks
  taizhang search rebuild make anew what entries are found by
  taizhang config check   print the settings in force, without secrets
`

type command func(context.Context, config.Config, io.Writer, io.Writer) error

// run is the program: ctx ends it, environ configures it.
func run(ctx context.Context, args, environ []string, out, log io.Writer) error {
	if len(args) > 0 && args[0] == embedded.S3Command {
		return gateway.Run(args[1:])
	}
	commands := map[string]command{"up": up, "serve": serve, "migrate": migrate, "verify": verify, "config check": checkConfig, "catalog check": checkCatalog, "standard check": checkStandards, "search rebuild": rebuildSearch}
	name := strings.Join(args, " ")
	do, ok := commands[name]
	if n := len(args) - 1; n > 0 {
		if with, takes := map[string]func(context.Context, config.Config, string, io.Writer) error{
			"found": found, "catalog try": trySchema, "catalog export": exportCatalog, "standard check": checkStandard,
		}[strings.Join(args[:n], " ")]; takes {
			ok, do = true, func(ctx context.Context, c config.Config, out, _ io.Writer) error { return with(ctx, c, args[n], out) }
		}
	}
	if !ok {
		_, err := io.WriteString(out, usage)
		if name != "" && name != "help" && name != "--help" && name != "-h" {
			return errors.Join(err, fmt.Errorf("unknown command %q", name))
		}
		return err
	}
	c, err := config.Load(environ)
	if err != nil {
		return err
	}
	return do(ctx, c, out, log)
}

func checkConfig(_ context.Context, c config.Config, out, _ io.Writer) error { return c.Print(out) }

// explain says what the operator can do, where the program knows.
func explain(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == "already_running" {
		if f.Detail["address"] != nil {
			return fmt.Sprintf("already running here (pid %v): open http://%v", f.Detail["pid"], f.Detail["address"])
		}
		return fmt.Sprintf("already running here (pid %v)", f.Detail["pid"])
	}
	return err.Error()
}

// Command importer goes on with one import, or export, until it has nothing more to do. The
// kill harness ends it in between.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/google/uuid"

	"taizhang/internal/exchange"
	"taizhang/internal/housetest"
)

func main() {
	if err := run(context.Background(), os.Args[1], len(os.Args) > 2); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, id string, export bool) error {
	h, err := housetest.Join(ctx, os.Getenv("KILL_HOUSE"))
	if err != nil {
		return err
	}
	defer h.Store.Close()
	for more := true; more; {
		if more, err = h.Exchange.Run(ctx, exchange.Work{Prison: h.Prison, ID: uuid.MustParse(id), Export: export}); err != nil {
			return err
		}
	}
	return nil
}

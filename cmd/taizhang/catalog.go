package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"taizhang/internal/catalog"
	"taizhang/internal/config"
	"taizhang/schemas"
)

// checkCatalog proves the shipped catalogue and its register of consolidation,
// and prints the summary table.
func checkCatalog(_ context.Context, _ config.Config, out, _ io.Writer) error {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		return err
	}
	if _, err := c.LoadTraces(schemas.FS); err != nil {
		return err
	}
	r, err := catalog.LoadRegister(schemas.FS)
	if err != nil {
		return err
	}
	totals := r.Count()
	fmt.Fprintf(out, "%-12s %10s %10s %10s\n", "", "ordinary", "functional", "together")
	for _, kind := range slices.Sorted(maps.Keys(totals.Ordinary)) {
		a, b := totals.Ordinary[kind], totals.Functional[kind]
		fmt.Fprintf(out, "%-12s %10d %10d %10d\n", kind, a, b, a+b)
	}
	fmt.Fprintf(out, "%d paper ledgers, %d additions, %d ledgers kept; an ordinary area keeps %d fewer\n", len(r.Legacy), totals.Additions, len(c.Types()), r.Fewer())
	bad := r.Check(c)
	for _, f := range bad {
		fmt.Fprintf(out, "register.json%s: %s\n", f.Pointer, f.Text.ZH)
	}
	if len(bad) > 0 {
		return fmt.Errorf("%d mistakes in the register of consolidation", len(bad))
	}
	return nil
}

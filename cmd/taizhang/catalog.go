package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/internal/catalog"
	"taizhang/internal/config"
	"taizhang/internal/postgres"
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

// trySchema says what the catalogue refuses of a JSON Schema that somebody else
// wrote: each place and the reason.
func trySchema(_ context.Context, _ config.Config, file string, out io.Writer) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		return err
	}
	bad := c.Refuses(raw)
	for _, f := range bad {
		fmt.Fprintf(out, "%s: %s\n", f.Pointer, f.Text.ZH)
	}
	if len(bad) > 0 {
		return fmt.Errorf("%s: %d places are refused", file, len(bad))
	}
	_, err = fmt.Fprintf(out, "%s: taken\n", file)
	return err
}

// exportCatalog writes every published version back as the files it came in, and
// who owns each ledger now: a transfer is in none of them.
func exportCatalog(ctx context.Context, c config.Config, dir string, out io.Writer) (err error) {
	database := c.DatabaseURL
	if database == "" {
		data, err := filepath.Abs(c.Data)
		if err != nil {
			return err
		}
		servers, err := startServers(ctx, c, data, logger(c, io.Discard))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, servers.stop(context.WithoutCancel(ctx))) }()
		database = postgres.AsRole(servers.postgres.URL("taizhang"), "taizhang_verify")
	}
	store, err := postgres.Open(ctx, database, 4)
	if err != nil {
		return err
	}
	defer store.Close()
	published, err := store.Published(ctx)
	if err != nil {
		return err
	}
	all, err := catalog.Compile(schemas.FS, published)
	if err != nil {
		return err
	}
	n := 0
	for _, id := range all.IDs() {
		for _, t := range all.Versions(id) {
			into := filepath.Join(dir, "ledgers", id, fmt.Sprintf("v%d", t.Version))
			if err := os.MkdirAll(into, 0o755); err != nil {
				return err
			}
			for name, raw := range map[string][]byte{"schema.json": t.SchemaJSON, "ledger.json": t.DefinitionJSON, "form.json": t.FormJSON} {
				if err := os.WriteFile(filepath.Join(into, name), raw, 0o644); err != nil {
					return err
				}
			}
			n++
		}
	}
	owners, _, err := store.Governed(ctx)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, id := range all.IDs() {
		fmt.Fprintf(&lines, "%s, %s\n", id, owners[id])
	}
	if err := os.WriteFile(filepath.Join(dir, "owners.csv"), []byte(lines.String()), 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d versions of %d ledgers written to %s\n", n, len(all.IDs()), dir)
	return err
}

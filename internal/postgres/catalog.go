package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/catalog"
)

// Install puts the shipped versions into the database. One already there stays
// as it is: a published version is immutable.
func (s *Store) Install(ctx context.Context, c *catalog.Catalog, owner func(ledger string) string, departments []Department) error {
	return mapped(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		for _, d := range departments {
			if _, err := tx.Exec(ctx, "insert into departments (code, title_zh, title_en) values ($1, $2, $3) on conflict do nothing", d.Code, d.ZH, d.EN); err != nil {
				return err
			}
		}
		// Two servers may start at once.
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		for _, t := range c.Types() {
			if _, err := tx.Exec(ctx, `insert into ledger_versions (ledger, version, schema, definition, form, digest) values ($1, $2, $3, $4, $5, $6)
				on conflict do nothing`, t.ID, t.Version, []byte(t.SchemaJSON), []byte(t.DefinitionJSON), []byte(t.FormJSON), t.Digest[:]); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into ledger_owners (ledger, from_at, department) select $1, now(), $2
				where not exists (select from ledger_owners where ledger = $1)`, t.ID, owner(t.ID)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Department as the database keeps it.
type Department struct{ Code, ZH, EN string }

// Published reads every version in force or ever in force.
func (s *Store) Published(ctx context.Context) ([]catalog.Files, error) {
	rows, err := s.pool.Query(ctx, "select schema, definition, form from ledger_versions order by ledger, version")
	if err != nil {
		return nil, mapped(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (catalog.Files, error) {
		var f catalog.Files
		err := row.Scan(&f.Schema, &f.Definition, &f.Form)
		return f, err
	})
}

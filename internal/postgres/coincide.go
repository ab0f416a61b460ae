package postgres

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/catalog"
)

// Filed reads documents in force, the newest first, each through made.
func (t *txn) Filed(ctx context.Context, prison uuid.UUID, from, to string, limit int,
	made func(ledger string, version int, area, day string, canonical json.RawMessage) (*catalog.Filed, error)) ([]catalog.Filed, error) {
	rows, err := t.tx.Query(ctx, `select r.ledger, r.version, e.area_id::text, e.occurred_day::text, r.canonical
		from entries e join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.in_force
		where e.prison_id = $1 and e.state <> 'voided' and e.occurred_day between $2::text::date and $3::text::date and not r.nil_return
		order by e.occurred_day desc, e.entry_id limit $4`, prison, from, to, limit)
	if err != nil {
		return nil, mapped(err)
	}
	var list []catalog.Filed
	var ledgerID, area, day string
	var version int
	var canonical []byte
	_, err = pgx.ForEachRow(rows, []any{&ledgerID, &version, &area, &day, &canonical}, func() error {
		f, err := made(ledgerID, version, area, day, canonical)
		if f != nil && err == nil {
			list = append(list, *f)
		}
		return err
	})
	return list, mapped(err)
}

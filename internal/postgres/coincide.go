package postgres

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// Filed reads documents in force, the newest first, each through made.
func (t *txn) Filed(ctx context.Context, prison uuid.UUID, from, to string, scope ledger.Scope, limit int,
	made func(ledger string, version int, area, day string, canonical json.RawMessage) (*catalog.Filed, error)) ([]catalog.Filed, error) {
	w := &where{}
	w.add("e.prison_id = %s and e.state <> 'voided' and not r.nil_return", prison)
	w.scope(scope)
	w.add("e.occurred_day between %s::text::date and %s::text::date", from, to)
	w.args = append(w.args, limit)
	rows, err := t.tx.Query(ctx, `select r.ledger, r.version, e.area_id::text, e.occurred_day::text, r.canonical
		from entries e join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.in_force
		where `+w.String()+`
		order by e.occurred_day desc, e.entry_id limit $`+strconv.Itoa(len(w.args)), w.args...)
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

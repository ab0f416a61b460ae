package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
)

// Held lists who is held by the area on the day, by number.
func (t *txn) Held(ctx context.Context, prison, area uuid.UUID, day string) ([]ledger.Inmate, error) {
	rows, err := t.tx.Query(ctx, `select inmate_no, name, area_id from inmates where prison_id = $1 and area_id = $2
		and admitted_on <= $3::text::date and (released_on is null or released_on > $3::text::date) order by inmate_no`, prison, area, day)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Inmate, error) {
		var i ledger.Inmate
		err := row.Scan(&i.Number, &i.Name, &i.Area)
		return i, err
	})
}

// Latest looks only at what the asker may see: it is shown to them. What is older
// than a year or so begins nothing any more, and is not read.
func (t *txn) Latest(ctx context.Context, prison, area uuid.UUID, ledgerID, member, until string) ([]ledger.Latest, error) {
	rows, err := t.tx.Query(ctx, `select distinct on (1) coalesce(r.document->>nullif($4, ''), ''), e.entry_id, e.occurred_day::text, r.version, r.canonical
		from entries e join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id
			and r.revision = case when e.in_force > 0 then e.in_force else e.revision end
		where e.prison_id = $1 and e.area_id = $2 and e.ledger = $3 and e.occurred_day <= $5::text::date
			and e.occurred_day > $5::text::date - 400 and (e.state = 'submitted' or e.state <> 'voided' and e.in_force > 0) and not r.nil_return
		order by 1, r.occurred_at desc, e.entry_id desc`, prison, area, ledgerID, member, until)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Latest, error) {
		var l ledger.Latest
		var doc []byte
		err := row.Scan(&l.Subject, &l.Entry, &l.Day, &l.Version, &doc)
		l.Document = doc
		return l, err
	})
}

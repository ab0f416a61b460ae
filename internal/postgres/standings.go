package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
)

// standing are the revisions in force of an area's ledgers and days, nil returns left out.
const standing = ` from entries e join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.in_force
	where e.prison_id = $1 and e.area_id = $2 and e.ledger = any($3) and e.occurred_day between $4::text::date and $5::text::date
		and e.state <> 'voided' and not r.nil_return`

// InForce as in ledger.Reader.
func (t *txn) InForce(ctx context.Context, prison, area uuid.UUID, ledgers []string, from, to string, each func(ledger.Standing) error) error {
	return t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select s.*, f.ids, f.slots, f.kinds from (select e.prison_id, e.entry_id, e.in_force, r.ledger, r.version, r.canonical`+standing+` offset 0) s
			cross join lateral (
				select array_agg(evidence_id order by evidence_id) as ids, array_agg(slot order by evidence_id) as slots, array_agg(media_type order by evidence_id) as kinds
				from evidence where prison_id = s.prison_id and entry_id = s.entry_id and revision = s.in_force) f`, prison, area, ledgers, from, to)
		if err != nil {
			return err
		}
		var e ledger.Standing
		var ids []uuid.UUID
		var slots, kinds []string
		_, err = pgx.ForEachRow(rows, []any{nil, &e.Entry, nil, &e.Ledger, &e.Version, &e.Document, &ids, &slots, &kinds}, func() error {
			e.Files = make([]ledger.Evidence, len(ids))
			for i := range ids {
				e.Files[i] = ledger.Evidence{ID: ids[i], Slot: slots[i], MediaType: kinds[i]}
			}
			return each(e)
		})
		return err
	})
}

// Resting as in ledger.Reader.
func (t *txn) Resting(ctx context.Context, prison, area uuid.UUID, ledgers []string, from, to string) (list []ledger.Standing, err error) {
	err = t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, "select e.entry_id, r.ledger, r.version, r.pins"+standing+" and r.pins <> '[]'", prison, area, ledgers, from, to)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e ledger.Standing, err error) {
			err = row.Scan(&e.Entry, &e.Ledger, &e.Version, &e.Pins)
			return e, err
		})
		return err
	})
	return list, err
}

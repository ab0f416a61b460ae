package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
)

func (t *txn) Earlier(ctx context.Context, k ledger.Key, author uuid.UUID, ledgerID, field string) ([]ledger.Earlier, error) {
	rows, err := t.tx.Query(ctx, `select e.occurred_day::text, r.document ->> $5 from entries e
			join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.revision
		where e.prison_id = $1 and e.author = $2 and e.ledger = $3 and e.entry_id <> $4 and e.state in ('submitted', 'approved') and not r.nil_return
			and jsonb_typeof(r.document -> $5) = 'string' order by e.changed_at desc limit 60`, k.Prison, author, ledgerID, k.Entry, field)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[ledger.Earlier])
}

func (t *txn) FiledSince(ctx context.Context, k ledger.Key, author uuid.UUID, since time.Time) ([]string, error) {
	rows, err := t.tx.Query(ctx, `select e.occurred_day::text from entries e where e.prison_id = $1 and e.author = $2 and e.entry_id <> $3
		and e.resubmitted_at >= $4 and e.occurred_day is not null and not e.nil_return and e.changed_at >= $4
		order by e.changed_at desc, e.entry_id desc limit $5`, k.Prison, author, k.Entry, since, ledger.HintsFrom)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Numbers are the area's, whoever may read them: only their middle is shown.
func (t *txn) Numbers(ctx context.Context, k ledger.Key, area uuid.UUID, ledgerID string, fields []string, from, to time.Time) (map[string][]float64, error) {
	found := map[string][]float64{}
	err := t.asProgram(ctx, func() error {
		// By the day, as there is an index; the documents of these and of no others.
		rows, err := t.tx.Query(ctx, `select f.name, (r.document ->> f.name)::float8 from (
				select e.prison_id, e.entry_id, e.revision from entries e
				where e.prison_id = $1 and e.area_id = $2 and e.ledger = $3 and e.entry_id <> $4 and e.state in ('submitted', 'approved') and not e.nil_return
					and e.occurred_at between $6 and $7 order by e.occurred_day desc, e.entry_id desc limit $8) e
				cross join lateral (select document from revisions where prison_id = e.prison_id and entry_id = e.entry_id and revision = e.revision offset 0) r
				cross join unnest($5::text[]) as f(name)
			where jsonb_typeof(r.document -> f.name) = 'number'`, k.Prison, area, ledgerID, k.Entry, fields, from, to, ledger.HintsFrom)
		if err != nil {
			return err
		}
		var name string
		var v float64
		_, err = pgx.ForEachRow(rows, []any{&name, &v}, func() error {
			found[name] = append(found[name], v)
			return nil
		})
		return err
	})
	return found, err
}

package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// Spent reads the efforts that submissions brought with them.
func (t *txn) Spent(ctx context.Context, prison, area uuid.UUID, from, to string, scope ledger.Scope) ([]ledger.Spent, error) {
	w := &where{}
	w.add("v.prison_id = %s and v.kind = 'submitted'", prison)
	w.scope(scope)
	if area != uuid.Nil {
		w.add("e.area_id = %s", area)
	}
	w.add("v.recorded_at >= %s::text::timestamp at time zone '+08:00'::interval", from)
	w.add("v.recorded_at < (%s::text::timestamp + interval '1 day') at time zone '+08:00'::interval", to)
	rows, err := t.tx.Query(ctx, `
		select ledger, count(*), count(seconds), coalesce(sum(seconds), 0),
			coalesce(percentile_disc(0.5) within group (order by seconds), 0), coalesce(percentile_disc(0.5) within group (order by keystrokes), 0)
		from (
			select e.ledger, (v.detail -> 'effort' ->> 'seconds')::int as seconds, (v.detail -> 'effort' ->> 'keystrokes')::int as keystrokes
			from events v join entries e on e.prison_id = v.prison_id and e.entry_id = v.entry_id
			where `+w.String()+`
		) as one group by ledger order by ledger`, w.args...)
	if err != nil {
		return nil, mapped(err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[ledger.Spent])
}

// Costs reads the same efforts by the version that was filled. They are the
// prison's, whoever reads them: only their middle is shown, and nothing of sealed
// cases. Who sees nothing in the prison sees none.
func (t *txn) Costs(ctx context.Context, prison uuid.UUID, since time.Time) (catalog.Costs, error) {
	costs := catalog.Costs{}
	err := t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `
			select r.ledger, r.version, percentile_disc(0.5) within group (order by (v.detail -> 'effort' ->> 'seconds')::int),
				percentile_disc(0.5) within group (order by (v.detail -> 'effort' ->> 'keystrokes')::int)
			from events v join revisions r on r.prison_id = v.prison_id and r.entry_id = v.entry_id and r.revision = v.revision
				join entries e on e.prison_id = v.prison_id and e.entry_id = v.entry_id
			where v.prison_id = $1 and v.kind = 'submitted' and v.recorded_at >= $2 and v.detail -> 'effort' ->> 'seconds' is not null
				and not e.sealed and string_to_array($3, ',') && array[$1::text, '*']
			group by r.ledger, r.version`, prison, since, t.ses.Scope["prisons"])
		if err != nil {
			return err
		}
		var id string
		var version int
		var cost catalog.Cost
		_, err = pgx.ForEachRow(rows, []any{&id, &version, &cost.Seconds, &cost.Keystrokes}, func() error {
			if costs[id] == nil {
				costs[id] = map[int]catalog.Cost{}
			}
			costs[id][version] = cost
			return nil
		})
		return err
	})
	return costs, mapped(err)
}

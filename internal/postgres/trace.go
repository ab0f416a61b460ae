package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
	"taizhang/internal/search"
)

func (t retrieving) Unscoped(ctx context.Context, prison uuid.UUID, gram string, limit int) ([]ledger.Entry, error) {
	var list []ledger.Entry
	err := t.asProgram(ctx, func() error {
		found, err := t.Search(ctx, retrieval.Query{Prison: prison, Scope: ledger.Everything(), Asked: search.Query{Grams: []string{gram}}, Limit: limit})
		for _, f := range found {
			list = append(list, f.Entry)
		}
		return err
	})
	return list, err
}

// heard are the areas that the records of the roll, as they came, had the inmate
// in; what was heard late moved nobody.
const heard = `select a.area_id, s.recorded_at from source_records s join areas a on a.prison_id = s.prison_id and a.code = app.document(s.fields)->>'area'
	where s.prison_id = $1 and s.target = 'inmates' and app.document(s.fields)->>'number' = $2
		and not exists (select from source_records n where n.prison_id = s.prison_id and n.system = s.system and n.target = s.target and n.key = s.key
			and n.version > s.version and n.recorded_at <= s.recorded_at)`

// Stays knows no earlier area than that of the first record; one whom no record
// speaks of has always been where he is. Where somebody was does not depend on who asks.
func (t retrieving) Stays(ctx context.Context, prison uuid.UUID, number string) ([]retrieval.Stay, error) {
	var list []retrieval.Stay
	err := t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select area_id, since, until from (
				select coalesce(h.area_id, i.area_id) as area_id, greatest(h.since, i.admitted_on::timestamp at time zone 'Asia/Shanghai') as since,
					least(h.until, i.released_on::timestamp at time zone 'Asia/Shanghai') as until
				from inmates i left join (select area_id, case when row_number() over w > 1 then recorded_at end as since, lead(recorded_at) over w as until
					from (`+heard+`) r window w as (order by recorded_at)) h on true
				where i.prison_id = $1 and i.inmate_no = $2) s
			where until is null or since < until order by since`, prison, number)
		if err != nil {
			return mapped(err)
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[retrieval.Stay])
		return mapped(err)
	})
	return list, err
}

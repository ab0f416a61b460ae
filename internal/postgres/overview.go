package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
	"taizhang/internal/overview"
)

// Overview reads what is seen of the whole (overview.Store).
type Overview struct{ *Store }

var _ overview.Store = Overview{}

func (s Overview) read(ctx context.Context, ses ledger.Session, fn func(pgx.Tx) error) error {
	return s.Read(ctx, ses, func(r ledger.Reader) error { return fn(r.(*txn).tx) })
}

// Prisons that are open, with their areas.
func (s Overview) Prisons(ctx context.Context) ([]ledger.Prison, error) {
	return Cases{s.Store}.Prisons(ctx)
}

// Applied reads the first application of each prison as a whole: what left the first state.
func (s Overview) Applied(ctx context.Context, ses ledger.Session) (map[uuid.UUID]string, error) {
	return s.days(ctx, ses, `select prison_id, min(e.recorded_at at time zone 'Asia/Shanghai')::date::text
		from cases c join case_events e using (prison_id, case_id) where c.area_id is null and e.from_state = 'DRAFT' group by prison_id`)
}

// Applications reads the last one of each case; a title from before is taken up, not applied for.
func (s Overview) Applications(ctx context.Context, ses ledger.Session) (map[uuid.UUID]string, error) {
	return s.days(ctx, ses, `select case_id, max(recorded_at at time zone 'Asia/Shanghai')::date::text
		from case_events where from_state = 'DRAFT' and to_state <> 'NAMED' group by case_id`)
}

// days by what they are of.
func (s Overview) days(ctx context.Context, ses ledger.Session, sql string) (map[uuid.UUID]string, error) {
	by := map[uuid.UUID]string{}
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql)
		if err != nil {
			return err
		}
		var id uuid.UUID
		var day string
		_, err = pgx.ForEachRow(rows, []any{&id, &day}, func() error { by[id] = day; return nil })
		return err
	})
	return by, err
}

// Hazards adds the facts of the ledger of hazards up by month.
func (s Overview) Hazards(ctx context.Context, ses ledger.Session, area uuid.UUID, from, to string) ([]overview.Month, error) {
	var list []overview.Month
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		// Counts: whole numbers by the making of these measures.
		rows, err := tx.Query(ctx, `select to_char(day, 'YYYY-MM'), coalesce(sum(value) filter (where measure = 'found'), 0)::bigint,
				coalesce(sum(value) filter (where measure = 'closing_due'), 0)::bigint, coalesce(sum(value) filter (where measure = 'closed'), 0)::bigint,
				coalesce(sum(value) filter (where measure = 'closed_on_time'), 0)::bigint
			from facts where prison_id = $1 and area_id = $2 and ledger = 'hazard-rectification' and day between $3::text::date and $4::text::date
				and measure in ('found', 'closing_due', 'closed', 'closed_on_time') group by 1 order by 1`, ses.Prison, area, from, to)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[overview.Month])
		return err
	})
	return list, err
}

package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/duty"
	"taizhang/internal/ledger"
)

// DueDays names the days of deadlines, however many duties there are.
func (s Duties) DueDays(ctx context.Context, ses ledger.Session, from, to time.Time) ([]ledger.DayTouched, error) {
	var list []ledger.DayTouched
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select distinct area_id, ledger, day::text from duties where prison_id = $1 and due_at between $2 and $3", ses.Prison, from, to)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.DayTouched, error) {
			d := ledger.DayTouched{Prison: ses.Prison}
			err := row.Scan(&d.Area, &d.Ledger, &d.Day)
			return d, err
		})
		return err
	})
	return list, err
}

// Filed lists first submissions with the deadline of their period. Entries are
// looked at as the program sees them: the areas were asked about before, and
// nothing of what an entry says leaves.
func (s Duties) Filed(ctx context.Context, ses ledger.Session, areas []uuid.UUID, from, to time.Time) ([]duty.Filed, error) {
	ses.Scope = ledger.Everything()
	var list []duty.Filed
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select e.area_id, e.ledger, e.entry_id, e.occurred_day::text, e.occurred_at, e.submitted_at,
				(select max(d.due_at) from duties d where d.prison_id = e.prison_id and d.area_id = e.area_id and d.ledger = e.ledger
					and d.starts_at < e.occurred_at and d.ends_at >= e.occurred_at)
			from entries e where e.prison_id = $1 and e.area_id = any($2) and e.submitted_at >= $3 and e.submitted_at < $4
				and e.occurred_at is not null and e.opened_by is null and e.submitted_at > e.occurred_at + interval '1 day'
			order by e.submitted_at, e.entry_id`, ses.Prison, areas, from, to)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (duty.Filed, error) {
			var f duty.Filed
			var due *time.Time
			err := row.Scan(&f.Area, &f.Ledger, &f.Entry, &f.Day, &f.Occurred, &f.Submitted, &due)
			if due != nil {
				f.Due = *due
			}
			return f, err
		})
		return err
	})
	return list, err
}

package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
	"taizhang/internal/stewardship"
)

// Stewardship reads who stands behind the ledgers, and keeps what becomes of their paper
// (stewardship.Store).
type Stewardship struct{ *Store }

var _ stewardship.Store = Stewardship{}

func (s Stewardship) read(ctx context.Context, ses ledger.Session, fn func(*txn) error) error {
	return s.Read(ctx, ses, func(r ledger.Reader) error { return fn(r.(*txn)) })
}

// Owners that the register has in force of each ledger. Its key lets none be two; the report asks.
func (s Stewardship) Owners(ctx context.Context) (map[string][]string, error) {
	rows, err := s.pool.Query(ctx, `select ledger, department from (select *, rank() over (partition by ledger order by from_at desc) as newest
		from ledger_owners where from_at <= now()) o where newest = 1 order by ledger, department`)
	if err != nil {
		return nil, mapped(err)
	}
	owners := map[string][]string{}
	var of, department string
	_, err = pgx.ForEachRow(rows, []any{&of, &department}, func() error { owners[of] = append(owners[of], department); return nil })
	return owners, mapped(err)
}

// Posts that somebody holds now.
func (s Stewardship) Posts(ctx context.Context, prison uuid.UUID) ([]actor.Posting, error) {
	rows, err := s.pool.Query(ctx, `select distinct role, coalesce(area_id, '00000000-0000-0000-0000-000000000000'), coalesce(department, '')
		from postings where prison_id = $1 and from_at <= now() and (until_at is null or until_at > now())`, prison)
	if err != nil {
		return nil, mapped(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (actor.Posting, error) {
		p := actor.Posting{PrisonID: prison}
		err := row.Scan(&p.Role, &p.AreaID, &p.Department)
		return p, err
	})
	return list, mapped(err)
}

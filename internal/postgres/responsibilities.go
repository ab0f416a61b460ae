package postgres

import (
	"context"
	"errors"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/planning"
)

const responsibleColumns = `r.kind, coalesce(r.area_id, '00000000-0000-0000-0000-000000000000'), r.what, r.n, r.person_id, r.from_day::text, r.reason, r.author, r.salt, r.recorded_at`

func scanResponsible(row pgx.CollectableRow, more ...any) (r planning.Responsible, err error) {
	err = row.Scan(append([]any{&r.Kind, &r.Area, &r.What, &r.N, &r.Person, &r.FromDay, &r.Reason, &r.Author, &r.Salt, &r.RecordedAt}, more...)...)
	return r, err
}

// Responsible lists who answers for the things of a prison, of each the newest first.
func (s Planning) Responsible(ctx context.Context, ses ledger.Session) (list []planning.Responsible, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		rows, err := t.tx.Query(ctx, "select "+responsibleColumns+`, p.name, p.number, a.name, not exists (select from postings o where o.person_id = r.person_id
				and o.prison_id = r.prison_id and o.from_at <= app.transaction_time() and (o.until_at is null or o.until_at > app.transaction_time()))
			from responsibilities r join persons p on p.person_id = r.person_id join persons a on a.person_id = r.author
			where r.prison_id = $1 order by r.kind, r.what, r.area_id, r.n desc`, ses.Prison)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (planning.Responsible, error) {
			var name, number, author string
			var left bool
			r, err := scanResponsible(row, &name, &number, &author, &left)
			r.Name, r.Number, r.AuthorName, r.Left = name, number, author, left
			return r, err
		})
		return err
	})
	return list, err
}

// AddResponsible names the person of the number.
func (s Planning) AddResponsible(ctx context.Context, ses ledger.Session, idem ledger.Idem, r planning.Responsible) error {
	n := r.N // what is kept under the idempotency key
	return s.write(ctx, ses, idem, &n, func(t *txn) error {
		err := t.tx.QueryRow(ctx, "select person_id from persons where number = $1", r.Number).Scan(&r.Person)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.Invalid, "person_unknown")
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into responsibilities (prison_id, kind, area_id, what, n, person_id, from_day, reason, author, salt)
			values ($1, $2, $3, $4, $5, $6, $7::text::date, $8, $9, $10)`, ses.Prison, r.Kind, orNull(r.Area), r.What, r.N, r.Person, r.FromDay, r.Reason, r.Author, r.Salt); err != nil {
			return err
		}
		return t.note(r.Record())
	})
}

// responsibilities as the verifier reads them.
func (s *Snapshot) responsibilities(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		r, err := scanResponsible(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := r.Record()
		return rowOf("responsibilities", rec, err, r.RecordedAt, "")
	}, "select "+responsibleColumns+" from responsibilities r where r.prison_id = $1 order by r.kind, r.what, r.area_id, r.n", prison)
}

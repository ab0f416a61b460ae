package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/accreditation"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

const liaisonsSQL = `select l.department, l.n, l.person_id, coalesce(p.number, ''), coalesce(p.name, ''), l.from_day::text, l.reason, l.named_by, w.name, l.recorded_at,
		case when l.person_id is null or exists (select from postings q where q.person_id = l.person_id and q.prison_id is null and q.department = l.department
			and q.from_at <= app.transaction_time() and (q.until_at is null or q.until_at > app.transaction_time())) then ''
		else coalesce((select max(q.until_at at time zone 'Asia/Shanghai')::date::text from postings q
			where q.person_id = l.person_id and q.prison_id is null and q.department = l.department), l.from_day::text) end
	from liaisons l left join persons p on p.person_id = l.person_id join persons w on w.person_id = l.named_by`

func scanLiaison(row pgx.CollectableRow) (l accreditation.Liaison, err error) {
	var person *uuid.UUID
	err = row.Scan(&l.Department, &l.N, &person, &l.Number, &l.Name, &l.From, &l.Reason, &l.By, &l.ByName, &l.RecordedAt, &l.Left)
	l.Person = known(person)
	return l, err
}

// Liaisons of all departments, each one's in the order of its days, and the day on which the first case began.
func (s Cases) Liaisons(ctx context.Context, ses ledger.Session) (list []accreditation.Liaison, began string, err error) {
	err = s.Store.Read(ctx, ses, func(r ledger.Reader) error {
		t := r.(*txn)
		rows, err := t.tx.Query(ctx, liaisonsSQL+" order by l.department, l.from_day, l.n")
		if err != nil {
			return err
		}
		if list, err = pgx.CollectRows(rows, scanLiaison); err != nil {
			return err
		}
		// The day alone is no secret.
		return t.asProgram(ctx, func() error {
			return t.tx.QueryRow(ctx, "select coalesce((min(recorded_at) at time zone 'Asia/Shanghai')::date::text, '') from cases").Scan(&began)
		})
	})
	return list, began, err
}

// Colleagues of the departments of the bureau.
func (s Cases) Colleagues(ctx context.Context, ses ledger.Session) (list []accreditation.Colleague, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select distinct q.department, p.number, p.name from postings q join persons p on p.person_id = q.person_id
			where q.prison_id is null and q.department is not null and q.from_at <= app.transaction_time() and (q.until_at is null or q.until_at > app.transaction_time())
			order by q.department, p.number`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c accreditation.Colleague, err error) {
			err = row.Scan(&c.Department, &c.Number, &c.Name)
			return c, err
		})
		return err
	})
	return list, err
}

// NameLiaison inserts the next of the department; the database refuses any other.
func (s Cases) NameLiaison(ctx context.Context, ses ledger.Session, idem ledger.Idem, l accreditation.Liaison) (accreditation.Liaison, error) {
	var out accreditation.Liaison
	err := s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		var person *uuid.UUID
		if l.Number != "" {
			err := t.tx.QueryRow(ctx, "select person_id from persons where number = $1", l.Number).Scan(&person)
			if errors.Is(err, pgx.ErrNoRows) {
				return fault.New(fault.NotFound, "person_unknown")
			}
			if err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended('liaison/' || $1, 0))", l.Department); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "insert into liaisons (department, n, person_id, from_day, reason, named_by) values ($1, $2, $3, $4::text::date, $5, $6)",
			l.Department, l.N, person, l.From, l.Reason, l.By); err != nil {
			return err
		}
		rows, err := t.tx.Query(ctx, liaisonsSQL+" where l.department = $1 and l.n = $2", l.Department, l.N)
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, scanLiaison)
		return err
	})
	return out, err
}

// Liaison of a department today; the zero id for none.
func (t caseTx) Liaison(ctx context.Context, department string) (person uuid.UUID, err error) {
	var id *uuid.UUID
	err = t.tx.QueryRow(ctx, `select case when exists (select from postings q where q.person_id = l.person_id and q.prison_id is null and q.department = l.department
			and q.from_at <= app.transaction_time() and (q.until_at is null or q.until_at > app.transaction_time())) then l.person_id end
		from liaisons l where l.department = $1 and l.from_day <= (app.transaction_time() at time zone 'Asia/Shanghai')::date order by l.from_day desc, l.n desc limit 1`, department).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return known(id), err
}

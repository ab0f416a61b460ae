package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/guidance"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Trainings lists the latest first; its numbers are of those whom the session sees.
func (s Guidance) Trainings(ctx context.Context, ses ledger.Session) (list []guidance.Training, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.trainings(ctx, "true")
		return err
	})
	return list, err
}

func (t *txn) trainings(ctx context.Context, where string, args ...any) ([]guidance.Training, error) {
	rows, err := t.tx.Query(ctx, `select t.training_id, t.title, t.standard, t.version, t.digest, t.day::text, t.audience, p.name,
			count(*) filter (where a.attended), count(*) filter (where a.passed)
		from trainings t join persons p on p.person_id = t.author
		left join lateral (select distinct on (a.prison_id, a.person_id) a.attended, a.passed from attendances a where a.training_id = t.training_id
			order by a.prison_id, a.person_id, a.version desc) a on true
		where `+where+` group by t.training_id, p.name order by t.day desc, t.training_id desc limit 500`, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (x guidance.Training, err error) {
		var digest []byte
		err = row.Scan(&x.ID, &x.Title, &x.Standard, &x.Version, &digest, &x.Day, &x.Audience, &x.AuthorName, &x.Attended, &x.Passed)
		copy(x.Digest[:], digest)
		return x, err
	})
}

// AddTraining inserts one of the province.
func (s Guidance) AddTraining(ctx context.Context, ses ledger.Session, idem ledger.Idem, x guidance.Training) (out guidance.Training, err error) {
	err = s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.exec(ctx, "insert into trainings (training_id, title, standard, version, digest, day, audience, author) values ($1, $2, $3, $4, $5, $6::text::date, $7, $8)",
			x.ID, x.Title, x.Standard, x.Version, x.Digest[:], x.Day, x.Audience, ses.Person); err != nil {
			return err
		}
		list, err := t.trainings(ctx, "t.training_id = $1", x.ID)
		out, err = theOnly(list, err)
		return err
	})
	return out, err
}

// Staff is one row for each who is posted in a role now, whatever the number of postings.
func (s Guidance) Staff(ctx context.Context, ses ledger.Session, roles []string, standard string, version int, training uuid.UUID) (list []guidance.Trainee, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		rows, err := t.tx.Query(ctx, `select p.person_id, p.number, p.name, o.role, coalesce(o.area_id, '00000000-0000-0000-0000-000000000000'), coalesce(o.department, ''),
				coalesce(a.version, 0), coalesce(a.attended, false), a.mark::text, coalesce(a.passed, false), coalesce(a.certificate, ''), coalesce(a.reason, '')
			from (select distinct on (person_id) * from postings where prison_id = $1 and role = any($2)
				and from_at <= app.transaction_time() and (until_at is null or until_at > app.transaction_time()) order by person_id, array_position($2, role), posting_id) o
			join persons p on p.person_id = o.person_id
			left join lateral (select * from (
				select distinct on (a.training_id) a.* from attendances a join trainings t on t.training_id = a.training_id
				where a.prison_id = $1 and a.person_id = o.person_id and t.standard = $3 and t.version = $4 and ($5 = '00000000-0000-0000-0000-000000000000'::uuid or t.training_id = $5)
				order by a.training_id, a.version desc) latest order by passed desc, recorded_at desc limit 1) a on true
			order by array_position($2, o.role), o.department, p.number`, ses.Prison, roles, standard, version, training)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x guidance.Trainee, err error) {
			err = row.Scan(&x.Person, &x.Number, &x.Name, &x.Role, &x.Area, &x.Department, &x.Version, &x.Attended, textOf{&x.Mark}, &x.Passed, &x.Certificate, &x.Reason)
			return x, err
		})
		return err
	})
	return list, err
}

// AddAttendances inserts all of them or none.
func (s Guidance) AddAttendances(ctx context.Context, ses ledger.Session, idem ledger.Idem, list []guidance.Attendance) error {
	return s.write(ctx, ses, idem, &struct{}{}, func(t *txn) error {
		for _, a := range list {
			if _, err := t.exec(ctx, `insert into attendances (prison_id, training_id, person_id, version, attended, mark, passed, certificate, reason, author, salt)
				values ($1, $2, $3, $4, $5, $6::text::numeric, $7, $8, $9, $10, $11)`,
				ses.Prison, a.Training, a.Person, a.Version, a.Attended, textOf{&a.Mark}, a.Passed, a.Certificate, a.Reason, a.Author, a.Salt); err != nil {
				return err
			}
			if err := t.note(a.Record()); err != nil {
				return err
			}
		}
		return nil
	})
}

// attendances as the verifier reads them: with the digest of what was taught.
func (s *Snapshot) attendances(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var a guidance.Attendance
		var digest []byte
		if err := row.Scan(&a.Training, &digest, &a.Person, &a.Version, &a.Attended, textOf{&a.Mark}, &a.Passed, &a.Certificate, &a.Reason, &a.Author, &a.Salt, &a.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		copy(a.Digest[:], digest)
		rec, err := a.Record()
		return rowOf("attendances", rec, err, a.RecordedAt, "")
	}, `select a.training_id, t.digest, a.person_id, a.version, a.attended, a.mark::text, a.passed, a.certificate, a.reason, a.author, a.salt, a.recorded_at
		from attendances a join trainings t on t.training_id = a.training_id where a.prison_id = $1 order by a.training_id, a.person_id, a.version`, prison)
}

package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/accreditation"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Announced reads what belongs to the province.
func (s Cases) Announced(ctx context.Context, ses ledger.Session, fn func(accreditation.Announcer) error) error {
	return s.Store.Read(ctx, ses, func(r ledger.Reader) error { return fn(caseTx{r.(*txn)}) })
}

// Announce writes it.
func (s Cases) Announce(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(accreditation.Announcer) error) error {
	return s.writeProvince(ctx, ses, idem, out, func(t *txn) error { return fn(caseTx{t}) })
}

func (t caseTx) Batches(ctx context.Context) ([]accreditation.Planned, error) {
	rows, err := t.tx.Query(ctx, `select distinct on (year, batch) year, batch, n, level, closes_on::text, from_day::text, to_day::text, planned_by
		from batches order by year, batch, n desc`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p accreditation.Planned, err error) {
		err = row.Scan(&p.Year, &p.Batch, &p.N, &p.Level, &p.ClosesOn, &p.From, &p.To, &p.By)
		return p, err
	})
}

func (t caseTx) Bulletins(ctx context.Context, year int) ([]accreditation.Issued, error) {
	rows, err := t.tx.Query(ctx, `select b.body, b.digest, b.issued_by, p.name, b.recorded_at from bulletins b join persons p on p.person_id = b.issued_by
		where $1 in (0, b.year) order by b.year desc, b.issue desc`, year)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (x accreditation.Issued, err error) {
		var body, digest []byte
		if err = row.Scan(&body, &digest, &x.By, &x.ByName, &x.IssuedAt); err != nil {
			return x, err
		}
		copy(x.Digest[:], digest)
		return x, json.Unmarshal(body, &x.Bulletin)
	})
}

func (t caseTx) Acks(ctx context.Context, year, issue int) ([]accreditation.Ack, error) {
	rows, err := t.tx.Query(ctx, `select a.department, p.name, a.recorded_at from bulletin_acks a join persons p on p.person_id = a.acked_by
		where a.year = $1 and a.issue = $2`, year, issue)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a accreditation.Ack, err error) {
		var at time.Time
		err = row.Scan(&a.Department, &a.ByName, &at)
		a.At = &at
		return a, err
	})
}

// Applied are the applications that are under way or have ended by a decision, by prison and area,
// each in the batch of its last record since it came.
func (t caseTx) Applied(ctx context.Context) (list []accreditation.Applied, err error) {
	err = t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select c.case_id, c.prison_id, c.area_id, `+unitName+`, coalesce(a.kind, 'prison'), c.level, coalesce((b.body->>'year')::int, 0), coalesce((b.body->>'batch')::int, 0)
			from cases c join prisons p using (prison_id) left join areas a on (a.prison_id, a.area_id) = (c.prison_id, c.area_id)
				left join lateral (select convert_from(r.body, 'UTF8')::jsonb body from case_records r
					where r.prison_id = c.prison_id and r.case_id = c.case_id and r.kind = 'batch' and r.seq >= (select coalesce(max(e.seq), 0) from case_events e
						where e.prison_id = c.prison_id and e.case_id = c.case_id and e.from_state = 'DRAFT') order by r.recorded_at desc, r.record_id desc limit 1) b on true
			where c.state not in ('DRAFT', 'WITHDRAWN') and (b.body is not null or c.state in ('APPLIED', 'SCREENED'))
			order by p.code, a.code nulls first, c.case_id`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x accreditation.Applied, err error) {
			var area *uuid.UUID
			err = row.Scan(&x.Case, &x.Prison, &area, &x.Name.ZH, &x.Name.EN, &x.Kind, &x.Level, &x.Year, &x.Batch)
			x.Area = known(area)
			return x, err
		})
		return err
	})
	return list, err
}

// unitName in both languages; an area that has no English name keeps its own.
const unitName = `p.name_zh || coalesce(' ' || a.name_zh, ''), p.name_en || coalesce(' ' || coalesce(nullif(a.name_en, ''), a.name_zh), '')`

// Revoked titles that count: those of the road by the moment of the act, those of before by the day on
// their papers, for they are entered whenever somebody finds them.
func (t caseTx) Revoked(ctx context.Context, since time.Time) (list []accreditation.BulletinEnd, err error) {
	err = t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select t.title_id, t.prison_id, t.area_id, `+unitName+`, t.wording, x.document_no, x.on_day::text
			from title_acts x join titles t using (prison_id, title_id) join prisons p using (prison_id) left join areas a on (a.prison_id, a.area_id) = (t.prison_id, t.area_id)
			where x.act = 'revoked' and case when x.case_id is null then x.on_day > ($1::timestamptz at time zone 'Asia/Shanghai')::date else x.recorded_at > $1 end
				and (t.origin = 'system' or exists (select from title_decisions d where (d.prison_id, d.title_id) = (t.prison_id, t.title_id) and d.verdict = 'confirmed'))
			order by x.on_day, p.code, a.code nulls first, t.title_id`, since)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x accreditation.BulletinEnd, err error) {
			var area *uuid.UUID
			err = row.Scan(&x.Title, &x.Prison, &area, &x.Name.ZH, &x.Name.EN, &x.Wording, &x.DocumentNo, &x.OnDay)
			x.Area = known(area)
			return x, err
		})
		return err
	})
	return list, err
}

func (t caseTx) AloneInYear(ctx context.Context, year int) error {
	_, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended('bulletin/' || $1::int::text, 0))", year)
	return err
}

func (t caseTx) InsertBatch(ctx context.Context, p accreditation.Planned) error {
	_, err := t.exec(ctx, "insert into batches (year, batch, n, level, closes_on, from_day, to_day, planned_by) values ($1, $2, $3, $4, $5::text::date, $6::text::date, $7::text::date, $8)",
		p.Year, p.Batch, p.N, p.Level, p.ClosesOn, p.From, p.To, p.By)
	return err
}

func (t caseTx) InsertBulletin(ctx context.Context, x accreditation.Issued, body []byte) error {
	_, err := t.exec(ctx, "insert into bulletins (year, issue, body, digest, issued_by) values ($1, $2, $3, $4, $5)", x.Year, x.Issue, body, x.Digest[:], x.By)
	return err
}

// InsertAck locks out a re-issue: what is acknowledged is the newest.
func (t caseTx) InsertAck(ctx context.Context, year, issue int, department string, by uuid.UUID) error {
	if err := t.AloneInYear(ctx, year); err != nil {
		return err
	}
	var newest int
	if err := t.tx.QueryRow(ctx, "select max(issue) from bulletins where year = $1", year).Scan(&newest); err != nil {
		return err
	}
	if newest != issue {
		return fault.New(fault.Conflict, "bulletin_replaced")
	}
	_, err := t.exec(ctx, "insert into bulletin_acks (year, issue, department, acked_by) values ($1, $2, $3, $4)", year, issue, department, by)
	return err
}

// PlannedChecks are the checks in sight that are open: somebody visits the unit on their days.
func (s Cases) PlannedChecks(ctx context.Context, ses ledger.Session) (list []accreditation.Dated, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select prison_id, check_id, area_id, case_id, kind, from_day::text, to_day::text from checks where state = 'open' order by from_day, check_id limit 2000`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d accreditation.Dated, err error) {
			var area, of *uuid.UUID
			err = row.Scan(&d.Prison, &d.Check, &area, &of, &d.Of, &d.Day, &d.Until)
			d.Kind, d.Area, d.Case = "check", known(area), known(of)
			return d, err
		})
		return err
	})
	return list, err
}

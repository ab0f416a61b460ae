package postgres

import (
	"context"
	"crypto/sha256"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/accreditation"
	"taizhang/internal/ledger"
)

// An opinion is here as long as its case is in the round that asked: the newest act by
// which the case came to another state.
const owedSQL = `select o.prison_id, o.case_id, c.area_id, c.level, c.state, c.machine, o.department, o.seq, o.due_on::text, e.recorded_at,
		o.seq = (select max(x.seq) from case_events x where x.prison_id = o.prison_id and x.case_id = o.case_id and x.from_state <> x.to_state),
		r.recorded_at, coalesce(convert_from(r.body, 'UTF8')::jsonb->>'value', '')
	from opinions o join cases c on (c.prison_id, c.case_id) = (o.prison_id, o.case_id)
		join case_events e on (e.prison_id, e.case_id, e.seq) = (o.prison_id, o.case_id, o.seq)
		left join case_records r on (r.prison_id, r.case_id, r.seq, r.department, r.kind) = (o.prison_id, o.case_id, o.seq, o.department, 'opinion')`

func owedBy(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]accreditation.Owed, error) {
	rows, err := tx.Query(ctx, owedSQL+" where "+where, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o accreditation.Owed, err error) {
		var area *uuid.UUID
		err = row.Scan(&o.Prison, &o.Case, &area, &o.Level, &o.State, &o.Machine, &o.Department, &o.Seq, &o.DueOn, &o.AskedAt, &o.Here, &o.GivenAt, &o.Value)
		o.Area = known(area)
		return o, err
	})
}

// Owed are the opinions asked for in sight, the latest asked first.
func (s Cases) Owed(ctx context.Context, ses ledger.Session) (list []accreditation.Owed, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		list, err = owedBy(ctx, tx, "true order by e.recorded_at desc, o.case_id, o.department limit 2000")
		return err
	})
	return list, err
}

func (t caseTx) Owed(ctx context.Context, id uuid.UUID, department string) ([]accreditation.Owed, error) {
	return owedBy(ctx, t.tx, "o.prison_id = $1 and o.case_id = $2 and o.department = $3 order by o.seq desc", t.ses.Prison, id, department)
}

func (t caseTx) Facts(ctx context.Context, id uuid.UUID, digest string) (body []byte, err error) {
	var d ledger.Digest
	if err := d.UnmarshalText([]byte(digest)); err != nil {
		return nil, err
	}
	err = t.tx.QueryRow(ctx, "select body from opinion_facts where prison_id = $1 and case_id = $2 and digest = $3", t.ses.Prison, id, d[:]).Scan(&body)
	return body, mapped(err)
}

func (t caseTx) InsertFacts(ctx context.Context, c accreditation.Case, body []byte) error {
	sum := sha256.Sum256(body)
	_, err := t.exec(ctx, "insert into opinion_facts (prison_id, case_id, digest, body) values ($1, $2, $3, $4) on conflict do nothing", t.ses.Prison, c.ID, sum[:], body)
	return err
}

func (t caseTx) Found(ctx context.Context, area uuid.UUID, standard, from string) ([]accreditation.Found, error) {
	rows, err := t.tx.Query(ctx, `select f.finding_id, f.check_id, coalesce(c.kind, ''), f.line, f.day::text, f.note, f.conclusion,
			coalesce(d.verdict, case when a.appeal_id is not null then 'asked' end, ''), coalesce(i.state, ''), coalesce(i.due_on::text, ''), coalesce(p.name, '')
		from findings f left join checks c on (c.prison_id, c.check_id) = (f.prison_id, f.check_id)
			left join appeals a on (a.prison_id, a.finding_id) = (f.prison_id, f.finding_id)
			left join appeal_decisions d on (d.prison_id, d.appeal_id) = (a.prison_id, a.appeal_id)
			left join rectifications i on (i.prison_id, i.finding_id) = (f.prison_id, f.finding_id)
			left join persons p on p.person_id = i.owner
		where f.prison_id = $1 and f.area_id is not distinct from $2 and f.standard = $3 and f.line <> ''
			and (f.check_id is null or c.state in ('confirmed', 'closed') or c.kind = 'joint' and c.state = 'open')
			and (f.day >= $4::text::date or i.state in ('open', 'done'))
			and not exists (select from finding_ends e where e.prison_id = f.prison_id and e.finding_id = f.finding_id)
			and coalesce(d.verdict, '') <> 'annul'
		order by f.day desc, f.finding_id`, t.ses.Prison, orNull(area), standard, from)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f accreditation.Found, err error) {
		var check *uuid.UUID
		err = row.Scan(&f.ID, &check, &f.Kind, &f.Line, &f.Day, &f.Note, &f.Conclusion, &f.Appeal, &f.Item, &f.DueOn, &f.Owner)
		f.Check = known(check)
		return f, err
	})
}

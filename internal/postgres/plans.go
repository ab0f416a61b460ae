package postgres

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/planning"
)

// Planning keeps plans and who answers for what (planning.Store).
type Planning struct{ *Store }

var _ planning.Store = Planning{}

func (s Planning) read(ctx context.Context, ses ledger.Session, fn func(*txn) error) error {
	return s.Read(ctx, ses, func(r ledger.Reader) error { return fn(r.(*txn)) })
}

// Prisons with their areas, those too that are not open yet.
func (s Planning) Prisons(ctx context.Context) ([]ledger.Prison, error) {
	return Cases{s.Store}.AllPrisons(ctx)
}

const planColumns = `p.prison_id, p.year, p.version, p.reason, p.author, p.salt, p.recorded_at, d.agreed, coalesce(d.comment, ''), d.decided_by, d.salt, d.recorded_at,
	coalesce((select jsonb_agg(jsonb_build_object('area', m.area_id, 'level', m.level, 'state', m.state, 'month', m.month) order by m.mark)
		from plan_marks m where (m.prison_id, m.year, m.version) = (p.prison_id, p.year, p.version)), '[]')`

const fromPlans = ` from plans p left join plan_decisions d on (d.prison_id, d.year, d.version) = (p.prison_id, p.year, p.version) `

func scanPlan(row pgx.CollectableRow, more ...any) (p planning.Plan, err error) {
	var d planning.Decision
	var agreed *bool
	var by *uuid.UUID
	var at *time.Time
	var marks []struct {
		Area *uuid.UUID `json:"area"`
		planning.Mark
	}
	if err = row.Scan(append([]any{&p.Prison, &p.Year, &p.Version, &p.Reason, &p.Author, &p.Salt, &p.RecordedAt, &agreed, &d.Comment, &by, &d.Salt, &at, &marks}, more...)...); err != nil {
		return p, err
	}
	p.Marks = []planning.Mark{}
	for _, m := range marks {
		m.Mark.Area = known(m.Area)
		p.Marks = append(p.Marks, m.Mark)
	}
	if agreed != nil {
		d.Agreed, d.By, d.RecordedAt = *agreed, *by, *at
		p.Decision = &d
	}
	return p, nil
}

func (t *txn) plans(ctx context.Context, where string, args ...any) ([]planning.Plan, error) {
	rows, err := t.tx.Query(ctx, "select "+planColumns+", a.name, coalesce(b.name, '')"+fromPlans+
		"join persons a on a.person_id = p.author left join persons b on b.person_id = d.decided_by where "+where+" order by p.prison_id, p.version desc", args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (planning.Plan, error) {
		var author, by string
		p, err := scanPlan(row, &author, &by)
		p.AuthorName = author
		if p.Decision != nil {
			p.Decision.ByName = by
		}
		return p, err
	})
}

func (t *txn) plan(ctx context.Context, year, version int) (planning.Plan, error) {
	list, err := t.plans(ctx, "p.prison_id = $1 and p.year = $2 and p.version = $3", t.ses.Prison, year, version)
	return theOnly(list, err)
}

// Plans of a year, of the session's prison if it has one, each prison's newest version first.
func (s Planning) Plans(ctx context.Context, ses ledger.Session, year int) (list []planning.Plan, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.plans(ctx, "p.year = $1 and ($2::uuid is null or p.prison_id = $2)", year, orNull(ses.Prison))
		return err
	})
	return list, err
}

// AddPlan inserts a version with its marks.
func (s Planning) AddPlan(ctx context.Context, ses ledger.Session, idem ledger.Idem, p planning.Plan) (out planning.Plan, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.exec(ctx, "insert into plans (prison_id, year, version, reason, author, salt) values ($1, $2, $3, $4, $5, $6)",
			ses.Prison, p.Year, p.Version, p.Reason, p.Author, p.Salt); err != nil {
			return err
		}
		for i, m := range p.Marks {
			if _, err := t.exec(ctx, "insert into plan_marks (prison_id, year, version, mark, area_id, level, state, month) values ($1, $2, $3, $4, $5, $6, $7, $8)",
				ses.Prison, p.Year, p.Version, i+1, orNull(m.Area), m.Level, m.State, m.Month); err != nil {
				return err
			}
		}
		if err := t.note(p.Record()); err != nil {
			return err
		}
		out, err = t.plan(ctx, p.Year, p.Version)
		return err
	})
	return out, err
}

// DecidePlan inserts what fn says of the version.
func (s Planning) DecidePlan(ctx context.Context, ses ledger.Session, idem ledger.Idem, year, version int, fn func(planning.Plan) (planning.Decision, error)) (out planning.Plan, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		p, err := t.plan(ctx, year, version)
		if err != nil {
			return err
		}
		d, err := fn(p)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "insert into plan_decisions (prison_id, year, version, agreed, comment, decided_by, salt) values ($1, $2, $3, $4, $5, $6, $7)",
			ses.Prison, year, version, d.Agreed, d.Comment, d.By, d.Salt); err != nil {
			return err
		}
		p.Decision = &d
		if err := t.note(p.DecisionRecord()); err != nil {
			return err
		}
		out, err = t.plan(ctx, year, version)
		return err
	})
	return out, err
}

// Passed reads the states that the cases in sight came to, of the session's prison if it has one.
func (s Planning) Passed(ctx context.Context, ses ledger.Session) (map[uuid.UUID][]planning.Pass, error) {
	by := map[uuid.UUID][]planning.Pass{}
	err := s.read(ctx, ses, func(t *txn) error {
		rows, err := t.tx.Query(ctx, `select case_id, to_state, (recorded_at at time zone 'Asia/Shanghai')::date::text from case_events
			where from_state <> to_state and ($1::uuid is null or prison_id = $1) order by case_id, seq`, orNull(ses.Prison))
		if err != nil {
			return err
		}
		var id uuid.UUID
		var p planning.Pass
		_, err = pgx.ForEachRow(rows, []any{&id, &p.State, &p.On}, func() error { by[id] = append(by[id], p); return nil })
		return err
	})
	return by, err
}

// plans and what was decided on them, as the verifier reads them.
func (s *Snapshot) plans(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		p, err := scanPlan(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.Record()
		return rowOf("plans", rec, err, p.RecordedAt, "")
	}, "select "+planColumns+fromPlans+"where p.prison_id = $1 order by p.year, p.version", prison)
}

func (s *Snapshot) planDecisions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		p, err := scanPlan(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.DecisionRecord()
		return rowOf("plan_decisions", rec, err, p.Decision.RecordedAt, "")
	}, "select "+planColumns+fromPlans+"where p.prison_id = $1 and d.version is not null order by p.year, p.version", prison)
}

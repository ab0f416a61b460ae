package postgres

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/assessment"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Days reads facts day by day; those that all ledgers together are asked for, of each.
func (s Assessments) Days(ctx context.Context, ses ledger.Session, area uuid.UUID, asked []scoring.Fact, from, to string) ([]scoring.DayFact, error) {
	ledgers, measures, together := split(asked)
	for _, f := range asked {
		if missing, ok := scoring.Counterpart(f.Measure); ok {
			if f.Ledger == "*" {
				together = append(together, missing)
				continue
			}
			ledgers, measures = append(ledgers, f.Ledger), append(measures, missing)
		}
	}
	var list []scoring.DayFact
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select ledger, measure, day::text, value::text, refs from facts
			where prison_id = $1 and area_id = $2 and day between $3::text::date and $4::text::date
				and (measure = any($7) or (ledger, measure) in (select * from unnest($5::text[], $6::text[])))
			order by day, ledger, measure`, ses.Prison, area, from, to, ledgers, measures, together)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanFact)
		return err
	})
	return list, err
}

const scoreRunColumns = `r.run_id, coalesce(r.area_id, '00000000-0000-0000-0000-000000000000'), r.check_id, r.kind, r.standard, r.version, coalesce('sha256:' || encode(r.standard_digest, 'hex'), ''), r.engine, r.as_of::text, r.score, r.passes, r.made_by, r.salt, r.recorded_at`

func scanScoreRun(row pgx.CollectableRow, more ...any) (assessment.Run, error) {
	var r assessment.Run
	var score string
	err := row.Scan(append([]any{&r.ID, &r.Area, &r.Check, &r.Kind, &r.Standard, &r.Version, &r.Digest, &r.Engine, &r.AsOf, &score, &r.Passes, &r.MadeBy, &r.Salt, &r.RecordedAt}, more...)...)
	if err != nil {
		return r, err
	}
	r.Score, err = scoring.ParseDecimal(score)
	return r, err
}

// AddRun inserts one.
func (s Assessments) AddRun(ctx context.Context, ses ledger.Session, idem ledger.Idem, r assessment.Run) (assessment.Run, error) {
	var out assessment.Run
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		if err := t.addRun(ctx, r); err != nil {
			return err
		}
		out = r
		out.Sheet = nil
		return t.tx.QueryRow(ctx, `select r.recorded_at, p.name from score_runs r join persons p on p.person_id = r.made_by
			where r.prison_id = $1 and r.run_id = $2`, ses.Prison, r.ID).Scan(&out.RecordedAt, &out.MadeByName)
	})
	return out, err
}

func (t *txn) addRun(ctx context.Context, r assessment.Run) error {
	if _, err := t.exec(ctx, `insert into score_runs (prison_id, run_id, area_id, check_id, kind, standard, version, engine, as_of, input, sheet, score, passes, made_by, salt, standard_digest)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::date, $10, $11, $12, $13, $14, $15, decode(substr($16, 8), 'hex'))`,
		t.ses.Prison, r.ID, orNull(r.Area), r.Check, r.Kind, r.Standard, r.Version, r.Engine, r.AsOf, r.Input, []byte(r.Sheet), r.Score.String(), r.Passes, r.MadeBy, r.Salt, r.Digest); err != nil {
		return err
	}
	return t.note(r.Record())
}

// orNull is the column of what may be of no area: null for the zero id.
func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// Latest reads the newest of each area.
func (s Assessments) Latest(ctx context.Context, ses ledger.Session, kinds map[uuid.UUID][]string, day string, held []uuid.UUID) (map[uuid.UUID]assessment.Run, error) {
	var areas []uuid.UUID
	var of []string
	for area, list := range kinds {
		for _, kind := range list {
			areas, of = append(areas, area), append(of, kind)
		}
	}
	by := map[uuid.UUID]assessment.Run{}
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select unit.area, r.run_id, case when r.run_id = any($5) then null else r.sheet end
			from (select area, array_agg(kind) as kinds from unnest($2::uuid[], $3::text[]) k(area, kind) group by area) unit, lateral (
				select run_id, sheet from score_runs where prison_id = $1 and area_id = unit.area and kind = any(unit.kinds) and as_of <= $4::text::date
				order by recorded_at desc, run_id desc limit 1) r`, ses.Prison, areas, of, day, held)
		if err != nil {
			return err
		}
		var r assessment.Run
		_, err = pgx.ForEachRow(rows, []any{&r.Area, &r.ID, (*[]byte)(&r.Sheet)}, func() error { by[r.Area] = r; return nil })
		return err
	})
	return by, err
}

// Measure reads the newest of the kinds, or of all.
func (s Assessments) Measure(ctx context.Context, ses ledger.Session, area uuid.UUID, kinds []string, passed bool) (*assessment.Run, error) {
	var id uuid.UUID
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select r.run_id from score_runs r where r.prison_id = $1 and r.area_id = $2 and r.kind <> 'other' and ($3::text[] is null or r.kind = any($3))
			and (not $4 or r.passes and not exists (select from score_runs n where n.prison_id = r.prison_id and n.area_id = r.area_id
				and n.check_id = r.check_id and (n.recorded_at, n.run_id) > (r.recorded_at, r.run_id)))
			order by r.recorded_at desc, r.run_id desc limit 1`, ses.Prison, area, kinds, passed).Scan(&id)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := s.Run(ctx, ses, id)
	return &r, err
}

// Runs lists the newest first.
func (s Assessments) Runs(ctx context.Context, ses ledger.Session, area uuid.UUID) ([]assessment.Run, error) {
	var list []assessment.Run
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select "+scoreRunColumns+`, p.name from score_runs r join persons p on p.person_id = r.made_by
			where r.prison_id = $1 and r.area_id = $2 and r.kind <> 'other' order by r.recorded_at desc, r.run_id desc limit 200`, ses.Prison, area)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (assessment.Run, error) {
			var name string
			r, err := scanScoreRun(row, &name)
			r.MadeByName = name
			return r, err
		})
		return err
	})
	return list, err
}

// Sheets reads the newest with their sheets, in the order in which they were made.
func (s Assessments) Sheets(ctx context.Context, ses ledger.Session, area uuid.UUID, limit int) (list []assessment.Run, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select "+scoreRunColumns+`, p.name, r.sheet from score_runs r join persons p on p.person_id = r.made_by
			where r.prison_id = $1 and r.area_id = $2 and r.kind <> 'other' order by r.recorded_at desc, r.run_id desc limit $3`, ses.Prison, area, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (assessment.Run, error) {
			var name string
			var sheet []byte
			r, err := scanScoreRun(row, &name, &sheet)
			r.MadeByName, r.Sheet = name, sheet
			return r, err
		})
		return err
	})
	slices.Reverse(list)
	return list, err
}

// Run reads one with input and sheet.
func (s Assessments) Run(ctx context.Context, ses ledger.Session, id uuid.UUID) (assessment.Run, error) {
	var r assessment.Run
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select "+scoreRunColumns+`, p.name, r.input, r.sheet from score_runs r join persons p on p.person_id = r.made_by
			where r.prison_id = $1 and r.run_id = $2`, ses.Prison, id)
		if err != nil {
			return err
		}
		r, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (assessment.Run, error) {
			var name string
			var input, sheet []byte
			r, err := scanScoreRun(row, &name, &input, &sheet)
			r.MadeByName, r.Input, r.Sheet = name, input, sheet
			return r, err
		})
		return err
	})
	return r, mapped(err)
}

// scoreRuns as the verifier reads them; one whose input no longer gives its sheet, or whose standard is not
// the one it was scored by, contradicts itself.
func (s *Snapshot) scoreRuns(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	var texts assessment.Texts
	if s.Texts != nil {
		texts = assessment.Once(s.Texts)
	}
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var input, sheet []byte
		r, err := scanScoreRun(row, &input, &sheet)
		if err != nil {
			return integrity.Row{}, err
		}
		r.Input, r.Sheet = input, sheet
		wrong, again := "", assessment.Same
		if texts != nil {
			switch again, err = assessment.Replays(ctx, texts, r); {
			case again == assessment.Differs || slices.Contains([]string{"standard_unknown", "standard_differs"}, fault.CodeOf(err)):
				wrong = "sheet"
			case err != nil: // it says nothing of the score
				return integrity.Row{}, err
			}
		}
		rec, err := r.Record()
		out, err := rowOf("score_runs", rec, err, r.RecordedAt, wrong)
		out.NotEvaluated = again == assessment.NotEvaluated
		return out, err
	}, "select "+scoreRunColumns+", r.input, r.sheet from score_runs r where r.prison_id = $1 order by r.run_id", prison)
}

// Evening is the last one kept before a day.
func (s Assessments) Evening(ctx context.Context, ses ledger.Session, area uuid.UUID, before string) (*assessment.Evening, error) {
	e := &assessment.Evening{Area: area}
	var score string
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select day::text, standard, version, score, sheet from daily_scores where prison_id = $1 and area_id = $2 and day < $3::text::date
			order by day desc limit 1`, ses.Prison, area, before).Scan(&e.Day, &e.Standard, &e.Version, &score, &e.Sheet)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		e.Score, err = scoring.ParseDecimal(score)
	}
	return e, err
}

// Evenings tells of which areas a day is kept.
func (s Assessments) Evenings(ctx context.Context, ses ledger.Session, day string) (map[uuid.UUID]bool, error) {
	kept := map[uuid.UUID]bool{}
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select area_id from daily_scores where prison_id = $1 and day = $2::text::date", ses.Prison, day)
		if err != nil {
			return err
		}
		var area uuid.UUID
		_, err = pgx.ForEachRow(rows, []any{&area}, func() error { kept[area] = true; return nil })
		return err
	})
	return kept, err
}

// AddEvenings inserts those that are not there yet.
func (s Assessments) AddEvenings(ctx context.Context, ses ledger.Session, list []assessment.Evening) error {
	if len(list) == 0 {
		return nil
	}
	return s.write(ctx, ses, ledger.Idem{}, nil, func(t *txn) error {
		batch := &pgx.Batch{}
		for _, e := range list {
			batch.Queue(`insert into daily_scores (prison_id, area_id, day, standard, version, score, sheet) values ($1, $2, $3::text::date, $4, $5, $6, $7) on conflict do nothing`,
				ses.Prison, e.Area, e.Day, e.Standard, e.Version, e.Score.String(), e.Sheet)
		}
		return t.tx.SendBatch(ctx, batch).Close()
	})
}

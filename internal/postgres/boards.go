package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/assessment"
	"taizhang/internal/guidance"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Beside reads what stands beside the scores of areas of one prison.
func (s Guidance) Beside(ctx context.Context, ses ledger.Session, areas []uuid.UUID, standard, from, to string, asked []scoring.Fact) (map[uuid.UUID]guidance.Beside, error) {
	by := map[uuid.UUID]guidance.Beside{}
	err := s.read(ctx, ses, func(t *txn) error {
		rows, err := t.tx.Query(ctx, `select u.area,
				(select count(*) from visits v where v.prison_id = $1 and v.area_id = u.area and v.day between $3::text::date and $4::text::date),
				(select count(*) from adoptions a join adoption_verdicts d on d.prison_id = a.prison_id and d.adoption_id = a.adoption_id and d.holds
					where a.prison_id = $1 and a.area_id = u.area and a.adopted_on between $3::text::date and $4::text::date),
				(select coalesce(sum(coalesce(d.count, f.count)), 0)`+decided+`f.area_id = u.area and f.day between $3::text::date and $4::text::date and `+confirmedOnly+`)
			from unnest($2::uuid[]) u(area)`, ses.Prison, areas, from, to)
		if err != nil {
			return err
		}
		var area uuid.UUID
		var b guidance.Beside
		if _, err = pgx.ForEachRow(rows, []any{&area, &b.Visits, &b.Adopted, &b.Findings}, func() error {
			b.Sums = map[scoring.Fact]int64{}
			by[area] = b
			return nil
		}); err != nil {
			return err
		}
		ledgers, measures := make([]string, len(asked)), make([]string, len(asked))
		for i, f := range asked {
			ledgers[i], measures[i] = f.Ledger, f.Measure
		}
		// Counts: whole numbers by the making of these measures.
		rows, err = t.tx.Query(ctx, `select area_id, ledger, measure, sum(value)::bigint from facts where prison_id = $1 and area_id = any($2)
			and day between $3::text::date and $4::text::date and (ledger, measure) in (select * from unnest($5::text[], $6::text[])) group by area_id, ledger, measure`,
			ses.Prison, areas, from, to, ledgers, measures)
		if err != nil {
			return err
		}
		var f scoring.Fact
		var n int64
		if _, err = pgx.ForEachRow(rows, []any{&area, &f.Ledger, &f.Measure, &n}, func() error { by[area].Sums[f] = n; return nil }); err != nil {
			return err
		}
		rows, err = t.tx.Query(ctx, "select distinct on (r.area_id) "+scoreRunColumns+` from score_runs r where r.prison_id = $1 and r.area_id = any($2) and r.standard = $3
			order by r.area_id, r.recorded_at desc, r.run_id desc`, ses.Prison, areas, standard)
		if err != nil {
			return err
		}
		runs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (assessment.Run, error) { return scanScoreRun(row) })
		for i := range runs {
			b := by[runs[i].Area]
			b.Last = &runs[i]
			by[runs[i].Area] = b
		}
		return err
	})
	return by, err
}

// confirmedOnly narrows findings to what counts: of a check, once its sheet is confirmed, and neither of a self-check nor of a framework's check.
const confirmedOnly = `(f.check_id is null or exists (select from checks c where c.prison_id = f.prison_id and c.check_id = f.check_id
	and c.kind not in ('self_check', 'other') and c.state in ('confirmed', 'closed')))`

// behindFigure are the queries of the figures that are no facts, each with the columns of guidance.Counted.
var behindFigure = map[string]string{
	"visits": `select v.day, 1::bigint, v.findings, null::uuid, null::jsonb from visits v
		where v.prison_id = $1 and v.area_id = $2 and v.day between $3::text::date and $4::text::date`,
	"adopted": `select a.adopted_on, 1::bigint, p.title, null::uuid, null::jsonb from adoptions a
		join adoption_verdicts d on d.prison_id = a.prison_id and d.adoption_id = a.adoption_id and d.holds
		join practices p on p.prison_id = a.source_id and p.practice_id = a.practice_id
		where a.prison_id = $1 and a.area_id = $2 and a.adopted_on between $3::text::date and $4::text::date`,
	"findings": `select f.day, coalesce(d.count, f.count)::bigint, f.line || ' ' || f.note, f.check_id, null::jsonb` + decided +
		`f.area_id = $2 and f.day between $3::text::date and $4::text::date and ` + confirmedOnly,
}

// Behind lists what a number of Beside counts.
func (s Guidance) Behind(ctx context.Context, ses ledger.Session, area uuid.UUID, figure, from, to string, facts [2]scoring.Fact) ([]guidance.Counted, error) {
	query, args := behindFigure[figure], []any{ses.Prison, area, from, to}
	if query == "" {
		query = `select day, case when (ledger, measure) = ($5, $6) then value else -value end::bigint, '', null::uuid, refs from facts where prison_id = $1 and area_id = $2
			and day between $3::text::date and $4::text::date and (ledger, measure) in (($5, $6), ($7, $8)) and value <> 0`
		args = append(args, facts[0].Ledger, facts[0].Measure, facts[1].Ledger, facts[1].Measure)
	}
	list := []guidance.Counted{}
	err := s.read(ctx, ses, func(t *txn) error {
		rows, err := t.tx.Query(ctx, `select day::text, n, said, coalesce(chk, '00000000-0000-0000-0000-000000000000'), refs from (`+query+`) x(day, n, said, chk, refs)
			order by day desc, n desc, said`, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c guidance.Counted, err error) {
			return c, row.Scan(&c.Day, &c.N, &c.Text, &c.Check, &c.Refs)
		})
		return err
	})
	return list, err
}

// Prisons lists those that are open, by code.
func (s Guidance) Prisons(ctx context.Context) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, "select prison_id from prisons where opened_at is not null order by code")
	if err != nil {
		return nil, mapped(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return list, mapped(err)
}

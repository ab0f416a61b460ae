package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/scoring"
)

// Deeds count what the prison did with others and for them.
func (t caseTx) Deeds(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	rows, err := t.tx.Query(ctx, `with mine as (
			select a.prison_id, a.area_id from adoptions a join adoption_verdicts v on v.prison_id = a.prison_id and v.adoption_id = a.adoption_id and v.holds where a.source_id = $1),
		-- The mark of a person at a training is the latest one recorded.
		marks as (select distinct on (training_id, person_id) person_id, passed from attendances where prison_id = $1 order by training_id, person_id, version desc)
		select 'brands', count(*) from brands where prison_id = $1
		union all select 'brands_done', count(distinct brand_id) from brand_steps where prison_id = $1 and step = 7 and passed
		union all select 'practices', count(*) from practices where prison_id = $1
		union all select 'adoptions', count(*) from mine
		union all select 'adopters', count(*) from (select distinct prison_id, area_id from mine) units
		union all select 'pairs', count(distinct (prison_id, area_id)) from pairs where strong_prison = $1
		union all select 'helps', count(*) from pair_helps h join pairs p on p.prison_id = h.prison_id and p.pair_id = h.pair_id where p.strong_prison = $1
		union all select 'overtakes', count(distinct (p.prison_id, p.area_id)) from overtakes o join pairs p on p.prison_id = o.prison_id and p.pair_id = o.pair_id where p.strong_prison = $1
		union all select 'trained', count(distinct person_id) from marks where passed
		union all select 'lent', count(distinct m.person_id) from check_members m
			join checks k on k.prison_id = m.prison_id and k.check_id = m.check_id and k.state <> 'cancelled'
			join postings p on p.person_id = m.person_id and p.prison_id = $1 and p.from_at <= m.recorded_at and (p.until_at is null or p.until_at > m.recorded_at)
			where m.prison_id <> $1`, t.ses.Prison)
	if err != nil {
		return nil, err
	}
	var fact string
	var count int
	if _, err := pgx.ForEachRow(rows, []any{&fact, &count}, func() error { counts[fact] = count; return nil }); err != nil {
		return nil, err
	}
	// Of a unit paired again the first score counts. Scores are exact and may be fractions: they are compared here.
	rows, err = t.tx.Query(ctx, `select distinct on (p.prison_id, p.area_id) p.weak_score, d.score from pairs p, lateral (
			select score from daily_scores d where d.prison_id = p.prison_id and d.area_id = p.area_id order by day desc limit 1) d
		where p.strong_prison = $1 order by p.prison_id, p.area_id, p.recorded_at`, t.ses.Prison)
	if err != nil {
		return nil, err
	}
	var was, is string
	_, err = pgx.ForEachRow(rows, []any{&was, &is}, func() error {
		var then, now scoring.Decimal
		if err := decimals([]string{was, is}, &then, &now); err != nil {
			return err
		}
		if now.Rat().Cmp(then.Rat()) > 0 {
			counts["risen"]++
		}
		return nil
	})
	return counts, err
}

package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
)

// checks as the verifier reads them; the head must show the last of its acts.
func (s *Snapshot) checks(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var shown bool
		c, err := scanCheck(row, &shown)
		if err != nil {
			return integrity.Row{}, err
		}
		wrong := ""
		if !shown {
			wrong = "the check does not show its last act"
		}
		rec, err := c.Record()
		return rowOf("checks", rec, err, c.RecordedAt, wrong)
	}, "select "+checkColumns+`, case when x.kind is null then c.state = 'open' and c.appeal_until is null
			else c.state = x.kind and c.run_id is not distinct from x.run_id and (x.kind = 'cancelled' or u.appeal_until is null or c.appeal_until is not distinct from u.appeal_until) end
		from checks c left join check_acts u on u.prison_id = c.prison_id and u.check_id = c.check_id and u.kind = 'confirmed'
			left join lateral (select kind, run_id from check_acts x where x.prison_id = c.prison_id and x.check_id = c.check_id order by seq desc limit 1) x on true
		where c.prison_id = $1 order by c.check_id`, prison)
}

// checkMembers with the word of the pool on which each was called.
func (s *Snapshot) checkMembers(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var m inspection.Member
		var check uuid.UUID
		if err := row.Scan(&check, &m.Person, &m.Leader, &m.AddedBy, &m.From, &m.SkillN, &m.Skills, &m.Salt, &m.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := m.Record(check)
		return rowOf("check_members", rec, err, m.RecordedAt, "")
	}, `select m.check_id, m.person_id, m.leader, m.added_by, coalesce(m.drawn_from, '00000000-0000-0000-0000-000000000000'), coalesce(m.skill_n, 0), coalesce(k.domains, '{}'), m.salt, m.recorded_at
		from check_members m left join inspector_skills k on k.person_id = m.person_id and k.n = m.skill_n where m.prison_id = $1 order by m.check_id, m.person_id`, prison)
}

func (s *Snapshot) checkActs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var check uuid.UUID
		a, err := scanAct(row, &check)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record(check)
		return rowOf("check_acts", rec, err, a.RecordedAt, "")
	}, "select "+actColumns+" from check_acts x where x.prison_id = $1 order by x.check_id, x.seq", prison)
}

func (s *Snapshot) findingEnds(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var w inspection.Withdrawal
		var finding uuid.UUID
		if err := row.Scan(&finding, &w.Reason, &w.By, &w.Salt, &w.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := w.Record(finding)
		return rowOf("finding_ends", rec, err, w.RecordedAt, "")
	}, "select finding_id, reason, ended_by, salt, recorded_at from finding_ends where prison_id = $1 order by finding_id", prison)
}

func (s *Snapshot) findingReplies(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var r inspection.Reply
		var finding uuid.UUID
		if err := row.Scan(&finding, &r.ID, &r.Agrees, &r.Text, &r.By, &r.Salt, &r.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := r.Record(finding)
		return rowOf("finding_replies", rec, err, r.RecordedAt, "")
	}, "select finding_id, reply_id, agrees, body, replied_by, salt, recorded_at from finding_replies where prison_id = $1 order by reply_id", prison)
}

func (s *Snapshot) appeals(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var a inspection.Appeal
		var check, finding uuid.UUID
		if err := row.Scan(&check, &finding, &a.ID, &a.Reason, &a.By, &a.Salt, &a.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record(check, finding)
		return rowOf("appeals", rec, err, a.RecordedAt, "")
	}, "select check_id, finding_id, appeal_id, reason, asked_by, salt, recorded_at from appeals where prison_id = $1 order by appeal_id", prison)
}

func (s *Snapshot) appealDecisions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var d inspection.AppealDecision
		var appeal, asker uuid.UUID
		if err := row.Scan(&appeal, &asker, &d.Verdict, &d.Count, textOf{&d.Of}, &d.Reason, &d.By, &d.Salt, &d.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := d.Record(appeal, asker)
		return rowOf("appeal_decisions", rec, err, d.RecordedAt, "")
	}, "select appeal_id, asked_by, verdict, count, measured_of::text, reason, decided_by, salt, recorded_at from appeal_decisions where prison_id = $1 order by appeal_id", prison)
}

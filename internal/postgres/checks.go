package postgres

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Checks keeps checks and what hangs on them (inspection.Store).
type Checks struct{ *Store }

var _ inspection.Store = Checks{}

func (s Checks) read(ctx context.Context, ses ledger.Session, fn func(*txn) error) error {
	return s.Read(ctx, ses, func(r ledger.Reader) error { return fn(r.(*txn)) })
}

// Areas lists the areas of a prison by code.
func (s Checks) Areas(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error) {
	return Duties{s.Store}.Areas(ctx, prison)
}

const checkColumns = `c.check_id, coalesce(c.area_id, '00000000-0000-0000-0000-000000000000'), c.case_id, c.kind, c.standard, c.version, c.from_day::text, c.to_day::text, c.purpose,
	c.opened_by, c.salt, c.recorded_at, c.state, c.seq, c.run_id, coalesce(c.appeal_until::text, '')`

func scanCheck(row pgx.CollectableRow, more ...any) (inspection.Check, error) {
	var c inspection.Check
	err := row.Scan(append([]any{&c.ID, &c.Area, &c.Case, &c.Kind, &c.Standard, &c.Version, &c.FromDay, &c.ToDay, &c.Purpose,
		&c.OpenedBy, &c.Salt, &c.RecordedAt, &c.State, &c.Seq, &c.Run, &c.AppealUntil}, more...)...)
	return c, err
}

func (t *txn) checks(ctx context.Context, where string, args ...any) ([]inspection.Check, error) {
	rows, err := t.tx.Query(ctx, "select "+checkColumns+`, coalesce(r.score, ''), coalesce(r.passes, false) from checks c
		left join score_runs r on r.prison_id = c.prison_id and r.run_id = c.run_id where c.prison_id = $1 `+where+` order by c.recorded_at desc, c.check_id desc`,
		append([]any{t.ses.Prison}, args...)...)
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]int{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (inspection.Check, error) {
		var score string
		var passes bool
		c, err := scanCheck(row, &score, &passes)
		c.Score, c.Passes, c.Members = score, passes, []inspection.Member{}
		return c, err
	})
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, c := range list {
		ids[i], at[c.ID] = c.ID, i
	}
	rows, err = t.tx.Query(ctx, `select m.check_id, m.person_id, p.name, m.leader, m.added_by, m.recorded_at, coalesce(m.drawn_from, '00000000-0000-0000-0000-000000000000'), coalesce(k.domains, '{}')
		from check_members m join persons p on p.person_id = m.person_id left join inspector_skills k on k.person_id = m.person_id and k.n = m.skill_n
		where m.prison_id = $1 and m.check_id = any($2) order by m.leader desc, m.recorded_at, m.person_id`, t.ses.Prison, ids)
	if err != nil {
		return nil, err
	}
	var of uuid.UUID
	var m inspection.Member
	_, err = pgx.ForEachRow(rows, []any{&of, &m.Person, &m.Name, &m.Leader, &m.AddedBy, &m.RecordedAt, &m.From, &m.Skills}, func() error {
		list[at[of]].Members = append(list[at[of]].Members, m)
		return nil
	})
	return list, err
}

func (t *txn) check(ctx context.Context, id uuid.UUID) (inspection.Check, error) {
	list, err := t.checks(ctx, "and c.check_id = $2", id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return inspection.Check{}, err
	}
	return list[0], nil
}

// Check reads one.
func (s Checks) Check(ctx context.Context, ses ledger.Session, id uuid.UUID) (c inspection.Check, err error) {
	err = s.read(ctx, ses, func(t *txn) error { c, err = t.check(ctx, id); return err })
	return c, err
}

// Checks lists the newest of a prison.
func (s Checks) Checks(ctx context.Context, ses ledger.Session, most int) (list []inspection.Check, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.checks(ctx, "and c.check_id in (select k.check_id from checks k where k.prison_id = $1 order by k.recorded_at desc, k.check_id desc limit $2)", most)
		return err
	})
	return list, err
}

const actColumns = "x.check_id, x.seq, x.kind, x.run_id, x.reason, coalesce(x.appeal_until::text, ''), x.acted_by, x.salt, x.recorded_at"

func scanAct(row pgx.CollectableRow, check *uuid.UUID, more ...any) (inspection.Act, error) {
	var a inspection.Act
	err := row.Scan(append([]any{check, &a.Seq, &a.Kind, &a.Run, &a.Reason, &a.AppealUntil, &a.By, &a.Salt, &a.RecordedAt}, more...)...)
	return a, err
}

// Acts of a check in their order.
func (s Checks) Acts(ctx context.Context, ses ledger.Session, check uuid.UUID) (list []inspection.Act, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		rows, err := t.tx.Query(ctx, "select "+actColumns+`, p.name from check_acts x join persons p on p.person_id = x.acted_by
			where x.prison_id = $1 and x.check_id = $2 order by x.seq`, ses.Prison, check)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (inspection.Act, error) {
			var of uuid.UUID
			var name string
			a, err := scanAct(row, &of, &name)
			a.ByName = name
			return a, err
		})
		return err
	})
	return list, err
}

// FindingsOf reads the findings of a check with what was said to them.
func (s Checks) FindingsOf(ctx context.Context, ses ledger.Session, check uuid.UUID) (list []inspection.Finding, err error) {
	err = s.read(ctx, ses, func(t *txn) error { list, err = t.findingsOf(ctx, check); return err })
	return list, err
}

func (t *txn) findingsOf(ctx context.Context, check uuid.UUID) ([]inspection.Finding, error) {
	rows, err := t.tx.Query(ctx, "select "+findingColumns+`, p.name from findings f join persons p on p.person_id = f.found_by
		where f.prison_id = $1 and f.check_id = $2 order by f.recorded_at, f.finding_id`, t.ses.Prison, check)
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]int{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (inspection.Finding, error) {
		var name string
		f, err := scanFinding(row, &name)
		f.ByName, f.Replies, f.Actions = name, []inspection.Reply{}, []string{}
		return f.Finding, err
	})
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, f := range list {
		ids[i], at[f.ID] = f.ID, i
	}
	rows, err = t.tx.Query(ctx, `select e.finding_id, e.reason, e.ended_by, p.name, e.recorded_at from finding_ends e join persons p on p.person_id = e.ended_by
		where e.prison_id = $1 and e.finding_id = any($2)`, t.ses.Prison, ids)
	if err != nil {
		return nil, err
	}
	var of uuid.UUID
	var w inspection.Withdrawal
	if _, err := pgx.ForEachRow(rows, []any{&of, &w.Reason, &w.By, &w.ByName, &w.RecordedAt}, func() error {
		one := w
		list[at[of]].Withdrawn = &one
		return nil
	}); err != nil {
		return nil, err
	}
	rows, err = t.tx.Query(ctx, `select r.finding_id, r.reply_id, r.agrees, r.body, r.replied_by, p.name, r.recorded_at from finding_replies r join persons p on p.person_id = r.replied_by
		where r.prison_id = $1 and r.finding_id = any($2) order by r.recorded_at, r.reply_id`, t.ses.Prison, ids)
	if err != nil {
		return nil, err
	}
	var r inspection.Reply
	if _, err := pgx.ForEachRow(rows, []any{&of, &r.ID, &r.Agrees, &r.Text, &r.By, &r.ByName, &r.RecordedAt}, func() error {
		list[at[of]].Replies = append(list[at[of]].Replies, r)
		return nil
	}); err != nil {
		return nil, err
	}
	rows, err = t.tx.Query(ctx, `select a.finding_id, a.appeal_id, a.reason, a.asked_by, p.name, a.recorded_at, d.verdict, d.count, d.measured_of::text, d.reason, d.decided_by, q.name, d.recorded_at
		from appeals a join persons p on p.person_id = a.asked_by
		left join appeal_decisions d on d.prison_id = a.prison_id and d.appeal_id = a.appeal_id left join persons q on q.person_id = d.decided_by
		where a.prison_id = $1 and a.check_id = $2`, t.ses.Prison, check)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		a := &inspection.Appeal{Actions: []string{}}
		d := &inspection.AppealDecision{}
		var verdict, reason, name *string
		var by *uuid.UUID
		at0 := &d.RecordedAt
		if err := rows.Scan(&of, &a.ID, &a.Reason, &a.By, &a.ByName, &a.RecordedAt, &verdict, &d.Count, textOf{&d.Of}, &reason, &by, &name, &at0); err != nil {
			return nil, err
		}
		if verdict != nil {
			d.Verdict, d.Reason, d.By, d.ByName, d.RecordedAt = *verdict, *reason, *by, *name, *at0
			a.Decision = d
		}
		list[at[of]].Appeal = a
	}
	return list, rows.Err()
}

// Scored reads the findings that cost something.
func (s Checks) Scored(ctx context.Context, ses ledger.Session, check uuid.UUID) (list []scoring.Finding, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		by, err := scoredFindings(ctx, t.tx, "f.check_id = $2", ses.Prison, check)
		for _, of := range by { // all of one unit
			list = append(list, of...)
		}
		return err
	})
	return list, err
}

// RunSheet reads it.
func (s Checks) RunSheet(ctx context.Context, ses ledger.Session, run uuid.UUID) (sheet []byte, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		return t.tx.QueryRow(ctx, "select sheet from score_runs where prison_id = $1 and run_id = $2", ses.Prison, run).Scan(&sheet)
	})
	return sheet, err
}

// OpenCheck inserts the check with its team and the team's rights.
func (s Checks) OpenCheck(ctx context.Context, ses ledger.Session, idem ledger.Idem, fn func(ledger.Tx) (inspection.Check, error)) (inspection.Check, error) {
	var out inspection.Check
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		c, err := fn(t)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into checks (prison_id, check_id, area_id, case_id, kind, standard, version, from_day, to_day, purpose, opened_by, salt)
			values ($1, $2, $3, $4, $5, $6, $7, $8::text::date, $9::text::date, $10, $11, $12)`,
			ses.Prison, c.ID, orNull(c.Area), c.Case, c.Kind, c.Standard, c.Version, c.FromDay, c.ToDay, c.Purpose, c.OpenedBy, c.Salt); err != nil {
			return err
		}
		if err := t.note(c.Record()); err != nil {
			return err
		}
		// In one order, so that two teams of the same people wait for one another in it too.
		slices.SortFunc(c.Members, func(a, b inspection.Member) int { return bytes.Compare(a.Person[:], b.Person[:]) })
		for _, m := range c.Members {
			if err := t.addMember(ctx, c, m); err != nil {
				return err
			}
		}
		if err := t.tellOpened(ctx, c); err != nil {
			return err
		}
		out, err = t.check(ctx, c.ID)
		return err
	})
	return out, err
}

// addMember takes the person's lock before it reads what is said of them.
func (t *txn) addMember(ctx context.Context, c inspection.Check, m inspection.Member) error {
	if _, err := t.exec(ctx, "select app.lock_inspector($1)", m.Person); err != nil {
		return err
	}
	areas := []uuid.UUID{}
	if c.Area != uuid.Nil {
		areas = append(areas, c.Area)
	}
	grant := newID()
	if _, err := t.exec(ctx, `insert into grants (prison_id, grant_id, person_id, areas, from_at, until_at, reason, granted_by)
		values ($1, $2, $3, $4, app.transaction_time(), $5, $6, $7)`,
		t.ses.Prison, grant, m.Person, areas, m.Until, c.Purpose, m.AddedBy); err != nil {
		return err
	}
	if err := t.poolSays(ctx, &m); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `insert into check_members (prison_id, check_id, person_id, leader, grant_id, added_by, drawn_from, skill_n, salt) values ($1, $2, $3, $4, $5, $6, $7, nullif($8, 0), $9)`,
		t.ses.Prison, c.ID, m.Person, m.Leader, grant, m.AddedBy, orNull(m.From), m.SkillN, m.Salt); err != nil {
		return err
	}
	return t.note(m.Record(c.ID))
}

// endRights ends the grants of the team, at once.
func (t *txn) endRights(ctx context.Context, check uuid.UUID) error {
	_, err := t.exec(ctx, `update grants g set until_at = greatest(app.transaction_time(), g.from_at + interval '1 microsecond') from check_members m
		where m.prison_id = $1 and m.check_id = $2 and g.prison_id = m.prison_id and g.grant_id = m.grant_id and g.until_at > app.transaction_time()`, t.ses.Prison, check)
	return err
}

// EndRights within somebody else's transaction.
func (s Checks) EndRights(ctx context.Context, tx ledger.Tx, _, check uuid.UUID) error {
	return tx.(*txn).endRights(ctx, check)
}

// CheckBefore reads the one that the next goes on from, by any version of the same standard.
func (s Checks) CheckBefore(ctx context.Context, ses ledger.Session, c inspection.Check) (id uuid.UUID, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		err := t.tx.QueryRow(ctx, `select c.check_id from checks c join check_acts x on x.prison_id = c.prison_id and x.check_id = c.check_id and x.kind = 'confirmed'
			where c.prison_id = $1 and c.area_id is not distinct from $2 and c.kind <> 'self_check' and x.recorded_at < $3 and c.standard = $4
			order by c.recorded_at desc, c.check_id desc limit 1`, ses.Prison, orNull(c.Area), c.RecordedAt, c.Standard).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return id, err
}

// ChecksIn takes the checks' locks before it looks.
func (s Checks) ChecksIn(ctx context.Context, tx ledger.Tx, _, of uuid.UUID) ([]inspection.Check, error) {
	t := tx.(*txn)
	if _, err := t.exec(ctx, "select from checks where prison_id = $1 and case_id = $2 order by check_id for update", t.ses.Prison, of); err != nil {
		return nil, err
	}
	list, err := t.checks(ctx, "and c.case_id = $2", of)
	return list, mapped(err)
}

// CancelIn writes the act within a case's transaction.
func (s Checks) CancelIn(ctx context.Context, tx ledger.Tx, c inspection.Check, a inspection.Act) error {
	return tx.(*txn).change(ctx, &c, nil, inspection.Change{Act: &a})
}

// Change takes the check's lock before it looks.
func (s Checks) Change(ctx context.Context, ses ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(inspection.Check, []inspection.Finding) (inspection.Change, error)) (inspection.Check, error) {
	var out inspection.Check
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		c, err := t.lockedCheck(ctx, id)
		if err != nil {
			return err
		}
		list, err := t.findingsOf(ctx, id)
		if err != nil {
			return err
		}
		w, err := fn(c, list)
		if err != nil {
			return err
		}
		if err := t.change(ctx, &c, list, w); err != nil {
			return err
		}
		out, err = t.check(ctx, id)
		return err
	})
	return out, err
}

// lockedCheck takes the check's row before anything is read of it.
func (t *txn) lockedCheck(ctx context.Context, id uuid.UUID) (inspection.Check, error) {
	var locked int
	if err := t.tx.QueryRow(ctx, "select seq from checks where prison_id = $1 and check_id = $2 for update", t.ses.Prison, id).Scan(&locked); err != nil {
		return inspection.Check{}, err
	}
	return t.check(ctx, id)
}

func (t *txn) change(ctx context.Context, c *inspection.Check, list []inspection.Finding, w inspection.Change) error {
	prison := t.ses.Prison
	if w.Member != nil {
		if err := t.addMember(ctx, *c, *w.Member); err != nil {
			return err
		}
	}
	if w.Finding != nil {
		if err := t.addFinding(ctx, findingRow{Finding: *w.Finding, area: c.Area, standard: c.Standard, check: &c.ID}); err != nil {
			return err
		}
	}
	if w.Look != nil {
		if err := t.addLook(ctx, c.ID, *w.Look); err != nil {
			return err
		}
	}
	if e := w.Withdrawal; e != nil {
		if _, err := t.exec(ctx, "insert into finding_ends (prison_id, finding_id, reason, ended_by, salt) values ($1, $2, $3, $4, $5)", prison, w.On, e.Reason, e.By, e.Salt); err != nil {
			return err
		}
		if err := t.note(e.Record(w.On)); err != nil {
			return err
		}
	}
	if r := w.Reply; r != nil {
		if _, err := t.exec(ctx, "insert into finding_replies (prison_id, finding_id, reply_id, agrees, body, replied_by, salt) values ($1, $2, $3, $4, $5, $6, $7)",
			prison, w.On, r.ID, r.Agrees, r.Text, r.By, r.Salt); err != nil {
			return err
		}
		if err := t.note(r.Record(w.On)); err != nil {
			return err
		}
	}
	if a := w.Appeal; a != nil {
		if _, err := t.exec(ctx, "insert into appeals (prison_id, appeal_id, check_id, finding_id, reason, asked_by, salt) values ($1, $2, $3, $4, $5, $6, $7)",
			prison, a.ID, c.ID, w.On, a.Reason, a.By, a.Salt); err != nil {
			return err
		}
		if err := t.note(a.Record(c.ID, w.On)); err != nil {
			return err
		}
	}
	if w.Decision != nil {
		if err := t.decideAppeal(ctx, list, w); err != nil {
			return err
		}
	}
	state, run, until := c.State, c.Run, c.AppealUntil
	if w.Run != nil {
		if err := t.addRun(ctx, *w.Run); err != nil {
			return err
		}
		run = &w.Run.ID
	}
	if w.Until != "" {
		until = w.Until
	}
	if a := w.Act; a != nil {
		state, a.Seq = a.Kind, c.Seq+1
		if a.Kind != inspection.Cancelled {
			a.Run = run
		}
		if _, err := t.exec(ctx, "insert into check_acts (prison_id, check_id, seq, kind, run_id, reason, appeal_until, acted_by, salt) values ($1, $2, $3, $4, $5, $6, nullif($7, '')::date, $8, $9)",
			prison, c.ID, a.Seq, a.Kind, a.Run, a.Reason, a.AppealUntil, a.By, a.Salt); err != nil {
			return err
		}
		if err := t.note(a.Record(c.ID)); err != nil {
			return err
		}
	}
	for _, item := range w.Items {
		if err := t.addRectification(ctx, item); err != nil {
			return err
		}
	}
	if _, err := t.exec(ctx, "update checks set state = $3, seq = seq + 1, run_id = $4, appeal_until = nullif($5, '')::date where prison_id = $1 and check_id = $2",
		prison, c.ID, state, run, until); err != nil {
		return err
	}
	if state == inspection.Closed || state == inspection.Cancelled {
		if err := t.endRights(ctx, c.ID); err != nil {
			return err
		}
	}
	return t.tellChanged(ctx, *c, list, w)
}

// decideAppeal writes the decision on the finding's appeal; of an annulled finding
// there is nothing to be put right.
func (t *txn) decideAppeal(ctx context.Context, list []inspection.Finding, w inspection.Change) error {
	i := slices.IndexFunc(list, func(f inspection.Finding) bool { return f.ID == w.On })
	a, d := list[i].Appeal, w.Decision
	if _, err := t.exec(ctx, `insert into appeal_decisions (prison_id, appeal_id, asked_by, verdict, count, measured_of, reason, decided_by, salt)
		values ($1, $2, $3, $4, $5, $6::text::numeric, $7, $8, $9)`, t.ses.Prison, a.ID, a.By, d.Verdict, d.Count, textOf{&d.Of}, d.Reason, d.By, d.Salt); err != nil {
		return err
	}
	if err := t.note(d.Record(a.ID, a.By)); err != nil || d.Verdict != "annul" {
		return err
	}
	item, err := t.rectifications(ctx, "and r.finding_id = $2", w.On)
	if err != nil || len(item) == 0 {
		return err
	}
	return t.rectify(ctx, item[0], inspection.Rectifying{Kind: inspection.Annulled, Owner: item[0].Owner, Action: d.Reason, By: d.By, Salt: integrity.NewSalt()})
}

// StandingIn reads a check's standing within a case's transaction.
func (s Checks) StandingIn(ctx context.Context, tx ledger.Tx, _, check uuid.UUID) (r inspection.StandingRow, err error) {
	t := tx.(*txn)
	if r.Check, err = t.check(ctx, check); err != nil {
		return r, mapped(err)
	}
	err = t.tx.QueryRow(ctx, `select
			(select count(*) from check_members m where m.prison_id = $1 and m.check_id = $2 and exists (select from postings p where p.person_id = m.person_id and p.prison_id = $1)),
			(select count(*) from appeals a where a.prison_id = $1 and a.check_id = $2 and not exists (select from appeal_decisions d where d.prison_id = a.prison_id and d.appeal_id = a.appeal_id)),
			(select sheet from score_runs s where s.prison_id = $1 and s.run_id = $3)`, t.ses.Prison, check, r.Check.Run).Scan(&r.OfPrison, &r.AppealsOpen, &r.Sheet)
	return r, mapped(err)
}

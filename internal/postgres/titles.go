package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/accreditation"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const titleColumns = `t.prison_id, t.title_id, t.area_id, t.level, t.wording, t.document_no, t.named_on::text, t.body, t.origin, t.case_id, coalesce(t.seq, 0), t.added_by, t.salt, t.recorded_at`

func scanTitle(row pgx.CollectableRow, more ...any) (t accreditation.Title, err error) {
	var area, from *uuid.UUID
	err = row.Scan(append([]any{&t.Prison, &t.ID, &area, &t.Level, &t.Wording, &t.DocumentNo, &t.NamedOn, &t.Body, &t.Origin, &from, &t.Seq, &t.AddedBy, &t.Salt, &t.RecordedAt}, more...)...)
	t.Area, t.Case, t.Acts = known(area), known(from), []accreditation.TitleAct{}
	return t, err
}

const titleActColumns = `a.title_id, a.act_id, a.act, a.on_day::text, a.document_no, a.reason, a.case_id, coalesce(a.seq, 0), a.acted_by, a.salt, a.recorded_at`

func scanTitleAct(row pgx.CollectableRow, title *uuid.UUID, more ...any) (a accreditation.TitleAct, err error) {
	var from *uuid.UUID
	err = row.Scan(append([]any{title, &a.ID, &a.Act, &a.OnDay, &a.DocumentNo, &a.Reason, &from, &a.Seq, &a.By, &a.Salt, &a.RecordedAt}, more...)...)
	a.Case = known(from)
	return a, err
}

const titleDecisionColumns = `d.title_id, d.added_by, d.verdict, d.reason, d.decided_by, d.salt, d.recorded_at`

func scanTitleDecision(row pgx.CollectableRow, title, addedBy *uuid.UUID, more ...any) (d accreditation.TitleDecision, err error) {
	err = row.Scan(append([]any{title, addedBy, &d.Verdict, &d.Reason, &d.By, &d.Salt, &d.RecordedAt}, more...)...)
	return d, err
}

// register lists the titles in sight, of one prison or of all.
func register(ctx context.Context, tx pgx.Tx, prison uuid.UUID) ([]accreditation.Title, error) {
	const in = "($1::uuid is null or t.prison_id = $1)"
	rows, err := tx.Query(ctx, "select "+titleColumns+`, p.name, coalesce(t.case_id, (select e.case_id from case_events e
			where e.prison_id = t.prison_id and e.transition = 'T0' and e.record = t.title_id::text limit 1))
		from titles t join persons p on p.person_id = t.added_by where `+in+" order by t.prison_id, t.named_on, t.title_id", orNull(prison))
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]int{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (accreditation.Title, error) {
		var name string
		var goes *uuid.UUID
		t, err := scanTitle(row, &name, &goes)
		t.AddedName, t.Goes = name, known(goes)
		return t, err
	})
	if err != nil {
		return nil, err
	}
	for i, t := range list {
		at[t.ID] = i
	}
	rows, err = tx.Query(ctx, "select "+titleDecisionColumns+`, p.name from title_decisions d join titles t on t.prison_id = d.prison_id and t.title_id = d.title_id
		join persons p on p.person_id = d.decided_by where `+in, orNull(prison))
	if err != nil {
		return nil, err
	}
	if _, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var title, by uuid.UUID
		var name string
		d, err := scanTitleDecision(row, &title, &by, &name)
		if i, ok := at[title]; ok && err == nil {
			d.ByName = name
			list[i].Decision = &d
		}
		return struct{}{}, err
	}); err != nil {
		return nil, err
	}
	rows, err = tx.Query(ctx, "select "+titleActColumns+`, p.name from title_acts a join titles t on t.prison_id = a.prison_id and t.title_id = a.title_id
		join persons p on p.person_id = a.acted_by where `+in+" order by a.on_day, a.recorded_at", orNull(prison))
	if err != nil {
		return nil, err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var title uuid.UUID
		var name string
		a, err := scanTitleAct(row, &title, &name)
		if i, ok := at[title]; ok && err == nil {
			a.ByName = name
			list[i].Acts = append(list[i].Acts, a)
		}
		return struct{}{}, err
	})
	return list, err
}

// Register is every title in sight.
func (s Cases) Register(ctx context.Context, ses ledger.Session) (list []accreditation.Title, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		list, err = register(ctx, tx, ses.Prison)
		return err
	})
	return list, err
}

func (t caseTx) Titles(ctx context.Context) ([]accreditation.Title, error) {
	return register(ctx, t.tx, t.ses.Prison)
}

func (t caseTx) InsertTitle(ctx context.Context, x accreditation.Title) error {
	var seq *int
	if x.Case != uuid.Nil {
		seq = &x.Seq
	}
	if _, err := t.exec(ctx, `insert into titles (prison_id, title_id, area_id, level, wording, document_no, named_on, body, origin, case_id, seq, added_by, salt)
		values ($1, $2, $3, $4, $5, $6, $7::text::date, $8, $9, $10, $11, $12, $13)`,
		t.ses.Prison, x.ID, orNull(x.Area), x.Level, x.Wording, x.DocumentNo, x.NamedOn, x.Body, x.Origin, orNull(x.Case), seq, x.AddedBy, x.Salt); err != nil {
		return err
	}
	if err := t.note(x.Record()); err != nil {
		return err
	}
	for _, a := range x.Acts {
		if err := t.InsertTitleAct(ctx, x, a); err != nil {
			return err
		}
	}
	// The title is there with its end: who holds it is told now, not at commit.
	_, err := t.exec(ctx, "set constraints titles_spans immediate")
	return err
}

func (t caseTx) InsertTitleAct(ctx context.Context, x accreditation.Title, a accreditation.TitleAct) error {
	var seq *int
	if a.Case != uuid.Nil {
		seq = &a.Seq
	}
	if _, err := t.exec(ctx, `insert into title_acts (prison_id, title_id, act_id, act, on_day, document_no, reason, case_id, seq, acted_by, salt)
		values ($1, $2, $3, $4, $5::text::date, $6, $7, $8, $9, $10, $11)`,
		t.ses.Prison, x.ID, a.ID, a.Act, a.OnDay, a.DocumentNo, a.Reason, orNull(a.Case), seq, a.By, a.Salt); err != nil {
		return err
	}
	return t.note(a.Record(x.ID))
}

func (t caseTx) InsertTitleDecision(ctx context.Context, x accreditation.Title) error {
	d := x.Decision
	if _, err := t.exec(ctx, `insert into title_decisions (prison_id, title_id, added_by, verdict, reason, decided_by, salt) values ($1, $2, $3, $4, $5, $6, $7)`,
		t.ses.Prison, x.ID, x.AddedBy, d.Verdict, d.Reason, d.By, d.Salt); err != nil {
		return err
	}
	return t.note(d.Record(x.ID, x.AddedBy))
}

// titles as the verifier reads them.
func (s *Snapshot) titles(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		t, err := scanTitle(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := t.Record()
		return rowOf("titles", rec, err, t.RecordedAt, "")
	}, "select "+titleColumns+" from titles t where t.prison_id = $1 order by t.title_id", prison)
}

func (s *Snapshot) titleDecisions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var title, by uuid.UUID
		d, err := scanTitleDecision(row, &title, &by)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := d.Record(title, by)
		return rowOf("title_decisions", rec, err, d.RecordedAt, "")
	}, "select "+titleDecisionColumns+" from title_decisions d where d.prison_id = $1 order by d.title_id", prison)
}

func (s *Snapshot) titleActs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var title uuid.UUID
		a, err := scanTitleAct(row, &title)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record(title)
		return rowOf("title_acts", rec, err, a.RecordedAt, "")
	}, "select "+titleActColumns+" from title_acts a where a.prison_id = $1 order by a.title_id, a.act_id", prison)
}

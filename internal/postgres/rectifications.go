package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const rectificationColumns = `r.item_id, coalesce(r.area_id, '00000000-0000-0000-0000-000000000000'), r.check_id, r.finding_id, r.line, r.due_on::text, r.salt, r.recorded_at, r.state, r.seq, r.owner`

func scanRectification(row pgx.CollectableRow, more ...any) (inspection.Rectification, error) {
	var r inspection.Rectification
	err := row.Scan(append([]any{&r.ID, &r.Area, &r.Check, &r.Finding, &r.Line, &r.DueOn, &r.Salt, &r.RecordedAt, &r.State, &r.Seq, &r.Owner}, more...)...)
	return r, err
}

const rectifyingColumns = `x.item_id, x.seq, x.kind, x.owner, x.cause, x.action, x.entry_id, x.acted_by, x.salt, x.recorded_at`

func scanRectifying(row pgx.CollectableRow, item *uuid.UUID, more ...any) (inspection.Rectifying, error) {
	var a inspection.Rectifying
	err := row.Scan(append([]any{item, &a.Seq, &a.Kind, &a.Owner, &a.Cause, &a.Action, &a.Entry, &a.By, &a.Salt, &a.RecordedAt}, more...)...)
	return a, err
}

func (t *txn) rectifications(ctx context.Context, where string, args ...any) ([]inspection.Rectification, error) {
	rows, err := t.tx.Query(ctx, "select "+rectificationColumns+`, c.kind, c.standard, c.version, f.note, f.photos, coalesce(p.name, '')
		from rectifications r join checks c on c.prison_id = r.prison_id and c.check_id = r.check_id
		join findings f on f.prison_id = r.prison_id and f.finding_id = r.finding_id left join persons p on p.person_id = r.owner
		where r.prison_id = $1 `+where+` order by r.recorded_at desc, r.item_id desc`, append([]any{t.ses.Prison}, args...)...)
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]int{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (inspection.Rectification, error) {
		var about inspection.Rectification
		r, err := scanRectification(row, &about.Kind, &about.Standard, &about.Version, &about.Note, &about.Photos, &about.OwnerName)
		r.Kind, r.Standard, r.Version, r.Note, r.Photos, r.OwnerName = about.Kind, about.Standard, about.Version, about.Note, about.Photos, about.OwnerName
		r.Acts, r.Actions = []inspection.Rectifying{}, []string{}
		return r, err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, r := range list {
		ids[i], at[r.ID] = r.ID, i
	}
	rows, err = t.tx.Query(ctx, "select "+rectifyingColumns+`, p.name from rectification_acts x join persons p on p.person_id = x.acted_by
		where x.prison_id = $1 and x.item_id = any($2) order by x.item_id, x.seq`, t.ses.Prison, ids)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var item uuid.UUID
		var name string
		a, err := scanRectifying(rows, &item, &name)
		if err != nil {
			return nil, err
		}
		a.ByName = name
		list[at[item]].Acts = append(list[at[item]].Acts, a)
	}
	return list, rows.Err()
}

// Rectifications of a unit, or so many of all that the asker sees.
func (s Checks) Rectifications(ctx context.Context, ses ledger.Session, unit *uuid.UUID, most int) (list []inspection.Rectification, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		if unit == nil {
			list, err = t.rectifications(ctx, `and r.item_id in (select i.item_id from rectifications i where i.prison_id = $1
				order by i.state in ('open', 'done') desc, i.recorded_at desc, i.item_id desc limit $2)`, most)
		} else {
			list, err = t.rectifications(ctx, "and r.area_id is not distinct from $2", orNull(*unit))
		}
		return err
	})
	return list, err
}

// ItemsIn reads the items of a unit within a case's transaction.
func (s Checks) ItemsIn(ctx context.Context, tx ledger.Tx, _, area uuid.UUID) ([]inspection.Rectification, error) {
	list, err := tx.(*txn).rectifications(ctx, "and r.area_id is not distinct from $2", orNull(area))
	return list, mapped(err)
}

func (t *txn) addRectification(ctx context.Context, r inspection.Rectification) error {
	if _, err := t.exec(ctx, `insert into rectifications (prison_id, item_id, area_id, check_id, finding_id, line, due_on, salt) values ($1, $2, $3, $4, $5, $6, $7::text::date, $8)`,
		t.ses.Prison, r.ID, orNull(r.Area), r.Check, r.Finding, r.Line, r.DueOn, r.Salt); err != nil {
		return err
	}
	return t.note(r.Record())
}

// rectify inserts the act; the database carries it to the item.
func (t *txn) rectify(ctx context.Context, r inspection.Rectification, a inspection.Rectifying) error {
	a.Seq = r.Seq + 1
	if _, err := t.exec(ctx, `insert into rectification_acts (prison_id, item_id, seq, kind, owner, cause, action, entry_id, acted_by, salt) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		t.ses.Prison, r.ID, a.Seq, a.Kind, a.Owner, a.Cause, a.Action, a.Entry, a.By, a.Salt); err != nil {
		return err
	}
	return t.note(a.Record(r.ID))
}

// ActOn takes the item's lock before it looks.
func (s Checks) ActOn(ctx context.Context, ses ledger.Session, idem ledger.Idem, item uuid.UUID, fn func(inspection.Rectification) (inspection.Rectifying, error)) (inspection.Rectification, error) {
	var out inspection.Rectification
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		one := func() (inspection.Rectification, error) {
			list, err := t.rectifications(ctx, "and r.item_id = $2", item)
			if err == nil && len(list) == 0 {
				err = pgx.ErrNoRows
			}
			if err != nil {
				return inspection.Rectification{}, err
			}
			return list[0], nil
		}
		if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", "rectification/"+item.String()); err != nil {
			return err
		}
		r, err := one()
		if err != nil {
			return err
		}
		a, err := fn(r)
		if err != nil {
			return err
		}
		if err := t.rectify(ctx, r, a); err != nil {
			return err
		}
		if err := t.tellItem(ctx, r, a); err != nil {
			return err
		}
		out, err = one()
		return err
	})
	return out, err
}

// PostedFor asks for a posting in the area, or in the prison outside of areas.
func (s Checks) PostedFor(ctx context.Context, ses ledger.Session, number string, area uuid.UUID) (person *uuid.UUID, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		return t.tx.QueryRow(ctx, `select min(p.person_id::text)::uuid from persons p where p.number = $2 and exists (select from postings o where o.person_id = p.person_id
			and o.prison_id = $1 and (o.until_at is null or o.until_at > now()) and (o.area_id is null or o.area_id = $3))`, ses.Prison, number, area).Scan(&person)
	})
	return person, err
}

// rectifications as the verifier reads them; the item must show the last of its acts.
func (s *Snapshot) rectifications(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var shown bool
		r, err := scanRectification(row, &shown)
		if err != nil {
			return integrity.Row{}, err
		}
		wrong := ""
		if !shown {
			wrong = "the item does not show its last act"
		}
		rec, err := r.Record()
		return rowOf("rectifications", rec, err, r.RecordedAt, wrong)
	}, "select "+rectificationColumns+`, case when x.seq is null then r.seq = 0 and r.state = 'open' and r.owner is null
			else r.seq = x.seq and r.owner is not distinct from x.owner and r.state = case when x.kind in ('assigned', 'reopened') then 'open' else x.kind end end
		from rectifications r left join lateral (select * from rectification_acts x where x.prison_id = r.prison_id and x.item_id = r.item_id order by seq desc limit 1) x on true
		where r.prison_id = $1 order by r.item_id`, prison)
}

func (s *Snapshot) rectificationActs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var item uuid.UUID
		a, err := scanRectifying(row, &item)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record(item)
		return rowOf("rectification_acts", rec, err, a.RecordedAt, "")
	}, "select "+rectifyingColumns+" from rectification_acts x where x.prison_id = $1 order by x.item_id, x.seq", prison)
}

package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// tell notifies people of what became of a check or of an item; seq tells one time from the next.
func (t *txn) tell(ctx context.Context, kind string, subject uuid.UUID, seq int, detail map[string]any, people ...uuid.UUID) error {
	for _, person := range people {
		if person == t.ses.Person {
			continue // who does it knows
		}
		if err := t.Notify(ctx, ledger.Notice{Prison: t.ses.Prison, Person: person, Kind: kind, Subject: subject, Revision: seq, Detail: detail}); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) people(ctx context.Context, where string, args ...any) ([]uuid.UUID, error) {
	rows, err := t.tx.Query(ctx, "select distinct person_id from postings where (until_at is null or until_at > now()) and "+where+" order by person_id", args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// unit are those who answer for what is checked.
func (t *txn) unit(ctx context.Context, c inspection.Check) ([]uuid.UUID, error) {
	return t.people(ctx, "prison_id = $1 and (role in ('area_head', 'instructor') and area_id = $2 or role = 'prison_office' and area_id is null)", t.ses.Prison, c.Area)
}

func (t *txn) tellOpened(ctx context.Context, c inspection.Check) error {
	detail := map[string]any{"check": c.ID, "from": c.FromDay, "until": c.ToDay, "reason": c.Purpose}
	for _, m := range c.Members {
		if err := t.tell(ctx, "check_called", c.ID, 1, detail, m.Person); err != nil {
			return err
		}
	}
	unit, err := t.unit(ctx, c)
	if err != nil {
		return err
	}
	return t.tell(ctx, "check_opened", c.ID, 1, detail, unit...)
}

// tellChanged tells whom the change is for: one called, the unit, who decides, who asked.
func (t *txn) tellChanged(ctx context.Context, c inspection.Check, list []inspection.Finding, w inspection.Change) error {
	detail := map[string]any{"check": c.ID, "from": c.FromDay, "until": c.ToDay, "reason": c.Purpose}
	switch {
	case w.Member != nil:
		return t.tell(ctx, "check_called", c.ID, 1, detail, w.Member.Person)
	case w.Act != nil && w.Act.Kind == inspection.Confirmed:
		unit, err := t.unit(ctx, c)
		if err != nil {
			return err
		}
		detail["until"] = w.Until
		return t.tell(ctx, "check_confirmed", c.ID, 1, detail, unit...)
	case w.Act != nil && (w.Act.Kind == inspection.Closed || w.Act.Kind == inspection.Cancelled):
		people, err := t.unit(ctx, c)
		if err != nil {
			return err
		}
		// A team that is not needed any more is told too; one whose check is done knows.
		if w.Act.Kind == inspection.Cancelled {
			for _, m := range c.Members {
				people = append(people, m.Person)
			}
		}
		if w.Act.Reason != "" {
			detail["reason"] = w.Act.Reason
		}
		return t.tell(ctx, "check_"+w.Act.Kind, c.ID, 1, detail, people...)
	case w.Appeal != nil:
		office, err := t.people(ctx, "prison_id is null and role = 'bureau_office'")
		if err != nil {
			return err
		}
		detail["reason"] = w.Appeal.Reason
		return t.tell(ctx, "appeal_asked", w.Appeal.ID, 1, detail, office...)
	case w.Decision != nil:
		for _, f := range list {
			if f.ID == w.On {
				unit, err := t.unit(ctx, c)
				if err != nil {
					return err
				}
				detail["reason"] = w.Decision.Reason
				return t.tell(ctx, "appeal_decided", f.Appeal.ID, 1, detail, append(unit, f.Appeal.By)...)
			}
		}
	}
	return nil
}

func (t *txn) tellItem(ctx context.Context, r inspection.Rectification, a inspection.Rectifying) error {
	kind := map[string]string{inspection.Assigned: "item_assigned", inspection.Reopened: "item_reopened"}[a.Kind]
	if kind == "" || a.Owner == nil {
		return nil
	}
	return t.tell(ctx, kind, r.ID, r.Seq+1, map[string]any{"item": r.ID, "until": r.DueOn, "reason": a.Action}, *a.Owner)
}

package ledger

import (
	"context"
	"encoding/json"
)

// Withdraw takes a submission back before the first decision.
func (s *Service) Withdraw(ctx context.Context, k Key, ifMatch int64, idem Idem) (Outcome, error) {
	return s.reopen(ctx, k, Withdraw, ifMatch, idem, "withdrawn")
}

// Revise reopens a returned entry; the remarks of the return stay beside the
// draft until it is submitted again.
func (s *Service) Revise(ctx context.Context, k Key, ifMatch int64, idem Idem) (Outcome, error) {
	return s.reopen(ctx, k, Revise, ifMatch, idem, "revised")
}

// Amend begins the correction (更正) of an approved entry; the approved
// revision stays in force until the new one is approved.
func (s *Service) Amend(ctx context.Context, k Key, ifMatch int64, idem Idem) (Outcome, error) {
	return s.reopen(ctx, k, Amend, ifMatch, idem, "amended")
}

// reopen makes a draft of the latest revision, with its files beside it: of the
// version in force, unless a correction leaves an approved one standing.
func (s *Service) reopen(ctx context.Context, k Key, a Action, ifMatch int64, idem Idem, kind string) (Outcome, error) {
	return s.change(ctx, k, a, ifMatch, idem, func(tx Tx, e *Entry, _ Situation, to State) (*Outcome, error) {
		rev, err := tx.Revision(ctx, k, e.Revision)
		if err != nil {
			return nil, err
		}
		remarks, err := lastRemarks(ctx, tx, k, rev.Number)
		if err != nil {
			return nil, err
		}
		t, err := s.typeOf(*e)
		if err != nil {
			return nil, err
		}
		// Of a nil return nothing was typed: the draft is an empty form.
		body := json.RawMessage("{}")
		if !rev.Nil {
			if body, err = t.Typed(rev.Document); err != nil {
				return nil, err
			}
		}
		if err := tx.InsertEvent(ctx, k, kind, rev.Number, nil); err != nil {
			return nil, err
		}
		if e.InForce == 0 {
			if body, err = s.carried(ctx, tx, e, body); err != nil {
				return nil, err
			}
		}
		if err := tx.SaveDraft(ctx, k, body, remarks); err != nil {
			return nil, err
		}
		if err := tx.SavePins(ctx, k, rev.Pins); err != nil {
			return nil, err
		}
		if err := tx.CopyAttachments(ctx, k, rev.Number); err != nil {
			return nil, err
		}
		e.State, e.Step = to, 0
		e.leaveStep()
		if err := tx.UpdateEntry(ctx, e); err != nil {
			return nil, err
		}
		return &Outcome{}, touch(ctx, tx, *e)
	})
}

func lastRemarks(ctx context.Context, r Reader, k Key, revision int) ([]Remark, error) {
	list, err := r.Decisions(ctx, k)
	if err != nil {
		return nil, err
	}
	// Where several decide, each who voted against has said why.
	var remarks []Remark
	for _, d := range list {
		if d.Revision != revision || d.Verdict != "return" {
			continue
		}
		if d.Comment != "" {
			remarks = append(remarks, Remark{Text: d.Comment})
		}
		remarks = append(remarks, d.Remarks...)
	}
	return remarks, nil
}

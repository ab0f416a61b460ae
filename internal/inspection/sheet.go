package inspection

import (
	"context"
	"encoding/json"
	"math/big"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Sheet of a check: of the run in force, or what it would be if it were confirmed now.
func (s *Service) Sheet(ctx context.Context, prison, id uuid.UUID) (json.RawMessage, error) {
	c, err := s.may(ctx, prison, id, "score", "read")
	if err != nil {
		return nil, err
	}
	if c.Run != nil {
		r, _, err := s.Scores.Run(ctx, prison, *c.Run)
		return r.Sheet, err
	}
	r, err := s.run(ctx, prison, c)
	return r.Sheet, err
}

// run works the check's score out, storing nothing.
func (s *Service) run(ctx context.Context, prison uuid.UUID, c Check) (assessment.Run, error) {
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return assessment.Run{}, err
	}
	ses := s.asked(ctx, prison)
	in := assessment.Checked{Area: c.Area, Check: c.ID, Kind: c.Kind, Standard: std, AsOf: min(c.ToDay, catalog.DayOf(s.Now()))}
	if in.Findings, err = s.Store.Scored(ctx, ses, c.ID); err != nil {
		return assessment.Run{}, err
	}
	if in.Met, err = s.met(ctx, ses, c); err != nil {
		return assessment.Run{}, err
	}
	if c.Area == uuid.Nil && s.Titles != nil {
		if in.Titled, err = s.Titles.Titled(ctx, prison, in.AsOf); err != nil {
			return assessment.Run{}, err
		}
	}
	if c.Kind == Recheck {
		if in.Carry, err = s.carry(ctx, ses, c); err != nil {
			return assessment.Run{}, err
		}
	}
	return s.Scores.Checked(ctx, prison, in)
}

// carry is what the look-back of its case's cycle takes from a re-check (R88): the road
// decides by the same.
func (s *Service) carry(ctx context.Context, ses ledger.Session, c Check) (*scoring.Carry, error) {
	if c.Case == nil {
		return nil, nil // of before a re-check had to be of a case
	}
	back, err := s.Cases.Carried(ctx, ses.Prison, *c.Case)
	if err != nil || back == nil {
		return nil, err
	}
	raw, err := s.Store.RunSheet(ctx, ses, back.Run)
	if err != nil {
		return nil, err
	}
	sheet, err := sheetOf(raw)
	if err != nil {
		return nil, err
	}
	lost, err := lost(sheet)
	return &scoring.Carry{Rate: back.Rate, Deductions: lost, Sheet: back.Run.String()}, err
}

func sheetOf(raw []byte) (*scoring.Sheet, error) {
	sheet := &scoring.Sheet{}
	return sheet, json.Unmarshal(raw, sheet)
}

// lost is what a sheet lacks of its points.
func lost(sheet *scoring.Sheet) (scoring.Decimal, error) {
	return scoring.DecimalOf(new(big.Rat).Sub(sheet.Points.Rat(), sheet.Score.Rat()))
}

// Confirm keeps the sheet as the leader of the team saw it, seq being the check's then,
// and opens an item for every deduction, to be put right by a day. Faults: forbidden,
// check_state, changed_meanwhile, bad_check.
func (s *Service) Confirm(ctx context.Context, prison, id uuid.UUID, seq int, due string, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, id, "check", "approve")
	if err != nil {
		return c, err
	}
	today := catalog.DayOf(s.Now())
	if m, err := catalog.Day(due); err != nil || due <= today || !catalog.Near(m.At, s.Now()) {
		return c, fault.InvalidFields("bad_check", []fault.Field{{Pointer: "/due_on", Code: "invalid", Text: fault.Text{ZH: "整改期限应晚于今天，一年以内", EN: "The day by which it is put right is after today, within a year"}}})
	}
	if c.State != Open || today < c.FromDay {
		return c, fault.New(fault.Conflict, "check_state").With("state", c.State)
	}
	if err := s.begun(ctx, prison, c); err != nil {
		return c, err
	}
	run, err := s.run(ctx, prison, c)
	if err != nil {
		return c, err
	}
	rules, err := s.Cases.Rules(ctx, prison, c.Case)
	if err != nil {
		return c, err
	}
	until := catalog.DayOf(s.Catalog.Calendar().AddWorkdays(s.Now().In(catalog.Zone), rules.AppealWorkdays))
	return s.change(ctx, prison, c, Open, idem, func(now Check, list []Finding) (Change, error) {
		if now.Seq != seq || now.Seq != c.Seq {
			return Change{}, fault.New(fault.Stale, "changed_meanwhile")
		}
		w := Change{Run: &run, Until: until, Act: &Act{Kind: Confirmed, AppealUntil: until, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}
		for _, f := range list {
			if f.Line != "" && f.stands() {
				w.Items = append(w.Items, Rectification{ID: uuid.Must(uuid.NewV7()), Area: c.Area, Check: c.ID, Finding: f.ID, Line: f.Line, DueOn: due, Salt: integrity.NewSalt()})
			}
		}
		return w, nil
	})
}

// begun refuses the sheet of a check that is only prepared: its case is not in the step yet.
func (s *Service) begun(ctx context.Context, prison uuid.UUID, c Check) error {
	if c.Case == nil {
		return nil
	}
	return s.Cases.Rests(ctx, prison, *c.Case, c.Kind)
}

// Close ends the check and its team's rights, once every appeal is decided and their time
// is over. Where an appeal changed a finding, another run follows the confirmed one.
// Faults: forbidden, check_state, appeals_open, appeal_time.
func (s *Service) Close(ctx context.Context, prison, id uuid.UUID, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, id, "", "manage")
	if err != nil {
		return c, err
	}
	if c.State != Confirmed {
		return c, fault.New(fault.Conflict, "check_state").With("state", c.State)
	}
	list, err := s.Store.FindingsOf(ctx, s.asked(ctx, prison), id)
	if err != nil {
		return c, err
	}
	if err := s.over(c, list); err != nil {
		return c, err
	}
	following, err := s.following(ctx, prison, c, list)
	if err != nil {
		return c, err
	}
	return s.change(ctx, prison, c, Confirmed, idem, func(now Check, list []Finding) (Change, error) {
		if now.Seq != c.Seq {
			return Change{}, fault.New(fault.Stale, "changed_meanwhile")
		}
		return Change{Run: following, Act: &Act{Kind: Closed, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}, s.over(now, list)
	})
}

// over says whether nothing more can come of appeals.
func (s *Service) over(c Check, list []Finding) error {
	open := 0
	for _, f := range list {
		if f.Appeal != nil && f.Appeal.Decision == nil {
			open++
		}
	}
	switch {
	case open > 0:
		return fault.New(fault.Conflict, "appeals_open").With("open", open)
	case catalog.DayOf(s.Now()) <= c.AppealUntil:
		return fault.New(fault.Conflict, "appeal_time").With("last_day", c.AppealUntil)
	}
	return nil
}

// following is the run that follows the appeals; nil where they changed nothing.
func (s *Service) following(ctx context.Context, prison uuid.UUID, c Check, list []Finding) (*assessment.Run, error) {
	scored, err := s.Store.Scored(ctx, s.asked(ctx, prison), c.ID)
	if err != nil {
		return nil, err
	}
	changed := map[string]*scoring.Finding{}
	for _, f := range list {
		if f.Appeal == nil || f.Appeal.Decision == nil || f.Appeal.Decision.Verdict == "uphold" {
			continue
		}
		changed[f.ID.String()] = nil
		if i := slices.IndexFunc(scored, func(x scoring.Finding) bool { return x.ID == f.ID.String() }); i >= 0 {
			changed[f.ID.String()] = &scored[i]
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	// What was said before an annulled finding stands again.
	met, err := s.met(ctx, s.asked(ctx, prison), c)
	if err != nil {
		return nil, err
	}
	r, err := s.Scores.Following(ctx, prison, *c.Run, changed, met)
	return &r, err
}

// Cancel ends a check that has no sheet, with the reason.
func (s *Service) Cancel(ctx context.Context, prison, id uuid.UUID, reason string, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, id, "", "manage")
	if err != nil {
		return c, err
	}
	if ledger.Blank(reason) || len([]rune(reason)) > maxText {
		return c, needsReason()
	}
	return s.change(ctx, prison, c, Open, idem, func(Check, []Finding) (Change, error) {
		return Change{Act: &Act{Kind: Cancelled, Reason: reason, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}, nil
	})
}

func needsReason() error {
	return fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/reason", Code: "required", Text: fault.Text{ZH: "请说明理由，500 字以内", EN: "Say why in at most 500 characters"}}})
}

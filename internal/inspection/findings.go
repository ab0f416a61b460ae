package inspection

import (
	"context"
	"errors"
	"regexp"
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

// How a finding is placed, and the kinds of source it may rest on.
var (
	Severities = scoring.Severities
	Scopes     = scoring.Scopes
	Sources    = []string{"seen", "told", "written", "filmed", "tested"}
	Videos     = []string{"match", "mismatch", "no_video"}
)

// AddFinding of the team under a line of the pinned standard; without a line it is
// advice and costs nothing (R116). Faults: forbidden, rights_ended, check_state,
// invalid_document with fields, key_full.
func (s *Service) AddFinding(ctx context.Context, prison, check uuid.UUID, f Finding, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, check, "check", "edit")
	if err != nil {
		return c, err
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return c, err
	}
	if bad := s.wrongFinding(&f, c, std); len(bad) > 0 {
		return c, fault.InvalidFields("invalid_document", bad)
	}
	if f.Draw != nil {
		list, err := s.Store.Draws(ctx, s.asked(ctx, prison), check)
		if err != nil {
			return c, err
		}
		method := ""
		if l, ok := std.LineOf(f.Line); ok {
			method = l.Method
		}
		if !f.of(list, method) {
			return c, fault.InvalidFields("invalid_document", []fault.Field{{Pointer: "/draw", Code: "invalid",
				Text: fault.Text{ZH: "抽取记录须是本次考核中由系统抽取的，并与该条款的检查方法一致", EN: "It is a draw of this check, as it was drawn, of what the line's method asks"}}})
		}
	}
	if err := s.photographed(ctx, prison, check, f.Photos); err != nil {
		if bad := (*fault.Error)(nil); errors.As(err, &bad) && bad.Code == "bad_look" {
			return c, fault.InvalidFields("invalid_document", bad.Fields)
		}
		return c, err
	}
	f.ID, f.By, f.Salt = uuid.Must(uuid.NewV7()), actor.From(ctx).PersonID, integrity.NewSalt()
	return s.change(ctx, prison, c, Open, idem, func(_ Check, list []Finding) (Change, error) {
		key := 0
		for _, x := range list {
			if x.Key && x.stands() {
				key++
			}
		}
		if f.Key && key >= maxKey {
			return Change{}, fault.New(fault.Conflict, "key_full").With("most", maxKey)
		}
		return Change{Finding: &f}, nil
	})
}

var hhmm = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

func (s *Service) wrongFinding(f *Finding, c Check, std *scoring.Standard) (bad []fault.Field) {
	wrong := func(pointer, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}})
	}
	if f.Line == "" {
		f.Count = 1
		if f.Of != nil || f.Per != nil || f.Event != "" || f.Key {
			wrong("/line", "标准以外的建议不扣分，也不列为关键问题", "Advice outside the standard costs nothing and is no key problem")
		}
		if ledger.Blank(f.Note) || len([]rune(f.Note)) > maxText {
			wrong("/note", "请写明建议，500 字以内", "Say what is advised in at most 500 characters")
		}
		bad = append(bad, assessment.WrongWhere(f.Place, f.Subject)...)
	} else {
		n := assessment.NewFinding{Line: f.Line, Event: f.Event, Day: f.Day, Count: f.Count, Place: f.Place, Note: f.Note, Subject: f.Subject, Of: f.Of, Per: f.Per}
		bad = assessment.WrongFinding(&n, std, s.Now())
		f.Count = n.Count
	}
	today := catalog.DayOf(s.Now())
	if today < c.FromDay { // as nothing is drawn or looked at
		wrong("/day", "考核自 "+c.FromDay+" 起，开始后才能记录问题", "The check begins on "+c.FromDay+": nothing is found before")
	}
	last := min(c.ToDay, today)
	if m, err := catalog.Day(last); err == nil && (f.Day < assessment.FirstDay(std, m.At) || f.Day > last) {
		wrong("/day", "日期应在标准的考核期内，不晚于考核止日", "The day lies in the standard's window, up to the last day of the check")
	}
	if f.Time != "" && !hhmm.MatchString(f.Time) {
		wrong("/time", "时间写作 时:分", "A time is written HH:MM")
	}
	if ledger.Blank(f.Conclusion) || len([]rune(f.Conclusion)) > maxText {
		wrong("/conclusion", "请写明结论，500 字以内", "Say in at most 500 characters what follows from it")
	}
	if !slices.Contains(Severities, f.Severity) || !slices.Contains(Scopes, f.Scope) {
		wrong("/severity", "请选择严重程度和影响范围", "Choose severity and scope")
	}
	slices.Sort(f.Sources)
	f.Sources = slices.Compact(f.Sources)
	if len(f.Sources) == 0 || slices.ContainsFunc(f.Sources, func(x string) bool { return !slices.Contains(Sources, x) }) {
		wrong("/sources", "请选择依据的来源", "Choose what it rests on")
	}
	if f.Video != "" && !slices.Contains(Videos, f.Video) {
		wrong("/video", "请选择倒查结果", "Choose the result of the backward check")
	}
	return bad
}

// Withdraw takes a finding back before the sheet is confirmed: it stays to be read.
func (s *Service) Withdraw(ctx context.Context, prison, check, finding uuid.UUID, reason string, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, check, "check", "edit")
	if err != nil {
		return c, err
	}
	if ledger.Blank(reason) || len([]rune(reason)) > maxText {
		return c, needsReason()
	}
	return s.change(ctx, prison, c, Open, idem, func(_ Check, list []Finding) (Change, error) {
		if _, err := standing(list, finding); err != nil {
			return Change{}, err
		}
		return Change{On: finding, Withdrawal: &Withdrawal{Reason: reason, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}, nil
	})
}

// standing is a finding of the check that was not taken back.
func standing(list []Finding, id uuid.UUID) (Finding, error) {
	i := slices.IndexFunc(list, func(f Finding) bool { return f.ID == id })
	if i < 0 {
		return Finding{}, fault.New(fault.NotFound, "not_found")
	}
	if list[i].Withdrawn != nil {
		return Finding{}, fault.New(fault.Conflict, "finding_withdrawn")
	}
	return list[i], nil
}

// Reply of the unit to a finding, before the sheet is confirmed.
func (s *Service) Reply(ctx context.Context, prison, check, finding uuid.UUID, agrees bool, text string, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, check, "check", "submit")
	if err != nil {
		return c, err
	}
	if ledger.Blank(text) || len([]rune(text)) > maxText {
		return c, fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/text", Code: "required", Text: fault.Text{ZH: "请写明意见，500 字以内", EN: "Say in at most 500 characters what the unit answers"}}})
	}
	return s.change(ctx, prison, c, Open, idem, func(_ Check, list []Finding) (Change, error) {
		if _, err := standing(list, finding); err != nil {
			return Change{}, err
		}
		return Change{On: finding, Reply: &Reply{ID: uuid.Must(uuid.NewV7()), Agrees: agrees, Text: text, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}, nil
	})
}

// Appeal of the unit against a finding that costs something, within its time. Faults:
// forbidden, check_state, appeal_over, appeal_there.
func (s *Service) Appeal(ctx context.Context, prison, check, finding uuid.UUID, reason string, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, check, "appeal", "create")
	if err != nil {
		return c, err
	}
	if ledger.Blank(reason) || len([]rune(reason)) > maxText {
		return c, needsReason()
	}
	return s.change(ctx, prison, c, Confirmed, idem, func(c Check, list []Finding) (Change, error) {
		f, err := standing(list, finding)
		switch {
		case err != nil:
			return Change{}, err
		case f.Line == "":
			return Change{}, fault.New(fault.Conflict, "advice_costs_nothing")
		case f.Appeal != nil:
			return Change{}, fault.New(fault.Conflict, "appeal_there")
		case catalog.DayOf(s.Now()) > c.AppealUntil:
			return Change{}, fault.New(fault.Conflict, "appeal_over").With("last_day", c.AppealUntil)
		}
		return Change{On: finding, Appeal: &Appeal{ID: uuid.Must(uuid.NewV7()), Reason: reason, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}, nil
	})
}

// DecideAppeal by one who is neither of the team nor the asker. A reduced finding counts
// less: fewer times, or more of what was measured. Faults: forbidden, check_state,
// already_decided, bad_appeal with fields.
func (s *Service) DecideAppeal(ctx context.Context, prison, check, finding uuid.UUID, d AppealDecision, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, check, "score", "read")
	if err != nil {
		return c, err
	}
	a := actor.From(ctx)
	if !slices.Contains([]string{"uphold", "reduce", "annul"}, d.Verdict) {
		return c, fault.New(fault.Malformed, "bad_request")
	}
	if ledger.Blank(d.Reason) || len([]rune(d.Reason)) > maxText {
		return c, needsReason()
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return c, err
	}
	return s.change(ctx, prison, c, Confirmed, idem, func(c Check, list []Finding) (Change, error) {
		f, err := standing(list, finding)
		if err == nil && f.Appeal == nil {
			err = fault.New(fault.NotFound, "not_found")
		}
		if err != nil {
			return Change{}, err
		}
		if err := s.Access.Check(a, "approve", appealSubject(prison, c, *f.Appeal), s.Now()); err != nil {
			return Change{}, err
		}
		if f.Appeal.Decision != nil {
			return Change{}, fault.New(fault.Conflict, "already_decided")
		}
		if bad := wrongDecision(d, f, std); bad != nil {
			return Change{}, fault.InvalidFields("bad_appeal", bad)
		}
		d.By, d.Salt = a.PersonID, integrity.NewSalt()
		return Change{On: finding, Decision: &d}, nil
	})
}

func appealSubject(prison uuid.UUID, c Check, a Appeal) ledger.Subject {
	sub := subject("appeal", prison, c)
	sub.Author = a.By
	return sub
}

// wrongDecision sees to it that what is reduced costs less than before.
func wrongDecision(d AppealDecision, f Finding, std *scoring.Standard) []fault.Field {
	if d.Verdict != "reduce" {
		if d.Count == nil && d.Of == nil {
			return nil
		}
		return []fault.Field{{Pointer: "/verdict", Code: "invalid", Text: fault.Text{ZH: "只有核减才填写核定数", EN: "Only what is reduced has a new number"}}}
	}
	if f.Of == nil {
		if d.Of == nil && d.Count != nil && *d.Count >= 1 && *d.Count < f.Count {
			return nil
		}
		return []fault.Field{{Pointer: "/count", Code: "invalid", Text: fault.Text{ZH: "请填写核定的次数，少于原次数", EN: "Say how many times instead; fewer than before"}}}
	}
	l, ok := std.LineOf(f.Line)
	if ok && d.Of != nil && d.Count == nil && d.Of.Rat().Sign() >= 0 {
		n := assessment.NewFinding{Line: f.Line, Day: f.Day, Count: 1, Note: f.Note, Of: d.Of, Per: f.Per}
		better := d.Of.Rat().Cmp(f.Of.Rat())
		if l.Form == "above" {
			better = -better
		}
		if better > 0 && len(assessment.WrongFinding(&n, std, f.RecordedAt)) == 0 {
			return nil
		}
	}
	return []fault.Field{{Pointer: "/of", Code: "invalid", Text: fault.Text{ZH: "请填写核定的实得数，须比原来有利", EN: "Say what was measured instead; it is better than before"}}}
}

// dressFinding adds what the reader may do, and leaves out who was drawn where a draw does (shown).
func (s *Service) dressFinding(ctx context.Context, prison uuid.UUID, c Check, f *Finding) {
	a, now := actor.From(ctx), s.Now()
	if c.State == Open && s.Access.Check(a, "edit", subject("check", prison, c), now) != nil {
		f.Draw = nil
	}
	add := func(name string, sub ledger.Subject, action string) {
		if s.Access.Check(a, action, sub, now) == nil {
			f.Actions = append(f.Actions, name)
		}
	}
	switch {
	case f.Withdrawn != nil:
	case c.State == Open:
		add("withdraw", subject("check", prison, c), "edit")
		add("reply", subject("check", prison, c), "submit")
	case c.State != Confirmed:
	case f.Appeal == nil && f.Line != "" && catalog.DayOf(now) <= c.AppealUntil:
		add("appeal", subject("appeal", prison, c), "create")
	case f.Appeal != nil && f.Appeal.Decision == nil:
		add("decide", appealSubject(prison, c, *f.Appeal), "approve")
	}
}

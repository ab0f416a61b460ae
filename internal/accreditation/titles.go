package accreditation

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Title is one that was given, in the system or before it.
type Title struct {
	Prison     uuid.UUID  `json:"prison"`
	ID         uuid.UUID  `json:"id"`
	Area       uuid.UUID  `json:"area,omitzero"` // zero: the prison's own
	Level      string     `json:"level"`
	Wording    string     `json:"wording"`
	DocumentNo string     `json:"document_no"`
	NamedOn    string     `json:"named_on"`
	Body       string     `json:"body"`   // who gave it
	Origin     string     `json:"origin"` // system, imported
	Case       uuid.UUID  `json:"case,omitzero"`
	Seq        int        `json:"-"`
	AddedBy    uuid.UUID  `json:"-"`
	AddedName  string     `json:"added_by"`
	RecordedAt time.Time  `json:"recorded_at"`
	Acts       []TitleAct `json:"acts"`
	// Decision of a second person on one from before; nil while it waits.
	Decision *TitleDecision `json:"decision,omitempty"`
	// Goes is the case by which it goes on; of a title from before none at first.
	Goes uuid.UUID `json:"goes_on,omitzero"`
	Salt []byte    `json:"-"`

	Standing bool     `json:"standing"` // today
	Actions  []string `json:"actions"`
}

// TitleAct is what became of a title.
type TitleAct struct {
	ID         uuid.UUID `json:"id"`
	Act        string    `json:"act"` // kept, revoked
	OnDay      string    `json:"on_day"`
	DocumentNo string    `json:"document_no,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Case       uuid.UUID `json:"case,omitzero"`
	Seq        int       `json:"-"`
	By         uuid.UUID `json:"-"`
	ByName     string    `json:"by"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// The origins of a title: given by the road, or entered from before it.
const (
	given    = "system"
	imported = "imported"
)

// TitleDecision of a second person on a title from before. It never changes.
type TitleDecision struct {
	Verdict    string    `json:"verdict"` // confirmed, refused
	Reason     string    `json:"reason,omitempty"`
	By         uuid.UUID `json:"-"`
	ByName     string    `json:"by"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Counts says that the title is one: given by the road, or confirmed by a second person.
func (t Title) Counts() bool {
	return t.Origin == given || t.Decision != nil && t.Decision.Verdict == "confirmed"
}

// Waits says that the title would stand, once a second person has confirmed it.
func (t Title) Waits(day string) bool {
	return t.Decision == nil && t.Origin == imported && t.lasts(day)
}

// Stands says whether the title counts, was given by a day and not revoked by then.
func (t Title) Stands(day string) bool { return t.Counts() && t.lasts(day) }

func (t Title) lasts(day string) bool {
	return t.NamedOn <= day && !slices.ContainsFunc(t.Acts, func(a TitleAct) bool { return a.Act == "revoked" && a.OnDay <= day })
}

// Record commits to the title.
func (t Title) Record() (ledger.Record, error) {
	return ledger.NewRecord("title", t.ID.String(), t.Salt, map[string]any{
		"title": t.ID, "area": t.Area, "level": t.Level, "wording": t.Wording, "document_no": t.DocumentNo, "named_on": t.NamedOn, "body": t.Body,
		"origin": t.Origin, "case": t.Case, "seq": t.Seq, "added_by": t.AddedBy,
	})
}

// Record commits to the act.
func (a TitleAct) Record(title uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("title_act", a.ID.String(), a.Salt, map[string]any{
		"title": title, "act": a.Act, "on_day": a.OnDay, "document_no": a.DocumentNo, "reason": a.Reason, "case": a.Case, "seq": a.Seq, "by": a.By,
	})
}

// Record commits to the decision.
func (d TitleDecision) Record(title, addedBy uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("title_decision", title.String(), d.Salt, map[string]any{
		"title": title, "added_by": addedBy, "verdict": d.Verdict, "reason": d.Reason, "decided_by": d.By,
	})
}

// Register lists the titles in sight, those that stand and those that do not.
func (s *Service) Register(ctx context.Context) (list []Title, may bool, err error) {
	return s.RegisterOf(ctx, uuid.Nil)
}

// RegisterOf is that of one prison.
func (s *Service) RegisterOf(ctx context.Context, prison uuid.UUID) (list []Title, may bool, err error) {
	list, err = s.Store.Register(ctx, s.asked(ctx, prison))
	if err != nil {
		return nil, false, err
	}
	day := catalog.DayOf(s.Now())
	list = slices.DeleteFunc(list, func(t Title) bool { return s.may(ctx, "read", ledger.Subject{Class: "title", Prison: t.Prison}) != nil })
	for i := range list {
		t := &list[i]
		t.Standing, t.Actions = t.Stands(day), []string{}
		if t.Standing && t.Goes == uuid.Nil && s.may(ctx, "act_bureau", subject(t.Prison, t.Area)) == nil {
			t.Actions = append(t.Actions, "take_up")
		}
		if s.mayDecide(ctx, *t) == nil {
			t.Actions = append(t.Actions, "confirm", "refuse")
		}
	}
	return list, s.may(ctx, "manage", ledger.Subject{Class: "title"}) == nil, nil
}

// Imported is a title from before the system, as its papers say it.
type Imported struct {
	Area       uuid.UUID `json:"area"`
	Level      string    `json:"level"`
	Wording    string    `json:"wording"`
	DocumentNo string    `json:"document_no"`
	NamedOn    string    `json:"named_on"`
	Body       string    `json:"body"`
	// KeptOn is the day of the last re-check that it passed; RevokedOn, OrderNo, Reason say
	// that it ended.
	KeptOn    string `json:"kept_on,omitempty"`
	RevokedOn string `json:"revoked_on,omitempty"`
	OrderNo   string `json:"order_no,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// before says that nothing of the road stands against a title of before: it was given before
// the unit had a case, and none is under way. Titles on paper may be younger than the prison's
// ledgers, so the day of the prison's founding is no line; the first case is.
func before(ctx context.Context, tx Tx, area uuid.UUID, named string) error {
	cases, err := tx.CasesOf(ctx, area)
	for _, c := range cases {
		switch {
		case !c.Ends() && !c.Held():
			return fault.New(fault.Conflict, "case_open").With("case", c.ID)
		case named >= catalog.DayOf(c.RecordedAt):
			return fault.InvalidFields("bad_title", []fault.Field{told("/named_on", "range", "系统前的称号应早于本单位第一次申报（"+catalog.DayOf(c.RecordedAt)+"）",
				"A title from before is older than the unit's first application ("+catalog.DayOf(c.RecordedAt)+")")})
		}
	}
	return err
}

// Import enters one; it counts when somebody else has confirmed it. Faults: forbidden,
// bad_title with fields, title_held, case_open.
func (s *Service) Import(ctx context.Context, prison uuid.UUID, in Imported, idem ledger.Idem) (Title, error) {
	if err := s.may(ctx, "manage", ledger.Subject{Class: "title", Prison: prison}); err != nil {
		return Title{}, err
	}
	m, today := s.Machines.newest(), catalog.DayOf(s.Now())
	var bad []fault.Field
	if m.Steps(trackOf(in.Area), in.Level) == nil {
		bad = append(bad, told("/level", "enum", "请选择称号等级", "Choose a level"))
	}
	for _, x := range []struct {
		pointer string
		text    *string
		asked   bool
	}{{"/wording", &in.Wording, true}, {"/document_no", &in.DocumentNo, true}, {"/body", &in.Body, true},
		{"/order_no", &in.OrderNo, in.RevokedOn != ""}, {"/reason", &in.Reason, in.RevokedOn != ""}} {
		if x.asked || *x.text != "" {
			bad = append(bad, worded(x.pointer, x.text)...)
		}
	}
	if _, err := catalog.Day(in.NamedOn); err != nil || in.NamedOn >= today {
		bad = append(bad, told("/named_on", "range", "系统前的称号应早于今天；今天起的称号由申报产生", "A title from before is of a day before today: from today on titles come by applications"))
	}
	for pointer, day := range map[string]string{"/kept_on": in.KeptOn, "/revoked_on": in.RevokedOn} {
		if day != "" && (len(notAfter(pointer, day, today)) > 0 || day < in.NamedOn) {
			bad = append(bad, told(pointer, "range", "日期不早于命名之日，不晚于今天", "The day is not before naming, nor after today"))
		}
	}
	if in.KeptOn != "" && in.RevokedOn != "" && in.KeptOn > in.RevokedOn {
		bad = append(bad, told("/kept_on", "range", "复查保持之日不晚于取消之日", "The day of the re-check is not after that of the revocation"))
	}
	if len(bad) > 0 {
		return Title{}, fault.InvalidFields("bad_title", bad)
	}
	who := actor.From(ctx).PersonID
	t := Title{Prison: prison, ID: uuid.Must(uuid.NewV7()), Area: in.Area, Level: in.Level, Wording: in.Wording, DocumentNo: in.DocumentNo, NamedOn: in.NamedOn,
		Body: in.Body, Origin: imported, AddedBy: who, AddedName: actor.From(ctx).Name, Acts: []TitleAct{}, Actions: []string{}, Salt: integrity.NewSalt()}
	act := func(kind, day, no, reason string) {
		if day != "" {
			t.Acts = append(t.Acts, TitleAct{ID: uuid.Must(uuid.NewV7()), Act: kind, OnDay: day, DocumentNo: no, Reason: reason, By: who, Salt: integrity.NewSalt()})
		}
	}
	act("kept", in.KeptOn, "", "")
	act("revoked", in.RevokedOn, in.OrderNo, in.Reason)
	var out Title
	err := s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		if err := tx.Alone(ctx); err != nil {
			return err
		}
		if _, err := areaOf(ctx, tx, in.Area); err != nil {
			return err
		}
		if err := before(ctx, tx, in.Area, in.NamedOn); err != nil {
			return err
		}
		t.RecordedAt = tx.Now()
		out = t
		return tx.InsertTitle(ctx, t)
	})
	return out, err
}

// mayDecide on a title from before that waits: the bureau's office, another than who entered it.
func (s *Service) mayDecide(ctx context.Context, t Title) error {
	if err := s.may(ctx, "manage", ledger.Subject{Class: "title", Prison: t.Prison}); err != nil {
		return err
	}
	switch {
	case t.Origin != imported || t.Decision != nil:
		return fault.New(fault.Conflict, "already_decided")
	case t.AddedBy == actor.From(ctx).PersonID:
		return fault.New(fault.Forbidden, "own_title")
	}
	return nil
}

// Decide confirms a title from before or refuses it, with a reason. Faults: forbidden,
// not_found, own_title, already_decided, case_open, bad_title with fields.
func (s *Service) Decide(ctx context.Context, prison, title uuid.UUID, verdict, reason string, idem ledger.Idem) (Title, error) {
	if verdict != "confirmed" && verdict != "refused" {
		return Title{}, fault.New(fault.Malformed, "bad_request")
	}
	if verdict == "refused" || reason != "" {
		if bad := worded("/reason", &reason); len(bad) > 0 {
			return Title{}, fault.InvalidFields("bad_title", bad)
		}
	}
	var out Title
	err := s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		if err := tx.Alone(ctx); err != nil {
			return err
		}
		titles, err := tx.Titles(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(titles, func(t Title) bool { return t.ID == title })
		if i < 0 {
			return fault.New(fault.NotFound, "not_found")
		}
		out = titles[i]
		if err := s.mayDecide(ctx, out); err != nil {
			return err
		}
		if verdict == "confirmed" {
			if err := before(ctx, tx, out.Area, out.NamedOn); err != nil {
				return err
			}
		}
		a := actor.From(ctx)
		out.Decision = &TitleDecision{Verdict: verdict, Reason: reason, By: a.PersonID, ByName: a.Name, RecordedAt: tx.Now(), Salt: integrity.NewSalt()}
		out.Standing, out.Actions = out.Stands(catalog.DayOf(tx.Now())), []string{}
		if err := tx.InsertTitleDecision(ctx, out); err != nil {
			return err
		}
		return s.lost(ctx, tx, prison)
	})
	return out, err
}

// TakeUp begins the case by which a title from before the system goes on: its look-back
// and re-check are due from its own days. Faults: forbidden, not_found, title_gone,
// case_open, standard_unknown.
func (s *Service) TakeUp(ctx context.Context, prison, title uuid.UUID, idem ledger.Idem) (Case, error) {
	var t Title
	var area ledger.Area
	find := func(l Look) error {
		titles, err := l.Titles(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(titles, func(t Title) bool { return t.ID == title })
		if i < 0 {
			return fault.New(fault.NotFound, "not_found")
		}
		t = titles[i]
		area, err = areaOf(ctx, l, t.Area)
		return err
	}
	if err := s.Store.Read(ctx, s.asked(ctx, prison), find); err != nil {
		return Case{}, err
	}
	if err := s.may(ctx, "act_bureau", subject(prison, t.Area)); err != nil {
		return Case{}, err
	}
	_, pin, err := s.Standards.Issued(ctx, unitOf(prison, area, t.Level), catalog.DayOf(s.Now()))
	if err != nil {
		return Case{}, err
	}
	m, who := s.Machines.newest(), actor.From(ctx).PersonID
	var out Case
	err = s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		if err := tx.Alone(ctx); err != nil {
			return err
		}
		if err := find(tx); err != nil {
			return err
		}
		if t.Goes != uuid.Nil || !t.Stands(catalog.DayOf(tx.Now())) {
			return fault.New(fault.Conflict, "title_gone")
		}
		start, cycle := t.NamedOn, 1
		for _, a := range t.Acts {
			if a.Act == "kept" {
				start, cycle = a.OnDay, cycle+1
			}
		}
		c := Case{Prison: prison, ID: uuid.Must(uuid.NewV7()), Area: t.Area, BegunBy: who, RecordedAt: tx.Now(), Machine: m.Version, Salt: integrity.NewSalt()}
		c.Case = lifecycle.Begin(trackOf(t.Area), t.Level, tx.Now())
		if err := tx.InsertCase(ctx, c); err != nil {
			return err
		}
		out = c
		out.Case, out.Seq, out.Pin = lifecycle.TakeUp(c.Track, c.Level, start, cycle, tx.Now()), 1, &pin
		raw, err := canonical(detail{})
		if err != nil {
			return err
		}
		return tx.InsertEvent(ctx, c, Event{Seq: 1, Transition: "T0", From: lifecycle.Draft, To: lifecycle.Named, As: lifecycle.BureauOffice, By: who,
			Document: t.DocumentNo, DocumentOn: t.NamedOn, Rests: t.ID.String(), Detail: raw, Salt: integrity.NewSalt(), After: out})
	})
	return out, err
}

package stewardship

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const (
	reasonLength = 500
	atOnce       = 2000 // ledgers of a declaration, declarations of a verdict: all of a prison
)

// Seen is a ledger with the number of its declarations that were seen.
type Seen struct {
	Ledger string `json:"ledger"`
	Seen   int    `json:"seen"`
}

// mayDeclare goes by the area alone: whoever heads it knows what lies on its shelves. The class is
// that of what eases a duty, which the same two people ask for and grant.
func (s *Service) mayDeclare(ctx context.Context, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "create", ledger.Subject{Class: "relief", Prison: prison, Area: area}, s.Now())
}

func (s *Service) mayDecide(ctx context.Context, verdict string, d Declaration) error {
	return s.Access.Check(actor.From(ctx), actions[verdict], ledger.Subject{Class: "relief", Prison: d.Prison, Area: d.Area, Ledger: d.Ledger,
		Author: d.Author, Department: s.Access.Owner(d.Ledger)}, s.Now())
}

// came is the day on which the ledger came into force; "" for what was there from the beginning.
func (s *Service) came(id string) string {
	if all := s.Catalog.Versions(id); len(all) > 0 && !all[0].PublishedAt.IsZero() {
		return catalog.DayOf(all[0].PublishedAt)
	}
	return ""
}

// Declare says how ledgers of an area are kept from a day on; all of them or none. Faults:
// forbidden, not_found, changed_meanwhile, paper_waits, bad_paper with fields.
func (s *Service) Declare(ctx context.Context, prison, area uuid.UUID, ledgers []Seen, to PaperState, day, reason string, idem ledger.Idem) (int, error) {
	if err := s.mayDeclare(ctx, prison, area); err != nil {
		return 0, err
	}
	areas, _, err := s.prison(ctx, prison)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(areas, func(a ledger.Area) bool { return a.ID == area })
	if i < 0 {
		return 0, fault.New(fault.NotFound, "not_found")
	}
	if bad := s.wrong(areas[i], ledgers, to, day, reason); len(bad) > 0 {
		return 0, fault.InvalidFields("bad_paper", bad)
	}
	return len(ledgers), s.Store.DeclarePaper(ctx, s.asked(ctx, prison), idem, area, func(all []Declaration) (made []Declaration, err error) {
		var bad []fault.Field
		by := byCell(all)
		for i, l := range ledgers {
			acts := by[cellOf{area, l.Ledger}]
			if len(acts) != l.Seen {
				return nil, fault.New(fault.Stale, "changed_meanwhile")
			}
			now := standing(acts, s.today())
			if now.Waits != nil {
				return nil, fault.New(fault.Conflict, "paper_waits")
			}
			bad = append(bad, s.refuses(now, fmt.Sprintf("/ledgers/%d", i), l.Ledger, to, day, reason)...)
			made = append(made, Declaration{Prison: prison, Area: area, Ledger: l.Ledger, N: l.Seen + 1, State: to, FromDay: day, Reason: reason,
				Author: actor.From(ctx).PersonID, Salt: integrity.NewSalt()})
		}
		if len(bad) > 0 {
			return nil, fault.InvalidFields("bad_paper", bad)
		}
		return made, nil
	})
}

// wrong is what is to be mended whatever was declared before.
func (s *Service) wrong(area ledger.Area, ledgers []Seen, to PaperState, day, reason string) (bad []fault.Field) {
	if _, known := moves[to]; !known {
		bad = append(bad, told("/state", "enum", "请选择纸质在用、双轨或已停用纸质", "Choose on paper, both, or paper ended"))
	}
	if len([]rune(reason)) > reasonLength {
		bad = append(bad, told("/reason", "length", "理由在 500 字以内", "The reason has at most 500 characters"))
	}
	if len(ledgers) == 0 || len(ledgers) > atOnce {
		bad = append(bad, told("/ledgers", "required", "请选择台账", "Choose ledgers"))
	}
	switch at, err := catalog.Day(day); {
	case err != nil:
		bad = append(bad, told("/from_day", "required", "请填写日期", "Give the day"))
	case day > s.today() && !catalog.Near(at.At, s.Now()):
		bad = append(bad, catalog.FarOff("/from_day"))
	case day < area.OpenedOn:
		bad = append(bad, told("/from_day", "range", "该监区 "+area.OpenedOn+" 启用，不能早于该日", "The area opened on "+area.OpenedOn+": not before"))
	}
	seen := map[string]bool{}
	for i, l := range ledgers {
		at := fmt.Sprintf("/ledgers/%d", i)
		switch t := s.Catalog.Current(l.Ledger); {
		case t == nil || seen[l.Ledger]:
			bad = append(bad, told(at, "unknown", "没有这种台账，或重复选择", "There is no such ledger, or it is named twice"))
		case !t.AppliesTo(area.Kind, area.Function, area.HasLabour):
			bad = append(bad, told(at, "unknown", "该监区不填报“"+t.Title.ZH+"”", "The area does not keep “"+t.Title.In("en")+"”"))
		case s.came(l.Ledger) > day:
			bad = append(bad, told(at, "range", "“"+t.Title.ZH+"”"+s.came(l.Ledger)+" 起启用，日期不能早于该日", "“"+t.Title.In("en")+"” came into force on "+s.came(l.Ledger)+": not before"))
		}
		seen[l.Ledger] = true
	}
	return bad
}

// refuses says what stands against a declaration as the ledger stands.
func (s *Service) refuses(now Standing, at, id string, to PaperState, day, reason string) []fault.Field {
	title := fault.Text{ZH: id, EN: id}
	if t := s.Catalog.Current(id); t != nil {
		title = t.Title
	}
	say := func(pointer, code, zh, en string) []fault.Field {
		return []fault.Field{told(pointer, code, "“"+title.ZH+"”"+zh, "“"+title.In("en")+"”: "+en)}
	}
	why, may := now.next(to)
	switch {
	case !may:
		return say(at, "state", "已是这种状态，无需申报", "that is so already")
	case day < now.Since:
		return say("/from_day", "range", "现状自 "+now.Since+" 起，日期不能早于该日", "as it stands since "+now.Since+": not before")
	case why && ledger.Blank(reason):
		return say("/reason", "required", "恢复纸质或变更已定日期须写明理由", "to take paper up again, or to change a day that is set, needs a reason")
	}
	return nil
}

// Which declaration is decided.
type Which struct {
	Area   uuid.UUID `json:"area"`
	Ledger string    `json:"ledger"`
	N      int       `json:"n"`
}

// DecidePaper confirms or refuses declarations, or takes them back; all of them or none. Faults:
// forbidden, not_found, already_decided, changed_meanwhile, bad_paper with fields.
func (s *Service) DecidePaper(ctx context.Context, prison uuid.UUID, which []Which, verdict, comment string, idem ledger.Idem) (int, error) {
	if actions[verdict] == "" || len(which) == 0 {
		return 0, fault.New(fault.Malformed, "bad_request")
	}
	if len(which) > atOnce {
		return 0, fault.InvalidFields("bad_paper", []fault.Field{told("/declarations", "range", fmt.Sprintf("一次最多办理 %d 项，请分次办理", atOnce), fmt.Sprintf("At most %d at once: do them in parts", atOnce))})
	}
	if verdict == Refuse && ledger.Blank(comment) || len([]rune(comment)) > reasonLength {
		return 0, fault.InvalidFields("bad_paper", []fault.Field{told("/comment", "required", "退回须写明理由，500 字以内", "Sending back says why in at most 500 characters")})
	}
	areas := []uuid.UUID{}
	for _, w := range which {
		areas = append(areas, w.Area)
	}
	slices.SortFunc(areas, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return len(which), s.Store.DecidePaper(ctx, s.asked(ctx, prison), idem, slices.Compact(areas), func(all []Declaration) (decided []Declaration, err error) {
		by := byCell(all)
		for _, w := range which {
			acts := by[cellOf{w.Area, w.Ledger}]
			i := slices.IndexFunc(acts, func(d Declaration) bool { return d.N == w.N })
			if i < 0 {
				return nil, fault.New(fault.NotFound, "not_found")
			}
			d := acts[i]
			if err := s.mayDecide(ctx, verdict, d); err != nil {
				return nil, err
			}
			if d.Verdict != nil {
				return nil, fault.New(fault.Conflict, "already_decided")
			}
			// What was ahead when it was declared may have begun since.
			if now := standing(acts, s.today()); verdict == Confirm && len(s.refuses(now, "", w.Ledger, d.State, d.FromDay, d.Reason)) > 0 {
				return nil, fault.New(fault.Stale, "changed_meanwhile")
			}
			d.Verdict = &PaperVerdict{Verdict: verdict, Comment: comment, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}
			decided = append(decided, d)
		}
		return decided, nil
	})
}

package duty

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// window is the days the standard looks at, ending today.
func window(std *scoring.Standard, today time.Time) (from, to string) {
	return catalog.DayOf(today.AddDate(0, -std.Months, 1)), catalog.DayOf(today)
}

// standard is the one in force today for units of this sort.
func (s *Service) standard(ctx context.Context, kind, function string) (*scoring.Standard, error) {
	return s.Standard(ctx, kind, function, catalog.DayOf(s.Now()))
}

func (s *Service) input(ctx context.Context, prison uuid.UUID, area ledger.Area, from, to string) (scoring.Input, error) {
	ses := s.asked(ctx, prison)
	facts, err := s.Store.Facts(ctx, ses, area.ID, from, to)
	if err != nil {
		return scoring.Input{}, err
	}
	findings, err := s.Store.Findings(ctx, ses, area.ID, from, to)
	return scoring.Input{From: from, To: to, Labour: area.HasLabour, Facts: facts, Findings: findings}, err
}

func (s *Service) area(ctx context.Context, prison, id uuid.UUID) (ledger.Area, error) {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return ledger.Area{}, err
	}
	for _, a := range areas {
		if a.ID == id {
			return a, s.mayRead(ctx, prison, id)
		}
	}
	return ledger.Area{}, fault.New(fault.NotFound, "not_found")
}

// Score is the area's sheet as of today.
func (s *Service) Score(ctx context.Context, prison, id uuid.UUID) (*scoring.Sheet, ledger.Area, error) {
	area, err := s.area(ctx, prison, id)
	if err != nil {
		return nil, area, err
	}
	std, err := s.standard(ctx, area.Kind, area.Function)
	if err != nil {
		return nil, area, err
	}
	from, to := window(std, s.Now())
	in, err := s.input(ctx, prison, area, from, to)
	if err != nil {
		return nil, area, err
	}
	return scoring.Evaluate(std, in), area, nil
}

// Point of a trend.
type Point struct {
	Day   string          `json:"day"`
	Score scoring.Decimal `json:"score"`
}

// Trend is the score as it would have stood on each of the last days, by the standard of today.
func (s *Service) Trend(ctx context.Context, prison, id uuid.UUID, days int) ([]Point, error) {
	area, err := s.area(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	std, err := s.standard(ctx, area.Kind, area.Function)
	if err != nil {
		return nil, err
	}
	today := s.Now()
	earliest, _ := window(std, today.AddDate(0, 0, -days))
	_, to := window(std, today)
	in, err := s.input(ctx, prison, area, earliest, to)
	if err != nil {
		return nil, err
	}
	list := make([]Point, 0, days)
	for n := days - 1; n >= 0; n-- {
		in.From, in.To = window(std, today.AddDate(0, 0, -n))
		list = append(list, Point{Day: in.To, Score: scoring.Evaluate(std, in).Score})
	}
	return list, nil
}

// Standing of one area in an overview.
type Standing struct {
	Area    ledger.Area           `json:"area"`
	Score   scoring.Decimal       `json:"score"`
	Display string                `json:"display"`
	Passes  bool                  `json:"passes"`
	Domains []scoring.DomainScore `json:"domains"`
}

// Scores lists the standing of every ordinary area the actor may see, by the one
// standard of ordinary areas.
func (s *Service) Scores(ctx context.Context, prison uuid.UUID) (*scoring.Standard, []Standing, error) {
	std, err := s.standard(ctx, "ordinary", "")
	if err != nil {
		return nil, nil, err
	}
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return nil, nil, err
	}
	var list []Standing
	for _, a := range areas {
		if a.Kind != "ordinary" || !a.Counts(catalog.DayOf(s.Now())) || s.mayRead(ctx, prison, a.ID) != nil {
			continue
		}
		from, to := window(std, s.Now())
		in, err := s.input(ctx, prison, a, from, to)
		if err != nil {
			return nil, nil, err
		}
		sheet := scoring.Evaluate(std, in)
		for i := range sheet.Domains {
			sheet.Domains[i].Indicators = nil
		}
		list = append(list, Standing{Area: a, Score: sheet.Score, Display: sheet.Display, Passes: sheet.Passes, Domains: sheet.Domains})
	}
	return std, list, nil
}

// AddFinding records what an inspector found on site under a line of the
// standard. Faults: forbidden, bad_finding with fields.
func (s *Service) AddFinding(ctx context.Context, prison uuid.UUID, f NewFinding, idem ledger.Idem) (uuid.UUID, error) {
	sub := ledger.Subject{Class: "finding", Prison: prison, Area: f.Area}
	if err := s.Access.Check(actor.From(ctx), "create", sub, s.Now()); err != nil {
		return uuid.Nil, err
	}
	area, err := s.area(ctx, prison, f.Area)
	if err != nil {
		return uuid.Nil, err
	}
	std, err := s.standard(ctx, area.Kind, area.Function)
	if err != nil {
		return uuid.Nil, err
	}
	var bad []fault.Field
	if l, ok := std.LineOf(f.Line); !ok || l.Method == "ledger" {
		bad = append(bad, fault.Field{Pointer: "/line", Code: "enum", Text: fault.Text{ZH: "请选择标准中由现场检查的规则", EN: "Choose a line of the standard that is checked on site"}})
	}
	if m, err := catalog.Day(f.Day); err != nil || m.At.After(s.Now()) {
		bad = append(bad, fault.Field{Pointer: "/day", Code: "format", Text: fault.Text{ZH: "日期应为今天或以前，写作 年-月-日", EN: "A day up to today, written YYYY-MM-DD"}})
	}
	if f.Count < 1 || f.Count > 1000 {
		bad = append(bad, fault.Field{Pointer: "/count", Code: "minimum", Text: fault.Text{ZH: "次数应为 1 至 1000", EN: "1 to 1000"}})
	}
	if ledger.Blank(f.Note) || len([]rune(f.Note)) > 500 || len([]rune(f.Place)) > 60 || len(f.Event) > 100 {
		bad = append(bad, fault.Field{Pointer: "/note", Code: "required", Text: fault.Text{ZH: "请写明发现的问题，500 字以内；地点 60 字以内", EN: "Say what was found in at most 500 characters; the place in 60"}})
	}
	if len(bad) > 0 {
		return uuid.Nil, fault.InvalidFields("invalid_document", bad)
	}
	f.Standard = std.ID
	ses := s.asked(ctx, prison)
	return s.Store.AddFinding(ctx, ses, idem, f)
}

// Findings of an area in the standard's window.
func (s *Service) Findings(ctx context.Context, prison, id uuid.UUID) ([]scoring.Finding, error) {
	area, err := s.area(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	std, err := s.standard(ctx, area.Kind, area.Function)
	if err != nil {
		return nil, err
	}
	from, to := window(std, s.Now())
	return s.Store.Findings(ctx, s.asked(ctx, prison), id, from, to)
}

// Share of one ledger in one area's completeness.
type Share struct {
	Area   uuid.UUID                  `json:"area"`
	Ledger string                     `json:"ledger"`
	Sums   map[string]scoring.Decimal `json:"sums"` // by measure: due, filled, ontime, late, backfilled …
}

// Completeness sums the generic facts of the areas the actor may see, by
// ledger, between two days.
func (s *Service) Completeness(ctx context.Context, prison uuid.UUID, from, to string) ([]Share, error) {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return nil, err
	}
	var list []Share
	for _, a := range areas {
		if s.mayRead(ctx, prison, a.ID) != nil {
			continue
		}
		facts, err := s.Store.Facts(ctx, s.asked(ctx, prison), a.ID, from, to)
		if err != nil {
			return nil, err
		}
		list = append(list, shares(a.ID, facts)...)
	}
	return list, nil
}

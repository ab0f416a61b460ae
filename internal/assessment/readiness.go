package assessment

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Readiness is where an area stands today, and where it is going.
type Readiness struct {
	Area  ledger.Area    `json:"area"`
	Sheet *scoring.Sheet `json:"sheet"` // without indicators
	// Gap is score − line: what may still be lost, or what is missing.
	Gap   scoring.Decimal `json:"gap"`
	Since *Since          `json:"since,omitempty"` // the last evening that was kept
	Dues  []Due           `json:"dues"`            // the dearest first
	// Drift is from the values at acceptance (R92), Later from a check after it.
	Drift *Drift `json:"drift,omitempty"`
	Later *Drift `json:"later,omitempty"`
	// Versions are what the score can be supposed by.
	Versions []Offer `json:"versions"`
	// Carry is what the re-check will take off besides: beside the score, not in it.
	Carry *Carried `json:"carry,omitempty"`
}

// Carried is a look-back's share that waits for the re-check of its cycle (R88).
type Carried struct {
	Case   uuid.UUID       `json:"case"`
	Amount scoring.Decimal `json:"amount"`
}

// Since compares with an evening before, by the version that was in force that evening: what
// moved is told apart from what another version asks.
type Since struct {
	Day      string           `json:"day"`
	Standard string           `json:"standard"`
	Version  int              `json:"version"`
	Score    scoring.Decimal  `json:"score"`
	Changes  []scoring.Change `json:"changes"`
	// Now is today's score by that version, where another is in force.
	Now *scoring.Decimal `json:"now,omitempty"`
}

// Due is a duty that can still be fulfilled, and what missing it would cost.
type Due struct {
	Ledger string          `json:"ledger"`
	Period string          `json:"period"`
	Due    time.Time       `json:"due_at"`
	Price  scoring.Decimal `json:"price"`
}

// Drift compares the domains with a kept run, in rates of the points that apply.
type Drift struct {
	Run      uuid.UUID     `json:"run"`
	Kind     string        `json:"kind"`
	AsOf     string        `json:"as_of"`
	Standard string        `json:"standard"`
	Version  int           `json:"version"`
	Score    string        `json:"score"`
	Domains  []DomainDrift `json:"domains"`
	// Skipped are the domains of now that the sheet of then says nothing of.
	Skipped []string `json:"skipped"`
	Alarm   bool     `json:"alarm"`
}

// DomainDrift of one domain.
type DomainDrift struct {
	ID    string          `json:"id"`
	Then  scoring.Decimal `json:"then"` // percent
	Now   scoring.Decimal `json:"now"`
	Alarm bool            `json:"alarm"`
}

// slide is how many percent a domain may fall below a kept run before it is an alarm [S].
var slide = big.NewRat(5, 1)

// horizon is how far ahead dues are priced.
const horizon = 36 * time.Hour

// Readiness of an area, today.
func (s *Service) Readiness(ctx context.Context, prison, id uuid.UUID) (*Readiness, error) {
	area, std, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	from, to := window(std, now)
	in, err := s.input(ctx, prison, area, std, from, to)
	if err != nil {
		return nil, err
	}
	sheet := scoring.Evaluate(std, in)
	r := &Readiness{Area: area, Gap: decimal(new(big.Rat).Sub(sheet.Score.Rat(), sheet.Line.Rat())), Dues: []Due{}}
	ses := s.asked(ctx, prison)
	if r.Since, err = s.since(ctx, ses, area, std, sheet); err != nil {
		return nil, err
	}
	if r.Dues, err = s.dues(ctx, prison, id, std, in, sheet, now); err != nil {
		return nil, err
	}
	if r.Drift, r.Later, err = s.drift(ctx, ses, id, std, sheet); err != nil {
		return nil, err
	}
	if r.Carry, err = s.Store.Carried(ctx, ses, id); err != nil {
		return nil, err
	}
	if r.Versions, err = s.offers(ctx, area, std); err != nil {
		return nil, err
	}
	thin := *sheet
	thin.Domains = slices.Clone(sheet.Domains)
	for i := range thin.Domains {
		thin.Domains[i].Indicators = nil
	}
	r.Sheet = &thin
	return r, nil
}

func decimal(r *big.Rat) scoring.Decimal {
	d, _ := scoring.DecimalOf(r) // of a rational there is always one
	return d
}

// since compares with the last evening that was kept.
func (s *Service) since(ctx context.Context, ses ledger.Session, area ledger.Area, std *scoring.Standard, sheet *scoring.Sheet) (*Since, error) {
	e, err := s.Store.Evening(ctx, ses, area.ID, sheet.To)
	if err != nil || e == nil {
		return nil, err
	}
	out := &Since{Day: e.Day, Standard: e.Standard, Version: e.Version, Score: e.Score}
	if e.Standard != std.ID || e.Version != std.Version {
		if std, err = s.Standards.Compiled(ctx, e.Standard, e.Version); err != nil {
			return nil, err
		}
		from, to := window(std, s.Now())
		in, err := s.input(ctx, ses.Prison, area, std, from, to)
		if err != nil {
			return nil, err
		}
		sheet = scoring.Evaluate(std, in)
		out.Now = &sheet.Score
	}
	var before scoring.Sheet
	if err := json.Unmarshal(e.Sheet, &before); err != nil {
		return nil, fmt.Errorf("evening of %s: %w", e.Day, err)
	}
	behind, err := s.Store.Behind(ctx, ses, area.ID, sheet.Unexplained(std), sheet.From, sheet.To, mostRefs)
	if err != nil {
		return nil, err
	}
	sheet.Explain(std, behind)
	out.Changes = scoring.Compare(&before, sheet)
	return out, nil
}

// dues of an area, priced.
func (s *Service) dues(ctx context.Context, prison, area uuid.UUID, std *scoring.Standard, in scoring.Input, sheet *scoring.Sheet, now time.Time) ([]Due, error) {
	open, err := s.Duties.List(ctx, prison, duty.Filter{Areas: []uuid.UUID{area}, DueFrom: now, DueTo: now.Add(horizon), Unfilled: true})
	if err != nil {
		return nil, err
	}
	return priced(open, std, in, sheet), nil
}

// Dues of areas by their standings (Scores), each as its readiness tells them; nothing that a score is made of is read again.
func (s *Service) Dues(ctx context.Context, prison uuid.UUID, list []Standing) (map[uuid.UUID][]Due, error) {
	if len(list) == 0 {
		return nil, nil // of no area is not of all
	}
	var areas []uuid.UUID
	for _, x := range list {
		areas = append(areas, x.Area.ID)
	}
	now := s.Now()
	open, err := s.Duties.List(ctx, prison, duty.Filter{Areas: areas, DueFrom: now, DueTo: now.Add(horizon), Unfilled: true})
	if err != nil {
		return nil, err
	}
	of := map[uuid.UUID][]duty.Duty{}
	for _, d := range open {
		of[d.Area] = append(of[d.Area], d)
	}
	by := map[uuid.UUID][]Due{}
	for _, x := range list {
		by[x.Area.ID] = priced(of[x.Area.ID], x.std, x.in, x.Sheet)
	}
	return by, nil
}

// priced are the duties that are open, the dearest first: the score as it is, less the score if that one were missing.
func priced(open []duty.Duty, std *scoring.Standard, in scoring.Input, sheet *scoring.Sheet) []Due {
	type missing struct {
		ledger string
		left   int
	}
	prices := map[missing]scoring.Decimal{}
	list := []Due{}
	for _, d := range open {
		if d.State != duty.Open {
			continue
		}
		key := missing{d.Ledger, d.Left()}
		price, ok := prices[key]
		if !ok {
			missed := scoring.Evaluate(std, Missing(in, key.ledger, key.left, in.To))
			price = decimal(new(big.Rat).Sub(sheet.Score.Rat(), missed.Score.Rat()))
			prices[key] = price
		}
		list = append(list, Due{Ledger: d.Ledger, Period: d.Period, Due: d.Due, Price: price})
	}
	slices.SortStableFunc(list, func(a, b Due) int { return cmp.Or(b.Price.Rat().Cmp(a.Price.Rat()), a.Due.Compare(b.Due)) })
	return list
}

// missed is what the facts of a day gain when a duty passes unfulfilled.
var missed = []string{"due", "unfilled", "late", "missing"}

// Missing is an input in which so many more of a ledger were missed that day.
func Missing(in scoring.Input, ledgerID string, n int, day string) scoring.Input {
	in.Facts = slices.Concat(in.Facts, missing(ledgerID, n, day))
	return in
}

func missing(ledgerID string, n int, day string) []scoring.DayFact {
	more := decimal(big.NewRat(int64(n), 1))
	var list []scoring.DayFact
	for _, m := range missed {
		list = append(list, scoring.DayFact{Ledger: ledgerID, Measure: m, Day: day, Value: more})
	}
	return list
}

// drift compares with the acceptance; without one with the newest full check, and without that with
// the newest run of all. Later is from a full check after the acceptance.
func (s *Service) drift(ctx context.Context, ses ledger.Session, area uuid.UUID, std *scoring.Standard, sheet *scoring.Sheet) (d, later *Drift, err error) {
	base, err := s.Store.Measure(ctx, ses, area, acceptances, true)
	if err != nil {
		return nil, nil, err
	}
	latest, err := s.Store.Measure(ctx, ses, area, full, false)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case base != nil && latest.ID != base.ID:
		if later, err = s.from(ctx, latest, std, sheet); err != nil {
			return nil, nil, err
		}
	case base == nil:
		base = latest
	}
	if base == nil {
		if base, err = s.Store.Measure(ctx, ses, area, nil, false); err != nil || base == nil {
			return nil, nil, err
		}
	}
	d, err = s.from(ctx, base, std, sheet)
	return d, later, err
}

// from a kept run to a sheet of today.
func (s *Service) from(ctx context.Context, run *Run, std *scoring.Standard, sheet *scoring.Sheet) (*Drift, error) {
	var then scoring.Sheet
	if err := json.Unmarshal(run.Sheet, &then); err != nil {
		return nil, fmt.Errorf("run %s: %w", run.ID, err)
	}
	rates, err := s.rates(ctx, run, &then, std)
	if err != nil {
		return nil, err
	}
	d := &Drift{Run: run.ID, Kind: run.Kind, AsOf: run.AsOf, Standard: run.Standard, Version: run.Version, Score: then.Display, Domains: []DomainDrift{}, Skipped: []string{}}
	hundred := big.NewRat(100, 1)
	for _, dom := range std.Domains {
		is, ok := sheet.Rate(dom.ID)
		if !ok {
			continue
		}
		was := rates[dom.ID]
		if was == nil {
			d.Skipped = append(d.Skipped, dom.ID)
			continue
		}
		x := DomainDrift{ID: dom.ID, Then: decimal(new(big.Rat).Mul(was, hundred)), Now: decimal(new(big.Rat).Mul(is, hundred))}
		x.Alarm = new(big.Rat).Sub(x.Then.Rat(), x.Now.Rat()).Cmp(slide) > 0
		d.Alarm = d.Alarm || x.Alarm
		d.Domains = append(d.Domains, x)
	}
	return d, nil
}

// rates of the domains of a standard on a sheet of then, over the mappings where it is of an earlier
// version. A domain of which nothing can be said is missing; of another standard, or of a later
// version, all are.
func (s *Service) rates(ctx context.Context, run *Run, then *scoring.Sheet, std *scoring.Standard) (map[string]*big.Rat, error) {
	list := map[string]*big.Rat{}
	switch {
	case run.Standard != std.ID || run.Version > std.Version:
	case run.Version == std.Version:
		for _, d := range std.Domains {
			if r, ok := then.Rate(d.ID); ok {
				list[d.ID] = r
			}
		}
	default:
		hops, err := s.Standards.Hops(ctx, std.ID, run.Version, std.Version)
		if err != nil {
			return nil, err
		}
		for _, d := range standards.Trend(then, hops) {
			if d.Coverage != standards.None {
				list[d.ID] = d.Rate.Rat()
			}
		}
	}
	return list, nil
}

// Evening is what an area stood at when a day ended.
type Evening struct {
	Area     uuid.UUID
	Day      string
	Standard string
	Version  int
	Score    scoring.Decimal
	Sheet    []byte // only what was lost
}

// CloseDay keeps the evenings of a prison that are not kept yet: yesterday's, as soon as
// the day is over. What passed while the program stood still is not made up: it could
// only be today's view of it.
func (s *Service) CloseDay(ctx context.Context, prison uuid.UUID) error {
	ses := ledger.Session{Prison: prison, Scope: ledger.Everything()}
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return err
	}
	yesterday := s.Now().AddDate(0, 0, -1)
	day := catalog.DayOf(yesterday)
	kept, err := s.Store.Evenings(ctx, ses, day)
	if err != nil {
		return err
	}
	var list []Evening
	var errs []error
	for _, a := range areas {
		if !a.Counts(day) || kept[a.ID] {
			continue
		}
		std, err := s.Standards.For(ctx, a.Kind, a.Function, day)
		if fault.CodeOf(err) == "standard_unknown" {
			continue
		}
		if err != nil {
			return err
		}
		e, err := s.evening(ctx, ses, a, std, yesterday)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, e)
	}
	return errors.Join(append(errs, s.Store.AddEvenings(ctx, ses, list))...)
}

func (s *Service) evening(ctx context.Context, ses ledger.Session, a ledger.Area, std *scoring.Standard, day time.Time) (Evening, error) {
	from, to := window(std, day)
	sheet, err := s.explained(ctx, ses, a, std, from, to)
	if err != nil {
		return Evening{}, err
	}
	raw, err := json.Marshal(sheet.Lost())
	return Evening{Area: a.ID, Day: to, Standard: std.ID, Version: std.Version, Score: sheet.Score, Sheet: raw}, err
}

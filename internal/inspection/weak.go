package inspection

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Weak is why a line comes early or late where the weak ones come first (薄弱在前).
type Weak struct {
	Rank int             `json:"rank"` // from 1
	Cost scoring.Decimal `json:"cost"` // of its indicator, by the facts of the days before the check alone
	Open int             `json:"open"` // items at the line of earlier checks by this standard that nobody had verified when the check was recorded
	Met  bool            `json:"met"`  // the unit's check before found nothing there
}

// remote is the method of which the ledger is all the evidence: it can be read before the visit, so that the
// time on site goes to seeing and asking.
const remote = "reading"

// weaken says of each line how weak the unit is there: by the facts of the days before the check, and by the items
// and the check before as they stood when it was recorded. So a route keeps its order while somebody walks it,
// whatever is found, is filed of those days or is verified. What is decided meanwhile of earlier days still moves it: an
// entry that is approved, corrected or voided, a ruling, an appeal at the check before, what a register has; of a
// prison as a whole also a sheet or a title of one of its areas.
func (s *Service) weaken(ctx context.Context, ses ledger.Session, c Check, std *scoring.Standard, route []OnRoute) error {
	cost, err := s.factsCost(ctx, c, ses.Prison, std)
	if err != nil {
		return err
	}
	items, err := s.Store.Rectifications(ctx, ses, &c.Area, mostItems)
	if err != nil {
		return err
	}
	open := map[string]int{}
	for _, r := range items {
		if then := r.stood(c.RecordedAt); r.Standard == c.Standard && r.RecordedAt.Before(c.RecordedAt) && then != Verified && then != Annulled {
			open[r.Line]++
		}
	}
	met, err := s.metBefore(ctx, ses, c, std)
	if err != nil {
		return err
	}
	order := make([]*OnRoute, len(route))
	for i := range route {
		at := &route[i]
		at.Weak = &Weak{Cost: cost[at.Indicator], Open: open[at.Line], Met: slices.Contains(met, at.Line)}
		order[i] = at
	}
	slices.SortStableFunc(order, func(a, b *OnRoute) int { return weaker(*a.Weak, *b.Weak) })
	for i, at := range order {
		at.Weak.Rank = i + 1
	}
	return nil
}

// weaker orders by what the facts cost, then by what was not put right; what was met comes last, unless
// something there still waits to be.
func weaker(a, b Weak) int {
	last := func(w Weak) int {
		if w.Met && w.Open == 0 {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(last(a), last(b)), b.Cost.Rat().Cmp(a.Cost.Rat()), cmp.Compare(b.Open, a.Open))
}

// factsCost is what each indicator loses by what the unit's ledgers say of the days before the check, of a check that
// is still to come up to now.
func (s *Service) factsCost(ctx context.Context, c Check, prison uuid.UUID, std *scoring.Standard) (map[string]scoring.Decimal, error) {
	first, err := catalog.Day(c.FromDay)
	if err != nil {
		return nil, err
	}
	in := assessment.Checked{Area: c.Area, Standard: std, AsOf: min(catalog.DayOf(first.At.AddDate(0, 0, -1)), catalog.DayOf(s.Now()))}
	if c.Area == uuid.Nil && s.Titles != nil {
		if in.Titled, err = s.Titles.Titled(ctx, prison, in.AsOf); err != nil {
			return nil, err
		}
	}
	sheet, err := s.Scores.Stands(ctx, prison, in)
	if fault.Is(err, fault.NotFound) {
		return nil, nil // no area of the prison counted yet
	}
	if err != nil {
		return nil, err
	}
	cost := map[string]scoring.Decimal{}
	for _, d := range sheet.Domains {
		for _, i := range d.Indicators {
			cost[i.Code] = i.Deducted
		}
	}
	return cost, nil
}

// metBefore are the lines at which the check before found nothing; a unit's own does not count.
func (s *Service) metBefore(ctx context.Context, ses ledger.Session, c Check, std *scoring.Standard) ([]string, error) {
	last, err := s.Store.CheckBefore(ctx, ses, c)
	if err != nil || last == uuid.Nil {
		return nil, err
	}
	route, err := s.route(ctx, ses, last, std)
	if err != nil {
		return nil, err
	}
	return metOf(route), nil
}

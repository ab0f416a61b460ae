package assessment

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/scoring"
)

// Whole is what stands of a prison as a whole today, with the areas that hold a title, without what lies behind
// a loss: the others of a list are many. Faults: not_found, where no area of it counts, forbidden.
func (s *Service) Whole(ctx context.Context, prison uuid.UUID, titled map[uuid.UUID]bool, std *scoring.Standard) (*scoring.Sheet, error) {
	if err := s.mayRead(ctx, prison, uuid.Nil); err != nil {
		return nil, err
	}
	from, to := window(std, s.Now())
	found, err := s.Store.WholeFindings(ctx, s.asked(ctx, prison), from, to)
	if err != nil {
		return nil, err
	}
	met, err := s.Store.WholeMet(ctx, s.asked(ctx, prison), std, from, to)
	if err != nil {
		return nil, err
	}
	return s.Stands(ctx, prison, Checked{Standard: std, AsOf: to, Titled: titled, Findings: found, Met: met})
}

// Under evaluates what stands of a unit today by each of some versions of its standard; of
// the prison as a whole (zero id) with the areas that hold a title, and with what lies behind each loss, of
// every area the newest. Faults: not_found, forbidden, standard_unknown.
func (s *Service) Under(ctx context.Context, prison, id uuid.UUID, titled map[uuid.UUID]bool, list ...*scoring.Standard) ([]*scoring.Sheet, error) {
	var out []*scoring.Sheet
	if id == uuid.Nil {
		for _, std := range list {
			sheet, err := s.Whole(ctx, prison, titled, std)
			if err != nil {
				return nil, err
			}
			if err := s.explain(ctx, prison, sheet, std); err != nil {
				return nil, err
			}
			out = append(out, sheet)
		}
		return out, nil
	}
	area, _, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	for _, std := range list {
		from, to := window(std, s.Now())
		in, err := s.input(ctx, prison, area, std, from, to)
		if err != nil {
			return nil, err
		}
		out = append(out, scoring.Evaluate(std, in))
	}
	return out, nil
}

// explain names what lost points of a prison as a whole, in the order of the days.
func (s *Service) explain(ctx context.Context, prison uuid.UUID, sheet *scoring.Sheet, std *scoring.Standard) error {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return err
	}
	var behind []scoring.DayFact
	asked := sheet.Unexplained(std)
	for _, a := range areas {
		if !a.Counts(sheet.To) {
			continue
		}
		list, err := s.Store.Behind(ctx, s.asked(ctx, prison), a.ID, asked, sheet.From, sheet.To, mostRefs)
		if err != nil {
			return err
		}
		behind = append(behind, list...)
	}
	slices.SortStableFunc(behind, func(a, b scoring.DayFact) int { return cmp.Compare(a.Day, b.Day) })
	sheet.Explain(std, behind)
	return nil
}

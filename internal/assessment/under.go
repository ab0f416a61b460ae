package assessment

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"taizhang/internal/scoring"
)

// Under evaluates what stands of a unit today by each of some versions of its standard; of
// the prison as a whole (zero id) with the areas that hold a title. Faults: not_found,
// forbidden, standard_unknown.
func (s *Service) Under(ctx context.Context, prison, id uuid.UUID, titled map[uuid.UUID]bool, list ...*scoring.Standard) ([]*scoring.Sheet, error) {
	var out []*scoring.Sheet
	if id == uuid.Nil {
		if err := s.mayRead(ctx, prison, id); err != nil {
			return nil, err
		}
		for _, std := range list {
			from, to := window(std, s.Now())
			found, err := s.Store.WholeFindings(ctx, s.asked(ctx, prison), from, to)
			if err != nil {
				return nil, err
			}
			met, err := s.Store.WholeMet(ctx, s.asked(ctx, prison), std, from, to)
			if err != nil {
				return nil, err
			}
			r, err := s.Checked(ctx, prison, Checked{Standard: std, AsOf: to, Titled: titled, Findings: found, Met: met})
			if err != nil {
				return nil, err
			}
			sheet := &scoring.Sheet{}
			if err := json.Unmarshal(r.Sheet, sheet); err != nil {
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

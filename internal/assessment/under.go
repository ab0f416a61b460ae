package assessment

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/scoring"
)

// Under evaluates what stands of a unit today by each of some versions of its standard.
// Faults: not_found,
// forbidden, standard_unknown.
func (s *Service) Under(ctx context.Context, prison, id uuid.UUID, list ...*scoring.Standard) ([]*scoring.Sheet, error) {
	area, _, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	var out []*scoring.Sheet
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

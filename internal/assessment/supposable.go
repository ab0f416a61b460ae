package assessment

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Supposable is what can be supposed of an area by a version of its standard.
type Supposable struct {
	// Filed are the ledgers that the area keeps and the standard looks at, Missed those of
	// them of which something is due.
	Filed  []string         `json:"filed"`
	Missed []string         `json:"missed"`
	Lines  []SupposableLine `json:"lines"`
}

// SupposableLine is a line that findings cost.
type SupposableLine struct {
	ID        string     `json:"id"`
	Indicator string     `json:"indicator"`
	Title     fault.Text `json:"title"`
	Asks      string     `json:"asks"` // count | ratio
}

// Supposable of an area by a version; 0 is the one in force. Fault: standard_unknown.
func (s *Service) Supposable(ctx context.Context, prison, id uuid.UUID, version int) (*Supposable, error) {
	area, std, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	if std, err = s.by(ctx, area, std, version); err != nil {
		return nil, err
	}
	can := s.supposable(area, std)
	return &can, nil
}

func (s *Service) supposable(area ledger.Area, std *scoring.Standard) Supposable {
	can := Supposable{Filed: []string{}, Missed: []string{}, Lines: []SupposableLine{}}
	facts := std.Facts()
	looks := func(t *catalog.Type, measures ...string) bool {
		return slices.ContainsFunc(facts, func(f scoring.Fact) bool {
			return (f.Ledger == t.ID || f.Ledger == "*") && (len(measures) == 0 || slices.Contains(measures, f.Measure))
		})
	}
	for _, t := range s.Catalog.Types() {
		if !t.AppliesTo(area.Kind, area.Function, area.HasLabour) || !looks(t) {
			continue
		}
		can.Filed = append(can.Filed, t.ID)
		if t.Cadence.Expected > 0 && looks(t, missed...) {
			can.Missed = append(can.Missed, t.ID)
		}
	}
	for _, d := range std.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				if asks := l.Asks(); asks != "" {
					can.Lines = append(can.Lines, SupposableLine{l.ID, i.Code, l.Title, asks})
				}
			}
		}
	}
	return can
}

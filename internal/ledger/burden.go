package ledger

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
)

// Effort is what filling took on the officer's own screen, as the page counted
// it: seconds of work (pauses left out) and keys pressed. It is kept with the
// submission for the burden meter and judges nobody.
type Effort struct {
	Seconds    int `json:"seconds"`
	Keystrokes int `json:"keystrokes"`
}

// bounded keeps out what no filling takes: a page's count is taken on trust.
func (e Effort) bounded() Effort {
	return Effort{min(max(e.Seconds, 0), 4*60*60), min(max(e.Keystrokes, 0), 100_000)}
}

// measured is nil for the zero value.
func (e Effort) measured() *Effort {
	if e == (Effort{}) {
		return nil
	}
	return &e
}

// Submission is what comes with the act of submitting, beside the draft itself.
type Submission struct {
	Reason string // wanted when an approved entry is amended
	Effort Effort // the zero value: not measured
	// Written tells of what was written without the network; nil: nothing was.
	Written *Written
}

// Spent is what one ledger's submissions took over some days.
type Spent struct {
	Ledger   string `json:"ledger"`
	Entries  int    `json:"entries"`
	Measured int    `json:"measured"` // of them with an effort; the rest counts these only
	Seconds  int    `json:"seconds"`
	// Medians of one entry; 0 when none was measured.
	MedianSeconds    int `json:"median_seconds"`
	MedianKeystrokes int `json:"median_keystrokes"`
}

// Burden sums up what was submitted from a day to another (YYYY-MM-DD, both
// included) among the entries its reader may see; area zero is all areas.
func (s *Service) Burden(ctx context.Context, prison, area uuid.UUID, from, to string) ([]Spent, error) {
	var list []Spent
	ses := s.session(ctx, prison)
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		var err error
		list, err = r.Spent(ctx, prison, area, from, to, ses.Scope)
		return err
	})
	return list, err
}

// CostDays bounds what is measured: more is slow to read, and a year has every
// month. The page 填报负担 and docs/openapi.yaml say it too.
const CostDays = 400

// Costs is what one entry of each version took over the last days, the medians
// of the whole prison: they name nobody, and are the same for all who read them.
func (s *Service) Costs(ctx context.Context, prison uuid.UUID) (catalog.Costs, error) {
	var costs catalog.Costs
	err := s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		var err error
		costs, err = r.Costs(ctx, prison, s.Now().AddDate(0, 0, -CostDays))
		return err
	})
	return costs, err
}

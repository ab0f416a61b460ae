package duty

import (
	"context"
	"math/big"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// tally sums one measure of a day exactly and keeps what it counted.
type tally struct {
	order []string
	sum   map[string]*big.Rat
	refs  map[string][]scoring.Ref
}

func (t *tally) add(measure string, value *big.Rat, ref scoring.Ref) {
	if t.sum == nil {
		t.sum, t.refs = map[string]*big.Rat{}, map[string][]scoring.Ref{}
	}
	if t.sum[measure] == nil {
		t.sum[measure] = new(big.Rat)
		t.order = append(t.order, measure)
	}
	t.sum[measure].Add(t.sum[measure], value)
	if ref.ID != "" {
		t.refs[measure] = append(t.refs[measure], ref)
	}
}

var one = big.NewRat(1, 1)

// Refresh works out the facts of one ledger of one area on one day anew, from
// what is there: however often it runs, the same comes out.
func (s *Service) Refresh(ctx context.Context, prison, area uuid.UUID, ledgerID, day string) error {
	ses := s.session(ctx, prison)
	t := &tally{}
	if err := s.standing(ctx, ses, t, area, ledgerID, day); err != nil {
		return err
	}
	if err := s.latency(ctx, ses, t, area, ledgerID, day); err != nil {
		return err
	}
	if err := s.content(ctx, ses, t, area, ledgerID, day); err != nil {
		return err
	}
	facts := make([]scoring.DayFact, 0, len(t.order))
	for _, m := range t.order {
		v, err := scoring.DecimalOf(t.sum[m])
		if err != nil {
			return err
		}
		facts = append(facts, scoring.DayFact{Ledger: ledgerID, Measure: m, Day: day, Value: v, Refs: t.refs[m]})
	}
	return s.Store.PutFacts(ctx, ses, area, ledgerID, day, facts)
}

// standing counts completeness and timeliness of the duties that end that day
// and whose deadline has passed or which are already fulfilled.
func (s *Service) standing(ctx context.Context, ses ledger.Session, t *tally, area uuid.UUID, ledgerID, day string) error {
	list, err := s.judged(ctx, ses, Filter{Areas: []uuid.UUID{area}, Ledgers: []string{ledgerID}, Day: day})
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.State == Open {
			continue
		}
		ref := scoring.Ref{Kind: "duty", ID: d.ID.String()}
		entry := ref
		if d.Entry != nil {
			entry = scoring.Ref{Kind: "entry", ID: d.Entry.String()}
		}
		t.add("due", one, scoring.Ref{})
		// What lies with a decider is not missing: it counts as filled until it is
		// returned.
		if d.Approved || d.Waiting {
			t.add("filled", one, scoring.Ref{})
		} else {
			t.add("unfilled", one, entry)
		}
		switch d.State {
		case OnTime:
			t.add("ontime", one, scoring.Ref{})
		case Late:
			t.add("late", one, entry)
		case Backfilled:
			t.add("late", one, entry)
			t.add("backfilled", one, entry)
		case Missing:
			t.add("late", one, ref)
		}
	}
	return nil
}

// latency counts how long submissions of the day waited for the department.
func (s *Service) latency(ctx context.Context, ses ledger.Session, t *tally, area uuid.UUID, ledgerID, day string) error {
	list, err := s.Store.Submissions(ctx, ses, area, ledgerID, day)
	if err != nil {
		return err
	}
	now := s.Now()
	if s.Clock != nil {
		now = s.Clock()
	}
	for _, d := range list {
		limits := map[string]time.Time{"48h": d.Submitted.Add(48 * time.Hour), "5wd": s.Catalog.Calendar().AddWorkdays(d.Submitted, 5)}
		for name, limit := range limits {
			intime := d.Decided != nil && !d.Decided.After(limit)
			if !intime && now.Before(limit) {
				continue
			}
			t.add("decided_"+name+"_due", one, scoring.Ref{})
			if intime {
				t.add("decided_"+name, one, scoring.Ref{})
			} else {
				t.add("slow_"+name, one, scoring.Ref{Kind: "entry", ID: d.Entry.String()})
			}
		}
	}
	return nil
}

// content sums what the approved documents of the day count for.
func (s *Service) content(ctx context.Context, ses ledger.Session, t *tally, area uuid.UUID, ledgerID, day string) error {
	list, err := s.Store.Counted(ctx, ses, area, ledgerID, day)
	if err != nil {
		return err
	}
	for _, d := range list {
		ref := scoring.Ref{Kind: "entry", ID: d.Entry.String()}
		t.add("entries", one, scoring.Ref{})
		if d.Corrected {
			t.add("corrected", one, ref)
		}
		if d.Nil {
			continue
		}
		typ := s.Catalog.Type(ledgerID, d.Version)
		doc, err := catalog.ParseDocument(d.Raw)
		if err != nil {
			return err
		}
		values, err := typ.Measured(doc)
		if err != nil {
			return err
		}
		for _, v := range values {
			r, ok := new(big.Rat).SetString(v.Value)
			if ok {
				t.add(v.Measure, r, ref)
			}
		}
	}
	return nil
}

// RefreshDue works out anew the facts of duties whose deadline lies between
// from and to: what became overdue changes no entry, so no job was queued.
func (s *Service) RefreshDue(ctx context.Context, prison uuid.UUID, from, to time.Time) error {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return err
	}
	type touched struct {
		area        uuid.UUID
		ledger, day string
	}
	seen := map[touched]bool{}
	for _, a := range areas {
		list, err := s.Store.Duties(ctx, s.session(ctx, prison), Filter{Areas: []uuid.UUID{a.ID}, DueFrom: from, DueTo: to})
		if err != nil {
			return err
		}
		for _, d := range list {
			t := touched{d.Area, d.Ledger, d.Day}
			if seen[t] {
				continue
			}
			seen[t] = true
			if err := s.Refresh(ctx, prison, t.area, t.ledger, t.day); err != nil {
				return err
			}
		}
	}
	return nil
}

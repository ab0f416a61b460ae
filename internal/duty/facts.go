package duty

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
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
	// What is owed of many inmates is one duty: it is named once.
	if ref.ID != "" && !slices.Contains(t.refs[measure], ref) {
		t.refs[measure] = append(t.refs[measure], ref)
	}
}

var one = big.NewRat(1, 1)

// Refresh works out the facts of one ledger of one area on one day anew, from
// what is there: however often it runs, the same comes out.
func (s *Service) Refresh(ctx context.Context, prison, area uuid.UUID, ledgerID, day string) error {
	return s.Store.Reckon(ctx, s.reckoning(prison), area, ledgerID, day, func(d Day) ([]scoring.DayFact, error) {
		return s.reckon(ledgerID, day, d)
	})
}

func (s *Service) reckon(ledgerID, day string, d Day) ([]scoring.DayFact, error) {
	t := &tally{}
	s.standing(t, d.Duties)
	s.latency(t, d.Submissions, d.Outages)
	if err := s.content(t, ledgerID, d.Counted); err != nil {
		return nil, err
	}
	return t.facts(ledgerID, day)
}

// Gains are what the facts of days of an area would be more or less than those that stand,
// were they reckoned as the transaction has changed entries. It writes nothing.
func (s *Service) Gains(ctx context.Context, tx ledger.Tx, area uuid.UUID, list []ledger.DayTouched) ([]scoring.DayFact, error) {
	var gains []scoring.DayFact
	for _, t := range list {
		if t.Area != area {
			continue
		}
		d, stand, err := s.Store.Look(ctx, tx, area, t.Ledger, t.Day)
		if err != nil {
			return nil, err
		}
		fresh, err := s.reckon(t.Ledger, t.Day, d)
		if err != nil {
			return nil, err
		}
		made, err := gained(stand, fresh)
		if err != nil {
			return nil, err
		}
		gains = append(gains, made...)
	}
	return gains, nil
}

// gained is what facts of a day have that others have not: of each measure the difference,
// and what only the new ones refer to.
func gained(stand, fresh []scoring.DayFact) (list []scoring.DayFact, err error) {
	was := map[string]scoring.DayFact{}
	for _, f := range stand {
		was[f.Measure] = f
	}
	for _, f := range fresh {
		old, ok := was[f.Measure]
		delete(was, f.Measure)
		if ok {
			if f.Value, err = scoring.DecimalOf(new(big.Rat).Sub(f.Value.Rat(), old.Value.Rat())); err != nil {
				return nil, err
			}
			f.Refs = slices.DeleteFunc(f.Refs, func(r scoring.Ref) bool { return slices.Contains(old.Refs, r) })
		}
		if f.Value.Rat().Sign() != 0 || len(f.Refs) > 0 {
			list = append(list, f)
		}
	}
	for _, old := range was {
		if old.Value, err = scoring.DecimalOf(new(big.Rat).Neg(old.Value.Rat())); err != nil {
			return nil, err
		}
		old.Refs = nil
		list = append(list, old)
	}
	return list, nil
}

func (t *tally) facts(ledgerID, day string) ([]scoring.DayFact, error) {
	facts := make([]scoring.DayFact, 0, len(t.order))
	for _, m := range t.order {
		v, err := scoring.DecimalOf(t.sum[m])
		if err != nil {
			return nil, err
		}
		facts = append(facts, scoring.DayFact{Ledger: ledgerID, Measure: m, Day: day, Value: v, Refs: t.refs[m]})
	}
	return facts, nil
}

// standing counts completeness and timeliness of the duties that end that day
// and whose deadline has passed or which are already fulfilled.
func (s *Service) standing(t *tally, list []Duty) {
	now := s.now()
	for _, d := range list {
		for _, one := range d.each() {
			one.Judge(now)
			t.stands(one)
		}
	}
}

func (t *tally) stands(d Duty) {
	ref := scoring.Ref{Kind: "duty", ID: d.ID.String()}
	switch d.State {
	case Open:
		return
	case Excused:
		t.add("excused", one, ref)
		return
	}
	entry := ref
	if d.Entry != nil {
		entry = scoring.Ref{Kind: "entry", ID: d.Entry.String()}
	}
	t.add("due", one, scoring.Ref{})
	// What lies with a decider counts as filled until it is returned (decision 30).
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
		t.add("missing", one, ref)
	}
}

// limits are the times by which the department has to decide, as outages move them.
func (s *Service) limits(submitted time.Time, outages []Span) map[string]time.Time {
	return map[string]time.Time{
		"48h": Postponed(submitted, submitted.Add(48*time.Hour), outages),
		"5wd": Postponed(submitted, s.Catalog.Calendar().AddWorkdays(submitted, 5), outages),
	}
}

// latency counts how long submissions of the day waited for the department.
func (s *Service) latency(t *tally, list []Decided, outages []Span) {
	now := s.now()
	for _, d := range list {
		for name, limit := range s.limits(d.Submitted, outages) {
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
}

// content sums what the approved documents of the day count for.
func (s *Service) content(t *tally, ledgerID string, list []Document) error {
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
			t.add("unmeasured", one, ref) // said with its entry, not counted as nothing
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

// CatchUp plans the duties of a prison and reckons what passed by itself since
// it last ran, however long the program stood still.
func (s *Service) CatchUp(ctx context.Context, prison uuid.UUID) error {
	ses, now := s.reckoning(prison), s.now()
	from, err := s.Store.Reckoned(ctx, ses)
	if err != nil {
		return err
	}
	if day := now.AddDate(0, 0, -1); from.IsZero() || from.After(day) {
		from = day
	}
	if err := s.Plan(ctx, prison, from, now.AddDate(0, 0, 2)); err != nil {
		return err
	}
	// What failed is reckoned again the next time, and keeps no news back meanwhile.
	if err := errors.Join(s.RefreshDue(ctx, prison, from, now), s.announceMissed(ctx, prison, from, now)); err != nil {
		return err
	}
	return s.Store.SetReckoned(ctx, ses, now)
}

// announceMissed tells of duties whose deadline passed with nothing filed.
func (s *Service) announceMissed(ctx context.Context, prison uuid.UUID, from, to time.Time) error {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return err
	}
	ses := s.reckoning(prison)
	var news []ledger.Announcement
	for _, a := range areas {
		list, err := s.Store.Duties(ctx, ses, Filter{Areas: []uuid.UUID{a.ID}, DueFrom: from, DueTo: to, Unfilled: true})
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.Judge(to); d.State != Missing {
				continue
			}
			news = append(news, ledger.Announcement{Prison: prison, Event: ledger.DutyWasMissed, Ref: d.ID.String(), Ledger: d.Ledger, Data: map[string]any{
				"prison": prison, "area": d.Area, "ledger": d.Ledger, "duty": d.ID, "period": d.Period, "day": d.Day, "due_at": d.Due}})
		}
	}
	if len(news) == 0 {
		return nil
	}
	return s.Store.Announce(ctx, ses, news)
}

// RefreshDue works out anew the facts of days on which a deadline passed between
// from and to, of a duty or of a decision: that changes no entry, so no job was
// queued. One that fails holds back no other and is reported.
func (s *Service) RefreshDue(ctx context.Context, prison uuid.UUID, from, to time.Time) error {
	ses := s.reckoning(prison)
	due, err := s.Store.DueDays(ctx, ses, from, to)
	if err != nil {
		return err
	}
	seen := map[ledger.DayTouched]bool{}
	for _, d := range due {
		seen[d] = true
	}
	waiting, err := s.Store.Undecided(ctx, ses, to)
	if err != nil {
		return err
	}
	for _, u := range waiting {
		for _, limit := range s.limits(u.Submitted, u.Outages) {
			if limit.After(from) && !limit.After(to) {
				seen[ledger.DayTouched{Prison: prison, Area: u.Area, Ledger: u.Ledger, Day: u.Day}] = true
			}
		}
	}
	var errs []error
	for t := range seen {
		if err := s.Refresh(ctx, prison, t.Area, t.Ledger, t.Day); err != nil {
			errs = append(errs, fmt.Errorf("%s of area %s on %s: %w", t.Ledger, t.Area, t.Day, err))
		}
		if ctx.Err() != nil {
			return errors.Join(append(errs, ctx.Err())...)
		}
	}
	return errors.Join(errs...)
}

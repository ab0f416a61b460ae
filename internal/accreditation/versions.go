package accreditation

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Newer is a version in force that the case is not held to: it does nothing by itself.
type Newer struct {
	Pin standards.Pin `json:"pin"`
	May bool          `json:"may_choose"` // the actor, now
	// Busy says that a check is under way or prepared: its version stays until it is closed.
	Busy bool `json:"busy"`
}

// Difference of a unit's score of today between the version it is held to and the newer.
type Difference struct {
	From    standards.Pin    `json:"from"`
	To      standards.Pin    `json:"to"`
	Before  *scoring.Sheet   `json:"before"`
	After   *scoring.Sheet   `json:"after"`
	Changes []scoring.Change `json:"changes"`
}

// Chosen is what a person decided about a newer version, with the difference that was seen.
type Chosen struct {
	Choice string `json:"choice"` // stay, move
	Reason string `json:"reason"`
	Difference
}

// busy says that a check holds the case to its version: one that the step rests on, or one
// that is prepared for the next.
func (s *Service) busy(ctx context.Context, l Look, c Case) (bool, error) {
	if _, ok := sheets[c.State]; ok {
		return true, nil
	}
	for _, kind := range ahead[c.State] {
		if id, err := l.Check(ctx, c.ID, kind, stepOf(kind)); err != nil || id != uuid.Nil {
			return true, err
		}
	}
	return false, nil
}

func (s *Service) newer(ctx context.Context, c Case, g ground, busy bool) *Newer {
	if c.Pin == nil || g.issued == nil || *g.issued == *c.Pin || c.Ends() {
		return nil
	}
	return &Newer{Pin: *g.issued, Busy: busy, May: !busy && s.may(ctx, capacity(lifecycle.BureauOffice, c.Area), subject(c.Prison, c.Area)) == nil}
}

// Difference between the version the case is held to and the one in force. Faults:
// forbidden, no_newer_version.
func (s *Service) Difference(ctx context.Context, prison, id uuid.UUID) (Difference, error) {
	g, err := s.ground(ctx, prison, id)
	if err != nil {
		return Difference{}, err
	}
	return s.difference(ctx, g)
}

func (s *Service) difference(ctx context.Context, g ground) (Difference, error) {
	c := g.of
	if s.newer(ctx, c, g, false) == nil {
		return Difference{}, fault.New(fault.Conflict, "no_newer_version")
	}
	d := Difference{From: *c.Pin, To: *g.issued}
	to, err := s.Standards.Version(ctx, d.To)
	if err != nil {
		return d, err
	}
	titled, err := s.Titled(ctx, c.Prison, catalog.DayOf(s.Now()))
	if err != nil {
		return d, err
	}
	both, err := s.Scores.Under(ctx, c.Prison, c.Area, titled, g.std, to)
	if err != nil {
		return d, err
	}
	d.Before, d.After = both[0], both[1]
	d.Changes = scoring.Compare(d.Before, d.After)
	return d, nil
}

// Choose lets the bureau's office stay with the version the case is held to, or move it to
// the one in force. Both sheets and what differs are kept with the choice. Faults:
// forbidden, bad_case, no_newer_version, case_checking, changed_meanwhile.
func (s *Service) Choose(ctx context.Context, prison, id uuid.UUID, seq int, choice, reason string, idem ledger.Idem) (Case, error) {
	g, err := s.ground(ctx, prison, id)
	if err != nil {
		return Case{}, err
	}
	if err := s.may(ctx, capacity(lifecycle.BureauOffice, g.of.Area), subject(prison, g.of.Area)); err != nil {
		return Case{}, err
	}
	if choice != "stay" && choice != "move" {
		return Case{}, fault.InvalidFields("bad_case", []fault.Field{told("/choice", "enum", "请选择沿用或改用", "Choose to stay or to move")})
	}
	if bad := worded("/reason", &reason); len(bad) > 0 {
		return Case{}, fault.InvalidFields("bad_case", bad)
	}
	d, err := s.difference(ctx, g)
	if err != nil {
		return Case{}, err
	}
	var out Case
	err = s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		c, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		if c.Seq != seq || g.of.Seq != seq {
			return fault.New(fault.Stale, "changed_meanwhile")
		}
		busy, err := s.busy(ctx, tx, c)
		if err != nil {
			return err
		}
		if busy {
			return fault.New(fault.Conflict, "case_checking")
		}
		r, err := s.newRecord(ctx, c, kindVersion, "", Chosen{choice, reason, d})
		if err != nil {
			return err
		}
		if err := tx.InsertRecord(ctx, c, r); err != nil {
			return err
		}
		if out = c; choice == "stay" {
			return nil
		}
		if !tx.Now().After(c.At) {
			return fault.New(fault.Stale, "changed_meanwhile")
		}
		out.Pin, out.Seq, out.At = &d.To, c.Seq+1, tx.Now()
		raw, err := canonical(detail{})
		if err != nil {
			return err
		}
		return tx.InsertEvent(ctx, c, Event{Seq: out.Seq, Transition: "V", From: c.State, To: c.State, As: lifecycle.BureauOffice, By: actor.From(ctx).PersonID,
			Reason: reason, Rests: r.ID.String(), Detail: raw, Salt: integrity.NewSalt(), After: out})
	})
	return out, err
}

// snapshot is what screening found, with names and not only numbers.
type snapshot struct {
	Day        string      `json:"day"`
	Conditions *Conditions `json:"conditions,omitempty"` // of a prison
	Active     bool        `json:"active"`
	SelfScore  string      `json:"self_score,omitempty"`
	Run        string      `json:"self_check,omitempty"`
}

// snap prepares the record that screening leaves (T2).
func (s *Service) snap(c Case, k known) (*Record, error) {
	if s.machine(c).Steps(c.Track, c.Level).Record(c.State) != kindSnapshot {
		return nil, nil
	}
	run := ""
	for _, r := range c.Records {
		if r.State == lifecycle.Draft {
			run = r.ID
		}
	}
	raw, err := canonical(snapshot{k.facts.Today, k.conditions, k.facts.UnitActive, k.facts.SelfScore, run})
	return &Record{ID: uuid.Must(uuid.NewV7()), Seq: c.Seq, State: c.State, Kind: kindSnapshot, Body: raw, Stands: true, Salt: integrity.NewSalt()}, err
}

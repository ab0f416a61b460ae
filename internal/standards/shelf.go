package standards

import (
	"context"
	"slices"
	"sync"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// shelf keeps compiled standards by what they are made of, so that none is read twice.
type shelf struct {
	mu   sync.Mutex
	list []Version // issued, as last read
	held map[ledger.Digest]*scoring.Standard
}

func (s *shelf) get(d ledger.Digest) *scoring.Standard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[d]
}

func (s *shelf) put(d ledger.Digest, std *scoring.Standard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = map[ledger.Digest]*scoring.Standard{}
	}
	s.held[d] = std
}

// The house reads standards by nobody's leave: which one is in force is no secret.
var house = ledger.Session{Scope: ledger.Everything()}

// issued lists what is issued, each of it compiled.
func (s *Service) issued(ctx context.Context) ([]Version, error) {
	list, err := s.Store.List(ctx, house)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(v Version) bool { return v.State != Issued })
	for _, v := range list {
		if _, err := s.Version(ctx, v.pin()); err != nil {
			return nil, err
		}
	}
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	s.shelf.list = list
	return slices.Clone(list), nil
}

// Refresh takes up what the database holds.
func (s *Service) Refresh(ctx context.Context) error {
	_, err := s.issued(ctx)
	return err
}

func (v Version) pin() Pin { return Pin{Standard: v.Standard, Version: v.Version, Digest: v.Digest} }

// InForce lists the standards in force today, as they were last read: it asks no
// database, for it is called under locks.
func (s *Service) InForce() (list []*scoring.Standard) {
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	day := s.today()
	for _, v := range dated(slices.Clone(s.shelf.list), day) {
		if v.State == Issued && v.EffectiveOn <= day {
			list = append(list, s.shelf.held[v.Digest])
		}
	}
	return list
}

// Frameworks are the standards of other fields in force today, as they were last read. No unit is scored by
// one; a check may be held by it.
func (s *Service) Frameworks() []*scoring.Standard {
	return slices.DeleteFunc(s.InForce(), func(std *scoring.Standard) bool { return std.Unit.Official() })
}

// For finds the standard of a kind of unit on a day (scoring.InForce), as they were
// last read: scores of a province ask it for every area.
func (s *Service) For(_ context.Context, kind, function, day string) (*scoring.Standard, error) {
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	best := chosen(s.shelf.list, day, func(v Version) bool { return v.Unit.Fits(kind, function) })
	if best == nil {
		return nil, fault.New(fault.NotFound, "standard_unknown")
	}
	return s.shelf.held[best.Digest], nil
}

// Issued is what is in force for the unit on the day: of those that fit, the one that
// came into force last.
func (s *Service) Issued(ctx context.Context, u Unit, day string) (*scoring.Standard, Pin, error) {
	return s.best(ctx, day, func(v Version) bool { return v.Unit.Fits(u.Kind, u.Function) })
}

// Current is the version of a standard that is in force today, with its rules.
func (s *Service) Current(ctx context.Context, standard string) (*scoring.Standard, error) {
	std, _, err := s.best(ctx, s.today(), func(v Version) bool { return v.Standard == standard })
	return std, err
}

func (s *Service) best(ctx context.Context, day string, fits func(Version) bool) (*scoring.Standard, Pin, error) {
	list, err := s.issued(ctx)
	if err != nil {
		return nil, Pin{}, err
	}
	best := chosen(list, day, fits)
	if best == nil {
		return nil, Pin{}, fault.New(fault.NotFound, "standard_unknown")
	}
	std, err := s.Version(ctx, best.pin())
	return std, best.pin(), err
}

// chosen is the closest of the issued that fit and are in force on the day; nil for none.
func chosen(list []Version, day string, fits func(Version) bool) *Version {
	var best *Version
	for i, v := range list {
		if v.EffectiveOn <= day && fits(v) && !overtaken(list, v, day) && (best == nil || closer(v, *best)) {
			best = &list[i]
		}
	}
	return best
}

// closer prefers a standard of the very function to one of all, then the later.
func closer(a, b Version) bool {
	if own, other := len(a.Unit.Functions) > 0, len(b.Unit.Functions) > 0; own != other {
		return own
	}
	return after(a, b)
}

// Version is the one that was pinned. Fault: standard_differs, where it says something else now.
func (s *Service) Version(ctx context.Context, p Pin) (*scoring.Standard, error) {
	if std := s.shelf.get(p.Digest); std != nil && std.ID == p.Standard && std.Version == p.Version {
		return std, nil
	}
	w, err := s.Store.Load(ctx, house, p.Standard, p.Version)
	if err != nil {
		return nil, err
	}
	if w.Digest != p.Digest || Digest(w.Set) != p.Digest {
		return nil, fault.New(fault.Conflict, "standard_differs").With("pinned", p.Digest.String()).With("found", Digest(w.Set).String())
	}
	std, err := scoring.Compile(w.Set)
	if err != nil {
		return nil, err
	}
	std.Digest = p.Digest.String()
	s.shelf.put(p.Digest, std)
	return std, nil
}

var _ Reader = (*Service)(nil)

// Versions are those of a standard that are issued, the newest first.
func (s *Service) Versions(ctx context.Context, standard string) ([]Version, error) {
	list, err := s.Store.List(ctx, house)
	list = slices.DeleteFunc(list, func(v Version) bool { return v.Standard != standard || v.State != Issued })
	slices.SortFunc(list, func(a, b Version) int { return b.Version - a.Version })
	return list, err
}

// Compiled is a version by its number, in force or not. Fault: standard_unknown.
func (s *Service) Compiled(ctx context.Context, standard string, version int) (*scoring.Standard, error) {
	list, err := s.Store.List(ctx, house)
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		if v.Standard == standard && v.Version == version {
			return s.Version(ctx, v.pin())
		}
	}
	return nil, fault.New(fault.NotFound, "standard_unknown")
}

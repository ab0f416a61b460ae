package guidance

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Practice (经验做法) of a unit in the library, and who adopted it.
type Practice struct {
	Prison     uuid.UUID  `json:"prison"`
	ID         uuid.UUID  `json:"id"`
	Area       uuid.UUID  `json:"area,omitzero"`
	Brand      uuid.UUID  `json:"brand,omitzero"` // the brand it came from, all of whose steps are taken
	Title      string     `json:"title"`
	Content    string     `json:"content"`
	Author     uuid.UUID  `json:"-"`
	AuthorName string     `json:"author_name"`
	RecordedAt time.Time  `json:"recorded_at"`
	Adoptions  []Adoption `json:"adoptions"`
	Counted    int        `json:"counted"` // units whose adoption was proved and verified
	Salt       []byte     `json:"-"`
}

// Adoption of a practice by another unit: with its proof, and the verdict of somebody of
// neither side. It never changes.
type Adoption struct {
	Prison     uuid.UUID        `json:"prison"`
	ID         uuid.UUID        `json:"id"`
	Area       uuid.UUID        `json:"area,omitzero"`
	Source     uuid.UUID        `json:"-"` // the prison whose practice it is
	Practice   uuid.UUID        `json:"-"`
	AdoptedOn  string           `json:"adopted_on"`
	Proof      string           `json:"proof"`
	Author     uuid.UUID        `json:"author"`
	AuthorName string           `json:"author_name"`
	RecordedAt time.Time        `json:"recorded_at"`
	Verdict    *AdoptionVerdict `json:"verdict,omitempty"`
	May        bool             `json:"may"` // the reader may verify it
	Salt       []byte           `json:"-"`
}

// AdoptionVerdict says whether the proof holds.
type AdoptionVerdict struct {
	Holds      bool      `json:"holds"`
	Comment    string    `json:"comment"`
	By         uuid.UUID `json:"by"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to the practice.
func (p Practice) Record() (ledger.Record, error) {
	return ledger.NewRecord("practice", p.ID.String(), p.Salt, map[string]any{
		"practice": p.ID, "area": p.Area, "brand": p.Brand, "title": p.Title, "content": p.Content, "author": p.Author,
	})
}

// Record commits to the adoption.
func (a Adoption) Record() (ledger.Record, error) {
	return ledger.NewRecord("adoption", a.ID.String(), a.Salt, map[string]any{
		"adoption": a.ID, "area": a.Area, "source": a.Source, "practice": a.Practice, "adopted_on": a.AdoptedOn, "proof": a.Proof, "author": a.Author,
	})
}

// Record commits to the verdict.
func (v AdoptionVerdict) Record(adoption uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("adoption_verdict", adoption.String(), v.Salt, map[string]any{
		"adoption": adoption, "holds": v.Holds, "comment": v.Comment, "verified_by": v.By,
	})
}

// counted is how many units adopted: one that adopts twice is one.
func counted(list []Adoption) int {
	units := map[[2]uuid.UUID]bool{}
	for _, a := range list {
		if a.Verdict != nil && a.Verdict.Holds {
			units[[2]uuid.UUID{a.Prison, a.Area}] = true
		}
	}
	return len(units)
}

// mayVerify: the bureau may, or the office of a prison of neither side. Nobody who claimed it.
func (s *Service) mayVerify(ctx context.Context, a Adoption) error {
	err := s.may(ctx, "approve", a.Prison, a.Area, a.Author)
	if err == nil {
		return nil
	}
	for _, p := range actor.From(ctx).Postings {
		if p.PrisonID == a.Prison || p.PrisonID == a.Source {
			return err
		}
	}
	for _, p := range actor.From(ctx).Postings {
		if p.PrisonID != uuid.Nil && p.AreaID == uuid.Nil && s.may(ctx, "submit", p.PrisonID, uuid.Nil, uuid.Nil) == nil {
			return nil
		}
	}
	return err
}

func (s *Service) judged(ctx context.Context, a Adoption) Adoption {
	a.May = a.Verdict == nil && s.mayVerify(ctx, a) == nil
	return a
}

// Practices is the library, the latest first; the units for which the actor may publish or
// adopt are asked of each unit.
func (s *Service) Practices(ctx context.Context) ([]Practice, error) {
	list, err := s.Store.Practices(ctx, s.asked(ctx, uuid.Nil))
	for i := range list {
		p := &list[i]
		p.Counted = counted(p.Adoptions)
		for j := range p.Adoptions {
			p.Adoptions[j] = s.judged(ctx, p.Adoptions[j])
		}
	}
	return list, err
}

// AddPractice publishes one of the actor's unit. What comes of a brand comes of one that took
// all its steps. Faults: forbidden, brand_step, bad_guidance with fields.
func (s *Service) AddPractice(ctx context.Context, prison uuid.UUID, p Practice, idem ledger.Idem) (Practice, error) {
	if err := s.may(ctx, "submit", prison, p.Area, uuid.Nil); err != nil {
		return Practice{}, err
	}
	var bad wrong
	bad.title("/title", &p.Title)
	bad.text("/content", p.Content)
	if err := bad.refused(); err != nil {
		return Practice{}, err
	}
	if p.Brand != uuid.Nil {
		list, err := s.Brands(ctx)
		if err != nil {
			return Practice{}, err
		}
		i := slices.IndexFunc(list, func(b Brand) bool { return b.Prison == prison && b.ID == p.Brand })
		if i < 0 {
			return Practice{}, fault.New(fault.NotFound, "not_found")
		}
		if !list[i].Finished() {
			return Practice{}, fault.New(fault.Conflict, "brand_step").With("next", list[i].Next)
		}
	}
	p.Prison, p.ID, p.Author, p.Salt = prison, uuid.Must(uuid.NewV7()), actor.From(ctx).PersonID, integrity.NewSalt()
	return s.Store.AddPractice(ctx, s.asked(ctx, prison), idem, p)
}

// Adopt says that a unit of the prison adopted a practice, and what proves it. Faults:
// forbidden, not_found, own_practice, adopted_already, bad_guidance with fields.
func (s *Service) Adopt(ctx context.Context, prison uuid.UUID, a Adoption, idem ledger.Idem) (Adoption, error) {
	if err := s.may(ctx, "submit", prison, a.Area, uuid.Nil); err != nil {
		return Adoption{}, err
	}
	var bad wrong
	bad.day("/adopted_on", a.AdoptedOn, s.Now(), true)
	bad.text("/proof", a.Proof)
	if err := bad.refused(); err != nil {
		return Adoption{}, err
	}
	list, err := s.Practices(ctx)
	if err != nil {
		return Adoption{}, err
	}
	i := slices.IndexFunc(list, func(p Practice) bool { return p.ID == a.Practice })
	if i < 0 {
		return Adoption{}, fault.New(fault.NotFound, "not_found")
	}
	a.Prison, a.Source, a.ID, a.Author, a.Salt = prison, list[i].Prison, uuid.Must(uuid.NewV7()), actor.From(ctx).PersonID, integrity.NewSalt()
	a, err = s.Store.AddAdoption(ctx, s.asked(ctx, prison), idem, a)
	return s.judged(ctx, a), err
}

// Verify says whether the proof of an adoption holds, once. Faults: forbidden,
// already_decided, bad_guidance with fields.
func (s *Service) Verify(ctx context.Context, prison, id uuid.UUID, holds bool, comment string, idem ledger.Idem) (Adoption, error) {
	var bad wrong
	bad.text("/comment", comment)
	if err := bad.refused(); err != nil {
		return Adoption{}, err
	}
	a, err := s.Store.VerifyAdoption(ctx, s.asked(ctx, prison), idem, id, func(a Adoption) (AdoptionVerdict, error) {
		if err := s.mayVerify(ctx, a); err != nil {
			return AdoptionVerdict{}, err
		}
		if a.Verdict != nil {
			return AdoptionVerdict{}, fault.New(fault.Conflict, "already_decided")
		}
		return AdoptionVerdict{Holds: holds, Comment: comment, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}, nil
	})
	return s.judged(ctx, a), err
}

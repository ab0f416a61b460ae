package guidance

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Evenings are the scores that package assessment keeps when a day ends; nil is none.
type Evenings interface {
	Evening(ctx context.Context, s ledger.Session, area uuid.UUID, before string) (*assessment.Evening, error)
}

// Pair (结对帮扶): a strong unit helps a weak one like it, up to a day.
type Pair struct {
	Prison       uuid.UUID       `json:"prison"` // of the weak one, in whose log it stands
	ID           uuid.UUID       `json:"id"`
	Area         uuid.UUID       `json:"area"`
	StrongPrison uuid.UUID       `json:"strong_prison"`
	StrongArea   uuid.UUID       `json:"strong_area"`
	Aim          string          `json:"aim"`
	UntilDay     string          `json:"until_day"`
	WeakScore    scoring.Decimal `json:"weak_score"` // when they were paired
	StrongScore  scoring.Decimal `json:"strong_score"`
	Author       uuid.UUID       `json:"-"`
	RecordedAt   time.Time       `json:"recorded_at"`
	Helps        []Help          `json:"helps"`
	Overtake     *Overtake       `json:"overtake,omitempty"`
	May          bool            `json:"may"` // the reader may log help
	Salt         []byte          `json:"-"`
}

// Help is one line of the log of a pair.
type Help struct {
	ID         uuid.UUID `json:"id"`
	Day        string    `json:"day"`
	Content    string    `json:"content"`
	Author     uuid.UUID `json:"-"`
	AuthorName string    `json:"author_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Overtake (超) is the evening on which the weak unit was first seen above the strong one.
type Overtake struct {
	Day         string          `json:"day"`
	WeakScore   scoring.Decimal `json:"weak_score"`
	StrongScore scoring.Decimal `json:"strong_score"`
	RecordedAt  time.Time       `json:"recorded_at"`
	Salt        []byte          `json:"-"`
}

// Record commits to the pair.
func (p Pair) Record() (ledger.Record, error) {
	return ledger.NewRecord("pair", p.ID.String(), p.Salt, map[string]any{
		"pair": p.ID, "area": p.Area, "strong_prison": p.StrongPrison, "strong_area": p.StrongArea, "aim": p.Aim, "until_day": p.UntilDay,
		"weak_score": p.WeakScore, "strong_score": p.StrongScore, "author": p.Author,
	})
}

// Record commits to the line.
func (h Help) Record(pair uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("pair_help", h.ID.String(), h.Salt, map[string]any{
		"pair": pair, "help": h.ID, "day": h.Day, "content": h.Content, "author": h.Author,
	})
}

// Record commits to the overtake.
func (o Overtake) Record(pair uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("overtake", pair.String(), o.Salt, map[string]any{
		"pair": pair, "day": o.Day, "weak_score": o.WeakScore, "strong_score": o.StrongScore,
	})
}

// mayHelp: either side logs help, and nobody else.
func (s *Service) mayHelp(ctx context.Context, p Pair) error {
	err := s.may(ctx, "submit", p.Prison, p.Area, uuid.Nil)
	if err != nil && s.may(ctx, "submit", p.StrongPrison, p.StrongArea, uuid.Nil) == nil {
		return nil
	}
	return err
}

func (s *Service) helped(ctx context.Context, p Pair) Pair {
	p.May = s.mayHelp(ctx, p) == nil
	return p
}

// Pairs are those of which the actor sees a side, the latest first.
func (s *Service) Pairs(ctx context.Context) (list []Pair, may bool, err error) {
	if list, err = s.Store.Pairs(ctx, s.asked(ctx, uuid.Nil)); err != nil {
		return nil, false, err
	}
	list = slices.DeleteFunc(list, func(p Pair) bool {
		return s.maySee(ctx, p.Prison, p.Area) != nil && s.maySee(ctx, p.StrongPrison, p.StrongArea) != nil
	})
	for i := range list {
		list[i] = s.helped(ctx, list[i])
	}
	return list, s.may(ctx, "manage", uuid.Nil, uuid.Nil, uuid.Nil) == nil, nil
}

// standing is an area as it is scored now. Fault: not_found, also where nothing scores it.
func (s *Service) standing(ctx context.Context, prison, area uuid.UUID) (assessment.Standing, error) {
	list, err := s.Scores.Scores(ctx, prison)
	if err != nil {
		return assessment.Standing{}, err
	}
	if i := slices.IndexFunc(list, func(x assessment.Standing) bool { return x.Area.ID == area }); i >= 0 {
		return list[i], nil
	}
	return assessment.Standing{}, fault.New(fault.NotFound, "not_found")
}

// AddPair pairs two like units, the one with the lower score being the helped one. Faults:
// forbidden, not_found, pair_unlike, pair_order, bad_guidance with fields.
func (s *Service) AddPair(ctx context.Context, prison uuid.UUID, p Pair, idem ledger.Idem) (Pair, error) {
	if err := s.may(ctx, "manage", prison, p.Area, uuid.Nil); err != nil {
		return Pair{}, err
	}
	var bad wrong
	bad.text("/aim", p.Aim)
	bad.day("/until_day", p.UntilDay, s.Now(), false)
	if len(bad) == 0 && p.UntilDay < s.today() {
		bad.add("/until_day", "order", "结束日期不早于今天", "The last day is not before today")
	}
	if err := bad.refused(); err != nil {
		return Pair{}, err
	}
	weak, err := s.standing(ctx, prison, p.Area)
	if err != nil {
		return Pair{}, err
	}
	strong, err := s.standing(ctx, p.StrongPrison, p.StrongArea)
	switch {
	case err != nil:
		return Pair{}, err
	case weak.Area.Kind != strong.Area.Kind || weak.Area.Function != strong.Area.Function:
		return Pair{}, fault.New(fault.Invalid, "pair_unlike")
	case weak.Score.Rat().Cmp(strong.Score.Rat()) >= 0:
		return Pair{}, fault.New(fault.Invalid, "pair_order").With("weak", weak.Display).With("strong", strong.Display)
	}
	p.Prison, p.ID, p.Author, p.Salt = prison, uuid.Must(uuid.NewV7()), actor.From(ctx).PersonID, integrity.NewSalt()
	p.WeakScore, p.StrongScore = weak.Score, strong.Score
	p, err = s.Store.AddPair(ctx, s.asked(ctx, prison), idem, p)
	return s.helped(ctx, p), err
}

// Help adds a line to the log of a pair, by either side. Faults: forbidden, not_found,
// bad_guidance with fields.
func (s *Service) Help(ctx context.Context, prison, pair uuid.UUID, h Help, idem ledger.Idem) (Pair, error) {
	var bad wrong
	bad.text("/content", h.Content)
	bad.day("/day", h.Day, s.Now(), true)
	if err := bad.refused(); err != nil {
		return Pair{}, err
	}
	p, err := s.Store.AddHelp(ctx, s.asked(ctx, prison), idem, pair, func(p Pair) (Help, error) {
		h.ID, h.Author, h.Salt = uuid.Must(uuid.NewV7()), actor.From(ctx).PersonID, integrity.NewSalt()
		return h, s.mayHelp(ctx, p)
	})
	return s.helped(ctx, p), err
}

// Overtakes records, of the pairs of a prison's weak units, those whose last evening was above
// the strong one's: of the same day and the same version of a standard. Once for each pair.
func (s *Service) Overtakes(ctx context.Context, prison uuid.UUID) error {
	ses := ledger.Session{Prison: prison, Scope: ledger.Everything()}
	list, err := s.Store.Pairs(ctx, ses)
	if err != nil {
		return err
	}
	var errs []error
	for _, p := range list {
		if p.Prison != prison || p.Overtake != nil {
			continue
		}
		weak, err1 := s.Evenings.Evening(ctx, ses, p.Area, s.today())
		strong, err2 := s.Evenings.Evening(ctx, ledger.Session{Prison: p.StrongPrison, Scope: ledger.Everything()}, p.StrongArea, s.today())
		if err := errors.Join(err1, err2); err != nil || weak == nil || strong == nil {
			errs = append(errs, err)
			continue
		}
		if weak.Day != strong.Day || weak.Standard != strong.Standard || weak.Version != strong.Version || weak.Day > p.UntilDay || weak.Score.Rat().Cmp(strong.Score.Rat()) <= 0 {
			continue
		}
		errs = append(errs, s.Store.AddOvertake(ctx, ses, p.ID, Overtake{Day: weak.Day, WeakScore: weak.Score, StrongScore: strong.Score, Salt: integrity.NewSalt()}))
	}
	return errors.Join(errs...)
}

package guidance

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Themes of brands.
var Themes = []string{"politics", "police", "enforcement", "custody", "education", "culture", "labour", "informatisation"}

// The seven steps (七步法): which action each asks of whoever takes it. What a judging step
// sends back is done again from the step before.
var brandSteps = []struct {
	Name, Action string
	Judges       bool
}{
	{"topic", "submit", false},    // 选题
	{"prepare", "submit", false},  // 酝酿
	{"apply", "submit", false},    // 申报
	{"review", "approve", true},   // 审核
	{"carry", "submit", false},    // 实施
	{"evaluate", "approve", true}, // 评价
	{"spread", "submit", false},   // 推广
}

// Brand (特色品牌) of a unit and the steps it has taken.
type Brand struct {
	Prison     uuid.UUID   `json:"prison"`
	ID         uuid.UUID   `json:"id"`
	Area       uuid.UUID   `json:"area,omitzero"` // zero: of the prison as a whole
	Title      string      `json:"title"`
	Theme      string      `json:"theme"`
	Author     uuid.UUID   `json:"-"`
	RecordedAt time.Time   `json:"recorded_at"`
	Steps      []BrandStep `json:"steps"`
	Next       int         `json:"next"` // the step that is due, 8: all are taken
	May        bool        `json:"may"`  // the reader may take it
	Salt       []byte      `json:"-"`
}

// BrandStep is one step taken: its document, who and when. It never changes.
type BrandStep struct {
	Act        int       `json:"act"`
	Step       int       `json:"step"`
	Passed     bool      `json:"passed"` // false: a judging step sent it back
	Document   string    `json:"document"`
	Content    string    `json:"content"`
	Day        string    `json:"day"`
	By         uuid.UUID `json:"by"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to the brand.
func (b Brand) Record() (ledger.Record, error) {
	return ledger.NewRecord("brand", b.ID.String(), b.Salt, map[string]any{
		"brand": b.ID, "area": b.Area, "title": b.Title, "theme": b.Theme, "author": b.Author,
	})
}

// Record commits to the step.
func (x BrandStep) Record(brand uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("brand_step", brand.String()+"/"+strconv.Itoa(x.Act), x.Salt, map[string]any{
		"brand": brand, "act": x.Act, "step": x.Step, "passed": x.Passed, "document": x.Document, "content": x.Content, "day": x.Day, "acted_by": x.By,
	})
}

// Finished reports whether all seven steps are taken.
func (b Brand) Finished() bool { return nextStep(b.Steps) > len(brandSteps) }

func nextStep(taken []BrandStep) int {
	if len(taken) == 0 {
		return 1
	}
	last := taken[len(taken)-1]
	if last.Passed {
		return last.Step + 1
	}
	return last.Step - 1
}

// mayStep asks for the next step: nobody judges a brand of which they took a step.
func (s *Service) mayStep(ctx context.Context, b Brand) error {
	me := actor.From(ctx).PersonID
	author := uuid.Nil
	step := brandSteps[b.Next-1]
	if step.Judges && slices.ContainsFunc(b.Steps, func(x BrandStep) bool { return x.By == me && !brandSteps[x.Step-1].Judges }) {
		author = me
	}
	return s.may(ctx, step.Action, b.Prison, b.Area, author)
}

func (s *Service) dressed(ctx context.Context, b Brand) Brand {
	b.Next = nextStep(b.Steps)
	b.May = b.Next <= len(brandSteps) && s.mayStep(ctx, b) == nil
	return b
}

// Brands is the register, of what the actor sees, the latest first.
func (s *Service) Brands(ctx context.Context) ([]Brand, error) {
	list, err := s.Store.Brands(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(b Brand) bool { return s.maySee(ctx, b.Prison, b.Area) != nil })
	for i := range list {
		list[i] = s.dressed(ctx, list[i])
	}
	return list, nil
}

func (x *BrandStep) made(ctx context.Context, act, step int) {
	x.Act, x.Step, x.By, x.Salt = act, step, actor.From(ctx).PersonID, integrity.NewSalt()
}

func (s *Service) wrongStep(x *BrandStep) (bad wrong) {
	bad.title("/document", &x.Document)
	bad.text("/content", x.Content)
	bad.day("/day", x.Day, s.Now(), true)
	return bad
}

// AddBrand begins one by its first step. Faults: forbidden, not_found, bad_guidance with fields.
func (s *Service) AddBrand(ctx context.Context, prison uuid.UUID, b Brand, first BrandStep, idem ledger.Idem) (Brand, error) {
	if err := s.may(ctx, brandSteps[0].Action, prison, b.Area, uuid.Nil); err != nil {
		return Brand{}, err
	}
	bad := s.wrongStep(&first)
	bad.title("/title", &b.Title)
	if !slices.Contains(Themes, b.Theme) {
		bad.add("/theme", "unknown", "请选择主题", "Choose a theme")
	}
	if err := bad.refused(); err != nil {
		return Brand{}, err
	}
	b.Prison, b.ID, b.Author, b.Salt = prison, uuid.Must(uuid.NewV7()), actor.From(ctx).PersonID, integrity.NewSalt()
	first.Passed = true
	first.made(ctx, 1, 1)
	b, err := s.Store.AddBrand(ctx, s.asked(ctx, prison), idem, b, first)
	return s.dressed(ctx, b), err
}

// StepBrand takes the step that is due; seen is the number of steps that were seen. Only a
// judging step can send back. Faults: forbidden, brand_step, changed_meanwhile, bad_guidance
// with fields.
func (s *Service) StepBrand(ctx context.Context, prison, id uuid.UUID, step, seen int, x BrandStep, idem ledger.Idem) (Brand, error) {
	if err := s.wrongStep(&x).refused(); err != nil {
		return Brand{}, err
	}
	b, err := s.Store.StepBrand(ctx, s.asked(ctx, prison), idem, id, func(b Brand) (BrandStep, error) {
		if err := s.maySee(ctx, prison, b.Area); err != nil {
			return BrandStep{}, err
		}
		b.Next = nextStep(b.Steps)
		if b.Next > len(brandSteps) {
			return BrandStep{}, fault.New(fault.Conflict, "brand_step").With("next", b.Next)
		}
		if err := s.mayStep(ctx, b); err != nil {
			return BrandStep{}, err
		}
		switch {
		case len(b.Steps) != seen:
			return BrandStep{}, fault.New(fault.Stale, "changed_meanwhile")
		case step != b.Next || !x.Passed && !brandSteps[step-1].Judges:
			return BrandStep{}, fault.New(fault.Conflict, "brand_step").With("next", b.Next)
		case x.Day < b.Steps[seen-1].Day:
			return BrandStep{}, fault.InvalidFields("bad_guidance", []fault.Field{{Pointer: "/day", Code: "order", Text: fault.Text{ZH: "不早于上一步的日期", EN: "Not before the day of the step before"}}})
		}
		x.made(ctx, seen+1, step)
		return x, nil
	})
	return s.dressed(ctx, b), err
}

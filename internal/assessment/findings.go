package assessment

import (
	"context"
	"math/big"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// NewFinding of an inspection, under the line of the standard that it costs.
type NewFinding struct {
	Area     uuid.UUID
	Standard string
	Line     string
	Event    string // the same for findings of one event; "" stands alone
	Day      string
	Count    int
	Place    string
	Note     string
	Entry    *uuid.UUID
	Subject  string // whom it is about, where the line caps by subject
	// Of and Per of a line that is measured on site: 17 of 20. Its Count is 1.
	Of  *scoring.Decimal
	Per *scoring.Decimal
}

// AddFinding records what an inspector found under a line of the standard.
// Faults: forbidden, standard_unknown, invalid_document with fields.
func (s *Service) AddFinding(ctx context.Context, prison uuid.UUID, f NewFinding, idem ledger.Idem) (uuid.UUID, error) {
	sub := ledger.Subject{Class: "finding", Prison: prison, Area: f.Area}
	if err := s.Access.Check(actor.From(ctx), "create", sub, s.Now()); err != nil {
		return uuid.Nil, err
	}
	_, std, err := s.unit(ctx, prison, f.Area)
	if err != nil {
		return uuid.Nil, err
	}
	if bad := WrongFinding(&f, std, s.Now()); len(bad) > 0 {
		return uuid.Nil, fault.InvalidFields("invalid_document", bad)
	}
	f.Standard = std.ID
	return s.Store.AddFinding(ctx, s.asked(ctx, prison), idem, f)
}

// WrongFinding says what a finding lacks under the standard, and counts a measured one once.
func WrongFinding(f *NewFinding, std *scoring.Standard, now time.Time) (bad []fault.Field) {
	line, ok := std.LineOf(f.Line)
	wrong := func(pointer, code, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: code, Text: fault.Text{ZH: zh, EN: en}})
	}
	switch {
	case !ok || line.Asks() == "":
		wrong("/line", "enum", "请选择标准中由现场检查的规则", "Choose a line of the standard that is checked on site")
	case line.Asks() == "ratio":
		if f.Count == 0 {
			f.Count = 1
		}
		of := f.Of
		if f.Count != 1 {
			of = nil
		}
		if field := wrongRatio(line, of, f.Per); field != nil {
			bad = append(bad, *field)
		}
	default:
		if f.Of != nil || f.Per != nil {
			wrong("/of", "invalid", "该规则按次数扣分，不填比率", "This line counts; it takes no ratio")
		}
		if f.Count < 1 || f.Count > 1000 {
			wrong("/count", "minimum", "次数应为 1 至 1000", "1 to 1000")
		}
		if line.CapEach != nil && ledger.Blank(f.Subject) {
			wrong("/subject", "required", "该规则按人封顶，请写明被查的人", "This line caps by person: say whom it is about")
		}
	}
	if m, err := catalog.Day(f.Day); err != nil || m.At.After(now) {
		wrong("/day", "format", "日期应为今天或以前，写作 年-月-日", "A day up to today, written YYYY-MM-DD")
	}
	if ledger.Blank(f.Note) || len([]rune(f.Note)) > 500 {
		wrong("/note", "required", "请写明发现的问题，500 字以内", "Say what was found in at most 500 characters")
	}
	if len(f.Event) > 100 {
		wrong("/event", "maxLength", "事件名称过长", "The name of the event is too long")
	}
	return append(bad, WrongWhere(f.Place, f.Subject)...)
}

// wrongRatio says what is wrong with so much of so much under a line.
func wrongRatio(line *scoring.Line, of, per *scoring.Decimal) *fault.Field {
	switch {
	case of == nil || per == nil || !measurable(*of) || !measurable(*per) || per.Rat().Sign() == 0:
		return &fault.Field{Pointer: "/of", Code: "required", Text: fault.Text{ZH: "请填写实得数与应有数，最多四位小数", EN: "Say how many of how many, with at most four decimals"}}
	case line.Scale == "" && of.Rat().Cmp(per.Rat()) > 0:
		return &fault.Field{Pointer: "/of", Code: "maximum", Text: fault.Text{ZH: "实得数不能大于应有数", EN: "There cannot be more than there should be"}}
	}
	return nil
}

// WrongWhere says whether place or subject of what was seen on site is too long.
func WrongWhere(place, subject string) (bad []fault.Field) {
	for _, x := range []struct{ pointer, said string }{{"/place", place}, {"/subject", subject}} {
		if len([]rune(x.said)) > 60 {
			bad = append(bad, fault.Field{Pointer: x.pointer, Code: "maxLength", Text: fault.Text{ZH: "60 字以内", EN: "At most 60 characters"}})
		}
	}
	return bad
}

// measurable numbers are not negative, below a million, and have at most four decimals.
func measurable(d scoring.Decimal) bool {
	r := d.Rat()
	scaled := new(big.Rat).Mul(r, big.NewRat(10000, 1))
	return r.Sign() >= 0 && scaled.IsInt() && r.Cmp(big.NewRat(1_000_000, 1)) < 0
}

// Findings of an area in its standard's window.
func (s *Service) Findings(ctx context.Context, prison, id uuid.UUID) ([]scoring.Finding, error) {
	_, std, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	from, to := window(std, s.Now())
	by, err := s.Store.Findings(ctx, s.asked(ctx, prison), []uuid.UUID{id}, from, to)
	return by[id], err
}

package assessment

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Supposed is what would be otherwise. Zero members change nothing.
type Supposed struct {
	// Missed duties of ledgers, and facts that would be more.
	Missed map[string]int    `json:"missed,omitempty"`
	Facts  []scoring.DayFact `json:"facts,omitempty"`
	// Entries that would stand otherwise, or be filed.
	Entries []ledger.Supposed `json:"entries,omitempty"`
	// Findings and events that would come, and those that would not be.
	Findings []scoring.Finding `json:"findings,omitempty"`
	Without  []string          `json:"without,omitempty"`
	// Version of the standard, and the line to pass.
	Version int              `json:"version,omitempty"`
	Line    *scoring.Decimal `json:"line,omitempty"`
}

// Supposition is the answer. Nothing of it is kept.
type Supposition struct {
	Before  *scoring.Sheet   `json:"before"` // both without indicators
	After   *scoring.Sheet   `json:"after"`
	Changes []scoring.Change `json:"changes"`
}

// Offer is a version that a unit's score can be supposed by.
type Offer struct {
	Version     int    `json:"version"`
	EffectiveOn string `json:"effective_on"`
	InForce     bool   `json:"in_force"`
}

// offers are the issued versions of a unit's standard that are meant for it, the newest first.
func (s *Service) offers(ctx context.Context, area ledger.Area, std *scoring.Standard) ([]Offer, error) {
	versions, err := s.Standards.Versions(ctx, std.ID)
	list := []Offer{}
	for _, v := range versions {
		if v.Unit.Fits(area.Kind, area.Function) {
			list = append(list, Offer{v.Version, v.EffectiveOn, v.Version == std.Version})
		}
	}
	return list, err
}

// by is a version of a unit's standard that its score can be supposed by; 0 is the one in
// force. Fault: standard_unknown.
func (s *Service) by(ctx context.Context, area ledger.Area, std *scoring.Standard, version int) (*scoring.Standard, error) {
	if version == 0 {
		return std, nil
	}
	offers, err := s.offers(ctx, area, std)
	if err != nil {
		return nil, err
	}
	// A draft's points are the bureau's alone until it is issued.
	if !slices.ContainsFunc(offers, func(o Offer) bool { return o.Version == version }) {
		return nil, fault.New(fault.NotFound, "standard_unknown")
	}
	return s.Standards.Compiled(ctx, std.ID, version)
}

// most bounds what one supposition may change.
const most = 200

// Suppose evaluates an area's input of today with something changed. Faults:
// bad_supposition with fields, standard_unknown, and those of what entries cannot become.
func (s *Service) Suppose(ctx context.Context, prison, id uuid.UUID, w Supposed) (*Supposition, error) {
	area, std, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	other, err := s.by(ctx, area, std, w.Version)
	if err != nil {
		return nil, err
	}
	from, to := window(std, s.Now())
	otherFrom, _ := window(other, s.Now())
	if bad := s.wrongSupposed(w, s.supposable(area, other), other, otherFrom, to); len(bad) > 0 {
		return nil, fault.InvalidFields("bad_supposition", bad)
	}
	in, err := s.input(ctx, prison, area, std, from, to)
	if err != nil {
		return nil, err
	}
	before := scoring.Evaluate(std, in)
	if other != std {
		if in, err = s.input(ctx, prison, area, other, otherFrom, to); err != nil {
			return nil, err
		}
	}
	if len(w.Entries) > 0 {
		err := s.Entries.Suppose(ctx, prison, id, w.Entries, func(tx ledger.Tx, days []ledger.DayTouched) error {
			gains, err := s.Duties.Gains(ctx, tx, id, days)
			in.Facts = slices.Concat(in.Facts, gains)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	after := scoring.Evaluate(other, suppose(in, w))
	if w.Line != nil {
		after.Line = *w.Line
		after.Passes = after.Score.Rat().Cmp(w.Line.Rat()) >= 0
	}
	out := &Supposition{Changes: scoring.Compare(before, after)}
	for _, x := range []struct {
		to   **scoring.Sheet
		from *scoring.Sheet
	}{{&out.Before, before}, {&out.After, after}} {
		thin := *x.from
		thin.Domains = slices.Clone(x.from.Domains)
		for i := range thin.Domains {
			thin.Domains[i].Indicators = nil
		}
		*x.to = &thin
	}
	return out, nil
}

// suppose changes a copy of an input.
func suppose(in scoring.Input, w Supposed) scoring.Input {
	in.Facts = slices.Concat(in.Facts, w.Facts)
	for _, l := range slices.Sorted(maps.Keys(w.Missed)) {
		in.Facts = append(in.Facts, missing(l, w.Missed[l], in.To)...)
	}
	findings := slices.DeleteFunc(slices.Clone(in.Findings), func(f scoring.Finding) bool { return slices.Contains(w.Without, f.ID) })
	in.Findings = append(findings, w.Findings...)
	return in
}

// asks tells whether a standard asks for a fact, of its ledger or of all together.
func asks(std *scoring.Standard, f scoring.DayFact) bool {
	return slices.ContainsFunc(std.Facts(), func(a scoring.Fact) bool {
		return a.Measure == f.Measure && (a.Ledger == f.Ledger || a.Ledger == "*")
	})
}

func (s *Service) wrongSupposed(w Supposed, can Supposable, std *scoring.Standard, from, to string) []fault.Field {
	var bad []fault.Field
	wrong := func(pointer, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}})
	}
	n := len(w.Facts) + len(w.Entries) + len(w.Findings) + len(w.Without)
	for _, times := range w.Missed {
		n += max(1, min(times, most+1))
	}
	if n > most {
		wrong("/", "一次最多假设 200 处变化", "At most 200 changes at once")
		return bad
	}
	if slices.ContainsFunc(w.Entries, func(e ledger.Supposed) bool { return !e.Meant() }) {
		wrong("/entries", "请说明哪条记录会怎样，或哪个台账会新增一条", "Say how an entry would stand, or of which ledger one would be filed")
	}
	for _, l := range slices.Sorted(maps.Keys(w.Missed)) {
		at := "/missed/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(l)
		switch {
		case s.Catalog.Current(l) == nil:
			wrong(at, "没有这种台账，请从列出的台账中选择", "There is no such ledger; choose one of those listed")
		case !slices.Contains(can.Missed, l):
			wrong(at, "该监区这种台账没有应填的期次，或标准不考核，请换一种台账", "Nothing of that ledger is due in the area, or the standard does not ask for it; choose another")
		case w.Missed[l] < 0:
			wrong(at, "漏填次数不能为负", "Nothing is missed fewer than no times")
		}
	}
	for i, f := range w.Facts {
		at := "/facts/" + strconv.Itoa(i)
		switch {
		case f.Day < from || f.Day > to || !slices.Contains(can.Filed, f.Ledger) || !asks(std, f):
			wrong(at, "标准不考核该监区的这项数据，或日期不在考核期内", "The standard does not ask that of the area, or not on that day")
		case f.Value.Rat().Sign() < 0:
			wrong(at+"/value", "数据不能为负", "It cannot be less than nothing")
		}
	}
	for i, f := range w.Findings {
		at := "/findings/" + strconv.Itoa(i)
		l, ok := std.LineOf(f.Line)
		switch {
		case !ok || l.Asks() == "" || f.Day < from || f.Day > to:
			wrong(at, "请选择由检查发现扣分的规则，日期在考核期内", "Choose a line that findings cost, and a day of the window")
		case l.Asks() == "ratio":
			if field := wrongRatio(l, f.Of, f.Per); field != nil {
				wrong(at+field.Pointer, field.Text.ZH, field.Text.EN)
			}
		case f.Of != nil || f.Per != nil:
			wrong(at+"/of", "该规则按次数扣分，不填实得数与应有数", "This line counts; it takes no ratio")
		case f.Count < 1 || f.Count > 1000:
			wrong(at+"/count", "次数应为 1 至 1000", "1 to 1000")
		}
	}
	if w.Line != nil && (w.Line.Rat().Sign() < 0 || w.Line.Rat().Cmp(std.Points.Rat()) > 0) {
		wrong("/line", "达标线应为 0 至总分", "From 0 to the total")
	}
	return bad
}

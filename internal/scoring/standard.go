package scoring

import (
	"slices"

	"taizhang/internal/fault"
)

// Standard is standard.json joined with rules.json. It never changes (docs/standard.md).
type Standard struct {
	ID      string     `json:"id"`
	Version int        `json:"version"`
	Title   fault.Text `json:"title"`
	// Label is what its year is called (制度落实年); Unofficial marks a sample.
	Label      string  `json:"label,omitempty"`
	Unofficial bool    `json:"unofficial,omitempty"`
	Unit       Kind    `json:"unit,omitzero"` // what it is for
	Points     Decimal `json:"points"`
	Line       Decimal `json:"line"` // to pass
	// Months of the window that trails the day of the check.
	Months int `json:"months"`
	// NotApplicable says what an indicator that does not apply does to the
	// score: "rescale" to those that do, or "full_marks".
	NotApplicable string `json:"not_applicable"`
	// SameEvent is "each" where one event costs at every line that it falls under; "" counts it
	// once, where it costs most (O13). Decimals that a score is shown with, two to six; nil is two (O15).
	SameEvent string   `json:"same_event,omitempty"`
	Decimals  *int     `json:"decimals,omitempty"`
	Domains   []Domain `json:"domains"`

	// Digest of the artefacts it was made of ("sha256:…"); empty where nobody said.
	Digest string `json:"-"`

	lines map[string]*Line
}

func (s *Standard) decimals() int {
	if s.Decimals == nil {
		return 2
	}
	return *s.Decimals
}

// Kind of units that a standard is for: areas of the prison by their kind and, of
// functional ones, function; the prison itself; or "other", another framework.
type Kind struct {
	Kind      string   `json:"kind"`
	Functions []string `json:"functions,omitempty"` // of functional areas; none is all
}

// Fits says whether a unit of that kind and function is one of them.
func (k Kind) Fits(kind, function string) bool {
	return k.Kind == kind && (len(k.Functions) == 0 || slices.Contains(k.Functions, function))
}

// Known is whether it is a kind that there is.
func (k Kind) Known() bool { return slices.Contains(kinds, k.Kind) }

// Official is whether the standard is one of the accreditation's own: its whole is
// 1000 points. Another framework brings its own.
func (k Kind) Official() bool { return k.Kind != "other" }

// Domain of a standard.
type Domain struct {
	ID     string     `json:"id"`
	Title  fault.Text `json:"title"`
	Points Decimal    `json:"points"`
	// Principle that it serves: hardware | base | enforcement | level.
	Principle string `json:"principle,omitempty"`
	// Reform is whether it is one of the five reforms (五大改造).
	Reform     bool        `json:"reform,omitempty"`
	Indicators []Indicator `json:"indicators"`
}

// Indicator of a domain. Its deduction is capped at its points.
type Indicator struct {
	Code       string     `json:"code"`
	Title      fault.Text `json:"title"`
	Points     Decimal    `json:"points"`
	FormerVeto bool       `json:"former_veto,omitempty"` // ⊘: a label, no special force
	// Needs names a condition of the unit without which the indicator does not
	// apply: "labour"; "" always applies.
	Needs string `json:"needs,omitempty"`
	// Parts cap some lines together.
	Parts      map[string]Decimal `json:"parts,omitempty"`
	Department string             `json:"department,omitempty"` // that answers for it
	Ledgers    []string           `json:"ledgers"`              // where the proof lies
	Criteria   fault.Text         `json:"criteria"`
	Basis      []Basis            `json:"basis,omitempty"`
	External   []Clause           `json:"external,omitempty"` // of other lists that it answers too
	Lines      []Line             `json:"lines,omitempty"`    // never none once compiled
}

// Basis is the clause of a superior document that an indicator rests on.
type Basis struct {
	Document string `json:"document"`
	Clause   string `json:"clause"`
	Date     string `json:"date,omitempty"` // of the edition that is quoted
}

// Clause of a list of criteria kept by others.
type Clause struct {
	List   string `json:"list"`
	Clause string `json:"clause"`
}

// Line of an indicator: one of a closed set of forms.
//
//	each   every unit counted, or every finding, costs Deduct
//	below  every started point of Of ÷ Per below Target percent costs Deduct
//	above  every started point of Of ÷ Per above Target percent costs Deduct
//	table  a finding of this event costs Deduct
//
// A ratio that is not worked out from ledgers has no Of and Per: each of its
// findings brings both (17 of 20 drawn), and they are pooled.
type Line struct {
	ID     string     `json:"id"`
	Title  fault.Text `json:"title"`
	Form   string     `json:"form"`
	Method string     `json:"method"` // ledger | onsite | video | quiz | reading | register
	Deduct Decimal    `json:"deduct"`
	Count  []Fact     `json:"count,omitempty"` // each
	Of     []Fact     `json:"of,omitempty"`    // below, above
	Per    []Fact     `json:"per,omitempty"`
	Target *Decimal   `json:"target,omitempty"`
	// Scale of Of ÷ Per beside Target: "" percent, "plain" as it stands (a mean
	// mark, books a head).
	Scale string `json:"scale,omitempty"`
	// Step is how a gap to Target is counted: "" every started point, "whole" only
	// full ones, "exact" to the fraction.
	Step string `json:"step,omitempty"`
	// Period "month" takes a ratio month by month, and the worst one counts.
	Period string `json:"period,omitempty"`
	Part   string `json:"part,omitempty"`
	// CapEach caps what the findings about one subject cost together (8 per officer).
	CapEach *Decimal `json:"cap_each,omitempty"`
	// Critical findings hold a check open until they are put right.
	Critical bool `json:"critical,omitempty"`
	// Systemic lines stand outside the rule that one event counts once.
	Systemic bool `json:"systemic,omitempty"`
}

// Fact names a measure of a ledger; ledger "*" is all of them together.
type Fact struct {
	Ledger  string `json:"ledger"`
	Measure string `json:"measure"`
}

var (
	kinds      = []string{"ordinary", "functional", "prison", "other"}
	principles = []string{"", "hardware", "base", "enforcement", "level"}
	forms      = []string{"each", "below", "above", "table"}
	scales     = []string{"", "plain"}
	steps      = []string{"", "whole", "exact"}
	periods    = []string{"", "month"}
	methods    = []string{"ledger", "onsite", "video", "quiz", "reading", "register"}
	nas        = []string{"rescale", "full_marks"}
)

// LookedAt are the methods by which a team sees for itself; a register is kept by others.
var LookedAt = []string{"onsite", "video", "quiz", "reading"}

func (l *Line) ratio() bool { return l.Form == "below" || l.Form == "above" }

// Asks says what a finding under the line must bring: "ratio" (Of and Per),
// "count", or "" where the ledgers say it all.
func (l *Line) Asks() string {
	switch {
	case l.ratio() && len(l.Of) == 0:
		return "ratio"
	case l.Method == "ledger" || l.ratio():
		return ""
	}
	return "count"
}

// Find returns the indicator of that code.
func (s *Standard) Find(code string) (*Indicator, bool) {
	for i := range s.Domains {
		for j := range s.Domains[i].Indicators {
			if s.Domains[i].Indicators[j].Code == code {
				return &s.Domains[i].Indicators[j], true
			}
		}
	}
	return nil, false
}

// Place returns the line with that id and the indicator it stands in.
func (s *Standard) Place(id string) (*Line, *Indicator, bool) {
	for i := range s.Domains {
		for j := range s.Domains[i].Indicators {
			ind := &s.Domains[i].Indicators[j]
			for k := range ind.Lines {
				if ind.Lines[k].ID == id {
					return &ind.Lines[k], ind, true
				}
			}
		}
	}
	return nil, nil, false
}

// LineOf returns the line with that id.
func (s *Standard) LineOf(id string) (*Line, bool) {
	l, ok := s.lines[id]
	return l, ok
}

// Facts lists every measure the standard asks for, each once.
func (s *Standard) Facts() []Fact {
	var list []Fact
	for _, d := range s.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				for _, f := range slices.Concat(l.Count, l.Of, l.Per) {
					if !slices.Contains(list, f) {
						list = append(list, f)
					}
				}
			}
		}
	}
	return list
}

// FactsByPeriod parts the measures that some line compares month by month, whichever
// ledger it asks, from those that are only asked for over the whole window.
func (s *Standard) FactsByPeriod() (monthly, window []Fact) {
	compared := map[string]bool{}
	for _, d := range s.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				for _, f := range slices.Concat(l.Of, l.Per) {
					compared[f.Measure] = compared[f.Measure] || l.Period != ""
				}
			}
		}
	}
	for _, f := range s.Facts() {
		if compared[f.Measure] {
			monthly = append(monthly, f)
		} else {
			window = append(window, f)
		}
	}
	return monthly, window
}

// Asker is a line that asks for a fact, with the indicator it stands in.
type Asker struct {
	Indicator *Indicator
	Line      *Line
}

// Asking lists the lines that ask for a fact, in the standard's order.
func (s *Standard) Asking(f Fact) []Asker {
	var list []Asker
	for _, d := range s.Domains {
		for i := range d.Indicators {
			ind := &d.Indicators[i]
			for j := range ind.Lines {
				if l := &ind.Lines[j]; slices.Contains(slices.Concat(l.Count, l.Of, l.Per), f) {
					list = append(list, Asker{ind, l})
				}
			}
		}
	}
	return list
}

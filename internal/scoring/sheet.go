package scoring

import "taizhang/internal/fault"

// Ref leads from a lost point to what lost it.
type Ref struct {
	Kind string `json:"kind"` // entry, duty, finding
	ID   string `json:"id"`
	Day  string `json:"day,omitempty"`
}

// DayFact is one measure of one ledger on one day.
type DayFact struct {
	Ledger  string  `json:"ledger"`
	Measure string  `json:"measure"`
	Day     string  `json:"day"`
	Value   Decimal `json:"value"`
	Refs    []Ref   `json:"refs,omitempty"`
}

// Finding of an inspection, under the line it falls under.
type Finding struct {
	ID    string `json:"id"`
	Line  string `json:"line"`
	Day   string `json:"day"`
	Count int    `json:"count"`
	Note  string `json:"note"`
	// Event is the same for findings that speak of one event: it counts once.
	Event string `json:"event,omitempty"`
	// Of and Per are what a ratio's finding measured: 17 of 20 drawn. Its Count is 1.
	Of  *Decimal `json:"of,omitempty"`
	Per *Decimal `json:"per,omitempty"`
	// Subject is whom or what the finding is about, where its line caps by subject.
	Subject string `json:"subject,omitempty"`
}

// Exclusion takes an indicator out, by an approved decision that it does not apply
// to this unit.
type Exclusion struct {
	Indicator string `json:"indicator"`
	Decision  string `json:"decision"`
}

// Override sets what one line costs, by a decision of two persons. There is none of
// a total (R56).
type Override struct {
	ID     string  `json:"id"`
	Line   string  `json:"line"`
	Amount Decimal `json:"amount"`
	Reason string  `json:"reason"`
}

// Carry is what a re-check takes over of its cycle's look-back (R88). A waived
// look-back carries 0 and says so.
type Carry struct {
	Rate       Decimal `json:"rate"`
	Deductions Decimal `json:"deductions"`       // of the look-back: its points − its score
	Sheet      string  `json:"sheet,omitempty"`  // of the look-back
	Waived     string  `json:"waived,omitempty"` // the reason
}

// Input of one evaluation.
type Input struct {
	From     string    `json:"from"` // days, both included
	To       string    `json:"to"`
	Labour   bool      `json:"labour"`
	Facts    []DayFact `json:"facts"`
	Findings []Finding `json:"findings"`

	Exclusions []Exclusion `json:"exclusions,omitempty"` // at most one an indicator
	Overrides  []Override  `json:"overrides,omitempty"`  // at most one a line
	Carry      *Carry      `json:"carry,omitempty"`

	// Met are lines that a team looked at on site and found nothing at.
	Met []string `json:"met,omitempty"`
}

// Sheet is the explained score: its losses, Rescaled and Carry sum to points − score.
type Sheet struct {
	Standard string  `json:"standard"`
	Version  int     `json:"version"`
	From     string  `json:"from"`
	To       string  `json:"to"`
	Policy   string  `json:"policy"`
	Points   Decimal `json:"points"`
	Applies  Decimal `json:"applicable_points"`
	Deducted Decimal `json:"deducted"`
	// Rescaled is what the score loses besides, because indicators do not apply and
	// the rest stands for the whole (折算); 0 where all apply or the policy is full marks.
	Rescaled Decimal       `json:"rescaled"`
	Score    Decimal       `json:"score"`   // exact
	Display  string        `json:"display"` // half up, at as many decimals as the standard says
	Line     Decimal       `json:"line"`
	Passes   bool          `json:"passes"`
	Carry    *CarryScore   `json:"carry,omitempty"`
	Vetoes   []string      `json:"former_vetoes"` // ⊘ indicators that lost points: for the first page, no force
	Domains  []DomainScore `json:"domains"`
}

// CarryScore is the leaf of the carry. Its Deducted is less than the rate's share only
// where the score would fall below 0.
type CarryScore struct {
	Carry
	Own      Decimal `json:"own"` // the score without it
	Raw      Decimal `json:"raw"`
	Deducted Decimal `json:"deducted"`
}

// DomainScore of a sheet.
type DomainScore struct {
	ID         string           `json:"id"`
	Title      fault.Text       `json:"title"`
	Points     Decimal          `json:"points"`
	Deducted   Decimal          `json:"deducted"`
	Score      Decimal          `json:"score"`
	Indicators []IndicatorScore `json:"indicators"`
}

// IndicatorScore of a domain.
type IndicatorScore struct {
	Code       string      `json:"code"`
	Title      fault.Text  `json:"title"`
	Points     Decimal     `json:"points"`
	FormerVeto bool        `json:"former_veto,omitempty"`
	Applies    bool        `json:"applies"`
	Decision   string      `json:"decision,omitempty"` // by which it does not
	Deducted   Decimal     `json:"deducted"`
	OverCap    Decimal     `json:"over_cap"`
	Score      Decimal     `json:"score"`
	Criteria   fault.Text  `json:"criteria"`
	Ledgers    []string    `json:"ledgers"`
	Lines      []LineScore `json:"lines"`
}

// The states of a line.
const (
	Counted       = "counted"        // facts were there, or findings
	NotChecked    = "not_checked"    // on site, nobody looked yet: full marks stand
	Met           = "met"            // on site, a team looked and found nothing
	NotApplicable = "not_applicable" // nothing was due
)

// LineScore of an indicator. Value is what was compared (a ratio in percent or
// a count), Losses what it cost.
type LineScore struct {
	ID       string     `json:"id"`
	Title    fault.Text `json:"title"`
	Form     string     `json:"form"`
	Method   string     `json:"method"`
	State    string     `json:"state"`
	Of       *Decimal   `json:"of,omitempty"`
	Per      *Decimal   `json:"per,omitempty"`
	Target   *Decimal   `json:"target,omitempty"`
	Month    string     `json:"month,omitempty"` // the worst, where months are compared
	Deducted Decimal    `json:"deducted"`
	Losses   []Loss     `json:"losses"`
	// Override stands where a decision of two persons replaced what was worked out.
	Override *OverrideScore `json:"override,omitempty"`
}

// OverrideScore keeps the computed value beside the decided one.
type OverrideScore struct {
	ID       string  `json:"id"`
	Reason   string  `json:"reason"`
	Amount   Decimal `json:"amount"`
	Computed Decimal `json:"computed"` // before the caps of part and indicator
	Losses   []Loss  `json:"losses"`   // what was worked out; none of it counts
}

// Loss is one leaf: what was lost and by what.
type Loss struct {
	Raw       Decimal `json:"raw"`      // before caps
	Deducted  Decimal `json:"deducted"` // after caps
	Day       string  `json:"day,omitempty"`
	CountedIn string  `json:"counted_in,omitempty"` // the line that took the same event
	Note      string  `json:"note,omitempty"`
	Subject   string  `json:"subject,omitempty"`
	Refs      []Ref   `json:"refs"`
}

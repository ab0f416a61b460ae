package catalog

import (
	"time"
	"unicode"

	"taizhang/internal/fault"
)

// Gate is the five answers without which nothing is added (增, catalogue 1.5).
type Gate struct {
	Basis    string  `json:"basis"`    // G1 a named legal basis or rule
	Purpose  string  `json:"purpose"`  // G2 needed as enforcement evidence or for safety
	NoOther  string  `json:"no_other"` // G3 why no existing field or system can hold it
	Minutes  int     `json:"minutes"`  // G4 estimated per entry
	PerMonth int     `json:"per_month"`
	Savings  []Spare `json:"savings"` // G4 an equal or larger saving named elsewhere
	ReviewOn string  `json:"review_on"`
}

// Spare is a saving: so many minutes a month in a ledger.
type Spare struct {
	Ledger  string `json:"ledger"`
	Minutes int    `json:"minutes"`
	How     string `json:"how"`
}

// Cost in minutes a month and area.
func (g Gate) Cost() int { return g.Minutes * g.PerMonth }

// Saved in minutes a month and area.
func (g Gate) Saved() int {
	sum := 0
	for _, s := range g.Savings {
		sum += s.Minutes
	}
	return sum
}

// gateTexts say for each test what is missing.
var gateTexts = map[string]fault.Text{
	"basis":         {ZH: "G1：请写明法律法规或制度依据的名称和条款", EN: "G1: name the law or rule, with its article"},
	"purpose":       {ZH: "G2：请说明为何是执法证据或安全所必需", EN: "G2: say why it is needed as evidence of enforcement or for safety"},
	"no_other":      {ZH: "G3：请说明为何现有台账字段或业务系统都不能承载", EN: "G3: say why no existing field or system can hold it"},
	"overlap":       {ZH: "G3：与现有字段重复，请改用共享，不得新设", EN: "G3: an existing field holds this already; share it instead"},
	"minutes":       {ZH: "G4：请填写每条所需分钟数和每月条数", EN: "G4: state the minutes per entry and the entries per month"},
	"savings":       {ZH: "G4：节省的分钟数不得少于新增的分钟数", EN: "G4: the saving must not be smaller than what is added"},
	"savings_where": {ZH: "G4：请写明在哪个现有台账、如何节省", EN: "G4: say in which existing ledger and how it is saved"},
	"savings_own":   {ZH: "G4：节省须在另一个台账，不能在增设的台账本身", EN: "G4: the saving lies in another ledger, not in the one that is added to"},
	"approved_by":   {ZH: "G5：请写明由监狱以上哪一级批准", EN: "G5: say who above the prisons approved it"},
	"review_on":     {ZH: "G5：复核日期须在今后 12 个月之内", EN: "G5: the review date lies within the next twelve months"},
}

// AskedAlready is what fails without any answer: another type asks for this fact.
func AskedAlready(at string) fault.Field {
	return fault.Field{Pointer: at, Code: "gate:overlap", Text: gateTexts["overlap"]}
}

// Check lists the tests the answers fail, each with its pointer below at;
// today is YYYY-MM-DD, known says which ledgers there are, overlaps are those of
// what is to be added.
func (g Gate) Check(at, today string, known func(string) bool, overlaps []Overlap) []fault.Field {
	var failed []fault.Field
	want := func(ok bool, field, test string) {
		if !ok {
			failed = append(failed, fault.Field{Pointer: at + "/" + field, Code: "gate:" + test, Text: gateTexts[test]})
		}
	}
	want(said(g.Basis), "basis", "basis")
	want(said(g.Purpose), "purpose", "purpose")
	want(said(g.NoOther), "no_other", "no_other")
	want(len(overlaps) == 0, "no_other", "overlap")
	want(g.Minutes > 0 && g.PerMonth > 0 && g.Minutes <= 24*60 && g.PerMonth <= 10000, "minutes", "minutes")
	for _, s := range g.Savings {
		want(known(s.Ledger) && said(s.How) && s.Minutes > 0, "savings", "savings_where")
	}
	want(g.Saved() >= g.Cost(), "savings", "savings")
	now, _ := time.Parse(time.DateOnly, today)
	review, err := time.Parse(time.DateOnly, g.ReviewOn)
	want(err == nil && review.After(now) && !review.After(now.AddDate(1, 0, 0)), "review_on", "review_on")
	return failed
}

// said asks for more than a gesture: four characters that can be read.
func said(s string) bool {
	n := 0
	for _, r := range s {
		if Visible(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			n++
		}
	}
	return n >= 4
}

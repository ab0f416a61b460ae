package catalog

import (
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// Overlap is a fact that two types ask for.
type Overlap struct {
	Ledger string     `json:"ledger"` // the other type
	Title  fault.Text `json:"title"`
	Field  string     `json:"field"` // stable id in the type looked at
	Own    string     `json:"own"`   // its title there; "" in reports older than it
	Other  string     `json:"other"` // stable id in the other one
	// Score in thousandths, from 0 to 1000; what lies below the threshold is not listed.
	Score   int      `json:"score"`
	Reasons []string `json:"reasons"` // name, title, choices, unit, ledger
	Text    string   `json:"text"`    // the field's title as the other type writes it
}

// overlapThreshold is where two fields are called the same fact: alike in what
// they are called and in what they take.
const overlapThreshold = 700

// loose is the likeness of two fields of one title of which one offers a choice;
// counted of those of which one takes a number: that names what is counted.
const (
	loose   = 800
	counted = certainty
)

// everywhere is what every ledger asks of itself: when, who, of whom, its proof
// and its flags. Asking for them in two ledgers asks for two different things.
var everywhere = []string{"date", "date-time", "evidence", "police", "inmate", "boolean"}

// shortText is a text under a title too short to tell what it is of: 说明, 备注.
func shortText(f Held) bool {
	return takes(f) == "string" && len([]rune(fold(titleOf(f.node).ZH))) <= 2
}

// Overlaps finds the fields of t that the other types already ask for, the
// most alike first. Fields that are shared or computed are asked of nobody.
func Overlaps(t *Type, others []*Type) []Overlap {
	var list []Overlap
	mine := telling(t)
	for _, o := range others {
		if o.ID == t.ID {
			continue
		}
		for _, theirs := range telling(o) {
			for _, f := range mine {
				if score, why := alike(f, theirs); score >= overlapThreshold {
					list = append(list, Overlap{Ledger: o.ID, Title: o.Title, Field: f.ID, Own: titleOf(f.node).ZH, Other: theirs.ID, Score: score, Reasons: why, Text: titleOf(theirs.node).ZH})
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b Overlap) int {
		if a.Score != b.Score {
			return b.Score - a.Score
		}
		return strings.Compare(a.Ledger+a.Field+a.Other, b.Ledger+b.Field+b.Other)
	})
	return list
}

// copied marks the likenesses to a ledger that t resembles in most of what tells it,
// and in three fields at least: whoever rewords each field a little has the same ledger.
func copied(t *Type, list []Overlap) {
	resembling := map[string]map[string]bool{}
	for _, o := range list {
		if resembling[o.Ledger] == nil {
			resembling[o.Ledger] = map[string]bool{}
		}
		resembling[o.Ledger][o.Field] = true
	}
	all := len(telling(t))
	for i, o := range list {
		if n := len(resembling[o.Ledger]); n >= 3 && 2*n > all {
			list[i].Reasons = append(list[i].Reasons, "ledger")
		}
	}
}

// Asked is what a ledger asks for though others do too.
type Asked struct {
	Ledger   string    `json:"ledger"`
	Overlaps []Overlap `json:"overlaps"`
}

// AskedTwice lists what the ledgers in force ask for twice. It is worked out once for
// each state of the catalogue; the answer is not to be changed.
func (c *Catalog) AskedTwice() []Asked {
	if now := c.contents(); now.twice != nil {
		return now.twice()
	}
	return nil
}

func (n *contents) askedTwice() []Asked {
	var list []Asked
	for _, t := range n.current {
		if o := Overlaps(t, n.current); len(o) > 0 {
			list = append(list, Asked{t.ID, o})
		}
	}
	return list
}

// asked lists what an officer types: no groups, rows, computed fields, nor those
// whose source can be served.
func asked(t *Type) []Held {
	return slices.DeleteFunc(t.Fields(), func(f Held) bool {
		items, _ := f.node["items"].(map[string]any)
		return f.node["readOnly"] == true || f.node["type"] == "object" || items["properties"] != nil || t.shared[f.Pointer]
	})
}

func telling(t *Type) []Held {
	return slices.DeleteFunc(asked(t), func(f Held) bool { return slices.Contains(everywhere, takes(f)) })
}

// takes says what a field takes, more closely than its type.
func takes(f Held) string {
	ui, _ := f.node["x-ui"].(map[string]any)
	if l, _ := ui["lookup"].(string); l != "" {
		return l
	}
	if ui["widget"] == "evidence" {
		return "evidence"
	}
	if format, _ := f.node["format"].(string); format != "" {
		return format
	}
	if len(options(f.node)) > 0 {
		return "choice"
	}
	kind, _ := f.node["type"].(string)
	return kind
}

// sort is what takes says, whole numbers and others in one: a count is the same
// count with a decimal point.
func sort(f Held) string {
	if k := takes(f); k != "integer" {
		return k
	}
	return "number"
}

// alike weighs what two fields are called and what they take. A name or title
// alone is not enough where they take different things.
func alike(a, b Held) (score int, why []string) {
	mine, theirs := fold(titleOf(a.node).ZH), fold(titleOf(b.node).ZH)
	if sort(a) != sort(b) {
		switch {
		case mine != theirs:
			return 0, nil
		case sort(a) == "number" && sort(b) == "string", sort(a) == "string" && sort(b) == "number":
			return counted, []string{"title"}
		// The same fact asked for as a choice and in words.
		case textual(a) && textual(b) && !shortText(a) && !shortText(b):
			return loose, []string{"title"}
		}
		return 0, nil
	}
	if shortText(a) || shortText(b) {
		return 0, nil
	}
	title := dice(pairs(mine), pairs(theirs))
	name := 0
	if bare(a) == bare(b) {
		name = 1000
	} else {
		name = dice(words(bare(a)), words(bare(b)))
	}
	calling := max(title, name)
	if title >= overlapThreshold {
		why = append(why, "title")
	}
	if name >= overlapThreshold {
		why = append(why, "name")
	}
	if sort(a) == "choice" {
		choice := dice(options(a.node), options(b.node))
		if choice >= overlapThreshold {
			why = append(why, "choices")
		}
		// The same options under names not quite unlike are the same fact; the same
		// name over other options is another one.
		if len(options(a.node)) >= 3 && choice == 1000 && calling >= 300 {
			return 900 + calling/10, why
		}
		return (calling + choice) / 2, why
	}
	unitA, unitB := unit(a), unit(b)
	switch {
	case unitA == unitB && unitA != "":
		why = append(why, "unit")
		calling = min(1000, calling+50)
	// Without a unit, or in hours for minutes, it is still the same.
	case unitA != unitB && measure(unitA) != measure(unitB) && unitA != "" && unitB != "":
		calling -= 200
	}
	return calling, why
}

func textual(f Held) bool { return slices.Contains([]string{"choice", "string"}, takes(f)) }

func bare(f Held) string { return strings.ToLower(f.ID[strings.LastIndexByte(f.ID, '.')+1:]) }

func unit(f Held) string {
	u, _ := f.node["x-unit"].(map[string]any)
	s, _ := u["zh"].(string)
	return s
}

// measures are the units of which one is so many of another.
var measures = [][]string{{"秒", "分钟", "小时", "天"}, {"克", "千克", "公斤", "斤", "吨"}, {"毫米", "厘米", "米", "公里"}, {"元", "万元"}, {"毫升", "升"}}

// measure is what a unit measures, the unit itself where nothing else does.
func measure(unit string) string {
	for _, m := range measures {
		if slices.Contains(m, unit) {
			return m[0]
		}
	}
	return unit
}

// pairs of neighbouring characters: Chinese titles have no spaces.
func pairs(s string) []string {
	r := []rune(s)
	if len(r) < 2 {
		return []string{s}
	}
	var list []string
	for i := range len(r) - 1 {
		list = append(list, string(r[i:i+2]))
	}
	return list
}

func words(s string) []string { return strings.FieldsFunc(s, func(r rune) bool { return r == '_' }) }

// dice is Sørensen and Dice's likeness of two lists, in thousandths.
func dice(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	rest, same := slices.Clone(b), 0
	for _, x := range a {
		if i := slices.Index(rest, x); i >= 0 {
			rest, same = slices.Delete(rest, i, i+1), same+1
		}
	}
	return 2000 * same / (len(a) + len(b))
}

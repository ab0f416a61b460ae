package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// Register is what became of every ledger kept on paper (catalogue of the
// field, section 1): schemas/consolidation/register.json.
type Register struct {
	Systems  []OutsideSystem `json:"systems"`
	Expected Totals          `json:"expected"`
	Legacy   []Legacy        `json:"legacy"`
	Added    []Addition      `json:"additions"`
	Rulings  []Ruling        `json:"rulings"`
}

// OutsideSystem is a business system that records something already.
type OutsideSystem struct {
	ID    string     `json:"id"` // ext:…
	Title fault.Text `json:"title"`
}

// Totals is the summary table (1.6), by disposition.
type Totals struct {
	Ordinary   map[string]int `json:"ordinary"`
	Functional map[string]int `json:"functional"`
	Additions  int            `json:"additions"`
	// Contested counts the ledgers that had two owners or none.
	Contested int `json:"contested_or_unclear"`
}

// Legacy is one ledger kept on paper.
type Legacy struct {
	No          string     `json:"no"` // PL-01 … FL-16
	Title       fault.Text `json:"title"`
	Aliases     []string   `json:"aliases,omitempty"`
	Area        string     `json:"area"`      // ordinary, or the function
	Ownership   string     `json:"ownership"` // one, contested, unclear, self_set
	Owners      []string   `json:"owners"`    // as they were called
	Cadence     string     `json:"cadence"`
	Disposition string     `json:"disposition"` // keep delete reduce transfer merge share
	Target      string     `json:"target"`      // ledger, ext: system, or ""
	Lands       []Landing  `json:"lands"`
	Reads       []Landing  `json:"reads,omitempty"` // share: the fields that take from it, so that nobody writes it again
	Reason      fault.Text `json:"reason"`
	Ruling      string     `json:"ruling,omitempty"`
	Answer      fault.Text `json:"answer,omitzero"` // to who kept it; made by Answered
}

// Landing is the field, or the choice of a field, that receives what was kept.
type Landing struct {
	Ledger string `json:"ledger"`
	Field  string `json:"field"` // stable id
	Value  string `json:"value,omitempty"`
}

// Addition passed the gate (1.5): a type, a field or a block. The five of the
// catalogue came with the consolidation; its text gives their basis and purpose,
// and no minutes. What is shipped after it has to answer in full (Refused).
type Addition struct {
	No      string     `json:"no"`
	Title   fault.Text `json:"title"`
	Owner   string     `json:"owner"`
	Cadence string     `json:"cadence"`
	Target  string     `json:"target"`
	Form    string     `json:"form"`              // type, field, block
	Version int        `json:"version,omitempty"` // of the target that brought it; 0: the first
	Lands   []Landing  `json:"lands"`
	Gate    Answers    `json:"gate"`
	Reason  fault.Text `json:"reason"`
}

// Ruling settled who owns what several claimed, or nobody (1.4).
type Ruling struct {
	ID      string     `json:"id"`
	Claimed []string   `json:"claimed"`
	Owner   string     `json:"owner"`
	Subject fault.Text `json:"subject"`
	Ground  fault.Text `json:"ground"`
}

// LoadRegister reads the register of a folder laid out as schemas/ is.
func LoadRegister(fsys fs.FS) (*Register, error) {
	raw, err := fs.ReadFile(fsys, "consolidation/register.json")
	if err != nil {
		return nil, fmt.Errorf("consolidation: %w", err)
	}
	r := &Register{}
	if err := strict(raw, r); err != nil {
		return nil, fmt.Errorf("consolidation: %w", err)
	}
	return r, nil
}

// dispositions and whether each has a target, and lands in a ledger's fields.
var dispositions = map[string]struct{ target, lands bool }{
	"keep": {true, true}, "reduce": {true, true}, "merge": {true, true}, "share": {true, true}, "transfer": {true, false}, "delete": {false, false},
}

// Count adds the register up as its summary table does.
func (r *Register) Count() Totals {
	t := Totals{Ordinary: map[string]int{}, Functional: map[string]int{}, Additions: len(r.Added)}
	for kind := range dispositions {
		t.Ordinary[kind], t.Functional[kind] = 0, 0
	}
	for _, l := range r.Legacy {
		if l.Area == "ordinary" {
			t.Ordinary[l.Disposition]++
		} else {
			t.Functional[l.Disposition]++
		}
		if l.Ownership == "contested" || l.Ownership == "unclear" {
			t.Contested++
		}
	}
	return t
}

// Fewer is how many ledgers an ordinary area keeps less: those that are no
// longer kept by themselves, less those that were added as a type (R18).
func (r *Register) Fewer() int {
	n := 0
	for _, l := range r.Legacy {
		if l.Area == "ordinary" && l.Disposition != "keep" && l.Disposition != "reduce" {
			n++
		}
	}
	for _, a := range r.Added {
		if a.Form == "type" {
			n--
		}
	}
	return n
}

// legacyAreas are the kinds of area that kept a ledger on paper.
var legacyAreas = []string{"ordinary", "strict", "admission", "release", "hospital", "kitchen", "visit_centre"}

// Check proves the register against the catalogue; every mistake has the
// pointer of its place.
func (r *Register) Check(c *Catalog) []fault.Field {
	p := &problems{}
	seen, numbers := map[string]string{}, map[string]bool{}
	systems := map[string]bool{}
	for _, s := range r.Systems {
		systems[s.ID] = true
	}
	rulings, owners := map[string]string{}, map[string]bool{}
	for i, ru := range r.Rulings {
		rulings[ru.ID] = ru.Owner
		if !slices.ContainsFunc(r.Legacy, func(l Legacy) bool { return l.Ruling == ru.ID }) {
			p.add(fmt.Sprintf("/rulings/%d", i), "ruling", "裁定 %s 没有用于任何旧台账", ru.ID)
		}
		if !strings.HasPrefix(ru.Owner, "dept_") || ru.Ground.ZH == "" || len(ru.Claimed) < 2 {
			p.add(fmt.Sprintf("/rulings/%d", i), "ruling", "裁定 %s 须有一个归属部门、理由和争议各方", ru.ID)
		}
	}
	for i, l := range r.Legacy {
		at := fmt.Sprintf("/legacy/%d", i)
		if numbers[l.No] {
			p.add(at+"/no", "again", "%s：一种旧台账只能有一个处置方式", l.No)
		}
		numbers[l.No] = true
		for _, name := range append([]string{l.No, l.Title.ZH}, l.Aliases...) {
			if other, twice := seen[name]; twice && other != l.No {
				p.add(at, "twice", "%s 与 %s 同名：%s", l.No, other, name)
			}
			seen[name] = l.No
		}
		d, known := dispositions[l.Disposition]
		switch {
		case !known:
			p.add(at+"/disposition", "disposition", "%s：没有处置方式 %s", l.No, l.Disposition)
		case d.target != (l.Target != ""):
			p.add(at+"/target", "target", "%s：处置方式 %s 的去向不对", l.No, l.Disposition)
		case l.Disposition == "transfer" && !systems[l.Target] && c.Current(l.Target) == nil:
			p.add(at+"/target", "target", "%s：没有系统 %s", l.No, l.Target)
		case d.lands && c.Current(l.Target) == nil:
			p.add(at+"/target", "target", "%s：没有台账 %s", l.No, l.Target)
		case d.lands && len(l.Lands) == 0:
			p.add(at+"/lands", "lands", "%s：没有写明落到 %s 的哪个字段", l.No, l.Target)
		case l.Target == "" && len(l.Lands) > 0:
			p.add(at+"/lands", "lands", "%s：删除的不落到任何字段", l.No)
		}
		if !slices.Contains(cadences, l.Cadence) || !slices.Contains(legacyAreas, l.Area) {
			p.add(at, "words", "%s：没有这种周期或监区类别：%s %s", l.No, l.Cadence, l.Area)
		}
		for _, o := range l.Owners {
			owners[o] = true
		}
		if l.Reason.ZH == "" || l.Reason.EN == "" || l.Title.ZH == "" || l.Title.EN == "" || len(l.Owners) == 0 {
			p.add(at, "words", "%s：须有名称、理由和原归属", l.No)
		}
		contested := (l.Ownership == "contested" || l.Ownership == "unclear") && l.Disposition != "delete"
		if t := c.Current(l.Target); (contested || l.Ruling != "") && t != nil && rulings[l.Ruling] != t.Owner {
			p.add(at+"/ruling", "ruling", "%s：归属不清，须有裁定，且裁定的部门须为 %s 的归属部门", l.No, l.Target)
		}
		for j, land := range l.Lands {
			// What went to another system is only shown where it lands.
			if elsewhere := land.Ledger != l.Target; elsewhere && d.target && !systems[l.Target] {
				p.add(fmt.Sprintf("%s/lands/%d", at, j), "lands", "%s：去向是 %s，不能落到 %s", l.No, l.Target, land.Ledger)
			}
			land.check(c, fmt.Sprintf("%s/lands/%d", at, j), l.No, p)
		}
		if (l.Disposition == "share") != (len(l.Reads) > 0) {
			p.add(at+"/reads", "reads", "%s：共享的（只有共享的）须写明哪些字段引用 %s", l.No, l.Target)
		}
		for j, r := range l.Reads {
			t := c.Current(r.Ledger)
			if r.check(c, fmt.Sprintf("%s/reads/%d", at, j), l.No, p); t != nil && !t.Reads(r.Field, l.Target) {
				p.add(fmt.Sprintf("%s/reads/%d", at, j), "reads", "%s：%s 的字段 %s 并不引用 %s", l.No, r.Ledger, r.Field, l.Target)
			}
		}
	}
	for i, a := range r.Added {
		at := fmt.Sprintf("/additions/%d", i)
		if a.Gate.Basis.ZH == "" || a.Gate.Purpose.ZH == "" || a.Owner == "" || !slices.Contains([]string{"type", "field", "block"}, a.Form) || len(a.Lands) == 0 {
			p.add(at, "gate", "%s：增设须有依据、用途、归属和落点", a.No)
		}
		if c.Current(a.Target) == nil || !owners[a.Owner] {
			p.add(at, "target", "%s：没有台账 %s 或部门 %s", a.No, a.Target, a.Owner)
		}
		for j, land := range a.Lands {
			if land.Ledger != a.Target {
				p.add(fmt.Sprintf("%s/lands/%d", at, j), "lands", "%s：去向是 %s，不能落到 %s", a.No, a.Target, land.Ledger)
			}
			land.check(c, fmt.Sprintf("%s/lands/%d", at, j), a.No, p)
		}
	}
	// What an empty database would refuse.
	refused, err := r.Refused(c, nil)
	if err != nil {
		p.add("", "unreadable", "%v", err)
	}
	p.fields = append(p.fields, refused...)
	if got, want := fmt.Sprint(r.Count()), fmt.Sprint(r.Expected); got != want {
		p.add("/expected", "totals", "合计不符：实为 %s，应为 %s", got, want)
	}
	return p.fields
}

func (land Landing) check(c *Catalog, at, no string, p *problems) {
	t := c.Current(land.Ledger)
	if t == nil {
		p.add(at, "lands", "%s：没有台账 %s", no, land.Ledger)
		return
	}
	for _, f := range t.Fields() {
		if f.ID != land.Field {
			continue
		}
		if land.Value != "" && !slices.Contains(options(f.node), `"`+land.Value+`"`) {
			p.add(at, "lands", "%s：%s 的字段 %s 没有选项 %s", no, land.Ledger, land.Field, land.Value)
		}
		return
	}
	p.add(at, "lands", "%s：%s 没有字段 %s", no, land.Ledger, land.Field)
}

// Answered is the legacy ledgers with the answer to who kept them: where did it
// go, and what to do now.
func (r *Register) Answered(c *Catalog) []Legacy {
	list := slices.Clone(r.Legacy)
	for i := range list {
		list[i].Answer = r.answer(list[i], c)
	}
	return list
}

func (r *Register) answer(l Legacy, c *Catalog) fault.Text {
	target := fault.Text{ZH: l.Target, EN: l.Target}
	if t := c.Current(l.Target); t != nil {
		target = t.Title
	} else if e, gone := c.End(l.Target); gone {
		return e.Notice
	}
	for _, s := range r.Systems {
		if s.ID == l.Target {
			target = s.Title
		}
	}
	zh, en := named(l.Lands, c)
	switch l.Disposition {
	case "keep":
		return fault.Text{ZH: "继续填报，改为电子台账“" + target.ZH + "”。", EN: "Keep filling it, now electronically: “" + target.EN + "”."}
	case "reduce":
		return fault.Text{ZH: "减少内容后在“" + target.ZH + "”中填" + zh + "。", EN: "Less of it, in “" + target.EN + "”: " + en + "."}
	case "merge":
		return fault.Text{ZH: "不再单独填写；填“" + target.ZH + "”时写在" + zh + "。", EN: "No longer by itself; in “" + target.EN + "” it is " + en + "."}
	case "share":
		byZH, byEN := readers(l.Reads, c)
		return fault.Text{ZH: "不再重复登记；在“" + target.ZH + "”登记一次（" + zh + "），由" + byZH + "引用。", EN: "Not twice; entered once in “" + target.EN + "” (" + en + ") and read by " + byEN + "."}
	case "transfer":
		return fault.Text{ZH: "不再填写；由“" + target.ZH + "”记录。", EN: "No longer filled; “" + target.EN + "” records it."}
	}
	return fault.Text{ZH: "不再填写。" + l.Reason.ZH + "。", EN: "No longer kept. " + l.Reason.EN + "."}
}

// readers names the ledgers and the fields that take from another.
func readers(list []Landing, c *Catalog) (zh, en string) {
	var inZH, inEN []string
	for _, r := range list {
		if t := c.Current(r.Ledger); t != nil {
			fieldZH, fieldEN := named([]Landing{r}, c)
			inZH, inEN = append(inZH, "“"+t.Title.ZH+"”的"+fieldZH), append(inEN, fieldEN+" of “"+t.Title.In("en")+"”")
		}
	}
	return strings.Join(inZH, "、"), strings.Join(inEN, ", ")
}

// named names the fields and choices in words.
func named(list []Landing, c *Catalog) (zh, en string) {
	var inZH, inEN []string
	for _, land := range list {
		t := c.Current(land.Ledger)
		if t == nil {
			continue
		}
		for _, f := range t.Fields() {
			if f.ID != land.Field {
				continue
			}
			w := titleOf(f.node)
			if land.Value != "" {
				w = display(f.node, land.Value)
			}
			inZH, inEN = append(inZH, "“"+w.ZH+"”"), append(inEN, "“"+w.In("en")+"”")
		}
	}
	return strings.Join(inZH, "、"), strings.Join(inEN, ", ")
}

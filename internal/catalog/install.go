package catalog

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"taizhang/internal/fault"
)

// Answers are those that an addition gave at the gate before it came into the
// files: its five tests as in Gate, on the day it was decided, and by whom above
// the prisons.
type Answers struct {
	Basis      fault.Text `json:"basis"`
	Purpose    fault.Text `json:"purpose"`
	NoOther    fault.Text `json:"no_other,omitzero"`
	Minutes    int        `json:"minutes,omitempty"`
	PerMonth   int        `json:"per_month,omitempty"`
	Savings    []Spare    `json:"savings,omitempty"`
	ReviewOn   string     `json:"review_on,omitempty"`
	DecidedOn  string     `json:"decided_on,omitempty"` // YYYY-MM-DD
	ApprovedBy string     `json:"approved_by,omitempty"`
}

func (a Answers) check(at string, known func(string) bool, overlaps []Overlap) []fault.Field {
	g := Gate{Basis: a.Basis.ZH, Purpose: a.Purpose.ZH, NoOther: a.NoOther.ZH, Minutes: a.Minutes, PerMonth: a.PerMonth, Savings: a.Savings, ReviewOn: a.ReviewOn}
	failed := g.Check(at, a.DecidedOn, known, overlaps)
	if !said(a.ApprovedBy) {
		failed = append(failed, fault.Field{Pointer: at + "/approved_by", Code: "gate:approved_by", Text: gateTexts["approved_by"]})
	}
	return failed
}

// Refused says which versions in the files may not come into a database that has
// published others already: a ledger that no paper ledger became and that passed
// no gate, and a version that adds to the one before it without its gate. What is
// published stays, whatever the register says of it now.
func (r *Register) Refused(c *Catalog, published []Files) ([]fault.Field, error) {
	there := map[string]map[int]Files{}
	for _, f := range published {
		var head struct {
			ID      string `json:"id"`
			Version int    `json:"version"`
		}
		if err := json.Unmarshal(f.Definition, &head); err != nil {
			return nil, fmt.Errorf("a published version: %w", err)
		}
		if there[head.ID] == nil {
			there[head.ID] = map[int]Files{}
		}
		there[head.ID][head.Version] = f
	}
	p := &problems{}
	for _, id := range c.IDs() {
		var earlier []*Type
		for n := 1; n <= c.Versions(id)[len(c.Versions(id))-1].Version; n++ {
			if f, is := there[id][n]; is {
				t, err := c.compiled(f, true)
				if err != nil {
					return nil, err
				}
				earlier = append(earlier, t)
				continue
			}
			if t := c.Type(id, n); t != nil {
				r.admit(c, earlier, t, p)
				earlier = append(earlier, t)
			}
		}
	}
	return p.fields, nil
}

// Digest is of all that Refused looks at in the files.
func (r *Register) Digest(c *Catalog) ([32]byte, error) {
	h := sha256.New()
	for _, id := range c.IDs() {
		for _, t := range c.Versions(id) {
			h.Write(t.Digest[:])
		}
	}
	err := json.NewEncoder(h).Encode(r)
	return [32]byte(h.Sum(nil)), err
}

// admit asks of one version what it adds and whether that passed the gate; earlier
// are the versions before it, none of a new ledger.
func (r *Register) admit(c *Catalog, earlier []*Type, t *Type, p *problems) {
	var before *Type
	if len(earlier) > 0 {
		before = earlier[len(earlier)-1]
	}
	if before == nil && r.became(t.ID) {
		return
	}
	for _, f := range c.namesake(t) {
		say(t, f, p)
	}
	for _, f := range reused(t, earlier) {
		say(t, f, p)
	}
	overlaps := Certain(NewOverlaps(before, t, c.Types()))
	var adds []Change
	if before != nil {
		adds = slices.DeleteFunc(Compare(before, t), func(c Change) bool { return !c.Adds })
		if len(adds) == 0 && len(overlaps) > 0 {
			say(t, AskedAlready(""), p)
		}
		if len(adds) == 0 {
			return
		}
	}
	var passed []Addition
	for i, a := range r.Added {
		if a.Target == t.ID && max(1, a.Version) == t.Version && (before != nil || a.Form == "type") {
			passed = append(passed, a)
			for _, f := range a.Gate.check(fmt.Sprintf("/additions/%d/gate", i), func(id string) bool { return id != t.ID && c.Current(id) != nil }, overlaps) {
				say(t, f, p)
			}
		}
	}
	if len(passed) == 0 {
		say(t, fault.Field{Pointer: "/additions", Code: "orphan", Text: fault.Text{
			ZH: "不来自任何旧台账，也没有增设记录（五项把关 G1–G5），不予安装", EN: "no paper ledger became it and it has no record of the gate (G1–G5): not installed"}}, p)
		return
	}
	for _, ch := range adds {
		covered := ch.Field == "" || slices.ContainsFunc(passed, func(a Addition) bool {
			return slices.ContainsFunc(a.Lands, func(l Landing) bool { return l.Ledger == t.ID && l.Field == ch.Field })
		})
		if !covered {
			say(t, fault.Field{Pointer: "/additions", Code: "orphan", Text: fault.Text{
				ZH: "新字段“" + ch.Title.ZH + "”没有增设记录（五项把关 G1–G5），不予安装", EN: "the new field “" + ch.Title.In("en") + "” has no record of the gate (G1–G5): not installed"}}, p)
		}
	}
}

// say puts the name of the version before what is wrong with it.
func say(t *Type, f fault.Field, p *problems) {
	f.Text = fault.Text{ZH: fmt.Sprintf("台账“%s”（%s 第 %d 版）：%s", t.Title.ZH, t.ID, t.Version, f.Text.ZH),
		EN: fmt.Sprintf("“%s” (%s, version %d): %s", t.Title.In("en"), t.ID, t.Version, f.Text.In("en"))}
	p.fields = append(p.fields, f)
}

// became reports whether a paper ledger is kept as this one, or in it.
func (r *Register) became(id string) bool {
	return slices.ContainsFunc(r.Legacy, func(l Legacy) bool { return dispositions[l.Disposition].lands && l.Target == id })
}

// NotInstalled is the fault of what Refused found: nothing of the files came in.
func NotInstalled(refused []fault.Field) error {
	lines := ""
	for _, f := range refused {
		lines += "\n  " + f.Text.ZH
	}
	return fault.InvalidFields("install_refused", refused).Because(fmt.Errorf("文件中的台账不予安装，目录未作任何改动：%s", lines))
}

package proposal

import (
	"fmt"
	"slices"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

func field(pointer, zh, en string) fault.Field {
	return fault.Field{Pointer: pointer, Code: "proposal", Text: fault.Text{ZH: zh, EN: en}}
}

// minReason is how many characters say why the catalogue changes.
const minReason = 4

// wrong lists what must be put right before a dry run can be made.
func (s *Service) wrong(c Content, today string) []fault.Field {
	var bad []fault.Field
	want := func(ok bool, f fault.Field) {
		if !ok {
			bad = append(bad, f)
		}
	}
	_, known := ways[c.Kind]
	want(known, field("/kind", "没有这种操作", "There is no such operation"))
	current := s.Catalog.Current(c.Ledger)
	_, ended := s.Catalog.End(c.Ledger)
	switch c.Kind {
	case Add:
		want(current == nil && !ended, field("/ledger", "已有这个编号的台账", "A ledger of that id exists already"))
		want(slices.Contains(s.Departments(), s.department(c)), field("/definition/owner", "请选择归属部门", "Choose the owning department"))
	default:
		want(current != nil, field("/ledger", "没有这种台账，或已停用", "There is no such ledger, or it is no longer kept"))
	}
	want(seen(c.Reason) >= minReason, field("/reason", fmt.Sprintf("请说明理由，至少 %d 个字", minReason), fmt.Sprintf("Say why, in at least %d characters", minReason)))
	began, _ := catalog.Day(today)
	_, err := catalog.Day(c.On)
	switch {
	case catalog.DayFarOff(c.On, began.At):
		bad = append(bad, catalog.FarOff("/on"))
	case err != nil:
		want(false, field("/on", "请填写生效日期（年-月-日）", "State the day it takes effect (YYYY-MM-DD)"))
	case c.On < today:
		want(false, field("/on", "生效日期不得早于今天", "It cannot take effect before today"))
	}
	if c.ends() {
		want(!ledger.Blank(c.Notice.ZH) && (c.Notice.EN == "" || !ledger.Blank(c.Notice.EN)), field("/notice", "请写一句告知填报人的话：以后到哪里去办", "Write a line for those who fill: where to go from now on"))
		for _, u := range s.uses(c.Ledger, nil) {
			if (u.What == "source" || u.What == "trigger") && u.In != c.Ledger {
				bad = append(bad, field("/ledger", "“"+u.Title.ZH+"”还在引用这个台账，请先修改它", u.Title.EN+" still refers to this ledger; change that first"))
			}
		}
	}
	switch c.Kind {
	case Transfer:
		department := slices.Contains(s.Departments(), c.Target)
		want(department || s.Catalog.System(c.Target), field("/target", "请选择接收部门或业务系统", "Choose the department or the system that receives it"))
		want(c.Target != s.Access.Owner(c.Ledger), field("/target", "该部门已是归属部门", "That department owns it already"))
	case Merge, Share:
		target := s.Catalog.Current(c.Target)
		want(target != nil && c.Target != c.Ledger, field("/target", "请选择另一个在用的台账", "Choose another ledger that is kept"))
		if target == nil || current == nil {
			break
		}
		bad = append(bad, unmapped(c, current, target)...)
		if c.Kind == Share {
			kept := func(p catalog.Place) bool { return p.To != "" }
			want(slices.ContainsFunc(c.Map, kept), field("/map", "一个字段也不保留的不是“共”，请用“删”", "What keeps no field is not shared; propose to delete it"))
			want(slices.ContainsFunc(s.Catalog.Types(), func(t *catalog.Type) bool { return t.ID != c.Ledger && t.TakesFrom(c.Target) }),
				field("/target", "还没有台账取用“"+target.Title.ZH+"”的字段（共），请先在取用的台账里设置共享来源", "No ledger reads “"+target.Title.EN+"” yet; first give the one that needs it a shared field"))
		}
	}
	return bad
}

// seen counts the characters of a text that show something.
func seen(text string) int {
	n := 0
	for _, r := range text {
		if catalog.Visible(r) {
			n++
		}
	}
	return n
}

// unmapped names every field of a merged or shared ledger whose place is not told, and
// every place that cannot take it.
func unmapped(c Content, from, to *catalog.Type) []fault.Field {
	var bad []fault.Field
	had, there := map[string]catalog.Held{}, map[string]catalog.Held{}
	for _, f := range from.Fields() {
		had[f.ID] = f
	}
	for _, f := range to.Fields() {
		there[f.ID] = f
	}
	places, counted := map[string]string{}, map[string]string{}
	for _, p := range c.Map {
		f, is := had[p.From]
		_, twice := places[p.From]
		places[p.From] = p.To
		switch {
		case !is:
			bad = append(bad, field("/map/"+p.From, "原台账没有字段 "+p.From, "The ledger that is merged has no field "+p.From))
		case twice:
			bad = append(bad, field("/map/"+p.From, "“"+f.Title().ZH+"”只能写一次", "“"+f.Title().EN+"” is named once"))
		case p.To != "" && f.Counts() && there[p.To].Counts():
			if other, taken := counted[p.To]; taken {
				bad = append(bad, field("/map/"+p.From, "“"+f.Title().ZH+"”与“"+other+"”都是数字，不能并入同一个字段", "“"+f.Title().EN+"” and another number cannot become one field"))
			}
			counted[p.To] = f.Title().ZH
		}
	}
	for _, f := range from.Fields() {
		if f.Group() {
			continue
		}
		goal, told := places[f.ID]
		other, is := there[goal]
		switch {
		case !told:
			bad = append(bad, field("/map/"+f.ID, "请说明“"+f.Title().ZH+"”并入哪个字段，或不再保留", "Say where “"+f.Title().EN+"” goes, or that it is dropped"))
		case goal != "" && !is:
			bad = append(bad, field("/map/"+f.ID, "目标台账没有字段 "+goal, "The target has no field "+goal))
		case goal != "" && f.Takes() != other.Takes():
			bad = append(bad, field("/map/"+f.ID, "“"+f.Title().ZH+"”与“"+other.Title().ZH+"”类型不同", "“"+f.Title().EN+"” and “"+other.Title().EN+"” take different things"))
		case goal != "" && f.Unit() != other.Unit():
			bad = append(bad, field("/map/"+f.ID, "“"+f.Title().ZH+"”（"+f.Unit()+"）与“"+other.Title().ZH+"”（"+other.Unit()+"）单位不同", "“"+f.Title().EN+"” and “"+other.Title().EN+"” are of different units"))
		case goal != "" && !other.Offers(f):
			bad = append(bad, field("/map/"+f.ID, "“"+f.Title().ZH+"”与“"+other.Title().ZH+"”没有相同的选项", "“"+f.Title().EN+"” and “"+other.Title().EN+"” have no option in common"))
		}
	}
	return bad
}

// fits checks a new type or version against what it follows, and the owner against
// who owns the ledger now: the file of the version before may be older than a transfer.
func (s *Service) fits(c Content, current, next *catalog.Type) []fault.Field {
	var bad []fault.Field
	if next.ID != c.Ledger {
		bad = append(bad, field("/definition/id", "编号与提案不符", "The id is not that of the proposal"))
	}
	if current == nil {
		if next.Version != 1 {
			bad = append(bad, field("/definition/version", "新台账的版本须为 1", "A new ledger begins with version 1"))
		}
		return bad
	}
	if next.Version != current.Version+1 {
		bad = append(bad, field("/definition/version", "版本须为当前版本加一", "The version is the current one plus one"))
	}
	if next.Owner != s.Access.Owner(c.Ledger) {
		bad = append(bad, field("/definition/owner", "归属部门的变更请用“转”", "Use a transfer to change the owner"))
	}
	if next.Sensitivity < current.Sensitivity {
		bad = append(bad, field("/definition/sensitivity", "密级不得降低", "The level cannot be lowered"))
	}
	if len(catalog.Compare(current, next)) == 0 {
		bad = append(bad, field("/schema", "与当前版本没有差别", "Nothing differs from the current version"))
	}
	return bad
}

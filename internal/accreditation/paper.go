package accreditation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/printing"
)

var unitKinds = []struct{ kind, title string }{{"ordinary", "普通监区"}, {"functional", "功能监区"}, {"prison", "监狱"}}

var changes = map[string]string{"added": "新增", "removed": "删去", "changed": "变更"}

// Paper lays an issue out as it goes to the departments. It says what the issue and the one before
// it say, which never change, and not who has acknowledged it: each print is the same file.
func (x Issued) Paper(address string) printing.Official {
	o := printing.Official{Title: "规范化创建年度预验收公告", Below: []string{fmt.Sprintf("%d 年度　第 %d 期", x.Year, x.Issue), "省局创建办　" + catalog.OnPaper(x.IssuedAt)},
		Number: fmt.Sprintf("编号 %d-%d", x.Year, x.Issue), Foot: "公告摘要 " + x.Digest.String(), Link: fmt.Sprintf("%s/bulletins/%d/%d", address, x.Year, x.Issue)}
	o.Parts = append(o.Parts, printing.Part{Heading: "申报总体情况", Paragraphs: []string{x.Counts.said()}})
	for _, b := range x.Batches {
		o.Parts = append(o.Parts, ofUnits(fmt.Sprintf("第 %d 批", b.Batch), b.Units, b.said()))
	}
	if len(x.Waiting) > 0 {
		o.Parts = append(o.Parts, ofUnits("待定批次", x.Waiting, "已申报，尚未列入批次。"))
	}
	if len(x.Revoked) > 0 {
		p := printing.Part{Heading: "取消称号", Columns: []string{"单位", "称号", "取消日期", "文号"}}
		for _, r := range x.Revoked {
			p.Rows = append(p.Rows, []string{r.Name.ZH, r.Wording, printing.Day(r.OnDay), r.DocumentNo})
		}
		o.Parts = append(o.Parts, p)
	}
	if x.Marks != nil {
		p := printing.Part{Heading: fmt.Sprintf("与第 %d 期相比的变化", x.Marks.Against), Columns: []string{"事项", "变化"}}
		p.Rows = x.Marks.said(x.called)
		o.Parts = append(o.Parts, p)
	}
	var to []string
	for _, d := range x.To {
		to = append(to, x.called(d))
	}
	o.Parts = append(o.Parts, printing.Part{Heading: "发送", Paragraphs: []string{strings.Join(to, "、")}})
	return o
}

// called is a department under the name it had when the issue was made.
func (x Issued) called(code string) string { return cmp.Or(x.Names[code].ZH, code) }

func (c BulletinCounts) said() string {
	if c.Units == 0 {
		return "本期没有申报单位。"
	}
	var kinds, of []string
	for _, k := range unitKinds {
		if n := c.Kinds[k.kind]; n > 0 {
			kinds = append(kinds, fmt.Sprintf("%s %d 个", k.title, n))
		}
	}
	for _, l := range append([]string{areaLevel}, levels...) {
		if n := c.Levels[l]; n > 0 {
			of = append(of, fmt.Sprintf("%s %d 个", wordings[l], n))
		}
	}
	return fmt.Sprintf("本年度申报单位共 %d 个。按类别：%s。按等级：%s。", c.Units, strings.Join(kinds, "、"), strings.Join(of, "、"))
}

func (b BulletinPart) said() string {
	return fmt.Sprintf("%s　申报截止 %s，验收 %s 至 %s", wordings[b.Level], printing.Day(b.ClosesOn), printing.Day(b.From), printing.Day(b.To))
}

func ofUnits(heading string, units []BulletinUnit, about string) printing.Part {
	p := printing.Part{Heading: heading, Paragraphs: []string{about}}
	if len(units) == 0 {
		p.Paragraphs = append(p.Paragraphs, "本批没有单位。")
		return p
	}
	p.Columns = []string{"单位", "类别", "等级"}
	for _, u := range units {
		i := slices.IndexFunc(unitKinds, func(k struct{ kind, title string }) bool { return k.kind == u.Kind })
		kind := u.Kind
		if i >= 0 {
			kind = unitKinds[i].title
		}
		p.Rows = append(p.Rows, []string{u.Name.ZH, kind, cmp.Or(wordings[u.Level], u.Level)})
	}
	return p
}

// said is what is otherwise, row by row.
func (m Marks) said(called func(string) string) (rows [][]string) {
	place := func(n *int) string {
		if n == nil || *n == 0 {
			return "待定批次"
		}
		return fmt.Sprintf("第 %d 批", *n)
	}
	for _, b := range m.Batches {
		text := changes[b.Change]
		if b.Before != nil && b.Change == "changed" {
			text += "，原为 " + b.Before.said()
		}
		rows = append(rows, []string{place(&b.Batch), text})
	}
	for _, u := range m.Units {
		text := changes[u.Change]
		switch {
		case u.Change == "added":
			text += "，列入" + place(u.To)
		case u.Change == "removed":
			text += "，原列" + place(u.From)
		case *u.From != *u.To:
			text = fmt.Sprintf("由%s改为%s", place(u.From), place(u.To))
		}
		rows = append(rows, []string{u.Unit.Name.ZH, text})
	}
	for _, r := range m.Revoked {
		rows = append(rows, []string{r.Title.Name.ZH + "　取消" + r.Title.Wording, changes[r.Change]})
	}
	for _, d := range m.To {
		rows = append(rows, []string{"发送 " + called(d.Department), changes[d.Change]})
	}
	return rows
}

// namesOf the departments that an issue is sent to.
func namesOf(to []string, all map[string]fault.Text) map[string]fault.Text {
	out := map[string]fault.Text{}
	for _, d := range to {
		out[d] = all[d]
	}
	return out
}

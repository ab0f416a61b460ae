package printing

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signintech/gopdf"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Maker is the version of the layout. Forms made by an earlier one stay as they are.
const Maker = 1

// Kind of a form: as it was filed, or as it was taken out of force.
type Kind string

// The kinds.
const (
	Filed  Kind = "filed"
	Voided Kind = "voided"
)

// Sheet is everything that stands on a form.
type Sheet struct {
	Prison, Area string
	Type         *catalog.Type
	Entry        ledger.Entry
	Revision     ledger.Revision
	Decisions    []ledger.Decision // of this revision
	Evidence     []ledger.Evidence
	Names        map[string]string // of people, by Lookup and number: "police 0000001"
	Kind         Kind
	Excerpt      bool   // something on it is hidden from who has it drawn
	Code, Link   string // of verification; Link is what the QR leads to
}

const (
	body  = 12.0
	small = 10.5
	fine  = 9.0
)

var marking = map[string]string{"L1": "内部", "L2": "受限", "L3": "严格受限"}

// Form draws the official A4 form. The same sheet gives the same bytes; missing
// lists the characters that the font does not have, which are boxes on paper.
func (f *Font) Form(s Sheet) (pdf []byte, pages int, missing []rune, err error) {
	doc, err := catalog.ParseDocument(s.Revision.Document)
	if err != nil {
		return nil, 0, nil, fmt.Errorf("form of %s: %w", s.Entry.Entry, err)
	}
	p := newPaper(f)
	p.put(qrAt(s.Link, right-qrSide, 34))
	p.text(s.Type.Title.ZH, (left+right)/2, 82, 20, 0.5)
	p.y = 94
	p.text(s.Prison+"　"+s.Area, left, p.y+body, small, 0)
	p.text("发生时间："+catalog.OnPaper(s.Revision.OccurredAt)+s.Revision.OccurredAt.In(catalog.Zone).Format(" 15:04"), right, p.y+body, small, 1)
	p.y += 20
	if s.Revision.Nil {
		p.rows([]row{full("本时段无此类事项发生，零报告。", body)})
	} else {
		p.rows(s.document(doc))
	}
	if s.Excerpt {
		p.rows([]row{full("节录：注明“"+catalog.ForProfessionals.ZH+"”的内容不在本件上，以归档原件为准。", small)})
	}
	p.rows(s.evidence())
	p.rows(s.signatures())
	p.rows(s.proof())
	p.note()
	pdf, pages, err = p.finish(func(n, of int) []mark { return s.frame(p, n, of) })
	return pdf, pages, slices.Sorted(maps.Keys(p.missing)), err
}

// note says which characters are boxes on the paper; nothing where none is.
func (p *paper) note() {
	if len(p.missing) > 0 {
		p.rows([]row{{cells: []cell{{text: "字库缺字，以□代替：" + strings.Join(points(p.missing), "、"), w: inner, size: fine}}}})
	}
}

func points(missing map[rune]bool) []string {
	var list []string
	for r := range missing {
		list = append(list, fmt.Sprintf("U+%04X", r))
	}
	slices.Sort(list)
	const most = 40
	if len(list) > most {
		list = append(list[:most], fmt.Sprintf("等 %d 个", len(list)))
	}
	return list
}

// frame is what stands on every page.
func (s Sheet) frame(p *paper, n, of int) []mark {
	at := func(t string, x, y, size, align float64) mark {
		t = p.font.clean(t, map[rune]bool{})
		return textAt(t, x-align*p.font.width(t, size), y, size, 0)
	}
	marks := []mark{
		at(marking[s.Type.Sensitivity]+"　编号 "+s.Entry.Entry.String(), left, 44, fine, 0),
		at("核验码 "+Spelled(s.Code), left, paperH-36, fine, 0),
		at(fmt.Sprintf("第 %d 页 共 %d 页", n, of), right, paperH-36, fine, 1),
	}
	if s.Kind == Voided {
		marks = append(marks, stamp)
	}
	return marks
}

// stamp says on every page that the form is out of force.
func stamp(g *gopdf.GoPdf) error {
	const x, y, w, h = 300.0, 150.0, 130.0, 54.0
	g.Rotate(14, x+w/2, y+h/2)
	g.SetStrokeColor(0xb3, 0x1e, 0x1e)
	g.SetLineWidth(2.5)
	g.RectFromUpperLeftWithStyle(x, y, w, h, "D")
	g.SetTextColor(0xb3, 0x1e, 0x1e)
	if err := g.SetFont(face, "", 38); err != nil {
		return err
	}
	g.SetXY(x+27, y+41)
	err := g.Text("作废")
	g.RotateReset()
	return err
}

func full(text string, size float64) row {
	return row{cells: []cell{{text: text, w: inner, size: size}}}
}

func heading(text string) row {
	return row{cells: []cell{{text: text, w: inner, size: body, shade: true, center: true}}, with: 2}
}

const (
	labelW = 92.0
	valueW = inner/2 - labelW
)

// document lays the sections out: two fields a line where they are short.
func (s Sheet) document(doc catalog.Document) []row {
	var list []row
	for _, sec := range s.Type.Outline(doc) {
		list = append(list, heading(sec.Title.ZH))
		list = append(list, s.fields("", sec.Fields)...)
	}
	return list
}

// long texts have a line of their own.
const longText = 26

func (s Sheet) fields(of string, fields []catalog.Shown) []row {
	var list []row
	var open *row
	for _, f := range fields {
		title := of + f.Title.ZH
		switch {
		case f.Members != nil:
			open = nil
			list = append(list, s.fields(title+"·", f.Members)...)
		case f.Columns != nil:
			open = nil
			list = append(list, s.table(title, f)...)
		default:
			text := cmp.Or(s.value(f), "／")
			label := cell{text: title, w: labelW, size: body, shade: true, center: true}
			if len([]rune(text)) > longText || strings.Contains(text, "\n") {
				open = nil
				list = append(list, row{cells: []cell{label, {text: text, w: inner - labelW, size: body}}})
				continue
			}
			if open != nil {
				open.cells[1].w = valueW
				open.cells = append(open.cells, label, cell{text: text, w: inner - 2*labelW - valueW, size: body})
				open = nil
				continue
			}
			list = append(list, row{cells: []cell{label, {text: text, w: inner - labelW, size: body}}})
			open = &list[len(list)-1]
		}
	}
	return list
}

// value of a field: people with their names, files by theirs.
func (s Sheet) value(f catalog.Shown) string {
	if f.Lookup == "" || len(f.Refs) == 0 {
		return f.Text
	}
	var list []string
	for _, ref := range f.Refs {
		shown := ref
		if f.Lookup == "evidence" {
			if i := slices.IndexFunc(s.Evidence, func(e ledger.Evidence) bool { return e.ID.String() == ref }); i >= 0 {
				shown = s.Evidence[i].Name
			}
		} else if name := s.Names[f.Lookup+" "+ref]; name != "" {
			shown = name + "（" + ref + "）"
		}
		list = append(list, shown)
	}
	return strings.Join(list, "、")
}

// table of rows: a header that comes again on every page, rows that stay whole.
func (s Sheet) table(title string, f catalog.Shown) []row {
	list := []row{{cells: []cell{{text: fmt.Sprintf("%s（%d 项）", title, len(f.Rows)), w: inner, size: body, center: true}}, with: 2}}
	texts := make([][]string, len(f.Rows))
	for i, r := range f.Rows {
		for _, c := range r {
			texts[i] = append(texts[i], s.nested(c))
		}
	}
	heads := make([]string, len(f.Columns))
	for i, c := range f.Columns {
		heads[i] = c.Title.ZH
	}
	return append(list, grided(heads, texts)...)
}

// nested writes what stands inside a table's cell on lines of its own.
func (s Sheet) nested(f catalog.Shown) string {
	var lines []string
	for _, m := range f.Members {
		lines = append(lines, m.Title.ZH+"："+s.nested(m))
	}
	for i, r := range f.Rows {
		var parts []string
		for _, c := range r {
			if t := s.nested(c); t != "" {
				parts = append(parts, c.Title.ZH+"："+t)
			}
		}
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, strings.Join(parts, "，")))
	}
	if lines == nil {
		return s.value(f)
	}
	return strings.Join(lines, "\n")
}

// grided makes a numbered table; columns are as wide as what stands in them asks.
func grided(heads []string, texts [][]string) []row {
	size := small
	if len(heads) > 6 {
		size = fine
	}
	const number = 26.0
	widths := shares(heads, texts, size, inner-number)
	head := row{cells: []cell{{text: "序", w: number, size: size, shade: true, center: true}}, with: 1}
	for i, h := range heads {
		head.cells = append(head.cells, cell{text: h, w: widths[i], size: size, shade: true, center: true})
	}
	list := []row{head}
	for i, line := range texts {
		r := row{cells: []cell{{text: fmt.Sprint(i + 1), w: number, size: size, center: true}}, again: &head}
		for j, t := range line {
			r.cells = append(r.cells, cell{text: t, w: widths[j], size: size})
		}
		list = append(list, r)
	}
	return list
}

// shares gives each column what its longest text asks for, within bounds, and
// stretches or shrinks all of them to the width there is.
func shares(heads []string, texts [][]string, size, width float64) []float64 {
	out := make([]float64, len(heads))
	sum := 0.0
	for i, h := range heads {
		n := min(len([]rune(h)), 4)
		for _, line := range texts {
			for part := range strings.SplitSeq(line[i], "\n") {
				n = max(n, min(runesWide(part), 18))
			}
		}
		out[i] = float64(n)*size + 2*padX
		sum += out[i]
	}
	for i := range out {
		out[i] *= width / sum
	}
	return out
}

// runesWide counts Chinese characters' widths.
func runesWide(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0x2e80 {
			n++
		}
	}
	return (n + 1) / 2
}

func (s Sheet) evidence() []row {
	if len(s.Evidence) == 0 {
		return nil
	}
	titles := map[string]fault.Text{}
	for _, l := range s.Type.Evidence {
		titles[l.ID] = l.Title
	}
	var texts [][]string
	for _, e := range s.Evidence {
		texts = append(texts, []string{cmp.Or(titles[e.Slot].ZH, "附件"), e.Name, fmt.Sprintf("%d 字节", e.Size), short(e.Sha256)})
	}
	return append([]row{heading("佐证清单")}, grided([]string{"类别", "文件名", "大小", "SHA-256（前 16 位）"}, texts)...)
}

func short(d ledger.Digest) string { return d.String()[len("sha256:"):][:16] }

var verdicts = map[string]string{"approve": "同意", "return": "退回", "void": "作废"}

func (s Sheet) signatures() []row {
	columns := []float64{100, 90, inner - 290, 100}
	line := func(shade bool, texts ...string) row {
		var r row
		for i, t := range texts {
			r.cells = append(r.cells, cell{text: t, w: columns[i], size: small, shade: shade || i == 0, center: i != 2 || shade})
		}
		return r
	}
	list := []row{heading("签批"), line(true, "环节", "姓名", "意见", "日期"),
		line(false, cmp.Or(s.Type.Filler.Title.ZH, "填报人"), s.Revision.AuthorName, "填报", catalog.OnPaper(s.Revision.RecordedAt))}
	for _, d := range s.Decisions {
		step := verdicts[d.Verdict]
		if d.Verdict != "void" && d.Step < len(s.Revision.Chain) {
			step = s.Revision.Chain[d.Step].Title.ZH
		}
		opinion := cmp.Or(verdicts[d.Verdict], d.Verdict)
		if d.Comment != "" {
			opinion += "。" + d.Comment
		}
		name := d.ByName
		switch {
		case d.ForName != "":
			name += "（代 " + d.ForName + "）"
		case d.Capacity == "higher":
			name += "（逾期由上级办理）"
		}
		list = append(list, line(false, step, name, opinion, catalog.OnPaper(d.RecordedAt)))
	}
	// The block stays together where a page can hold it.
	list[0].with = len(list) - 1
	return list
}

// proof tells how the paper is checked against the system.
func (s Sheet) proof() []row {
	var list []row
	if s.Revision.Number > 1 {
		list = append(list, full(fmt.Sprintf("本件为第 %d 次修订，替代此前各次。更正事由：%s", s.Revision.Number, cmp.Or(s.Revision.Reason, "见审批意见")), small))
	}
	text := fmt.Sprintf("核验：扫描首页二维码，或在系统“表单核验”页输入核验码 %s，并放入本件的 PDF 文件比对。\n第 %d 次修订　台账类型 %s 第 %d 版　版式 %d　内容摘要 %s",
		Spelled(s.Code), s.Revision.Number, s.Revision.Ledger, s.Revision.Version, Maker, s.Revision.Digest)
	return append(list, row{bare: true, cells: []cell{{text: text, w: inner, size: 8}}})
}

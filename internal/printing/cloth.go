package printing

import (
	"fmt"
	"slices"

	"taizhang/internal/catalog"
)

// cloth is what a volume has around its forms: cover, contents, closing sheet.
type cloth struct {
	font         *Font
	type_        *catalog.Type
	prison, area string
	volume       Volume
	list         []Bound
	prints       []Print
	forms        int // pages of all forms
}

func (c cloth) retention() string {
	if c.type_.Retention.Permanent {
		return "永久"
	}
	return fmt.Sprintf("%d 年", c.type_.Retention.Years)
}

// front is cover and contents; offset is how many pages they take.
func (c cloth) front(offset int) ([]byte, int, error) {
	p := newPaper(c.font)
	p.text(c.prison, (left+right)/2, 190, 22, 0.5)
	p.text(c.type_.Title.ZH, (left+right)/2, 250, 30, 0.5)
	p.text("（卷）", (left+right)/2, 290, 16, 0.5)
	p.y = 380
	const label = 120.0
	for _, pair := range [][2]string{
		{"填报单位", c.area},
		{"起止日期", Day(c.volume.From) + " 至 " + Day(c.volume.To)},
		{"件数", fmt.Sprintf("%d 件", len(c.prints))},
		{"正文页数", fmt.Sprintf("%d 页", c.forms)},
		{"保管期限", c.retention()},
		{"密级", marking[c.type_.Sensitivity]},
		{"卷号", c.volume.ID.String()},
		{"立卷人", c.volume.MadeByName},
		{"立卷日期", catalog.OnPaper(c.volume.CreatedAt)},
	} {
		p.rows([]row{{cells: []cell{{text: pair[0], w: label, size: body, shade: true, center: true}, {text: pair[1], w: inner - label, size: body}}}})
	}
	p.turn()
	p.text("卷内目录", (left+right)/2, top+16, 18, 0.5)
	p.y = top + 30
	widths := []float64{36, 96, 72, inner - 36 - 96 - 72 - 150 - 46, 150, 46}
	line := func(head bool, texts ...string) row {
		var r row
		for i, t := range texts {
			r.cells = append(r.cells, cell{text: t, w: widths[i], size: fine, shade: head, center: head || i != 3})
		}
		return r
	}
	head := line(true, "序号", "日期", "填报人", "题名", "核验码", "页次")
	rows := []row{head}
	at := offset + 1
	for i, b := range c.list {
		title := c.type_.Title.ZH
		if b.Revision > 1 {
			title += fmt.Sprintf("（第 %d 次修订）", b.Revision)
		}
		r := line(false, fmt.Sprint(i+1), Day(b.Day), b.Author, title, Spelled(c.prints[i].Code), fmt.Sprint(at))
		r.again = &head
		rows = append(rows, r)
		at += c.prints[i].Pages
	}
	p.rows(rows)
	return p.finish(func(int, int) []mark { return nil })
}

// back lists what each form's file hashes to.
func (c cloth) back() ([]byte, int, error) {
	p := newPaper(c.font)
	p.text("卷内文件摘要", (left+right)/2, top+16, 18, 0.5)
	p.y = top + 30
	widths := []float64{36, 130, inner - 36 - 130}
	head := row{}
	for i, t := range []string{"序号", "核验码", "单件 PDF 的 SHA-256"} {
		head.cells = append(head.cells, cell{text: t, w: widths[i], size: fine, shade: true, center: true})
	}
	rows := []row{head}
	missing := []string{}
	for i, pr := range c.prints {
		rows = append(rows, row{again: &head, cells: []cell{{text: fmt.Sprint(i + 1), w: widths[0], size: fine, center: true},
			{text: Spelled(pr.Code), w: widths[1], size: fine, center: true}, {text: pr.Sha256.String()[len("sha256:"):], w: widths[2], size: 8}}})
		missing = append(missing, pr.Missing...)
	}
	p.rows(rows)
	but := ""
	if !c.type_.Reserved().None() {
		but = "注明节录的除外，"
	}
	p.rows([]row{full(fmt.Sprintf("本卷共 %d 件。卷内各件即归档时的单件原件，%s逐件可凭核验码核对。", len(c.prints), but), small)})
	if len(missing) > 0 {
		slices.Sort(missing)
		p.rows([]row{full(fmt.Sprintf("有 %d 个字字库未收，以□代替，详见各件末尾。", len(slices.Compact(missing))), small)})
	}
	return p.finish(func(int, int) []mark { return nil })
}

func Day(day string) string {
	d, err := catalog.Day(day)
	if err != nil {
		return day
	}
	return catalog.OnPaper(d.At)
}

// numbers are pages that hold nothing but their number in the volume.
func (f *Font) numbers(total int) ([]byte, error) {
	p := newPaper(f)
	for n := 1; n <= total; n++ {
		if n > 1 {
			p.turn()
		}
		p.text(fmt.Sprintf("卷内第 %d 页 / 共 %d 页", n, total), (left+right)/2, paperH-20, fine, 0.5)
	}
	raw, _, err := p.finish(func(int, int) []mark { return nil })
	return raw, err
}

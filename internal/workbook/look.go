package workbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"taizhang/internal/catalog"
)

// What each sort of column looks like: Excel's own format codes.
var formats = map[string]string{"text": "@", "date": "yyyy-mm-dd", "date-time": "yyyy-mm-dd hh:mm", "integer": "0", "number": "General"}

func styleOf(c Column) string {
	if _, ok := formats[c.Kind]; ok && !c.List {
		return c.Kind
	}
	// Numbers of people and police begin with zeros: as text they keep them.
	return "text"
}

func (b *Book) columnStyle(table, column int) int {
	if column < 0 {
		return b.styles["text"]
	}
	return b.styles[styleOf(b.plan.Tables[table].Columns[column])]
}

func (b *Book) style() error {
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "center"}
	want := map[string]*excelize.Style{
		"head": {Font: &excelize.Font{Bold: true}, Fill: fill("E6ECF5"), Alignment: wrap},
		"need": {Font: &excelize.Font{Bold: true}, Fill: fill("FFE9B8"), Alignment: wrap},
		"bad":  {Fill: fill("FFC7CE"), Font: &excelize.Font{Color: "9C0006"}},
		"wrap": {Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}},
	}
	for name, code := range formats {
		want[name] = &excelize.Style{CustomNumFmt: &code}
		want["bad "+name] = &excelize.Style{CustomNumFmt: &code, Fill: fill("FFC7CE"), Font: &excelize.Font{Color: "9C0006"}}
	}
	for name, s := range want {
		id, err := b.file.NewStyle(s)
		if err != nil {
			return err
		}
		b.styles[name] = id
	}
	return nil
}

// choices writes every list once into a hidden sheet (a list in the rule itself
// holds 255 characters) and says where each column finds its own.
func (b *Book) choices(areas []string) (map[string]string, error) {
	where := map[string]string{}
	if b.kind == Export {
		return where, nil
	}
	if _, err := b.file.NewSheet(choicesSheet); err != nil {
		return nil, err
	}
	n := 0
	list := func(id string, titles []string) error {
		if len(titles) == 0 {
			return nil
		}
		n++
		letter, err := excelize.ColumnNumberToName(n)
		if err != nil {
			return err
		}
		if err := b.file.SetSheetCol(choicesSheet, letter+"1", &titles); err != nil {
			return err
		}
		where[id] = fmt.Sprintf("%s!$%s$1:$%s$%d", choicesSheet, letter, letter, len(titles))
		return nil
	}
	if err := list(idArea, areas); err != nil {
		return nil, err
	}
	for _, t := range b.plan.Tables {
		for _, c := range t.Columns {
			// Several may be picked: a list would let in only one.
			if !c.List && c.Typed() {
				if err := list(c.ID, c.picks()); err != nil {
					return nil, err
				}
			}
		}
	}
	return where, b.file.SetSheetVisible(choicesSheet, false)
}

// one is a value of a field that takes several.
func (c Column) one() catalog.Leaf {
	l := c.Leaf
	l.List = false
	return l
}

// picks are the words an officer may choose.
func (c Column) picks() []string {
	var out []string
	for _, ch := range c.Choices {
		out = append(out, shown(c.one(), ch.Value))
	}
	if c.Kind == "boolean" {
		out = []string{"是", "否"}
		if c.Const == true {
			out = out[:1]
		}
	}
	return out
}

func (b *Book) validate(sheet string, column int, ref string) error {
	letter, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return err
	}
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(fmt.Sprintf("%s%d:%s%d", letter, firstLine, letter, firstLine+MaxRows-1))
	dv.SetSqrefDropList(ref)
	dv.SetError(excelize.DataValidationErrorStyleStop, "不在可选项中", "请从下拉列表选择")
	return b.file.AddDataValidation(sheet, dv)
}

// help is the sheet that says what each field means and takes.
func (b *Book) help(example map[string]any) error {
	s, err := b.open(helpSheet)
	if err != nil {
		return err
	}
	for i, w := range []float64{14, 26, 10, 12, 46, 30} {
		if err := s.w.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	s.next = 1
	text := func(values ...string) error {
		cells := make([]any, len(values))
		for i, v := range values {
			cells[i] = excelize.Cell{StyleID: b.styles["wrap"], Value: v}
		}
		return s.add(cells)
	}
	for _, line := range []string{
		b.plan.Title + "（版本 " + fmt.Sprint(b.plan.Version) + "）填写说明",
		"一行一条，从第 3 行开始；表头带 * 的必须填写。请勿改动第 2 行（已隐藏）和表头。",
		"有明细的台账：先在第一张表的“序号”列编号（1、2、3……），再在明细表的“所属序号”列写同一个号。",
		"“监区”列可不填，不填时按导入时选择的监区。多个值之间换行（Alt+Enter）或用顿号“、”分开。",
		"佐证文件不能随表格导入：必须附佐证的台账请选择“导入为草稿”，再到条目页面上传。",
		"",
	} {
		if err := text(line); err != nil {
			return err
		}
	}
	if err := text("所在表", "字段", "是否必填", "类型", "含义与限制", "示例"); err != nil {
		return err
	}
	var shownOf [][]Line
	if example != nil {
		shownOf = b.plan.Split(b.plan.Version, example)
	}
	for i, t := range b.plan.Tables {
		for j, c := range t.Columns {
			if !c.Typed() {
				continue
			}
			sample := ""
			if shownOf != nil && len(shownOf[i]) > 0 {
				if v := shownOf[i][0].Cells[j]; v != nil {
					sample = shown(c.Leaf, v)
				}
			}
			need := map[catalog.Demand]string{catalog.Required: "必填", catalog.Conditional: "视情况", catalog.Optional: "可不填"}[c.Need]
			if err := text(t.Title, c.Header(), need, sort(c), c.limits(), sample); err != nil {
				return err
			}
		}
	}
	return nil
}

func sort(c Column) string {
	s := map[string]string{"string": "文字", "integer": "整数", "number": "数字", "boolean": "是/否", "date": "日期", "date-time": "日期时间", "choice": "选择"}[c.Kind]
	if c.List {
		s += "（可多个）"
	}
	return s
}

var limitWords = []struct{ key, zh string }{
	{"minimum", "不小于 %v"}, {"maximum", "不大于 %v"}, {"minLength", "至少 %v 个字"}, {"maxLength", "最多 %v 个字"},
	{"minItems", "至少 %v 项"}, {"maxItems", "最多 %v 项"},
}

func (c Column) limits() string {
	var parts []string
	if c.Hint != "" {
		parts = append(parts, c.Hint)
	}
	for _, w := range limitWords {
		if v, ok := c.Limits[w.key]; ok {
			parts = append(parts, fmt.Sprintf(w.zh, v))
		}
	}
	if p := c.picks(); len(p) > 0 && c.Kind == "choice" {
		parts = append(parts, "可选："+strings.Join(p, "、"))
	}
	return strings.Join(slices.Compact(parts), "；")
}

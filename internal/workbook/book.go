package workbook

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Kind of a workbook.
type Kind int

// The kinds: an empty one to fill, entries that went out, rows to correct.
const (
	Empty Kind = iota
	Export
	Errors
)

// Names that no field can have, for what a line says beside its fields.
const (
	idRow     = "@row"
	idParent  = "@parent"
	idArea    = "@area"
	idKey     = "@key"
	idEntry   = "@entry"
	idErrors  = "@errors"
	idState   = "@state"
	idAuthor  = "@author"
	idFiled   = "@filed"
	idLedger  = "@ledger"
	idVersion = "@version"
)

// Sheets that hold no lines.
const (
	helpSheet    = "填写说明"
	choicesSheet = "_choices"
)

const (
	firstLine = 3 // after the titles and the hidden line of ids
	// MaxRows is the most entries of one file.
	MaxRows = 50_000
)

// Out is one entry or row to be written.
type Out struct {
	Number  int    // ties the lines of all sheets together
	Ledger  string // one that was merged into the plan's; "": the plan's own
	Version int
	Value   map[string]any
	Area    string
	Key     string // of the row, carried so that it is written once
	Entry   string
	State   string
	Author  string
	Filed   string
	Errors  []fault.Field
	Untaken []Untaken
}

// slot is one column of the sheet of entries.
type slot struct {
	id, title string
	column    int // of the first table, -1 for none
	table     int // in CSV: the array written as JSON, 0 for none
	width     float64
	hidden    bool
}

func (p *Plan) slots(kind Kind) []slot {
	list := []slot{{id: idRow, title: "序号", column: -1, width: 7}, {id: idArea, title: "监区", column: -1, width: 14}}
	if kind == Export {
		list = append(list, slot{id: idState, title: "状态", column: -1, width: 9}, slot{id: idAuthor, title: "填报人", column: -1, width: 10},
			slot{id: idFiled, title: "提交时间", column: -1, width: 20})
		if len(p.merged) > 0 {
			list = append(list, slot{id: idLedger, title: "来源台账", column: -1, width: 16})
		}
		list = append(list, slot{id: idVersion, title: "版本", column: -1, width: 6})
	}
	for i, c := range p.Tables[0].Columns {
		if kind == Export || c.Typed() {
			list = append(list, slot{id: c.ID, title: c.Header(), column: i, width: wide(c)})
		}
	}
	if kind == Export {
		list = append(list, slot{id: idEntry, title: "条目编号", column: -1, width: 38})
	}
	if kind == Errors {
		list = append(list, slot{id: idErrors, title: "错误说明", column: -1, width: 60})
	}
	return append(list, slot{id: idKey, title: "行标识", column: -1, hidden: true})
}

func wide(c Column) float64 {
	n := float64(len([]rune(c.Header())))*2 + 2
	switch {
	case c.Widget == "textarea" || c.List:
		n = max(n, 30)
	case c.Kind == "date-time":
		n = max(n, 18)
	}
	return min(max(n, 10), 40)
}

// identity ties a workbook to its ledger and version.
func (p *Plan) identity() string {
	return fmt.Sprintf("%s|%s|%d|%s", idKey, p.Ledger, p.Version, p.Digest)
}

// Book is a workbook being written, row by row: memory does not grow with it.
type Book struct {
	plan   *Plan
	kind   Kind
	file   *excelize.File
	slots  []slot
	sheets []*sheet
	styles map[string]int
	marks  []mark
}

type sheet struct {
	name string
	w    *excelize.StreamWriter
	next int
	// columns of the table that the sheet shows, in their order
	columns []int
	before  int // columns that are no fields
}

// mark is a comment to be put on a cell when the sheet is complete.
type mark struct{ sheet, cell, text string }

// NewBook begins a workbook. areas are offered as choices where a line names its own.
func NewBook(p *Plan, kind Kind, areas []string, example map[string]any) (*Book, error) {
	b := &Book{plan: p, kind: kind, file: excelize.NewFile(), slots: p.slots(kind), styles: map[string]int{}}
	if err := b.begin(areas, example); err != nil {
		return nil, errors.Join(err, b.file.Close())
	}
	return b, nil
}

// Close drops what is kept on disk meanwhile.
func (b *Book) Close() error { return b.file.Close() }

func (b *Book) begin(areas []string, example map[string]any) error {
	if err := b.style(); err != nil {
		return err
	}
	offered, err := b.choices(areas)
	if err != nil {
		return err
	}
	if err := b.main(offered); err != nil {
		return err
	}
	for i := range b.plan.Tables[1:] {
		if err := b.nested(i+1, offered); err != nil {
			return err
		}
	}
	if b.kind == Export {
		return nil
	}
	return b.help(example)
}

func (b *Book) open(name string) (*sheet, error) {
	if len(b.sheets) == 0 {
		if err := b.file.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	w, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	s := &sheet{name: name, w: w, next: firstLine}
	b.sheets = append(b.sheets, s)
	return s, nil
}

// sheetName fits a title to what a sheet may be called.
func sheetName(title string, n int) string {
	title = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return -1
		}
		return r
	}, title)
	if r := []rune(title); len(r) > 25 {
		title = string(r[:25])
	}
	if n == 0 {
		return title
	}
	return fmt.Sprintf("%d.%s", n, title)
}

func (b *Book) main(offered map[string]string) error {
	s, err := b.open(sheetName(b.plan.Title, 0))
	if err != nil {
		return err
	}
	titles, ids := []any{}, []any{}
	for i, sl := range b.slots {
		style := b.styles["head"]
		id := sl.id
		if sl.column >= 0 {
			if b.plan.Tables[0].Columns[sl.column].Need == catalog.Required {
				style = b.styles["need"]
			}
		} else if sl.id == idKey {
			id = b.plan.identity()
		}
		titles, ids = append(titles, excelize.Cell{StyleID: style, Value: sl.title}), append(ids, id)
		if err := b.column(s, i+1, sl.width, sl.hidden, b.columnStyle(0, sl.column)); err != nil {
			return err
		}
		if ref := offered[sl.id]; ref != "" {
			if err := b.validate(s.name, i+1, ref); err != nil {
				return err
			}
		}
		s.columns = append(s.columns, sl.column)
	}
	return s.head(titles, ids)
}

func (b *Book) nested(table int, offered map[string]string) error {
	t := b.plan.Tables[table]
	s, err := b.open(sheetName(t.Title, table))
	if err != nil {
		return err
	}
	titles := []any{excelize.Cell{StyleID: b.styles["need"], Value: "所属序号*"}}
	ids := []any{idRow + "|" + t.ID}
	if t.depth(b.plan.newestOf(t)) > 1 {
		titles, ids = append(titles, excelize.Cell{StyleID: b.styles["need"], Value: "上级第几行*"}), append(ids, idParent)
	}
	s.before = len(ids)
	if err := b.column(s, 1, 10, false, 0); err != nil {
		return err
	}
	for i, c := range t.Columns {
		if b.kind != Export && !c.Typed() {
			continue
		}
		style := b.styles["head"]
		if c.Need == catalog.Required {
			style = b.styles["need"]
		}
		titles, ids = append(titles, excelize.Cell{StyleID: style, Value: c.Header()}), append(ids, c.ID)
		s.columns = append(s.columns, i)
		if err := b.column(s, len(ids), wide(c), false, b.columnStyle(table, i)); err != nil {
			return err
		}
		if ref := offered[c.ID]; ref != "" {
			if err := b.validate(s.name, len(ids), ref); err != nil {
				return err
			}
		}
	}
	return s.head(titles, ids)
}

// newestOf is the newest version that has the table.
func (p *Plan) newestOf(t Table) int {
	best := 0
	for v := range t.at {
		best = max(best, v)
	}
	return best
}

func (s *sheet) head(titles, ids []any) error {
	if err := s.w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: firstLine - 1, TopLeftCell: "B3", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	if err := s.w.SetRow("A1", titles, excelize.RowOpts{Height: 30}); err != nil {
		return err
	}
	return s.w.SetRow("A2", ids, excelize.RowOpts{Hidden: true})
}

func (b *Book) column(s *sheet, n int, width float64, hidden bool, style int) error {
	if width > 0 {
		if err := s.w.SetColWidth(n, n, width); err != nil {
			return err
		}
	}
	if style > 0 {
		if err := s.w.SetColStyle(n, n, style); err != nil {
			return err
		}
	}
	if hidden {
		return s.w.SetColVisible(n, n, false)
	}
	return nil
}

// Add writes one entry with its rows.
func (b *Book) Add(o Out) error {
	lines := b.plan.lay(o)
	bad := b.plan.wrongCells(o, lines)
	if err := b.line(b.sheets[0], o, lines[0][0], bad); err != nil {
		return err
	}
	for i, list := range lines[1:] {
		for _, l := range list {
			if err := b.row(b.sheets[i+1], i+1, o, l, bad); err != nil {
				return err
			}
		}
	}
	return nil
}

// wrongCells finds the cells to be marked: a field's own, or what ties its line to the
// others where the sheet has none for it; of a list as a whole that of the line it
// belongs to, and of each of its rows.
func (p *Plan) wrongCells(o Out, lines [][]Line) map[string][]fault.Field {
	bad := map[string][]fault.Field{}
	mark := func(at Place, f fault.Field) {
		k := at.key()
		bad[k] = append(bad[k], f)
	}
	for _, f := range o.Errors {
		at := p.Locate(o.Version, f.Pointer)
		if at.Column >= 0 && !p.Tables[at.Table].Columns[at.Column].Typed() {
			at.Column = -1
		}
		if !p.whole(at) {
			mark(at, f)
			continue
		}
		for _, l := range lines[at.Table] {
			if slices.Equal(l.Key[:len(at.Key)], at.Key) {
				mark(Place{Table: at.Table, Key: l.Key, Column: -1}, f)
			}
		}
		mark(Place{Table: max(0, p.parent(at.Table)), Key: at.Key, Column: -1}, f)
	}
	return bad
}

func (at Place) key() string { return fmt.Sprint(at.Table, at.Key, at.Column) }

func (b *Book) line(s *sheet, o Out, l Line, bad map[string][]fault.Field) error {
	cells := make([]any, len(b.slots))
	for i, sl := range b.slots {
		switch {
		case sl.column >= 0:
			cells[i] = b.cell(s, i+1, 0, sl.column, o.Version, l, bad)
			continue
		case sl.id == idRow:
			cells[i] = o.Number
			if f := bad[Place{Key: l.Key, Column: -1}.key()]; f != nil {
				cells[i] = excelize.Cell{StyleID: b.styles["bad"], Value: o.Number}
				b.mark(s, i+1, o.Version, f)
			}
			continue
		}
		if v := o.says(b.plan, sl.id); v != "" {
			cells[i] = excelize.Cell{StyleID: b.styles["text"], Value: v}
		}
	}
	// What stood under no title stands under none again, until somebody moves it.
	for _, u := range o.Untaken {
		if b.kind == Errors && u.Why == Untitled {
			cells = append(cells, excelize.Cell{StyleID: b.styles["bad text"], Value: u.Text})
		}
	}
	return s.add(cells)
}

// says what stands in a column that is no field.
func (o Out) says(p *Plan, id string) string {
	switch id {
	case idArea:
		return o.Area
	case idKey:
		return o.Key
	case idEntry:
		return o.Entry
	case idState:
		return o.State
	case idAuthor:
		return o.Author
	case idFiled:
		return o.Filed
	case idLedger:
		if o.Ledger == "" {
			return p.Title
		}
		return p.merged[o.Ledger]
	case idVersion:
		return fmt.Sprintf("v%d", o.Version)
	case idErrors:
		return strings.Join(slices.Concat(told(o.Untaken), p.mistakes(o.Version, o.Errors)), "\n")
	}
	return ""
}

// Tell puts mistakes into one text, each with the name of its field.
func (p *Plan) Tell(version int, list []fault.Field) string {
	return strings.Join(p.mistakes(version, list), "\n")
}

func (p *Plan) mistakes(version int, list []fault.Field) []string {
	var parts []string
	for _, f := range list {
		where := p.Where(p.Locate(version, f.Pointer))
		if where != "" {
			where += "："
		}
		parts = append(parts, where+f.Text.ZH)
	}
	return parts
}

func (b *Book) row(s *sheet, table int, o Out, l Line, bad map[string][]fault.Field) error {
	cells := []any{o.Number}
	if s.before > 1 {
		cells = append(cells, l.Key[len(l.Key)-2]+1)
	}
	if f := bad[Place{table, l.Key, -1}.key()]; f != nil {
		cells[0] = excelize.Cell{StyleID: b.styles["bad"], Value: o.Number}
		b.mark(s, 1, o.Version, f)
	}
	for i, c := range s.columns {
		cells = append(cells, b.cell(s, s.before+i+1, table, c, o.Version, l, bad))
	}
	return s.add(cells)
}

func (b *Book) cell(s *sheet, n, table, column, version int, l Line, bad map[string][]fault.Field) any {
	c := b.plan.Tables[table].Columns[column]
	leaf, held, ok := c.holds(version, l.Cells[column])
	if !ok {
		return nil
	}
	v := cell(leaf, held)
	style := b.columnStyle(table, column)
	if f := bad[Place{table, l.Key, column}.key()]; f != nil {
		style = b.styles["bad "+styleOf(c)]
		b.mark(s, n, version, f)
	} else if v == nil {
		return nil
	}
	return excelize.Cell{StyleID: style, Value: v}
}

func (b *Book) mark(s *sheet, n, version int, list []fault.Field) {
	b.marks = append(b.marks, mark{s.name, cellName("", n-1, s.next), b.plan.Tell(version, list)})
}

func (s *sheet) add(cells []any) error {
	name, err := excelize.CoordinatesToCellName(1, s.next)
	if err != nil {
		return err
	}
	s.next++
	return s.w.SetRow(name, cells)
}

// WriteTo finishes the workbook.
func (b *Book) WriteTo(w io.Writer) (int64, error) {
	for _, m := range b.marks {
		if err := b.file.AddComment(m.sheet, excelize.Comment{Cell: m.cell, Author: "台账", Text: m.text, Width: 260, Height: 80}); err != nil {
			return 0, err
		}
	}
	for _, s := range b.sheets {
		if err := s.w.Flush(); err != nil {
			return 0, err
		}
	}
	return b.file.WriteTo(w)
}

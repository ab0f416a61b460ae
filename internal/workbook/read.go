package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"taizhang/internal/fault"
)

// Row is one line of the sheet of entries with the rows that belong to it.
type Row struct {
	Line   int // as the officer's program counts
	Key    string
	Entry  string
	Area   string
	Value  map[string]any // what could not be read stands there as it was written
	Errors []fault.Field
	// Untaken are the cells of which nothing stands in Value.
	Untaken []Untaken
}

// Source is an opened file.
type Source struct {
	Format   string // xlsx, csv
	Encoding string // of a CSV
	Version  int    // whose fields its columns are
	Lines    int    // about how many rows, for the progress bar
	plan     *Plan
	rows     func(yield func(Row, error) bool)
	close    func() error
}

// Rows yields the rows; after an error nothing follows.
func (s *Source) Rows() iter.Seq2[Row, error] { return s.rows }

// Plan is that of the version the file is filled by.
func (s *Source) Plan() *Plan { return s.plan }

// Close drops what was unpacked.
func (s *Source) Close() error { return s.close() }

// Open looks at a file. plans gives the plan of a version, nil for one that is
// not known, and of version 0 the current one.
// Faults: file_too_large, table_type_refused, table_too_large, table_too_long,
// table_macros, table_foreign, table_columns, and of lists on sheets of their own
// table_sheets, table_owner, table_parent, table_twice.
func Open(r io.ReaderAt, size int64, plans func(version int) *Plan) (*Source, error) {
	book, err := isBook(r, size)
	switch {
	case err != nil:
		return nil, err
	case book:
		return openBook(r, size, plans)
	}
	return openText(r, size, plans)
}

// control is what no text has, in any encoding a CSV is written in but UTF-16.
func control(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\v\f\r", r) }

func utf16(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF})
}

var badTable = fault.New(fault.Invalid, "table_type_refused")

func openBook(r io.ReaderAt, size int64, plans func(int) *Plan) (_ *Source, err error) {
	f, lines, err := openFile(r, size)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = badTable.Because(fmt.Errorf("%v", p))
		}
	}()
	s, err := readBook(f, plans)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s.Lines = max(0, lines-firstLine+1)
	return s, nil
}

func readBook(f *excelize.File, plans func(int) *Plan) (*Source, error) {
	s := &Source{Format: "xlsx", close: f.Close}
	props, err := f.GetWorkbookProps()
	if err != nil {
		return nil, badTable.Because(err)
	}
	date1904 := props.Date1904 != nil && *props.Date1904
	heads := map[string][][]string{}
	var order []string
	main := ""
	for _, name := range f.GetSheetList() {
		if name == choicesSheet || name == helpSheet {
			continue
		}
		h, err := head(f, name)
		if err != nil {
			return nil, err
		}
		heads[name], order = h, append(order, name)
		for _, id := range h[1] {
			if v, ok := strings.CutPrefix(id, idKey+"|"); ok && main == "" {
				main = name
				if s.plan, err = planOf(v, plans); err != nil {
					return nil, err
				}
			}
		}
	}
	from := firstLine
	if main == "" {
		// Not one of ours: the first sheet, by its titles.
		list := f.GetSheetList()
		if s.plan, main, from = plans(0), list[0], 2; heads[main] == nil {
			return nil, badTable
		}
	}
	s.Version = s.plan.Version
	cols, err := s.plan.columns(0, heads[main], from == firstLine)
	if err != nil {
		return nil, err
	}
	lists := newLists(s.plan, date1904)
	var foreign []string
	for _, name := range order {
		if name == main {
			continue
		}
		if i := s.plan.tableNamed(name, heads[name]); i > 0 && lists.of[i] == nil {
			if err := lists.read(f, name, i, heads[name]); err != nil {
				return nil, err
			}
		} else if says, err := anything(f, name); err != nil {
			return nil, err
		} else if says {
			foreign = append(foreign, short(name))
		}
	}
	if len(foreign) > 0 {
		return nil, listed("table_sheets", foreign)
	}
	if err := lists.tie(f, main, from, cols); err != nil {
		return nil, err
	}
	s.rows = func(yield func(Row, error) bool) {
		defer func() {
			if p := recover(); p != nil {
				yield(Row{}, badTable.Because(fmt.Errorf("%v", p)))
			}
		}()
		n := 0
		for line, cells := range lines(f, main, from) {
			if cells.err != nil {
				yield(Row{}, cells.err)
				return
			}
			if blank(cells.values, cols) && !lists.belong(cells.values, cols) {
				continue
			}
			if n++; n > MaxRows {
				yield(Row{}, fault.New(fault.TooLarge, "table_too_long").With("limit", MaxRows))
				return
			}
			if !yield(s.plan.row(line, cells.values, cols, lists, date1904), nil) {
				return
			}
		}
	}
	return s, nil
}

// planOf reads ledger|version|digest.
func planOf(identity string, plans func(int) *Plan) (*Plan, error) {
	parts := strings.Split(identity, "|")
	current := plans(0)
	if len(parts) < 2 || parts[0] != current.Ledger {
		return nil, fault.New(fault.Invalid, "table_foreign").With("ledger", current.Title)
	}
	version, err := strconv.Atoi(parts[1])
	if err != nil || version < 1 {
		return nil, fault.New(fault.Invalid, "table_foreign").With("ledger", current.Title)
	}
	if p := plans(version); p != nil {
		return p, nil
	}
	return nil, fault.New(fault.Invalid, "table_foreign").With("ledger", current.Title)
}

type scanned struct {
	values []string
	err    error
}

// lines yields the lines of a sheet from one on.
func lines(f *excelize.File, sheet string, from int) iter.Seq2[int, scanned] {
	return func(yield func(int, scanned) bool) {
		rows, err := f.Rows(sheet)
		if err != nil {
			yield(0, scanned{err: badTable.Because(err)})
			return
		}
		defer func() { _ = rows.Close() }()
		for n := 1; rows.Next(); n++ {
			values, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				yield(n, scanned{err: badTable.Because(err)})
				return
			}
			if len(values) > maxColumns {
				// Cells that were only coloured count too; what says something must not be dropped unseen.
				if strings.TrimSpace(strings.Join(values[maxColumns:], "")) != "" {
					yield(n, scanned{err: fault.New(fault.TooLarge, "table_too_large")})
					return
				}
				values = values[:maxColumns]
			}
			if n > maxLines {
				yield(n, scanned{err: fault.New(fault.TooLarge, "table_too_long").With("limit", MaxRows)})
				return
			}
			if n >= from && !yield(n, scanned{values: values}) {
				return
			}
		}
		if err := rows.Error(); err != nil {
			yield(0, scanned{err: badTable.Because(err)})
		}
	}
}

// anything reports whether a sheet says something.
func anything(f *excelize.File, sheet string) (bool, error) {
	for _, l := range lines(f, sheet, 1) {
		if l.err != nil || strings.TrimSpace(strings.Join(l.values, "")) != "" {
			return true, l.err
		}
	}
	return false, nil
}

// listed is a fault with the places it concerns, as many as fit into a message.
func listed(code string, places []string) error {
	return fault.New(fault.Invalid, code).With("columns", places[:min(len(places), 20)])
}

func head(f *excelize.File, sheet string) ([][]string, error) {
	out := [][]string{{}, {}}
	for n, l := range lines(f, sheet, 1) {
		if l.err != nil {
			return nil, l.err
		}
		if n > 2 {
			break
		}
		out[n-1] = l.values
	}
	return out, nil
}

// place of a column of a file: an index into the table, or a name of ours; neither
// under an empty title.
type place struct {
	column int
	id     string
	title  string
	why    Why // nothing of it is taken
}

// columns finds what each column of a file holds: by the hidden ids, or by the
// titles. A title nobody knows is a mistake, lest a column be dropped unseen; one
// that was retired is known, and what it holds is named (Untaken).
func (p *Plan) columns(table int, head [][]string, byID bool) ([]place, error) {
	t := p.Tables[table]
	var out []place
	var unknown []string
	seen := map[string]bool{}
	known := func(match func(Column) bool) place {
		i := slices.IndexFunc(t.Columns, match)
		if i < 0 {
			return place{column: -1}
		}
		return place{column: i, id: t.Columns[i].ID}
	}
	width := max(len(head[0]), len(head[1]))
	if !byID {
		width = len(head[0])
	}
	for n := range width {
		at := place{column: -1}
		title := ""
		if n < len(head[0]) {
			title = strings.TrimSpace(head[0][n])
		}
		if byID && n < len(head[1]) && head[1][n] != "" {
			id, _, _ := strings.Cut(head[1][n], "|")
			if at = known(func(c Column) bool { return c.ID == id }); strings.HasPrefix(id, "@") {
				at.id = id
			}
		} else if title != "" {
			// What is kept goes before what was retired under the same name.
			if at = known(func(c Column) bool { return c.in(p.Version) && c.titled(title) }); at.column < 0 {
				at.id = ours[bare(title)]
			}
			if at.id == "" {
				at = known(func(c Column) bool { return c.titled(title) })
			}
		}
		if at.id == "" && title != "" {
			unknown = append(unknown, short(title))
		}
		if at.id != "" && seen[at.id] {
			return nil, listed("table_columns", []string{short(title)})
		}
		seen[at.id] = true
		at.title, at.why = title, kept[at.id]
		if at.column >= 0 && !t.Columns[at.column].Typed() {
			at.why = Given
			if t.Columns[at.column].Widget == "evidence" {
				at.why = File
			}
			at.column = -1
		}
		out = append(out, at)
	}
	if len(unknown) > 0 {
		return nil, listed("table_columns", unknown)
	}
	if _, kept := t.at[p.Version]; kept && !slices.ContainsFunc(out, func(x place) bool { return x.column >= 0 && t.Columns[x.column].in(p.Version) }) {
		return nil, listed("table_columns", []string{})
	}
	return out, nil
}

// short keeps of a title what tells which one is meant: it is shown in a list.
func short(title string) string {
	const most = 40
	if letters := []rune(title); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return title
}

// ours are the titles of columns that are no fields.
var ours = map[string]string{"序号": idRow, "监区": idArea, "状态": idState, "填报人": idAuthor, "提交时间": idFiled, "来源台账": idLedger, "版本": idVersion,
	"条目编号": idEntry, "错误说明": idErrors, "行标识": idKey, "所属序号": idRow, "上级第几行": idParent}

// kept are those of them that the house itself keeps of an entry.
var kept = map[string]Why{idState: Own, idAuthor: Own, idFiled: Own, idLedger: Own, idVersion: Own}

func bare(title string) string {
	title = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(title), "*＊"))
	return strings.NewReplacer("（", "(", "）", ")", " ", "", "\u3000", "").Replace(title)
}

func (c Column) titled(title string) bool {
	b := bare(title)
	return b == bare(c.Header()) || b == bare(c.Title()) || title == c.ID
}

func (p *Plan) tableNamed(sheet string, head [][]string) int {
	id, _ := listID(head)
	for i, t := range p.Tables {
		if i > 0 && (t.ID == id || sheet == sheetName(t.Title, i) || sheet == t.Title) {
			return i
		}
	}
	return -1
}

// listID is which list the hidden line says that a sheet holds.
func listID(head [][]string) (id string, byID bool) {
	for _, cell := range head[1] {
		if id, ok := strings.CutPrefix(cell, idRow+"|"); ok {
			return id, true
		}
	}
	return "", false
}

// blank reports whether a line says nothing: the numbers that tie the sheets, and
// what an error workbook carries, say nothing by themselves.
func blank(values []string, cols []place) bool {
	for i, v := range values {
		if strings.TrimSpace(v) == "" {
			continue
		}
		if i < len(cols) {
			switch cols[i].id {
			case idKey, idEntry, idErrors:
				continue
			case idRow, idParent:
				if plainNumber.MatchString(numeral(v)) {
					continue
				}
			}
		}
		return false
	}
	return true
}

func say(values []string, cols []place, id string) string {
	for i, c := range cols {
		if c.id == id && i < len(values) {
			return values[i]
		}
	}
	return ""
}

// read turns the cells of one line into values. sheet is "" for that of the entries.
func (p *Plan) read(table int, key []int, values []string, cols []place, sheet string, n int, date1904 bool) (line Line, bad []fault.Field, untaken []Untaken) {
	t := p.Tables[table]
	line = Line{Key: key, Cells: make([]any, len(t.Columns))}
	var untitled []string
	for i, raw := range values {
		said := strings.TrimSpace(raw) != ""
		c := place{column: -1}
		if i < len(cols) {
			c = cols[i]
		}
		switch {
		case c.why != "":
			if said {
				untaken = append(untaken, Untaken{c.title, clean(raw), c.why})
			}
			continue
		case c.column < 0 && c.id != "":
			continue
		case c.column < 0:
			if said {
				at := cellName(sheet, i, n)
				untitled, untaken = append(untitled, at), append(untaken, Untaken{at, clean(raw), Untitled})
			}
			continue
		}
		col := t.Columns[c.column]
		leaf, ok := col.At[p.Version]
		if !ok {
			if said {
				v, _ := value(col.Leaf, clean(raw), date1904)
				untaken = append(untaken, Untaken{p.Where(Place{Table: table, Column: c.column}), shown(col.Leaf, v), Retired})
			}
			continue
		}
		raw, wrong := legible(raw)
		if wrong == nil {
			line.Cells[c.column], wrong = value(leaf, raw, date1904)
		} else {
			line.Cells[c.column] = raw
		}
		if wrong != nil {
			wrong.Pointer = numbered(leaf.Pointer, key)
			bad = append(bad, *wrong)
		}
	}
	if len(untitled) > 0 {
		where := ""
		if at, kept := t.at[p.Version]; kept && table > 0 {
			where = numbered(at+"/*", key)
		}
		bad = append(bad, beyond(where, untitled))
	}
	return line, bad, untaken
}

// legible is what can be kept of a cell, and what is wrong with it.
func legible(raw string) (string, *fault.Field) {
	text := clean(raw)
	if text != raw || strings.ContainsRune(raw, utf8.RuneError) {
		return text, &fault.Field{Code: "encoding", Text: fault.Text{ZH: "“" + clip(text) + "”中有不能识别的字符（显示为 �），请核对文件编码并改正",
			EN: "“" + clip(text) + "” has characters that cannot be read (shown as �); look at the file's encoding and mend it"}}
	}
	if letters := []rune(text); len(letters) > maxCell {
		return string(letters[:maxCell]), wrong(fmt.Sprintf("内容超过 %d 字，没有全部读入，请缩短", maxCell), fmt.Sprintf("It has more than %d letters and was not read whole; shorten it", maxCell))
	}
	return text, nil
}

// beyond is the mistake of a line that says something under no title.
func beyond(pointer string, cells []string) fault.Field {
	list := strings.Join(cells, "、")
	return fault.Field{Pointer: pointer, Code: "untitled", Text: fault.Text{
		ZH: list + " 没有表头，其中的内容没有导入：请移入有表头的列，或删去；CSV 的单元格里有逗号时，把整个单元格放在引号里",
		EN: list + " stand under no title and were not taken: move what they say into a column that has one, or delete it; in a CSV, a cell with a comma goes in quotes"}}
}

// cellName is what a spreadsheet calls a cell.
func cellName(sheet string, column, line int) string {
	name, err := excelize.CoordinatesToCellName(column+1, line)
	if err != nil {
		return sheet
	}
	if sheet != "" {
		return sheet + "!" + name
	}
	return name
}

// clean takes away what neither the log nor the database keeps.
func clean(raw string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(raw, "\x00", ""), "")
}

// numbered puts the numbers of the rows where a pointer has stars.
func numbered(pointer string, key []int) string {
	for _, k := range key {
		pointer = strings.Replace(pointer, "*", strconv.Itoa(k), 1)
	}
	return pointer
}

func (p *Plan) row(n int, values []string, cols []place, nested *lists, date1904 bool) Row {
	row := Row{Line: n, Key: strings.TrimSpace(say(values, cols, idKey)), Area: strings.TrimSpace(say(values, cols, idArea))}
	if id, err := uuid.Parse(strings.TrimSpace(say(values, cols, idEntry))); err == nil {
		row.Entry = id.String()
	}
	lines := make([][]Line, len(p.Tables))
	var line Line
	line, row.Errors, row.Untaken = p.read(0, nil, values, cols, "", n, date1904)
	lines[0] = []Line{line}
	if owner := numeral(say(values, cols, idRow)); owner != "" {
		for i := range p.Tables {
			for _, r := range nested.of[i][owner] {
				lines[i] = append(lines[i], r.line)
				row.Errors, row.Untaken = append(row.Errors, r.errors...), append(row.Untaken, r.untaken...)
			}
		}
	}
	row.Value = p.Join(p.Version, lines)
	return row
}

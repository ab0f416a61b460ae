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
	// Untaken are the cells of fields that the version no longer has.
	Untaken []Untaken
}

// Untaken is a cell that an import does not take.
type Untaken struct {
	Title string `json:"title"` // of the field, as it was last called
	Text  string `json:"text"`
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
// Faults: file_type_refused, file_too_large, table_foreign, table_outdated,
// table_columns.
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
	main := ""
	for _, name := range f.GetSheetList() {
		if strings.HasPrefix(name, "_") || name == helpSheet {
			continue
		}
		h, err := head(f, name)
		if err != nil {
			return nil, err
		}
		heads[name] = h
		for _, id := range h[1] {
			if v, ok := strings.CutPrefix(id, idKey+"|"); ok {
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
	nested := make([]map[string][]nestedRow, len(s.plan.Tables))
	budget := maxNested
	for name, h := range heads {
		if name == main {
			continue
		}
		i := s.plan.tableNamed(name, h)
		if i < 0 {
			continue
		}
		if nested[i], err = s.plan.nested(f, name, i, h, date1904, &budget); err != nil {
			return nil, err
		}
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
			if blank(cells.values, cols) {
				continue
			}
			if n++; n > MaxRows {
				yield(Row{}, fault.New(fault.TooLarge, "table_too_long").With("limit", MaxRows))
				return
			}
			if !yield(s.plan.row(line, cells.values, cols, nested, date1904), nil) {
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

// place of a column of a file: an index into the table, or a name of ours.
type place struct {
	column int
	id     string
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
			return nil, fault.New(fault.Invalid, "table_columns").With("columns", []string{short(title)})
		}
		seen[at.id] = true
		if at.column >= 0 && !t.Columns[at.column].Typed() {
			at.column = -1
		}
		out = append(out, at)
	}
	if len(unknown) > 0 {
		return nil, fault.New(fault.Invalid, "table_columns").With("columns", unknown[:min(len(unknown), 20)])
	}
	if _, kept := t.at[p.Version]; kept && !slices.ContainsFunc(out, func(x place) bool { return x.column >= 0 && t.Columns[x.column].in(p.Version) }) {
		return nil, fault.New(fault.Invalid, "table_columns").With("columns", []string{})
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

func bare(title string) string {
	title = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(title), "*＊"))
	return strings.NewReplacer("（", "(", "）", ")", " ", "", "\u3000", "").Replace(title)
}

func (c Column) titled(title string) bool {
	b := bare(title)
	return b == bare(c.Header()) || b == bare(c.Title()) || title == c.ID
}

func (p *Plan) tableNamed(sheet string, head [][]string) int {
	id := ""
	if len(head[1]) > 0 {
		_, id, _ = strings.Cut(head[1][0], "|")
	}
	for i, t := range p.Tables {
		if i > 0 && (t.ID == id || sheet == sheetName(t.Title, i) || sheet == t.Title) {
			return i
		}
	}
	return -1
}

type nestedRow struct {
	line    Line
	errors  []fault.Field
	untaken []Untaken
}

// nested reads the rows of one list, by the number of the entry they belong to.
func (p *Plan) nested(f *excelize.File, sheet string, table int, h [][]string, date1904 bool, budget *int) (map[string][]nestedRow, error) {
	from, byID := 2, false
	if len(h[1]) > 0 && strings.HasPrefix(h[1][0], idRow) {
		from, byID = firstLine, true
	}
	cols, err := p.columns(table, h, byID)
	if err != nil {
		return nil, err
	}
	out := map[string][]nestedRow{}
	counts := map[string]int{}
	depth := p.Tables[table].depth(p.Version)
	for _, l := range lines(f, sheet, from) {
		if l.err != nil {
			return nil, l.err
		}
		if blank(l.values, cols) {
			continue
		}
		if *budget--; *budget < 0 {
			return nil, fault.New(fault.TooLarge, "table_too_long").With("limit", maxNested)
		}
		owner, parent := strings.TrimSpace(say(l.values, cols, idRow)), strings.TrimSpace(say(l.values, cols, idParent))
		key := []int{}
		if depth > 1 {
			n, err := strconv.Atoi(parent)
			if err != nil || n < 1 || n > 1000 {
				n = 1
			}
			key = append(key, n-1)
		}
		group := owner + "/" + parent
		if counts[group] >= 1000 {
			return nil, fault.New(fault.TooLarge, "table_too_long").With("limit", 1000)
		}
		key = append(key, counts[group])
		counts[group]++
		line, bad, untaken := p.read(table, key, l.values, cols, date1904)
		out[owner] = append(out[owner], nestedRow{line, bad, untaken})
	}
	return out, nil
}

func blank(values []string, cols []place) bool {
	for i, v := range values {
		if i < len(cols) && (cols[i].column >= 0 || cols[i].id == idArea) && strings.TrimSpace(v) != "" {
			return false
		}
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

// read turns the cells of one line into values.
func (p *Plan) read(table int, key []int, values []string, cols []place, date1904 bool) (line Line, bad []fault.Field, untaken []Untaken) {
	t := p.Tables[table]
	line = Line{Key: key, Cells: make([]any, len(t.Columns))}
	for i, c := range cols {
		if c.column < 0 || i >= len(values) {
			continue
		}
		raw := values[i]
		if len(raw) > maxCell*4 {
			raw = raw[:maxCell*4]
		}
		raw = clean(raw)
		col := t.Columns[c.column]
		leaf, ok := col.At[p.Version]
		if !ok {
			if strings.TrimSpace(raw) != "" {
				v, _ := value(col.Leaf, raw, date1904)
				untaken = append(untaken, Untaken{p.Where(Place{Table: table, Column: c.column}), shown(col.Leaf, v)})
			}
			continue
		}
		v, wrong := value(leaf, raw, date1904)
		line.Cells[c.column] = v
		if wrong != nil {
			wrong.Pointer = numbered(leaf.Pointer, key)
			bad = append(bad, *wrong)
		}
	}
	return line, bad, untaken
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

func (p *Plan) row(n int, values []string, cols []place, nested []map[string][]nestedRow, date1904 bool) Row {
	row := Row{Line: n, Key: strings.TrimSpace(say(values, cols, idKey)), Area: strings.TrimSpace(say(values, cols, idArea))}
	if id, err := uuid.Parse(strings.TrimSpace(say(values, cols, idEntry))); err == nil {
		row.Entry = id.String()
	}
	lists := make([][]Line, len(p.Tables))
	var line Line
	line, row.Errors, row.Untaken = p.read(0, nil, values, cols, date1904)
	lists[0] = []Line{line}
	if owner := strings.TrimSpace(say(values, cols, idRow)); owner != "" {
		for i := range p.Tables {
			for _, r := range nested[i][owner] {
				lists[i] = append(lists[i], r.line)
				row.Errors, row.Untaken = append(row.Errors, r.errors...), append(row.Untaken, r.untaken...)
			}
		}
	}
	row.Value = p.Join(p.Version, lists)
	return row
}

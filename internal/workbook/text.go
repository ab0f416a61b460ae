package workbook

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Encodings of a CSV.
const (
	UTF8    = "utf-8"
	UTF8BOM = "utf-8-bom"
	UTF16   = "utf-16"
	GB18030 = "gb18030"
)

// Text is a CSV being written. The rows of a list stand in one cell as JSON:
// a table of lines has no other place for them.
type Text struct {
	plan  *Plan
	slots []slot
	w     *csv.Writer
	out   io.WriteCloser
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// NewText begins a CSV. Excel reads UTF-8 only behind a BOM.
func NewText(w io.Writer, p *Plan, kind Kind, enc string) (*Text, error) {
	if enc == UTF8BOM {
		if _, err := io.WriteString(w, "\uFEFF"); err != nil {
			return nil, err
		}
	}
	t := MoreText(w, p, kind, enc)
	titles := make([]string, len(t.slots))
	for i, s := range t.slots {
		titles[i] = safe(s.title)
	}
	return t, t.w.Write(titles)
}

// MoreText goes on with a CSV that was begun.
func MoreText(w io.Writer, p *Plan, kind Kind, enc string) *Text {
	t := &Text{plan: p, slots: p.slots(kind), out: nopCloser{w}}
	if enc == GB18030 {
		t.out = transform.NewWriter(w, gb18030{}.NewEncoder())
	}
	for i, tab := range p.Tables {
		if i > 0 && tab.depth(p.newestOf(tab)) == 1 {
			t.slots = append(t.slots, slot{id: tab.ID, title: tab.Title, column: -1, table: i})
		}
	}
	t.w = csv.NewWriter(t.out)
	t.w.UseCRLF = true
	return t
}

// Add writes one entry.
func (t *Text) Add(o Out) error {
	lines := t.plan.lay(o)
	line := lines[0][0]
	cells := make([]string, len(t.slots))
	for i, s := range t.slots {
		switch {
		case s.table > 0:
			if v, ok := t.plan.list(o, lines, s.table); ok {
				raw, err := json.Marshal(v)
				if err != nil {
					return err
				}
				cells[i] = string(raw)
			}
		case s.column >= 0:
			c := t.plan.Tables[0].Columns[s.column]
			leaf, v, ok := c.holds(o.Version, line.Cells[s.column])
			if !ok || v == nil {
				continue
			}
			cells[i] = breaks.Replace(shown(leaf, v))
			if _, number := v.(json.Number); !number {
				cells[i] = safe(cells[i])
			}
		case s.id == idRow:
			cells[i] = fmt.Sprint(o.Number)
		default:
			cells[i] = safe(o.says(t.plan, s.id))
		}
	}
	return t.w.Write(cells)
}

// breaks are written by the writer; of itself it leaves out those of an old sort.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// list is the value of a table in one cell.
func (p *Plan) list(o Out, lines [][]Line, table int) (any, bool) {
	if o.Ledger != "" {
		return p.assembled(lines, table)
	}
	at, ok := p.Tables[table].at[o.Version]
	if !ok {
		return nil, false
	}
	return look(o.Value, at)
}

// Close writes what is left.
func (t *Text) Close() error {
	t.w.Flush()
	return errors.Join(t.w.Error(), t.out.Close())
}

const dangerous = "=+-@\t\r"

// safe keeps a spreadsheet from taking text for a formula: an apostrophe goes
// before it, and plain takes it away again.
func safe(s string) string {
	if bare := strings.TrimLeft(s, "'"); bare != "" && strings.ContainsRune(dangerous, rune(bare[0])) {
		return "'" + s
	}
	return s
}

func plain(s string) string {
	if bare := strings.TrimLeft(s, "'"); bare != "" && len(bare) < len(s) && strings.ContainsRune(dangerous, rune(bare[0])) {
		return s[1:]
	}
	return s
}

// encodingOf finds how a text is written: by its mark, else UTF-8 if it is
// that throughout, else GB18030, which every other Chinese Excel writes.
func encodingOf(r io.Reader) (name string, lines int, err error) {
	buf, keep := make([]byte, 64<<10), 0
	name = ""
	for {
		n, err := io.ReadFull(r, buf[keep:])
		chunk := buf[:keep+n]
		if name == "" {
			switch name = UTF8; {
			case utf16(chunk):
				return UTF16, 0, nil
			case bytes.HasPrefix(chunk, []byte("\xEF\xBB\xBF")):
				name = UTF8BOM
			}
		}
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return name, lines, err
		}
		// A character cut in two by the buffer's end waits for its other half.
		whole := len(chunk)
		for back := 1; !end && back < utf8.UTFMax && back <= len(chunk); back++ {
			if tail := chunk[len(chunk)-back:]; utf8.RuneStart(tail[0]) {
				if !utf8.FullRune(tail) {
					whole -= back
				}
				break
			}
		}
		lines += bytes.Count(chunk, []byte("\n"))
		if !utf8.Valid(chunk[:whole]) {
			if name == UTF8BOM {
				return name, lines, badTable
			}
			name = GB18030
		}
		if end {
			return name, lines, nil
		}
		keep = copy(buf, chunk[whole:])
	}
}

func openText(r io.ReaderAt, size int64, plans func(int) *Plan) (*Source, error) {
	enc, count, err := encodingOf(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, err
	}
	s := &Source{Format: "csv", Encoding: enc, plan: plans(0), close: func() error { return nil }, Lines: max(0, count-1)}
	s.Version = s.plan.Version
	c := separated(decode(io.NewSectionReader(r, 0, size), enc))
	head, err := c.Read()
	if err != nil {
		return nil, badTable.Because(err)
	}
	if head, err = clone(head); err != nil {
		return nil, err
	}
	cols, cells, err := s.plan.textColumns(head)
	if err != nil {
		return nil, err
	}
	none := newLists(s.plan, false)
	s.rows = func(yield func(Row, error) bool) {
		for n := 0; ; {
			record, err := c.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var odd *csv.ParseError
			if err != nil && !errors.As(err, &odd) {
				yield(Row{}, badTable.Because(err))
				return
			}
			values, err := clone(record)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if odd == nil && blank(values, cols) {
				continue
			}
			if n++; n > MaxRows {
				yield(Row{}, fault.New(fault.TooLarge, "table_too_long").With("limit", MaxRows))
				return
			}
			if odd != nil {
				if !yield(unquoted(odd), nil) {
					return
				}
				continue
			}
			line, _ := c.FieldPos(0)
			row := s.plan.row(line, values, cols, none, false)
			s.plan.lists(&row, values, cells)
			if strings.ContainsRune(strings.Join(values, ""), utf8.RuneError) && !slices.ContainsFunc(row.Errors, func(f fault.Field) bool { return f.Code == "encoding" }) {
				_, bad := legible(strings.Join(values, " "))
				row.Errors = append(row.Errors, *bad)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return s, nil
}

// unquoted is the row of lines that cannot be told apart: a quote without its other
// half takes all that follows, up to the next one, for one cell.
func unquoted(odd *csv.ParseError) Row {
	zh, en := fmt.Sprintf("第 %d 行", odd.StartLine), fmt.Sprintf("line %d", odd.StartLine)
	if odd.Line > odd.StartLine {
		zh, en = fmt.Sprintf("第 %d 至 %d 行", odd.StartLine, odd.Line), fmt.Sprintf("lines %d to %d", odd.StartLine, odd.Line)
	}
	return Row{Line: odd.StartLine, Value: map[string]any{}, Errors: []fault.Field{{Code: "quote", Text: fault.Text{
		ZH: zh + "的引号不成对，这些内容没有读入：请补上或去掉多余的引号；单元格里要有引号时写两个，并把整个单元格放在引号里，改后重新导入",
		EN: "The quotes in " + en + " do not pair, and nothing of it was read: add the missing one or take it out, write a quote within a cell twice and the cell in quotes, and send the file again"}}}}
}

func decode(r io.Reader, enc string) io.Reader {
	switch enc {
	case GB18030:
		return gb18030{}.NewDecoder().Reader(r)
	case UTF16:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r)
	case UTF8BOM:
		return unicode.UTF8BOM.NewDecoder().Reader(r)
	}
	return r
}

func clone(record []string) ([]string, error) {
	if len(record) > maxColumns && strings.TrimSpace(strings.Join(record[maxColumns:], "")) != "" {
		return nil, fault.New(fault.TooLarge, "table_too_large")
	}
	out := make([]string, min(len(record), maxColumns))
	for i := range out {
		out[i] = plain(record[i])
	}
	return out, nil
}

// textColumns also finds the columns that hold lists as JSON.
func (p *Plan) textColumns(head []string) ([]place, map[int]int, error) {
	lists := map[int]int{}
	seen := map[int]bool{}
	rest := slices.Clone(head)
	for n, title := range rest {
		if i := slices.IndexFunc(p.Tables, func(t Table) bool {
			return t.ID != "" && title != "" && (bare(title) == bare(t.Title) || title == t.ID)
		}); i > 0 {
			// A field may have taken the name of a list that was retired.
			if _, kept := p.Tables[i].at[p.Version]; kept || !slices.ContainsFunc(p.Tables[0].Columns, func(c Column) bool { return c.in(p.Version) && c.titled(title) }) {
				if seen[i] {
					return nil, nil, listed("table_columns", []string{short(title)})
				}
				seen[i], lists[n], rest[n] = true, i, ""
			}
		}
	}
	cols, err := p.columns(0, [][]string{rest, {}}, false)
	for n, i := range lists {
		if err == nil {
			cols[n].id = p.Tables[i].ID
		}
	}
	return cols, lists, err
}

// lists puts the lists that stand as JSON into a row's document.
func (p *Plan) lists(row *Row, values []string, lists map[int]int) {
	for n, i := range lists {
		if n >= len(values) || strings.TrimSpace(values[n]) == "" {
			continue
		}
		at, kept := p.Tables[i].at[p.Version]
		if !kept {
			row.Untaken = append(row.Untaken, Untaken{p.Tables[i].Title, clean(values[n]), Retired})
			continue
		}
		doc, err := catalog.ParseDocument([]byte(`{"v":` + values[n] + `}`))
		list, ok := doc.Value["v"].([]any)
		if err != nil || !ok || len(doc.Value) > 1 {
			row.Untaken = append(row.Untaken, Untaken{p.Tables[i].Title, clean(values[n]), Unread})
			row.Errors = append(row.Errors, fault.Field{Pointer: at, Code: "cell", Text: fault.Text{ZH: "明细应为 JSON 数组，或改用 Excel 空表", EN: "A JSON array is wanted here; or use the workbook"}})
			continue
		}
		put(row.Value, at, nil, list)
	}
}

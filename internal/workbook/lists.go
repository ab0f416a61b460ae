package workbook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/width"

	"taizhang/internal/fault"
)

// lists are the rows on the sheets of lists. Which entry a row belongs to is said
// by the number of the entry alone: where that is not certain the file is refused,
// as the entry that lacks the row may be any of them.
type lists struct {
	plan     *Plan
	date1904 bool
	of       []map[string][]listRow // by table, then by the number of the entry
	owners   map[string]bool        // those numbers
	children []child
	left     int // rows that may still come
}

type listRow struct {
	at      string // its first cell
	line    Line
	errors  []fault.Field
	untaken []Untaken
}

// child is a row that belongs to a row of another list.
type child struct {
	at, owner, parent string
	table             int
	key               []int
}

func newLists(p *Plan, date1904 bool) *lists {
	return &lists{plan: p, date1904: date1904, of: make([]map[string][]listRow, len(p.Tables)), owners: map[string]bool{}, left: maxNested}
}

// numeral reads a number that ties sheets together however it is written.
func numeral(s string) string {
	s = strings.TrimSpace(width.Narrow.String(s))
	if n, bad := number("integer", s, s); bad == nil {
		return string(n.(json.Number))
	}
	return s
}

// read takes in the sheet of one list.
func (x *lists) read(f *excelize.File, sheet string, table int, h [][]string) error {
	from := 2
	_, byID := listID(h)
	if byID {
		from = firstLine
	}
	cols, err := x.plan.columns(table, h, byID)
	if err != nil {
		return err
	}
	x.of[table] = map[string][]listRow{}
	counts := map[string]int{}
	depth := x.plan.Tables[table].depth(x.plan.Version)
	for n, l := range lines(f, sheet, from) {
		if l.err != nil {
			return l.err
		}
		if blank(l.values, cols) {
			continue
		}
		if x.left--; x.left < 0 {
			return fault.New(fault.TooLarge, "table_too_long").With("limit", maxNested)
		}
		owner, at := numeral(say(l.values, cols, idRow)), cellName(sheet, 0, n)
		group := owner
		key := []int{}
		if depth > 1 {
			parent := numeral(say(l.values, cols, idParent))
			row, err := strconv.Atoi(parent)
			if err != nil || row < 1 || row > maxNested {
				row = 0 // told when they are tied
			}
			key, group = append(key, max(0, row-1)), fmt.Sprint(owner, "/", row)
			x.children = append(x.children, child{at, owner, parent, table, key})
		}
		if counts[group] >= 1000 {
			return fault.New(fault.TooLarge, "table_too_long").With("limit", 1000)
		}
		key = append(key, counts[group])
		counts[group]++
		line, bad, untaken := x.plan.read(table, key, l.values, cols, sheet, n, x.date1904)
		x.owners[owner] = true
		x.of[table][owner] = append(x.of[table][owner], listRow{at, line, bad, untaken})
	}
	return nil
}

// belong reports whether rows of a list belong to a line of the sheet of entries.
func (x *lists) belong(values []string, cols []place) bool {
	return x.owners[numeral(say(values, cols, idRow))]
}

// tie looks for what every row belongs to. Faults: table_owner, table_parent,
// table_twice.
func (x *lists) tie(f *excelize.File, main string, from int, cols []place) error {
	if len(x.owners) == 0 {
		return nil
	}
	at := slices.IndexFunc(cols, func(c place) bool { return c.id == idRow })
	found := map[string][]string{}
	var order []string
	for n, l := range lines(f, main, from) {
		if l.err != nil {
			return l.err
		}
		owner := numeral(say(l.values, cols, idRow))
		if owner == "" || !x.owners[owner] {
			continue
		}
		if found[owner] == nil {
			order = append(order, owner)
		}
		found[owner] = append(found[owner], cellName("", at, n))
	}
	var lost, twice, orphans []string
	for _, of := range x.of {
		for owner, rows := range of {
			if found[owner] == nil {
				for _, r := range rows {
					lost = append(lost, r.at+"“"+short(owner)+"”")
				}
			}
		}
	}
	slices.Sort(lost)
	for _, owner := range order {
		if len(found[owner]) > 1 {
			twice = append(twice, "“"+short(owner)+"”"+strings.Join(found[owner][:min(len(found[owner]), 5)], "、"))
		}
	}
	for _, c := range x.children {
		if p := x.plan.parent(c.table); p < 0 || len(x.of[p][c.owner]) <= c.key[0] || c.parent != strconv.Itoa(c.key[0]+1) {
			orphans = append(orphans, c.at+"“"+short(c.parent)+"”")
		}
	}
	switch {
	case len(lost) > 0:
		return listed("table_owner", lost)
	case len(twice) > 0:
		return listed("table_twice", twice)
	case len(orphans) > 0:
		return listed("table_parent", orphans)
	}
	return nil
}

// parent is the table of the rows that those of a table stand in, -1 for none.
func (p *Plan) parent(table int) int {
	at := p.Tables[table].at[p.Version]
	return slices.IndexFunc(p.Tables, func(t Table) bool {
		above, ok := t.at[p.Version]
		return ok && t.ID != "" && strings.HasPrefix(at, above+"/*/")
	})
}

package standards

import (
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/workbook"
)

// List of criteria that others keep, in one version: indicators say by its name and the
// numbers of its clauses what they answer (R13, R94).
type List struct {
	Name    string       `json:"list"`
	Version int          `json:"version"`
	Clauses []ListClause `json:"clauses"`
	By      string       `json:"by"`
	At      time.Time    `json:"at"`
	AddedBy uuid.UUID    `json:"-"`
	// Strays answer clauses that this version does not have.
	Strays []Use `json:"strays"`
}

// ListClause is one clause, with the indicators of standards in force that answer it.
type ListClause struct {
	Number  string `json:"number"`
	Text    string `json:"text"`
	Answers []Use  `json:"answers"`
}

var listColumns = []column{
	{"number", []string{"number", "编号", "条款编号", "条款", "序号", "code"}, true, 60},
	{"text", []string{"text", "内容", "条款内容", "要求", "指标"}, true, 2000},
}

// Lists are the external lists, each in its latest version, with what answers their clauses.
func (s *Service) Lists(ctx context.Context) ([]List, error) {
	lists, err := s.Store.Lists(ctx, s.asked(ctx))
	if err != nil {
		return nil, err
	}
	return lists, s.eachIssued(ctx, func(std *scoring.Standard) { answered(lists, std) })
}

func answered(lists []List, std *scoring.Standard) {
	for _, d := range std.Domains {
		for _, ind := range d.Indicators {
			for _, c := range ind.External {
				n := slices.IndexFunc(lists, func(l List) bool { return l.Name == c.List })
				if n < 0 {
					continue
				}
				use, l := Use{Standard: std.ID, Version: std.Version, Indicator: ind.Code, Clause: c.Clause}, &lists[n]
				if k := slices.IndexFunc(l.Clauses, func(own ListClause) bool { return own.Number == c.Clause }); k >= 0 {
					l.Clauses[k].Answers = append(l.Clauses[k].Answers, use)
				} else {
					l.Strays = append(l.Strays, use)
				}
			}
		}
	}
}

// ImportList takes a table of number and text in as the next version of a list. A table with
// mistakes makes none: they come back. Faults: forbidden, bad_list, those of the reader.
func (s *Service) ImportList(ctx context.Context, name string, r io.ReaderAt, size int64, idem ledger.Idem) (List, []Misread, error) {
	if err := s.may(ctx, "manage", uuid.Nil); err != nil {
		return List{}, nil, err
	}
	name, ok := catalog.Name(name, 200)
	if !ok {
		return List{}, nil, fault.InvalidFields("bad_list", []fault.Field{told("/list", "required", "不能为空，最多 200 字", "It is wanted, of at most 200 characters", nil)})
	}
	table, err := workbook.ReadCells(r, size)
	if err != nil {
		return List{}, nil, err
	}
	clauses, bad := readClauses(table)
	if len(bad) > 0 {
		return List{}, bad, nil
	}
	l, err := s.Store.AddList(ctx, s.asked(ctx), idem, List{Name: name, Clauses: clauses, AddedBy: actor.From(ctx).PersonID})
	return l, nil, err
}

func readClauses(table []workbook.Cells) (list []ListClause, bad []Misread) {
	i := &importer{columns: listColumns}
	if !i.begun(table, "number") {
		return nil, i.bad
	}
	taken := map[string]int{}
	for _, i.row = range table[1:] {
		i.short()
		c := ListClause{Number: i.cell("number"), Text: i.cell("text"), Answers: []Use{}}
		for _, name := range []string{"number", "text"} {
			if i.cell(name) == "" {
				i.wrong(name, "不能为空", "It must not be empty")
			}
		}
		if row, twice := taken[c.Number]; twice {
			i.wrong("number", "编号 "+c.Number+" 与第 "+strconv.Itoa(row)+" 行重复", c.Number+" stands already in row "+strconv.Itoa(row))
		}
		taken[c.Number] = i.row.Line
		list = append(list, c)
	}
	return list, i.bad
}

package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// page is how many rows are checked in one look.
const page = 200

// check reads the file and judges every row; nothing becomes an entry.
func (s *Service) check(ctx context.Context, i Import) error {
	plans, err := s.plans(i.Ledger)
	if err != nil {
		return err
	}
	areas, err := s.Areas(ctx, i.Prison)
	if err != nil {
		return err
	}
	f, size, err := s.fetch(ctx, importKey(i.Prison, i.ID))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	src, err := workbook.Open(f, size, plans)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	i.Format, i.Encoding, i.Version, i.Total = src.Format, src.Encoding, src.Version, src.Lines
	// Rows that became entries before a version overtook the rest.
	var settled map[int]bool
	err = s.Store.Read(ctx, program(i.Prison), func(tx Tx) (err error) {
		settled, err = tx.RowNumbers(ctx, i.Prison, i.ID, i.Row)
		return err
	})
	if err != nil {
		return err
	}
	seen := map[ledger.Digest]int{}
	var rows []Row
	n := 0
	for r, err := range src.Rows() {
		if err != nil {
			return err
		}
		n++
		row := s.prepare(i, n, r, areas, seen)
		// Rows of before a kill are only counted, so that the names come out the same.
		if n <= i.Row || settled[n] {
			continue
		}
		if rows = append(rows, row); len(rows) == page {
			if i, err = s.judged(ctx, i, rows); err != nil {
				return err
			}
			rows = nil
		}
	}
	if i, err = s.judged(ctx, i, rows); err != nil {
		return err
	}
	return s.move(ctx, i, Reading, func(_ Tx, now *Import) error {
		now.State, now.Total, now.ETag, now.Row = Checked, n, now.ETag+1, 0
		return nil
	})
}

// prepare gives a row its names and its area.
func (s *Service) prepare(i Import, n int, r workbook.Row, areas []ledger.Area, seen map[ledger.Digest]int) Row {
	row := Row{Number: n, Line: r.Line, AreaText: r.Area, Label: label(i, n, r.Key, seen), Outcome: Good, Errors: r.Errors, Untaken: r.Untaken, Area: i.Area}
	if r.Area != "" {
		at := slices.IndexFunc(areas, func(a ledger.Area) bool { return r.Area == a.NameZH || r.Area == a.NameEN || r.Area == a.Code })
		if at < 0 {
			row.Area = nil
		} else {
			row.Area = &areas[at].ID
		}
	}
	if row.Area == nil {
		row.Errors = append(row.Errors, fault.Field{Code: "area", Text: fault.Text{ZH: "监区未填写或不存在，请核对“监区”列", EN: "The area is missing or unknown"}})
	}
	raw, err := json.Marshal(r.Value)
	if err != nil {
		raw = []byte("{}")
		row.Errors = append(row.Errors, fault.Field{Code: "cell", Text: fault.Text{ZH: "这一行无法读取", EN: "The row cannot be read"}})
	}
	row.Document = raw
	if doc, err := catalog.ParseDocument(raw); err == nil && row.Area != nil {
		name := digest("content", i.Prison.String(), i.Ledger, row.Area.String(), string(doc.Canonical))
		// Two equal lines of one file are two matters; sent again, they are the same two.
		seen[name]++
		row.Names = append(row.Names, digest(string(name[:]), fmt.Sprint(seen[name])))
	}
	// In the error workbook stand rows that come back, and rows that are written and
	// have something untaken: whatever is changed in those, they are the same matter.
	if r.Key != "" || len(r.Untaken) > 0 {
		row.Names = append(row.Names, digest("label", i.Prison.String(), row.Label))
	}
	if r.Entry != "" {
		if id, err := uuid.Parse(r.Entry); err == nil {
			row.Entry = &id // looked up when the row is judged
		}
	}
	return row
}

// label names a row in an error workbook, for whoever sends the same file again too. A
// line that was copied there, with its label, is another matter than the first that has it.
func label(i Import, n int, key string, seen map[ledger.Digest]int) string {
	if key == "" {
		area := ""
		if i.Area != nil {
			area = i.Area.String()
		}
		file := digest("file", i.Ledger, area, i.Sha256.String())
		return fmt.Sprintf("%x/%d", file[:16], n)
	}
	name := digest("label", key)
	if seen[name]++; seen[name] > 1 {
		return fmt.Sprint(key, "/", seen[name])
	}
	return key
}

func digest(parts ...string) ledger.Digest {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return ledger.Digest(h.Sum(nil))
}

// judged checks rows and notes what came out, with how far the file is read.
func (s *Service) judged(ctx context.Context, i Import, rows []Row) (Import, error) {
	if len(rows) == 0 {
		return i, nil
	}
	if err := s.judge(ctx, i, rows); err != nil {
		return i, err
	}
	count := func(o Outcome) (n int) {
		for _, r := range rows {
			if r.Outcome == o {
				n++
			}
		}
		return n
	}
	err := s.move(ctx, i, Reading, func(tx Tx, now *Import) error {
		now.Format, now.Encoding, now.Version, now.Total = i.Format, i.Encoding, i.Version, max(i.Total, rows[len(rows)-1].Number)
		now.Good, now.Bad, now.Skipped = now.Good+count(Good), now.Bad+count(Bad), now.Skipped+count(Skipped)
		now.Differs, now.Uncompared = now.Differs+count(Differs), now.Uncompared+count(Uncompared)
		now.Row = rows[len(rows)-1].Number
		for _, r := range rows {
			for _, u := range r.Untaken {
				if !r.Outcome.before() && u.Why != workbook.Untitled && u.Why != workbook.Unread && !slices.Contains(now.Retired, u.Title) {
					now.Retired = append(now.Retired, u.Title)
				}
			}
		}
		return tx.InsertRows(ctx, i.Prison, i.ID, rows)
	})
	i.Row = rows[len(rows)-1].Number
	return i, err
}

func (s *Service) judge(ctx context.Context, i Import, rows []Row) error {
	var names []ledger.Digest
	var news []ledger.New
	var of []int
	for n, r := range rows {
		names = append(names, r.Names...)
		if r.Area != nil {
			news, of = append(news, s.new(i, r)), append(of, n)
		}
	}
	var standing map[ledger.Digest]uuid.UUID
	err := s.Store.Read(ctx, s.session(ctx, i.Prison), func(tx Tx) (err error) {
		if standing, err = tx.Standing(ctx, i.Prison, names); err != nil {
			return err
		}
		// A row that was exported names its entry; here again, it is that one.
		for n := range rows {
			if rows[n].Entry == nil {
				continue
			}
			_, err := tx.Entry(ctx, ledger.Key{Prison: i.Prison, Entry: *rows[n].Entry})
			switch {
			case fault.Is(err, fault.NotFound):
				rows[n].Entry = nil
			case err != nil:
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// What a row says that could not be read stays to be told, whatever became of the row
	// before; no rule is asked of what is not written.
	unread := make([][]fault.Field, len(rows))
	for n := range rows {
		unread[n] = rows[n].Errors
	}
	found, err := s.Ledger.Try(ctx, news, i.AsDraft)
	if err != nil {
		return err
	}
	for k, list := range found {
		rows[of[k]].Errors = merge(rows[of[k]].Errors, list)
	}
	for n := range rows {
		r := &rows[n]
		if len(r.Errors) > 0 {
			r.Outcome = Bad
		}
		if err := s.known(ctx, i, r, unread[n], standing); err != nil {
			return err
		}
	}
	return nil
}

// merge leaves out what the type says of a cell that could not even be read.
func merge(cells, list []fault.Field) []fault.Field {
	out := cells
	for _, f := range list {
		if !slices.ContainsFunc(cells, func(c fault.Field) bool {
			return c.Pointer != "" && (c.Pointer == f.Pointer || strings.HasPrefix(f.Pointer, c.Pointer+"/"))
		}) {
			out = append(out, f)
		}
	}
	return out
}

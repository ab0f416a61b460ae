package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

const (
	page  = 200 // rows checked in one look
	chunk = 25  // rows written between two notes of how far it has come
)

// errOvertaken ends a job whose import somebody else went on with, stopped or removed.
var errOvertaken = errors.New("somebody else went on with it")

// Run goes on with one import or export until it is done, stopped or overtaken.
// It may be killed at any point and run again; more asks that it be.
func (s *Service) Run(ctx context.Context, w Work) (more bool, err error) {
	if w.Export {
		err = s.export(ctx, w)
	} else {
		more, err = s.importing(ctx, w)
	}
	if errors.Is(err, errOvertaken) || fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return more, err
}

// program is the session of a job's own bookkeeping.
func program(prison uuid.UUID) ledger.Session {
	return ledger.Session{Prison: prison, Scope: ledger.Everything()}
}

func (s *Service) importing(ctx context.Context, w Work) (more bool, err error) {
	var i Import
	err = s.Store.Read(ctx, program(w.Prison), func(tx Tx) (err error) {
		i, err = tx.Import(ctx, w.Prison, w.ID)
		return err
	})
	if err != nil {
		return false, err
	}
	as, err := s.as(ctx, i.Person, i.Address)
	if err == nil {
		switch i.State {
		case Reading:
			err = s.check(as, i)
		case Writing:
			more, err = s.write(as, i)
		}
	}
	if fault.CodeOf(err) == "version_passed" {
		return true, s.again(ctx, i)
	}
	if why, final := failure(err); final {
		return false, s.fail(ctx, i, why)
	}
	return more, err
}

// again has an import checked anew that a version of its ledger overtook: what
// was good under the one before may be none under this one, and its sender looks
// before anything more is written. What became an entry stays one.
func (s *Service) again(ctx context.Context, i Import) error {
	current := s.Catalog.Current(i.Ledger)
	if current == nil {
		return errOvertaken // the next run finds the ledger ended
	}
	return s.Store.Write(ctx, program(i.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		now, err := tx.LockImport(ctx, i.Prison, i.ID)
		if err != nil {
			return err
		}
		if now.State != i.State || now.Version >= current.Version {
			return errOvertaken
		}
		if err := tx.DropUnwritten(ctx, i.Prison, i.ID); err != nil {
			return err
		}
		passed := now.Version
		now.Passed, now.Version = &passed, current.Version
		now.State, now.ETag, now.Row, now.Good, now.Bad = Reading, now.ETag+1, 0, now.Written, 0
		return tx.UpdateImport(ctx, now)
	})
}

func (s *Service) fail(ctx context.Context, i Import, why *Failure) error {
	return s.Store.Write(ctx, program(i.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		now, err := tx.LockImport(ctx, i.Prison, i.ID)
		if err != nil || now.State != i.State {
			return err
		}
		at := tx.Now()
		now.State, now.Failure, now.Finished, now.ETag = Failed, why, &at, now.ETag+1
		return tx.UpdateImport(ctx, now)
	})
}

// move changes an import that is still where the job left it. What another job
// or its sender did meanwhile ends this one.
func (s *Service) move(ctx context.Context, i Import, in State, fn func(Tx, *Import) error) error {
	return s.Store.Write(ctx, program(i.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		now, err := tx.LockImport(ctx, i.Prison, i.ID)
		if err != nil {
			return err
		}
		if now.State != in || now.Row != i.Row {
			return errOvertaken
		}
		if err := fn(tx, &now); err != nil {
			return err
		}
		return tx.UpdateImport(ctx, now)
	})
}

// fetch copies a sent file to this machine: a workbook is read here and there.
func (s *Service) fetch(ctx context.Context, key string) (_ *os.File, size int64, err error) {
	r, err := s.Files.OpenStaging(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	f, err := scratch()
	if err != nil {
		return nil, 0, err
	}
	if size, err = io.Copy(f, r); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, size, nil
}

// scratch is a file that is gone with the program, however it ends.
func scratch() (*os.File, error) {
	f, err := os.CreateTemp("", "taizhang-*")
	if err != nil {
		return nil, fmt.Errorf("scratch file: %w", err)
	}
	return f, os.Remove(f.Name())
}

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
	row := Row{Number: n, Line: r.Line, AreaText: r.Area, Label: r.Key, Outcome: Good, Errors: r.Errors, Area: i.Area}
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
	if r.Key != "" {
		row.Names = append(row.Names, digest("label", i.Prison.String(), r.Key))
	} else {
		row.Label = i.ID.String() + "/" + fmt.Sprint(n)
	}
	if r.Entry != "" {
		if id, err := uuid.Parse(r.Entry); err == nil {
			row.Entry = &id // looked up when the row is judged
		}
	}
	return row
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
		now.Row = rows[len(rows)-1].Number
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
			case err == nil:
				rows[n].Outcome = Skipped
			case fault.Is(err, fault.NotFound):
				rows[n].Entry = nil
			default:
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
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
		for _, name := range r.Names {
			if id, ok := standing[name]; ok {
				r.Outcome, r.Entry = Skipped, &id
			}
		}
		if r.Outcome != Skipped && len(r.Errors) > 0 {
			r.Outcome = Bad
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

func (s *Service) new(i Import, r Row) ledger.New {
	return ledger.New{Prison: i.Prison, Area: *r.Area, Ledger: i.Ledger, Version: i.Version, Body: r.Document, Once: r.Names}
}

// slice is how long one piece of writing takes.
const slice = 20 * time.Second

// write makes entries of the good rows, one transaction each, for a while.
func (s *Service) write(ctx context.Context, i Import) (more bool, err error) {
	for began := time.Now(); time.Since(began) < slice; {
		var rows []Row
		err := s.Store.Read(ctx, program(i.Prison), func(tx Tx) (err error) {
			rows, err = tx.Rows(ctx, i.Prison, i.ID, Good, i.Row, chunk)
			return err
		})
		if err != nil {
			return false, err
		}
		if len(rows) == 0 {
			return false, s.finish(ctx, i)
		}
		for n := range rows {
			if err := s.one(ctx, i, &rows[n]); err != nil {
				// What was written before it is said, whatever becomes of the rest.
				if n > 0 {
					_, noting := s.noted(ctx, i, rows[:n])
					err = errors.Join(err, noting)
				}
				return false, err
			}
		}
		if i, err = s.noted(ctx, i, rows); err != nil {
			return false, err
		}
	}
	return true, nil
}

// one files a row. It is written once under its own key, which answers a job
// that was killed, and once under its names, which answer another file.
func (s *Service) one(ctx context.Context, i Import, r *Row) error {
	idem := ledger.Idem{Key: i.ID.String() + "/" + fmt.Sprint(r.Number), Route: "IMPORT " + i.Ledger, BodyHash: sha256.Sum256(r.Document)}
	do := s.Ledger.File
	if i.AsDraft {
		do = s.Ledger.Create
	}
	out, err := do(ctx, s.new(i, *r), idem)
	switch {
	case err == nil:
		id := out.Entry.Entry
		r.Outcome, r.Entry = Written, &id
	case fault.CodeOf(err) == "row_written":
		r.Outcome = Skipped
	default:
		if r.Errors, err = ledger.Wrong(err); err != nil {
			return err
		}
		r.Outcome = Bad
	}
	return nil
}

// noted keeps what became of rows. They are kept too when the sender stopped
// the import meanwhile: what is written is written.
func (s *Service) noted(ctx context.Context, i Import, rows []Row) (Import, error) {
	stopped := false
	err := s.Store.Write(ctx, program(i.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		now, err := tx.LockImport(ctx, i.Prison, i.ID)
		if err != nil {
			return err
		}
		if now.Row != i.Row || now.State != Writing && now.State != Stopped {
			return errOvertaken
		}
		stopped = now.State == Stopped
		for _, r := range rows {
			switch r.Outcome {
			case Written:
				now.Written++
			case Skipped:
				now.Skipped, now.Good = now.Skipped+1, now.Good-1
			case Bad:
				now.Bad, now.Good = now.Bad+1, now.Good-1
			}
		}
		now.Row = rows[len(rows)-1].Number
		i = now
		if err := tx.UpdateRows(ctx, i.Prison, i.ID, rows); err != nil {
			return err
		}
		return tx.UpdateImport(ctx, now)
	})
	if err == nil && stopped {
		err = errOvertaken
	}
	return i, err
}

// finish ends an import and keeps who brought what in.
func (s *Service) finish(ctx context.Context, i Import) error {
	return s.move(ctx, i, Writing, func(tx Tx, now *Import) error {
		at := tx.Now()
		now.State, now.Finished, now.ETag = Done, &at, now.ETag+1
		return custody(ctx, tx, i.Prison, i.Person, i.Address, ledger.Custody{Kind: "import", Subject: i.ID.String(), Detail: map[string]any{
			"ledger": i.Ledger, "sha256": i.Sha256, "written": now.Written, "bad": now.Bad, "skipped": now.Skipped}})
	})
}

// loose reads a row's document without the door: it may hold anything.
func loose(raw []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("row of an import: %w", err)
	}
	return v, nil
}

// Tend takes up what a killed program left and sweeps what is over its time.
func (s *Service) Tend(ctx context.Context) error {
	now := s.Now()
	working, over, err := s.Store.Left(ctx, now.Add(-time.Minute), now.Add(-Keep))
	if err != nil {
		return err
	}
	for _, w := range working {
		err = errors.Join(err, s.Store.Write(ctx, program(w.Prison), ledger.Idem{}, nil, func(tx Tx) error {
			w.Touch = now.UnixNano()
			return tx.Enqueue(ctx, w)
		}))
	}
	for _, w := range over {
		err = errors.Join(err, s.sweep(ctx, w))
	}
	return err
}

// sweep drops the row first: a row without its file would promise what is gone.
func (s *Service) sweep(ctx context.Context, w Work) error {
	key := importKey(w.Prison, w.ID)
	err := s.Store.Write(ctx, program(w.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		if w.Export {
			key = exportKey(w.Prison, w.ID)
			return tx.DropExport(ctx, w.Prison, w.ID)
		}
		return tx.DropImport(ctx, w.Prison, w.ID)
	})
	if err != nil {
		return err
	}
	return s.Files.RemoveStaging(ctx, key)
}

package exchange

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// Sent is a file to be imported.
type Sent struct {
	Prison  uuid.UUID
	Ledger  string
	Area    uuid.UUID // for rows that name none; Nil: every row names its own
	AsDraft bool
	Name    string
	Size    int64
}

// Send takes a file in and has it checked; nothing is written before Start.
// Faults: file_too_large, upload_empty, bad_name, and those of who may fill.
func (s *Service) Send(ctx context.Context, f Sent, body io.Reader, idem ledger.Idem) (Import, error) {
	name, ok := ledger.PlainName(f.Name)
	switch {
	case f.Size > workbook.MaxFile:
		return Import{}, fault.New(fault.TooLarge, "file_too_large").With("limit", int64(workbook.MaxFile))
	case f.Size <= 0:
		return Import{}, fault.New(fault.Invalid, "upload_empty")
	case len(name) > 255 || !ok:
		return Import{}, fault.New(fault.Invalid, "bad_name")
	}
	areas, err := s.fillable(ctx, f.Prison, f.Ledger)
	if err != nil {
		return Import{}, err
	}
	a := actor.From(ctx)
	i := Import{Prison: f.Prison, ID: uuid.Must(uuid.NewV7()), Ledger: f.Ledger, Version: s.Catalog.Current(f.Ledger).Version, AsDraft: f.AsDraft,
		Name: name, Size: f.Size, Person: a.PersonID, Address: a.Address, State: Reading, ETag: 1}
	if f.Area != uuid.Nil {
		if !slices.ContainsFunc(areas, func(x ledger.Area) bool { return x.ID == f.Area }) {
			return Import{}, fault.New(fault.Invalid, "not_for_area").With("ledger", f.Ledger)
		}
		i.Area = &f.Area
	}
	sum := sha256.New()
	key := importKey(i.Prison, i.ID)
	if err := s.Files.PutStaging(ctx, key, io.TeeReader(body, sum), f.Size); err != nil {
		return Import{}, err
	}
	i.Sha256 = ledger.Digest(sum.Sum(nil))
	// The same key with another file is another request.
	idem.BodyHash = sha256.Sum256(append(idem.BodyHash[:], i.Sha256[:]...))
	out := i
	err = s.Store.Write(ctx, s.session(ctx, i.Prison), idem, &out, func(tx Tx) error {
		if err := tx.InsertImport(ctx, i); err != nil {
			return err
		}
		i.Created = tx.Now()
		out = i
		return tx.Enqueue(ctx, Work{Prison: i.Prison, ID: i.ID})
	})
	// Refused, or a repetition of what was taken in before. Of an unknown outcome the
	// file stays: its row may be there.
	if err != nil && !fault.Is(err, fault.Unknown) || err == nil && out.ID != i.ID {
		err = errors.Join(err, s.Files.RemoveStaging(ctx, key))
	}
	return out, err
}

// Do starts, stops or goes on with an import. Faults: file_state, changed_meanwhile.
func (s *Service) Do(ctx context.Context, prison, id uuid.UUID, a Action, ifMatch int64) (Import, error) {
	var i Import
	err := s.Store.Write(ctx, s.session(ctx, prison), ledger.Idem{}, nil, func(tx Tx) error {
		var err error
		if i, err = tx.LockImport(ctx, prison, id); err != nil {
			return err
		}
		if ifMatch != i.ETag {
			return fault.New(fault.Stale, "changed_meanwhile").With("etag", i.ETag)
		}
		to, err := Next(i.State, a)
		if err != nil {
			return err
		}
		if a == Remove {
			return tx.DropImport(ctx, prison, id)
		}
		if i.State == Checked {
			i.Row = 0
		}
		i.State, i.ETag, i.Finished = to, i.ETag+1, nil
		if err := tx.UpdateImport(ctx, i); err != nil {
			return err
		}
		if a != Start {
			return nil
		}
		return tx.Enqueue(ctx, Work{Prison: prison, ID: id, Touch: i.ETag})
	})
	if err == nil && a == Remove {
		err = s.Files.RemoveStaging(ctx, importKey(prison, id))
	}
	return i, err
}

// Allowed lists what its sender may do to an import now.
func Allowed(i Import) []Action {
	list := []Action{}
	for _, a := range Actions {
		if _, err := Next(i.State, a); err == nil && (a != Start || i.Good > i.Written) {
			list = append(list, a)
		}
	}
	return list
}

// Imports lists those of the context's actor, the newest first.
func (s *Service) Imports(ctx context.Context, prison uuid.UUID) (list []Import, err error) {
	err = s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		list, err = tx.Imports(ctx, prison, actor.From(ctx).PersonID)
		return err
	})
	return list, err
}

// Import returns one of the actor's own.
func (s *Service) Import(ctx context.Context, prison, id uuid.UUID) (i Import, err error) {
	err = s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		i, err = tx.Import(ctx, prison, id)
		return err
	})
	return i, err
}

// Rows of an import, after a number.
func (s *Service) Rows(ctx context.Context, prison, id uuid.UUID, of Outcome, after, limit int) (i Import, list []Row, err error) {
	err = s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		if i, err = tx.Import(ctx, prison, id); err != nil {
			return err
		}
		list, err = tx.Rows(ctx, prison, id, of, after, limit)
		return err
	})
	return i, list, err
}

// ErrorBook writes the bad rows of an import as a workbook to be corrected and
// sent again, and every row of which something was not taken.
func (s *Service) ErrorBook(ctx context.Context, prison, id uuid.UUID, w io.Writer) error {
	i, err := s.Import(ctx, prison, id)
	if err != nil {
		return err
	}
	t := s.Catalog.Type(i.Ledger, i.Version)
	if t == nil {
		return fault.New(fault.NotFound, "ledger_unknown").With("ledger", i.Ledger)
	}
	areas, err := s.fillable(ctx, prison, i.Ledger)
	if err != nil {
		return err
	}
	var names []string
	for _, a := range areas {
		names = append(names, a.NameZH)
	}
	b, err := workbook.NewBook(workbook.NewPlan(t), workbook.Errors, names, nil)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	of := Bad
	if len(i.Retired) > 0 {
		of = ""
	}
	for after := 0; ; {
		_, rows, err := s.Rows(ctx, prison, id, of, after, page)
		if err != nil {
			return err
		}
		for _, r := range rows {
			after = r.Number
			if r.Outcome != Bad && (r.Outcome.before() || len(r.Untaken) == 0) {
				continue
			}
			value, err := loose(r.Document)
			if err != nil {
				return err
			}
			if err := b.Add(workbook.Out{Number: r.Number, Version: i.Version, Value: value, Area: r.AreaText, Key: r.Label, Errors: r.Errors, Untaken: r.Untaken}); err != nil {
				return err
			}
		}
		if len(rows) < page {
			break
		}
	}
	_, err = b.WriteTo(w)
	return err
}

func asFault(err error) *fault.Error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Where names the field that a mistake of a row speaks of.
func Where(t *catalog.Type, pointer string) string {
	if t == nil {
		return ""
	}
	p := workbook.NewPlan(t)
	return p.Where(p.Locate(t.Version, pointer))
}

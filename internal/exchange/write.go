package exchange

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// chunk is how many rows are written between two notes of how far it has come.
const chunk = 25

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

func (s *Service) new(i Import, r Row) ledger.New {
	return ledger.New{Prison: i.Prison, Area: *r.Area, Ledger: i.Ledger, Version: i.Version, Body: r.Document, Once: r.Names}
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
		return s.overtaken(ctx, i, r)
	default:
		if r.Errors, err = ledger.Wrong(err); err != nil {
			return err
		}
		r.Outcome = Bad
	}
	return nil
}

// overtaken is what another file wrote since the check.
func (s *Service) overtaken(ctx context.Context, i Import, r *Row) error {
	var standing map[ledger.Digest]uuid.UUID
	err := s.Store.Read(ctx, s.session(ctx, i.Prison), func(tx Tx) (err error) {
		standing, err = tx.Standing(ctx, i.Prison, r.Names)
		return err
	})
	if err != nil {
		return err
	}
	return s.known(ctx, i, r, nil, standing)
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
			case Differs:
				now.Differs, now.Good = now.Differs+1, now.Good-1
			case Uncompared:
				now.Uncompared, now.Good = now.Uncompared+1, now.Good-1
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
			"ledger": i.Ledger, "sha256": i.Sha256, "written": now.Written, "bad": now.Bad, "skipped": now.Skipped, "differs": now.Differs, "uncompared": now.Uncompared}})
	})
}

package exchange

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
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

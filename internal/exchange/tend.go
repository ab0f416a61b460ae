package exchange

import (
	"context"
	"errors"
	"time"

	"taizhang/internal/ledger"
)

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

// sweep drops the row before its file: a row without it would promise what is gone.
// Parts go first, they promise nothing: what lacks one is begun anew.
func (s *Service) sweep(ctx context.Context, w Work) error {
	key := importKey(w.Prison, w.ID)
	if w.Export {
		if err := s.dropParts(ctx, w.Prison, w.ID); err != nil {
			return err
		}
	}
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

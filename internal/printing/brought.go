package printing

import (
	"context"
	"io"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
)

// bring puts a form or a volume under its key, before a row rests on it.
func (s *Service) bring(ctx context.Context, prison uuid.UUID, sum ledger.Digest, r io.Reader, size int64) (ledger.Brought, error) {
	return ledger.Bring(ctx, s.Files, func(fn func(ledger.Tx) error) error {
		return s.Store.Write(ctx, program(prison), ledger.Idem{}, nil, func(tx Tx) error { return fn(tx) })
	}, prison, sum, r, size, "application/pdf")
}

package ledger

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
)

// mostFiled bounds what the finder of coincidences reads at once, the newest first.
const mostFiled = 20_000

// Coincidences looks for facts asked twice in what was filed from a day to
// another, among the entries its reader may see.
func (s *Service) Coincidences(ctx context.Context, prison uuid.UUID, from, to string) ([]catalog.Coincidence, error) {
	var filed []catalog.Filed
	ses := s.session(ctx, prison)
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		var err error
		filed, err = r.Filed(ctx, prison, from, to, ses.Scope, mostFiled, s.Catalog.FiledOf)
		return err
	})
	if err != nil {
		return nil, err
	}
	return catalog.Coincidences(filed), nil
}

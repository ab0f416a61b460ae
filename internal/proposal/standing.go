package proposal

import (
	"context"

	"taizhang/internal/ledger"
)

// standing is the service over the catalogue as the transaction sees it. Under the
// catalogue's lock that is what the last change left, whatever this process, or
// another server, has taken up of it.
func (s *Service) standing(ctx context.Context, tx Tx) (*Service, error) {
	versions, owners, ends, err := tx.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.Catalog.With(versions, ends)
	if err != nil {
		return nil, err
	}
	then := *s
	then.Catalog, then.Access = now, owning{s.Access, owners}
	return &then, nil
}

// owning answers who owns a ledger by what the transaction read.
type owning struct {
	ledger.Authorizer
	of map[string]string
}

func (o owning) Owner(id string) string { return o.of[id] }

package postgres

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
	"taizhang/internal/search"
)

func (t retrieving) Unscoped(ctx context.Context, prison uuid.UUID, gram string, limit int) ([]ledger.Entry, error) {
	var list []ledger.Entry
	err := t.asProgram(ctx, func() error {
		found, err := t.Search(ctx, retrieval.Query{Prison: prison, Scope: ledger.Everything(), Asked: search.Query{Grams: []string{gram}}, Limit: limit})
		for _, f := range found {
			list = append(list, f.Entry)
		}
		return err
	})
	return list, err
}

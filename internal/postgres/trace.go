package postgres

import (
	"context"
	"time"

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

func (t retrieving) Stay(ctx context.Context, prison uuid.UUID, number string) (admitted time.Time, released *time.Time, err error) {
	err = t.tx.QueryRow(ctx, `select admitted_on::timestamp at time zone 'Asia/Shanghai', released_on::timestamp at time zone 'Asia/Shanghai'
		from inmates where prison_id = $1 and inmate_no = $2`, prison, number).Scan(&admitted, &released)
	return admitted, released, mapped(err)
}

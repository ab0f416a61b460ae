package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
)

// Write commits through the one commit path.
func (s Retrieval) Write(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(retrieval.FilterTx) error) error {
	return s.write(ctx, ses, idem, out, func(t *txn) error { return fn(retrieving{t}) })
}

// LockFilters makes a person's changes one after the other: the count that is
// looked at stays true until commit.
func (t retrieving) LockFilters(ctx context.Context, prison, person uuid.UUID) error {
	_, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 15))", prison.String()+"/"+person.String())
	return err
}

func (t retrieving) filters(ctx context.Context, cond string, args ...any) ([]retrieval.Filter, error) {
	rows, err := t.tx.Query(ctx, `select f.filter_id, f.page, f.name, f.query, f.unit <> '', f.owner = $1, p.name, f.etag, f.changed_at
		from saved_filters f join persons p on p.person_id = f.owner where `+cond+" order by f.owner <> $1, f.name, f.filter_id", append([]any{t.ses.Person}, args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (retrieval.Filter, error) {
		var f retrieval.Filter
		err := row.Scan(&f.ID, &f.Page, &f.Name, &f.Query, &f.Shared, &f.Mine, &f.OwnerName, &f.ETag, &f.ChangedAt)
		return f, err
	})
}

// The unit is part of the condition, as it is of the policy: each is enough alone.
const shownFilters = "f.prison_id = $2 and (f.owner = $1 or f.unit = any (string_to_array($3, ',')))"

func (t retrieving) Filters(ctx context.Context, prison uuid.UUID, page string) ([]retrieval.Filter, error) {
	return t.filters(ctx, shownFilters+" and f.page = $4", prison, t.ses.Scope["units"], page)
}

func (t retrieving) Filter(ctx context.Context, prison, id uuid.UUID) (retrieval.Filter, error) {
	list, err := t.filters(ctx, shownFilters+" and f.filter_id = $4", prison, t.ses.Scope["units"], id)
	if err == nil && len(list) == 0 {
		err = mapped(pgx.ErrNoRows)
	}
	if err != nil {
		return retrieval.Filter{}, err
	}
	return list[0], nil
}

func (t retrieving) CountFilters(ctx context.Context, prison, person uuid.UUID) (int, error) {
	var n int
	err := t.tx.QueryRow(ctx, "select count(*) from saved_filters where prison_id = $1 and owner = $2", prison, person).Scan(&n)
	return n, err
}

func (t retrieving) InsertFilter(ctx context.Context, prison, owner uuid.UUID, f retrieval.Filter) error {
	_, err := t.exec(ctx, "insert into saved_filters (prison_id, filter_id, owner, page, name, query, unit) values ($1, $2, $3, $4, $5, $6, $7)",
		prison, f.ID, owner, f.Page, f.Name, f.Query, f.Unit)
	return err
}

func (t retrieving) UpdateFilter(ctx context.Context, prison uuid.UUID, f retrieval.Filter) error {
	_, err := t.exec(ctx, `update saved_filters set name = $4, query = $5, unit = $6, etag = etag + 1, changed_at = app.transaction_time()
		where prison_id = $1 and filter_id = $2 and owner = $3`, prison, f.ID, t.ses.Person, f.Name, f.Query, f.Unit)
	return err
}

func (t retrieving) DeleteFilter(ctx context.Context, prison, id uuid.UUID) error {
	_, err := t.exec(ctx, "delete from saved_filters where prison_id = $1 and filter_id = $2 and owner = $3", prison, id, t.ses.Person)
	return err
}

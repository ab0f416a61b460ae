package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
	"taizhang/internal/search"
)

func (t *txn) SaveSearchText(ctx context.Context, k ledger.Key, x ledger.SearchText) error {
	// Not "on conflict": that would read the texts, which the service may not.
	// The entry's lock keeps a second writer out.
	if err := t.DropSearchText(ctx, k); err != nil {
		return err
	}
	_, err := t.exec(ctx, `insert into search_texts (prison_id, entry_id, revision, head, body, rest, part, grams) values ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8)`,
		k.Prison, k.Entry, x.Revision, x.Head, x.Body, x.Rest, x.Part, x.Grams)
	return err
}

func (t *txn) DropSearchText(ctx context.Context, k ledger.Key) error {
	_, err := t.exec(ctx, "delete from search_texts where prison_id = $1 and entry_id = $2", k.Prison, k.Entry)
	return err
}

// Retrieval finds entries (retrieval.Store).
type Retrieval struct{ *Store }

// retrieving is a transaction that finds.
type retrieving struct{ *txn }

// Read runs fn in a read-only transaction.
func (s Retrieval) Read(ctx context.Context, ses ledger.Session, fn func(retrieval.Reader) error) error {
	return s.Store.Read(ctx, ses, func(r ledger.Reader) error { return fn(retrieving{r.(*txn)}) })
}

// hits are the arguments of app.hits.
func hits(q retrieval.Query) []any {
	var area *uuid.UUID
	if q.Area != uuid.Nil {
		area = &q.Area
	}
	day := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	states := make([]string, 0, len(q.States))
	for _, s := range q.States {
		states = append(states, string(s))
	}
	if len(states) == 0 {
		states = nil
	}
	ledgers := q.Ledgers
	if len(ledgers) == 0 {
		ledgers = nil
	}
	return []any{q.Prison, search.Hashes(q.Prison, q.Asked.Grams), q.Asked.Needles, q.Asked.Words, ledgers, area, states, day(q.From), day(q.To)}
}

const fromHits = `app.hits($1, $2, coalesce($3::text[], '{}'), coalesce($4::text[], '{}'), $5, $6, $7, $8::text::date, $9::text::date)`

// Search asks twice: the function for the hits that the settings of the
// transaction let through, then the entries by the scope as a condition and by
// row-level security.
func (t retrieving) Search(ctx context.Context, q retrieval.Query) ([]retrieval.Found, error) {
	w := &where{args: hits(q)}
	cursor := "true"
	if q.After.Entry != uuid.Nil {
		w.args = append(w.args, q.After.Score, q.After.At, q.After.Entry)
		cursor = "(score, at, hit) < ($10, $11::text::timestamptz, $12)"
	}
	w.args = append(w.args, q.Limit)
	limit := len(w.args)
	w.scope(q.Scope)
	rows, err := t.tx.Query(ctx, fmt.Sprintf(`select h.score, case when isfinite(h.at) then to_char(h.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ') else '-infinity' end, %s from (select * from %s where %s order by score desc, at desc, hit desc limit $%d) h
			join entries e on e.prison_id = $1 and e.entry_id = h.hit join persons p on p.person_id = e.author
		where %s order by h.score desc, h.at desc, h.hit desc`, entryColumns, fromHits, cursor, limit, w), w.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (retrieval.Found, error) {
		var f retrieval.Found
		var err error
		f.Entry, err = scanEntry(prefixed{row, []any{&f.Score, &f.At}})
		return f, err
	})
}

// prefixed is a row with columns of its own before those of an entry.
type prefixed struct {
	pgx.CollectableRow
	first []any
}

func (p prefixed) Scan(dest ...any) error { return p.CollectableRow.Scan(append(p.first, dest...)...) }

func (t retrieving) Hits(ctx context.Context, q retrieval.Query) (int, error) {
	var n int
	err := t.tx.QueryRow(ctx, "select count(*) from "+fromHits, hits(q)...).Scan(&n)
	return n, err
}

package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// fewInmates are found by the documents' own index; the entries of a time are read
// quicker than found for each of many.
const fewInmates = 20

// Sourced as in ledger.Reader.
func (t *txn) Sourced(ctx context.Context, prison uuid.UUID, q ledger.Sourcing) (list []ledger.Sourced, err error) {
	var members []json.RawMessage
	if len(q.About) <= fewInmates {
		for _, number := range q.About {
			member := map[string]any{catalog.InmateField: number}
			if q.Rows != "" {
				member = map[string]any{q.Rows: []any{member}}
			}
			raw, err := json.Marshal(member)
			if err != nil {
				return nil, err
			}
			members = append(members, raw)
		}
	}
	// Of each inmate the latest, where the rows of an entry are not of several.
	newest := q.Per == "inmate" && q.Rows == ""
	said := q.Rows
	if said == "" && !strings.HasPrefix(q.Take, "@") {
		said, _, _ = strings.Cut(q.Take, "/")
	}
	from, to := make([]*time.Time, len(q.Times)), make([]*time.Time, len(q.Times))
	for i, span := range q.Times {
		from[i], to[i] = timeOrNone(span.From), timeOrNone(span.To)
	}
	err = t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select entry_id, revision, canonical, (time - 1)::int
			from unnest($5::timestamptz[], $6::timestamptz[]) with ordinality as asked(first, last, time) cross join lateral (
				select e.entry_id, r.revision, r.canonical, e.occurred_at,
					row_number() over (partition by case when $9 then r.document ->> 'inmate_ref' else e.entry_id::text end order by e.occurred_at desc, e.entry_id desc) as nth
				from entries e join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id
					and r.revision = case when e.in_force > 0 then e.in_force else e.revision end
				where e.prison_id = $1 and e.ledger = $2 and ($3::uuid is null or e.area_id = $3) and not e.sealed and not r.nil_return
					and (e.state = 'submitted' and not $4 or e.state <> 'voided' and e.in_force > 0)
					and (asked.first is null or e.occurred_at >= asked.first) and (asked.last is null or e.occurred_at <= asked.last)
					and ($7::jsonb[] is null or r.document @> any($7)) and ($8 = '' or r.document ? $8)) taken
			where nth = 1 order by time, occurred_at, entry_id`,
			prison, q.Ledger, orNone(q.Area), q.Approved, from, to, members, said, newest)
		if err != nil {
			return err
		}
		list, err = sourced(rows)
		return err
	})
	return list, err
}

// Stood as in ledger.Reader.
func (t *txn) Stood(ctx context.Context, prison uuid.UUID, entries []uuid.UUID) (map[uuid.UUID]ledger.Stood, error) {
	found := map[uuid.UUID]ledger.Stood{}
	var id uuid.UUID
	err := t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select entry_id, coalesce(occurred_at, created_at),
				case when state = 'voided' then 0 when in_force > 0 then in_force when state = 'submitted' then revision else 0 end
			from entries where prison_id = $1 and entry_id = any($2)`, prison, entries)
		if err != nil {
			return err
		}
		var s ledger.Stood
		_, err = pgx.ForEachRow(rows, []any{&id, &s.At, &s.Revision}, func() error {
			found[id] = s
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err := t.tx.Query(ctx, "select entry_id from entries where prison_id = $1 and entry_id = any($2)", prison, entries)
	if err != nil {
		return nil, err
	}
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		s := found[id]
		s.Visible = true
		found[id] = s
		return nil
	})
	return found, err
}

// Documents as in ledger.Reader.
func (t *txn) Documents(ctx context.Context, prison uuid.UUID, list []ledger.Pinned) (found []ledger.Sourced, err error) {
	entries, revisions := make([]uuid.UUID, len(list)), make([]int, len(list))
	for i, p := range list {
		entries[i], revisions[i] = p.Entry, p.Revision
	}
	err = t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select r.entry_id, r.revision, r.canonical, 0
			from unnest($2::uuid[], $3::int[]) with ordinality as p(entry_id, revision, nth)
				join revisions r on r.prison_id = $1 and r.entry_id = p.entry_id and r.revision = p.revision order by nth`, prison, entries, revisions)
		if err != nil {
			return err
		}
		found, err = sourced(rows)
		return err
	})
	return found, err
}

func sourced(rows pgx.Rows) ([]ledger.Sourced, error) {
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s ledger.Sourced, err error) {
		var b []byte
		err = row.Scan(&s.Entry, &s.Revision, &b, &s.Time)
		s.Document = b
		return s, err
	})
	return list, errors.Join(err, rows.Err())
}

func orNone(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func timeOrNone(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

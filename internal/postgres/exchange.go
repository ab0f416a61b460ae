package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Exchange keeps imports and exports (exchange.Store).
type Exchange struct{ *Store }

// exchanging is a transaction over imports and exports.
type exchanging struct{ *txn }

// Write commits through the one commit path.
func (s Exchange) Write(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(exchange.Tx) error) error {
	return s.write(ctx, ses, idem, out, func(t *txn) error { return fn(exchanging{t}) })
}

// Read runs fn in a read-only transaction.
func (s Exchange) Read(ctx context.Context, ses ledger.Session, fn func(exchange.Tx) error) error {
	return s.Store.Read(ctx, ses, func(r ledger.Reader) error { return fn(exchanging{r.(*txn)}) })
}

// Left lists work nobody goes on with, and what is over its time.
func (s Exchange) Left(ctx context.Context, before, old time.Time) (working, over []exchange.Work, err error) {
	err = s.Read(ctx, everything, func(tx exchange.Tx) error {
		t := tx.(exchanging)
		if working, err = t.works(ctx, `select prison_id, import_id, false from imports where state in ('reading', 'writing') and touched_at < $1
			union all select prison_id, export_id, true from exports where state = 'writing' and touched_at < $1`, before); err != nil {
			return err
		}
		over, err = t.works(ctx, `select prison_id, import_id, false from imports where created_at < $1 and state not in ('reading', 'writing')
			union all select prison_id, export_id, true from exports where created_at < $1 and state <> 'writing'`, old)
		return err
	})
	return working, over, err
}

func (t exchanging) works(ctx context.Context, sql string, at time.Time) ([]exchange.Work, error) {
	rows, err := t.tx.Query(ctx, sql, at)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (exchange.Work, error) {
		var w exchange.Work
		err := row.Scan(&w.Prison, &w.ID, &w.Export)
		return w, err
	})
}

// ClaimRow takes the names of a row. Another transaction that took one of them
// is waited for. An entry that was thrown away or voided gives them back.
func (t *txn) ClaimRow(ctx context.Context, prison uuid.UUID, names []ledger.Digest, entry uuid.UUID) error {
	// In one order for everybody, so that two files do not wait for each other.
	for _, n := range slices.SortedFunc(slices.Values(names), func(a, b ledger.Digest) int { return bytes.Compare(a[:], b[:]) }) {
		tag, err := t.exec(ctx, `insert into imported as i (prison_id, name, entry_id) values ($1, $2, $3)
			on conflict (prison_id, name) do update set entry_id = excluded.entry_id, recorded_at = app.transaction_time()
			where exists (select from entries e where e.prison_id = i.prison_id and e.entry_id = i.entry_id and e.state in ('discarded', 'voided'))`,
			prison, n[:], entry)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "row_written")
		}
	}
	return nil
}

const importColumns = `prison_id, import_id, ledger, version, area_id, as_draft, name, size, sha256, format, encoding, person_id, address, state, etag,
	phase_row, total, good, bad, written, skipped, differs, uncompared, failure, retired, passed, created_at, touched_at, finished_at`

func scanImport(row pgx.CollectableRow) (exchange.Import, error) {
	var i exchange.Import
	var sum []byte
	err := row.Scan(&i.Prison, &i.ID, &i.Ledger, &i.Version, &i.Area, &i.AsDraft, &i.Name, &i.Size, &sum, &i.Format, &i.Encoding, &i.Person, &i.Address,
		&i.State, &i.ETag, &i.Row, &i.Total, &i.Good, &i.Bad, &i.Written, &i.Skipped, &i.Differs, &i.Uncompared, &i.Failure, &i.Retired, &i.Passed, &i.Created, &i.Touched, &i.Finished)
	if err == nil {
		i.Sha256 = ledger.Digest(sum)
	}
	return i, err
}

func (t exchanging) imports(ctx context.Context, sql string, args ...any) ([]exchange.Import, error) {
	rows, err := t.tx.Query(ctx, "select "+importColumns+" from imports where "+sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanImport)
}

func single[T any](list []T, err error) (T, error) {
	var none T
	switch {
	case err != nil:
		return none, err
	case len(list) == 0:
		return none, fault.New(fault.NotFound, "not_found")
	}
	return list[0], nil
}

func (t exchanging) Import(ctx context.Context, prison, id uuid.UUID) (exchange.Import, error) {
	return single(t.imports(ctx, "prison_id = $1 and import_id = $2", prison, id))
}

func (t exchanging) LockImport(ctx context.Context, prison, id uuid.UUID) (exchange.Import, error) {
	return single(t.imports(ctx, "prison_id = $1 and import_id = $2 for update", prison, id))
}

func (t exchanging) Imports(ctx context.Context, prison, person uuid.UUID) ([]exchange.Import, error) {
	return t.imports(ctx, "prison_id = $1 and person_id = $2 order by import_id desc limit 100", prison, person)
}

func (t exchanging) InsertImport(ctx context.Context, i exchange.Import) error {
	_, err := t.exec(ctx, `insert into imports (prison_id, import_id, ledger, version, area_id, as_draft, name, size, sha256, person_id, address, state)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		i.Prison, i.ID, i.Ledger, i.Version, i.Area, i.AsDraft, i.Name, i.Size, i.Sha256[:], i.Person, i.Address, i.State)
	return err
}

func (t exchanging) UpdateImport(ctx context.Context, i exchange.Import) error {
	_, err := t.exec(ctx, `update imports set version = $3, format = $4, encoding = $5, state = $6, etag = $7, phase_row = $8, total = $9, good = $10, bad = $11,
		written = $12, skipped = $13, failure = $14, finished_at = $15, passed = $16, retired = $17, differs = $18, uncompared = $19, touched_at = now() where prison_id = $1 and import_id = $2`,
		i.Prison, i.ID, i.Version, i.Format, i.Encoding, i.State, i.ETag, i.Row, i.Total, i.Good, i.Bad, i.Written, i.Skipped, i.Failure, i.Finished, i.Passed, some(i.Retired), i.Differs, i.Uncompared)
	return err
}

func (t exchanging) DropImport(ctx context.Context, prison, id uuid.UUID) error {
	_, err := t.exec(ctx, "delete from imports where prison_id = $1 and import_id = $2", prison, id)
	return err
}

func bytesOf(names []ledger.Digest) [][]byte {
	out := make([][]byte, len(names))
	for i := range names {
		out[i] = names[i][:]
	}
	return out
}

func (t exchanging) InsertRows(ctx context.Context, prison, id uuid.UUID, rows []exchange.Row) error {
	b := &pgx.Batch{}
	for _, r := range rows {
		problems, err := json.Marshal(some(r.Errors))
		if err != nil {
			return err
		}
		b.Queue(`insert into import_rows (prison_id, import_id, row, line, area_id, area_text, label, names, document, outcome, errors, entry_id, untaken)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			prison, id, r.Number, r.Line, r.Area, r.AreaText, r.Label, bytesOf(r.Names), []byte(r.Document), r.Outcome, problems, r.Entry, some(r.Untaken))
	}
	return t.tx.SendBatch(ctx, b).Close()
}

func (t exchanging) UpdateRows(ctx context.Context, prison, id uuid.UUID, rows []exchange.Row) error {
	b := &pgx.Batch{}
	for _, r := range rows {
		problems, err := json.Marshal(some(r.Errors))
		if err != nil {
			return err
		}
		b.Queue("update import_rows set outcome = $4, errors = $5, entry_id = $6 where prison_id = $1 and import_id = $2 and row = $3",
			prison, id, r.Number, r.Outcome, problems, r.Entry)
	}
	return t.tx.SendBatch(ctx, b).Close()
}

func (t exchanging) Rows(ctx context.Context, prison, id uuid.UUID, of exchange.Outcome, after, limit int) ([]exchange.Row, error) {
	rows, err := t.tx.Query(ctx, `select row, line, area_id, area_text, label, names, document, outcome, errors, entry_id, untaken from import_rows
		where prison_id = $1 and import_id = $2 and ($3 = '' or outcome = $3) and row > $4 order by row limit $5`, prison, id, string(of), after, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (exchange.Row, error) {
		var r exchange.Row
		var names [][]byte
		var document []byte
		err := row.Scan(&r.Number, &r.Line, &r.Area, &r.AreaText, &r.Label, &names, &document, &r.Outcome, &r.Errors, &r.Entry, &r.Untaken)
		r.Document = document
		for _, n := range names {
			r.Names = append(r.Names, ledger.Digest(n))
		}
		return r, err
	})
}

func (t exchanging) RowNumbers(ctx context.Context, prison, id uuid.UUID, after int) (map[int]bool, error) {
	rows, err := t.tx.Query(ctx, "select row from import_rows where prison_id = $1 and import_id = $2 and row > $3", prison, id, after)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int])
	found := make(map[int]bool, len(list))
	for _, n := range list {
		found[n] = true
	}
	return found, err
}

func (t exchanging) DropUnwritten(ctx context.Context, prison, id uuid.UUID) error {
	_, err := t.exec(ctx, "delete from import_rows where prison_id = $1 and import_id = $2 and outcome in ('good', 'bad')", prison, id)
	return err
}

// Standing tells which names belong to an entry that still stands.
func (t exchanging) Standing(ctx context.Context, prison uuid.UUID, names []ledger.Digest) (map[ledger.Digest]uuid.UUID, error) {
	out := map[ledger.Digest]uuid.UUID{}
	rows, err := t.tx.Query(ctx, `select i.name, i.entry_id from imported i where i.prison_id = $1 and i.name = any($2)
		and not exists (select from entries e where e.prison_id = i.prison_id and e.entry_id = i.entry_id and e.state in ('discarded', 'voided'))`,
		prison, bytesOf(names))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name []byte
		var id uuid.UUID
		if err := rows.Scan(&name, &id); err != nil {
			return nil, err
		}
		out[ledger.Digest(name)] = id
	}
	return out, rows.Err()
}

const exportColumns = `prison_id, export_id, ledger, query, format, reason, person_id, address, state, total, rows, size, sha256, failure, created_at, touched_at, finished_at,
	parts, after, ground`

func (t exchanging) exports(ctx context.Context, sql string, args ...any) ([]exchange.Export, error) {
	rows, err := t.tx.Query(ctx, "select "+exportColumns+" from exports where "+sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (exchange.Export, error) {
		var e exchange.Export
		var sum, ground []byte
		err := row.Scan(&e.Prison, &e.ID, &e.Ledger, &e.Query, &e.Format, &e.Reason, &e.Person, &e.Address, &e.State, &e.Total, &e.Rows, &e.Size, &sum,
			&e.Failure, &e.Created, &e.Touched, &e.Finished, &e.Parts, &e.After, &ground)
		copy(e.Ground[:], ground)
		if len(sum) == 32 {
			d := ledger.Digest(sum)
			e.Sha256 = &d
		}
		return e, err
	})
}

func (t exchanging) Export(ctx context.Context, prison, id uuid.UUID) (exchange.Export, error) {
	return single(t.exports(ctx, "prison_id = $1 and export_id = $2", prison, id))
}

func (t exchanging) LockExport(ctx context.Context, prison, id uuid.UUID) (exchange.Export, error) {
	return single(t.exports(ctx, "prison_id = $1 and export_id = $2 for update", prison, id))
}

func (t exchanging) Exports(ctx context.Context, prison, person uuid.UUID) ([]exchange.Export, error) {
	return t.exports(ctx, "prison_id = $1 and person_id = $2 order by export_id desc limit 100", prison, person)
}

func (t exchanging) InsertExport(ctx context.Context, e exchange.Export) error {
	_, err := t.exec(ctx, `insert into exports (prison_id, export_id, ledger, query, format, reason, person_id, address, state)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, e.Prison, e.ID, e.Ledger, e.Query, e.Format, e.Reason, e.Person, e.Address, e.State)
	return err
}

func (t exchanging) UpdateExport(ctx context.Context, e exchange.Export) error {
	var sum []byte
	if e.Sha256 != nil {
		sum = e.Sha256[:]
	}
	_, err := t.exec(ctx, `update exports set state = $3, total = $4, rows = $5, size = $6, sha256 = $7, failure = $8, finished_at = $9,
			parts = $10, after = $11, ground = $12, touched_at = now()
		where prison_id = $1 and export_id = $2`, e.Prison, e.ID, e.State, e.Total, e.Rows, e.Size, sum, e.Failure, e.Finished,
		some(e.Parts), e.After, e.Ground[:])
	return err
}

func (t exchanging) DropExport(ctx context.Context, prison, id uuid.UUID) error {
	_, err := t.exec(ctx, "delete from exports where prison_id = $1 and export_id = $2", prison, id)
	return err
}

// Actor is a person as a job works for them: with the account that is not
// disabled, and the posts and grants of now.
func (s Accounts) Actor(ctx context.Context, person uuid.UUID) (actor.Actor, error) {
	var a actor.Actor
	err := s.pool.QueryRow(ctx, `select u.user_id, p.person_id, p.number, p.name from users u join persons p on p.person_id = u.person_id
		where p.person_id = $1 and u.disabled_at is null order by u.user_id limit 1`, person).Scan(&a.UserID, &a.PersonID, &a.Number, &a.Name)
	if err != nil {
		return a, mapped(err)
	}
	var errs [2]error
	a.Postings, errs[0] = s.postings(ctx, a.PersonID)
	a.Grants, errs[1] = s.grants(ctx, a.PersonID)
	return a, mapped(errors.Join(errs[:]...))
}

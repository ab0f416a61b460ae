package postgres

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
)

// Prints keeps forms and volumes (printing.Store).
type Prints struct{ *Store }

// printed is a transaction over prints.
type printed struct{ *txn }

// Write commits through the one commit path.
func (s Prints) Write(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(printing.Tx) error) error {
	return s.write(ctx, ses, idem, out, func(t *txn) error { return fn(printed{t}) })
}

// Read runs fn in a read-only transaction.
func (s Prints) Read(ctx context.Context, ses ledger.Session, fn func(printing.Tx) error) error {
	return s.Store.Read(ctx, ses, func(r ledger.Reader) error { return fn(printed{r.(*txn)}) })
}

const printColumns = "prison_id, entry_id, revision, kind, code, sha256, version_id, size, pages, maker, missing, salt, recorded_at"

func scanPrint(row pgx.CollectableRow) (printing.Print, error) {
	var p printing.Print
	var sum []byte
	err := row.Scan(&p.Prison, &p.Entry, &p.Revision, &p.Kind, &p.Code, &sum, &p.VersionID, &p.Size, &p.Pages, &p.Maker, &p.Missing, &p.Salt, &p.RecordedAt)
	copy(p.Sha256[:], sum)
	return p, err
}

func (t printed) onePrint(ctx context.Context, where string, args ...any) (printing.Print, error) {
	rows, err := t.tx.Query(ctx, "select "+printColumns+" from prints where "+where, args...)
	if err != nil {
		return printing.Print{}, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanPrint)
	return p, mapped(err)
}

func (t printed) Print(ctx context.Context, k ledger.Key, revision int, kind printing.Kind) (printing.Print, error) {
	return t.onePrint(ctx, "prison_id = $1 and entry_id = $2 and revision = $3 and kind = $4", k.Prison, k.Entry, revision, kind)
}

// PrintOf is the one look-up that cannot name the prison: who holds the paper
// knows the code alone.
func (t printed) PrintOf(ctx context.Context, code string) (printing.Print, error) {
	return t.onePrint(ctx, "code = $1", code)
}

func (t printed) InsertPrint(ctx context.Context, p printing.Print) error {
	_, err := t.exec(ctx, `insert into prints (prison_id, entry_id, revision, kind, code, sha256, version_id, size, pages, maker, missing, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		p.Prison, p.Entry, p.Revision, p.Kind, p.Code, p.Sha256[:], p.VersionID, p.Size, p.Pages, p.Maker, p.Missing, p.Salt)
	if err != nil {
		return err
	}
	return t.note(p.Record())
}

func (t printed) Leaf(ctx context.Context, prison uuid.UUID, kind, ref string) (int64, error) {
	var n int64
	err := t.tx.QueryRow(ctx, "select idx from log_leaves where prison_id = $1 and kind = $2 and ref = $3", prison, kind, ref).Scan(&n)
	return n, mapped(err)
}

func (t printed) PrisonName(ctx context.Context, prison uuid.UUID) (string, error) {
	var n string
	err := t.tx.QueryRow(ctx, "select name_zh from prisons where prison_id = $1", prison).Scan(&n)
	return n, mapped(err)
}

func (s *Snapshot) prints(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		p, err := scanPrint(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.Record()
		return rowOf("prints", rec, err, p.RecordedAt, "")
	}, "select "+printColumns+" from prints where prison_id = $1 order by entry_id, revision, kind", prison)
}

// Unbound lists open volumes without a sign of life, and not of a pause.
func (s Prints) Unbound(ctx context.Context, prison uuid.UUID, now time.Time) ([]printing.VolumeKey, error) {
	return left(ctx, s, prison, func(row pgx.CollectableRow) (printing.VolumeKey, error) {
		k := printing.VolumeKey{Prison: prison}
		err := row.Scan(&k.ID)
		return k, err
	}, `select volume_id from volumes where prison_id = $1 and state in ('waiting', 'binding')
		and coalesce(touched_at, created_at) < $2 and coalesce(paused_till <= $3, true) order by created_at limit 100`, now.Add(-printing.WorkerDead), now)
}

// Unlocked lists them all: were there a limit, those that cannot be locked would
// keep the others out.
func (s Prints) Unlocked(ctx context.Context, prison uuid.UUID) ([]printing.Unlocked, error) {
	return left(ctx, s, prison, func(row pgx.CollectableRow) (printing.Unlocked, error) {
		var u printing.Unlocked
		var sum []byte
		err := row.Scan(&sum, &u.VersionID, &u.Ledger, &u.Version, &u.Since)
		copy(u.Sha256[:], sum)
		return u, err
	}, `select o.sha256, p.version_id, r.ledger, r.version, p.recorded_at from objects o
			join prints p on p.prison_id = o.prison_id and p.sha256 = o.sha256
			join revisions r on r.prison_id = p.prison_id and r.entry_id = p.entry_id and r.revision = p.revision
			where o.prison_id = $1 and o.retained_until is null
		union all select o.sha256, p.version_id, '', 0, p.recorded_at from objects o
			join sheet_prints p on p.prison_id = o.prison_id and p.sha256 = o.sha256
			where o.prison_id = $1 and o.retained_until is null
		union all select o.sha256, p.version_id, '', 0, p.recorded_at from objects o
			join photos p on p.prison_id = o.prison_id and p.sha256 = o.sha256
			where o.prison_id = $1 and o.retained_until is null and `+shown+`
		union all select o.sha256, v.version_id, v.ledger, 0, v.finished_at from objects o
			join volumes v on v.prison_id = o.prison_id and v.sha256 = o.sha256
			where o.prison_id = $1 and o.retained_until is null`)
}

// left reads what a prison's workers have left; $1 is the prison.
func left[T any](ctx context.Context, s Prints, prison uuid.UUID, scan pgx.RowToFunc[T], sql string, args ...any) (list []T, err error) {
	err = s.Read(ctx, ledger.Session{Prison: prison, Scope: ledger.Everything()}, func(tx printing.Tx) error {
		rows, err := tx.(printed).tx.Query(ctx, sql, append([]any{prison}, args...)...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scan)
		return err
	})
	return list, err
}

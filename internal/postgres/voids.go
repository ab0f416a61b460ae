package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const voidColumns = `v.entry_id, v.void_id, v.revision, v.of_digest, v.author, v.asked_by, p.name, v.role, v.reason, v.salt, v.recorded_at
	from voids v join persons p on p.person_id = v.asked_by where v.prison_id = $1`

func scanVoid(row pgx.CollectableRow) (entry uuid.UUID, v ledger.VoidRequest, err error) {
	var of []byte
	var role string
	err = row.Scan(&entry, &v.ID, &v.Revision, &of, &v.Author, &v.By, &v.ByName, &role, &v.Reason, &v.Salt, &v.RecordedAt)
	v.Role = actor.Role(role)
	copy(v.Of[:], of)
	return entry, v, err
}

func (t *txn) Voids(ctx context.Context, k ledger.Key) ([]ledger.VoidRequest, error) {
	rows, err := t.tx.Query(ctx, "select "+voidColumns+" and v.entry_id = $2 order by v.recorded_at, v.void_id", k.Prison, k.Entry)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.VoidRequest, error) {
		_, v, err := scanVoid(row)
		return v, err
	})
}

func (t *txn) InsertVoid(ctx context.Context, k ledger.Key, v ledger.VoidRequest) error {
	_, err := t.exec(ctx, `insert into voids (prison_id, entry_id, void_id, revision, of_digest, author, asked_by, role, reason, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		k.Prison, k.Entry, v.ID, v.Revision, v.Of[:], v.Author, v.By, v.Role, v.Reason, v.Salt)
	if err != nil {
		return err
	}
	return t.note(ledger.VoidRecord(k, v))
}

// voids as the verifier reads them.
func (s *Snapshot) voids(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		entry, v, err := scanVoid(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := ledger.VoidRecord(ledger.Key{Prison: prison, Entry: entry}, v)
		return rowOf("voids", rec, err, v.RecordedAt, "")
	}, "select "+voidColumns+" order by v.void_id", prison)
}

package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
)

func (t *txn) InsertUpload(ctx context.Context, u ledger.Upload) error {
	_, err := t.exec(ctx, `insert into uploads (prison_id, upload_id, entry_id, slot, name, size, hash_state, created_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, u.Prison, u.ID, u.Entry, u.Slot, u.Name, u.Size, u.HashState, u.By)
	return err
}

func (t *txn) LockUpload(ctx context.Context, prison, id uuid.UUID) (ledger.Upload, error) {
	u := ledger.Upload{Prison: prison, ID: id}
	err := t.tx.QueryRow(ctx, `select entry_id, slot, name, size, received, parts, hash_state, created_by, finished_at is not null
		from uploads where prison_id = $1 and upload_id = $2 for update`, prison, id).
		Scan(&u.Entry, &u.Slot, &u.Name, &u.Size, &u.Received, &u.Parts, &u.HashState, &u.By, &u.Finished)
	return u, mapped(err)
}

func (t *txn) UpdateUpload(ctx context.Context, u ledger.Upload) error {
	_, err := t.exec(ctx, "update uploads set received = $3, parts = $4, hash_state = $5, touched_at = now(), finished_at = case when $6 then now() end where prison_id = $1 and upload_id = $2",
		u.Prison, u.ID, u.Received, u.Parts, u.HashState, u.Finished)
	return err
}

func (t *txn) DropUploads(ctx context.Context, prison uuid.UUID, before time.Time) (int, error) {
	tag, err := t.exec(ctx, "delete from uploads where prison_id = $1 and touched_at < $2", prison, before)
	return int(tag.RowsAffected()), err
}

package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

func (t *txn) AnchorKey(ctx context.Context) (secret []byte, now time.Time, err error) {
	err = t.tx.QueryRow(ctx, "select secret from anchor_keys order by key_id desc limit 1").Scan(&secret)
	return secret, t.now, mapped(err)
}

func (t *txn) Branches(ctx context.Context, k ledger.Key) ([]ledger.Branch, error) {
	rows, err := t.tx.Query(ctx, `select b.branch_id, b.written_by, p.name, b.version, b.base_etag, b.body, b.written, b.recorded_at
		from draft_branches b join persons p on p.person_id = b.written_by
		where b.prison_id = $1 and b.entry_id = $2 and b.resolved_at is null order by b.branch_id`, k.Prison, k.Entry)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Branch, error) {
		var b ledger.Branch
		var body []byte
		err := row.Scan(&b.ID, &b.By, &b.ByName, &b.Version, &b.BaseETag, &body, &b.Claim, &b.RecordedAt)
		b.Body = body
		return b, err
	})
}

func (t *txn) InsertBranch(ctx context.Context, k ledger.Key, b ledger.Branch) error {
	_, err := t.exec(ctx, `insert into draft_branches (prison_id, entry_id, branch_id, written_by, version, base_etag, body, written)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, k.Prison, k.Entry, b.ID, b.By, b.Version, b.BaseETag, []byte(b.Body), b.Claim)
	return err
}

func (t *txn) ResolveBranch(ctx context.Context, k ledger.Key, branch uuid.UUID, resolution string) error {
	tag, err := t.exec(ctx, `update draft_branches set resolved_at = app.transaction_time(), resolved_by = $4, resolution = $5
		where prison_id = $1 and entry_id = $2 and branch_id = $3 and resolved_at is null`, k.Prison, k.Entry, branch, t.ses.Person, resolution)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "not_found")
	}
	return err
}

package postgres

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
)

// Notify is the program's act, whoever caused it: nobody sees another's notices.
func (t *txn) Notify(ctx context.Context, n ledger.Notice) error {
	raw, err := json.Marshal(n.Detail)
	if err != nil {
		return err
	}
	return t.asProgram(ctx, func() error {
		_, err := t.exec(ctx, `insert into notices (prison_id, notice_id, person_id, kind, entry_id, subject, revision, step, detail)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
			n.Prison, newID(), n.Person, n.Kind, n.Entry, n.Subject, n.Revision, n.Step, raw)
		return err
	})
}

// Notices leaves out what is about an entry that is no longer to be seen.
func (t *txn) Notices(ctx context.Context, prison, person uuid.UUID) ([]ledger.Notice, error) {
	rows, err := t.tx.Query(ctx, `select n.notice_id, n.prison_id, n.person_id, n.kind, n.entry_id, coalesce(e.ledger, ''), n.subject, n.revision, n.step, n.detail, n.recorded_at, n.read_at
		from notices n left join entries e on e.prison_id = n.prison_id and e.entry_id = n.entry_id
		where n.prison_id = $1 and n.person_id = $2 and (n.entry_id is null or e.entry_id is not null) order by n.recorded_at desc, n.notice_id limit 100`, prison, person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Notice, error) {
		var n ledger.Notice
		err := row.Scan(&n.ID, &n.Prison, &n.Person, &n.Kind, &n.Entry, &n.Ledger, &n.Subject, &n.Revision, &n.Step, &n.Detail, &n.RecordedAt, &n.ReadAt)
		return n, err
	})
}

func (t *txn) ReadNotices(ctx context.Context, prison, person uuid.UUID) error {
	_, err := t.exec(ctx, "update notices set read_at = app.transaction_time() where prison_id = $1 and person_id = $2 and read_at is null", prison, person)
	return err
}

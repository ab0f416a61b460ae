package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

const templateColumns = "template_id, ledger, version, name, body, created_at"

func scanTemplate(row pgx.CollectableRow) (ledger.Template, error) {
	var m ledger.Template
	var body []byte
	err := row.Scan(&m.ID, &m.Ledger, &m.Version, &m.Name, &body, &m.CreatedAt)
	m.Body = body
	return m, err
}

func (t *txn) Templates(ctx context.Context, prison uuid.UUID, ledgerID string) ([]ledger.Template, error) {
	rows, err := t.tx.Query(ctx, "select "+templateColumns+` from templates
		where prison_id = $1 and person_id = $2 and ledger = $3 order by name limit 100`, prison, t.ses.Person, ledgerID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanTemplate)
}

func (t *txn) InsertTemplate(ctx context.Context, prison uuid.UUID, m ledger.Template) (ledger.Template, error) {
	rows, err := t.tx.Query(ctx, `insert into templates (prison_id, template_id, person_id, ledger, version, name, body) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (prison_id, person_id, ledger, name) do update set template_id = excluded.template_id, version = excluded.version,
			body = excluded.body, created_at = app.transaction_time()
		returning `+templateColumns, prison, m.ID, t.ses.Person, m.Ledger, m.Version, m.Name, []byte(m.Body))
	if err != nil {
		return m, err
	}
	return pgx.CollectExactlyOneRow(rows, scanTemplate)
}

func (t *txn) DropTemplate(ctx context.Context, prison, id uuid.UUID) error {
	tag, err := t.exec(ctx, "delete from templates where prison_id = $1 and person_id = $2 and template_id = $3", prison, t.ses.Person, id)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "not_found")
	}
	return err
}

package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/connector"
	"taizhang/internal/ledger"
)

// Announce writes the news into the outbox of every receiver that wants it, and
// a job only where there is one. See ledger.Tx.
func (t *txn) Announce(ctx context.Context, a ledger.Announcement) error {
	body, err := a.Body(t.now)
	if err != nil {
		return err
	}
	tag, err := t.exec(ctx, `insert into outbox (prison_id, message_id, connector, event, ref, body)
		select prison_id, gen_random_uuid(), connector, $2, $3, $4 from connectors
		where prison_id = $1 and kind = 'webhook' and configured and $2 = any(events) and (ledgers = '{}' or $5 = any(ledgers))
		on conflict do nothing`, a.Prison, a.Event, a.Ref, body, a.Ledger)
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	return t.Enqueue(ctx, connector.Due{})
}

// Announce tells what only the passing of time brought about.
func (s Duties) Announce(ctx context.Context, ses ledger.Session, list []ledger.Announcement) error {
	return s.write(ctx, ses, ledger.Idem{}, nil, func(t *txn) error {
		var wanted bool
		if err := t.tx.QueryRow(ctx, "select exists (select from connectors where prison_id = $1 and kind = 'webhook' and configured)", ses.Prison).Scan(&wanted); err != nil || !wanted {
			return err
		}
		for _, a := range list {
			if err := t.Announce(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

const messageColumns = "message_id, connector, event, ref, body, recorded_at, state, attempts, next_at, problem, sent_at"

func scanMessage(row pgx.CollectableRow) (connector.Message, error) {
	var m connector.Message
	err := row.Scan(&m.ID, &m.Connector, &m.Event, &m.Ref, &m.Body, &m.RecordedAt, &m.State, &m.Attempts, &m.NextAt, &m.Problem, &m.SentAt)
	return m, err
}

func (t connecting) messages(ctx context.Context, sql string, args ...any) ([]connector.Message, error) {
	rows, err := t.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanMessage)
}

// Claim counts the attempt before it is made: one that is cut off is one too.
func (t connecting) Claim(ctx context.Context, prison uuid.UUID, id string, lease time.Duration, limit int) ([]connector.Message, error) {
	// An array is worked out once; "in (select … limit)" may be asked anew for each row, and take more.
	return t.messages(ctx, `update outbox set attempts = attempts + 1, next_at = app.transaction_time() + $3
		where prison_id = $1 and message_id = any (array(select message_id from outbox where prison_id = $1 and connector = $2 and state = 'waiting'
			and next_at <= app.transaction_time()
			and exists (select from connectors c where c.prison_id = $1 and c.connector = $2 and c.configured and not c.paused)
			order by recorded_at, message_id limit $4 for update skip locked))
		returning `+messageColumns, prison, id, lease, limit)
}

func (t connecting) LockMessage(ctx context.Context, prison, id uuid.UUID) (connector.Message, error) {
	list, err := t.messages(ctx, "select "+messageColumns+" from outbox where prison_id = $1 and message_id = $2 for update", prison, id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return connector.Message{}, mapped(err)
	}
	return list[0], nil
}

func (t connecting) SaveMessage(ctx context.Context, prison uuid.UUID, m connector.Message) error {
	_, err := t.exec(ctx, "update outbox set state = $3, attempts = $4, next_at = $5, problem = $6, sent_at = $7 where prison_id = $1 and message_id = $2",
		prison, m.ID, m.State, m.Attempts, m.NextAt, m.Problem, m.SentAt)
	return err
}

func (t connecting) Messages(ctx context.Context, prison uuid.UUID, limit int) ([]connector.Message, error) {
	return t.messages(ctx, "select "+messageColumns+` from outbox where prison_id = $1
		order by case state when 'dead' then 0 when 'waiting' then 1 else 2 end, recorded_at desc, message_id limit $2`, prison, limit)
}

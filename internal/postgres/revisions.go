package postgres

import (
	"context"
	"encoding/json"
	"github.com/google/uuid"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

func (t *txn) Draft(ctx context.Context, k ledger.Key) (ledger.DraftBody, error) {
	var d ledger.DraftBody
	var body, arrived []byte
	err := t.tx.QueryRow(ctx, "select body, arrived, remarks, pins, changed_at from drafts where prison_id = $1 and entry_id = $2",
		k.Prison, k.Entry).Scan(&body, &arrived, &d.Remarks, &d.Pins, &d.ChangedAt)
	d.Body, d.Arrived = body, arrived
	return d, mapped(err)
}

func (t *txn) SaveDraft(ctx context.Context, k ledger.Key, body json.RawMessage, remarks []ledger.Remark) error {
	if remarks == nil {
		remarks = []ledger.Remark{}
	}
	_, err := t.exec(ctx, `insert into drafts (prison_id, entry_id, body, remarks) values ($1, $2, $3, $4)
		on conflict (prison_id, entry_id) do update set body = excluded.body, arrived = null, remarks = excluded.remarks, changed_at = app.transaction_time()`,
		k.Prison, k.Entry, []byte(body), remarks)
	return err
}

func (t *txn) SaveArrived(ctx context.Context, k ledger.Key, typed json.RawMessage) error {
	_, err := t.exec(ctx, "update drafts set arrived = $3 where prison_id = $1 and entry_id = $2", k.Prison, k.Entry, []byte(typed))
	return err
}

func (t *txn) SavePins(ctx context.Context, k ledger.Key, pins []ledger.Pin) error {
	if pins == nil {
		pins = []ledger.Pin{}
	}
	_, err := t.exec(ctx, "update drafts set pins = $3 where prison_id = $1 and entry_id = $2", k.Prison, k.Entry, pins)
	return err
}

func (t *txn) DropDraft(ctx context.Context, k ledger.Key) error {
	if _, err := t.exec(ctx, "delete from drafts where prison_id = $1 and entry_id = $2", k.Prison, k.Entry); err != nil {
		return err
	}
	_, err := t.exec(ctx, "delete from attachments where prison_id = $1 and entry_id = $2", k.Prison, k.Entry)
	return err
}

const revisionColumns = `r.revision, r.author, p.name, r.ledger, r.version, r.canonical, r.salt, r.digest, r.nil_return, r.reason,
	r.chain, r.warnings, r.hints, r.pins, r.occurred_at, r.recorded_at`

func scanRevision(row pgx.CollectableRow) (ledger.Revision, error) {
	var r ledger.Revision
	var canonical, digest []byte
	err := row.Scan(&r.Number, &r.Author, &r.AuthorName, &r.Ledger, &r.Version, &canonical, &r.Salt, &digest, &r.Nil, &r.Reason,
		&r.Chain, &r.Warnings, &r.Hints, &r.Pins, &r.OccurredAt, &r.RecordedAt)
	r.Document = canonical
	copy(r.Digest[:], digest)
	return r, err
}

func (t *txn) Revisions(ctx context.Context, k ledger.Key) ([]ledger.Revision, error) {
	rows, err := t.tx.Query(ctx, "select "+revisionColumns+` from revisions r join persons p on p.person_id = r.author
		where r.prison_id = $1 and r.entry_id = $2 order by r.revision`, k.Prison, k.Entry)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanRevision)
}

func (t *txn) Revision(ctx context.Context, k ledger.Key, n int) (ledger.Revision, error) {
	rows, err := t.tx.Query(ctx, "select "+revisionColumns+` from revisions r join persons p on p.person_id = r.author
		where r.prison_id = $1 and r.entry_id = $2 and ($3 = 0 or r.revision = $3) order by r.revision desc limit 1`, k.Prison, k.Entry, n)
	if err != nil {
		return ledger.Revision{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRevision)
	return r, mapped(err)
}

func (t *txn) InsertRevision(ctx context.Context, k ledger.Key, r ledger.Revision) error {
	if r.Warnings == nil {
		r.Warnings = empty
	}
	if r.Hints == nil {
		r.Hints = empty
	}
	if r.Pins == nil {
		r.Pins = []ledger.Pin{}
	}
	_, err := t.exec(ctx, `insert into revisions (prison_id, entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return,
			reason, chain, warnings, occurred_at, pins, hints) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		k.Prison, k.Entry, r.Number, r.Author, r.Ledger, r.Version, []byte(r.Document), r.Salt, r.Digest[:], r.Nil,
		r.Reason, r.Chain, r.Warnings, r.OccurredAt, r.Pins, r.Hints)
	if err != nil {
		return err
	}
	return t.note(ledger.RevisionRecord(k, r))
}

func (t *txn) Decisions(ctx context.Context, k ledger.Key) ([]ledger.Decision, error) {
	rows, err := t.tx.Query(ctx, `select d.decision_id, d.revision, d.step, d.verdict, d.author, d.decided_by, p.name, d.role, d.of_digest,
			d.comment, d.remarks, d.salt, d.recorded_at, d.capacity, d.for_person, coalesce(f.name, ''), d.delegation_id, d.void_id, d.asked_by
		from decisions d join persons p on p.person_id = d.decided_by left join persons f on f.person_id = d.for_person
		where d.prison_id = $1 and d.entry_id = $2 order by d.revision, d.step, d.recorded_at`, k.Prison, k.Entry)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Decision, error) {
		var d ledger.Decision
		var role string
		var of []byte
		err := row.Scan(&d.ID, &d.Revision, &d.Step, &d.Verdict, &d.Author, &d.By, &d.ByName, &role, &of,
			&d.Comment, &d.Remarks, &d.Salt, &d.RecordedAt, &d.Capacity, &d.For, &d.ForName, &d.Delegation, &d.Void, &d.AskedBy)
		d.Role = actor.Role(role)
		copy(d.Of[:], of)
		return d, err
	})
}

func (t *txn) InsertDecision(ctx context.Context, k ledger.Key, d ledger.Decision) error {
	_, err := t.exec(ctx, `insert into decisions (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest,
			comment, remarks, salt, capacity, for_person, delegation_id, void_id, asked_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		k.Prison, k.Entry, d.Revision, d.Step, d.ID, d.Verdict, d.Author, d.By, d.Role, d.Of[:],
		d.Comment, d.Remarks, d.Salt, d.Capacity, d.For, d.Delegation, d.Void, d.AskedBy)
	if err != nil {
		return err
	}
	return t.note(ledger.DecisionRecord(k, d))
}

func (t *txn) Events(ctx context.Context, k ledger.Key) ([]ledger.Event, error) {
	rows, err := t.tx.Query(ctx, `select e.kind, e.revision, e.person_id, p.name, e.detail, e.recorded_at
		from events e join persons p on p.person_id = e.person_id
		where e.prison_id = $1 and e.entry_id = $2 order by e.recorded_at, e.event_id`, k.Prison, k.Entry)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Event, error) {
		var e ledger.Event
		err := row.Scan(&e.Kind, &e.Revision, &e.Person, &e.PersonName, &e.Detail, &e.RecordedAt)
		return e, err
	})
}

func (t *txn) InsertEvent(ctx context.Context, k ledger.Key, kind string, revision int, detail map[string]any) error {
	if detail == nil {
		detail = map[string]any{}
	}
	raw, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	id, salt := newID(), integrity.NewSalt()
	_, err = t.exec(ctx, `insert into events (prison_id, event_id, entry_id, kind, revision, person_id, detail, salt) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		k.Prison, id, k.Entry, kind, revision, t.ses.Person, raw, salt)
	if err != nil {
		return err
	}
	return t.note(ledger.EventRecord(k, id, salt, ledger.Event{Kind: kind, Revision: revision, Person: t.ses.Person, Detail: raw}))
}

// Others answers look-ups of rules, the same for whoever fills or decides. @> is
// answered by the document's own index.
func (t *txn) Others(ctx context.Context, k ledger.Key, ledgerID string, members map[string]any) ([]json.RawMessage, error) {
	var list []json.RawMessage
	err := t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select r.canonical from entries e
				join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.revision
			where e.prison_id = $1 and e.ledger = $2 and e.state in ('submitted', 'approved') and e.entry_id <> $3 and not r.nil_return
				and r.document @> $4 order by r.occurred_at desc limit 5000`, k.Prison, ledgerID, k.Entry, members)
		if err != nil {
			return err
		}
		list, err = documents(rows)
		return err
	})
	return list, err
}

// LockLedger lets one submission of the ledger in the prison look and file at a
// time: of two alike at once, the second sees the first.
func (t *txn) LockLedger(ctx context.Context, prison uuid.UUID, ledgerID string) error {
	_, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 2))", prison.String()+"/"+ledgerID)
	return err
}

func documents(rows pgx.Rows) ([]json.RawMessage, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (json.RawMessage, error) {
		var b []byte
		err := row.Scan(&b)
		return b, err
	})
}

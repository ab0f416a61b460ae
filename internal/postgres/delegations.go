package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

const (
	delegationColumns = `d.delegation_id, d.prison_id, d.holder, h.name, d.deputy, p.name, d.role, d.area_id, d.department,
		d.from_day::text, d.until_day::text, d.reason, d.salt, d.recorded_at, x.recorded_at`
	fromDelegations = ` from delegations d join persons h on h.person_id = d.holder join persons p on p.person_id = d.deputy
		left join delegation_ends x on x.prison_id = d.prison_id and x.delegation_id = d.delegation_id `
)

func scanDelegation(row pgx.CollectableRow) (ledger.Delegation, error) {
	var d ledger.Delegation
	err := row.Scan(&d.ID, &d.Prison, &d.Holder, &d.HolderName, &d.Deputy, &d.DeputyName, &d.Role, &d.Area, &d.Department,
		&d.From, &d.Until, &d.Reason, &d.Salt, &d.RecordedAt, &d.EndedAt)
	return d, err
}

func (t *txn) Delegations(ctx context.Context, prison uuid.UUID) ([]ledger.Delegation, error) {
	rows, err := t.tx.Query(ctx, "select "+delegationColumns+fromDelegations+
		"where d.prison_id = $1 and d.until_day > (app.transaction_time() - interval '180 days')::date order by d.from_day desc, d.delegation_id", prison)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanDelegation)
}

func (t *txn) InsertDelegation(ctx context.Context, d ledger.Delegation) error {
	_, err := t.exec(ctx, `insert into delegations (prison_id, delegation_id, holder, deputy, role, area_id, department, from_day, until_day, reason, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8::text::date, $9::text::date, $10, $11)`,
		d.Prison, d.ID, d.Holder, d.Deputy, d.Role, d.Area, d.Department, d.From, d.Until, d.Reason, d.Salt)
	if err != nil {
		return err
	}
	return t.note(ledger.DelegationRecord(d))
}

func (t *txn) EndDelegation(ctx context.Context, prison uuid.UUID, e ledger.DelegationEnd) error {
	_, err := t.exec(ctx, "insert into delegation_ends (prison_id, delegation_id, ended_by, salt) values ($1, $2, $3, $4)", prison, e.Delegation, e.By, e.Salt)
	if err != nil {
		return err
	}
	return t.note(ledger.DelegationEndRecord(e))
}

// postedHere are the postings of whoever is posted in the prison.
const postedHere = `select p.person_id, p.number, p.name, '', o.role, o.prison_id, o.area_id, coalesce(o.department, '')
	from persons p join postings o on o.person_id = p.person_id and o.from_at <= app.transaction_time() and (o.until_at is null or o.until_at > app.transaction_time())
	where exists (select from postings i where i.person_id = p.person_id and i.prison_id = $1 and (i.until_at is null or i.until_at > app.transaction_time()))`

// PersonByNumber finds somebody posted in the prison, with every posting.
func (t *txn) PersonByNumber(ctx context.Context, prison uuid.UUID, number string) (ledger.Posted, error) {
	rows, err := t.tx.Query(ctx, postedHere+" and p.number = $2 order by o.posting_id", prison, number)
	if err != nil {
		return ledger.Posted{}, err
	}
	list, err := posted(rows)
	if err == nil && len(list) == 0 {
		err = mapped(pgx.ErrNoRows)
	}
	if err != nil {
		return ledger.Posted{}, err
	}
	return list[0], nil
}

// Posted finds them by the beginning of the number or a part of the name.
func (t *txn) Posted(ctx context.Context, prison uuid.UUID, text string) ([]ledger.Posted, error) {
	rows, err := t.tx.Query(ctx, postedHere+" and (p.number like $2 or p.name like $3) order by p.number, o.posting_id",
		prison, likeEscape.Replace(text)+"%", "%"+likeEscape.Replace(text)+"%")
	if err != nil {
		return nil, err
	}
	return posted(rows)
}

// received loads the delegations somebody may act on today or later. Signing in
// comes before any session's settings: for this one look the transaction sees
// every prison.
func (s Accounts) received(ctx context.Context, person uuid.UUID) ([]actor.Delegation, error) {
	var list []actor.Delegation
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue("select set_config('app.prisons', '*', true)")
		b.Queue("select "+delegationColumns+fromDelegations+"where d.deputy = $1 and x.recorded_at is null and d.until_day >= (now() - interval '2 days')::date", person)
		res := tx.SendBatch(ctx, b)
		if _, err := res.Exec(); err != nil {
			return err
		}
		rows, err := res.Query()
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, scanDelegation)
		for _, d := range found {
			list = append(list, Received(d))
		}
		if err != nil {
			return err
		}
		return res.Close()
	})
	return list, err
}

// Received is a delegation as its deputy carries it: days become moments.
func Received(d ledger.Delegation) actor.Delegation {
	out := actor.Delegation{ID: d.ID, Holder: d.Holder, Name: d.HolderName, Posting: actor.Posting{Role: d.Role, PrisonID: d.Prison, Department: d.Department}}
	if d.Area != nil {
		out.Posting.AreaID = *d.Area
	}
	// The columns are dates: they read back.
	from, _ := catalog.Day(d.From)
	until, _ := catalog.Day(d.Until)
	out.From, out.To = from.At, until.At.Add(24*time.Hour)
	return out
}

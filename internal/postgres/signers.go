package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

func (t *txn) Signers(ctx context.Context, k ledger.Key) ([]ledger.Signer, error) {
	rows, err := t.tx.Query(ctx, `select s.signer_id, s.revision, s.step, s.kind, s.person_id, p.name, s.role, s.for_person, coalesce(f.name, ''), s.author,
			s.made_by, m.name, s.reason, s.salt, s.recorded_at
		from signers s join persons p on p.person_id = s.person_id join persons m on m.person_id = s.made_by left join persons f on f.person_id = s.for_person
		where s.prison_id = $1 and s.entry_id = $2 order by s.revision, s.step, s.recorded_at, s.signer_id`, k.Prison, k.Entry)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Signer, error) {
		var s ledger.Signer
		err := row.Scan(&s.ID, &s.Revision, &s.Step, &s.Kind, &s.Person, &s.Name, &s.Role, &s.For, &s.ForName, &s.Author,
			&s.By, &s.ByName, &s.Reason, &s.Salt, &s.RecordedAt)
		return s, err
	})
}

func (t *txn) InsertSigner(ctx context.Context, k ledger.Key, s ledger.Signer) error {
	_, err := t.exec(ctx, `insert into signers (prison_id, entry_id, revision, step, signer_id, kind, person_id, role, for_person, author, made_by, reason, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		k.Prison, k.Entry, s.Revision, s.Step, s.ID, s.Kind, s.Person, s.Role, s.For, s.Author, s.By, s.Reason, s.Salt)
	if err != nil {
		return err
	}
	return t.note(ledger.SignerRecord(k, s))
}

// Holders are found by the post and described by all they hold.
func (t *txn) Holders(ctx context.Context, prison, area uuid.UUID, department string, post catalog.Post) ([]ledger.Posted, error) {
	roles := make([]string, len(post.Roles))
	for i, r := range post.Roles {
		roles[i] = string(r)
	}
	rows, err := t.tx.Query(ctx, `select h.person_id, p.number, p.name, h.role, o.role, o.prison_id, o.area_id, coalesce(o.department, '')
		from (select distinct on (person_id) person_id, role from postings
			where prison_id = $1 and role = any($2) and from_at <= app.transaction_time() and (until_at is null or until_at > app.transaction_time())
				and case $3 when 'area' then area_id = $4 when 'owner' then department = $5 else area_id is null and coalesce(department, '') = '' end
			order by person_id, role) h
		join persons p on p.person_id = h.person_id
		join postings o on o.person_id = h.person_id and o.from_at <= app.transaction_time() and (o.until_at is null or o.until_at > app.transaction_time())
		order by p.number, o.posting_id`, prison, roles, post.Unit, area, department)
	if err != nil {
		return nil, err
	}
	return posted(rows)
}

// posted gathers the rows of a person, which follow one another.
func posted(rows pgx.Rows) ([]ledger.Posted, error) {
	var list []ledger.Posted
	var id uuid.UUID
	var number, name, held, role, department string
	var prison, area *uuid.UUID
	_, err := pgx.ForEachRow(rows, []any{&id, &number, &name, &held, &role, &prison, &area, &department}, func() error {
		if len(list) == 0 || list[len(list)-1].ID != id {
			list = append(list, ledger.Posted{ID: id, Number: number, Name: name, Role: actor.Role(held)})
		}
		p := actor.Posting{Role: actor.Role(role), Department: department}
		if prison != nil {
			p.PrisonID = *prison
		}
		if area != nil {
			p.AreaID = *area
		}
		last := &list[len(list)-1]
		last.Postings = append(last.Postings, p)
		return nil
	})
	return list, err
}

func (t *txn) DelegationInForce(ctx context.Context, prison, delegation uuid.UUID) (ok bool, err error) {
	err = t.tx.QueryRow(ctx, "select app.delegation_in_force($1, $2, app.transaction_time())", prison, delegation).Scan(&ok)
	return ok, err
}

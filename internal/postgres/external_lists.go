package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
	"taizhang/internal/standards"
)

const latestLists = `select distinct on (l.list) l.list, l.version, l.clauses, p.name, l.added_at from external_lists l join persons p on p.person_id = l.added_by`

func scanList(row pgx.CollectableRow) (l standards.List, err error) {
	var clauses []byte
	l.Strays = []standards.Use{}
	if err = row.Scan(&l.Name, &l.Version, &clauses, &l.By, &l.At); err == nil {
		err = json.Unmarshal(clauses, &l.Clauses)
	}
	return l, err
}

// Lists are the latest version of each external list, by name.
func (s Standards) Lists(ctx context.Context, ses ledger.Session) (list []standards.List, err error) {
	err = s.Read(ctx, ses, func(r ledger.Reader) error {
		rows, err := r.(*txn).tx.Query(ctx, latestLists+" order by l.list, l.version desc")
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanList)
		return err
	})
	return list, err
}

// AddList keeps the next version of a list.
func (s Standards) AddList(ctx context.Context, ses ledger.Session, idem ledger.Idem, l standards.List) (out standards.List, err error) {
	err = s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		body, err := json.Marshal(l.Clauses)
		if err != nil {
			return err
		}
		// Two tables of one list at once follow one another.
		if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended('external/' || $1, 0))", l.Name); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into external_lists (list, version, clauses, added_by)
			select $1, coalesce(max(version), 0) + 1, $2, $3 from external_lists where list = $1`, l.Name, body, l.AddedBy); err != nil {
			return err
		}
		rows, err := t.tx.Query(ctx, latestLists+" where l.list = $1 order by l.list, l.version desc", l.Name)
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, scanList)
		return err
	})
	return out, err
}

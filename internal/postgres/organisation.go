package postgres

import (
	"context"
	"github.com/google/uuid"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
)

const areaColumns = "prison_id, area_id, code, name_zh, name_en, kind, function, has_labour, coalesce(opened_on::text, ''), coalesce(closed_on::text, ''), sub_area, version"

func scanArea(row pgx.CollectableRow) (ledger.Area, error) {
	var a ledger.Area
	err := row.Scan(&a.Prison, &a.ID, &a.Code, &a.NameZH, &a.NameEN, &a.Kind, &a.Function, &a.HasLabour, &a.OpenedOn, &a.ClosedOn, &a.SubArea, &a.Version)
	return a, err
}

func (t *txn) Area(ctx context.Context, prison, area uuid.UUID) (ledger.Area, error) {
	rows, err := t.tx.Query(ctx, "select "+areaColumns+" from areas where prison_id = $1 and area_id = $2", prison, area)
	if err != nil {
		return ledger.Area{}, err
	}
	a, err := pgx.CollectExactlyOneRow(rows, scanArea)
	return a, mapped(err)
}

func (t *txn) PersonNumber(ctx context.Context, person uuid.UUID) (string, error) {
	var n string
	err := t.tx.QueryRow(ctx, "select number from persons where person_id = $1", person).Scan(&n)
	return n, mapped(err)
}

func (t *txn) Roll(ctx context.Context, prison, area uuid.UUID, day string) (int, error) {
	var n int
	err := t.tx.QueryRow(ctx, `select count(*) from inmates where prison_id = $1 and area_id = $2
		and admitted_on <= $3::text::date and (released_on is null or released_on > $3::text::date)`, prison, area, day).Scan(&n)
	return n, err
}

// AllPrisons lists every prison, open or not.
func (s *Store) AllPrisons(ctx context.Context) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, "select prison_id from prisons order by code")
	if err != nil {
		return nil, mapped(err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

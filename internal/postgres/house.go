package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Organisation reads prisons, areas and departments.
func (s *Store) Organisation(ctx context.Context) (ledger.Organisation, error) {
	o := ledger.Organisation{Prisons: []ledger.Prison{}, Departments: []ledger.Department{}}
	rows, err := s.pool.Query(ctx, "select prison_id, code, name_zh, name_en, demonstration, opened_at is not null from prisons order by code")
	if err != nil {
		return o, mapped(err)
	}
	o.Prisons, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Prison, error) {
		p := ledger.Prison{Areas: []ledger.Area{}}
		err := row.Scan(&p.ID, &p.Code, &p.Name.ZH, &p.Name.EN, &p.Demonstration, &p.Open)
		return p, err
	})
	if err != nil {
		return o, mapped(err)
	}
	for i := range o.Prisons {
		if o.Prisons[i].Areas, err = (Duties{s}).Areas(ctx, o.Prisons[i].ID); err != nil {
			return o, err
		}
	}
	rows, err = s.pool.Query(ctx, "select code, title_zh, title_en, coalesce(nullif(bureau_zh, ''), title_zh) from departments order by code")
	if err != nil {
		return o, mapped(err)
	}
	o.Departments, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Department, error) {
		var d ledger.Department
		err := row.Scan(&d.Code, &d.Title.ZH, &d.Title.EN, &d.Bureau.ZH)
		d.Bureau.EN = d.Title.EN
		return d, err
	})
	return o, mapped(err)
}

// Others says whether there are prisons that are no demonstration.
func (s *Store) Others(ctx context.Context) (bool, error) {
	var there bool
	err := s.pool.QueryRow(ctx, "select exists (select from prisons where not demonstration)").Scan(&there)
	return there, mapped(err)
}

// Prison is the fault not_found for one that does not exist.
func (s *Store) Prison(ctx context.Context, id uuid.UUID) error {
	return mapped(s.pool.QueryRow(ctx, "select prison_id from prisons where prison_id = $1", id).Scan(&id))
}

// People finds who is posted in the prison by number or name, at most 20.
func (s *Store) People(ctx context.Context, prison uuid.UUID, text string) ([]ledger.Person, error) {
	rows, err := s.pool.Query(ctx, `select distinct p.number, p.name from persons p join postings o on o.person_id = p.person_id
		where o.prison_id = $1 and (o.until_at is null or o.until_at > now()) and (p.number like $2 or p.name like $3) order by p.number limit 20`,
		prison, likeEscape.Replace(text)+"%", "%"+likeEscape.Replace(text)+"%")
	if err != nil {
		return nil, mapped(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Person, error) {
		var p ledger.Person
		err := row.Scan(&p.Number, &p.Name)
		return p, err
	})
}

// Inmates finds who is held by the area, at most 20.
func (s *Store) Inmates(ctx context.Context, ses ledger.Session, area uuid.UUID, text string) ([]ledger.Inmate, error) {
	rows, err := s.pool.Query(ctx, `select inmate_no, name, area_id from inmates where prison_id = $1 and area_id = $2
		and released_on is null and (inmate_no like $3 or name like $4) order by inmate_no limit 20`,
		ses.Prison, area, likeEscape.Replace(text)+"%", "%"+likeEscape.Replace(text)+"%")
	if err != nil {
		return nil, mapped(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Inmate, error) {
		var i ledger.Inmate
		err := row.Scan(&i.Number, &i.Name, &i.Area)
		return i, err
	})
}

// Lookups is what filling for an area without the network needs: who is posted
// in the prison, and who is held by the area. Thousands at most.
func (s *Store) Lookups(ctx context.Context, prison, area uuid.UUID) ([]ledger.Person, []ledger.Inmate, error) {
	rows, err := s.pool.Query(ctx, `select distinct p.number, p.name from persons p join postings o on o.person_id = p.person_id
		where o.prison_id = $1 and (o.area_id = $2 or o.area_id is null) and (o.until_at is null or o.until_at > now()) order by p.number limit 2000`, prison, area)
	if err != nil {
		return nil, nil, mapped(err)
	}
	people, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Person, error) {
		var p ledger.Person
		err := row.Scan(&p.Number, &p.Name)
		return p, err
	})
	if err != nil {
		return nil, nil, mapped(err)
	}
	rows, err = s.pool.Query(ctx, `select inmate_no, name, area_id from inmates where prison_id = $1 and area_id = $2
		and released_on is null order by inmate_no limit 2000`, prison, area)
	if err != nil {
		return nil, nil, mapped(err)
	}
	inmates, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Inmate, error) {
		var i ledger.Inmate
		err := row.Scan(&i.Number, &i.Name, &i.Area)
		return i, err
	})
	return people, inmates, mapped(err)
}

// Log reads how far the prison's log has come.
func (s *Store) Log(ctx context.Context, prison uuid.UUID) (ledger.LogState, error) {
	var l ledger.LogState
	err := s.pool.QueryRow(ctx, "select size from log_heads where prison_id = $1", prison).Scan(&l.Size)
	if err != nil {
		return l, mapped(err)
	}
	var note []byte
	var at time.Time
	err = s.pool.QueryRow(ctx, "select size, signed_at, note from checkpoints where prison_id = $1 order by size desc limit 1", prison).Scan(&l.Checkpoint, &at, &note)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, nil
	}
	l.SignedAt, l.Note = &at, string(note)
	return l, mapped(err)
}

// Ready reports whether the database answers and has the shape we know.
func (s *Store) Ready(ctx context.Context) error {
	var n int
	if err := s.pool.QueryRow(ctx, "select count(*) from ledger_versions").Scan(&n); err != nil {
		return mapped(err)
	}
	if n == 0 {
		return fault.New(fault.Unavailable, "database_unavailable")
	}
	return nil
}

package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Organisation is what a deployment begins with (docs/operations.md).
type Organisation struct {
	Prisons []FoundPrison `json:"prisons"`
	People  []FoundPerson `json:"people"`
}

// FoundPrison is a prison with its areas.
type FoundPrison struct {
	Code  string     `json:"code"`
	Name  fault.Text `json:"name"`
	Areas []struct {
		Code     string     `json:"code"`
		Name     fault.Text `json:"name"`
		Kind     string     `json:"kind"` // ordinary, functional
		Function string     `json:"function"`
		Labour   bool       `json:"labour"`
		OpenedOn string     `json:"opened_on"` // may be missing
		SubArea  bool       `json:"sub_area"`
	} `json:"areas"`
}

// FoundPerson is somebody with an account and postings; prison and area are codes.
type FoundPerson struct {
	Number   string `json:"number"`
	Name     string `json:"name"`
	Postings []struct {
		Role       actor.Role `json:"role"`
		Prison     string     `json:"prison"`
		Area       string     `json:"area"`
		Department string     `json:"department"`
	} `json:"postings"`
}

// Found adds, as the owner of the database, what of an organisation is not
// there yet; what is there stays as it is. password makes the encoded hash of a
// new account and is asked only for those that are made.
func Found(ctx context.Context, owner string, o Organisation, password func(number string) string) error {
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return fmt.Errorf("found: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		f := founder{tx: tx, prisons: map[string]uuid.UUID{}, areas: map[string]uuid.UUID{}}
		for _, p := range o.Prisons {
			if err := f.prison(ctx, p); err != nil {
				return fmt.Errorf("prison %s: %w", p.Code, err)
			}
		}
		for _, p := range o.People {
			if err := f.person(ctx, p, password); err != nil {
				return fmt.Errorf("person %s: %w", p.Number, err)
			}
		}
		return nil
	})
}

type founder struct {
	tx             pgx.Tx
	prisons, areas map[string]uuid.UUID
}

// named makes it the name it is, and refuses what is none.
func named(given *string) error {
	name, ok := catalog.Name(*given, 60)
	if !ok {
		return fmt.Errorf("%q is no name: 1 to 60 characters, none of them invisible", *given)
	}
	*given = name
	return nil
}

// titled is named for both languages; English may be missing.
func titled(t *fault.Text) error {
	if err := named(&t.ZH); err != nil || t.EN == "" {
		return err
	}
	return named(&t.EN)
}

func (f *founder) prison(ctx context.Context, p FoundPrison) error {
	if err := titled(&p.Name); err != nil {
		return err
	}
	var id uuid.UUID
	err := f.tx.QueryRow(ctx, `insert into prisons (prison_id, code, name_zh, name_en, opened_at) values ($1, $2, $3, $4, now())
		on conflict (code) do update set code = excluded.code returning prison_id`, newID(), p.Code, p.Name.ZH, p.Name.EN).Scan(&id)
	if err != nil {
		return err
	}
	f.prisons[p.Code] = id
	if _, err := f.tx.Exec(ctx, "insert into log_heads (prison_id) values ($1) on conflict do nothing", id); err != nil {
		return err
	}
	for _, a := range p.Areas {
		if err := titled(&a.Name); err != nil {
			return fmt.Errorf("area %s: %w", a.Code, err)
		}
		var area uuid.UUID
		err := f.tx.QueryRow(ctx, `insert into areas (prison_id, area_id, code, name_zh, name_en, kind, function, has_labour, opened_on, sub_area)
			values ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, '')::date, $10)
			on conflict (prison_id, code) do update set code = excluded.code returning area_id`,
			id, newID(), a.Code, a.Name.ZH, a.Name.EN, a.Kind, a.Function, a.Labour, a.OpenedOn, a.SubArea).Scan(&area)
		if err != nil {
			return fmt.Errorf("area %s: %w", a.Code, err)
		}
		f.areas[p.Code+"/"+a.Code] = area
	}
	return nil
}

func (f *founder) person(ctx context.Context, p FoundPerson, password func(string) string) error {
	if err := named(&p.Name); err != nil {
		return err
	}
	tag, err := f.tx.Exec(ctx, "insert into persons (person_id, number, name) values ($1, $2, $3) on conflict do nothing", newID(), p.Number, p.Name)
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	var id uuid.UUID
	if err := f.tx.QueryRow(ctx, "select person_id from persons where number = $1", p.Number).Scan(&id); err != nil {
		return err
	}
	if _, err := f.tx.Exec(ctx, "insert into users (user_id, person_id, password) values ($1, $2, $3)", newID(), id, password(p.Number)); err != nil {
		return err
	}
	for _, at := range p.Postings {
		if !slices.Contains(actor.Roles, at.Role) {
			return fmt.Errorf("no role %q", at.Role)
		}
		prison, err := found(f.prisons, "prison", at.Prison, at.Prison)
		if err != nil {
			return err
		}
		area, err := found(f.areas, "area", at.Prison+"/"+at.Area, at.Area)
		if err != nil {
			return err
		}
		_, err = f.tx.Exec(ctx, "insert into postings (posting_id, person_id, role, prison_id, area_id, department) values ($1, $2, $3, $4, $5, nullif($6, ''))",
			newID(), id, at.Role, prison, area, at.Department)
		if err != nil {
			return err
		}
	}
	return nil
}

// found looks a code up; an empty one is nowhere in particular.
func found(known map[string]uuid.UUID, what, key, code string) (*uuid.UUID, error) {
	if code == "" {
		return nil, nil
	}
	id, ok := known[key]
	if !ok {
		return nil, fmt.Errorf("no %s %q in the file", what, code)
	}
	return &id, nil
}

package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/guidance"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const brandColumns = `b.prison_id, b.brand_id, coalesce(b.area_id, '00000000-0000-0000-0000-000000000000'), b.title, b.theme, b.author, b.salt, b.recorded_at`

func scanBrand(row pgx.CollectableRow) (b guidance.Brand, err error) {
	err = row.Scan(&b.Prison, &b.ID, &b.Area, &b.Title, &b.Theme, &b.Author, &b.Salt, &b.RecordedAt)
	b.Steps = []guidance.BrandStep{}
	return b, err
}

const brandStepColumns = `x.brand_id, x.act, x.step, x.passed, x.document, x.content, x.day::text, x.acted_by, x.salt, x.recorded_at`

func scanBrandStep(row pgx.CollectableRow, brand *uuid.UUID, more ...any) (x guidance.BrandStep, err error) {
	err = row.Scan(append([]any{brand, &x.Act, &x.Step, &x.Passed, &x.Document, &x.Content, &x.Day, &x.By, &x.Salt, &x.RecordedAt}, more...)...)
	return x, err
}

// Brands lists what the session sees of every prison, the latest first.
func (s Guidance) Brands(ctx context.Context, ses ledger.Session) (list []guidance.Brand, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.brands(ctx, "true")
		return err
	})
	return list, err
}

func (t *txn) brands(ctx context.Context, where string, args ...any) ([]guidance.Brand, error) {
	rows, err := t.tx.Query(ctx, "select "+brandColumns+" from brands b where "+where+" order by b.recorded_at desc, b.brand_id desc limit 2000", args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, scanBrand)
	if err != nil {
		return nil, err
	}
	ids, at := make([]uuid.UUID, len(list)), map[uuid.UUID]int{}
	for i, b := range list {
		ids[i], at[b.ID] = b.ID, i
	}
	rows, err = t.tx.Query(ctx, "select "+brandStepColumns+", p.name from brand_steps x join persons p on p.person_id = x.acted_by where x.brand_id = any($1) order by x.act", ids)
	if err != nil {
		return nil, err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x guidance.BrandStep, err error) {
		var brand uuid.UUID
		var name string
		x, err = scanBrandStep(row, &brand, &name)
		x.ByName = name
		if i, ok := at[brand]; ok {
			list[i].Steps = append(list[i].Steps, x)
		}
		return x, err
	})
	return list, err
}

func (t *txn) brand(ctx context.Context, id uuid.UUID) (guidance.Brand, error) {
	list, err := t.brands(ctx, "b.prison_id = $1 and b.brand_id = $2", t.ses.Prison, id)
	return theOnly(list, err)
}

func (t *txn) addBrandStep(ctx context.Context, brand uuid.UUID, x guidance.BrandStep) error {
	if _, err := t.exec(ctx, `insert into brand_steps (prison_id, brand_id, act, step, passed, document, content, day, acted_by, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8::text::date, $9, $10)`,
		t.ses.Prison, brand, x.Act, x.Step, x.Passed, x.Document, x.Content, x.Day, x.By, x.Salt); err != nil {
		return err
	}
	return t.note(x.Record(brand))
}

// AddBrand inserts one with its first step.
func (s Guidance) AddBrand(ctx context.Context, ses ledger.Session, idem ledger.Idem, b guidance.Brand, first guidance.BrandStep) (out guidance.Brand, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if err := t.guided(ctx, b.Area); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into brands (prison_id, brand_id, area_id, title, theme, author, salt)
			values ($1, $2, nullif($3, '00000000-0000-0000-0000-000000000000'::uuid), $4, $5, $6, $7)`,
			ses.Prison, b.ID, b.Area, b.Title, b.Theme, b.Author, b.Salt); err != nil {
			return err
		}
		if err := t.note(b.Record()); err != nil {
			return err
		}
		if err := t.addBrandStep(ctx, b.ID, first); err != nil {
			return err
		}
		out, err = t.brand(ctx, b.ID)
		return err
	})
	return out, err
}

// StepBrand appends the step that fn says.
func (s Guidance) StepBrand(ctx context.Context, ses ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(guidance.Brand) (guidance.BrandStep, error)) (out guidance.Brand, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		b, err := t.brand(ctx, id)
		if err != nil {
			return err
		}
		x, err := fn(b)
		if err != nil {
			return err
		}
		if err := t.addBrandStep(ctx, id, x); err != nil {
			return err
		}
		out, err = t.brand(ctx, id)
		return err
	})
	return out, err
}

// brands and their steps as the verifier reads them.
func (s *Snapshot) brands(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		b, err := scanBrand(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := b.Record()
		return rowOf("brands", rec, err, b.RecordedAt, "")
	}, "select "+brandColumns+" from brands b where b.prison_id = $1 order by b.brand_id", prison)
}

func (s *Snapshot) brandSteps(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var brand uuid.UUID
		x, err := scanBrandStep(row, &brand)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := x.Record(brand)
		return rowOf("brand_steps", rec, err, x.RecordedAt, "")
	}, "select "+brandStepColumns+" from brand_steps x where x.prison_id = $1 order by x.brand_id, x.act", prison)
}

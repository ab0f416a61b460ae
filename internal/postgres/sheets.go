package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/integrity"
	"taizhang/internal/printing"
	"taizhang/internal/scoring"
)

const sheetColumns = "prison_id, run_id, code, sha256, version_id, size, pages, maker, missing, salt, recorded_at"

func scanSheet(row pgx.CollectableRow) (printing.SheetPrint, error) {
	var p printing.SheetPrint
	var sum []byte
	err := row.Scan(&p.Prison, &p.Run, &p.Code, &sum, &p.VersionID, &p.Size, &p.Pages, &p.Maker, &p.Missing, &p.Salt, &p.RecordedAt)
	copy(p.Sha256[:], sum)
	return p, err
}

func (t printed) oneSheet(ctx context.Context, where string, args ...any) (printing.SheetPrint, error) {
	rows, err := t.tx.Query(ctx, "select "+sheetColumns+" from sheet_prints where "+where, args...)
	if err != nil {
		return printing.SheetPrint{}, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanSheet)
	return p, mapped(err)
}

func (t printed) SheetPrint(ctx context.Context, prison, run uuid.UUID) (printing.SheetPrint, error) {
	return t.oneSheet(ctx, "prison_id = $1 and run_id = $2", prison, run)
}

// SheetOf cannot name the prison, as PrintOf cannot.
func (t printed) SheetOf(ctx context.Context, code string) (printing.SheetPrint, error) {
	return t.oneSheet(ctx, "code = $1", code)
}

func (t printed) SheetAnswer(ctx context.Context, prison, run uuid.UUID) (printing.SheetAnswer, error) {
	a := printing.SheetAnswer{Prison: prison, Run: run}
	var area *uuid.UUID
	var score string
	err := t.tx.QueryRow(ctx, `select r.area_id, r.kind, r.score, convert_from(r.sheet, 'UTF8')::jsonb ->> 'display', r.passes, r.as_of::text, p.name, r.recorded_at,
			not exists (select from score_runs n where n.prison_id = r.prison_id and n.check_id = r.check_id and (n.recorded_at, n.run_id) > (r.recorded_at, r.run_id))
		from score_runs r join persons p on p.person_id = r.made_by where r.prison_id = $1 and r.run_id = $2`, prison, run).Scan(&area, &a.Kind, &score, &a.Display, &a.Passes, &a.AsOf, &a.MadeBy, &a.RecordedAt, &a.Stands)
	if err != nil {
		return a, mapped(err)
	}
	if area != nil {
		a.Area = *area
	}
	a.Score, err = scoring.ParseDecimal(score)
	return a, err
}

func (t printed) AloneWith(ctx context.Context, run uuid.UUID) error {
	_, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended('sheet/' || $1, 0))", run.String())
	return err
}

func (t printed) InsertSheetPrint(ctx context.Context, p printing.SheetPrint) error {
	_, err := t.exec(ctx, `insert into sheet_prints (prison_id, run_id, code, sha256, version_id, size, pages, maker, missing, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, p.Prison, p.Run, p.Code, p.Sha256[:], p.VersionID, p.Size, p.Pages, p.Maker, p.Missing, p.Salt)
	if err != nil {
		return err
	}
	return t.note(p.Record())
}

func (s *Snapshot) sheetPrints(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		p, err := scanSheet(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.Record()
		return rowOf("sheet_prints", rec, err, p.RecordedAt, "")
	}, "select "+sheetColumns+" from sheet_prints where prison_id = $1 order by run_id", prison)
}

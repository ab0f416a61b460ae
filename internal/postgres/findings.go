package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"taizhang/internal/assessment"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Findings reads the findings of areas between two days, in the order of the days.
func (s Assessments) Findings(ctx context.Context, ses ledger.Session, areas []uuid.UUID, from, to string) (by map[uuid.UUID][]scoring.Finding, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		by, err = findings(ctx, tx, ses.Prison, areas, from, to)
		return err
	})
	return by, err
}

func findings(ctx context.Context, tx pgx.Tx, prison uuid.UUID, areas []uuid.UUID, from, to string) (map[uuid.UUID][]scoring.Finding, error) {
	rows, err := tx.Query(ctx, `select area_id, finding_id::text, line, day::text, count, note, event, subject, measured_of::text, measured_per::text from findings
		where prison_id = $1 and area_id = any($2) and day between $3::text::date and $4::text::date order by day, finding_id`, prison, areas, from, to)
	if err != nil {
		return nil, err
	}
	by := map[uuid.UUID][]scoring.Finding{}
	for rows.Next() {
		var area uuid.UUID
		var f scoring.Finding
		if err := rows.Scan(&area, &f.ID, &f.Line, &f.Day, &f.Count, &f.Note, &f.Event, &f.Subject, textOf{&f.Of}, textOf{&f.Per}); err != nil {
			return nil, err
		}
		by[area] = append(by[area], f)
	}
	return by, rows.Err()
}

// AddFinding inserts one.
func (s Assessments) AddFinding(ctx context.Context, ses ledger.Session, idem ledger.Idem, f assessment.NewFinding) (uuid.UUID, error) {
	id := newID()
	err := s.write(ctx, ses, idem, &id, func(t *txn) error {
		row := findingRow{id: id, area: f.Area, standard: f.Standard, line: f.Line, day: f.Day, count: f.Count, place: f.Place, note: f.Note,
			event: f.Event, entry: f.Entry, by: ses.Person, subject: f.Subject, of: f.Of, per: f.Per, salt: integrity.NewSalt()}
		_, err := t.exec(ctx, `insert into findings (prison_id, finding_id, area_id, standard, line, day, count, place, note, event, entry_id, found_by, subject, measured_of, measured_per, salt)
			values ($1, $2, $3, $4, $5, $6::text::date, $7, $8, $9, $10, $11, $12, $13, $14::text::numeric, $15::text::numeric, $16)`,
			ses.Prison, row.id, row.area, row.standard, row.line, row.day, row.count, row.place, row.note, row.event, row.entry, row.by,
			row.subject, textOf{&row.of}, textOf{&row.per}, row.salt)
		if err != nil {
			return err
		}
		return t.note(row.record())
	})
	return id, err
}

// findingRow is a finding with all its columns, as its leaf commits to it.
type findingRow struct {
	id, area            uuid.UUID
	standard, line, day string
	count               int
	place, note, event  string
	entry               *uuid.UUID
	by                  uuid.UUID
	subject             string
	of, per             *scoring.Decimal
	salt                []byte
}

// textOf carries an exact number, or none, between a column and the program: as
// text, for a driver's number could be a float.
type textOf struct{ d **scoring.Decimal }

func (t textOf) ScanText(v pgtype.Text) error {
	*t.d = nil
	if !v.Valid {
		return nil
	}
	d, err := scoring.ParseDecimal(v.String)
	*t.d = &d
	return err
}

func (t textOf) TextValue() (pgtype.Text, error) {
	if *t.d == nil {
		return pgtype.Text{}, nil
	}
	return pgtype.Text{String: (*t.d).String(), Valid: true}, nil
}

func (f findingRow) record() (ledger.Record, error) {
	body := map[string]any{
		"area": f.area, "standard": f.standard, "line": f.line, "day": f.day, "count": f.count, "place": f.place, "note": f.note,
		"event": f.event, "entry": f.entry, "found_by": f.by,
	}
	// Only where they are: findings older than these columns keep their leaves.
	if f.subject != "" {
		body["subject"] = f.subject
	}
	if f.of != nil {
		body["of"], body["per"] = f.of, f.per
	}
	return ledger.NewRecord("finding", f.id.String(), f.salt, body)
}

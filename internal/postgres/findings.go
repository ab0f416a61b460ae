package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"taizhang/internal/assessment"
	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// decided are findings as the appeals left them: an annulled one is none.
const decided = ` from findings f left join appeals a on a.prison_id = f.prison_id and a.finding_id = f.finding_id
	left join appeal_decisions d on d.prison_id = a.prison_id and d.appeal_id = a.appeal_id
	where f.prison_id = $1 and d.verdict is distinct from 'annul' and f.line <> ''
		and not exists (select from finding_ends e where e.prison_id = f.prison_id and e.finding_id = f.finding_id) and `

const scoredColumns = `select coalesce(f.area_id, '00000000-0000-0000-0000-000000000000'), f.finding_id::text, f.line, f.day::text, coalesce(d.count, f.count), f.note, f.event, f.subject,
	coalesce(d.measured_of, f.measured_of)::text, f.measured_per::text`

func scoredFindings(ctx context.Context, tx pgx.Tx, where string, args ...any) (map[uuid.UUID][]scoring.Finding, error) {
	rows, err := tx.Query(ctx, scoredColumns+decided+where+" order by f.day, f.finding_id", args...)
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

// Findings reads the findings of areas between two days, in the order of the days.
func (s Assessments) Findings(ctx context.Context, ses ledger.Session, areas []uuid.UUID, from, to string) (by map[uuid.UUID][]scoring.Finding, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		by, err = findings(ctx, tx, ses.Prison, areas, from, to)
		return err
	})
	return by, err
}

// findings that count today: those outside of any check, and of the latest check that
// was closed those that nobody has verified as put right.
func findings(ctx context.Context, tx pgx.Tx, prison uuid.UUID, areas []uuid.UUID, from, to string) (map[uuid.UUID][]scoring.Finding, error) {
	return countingOf(ctx, tx, "f.area_id = any($4)", "c.area_id = f.area_id", prison, from, to, areas)
}

// WholeFindings reads those of the prison as a whole, by the same rule.
func (s Assessments) WholeFindings(ctx context.Context, ses ledger.Session, from, to string) (list []scoring.Finding, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		by, err := countingOf(ctx, tx, "f.area_id is null", "c.area_id is null", ses.Prison, from, to)
		list = by[uuid.Nil]
		return err
	})
	return list, err
}

// countingOf: of says whose they are, check whose check; both stay what an index answers.
func countingOf(ctx context.Context, tx pgx.Tx, of, check string, prison uuid.UUID, from, to string, args ...any) (map[uuid.UUID][]scoring.Finding, error) {
	return scoredFindings(ctx, tx, of+` and f.day between $2::text::date and $3::text::date and (f.check_id is null or
		exists (select from rectifications r where r.prison_id = f.prison_id and r.finding_id = f.finding_id and r.state in ('open', 'done'))
		and f.check_id = (select c.check_id from checks c join check_acts x on x.prison_id = c.prison_id and x.check_id = c.check_id and x.kind = 'closed'
			where c.prison_id = $1 and `+check+` and c.kind in ('baseline', 'onsite', 'lookback', 'recheck') order by x.recorded_at desc, c.check_id desc limit 1))`,
		append([]any{prison, from, to}, args...)...)
}

// Unchecked reads the findings of an area outside of any check.
func (s Assessments) Unchecked(ctx context.Context, ses ledger.Session, area uuid.UUID, from, to string) ([]scoring.Finding, error) {
	var by map[uuid.UUID][]scoring.Finding
	err := s.read(ctx, ses, func(tx pgx.Tx) (err error) {
		by, err = scoredFindings(ctx, tx, `f.area_id = $2 and f.day between $3::text::date and $4::text::date and f.check_id is null`, ses.Prison, area, from, to)
		return err
	})
	return by[area], err
}

// AddFinding inserts one.
func (s Assessments) AddFinding(ctx context.Context, ses ledger.Session, idem ledger.Idem, f assessment.NewFinding) (uuid.UUID, error) {
	id := newID()
	err := s.write(ctx, ses, idem, &id, func(t *txn) error {
		return t.addFinding(ctx, findingRow{area: f.Area, standard: f.Standard, Finding: inspection.Finding{ID: id, Line: f.Line, Day: f.Day, Count: f.Count,
			Place: f.Place, Note: f.Note, Event: f.Event, Entry: f.Entry, By: ses.Person, Subject: f.Subject, Of: f.Of, Per: f.Per, Salt: integrity.NewSalt()}})
	})
	return id, err
}

func (t *txn) addFinding(ctx context.Context, f findingRow) error {
	draw := inspection.Draw{Drawn: []string{}}
	if f.Draw != nil {
		draw = *f.Draw
	}
	sources := f.Sources
	if sources == nil {
		sources = []string{}
	}
	photos := f.Photos
	if photos == nil {
		photos = []string{}
	}
	_, err := t.exec(ctx, `insert into findings (prison_id, finding_id, area_id, standard, line, day, count, place, note, event, entry_id, found_by, subject, measured_of, measured_per, salt,
			check_id, severity, scope, sources, conclusion, key, at_time, video, seed, roster, drawn, photos)
		values ($1, $2, $3, $4, $5, $6::text::date, $7, $8, $9, $10, $11, $12, $13, $14::text::numeric, $15::text::numeric, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`,
		t.ses.Prison, f.ID, orNull(f.area), f.standard, f.Line, f.Day, f.Count, f.Place, f.Note, f.Event, f.Entry, f.By, f.Subject, textOf{&f.Of}, textOf{&f.Per}, f.Salt,
		f.check, f.Severity, f.Scope, sources, f.Conclusion, f.Key, f.Time, f.Video, draw.Seed, draw.Roster, draw.Drawn, photos)
	if err != nil {
		return err
	}
	return t.note(f.record())
}

// findingRow is a finding with all its columns, as its leaf commits to it.
type findingRow struct {
	inspection.Finding
	area     uuid.UUID // zero: of the prison as a whole
	standard string
	check    *uuid.UUID // nil: outside of any check
}

const findingColumns = `f.finding_id, coalesce(f.area_id, '00000000-0000-0000-0000-000000000000'), f.standard, f.line, f.day::text, f.count, f.place, f.note, f.event, f.entry_id, f.found_by,
	f.subject, f.measured_of::text, f.measured_per::text, f.salt, f.recorded_at, f.check_id, f.severity, f.scope, f.sources, f.conclusion, f.key, f.at_time, f.video, f.seed, f.roster, f.drawn, f.photos`

func scanFinding(row pgx.CollectableRow, more ...any) (findingRow, error) {
	var f findingRow
	var draw inspection.Draw
	err := row.Scan(append([]any{&f.ID, &f.area, &f.standard, &f.Line, &f.Day, &f.Count, &f.Place, &f.Note, &f.Event, &f.Entry, &f.By,
		&f.Subject, textOf{&f.Of}, textOf{&f.Per}, &f.Salt, &f.RecordedAt, &f.check, &f.Severity, &f.Scope, &f.Sources, &f.Conclusion, &f.Key, &f.Time, &f.Video,
		&draw.Seed, &draw.Roster, &draw.Drawn, &f.Photos}, more...)...)
	if draw.Seed != "" {
		f.Draw = &draw
	}
	return f, err
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
		"area": f.area, "standard": f.standard, "line": f.Line, "day": f.Day, "count": f.Count, "place": f.Place, "note": f.Note,
		"event": f.Event, "entry": f.Entry, "found_by": f.By,
	}
	// Only where they are: findings older than these columns keep their leaves.
	if f.Subject != "" {
		body["subject"] = f.Subject
	}
	if f.Of != nil {
		body["of"], body["per"] = f.Of, f.Per
	}
	if f.check != nil {
		body["check"], body["severity"], body["scope"], body["sources"], body["conclusion"] = f.check, f.Severity, f.Scope, f.Sources, f.Conclusion
		body["key"], body["time"], body["video"], body["draw"] = f.Key, f.Time, f.Video, f.Draw
	}
	if len(f.Photos) > 0 {
		body["photos"] = f.Photos
	}
	return ledger.NewRecord("finding", f.ID.String(), f.Salt, body)
}

// findings as the verifier reads them.
func (s *Snapshot) findings(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		f, err := scanFinding(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := f.record()
		return rowOf("findings", rec, err, f.RecordedAt, "")
	}, "select "+findingColumns+" from findings f where f.prison_id = $1 order by f.finding_id", prison)
}

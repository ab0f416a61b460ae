package postgres

import (
	"context"
	"encoding/hex"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const drawColumns = `d.draw_id, d.check_id, d.no, d.kind, coalesce(d.area_id, '00000000-0000-0000-0000-000000000000'), d.word, d.reason, d.algorithm, d.chance, d.roster, d.drawn, d.author, d.salt, d.recorded_at`

func scanDraw(row pgx.CollectableRow, check *uuid.UUID, more ...any) (d inspection.Drawing, err error) {
	var chance, roster []byte
	var items []string
	if err = row.Scan(append([]any{&d.ID, check, &d.No, &d.Kind, &d.Area, &d.Word, &d.Reason, &d.Algorithm, &chance, &roster, &items, &d.By, &d.Salt, &d.RecordedAt}, more...)...); err != nil {
		return d, err
	}
	d.Chance, d.Roster = hex.EncodeToString(chance), string(roster)
	d.Digest, d.Of = inspection.RosterDigest(d.Roster), len(inspection.Items(d.Roster))
	d.Seed = inspection.Seed(chance, d.Word, d.Digest)
	for _, item := range items {
		d.Drawn = append(d.Drawn, inspection.Drawn{Item: item})
	}
	return d, nil
}

func scanMark(row pgx.CollectableRow, draw *uuid.UUID, item *string, more ...any) (m inspection.Mark, err error) {
	err = row.Scan(append([]any{draw, item, &m.N, &m.Result, &m.Note, &m.By, &m.Salt, &m.RecordedAt}, more...)...)
	return m, err
}

// Draws of a check, with the names of people.
func (s Checks) Draws(ctx context.Context, ses ledger.Session, check uuid.UUID) (list []inspection.Drawing, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.draws(ctx, check)
		return err
	})
	return list, err
}

func (t *txn) draws(ctx context.Context, check uuid.UUID) ([]inspection.Drawing, error) {
	rows, err := t.tx.Query(ctx, "select "+drawColumns+", p.name from draws d join persons p on p.person_id = d.author where d.prison_id = $1 and d.check_id = $2 order by d.no", t.ses.Prison, check)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d inspection.Drawing, err error) {
		var name string
		d, err = scanDraw(row, new(uuid.UUID), &name)
		d.ByName = name
		return d, err
	})
	if err != nil {
		return nil, err
	}
	type place struct {
		draw uuid.UUID
		item string
	}
	at, numbers := map[place]*inspection.Drawn{}, []string{}
	for i := range list {
		for k := range list[i].Drawn {
			x := &list[i].Drawn[k]
			at[place{list[i].ID, x.Item}] = x
			if list[i].Kind == inspection.Prisoners || list[i].Kind == inspection.Officers {
				numbers = append(numbers, x.Item)
			}
		}
	}
	rows, err = t.tx.Query(ctx, `select distinct on (m.draw_id, m.item) m.draw_id, m.item, m.n, m.result, m.note, m.author, m.salt, m.recorded_at, p.name
		from draw_marks m join draws d on d.prison_id = m.prison_id and d.draw_id = m.draw_id join persons p on p.person_id = m.author
		where m.prison_id = $1 and d.check_id = $2 order by m.draw_id, m.item, m.n desc`, t.ses.Prison, check)
	if err != nil {
		return nil, err
	}
	if _, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m inspection.Mark, err error) {
		var in place
		var name string
		m, err = scanMark(row, &in.draw, &in.item, &name)
		m.ByName = name
		if x := at[in]; x != nil {
			x.Mark = &m
		}
		return m, err
	}); err != nil {
		return nil, err
	}
	names := map[string]string{}
	rows, err = t.tx.Query(ctx, `select inmate_no, name from inmates where prison_id = $1 and inmate_no = any($2) union all select number, name from persons where number = any($2)`, t.ses.Prison, numbers)
	if err != nil {
		return nil, err
	}
	var number, name string
	if _, err := pgx.ForEachRow(rows, []any{&number, &name}, func() error { names[number] = name; return nil }); err != nil {
		return nil, err
	}
	for in, x := range at {
		x.Name = names[in.item]
	}
	return list, t.doubles(ctx, check, list)
}

// Draw draws of the roster as it is under the check's lock.
func (s Checks) Draw(ctx context.Context, ses ledger.Session, idem ledger.Idem, check uuid.UUID, d inspection.Drawing,
	fn func(inspection.Check, []inspection.Drawing, string, []string) (inspection.Drawing, error)) (inspection.Drawing, error) {
	var out inspection.Drawing
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		c, err := t.lockedCheck(ctx, check)
		if err != nil {
			return err
		}
		before, err := t.draws(ctx, check)
		if err != nil {
			return err
		}
		roster, err := t.rosterOf(ctx, check, d.Kind, d.Area)
		if err != nil {
			return err
		}
		var lately string
		if err := t.tx.QueryRow(ctx, `select coalesce(max((recorded_at at time zone 'Asia/Shanghai')::date)::text, '') from draws
			where prison_id = $1 and check_id <> $2 and kind = $3 and (area_id is null or $4::uuid is null or area_id = $4) and recorded_at > app.transaction_time() - interval '30 days'`,
			ses.Prison, check, d.Kind, orNull(d.Area)).Scan(&lately); err != nil {
			return err
		}
		if d, err = fn(c, before, lately, roster); err != nil {
			return err
		}
		chance, err := hex.DecodeString(d.Chance)
		if err != nil {
			return err
		}
		items := make([]string, len(d.Drawn))
		for i, x := range d.Drawn {
			items[i] = x.Item
		}
		if _, err := t.exec(ctx, `insert into draws (prison_id, draw_id, check_id, no, kind, area_id, word, reason, algorithm, chance, roster, drawn, author, salt)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			ses.Prison, d.ID, check, d.No, d.Kind, orNull(d.Area), d.Word, d.Reason, d.Algorithm, chance, []byte(d.Roster), items, d.By, d.Salt); err != nil {
			return err
		}
		if err := t.note(d.Record(check)); err != nil {
			return err
		}
		out, err = t.draw(ctx, check, d.ID)
		return err
	})
	return out, err
}

// rosterOf are the numbers of those who are held, or posted, there today; or the lines of the check's standard
// that nobody looked at, found anything at or drew before.
func (t *txn) rosterOf(ctx context.Context, check uuid.UUID, kind string, area uuid.UUID) (list []string, err error) {
	sql, of := "", area
	switch kind {
	case inspection.Lines:
		of = check
		sql = `select l ->> 'id' from checks c join standard_sets s on (s.standard, s.version) = (c.standard, c.version), jsonb_path_query(convert_from(s.rules, 'UTF8')::jsonb, '$.indicators[*].lines[*]') l
			where c.prison_id = $1 and c.check_id = $2
				and not exists (select from looks x where x.prison_id = c.prison_id and x.check_id = c.check_id and x.line = l ->> 'id')
				and not exists (select from findings x where x.prison_id = c.prison_id and x.check_id = c.check_id and x.line = l ->> 'id')
				and not exists (select from draws x where x.prison_id = c.prison_id and x.check_id = c.check_id and x.kind = 'lines' and l ->> 'id' = any (x.drawn))`
	case inspection.Prisoners:
		sql = `select inmate_no from inmates where prison_id = $1 and ($2::uuid is null or area_id = $2) and admitted_on <= (app.transaction_time() at time zone 'Asia/Shanghai')::date
			and (released_on is null or released_on > (app.transaction_time() at time zone 'Asia/Shanghai')::date)`
	case inspection.Officers:
		sql = `select distinct p.number from postings x join persons p on p.person_id = x.person_id where x.prison_id = $1 and ($2::uuid is null or x.area_id = $2)
			and x.from_at <= app.transaction_time() and (x.until_at is null or x.until_at > app.transaction_time())`
	default:
		return nil, nil
	}
	rows, err := t.tx.Query(ctx, sql, t.ses.Prison, orNull(of))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (t *txn) draw(ctx context.Context, check, id uuid.UUID) (inspection.Drawing, error) {
	list, err := t.draws(ctx, check)
	if err != nil {
		return inspection.Drawing{}, err
	}
	for _, d := range list {
		if d.ID == id {
			return d, nil
		}
	}
	return inspection.Drawing{}, pgx.ErrNoRows
}

// MarkDrawn appends what became of an item.
func (s Checks) MarkDrawn(ctx context.Context, ses ledger.Session, idem ledger.Idem, check, id uuid.UUID, item string, fn func(inspection.Check, inspection.Drawing) (inspection.Mark, error)) (inspection.Drawing, error) {
	var out inspection.Drawing
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		c, err := t.lockedCheck(ctx, check)
		if err != nil {
			return err
		}
		d, err := t.draw(ctx, check, id)
		if err != nil {
			return err
		}
		m, err := fn(c, d)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "insert into draw_marks (prison_id, draw_id, item, n, result, note, author, salt) values ($1, $2, $3, $4, $5, $6, $7, $8)",
			ses.Prison, id, item, m.N, m.Result, m.Note, m.By, m.Salt); err != nil {
			return err
		}
		if err := t.note(m.Record(id, item)); err != nil {
			return err
		}
		out, err = t.draw(ctx, check, id)
		return err
	})
	return out, err
}

// drawings as the verifier reads them: what was drawn must follow from what is kept.
func (s *Snapshot) drawings(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var check uuid.UUID
		d, err := scanDraw(row, &check)
		if err != nil {
			return integrity.Row{}, err
		}
		wrong := ""
		if d.Algorithm == inspection.Algorithm && !d.Follows() {
			wrong = "the lots do not follow from the roster, the chance and the word"
		}
		rec, err := d.Record(check)
		return rowOf("draws", rec, err, d.RecordedAt, wrong)
	}, "select "+drawColumns+" from draws d where d.prison_id = $1 order by d.draw_id", prison)
}

func (s *Snapshot) drawMarks(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var draw uuid.UUID
		var item string
		m, err := scanMark(row, &draw, &item)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := m.Record(draw, item)
		return rowOf("draw_marks", rec, err, m.RecordedAt, "")
	}, "select draw_id, item, n, result, note, author, salt, recorded_at from draw_marks where prison_id = $1 order by draw_id, item, n", prison)
}

package postgres

import (
	"context"
	"iter"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const valueColumns = `v.draw_id, v.item, v.author, v.count, v.measured_of::text, v.measured_per::text, v.note, v.salt, v.recorded_at`

func scanValue(row pgx.CollectableRow, draw *uuid.UUID, line *string, more ...any) (v inspection.Value, err error) {
	err = row.Scan(append([]any{draw, line, &v.Person, &v.Count, textOf{&v.Of}, textOf{&v.Per}, &v.Note, &v.Salt, &v.RecordedAt}, more...)...)
	return v, err
}

// doubles puts what was said of the lines that were drawn to where they were drawn, whoever asks: the use case
// hides what the reader may not know yet.
func (t *txn) doubles(ctx context.Context, check uuid.UUID, list []inspection.Drawing) error {
	if !slices.ContainsFunc(list, func(d inspection.Drawing) bool { return d.Kind == inspection.Lines }) {
		return nil
	}
	type place struct {
		draw uuid.UUID
		line string
	}
	values, told := map[place][]inspection.Value{}, map[place][]uuid.UUID{}
	rows, err := t.tx.Query(ctx, "select "+valueColumns+`, p.name from draw_values v join draws d on d.prison_id = v.prison_id and d.draw_id = v.draw_id join persons p on p.person_id = v.author
		where v.prison_id = $1 and d.check_id = $2 order by v.recorded_at, v.author`, t.ses.Prison, check)
	if err != nil {
		return err
	}
	if _, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v inspection.Value, err error) {
		var at place
		var name string
		v, err = scanValue(row, &at.draw, &at.line, &name)
		v.Name = name
		values[at] = append(values[at], v)
		return v, err
	}); err != nil {
		return err
	}
	rows, err = t.tx.Query(ctx, `select d.draw_id, t.line, t.author from draws d, app.told_of(d) t where d.prison_id = $1 and d.check_id = $2 and d.kind = 'lines'`, t.ses.Prison, check)
	if err != nil {
		return err
	}
	var at place
	var by uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&at.draw, &at.line, &by}, func() error { told[at] = append(told[at], by); return nil }); err != nil {
		return err
	}
	for i := range list {
		if list[i].Kind != inspection.Lines {
			continue
		}
		for k := range list[i].Drawn {
			x := &list[i].Drawn[k]
			at := place{list[i].ID, x.Item}
			x.Double = inspection.NewDouble(values[at], told[at])
		}
	}
	return nil
}

// SayValue appends what one says of a line.
func (s Checks) SayValue(ctx context.Context, ses ledger.Session, idem ledger.Idem, check, id uuid.UUID, line string, fn func(inspection.Check, inspection.Drawing) (inspection.Value, error)) error {
	return s.write(ctx, ses, idem, &struct{}{}, func(t *txn) error {
		c, err := t.lockedCheck(ctx, check)
		if err != nil {
			return err
		}
		d, err := t.draw(ctx, check, id)
		if err != nil {
			return err
		}
		v, err := fn(c, d)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into draw_values (prison_id, draw_id, item, author, count, measured_of, measured_per, note, salt)
			values ($1, $2, $3, $4, $5, $6::text::numeric, $7::text::numeric, $8, $9)`, ses.Prison, id, line, v.Person, v.Count, textOf{&v.Of}, textOf{&v.Per}, v.Note, v.Salt); err != nil {
			return err
		}
		return t.note(v.Record(id, line))
	})
}

// Pairs of somebody with another, in whichever prison.
func (s Checks) Pairs(ctx context.Context, ses ledger.Session, person uuid.UUID) (list []inspection.Pair, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		return t.asProgram(ctx, func() error {
			rows, err := t.tx.Query(ctx, `select c.standard, c.version, v.item, v.count, v.measured_of::text, v.measured_per::text, o.count, o.measured_of::text, o.measured_per::text
				from draw_values v join draw_values o on (o.prison_id, o.draw_id, o.item) = (v.prison_id, v.draw_id, v.item) and o.author <> v.author
					join draws d on d.prison_id = v.prison_id and d.draw_id = v.draw_id join checks c on c.prison_id = d.prison_id and c.check_id = d.check_id
				where v.author = $1 and c.kind <> 'self_check' and c.state <> 'cancelled'`, person)
			if err != nil {
				return err
			}
			list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p inspection.Pair, err error) {
				a, b := &p.Values[0], &p.Values[1]
				err = row.Scan(&p.Standard, &p.Version, &p.Line, &a.Count, textOf{&a.Of}, textOf{&a.Per}, &b.Count, textOf{&b.Of}, textOf{&b.Per})
				return p, err
			})
			return err
		})
	})
	return list, err
}

func (s *Snapshot) drawValues(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var draw uuid.UUID
		var line string
		v, err := scanValue(row, &draw, &line)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := v.Record(draw, line)
		return rowOf("draw_values", rec, err, v.RecordedAt, "")
	}, "select "+valueColumns+" from draw_values v where v.prison_id = $1 order by v.draw_id, v.item, v.author", prison)
}

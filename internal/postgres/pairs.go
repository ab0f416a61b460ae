package postgres

import (
	"context"
	"errors"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/guidance"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

const pairColumns = `p.prison_id, p.pair_id, p.area_id, p.strong_prison, p.strong_area, p.aim, p.until_day::text, p.weak_score, p.strong_score, p.author, p.salt, p.recorded_at`

// decimals reads exact numbers that are kept as text.
func decimals(texts []string, into ...*scoring.Decimal) (err error) {
	for i, d := range into {
		var e error
		*d, e = scoring.ParseDecimal(texts[i])
		err = errors.Join(err, e)
	}
	return err
}

func scanPair(row pgx.CollectableRow) (p guidance.Pair, err error) {
	var scores [2]string
	err = row.Scan(&p.Prison, &p.ID, &p.Area, &p.StrongPrison, &p.StrongArea, &p.Aim, &p.UntilDay, &scores[0], &scores[1], &p.Author, &p.Salt, &p.RecordedAt)
	p.Helps = []guidance.Help{}
	if err == nil {
		err = decimals(scores[:], &p.WeakScore, &p.StrongScore)
	}
	return p, err
}

const helpColumns = `h.pair_id, h.help_id, h.day::text, h.content, h.author, h.salt, h.recorded_at`

func scanHelp(row pgx.CollectableRow, pair *uuid.UUID, more ...any) (h guidance.Help, err error) {
	err = row.Scan(append([]any{pair, &h.ID, &h.Day, &h.Content, &h.Author, &h.Salt, &h.RecordedAt}, more...)...)
	return h, err
}

const overtakeColumns = `o.pair_id, o.day::text, o.weak_score, o.strong_score, o.salt, o.recorded_at`

func scanOvertake(row pgx.CollectableRow, pair *uuid.UUID) (o guidance.Overtake, err error) {
	var scores [2]string
	if err = row.Scan(pair, &o.Day, &scores[0], &scores[1], &o.Salt, &o.RecordedAt); err == nil {
		err = decimals(scores[:], &o.WeakScore, &o.StrongScore)
	}
	return o, err
}

// Pairs lists those of which the session sees a side, the latest first.
func (s Guidance) Pairs(ctx context.Context, ses ledger.Session) (list []guidance.Pair, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.pairs(ctx, "true")
		return err
	})
	return list, err
}

func (t *txn) pairs(ctx context.Context, where string, args ...any) ([]guidance.Pair, error) {
	rows, err := t.tx.Query(ctx, "select "+pairColumns+" from pairs p where "+where+" order by p.recorded_at desc, p.pair_id desc limit 1000", args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, scanPair)
	if err != nil {
		return nil, err
	}
	ids, at := make([]uuid.UUID, len(list)), map[uuid.UUID]int{}
	for i, p := range list {
		ids[i], at[p.ID] = p.ID, i
	}
	rows, err = t.tx.Query(ctx, "select "+helpColumns+", w.name from pair_helps h join persons w on w.person_id = h.author where h.pair_id = any($1) order by h.day, h.help_id", ids)
	if err != nil {
		return nil, err
	}
	if _, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (h guidance.Help, err error) {
		var pair uuid.UUID
		var name string
		h, err = scanHelp(row, &pair, &name)
		h.AuthorName = name
		if i, ok := at[pair]; ok {
			list[i].Helps = append(list[i].Helps, h)
		}
		return h, err
	}); err != nil {
		return nil, err
	}
	rows, err = t.tx.Query(ctx, "select "+overtakeColumns+" from overtakes o where o.pair_id = any($1)", ids)
	if err != nil {
		return nil, err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (guidance.Overtake, error) {
		var pair uuid.UUID
		o, err := scanOvertake(row, &pair)
		if i, ok := at[pair]; ok {
			list[i].Overtake = &o
		}
		return o, err
	})
	return list, err
}

func (t *txn) pair(ctx context.Context, id uuid.UUID) (guidance.Pair, error) {
	list, err := t.pairs(ctx, "p.prison_id = $1 and p.pair_id = $2", t.ses.Prison, id)
	return theOnly(list, err)
}

// AddPair inserts one.
func (s Guidance) AddPair(ctx context.Context, ses ledger.Session, idem ledger.Idem, p guidance.Pair) (out guidance.Pair, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.exec(ctx, `insert into pairs (prison_id, pair_id, area_id, strong_prison, strong_area, aim, until_day, weak_score, strong_score, author, salt)
			values ($1, $2, $3, $4, $5, $6, $7::text::date, $8, $9, $10, $11)`,
			ses.Prison, p.ID, p.Area, p.StrongPrison, p.StrongArea, p.Aim, p.UntilDay, p.WeakScore.String(), p.StrongScore.String(), p.Author, p.Salt); err != nil {
			return err
		}
		if err := t.note(p.Record()); err != nil {
			return err
		}
		out, err = t.pair(ctx, p.ID)
		return err
	})
	return out, err
}

// AddHelp appends the line that fn says.
func (s Guidance) AddHelp(ctx context.Context, ses ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(guidance.Pair) (guidance.Help, error)) (out guidance.Pair, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		p, err := t.pair(ctx, id)
		if err != nil {
			return err
		}
		h, err := fn(p)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "insert into pair_helps (prison_id, pair_id, help_id, day, content, author, salt) values ($1, $2, $3, $4::text::date, $5, $6, $7)",
			ses.Prison, id, h.ID, h.Day, h.Content, h.Author, h.Salt); err != nil {
			return err
		}
		if err := t.note(h.Record(id)); err != nil {
			return err
		}
		out, err = t.pair(ctx, id)
		return err
	})
	return out, err
}

// AddOvertake inserts it, unless there is one.
func (s Guidance) AddOvertake(ctx context.Context, ses ledger.Session, id uuid.UUID, o guidance.Overtake) error {
	return s.write(ctx, ses, ledger.Idem{}, nil, func(t *txn) error {
		tag, err := t.exec(ctx, `insert into overtakes (prison_id, pair_id, day, weak_score, strong_score, salt) values ($1, $2, $3::text::date, $4, $5, $6)
			on conflict do nothing`, ses.Prison, id, o.Day, o.WeakScore.String(), o.StrongScore.String(), o.Salt)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return t.note(o.Record(id))
	})
}

// pairs, their helps and overtakes as the verifier reads them.
func (s *Snapshot) pairs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		p, err := scanPair(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.Record()
		return rowOf("pairs", rec, err, p.RecordedAt, "")
	}, "select "+pairColumns+" from pairs p where p.prison_id = $1 order by p.pair_id", prison)
}

func (s *Snapshot) pairHelps(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var pair uuid.UUID
		h, err := scanHelp(row, &pair)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := h.Record(pair)
		return rowOf("pair_helps", rec, err, h.RecordedAt, "")
	}, "select "+helpColumns+" from pair_helps h where h.prison_id = $1 order by h.pair_id, h.help_id", prison)
}

func (s *Snapshot) overtakes(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var pair uuid.UUID
		o, err := scanOvertake(row, &pair)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := o.Record(pair)
		return rowOf("overtakes", rec, err, o.RecordedAt, "")
	}, "select "+overtakeColumns+" from overtakes o where o.prison_id = $1 order by o.pair_id", prison)
}

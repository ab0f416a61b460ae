package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

const lookColumns = `l.check_id, l.line, l.n, l.result, l.note, l.place, l.looked_at, l.photos, l.author, l.salt, l.recorded_at`

func scanLook(row pgx.CollectableRow, check *uuid.UUID, more ...any) (l inspection.Look, err error) {
	err = row.Scan(append([]any{check, &l.Line, &l.N, &l.Result, &l.Note, &l.Place, &l.LookedAt, &l.Photos, &l.By, &l.Salt, &l.RecordedAt}, more...)...)
	return l, err
}

// Looks of a check, of each line the newest first.
func (s Checks) Looks(ctx context.Context, ses ledger.Session, check uuid.UUID) (list []inspection.Look, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		rows, err := t.tx.Query(ctx, "select "+lookColumns+", p.name from looks l join persons p on p.person_id = l.author where l.prison_id = $1 and l.check_id = $2 order by l.line, l.n desc", ses.Prison, check)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (inspection.Look, error) {
			var name string
			l, err := scanLook(row, new(uuid.UUID), &name)
			l.ByName = name
			return l, err
		})
		return err
	})
	return list, err
}

func (t *txn) addLook(ctx context.Context, check uuid.UUID, l inspection.Look) error {
	if _, err := t.exec(ctx, `insert into looks (prison_id, check_id, line, n, result, note, place, looked_at, photos, author, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		t.ses.Prison, check, l.Line, l.N, l.Result, l.Note, l.Place, l.LookedAt, l.Photos, l.By, l.Salt); err != nil {
		return err
	}
	return t.note(l.Record(check))
}

// metAt are the lines at which the latest closed check of each unit found nothing, if it was by this version
// of the standard: the check whose findings count too.
func metAt(ctx context.Context, tx pgx.Tx, of string, prison uuid.UUID, standard string, version int, from, to string, args ...any) (map[uuid.UUID][]string, error) {
	rows, err := tx.Query(ctx, `select coalesce(c.area_id, '00000000-0000-0000-0000-000000000000'), l.line from (
			select distinct on (c.area_id) c.area_id, c.check_id, c.standard, c.version from checks c join check_acts x on x.prison_id = c.prison_id and x.check_id = c.check_id and x.kind = 'closed'
			where c.prison_id = $1 and `+of+` and c.kind in ('baseline', 'onsite', 'lookback', 'recheck') order by c.area_id, x.recorded_at desc, c.check_id desc) c
		join looks l on l.prison_id = $1 and l.check_id = c.check_id and l.result = 'met' and (l.looked_at at time zone 'Asia/Shanghai')::date between $4::text::date and $5::text::date
		where c.standard = $2 and c.version = $3
			and not exists (select from looks k where k.prison_id = $1 and k.check_id = l.check_id and k.line = l.line and k.n > l.n)
			and not exists (select`+decided+`f.check_id = l.check_id and f.line = l.line)
		order by l.line`, append([]any{prison, standard, version, from, to}, args...)...)
	if err != nil {
		return nil, err
	}
	by := map[uuid.UUID][]string{}
	var area uuid.UUID
	var line string
	_, err = pgx.ForEachRow(rows, []any{&area, &line}, func() error { by[area] = append(by[area], line); return nil })
	return by, err
}

// WholeMet reads those of the prison as a whole.
func (s Assessments) WholeMet(ctx context.Context, ses ledger.Session, std *scoring.Standard, from, to string) (list []string, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		by, err := metAt(ctx, tx, "c.area_id is null", ses.Prison, std.ID, std.Version, from, to)
		list = by[uuid.Nil]
		return err
	})
	return list, err
}

const photoColumns = `p.check_id, encode(p.sha256, 'hex'), p.version_id, p.media_type, p.size, p.width, p.height, p.author, p.salt, p.recorded_at`

// shown says of a photograph that it stands under a look or a finding.
const shown = `(exists (select from looks l where l.prison_id = p.prison_id and l.check_id = p.check_id and encode(p.sha256, 'hex') = any(l.photos))
	or exists (select from findings f where f.prison_id = p.prison_id and f.check_id = p.check_id and encode(p.sha256, 'hex') = any(f.photos)))`

func scanPhoto(row pgx.CollectableRow, check *uuid.UUID, more ...any) (p inspection.Photo, err error) {
	err = row.Scan(append([]any{check, &p.Sha256, &p.VersionID, &p.MediaType, &p.Size, &p.Width, &p.Height, &p.By, &p.Salt, &p.RecordedAt}, more...)...)
	return p, err
}

// Photos of a check.
func (s Checks) Photos(ctx context.Context, ses ledger.Session, check uuid.UUID) (list []inspection.Photo, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.photos(ctx, check)
		return err
	})
	return list, err
}

func (t *txn) photos(ctx context.Context, check uuid.UUID) ([]inspection.Photo, error) {
	rows, err := t.tx.Query(ctx, "select "+photoColumns+", "+shown+" from photos p where p.prison_id = $1 and p.check_id = $2 order by p.recorded_at, p.sha256", t.ses.Prison, check)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (inspection.Photo, error) {
		var is bool
		p, err := scanPhoto(row, new(uuid.UUID), &is)
		p.Shown = is
		return p, err
	})
}

// AddPhoto keeps what fn says unless it is there.
func (s Checks) AddPhoto(ctx context.Context, ses ledger.Session, idem ledger.Idem, check uuid.UUID, fn func(ledger.Tx, inspection.Check, []inspection.Photo) (inspection.Photo, error)) (inspection.Photo, error) {
	var out inspection.Photo
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		c, err := t.lockedCheck(ctx, check)
		if err != nil {
			return err
		}
		list, err := t.photos(ctx, check)
		if err != nil {
			return err
		}
		p, err := fn(t, c, list)
		if err != nil {
			return err
		}
		out = p
		if !p.RecordedAt.IsZero() {
			return nil // it was there
		}
		out.RecordedAt = t.Now()
		if _, err := t.exec(ctx, `insert into photos (prison_id, check_id, sha256, version_id, media_type, size, width, height, author, salt)
			values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, $9, $10)`,
			ses.Prison, check, p.Sha256, p.VersionID, p.MediaType, p.Size, p.Width, p.Height, p.By, p.Salt); err != nil {
			return err
		}
		return t.note(p.Record(check))
	})
	return out, err
}

func (s *Snapshot) looks(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var check uuid.UUID
		l, err := scanLook(row, &check)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := l.Record(check)
		return rowOf("looks", rec, err, l.RecordedAt, "")
	}, "select "+lookColumns+" from looks l where l.prison_id = $1 order by l.check_id, l.line, l.n", prison)
}

func (s *Snapshot) photos(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var check uuid.UUID
		p, err := scanPhoto(row, &check)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.Record(check)
		return rowOf("photos", rec, err, p.RecordedAt, "")
	}, "select "+photoColumns+" from photos p where p.prison_id = $1 order by p.check_id, p.sha256", prison)
}

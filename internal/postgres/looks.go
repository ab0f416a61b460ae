package postgres

import (
	"context"
	"encoding/hex"
	"iter"
	"slices"

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

const photoColumns = `p.check_id, encode(p.sha256, 'hex'), p.version_id, p.media_type, p.size, p.width, p.height, p.author, p.again, p.salt, p.recorded_at`

// shown says of a photograph that it stands under a look or a finding.
const shown = `(exists (select from looks l where l.prison_id = p.prison_id and l.check_id = p.check_id and encode(p.sha256, 'hex') = any(l.photos))
	or exists (select from findings f where f.prison_id = p.prison_id and f.check_id = p.check_id and encode(p.sha256, 'hex') = any(f.photos)))`

func scanPhoto(row pgx.CollectableRow, check *uuid.UUID) (p inspection.Photo, err error) {
	err = row.Scan(check, &p.Sha256, &p.VersionID, &p.MediaType, &p.Size, &p.Width, &p.Height, &p.By, &p.Again, &p.Salt, &p.RecordedAt)
	return p, err
}

// Photos of a check among those named that whoever asks may show.
func (s Checks) Photos(ctx context.Context, ses ledger.Session, check uuid.UUID, sums []string) (list []inspection.Photo, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.photos(ctx, "distinct on (p.sha256)", check, sums, "and (p.author = $4 or "+shown+") order by p.sha256", ses.Person)
		return err
	})
	return list, err
}

// photos of a check among those named; what is no digest names none.
func (t *txn) photos(ctx context.Context, which string, check uuid.UUID, sums []string, where string, args ...any) ([]inspection.Photo, error) {
	var keys [][]byte
	for _, sum := range sums {
		if key, err := hex.DecodeString(sum); err == nil {
			keys = append(keys, key)
		}
	}
	rows, err := t.tx.Query(ctx, "select "+which+" "+photoColumns+" from photos p where p.prison_id = $1 and p.check_id = $2 and p.sha256 = any($3) "+where, append([]any{t.ses.Prison, check, keys}, args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (inspection.Photo, error) { return scanPhoto(row, new(uuid.UUID)) })
}

// AddPhoto keeps p unless its author brought it already.
func (s Checks) AddPhoto(ctx context.Context, ses ledger.Session, idem ledger.Idem, check uuid.UUID, p inspection.Photo, keep func(ledger.Tx, inspection.Check, int) (string, error)) (inspection.Photo, error) {
	var out inspection.Photo
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		c, err := t.lockedCheck(ctx, check)
		if err != nil {
			return err
		}
		same, err := t.photos(ctx, "", check, []string{p.Sha256}, "")
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(same, func(x inspection.Photo) bool { return x.By == p.By }); i >= 0 {
			out = same[i]
			return nil
		}
		var brought int
		if err := t.tx.QueryRow(ctx, "select count(*) from photos where prison_id = $1 and check_id = $2", ses.Prison, check).Scan(&brought); err != nil {
			return err
		}
		out, out.Again, out.RecordedAt = p, len(same) > 0, t.Now()
		if out.VersionID, err = keep(t, c, brought); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into photos (prison_id, check_id, sha256, version_id, media_type, size, width, height, author, again, salt)
			values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, $9, $10, $11)`,
			ses.Prison, check, out.Sha256, out.VersionID, out.MediaType, out.Size, out.Width, out.Height, out.By, out.Again, out.Salt); err != nil {
			return err
		}
		return t.note(out.Record(check))
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
	}, "select "+photoColumns+" from photos p where p.prison_id = $1 order by p.check_id, p.sha256, p.author", prison)
}

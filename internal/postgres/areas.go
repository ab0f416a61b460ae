package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
)

// Areas keeps what counts among the areas of a prison (organisation.Store).
type Areas struct{ *Store }

// ChangeArea inserts the change; the database carries it to the area.
func (s Areas) ChangeArea(ctx context.Context, ses ledger.Session, idem ledger.Idem, c organisation.Change) (ledger.Area, error) {
	var out ledger.Area
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.Area(ctx, c.Prison, c.Area); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into area_changes (prison_id, area_id, version, opened_on, closed_on, sub_area, reason, changed_by, salt)
			values ($1, $2, $3, nullif($4, '')::date, nullif($5, '')::date, $6, $7, $8, $9)`,
			c.Prison, c.Area, c.Version, c.OpenedOn, c.ClosedOn, c.SubArea, c.Reason, c.By, c.Salt); err != nil {
			return err
		}
		if err := t.note(c.Record()); err != nil {
			return err
		}
		// Duties still ahead are a forecast; opened again, the area is planned anew.
		if _, err := t.exec(ctx, `delete from duties where prison_id = $1 and area_id = $2 and starts_at > app.transaction_time()
			and (day < nullif($3, '')::date or day >= nullif($4, '')::date)`, c.Prison, c.Area, c.OpenedOn, c.ClosedOn); err != nil {
			return err
		}
		var err error
		out, err = t.Area(ctx, c.Prison, c.Area)
		return err
	})
	return out, err
}

const changeColumns = `c.area_id, c.version, coalesce(c.opened_on::text, ''), coalesce(c.closed_on::text, ''), c.sub_area, c.reason, c.changed_by, c.salt, c.recorded_at`

func scanChange(row pgx.Row, c *organisation.Change, more ...any) error {
	return row.Scan(append([]any{&c.Area, &c.Version, &c.OpenedOn, &c.ClosedOn, &c.SubArea, &c.Reason, &c.By, &c.Salt, &c.RecordedAt}, more...)...)
}

// AreaChanges lists them, the latest first.
func (s Areas) AreaChanges(ctx context.Context, ses ledger.Session, area uuid.UUID) ([]organisation.Change, error) {
	var list []organisation.Change
	err := s.Read(ctx, ses, func(r ledger.Reader) error {
		t := r.(*txn)
		if _, err := t.Area(ctx, ses.Prison, area); err != nil {
			return err
		}
		rows, err := t.tx.Query(ctx, "select "+changeColumns+`, p.name from area_changes c join persons p on p.person_id = c.changed_by
			where c.prison_id = $1 and c.area_id = $2 order by c.version desc`, ses.Prison, area)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (organisation.Change, error) {
			c := organisation.Change{Prison: ses.Prison}
			err := scanChange(row, &c, &c.Name)
			return c, err
		})
		return err
	})
	return list, err
}

// areaChanges as the verifier reads them; the area must show the last of them.
func (s *Snapshot) areaChanges(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var c organisation.Change
		var shown bool
		if err := scanChange(row, &c, &shown); err != nil {
			return integrity.Row{}, err
		}
		wrong := ""
		if !shown {
			wrong = "the area does not show its last change"
		}
		rec, err := c.Record()
		return rowOf("area_changes", rec, err, c.RecordedAt, wrong)
	}, "select "+changeColumns+`, c.version < a.version or c.version = a.version and (a.opened_on, a.closed_on, a.sub_area) is not distinct from (c.opened_on, c.closed_on, c.sub_area)
		from area_changes c join areas a on a.prison_id = c.prison_id and a.area_id = c.area_id where c.prison_id = $1 order by c.area_id, c.version`, prison)
}

package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/ledger"
	"taizhang/internal/printing"
)

const volumeColumns = `v.prison_id, v.volume_id, v.ledger, v.area_id, v.from_day::text, v.to_day::text, v.made_by, p.name, v.created_at, v.state,
	v.total, v.done, v.pages, v.sha256, coalesce(v.version_id, ''), v.size, v.finished_at, v.attempts, v.failure`

func (t printed) volumes(ctx context.Context, where string, args ...any) ([]printing.Volume, error) {
	rows, err := t.tx.Query(ctx, "select "+volumeColumns+" from volumes v join persons p on p.person_id = v.made_by where "+where+
		" order by v.created_at desc, v.volume_id desc limit 200", args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (printing.Volume, error) {
		var v printing.Volume
		var sum []byte
		err := row.Scan(&v.Prison, &v.ID, &v.Ledger, &v.Area, &v.From, &v.To, &v.MadeBy, &v.MadeByName, &v.CreatedAt, &v.State,
			&v.Total, &v.Done, &v.Pages, &sum, &v.VersionID, &v.Size, &v.FinishedAt, &v.Attempts, &v.Failure)
		if len(sum) == 32 {
			d := ledger.Digest(sum)
			v.Sha256 = &d
		}
		return v, err
	})
}

func (t printed) Volume(ctx context.Context, k printing.VolumeKey) (printing.Volume, error) {
	list, err := t.volumes(ctx, "v.prison_id = $1 and v.volume_id = $2", k.Prison, k.ID)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return printing.Volume{}, mapped(err)
	}
	return list[0], nil
}

func (t printed) Volumes(ctx context.Context, prison uuid.UUID) ([]printing.Volume, error) {
	return t.volumes(ctx, "v.prison_id = $1", prison)
}

func (t printed) InsertVolume(ctx context.Context, v printing.Volume, list []printing.Bound) error {
	_, err := t.exec(ctx, `insert into volumes (prison_id, volume_id, ledger, area_id, from_day, to_day, made_by, total)
		values ($1, $2, $3, $4, $5::text::date, $6::text::date, $7, $8)`, v.Prison, v.ID, v.Ledger, v.Area, v.From, v.To, v.MadeBy, v.Total)
	if err != nil {
		return err
	}
	// Not COPY: it does not go with row-level security.
	entries, revisions, kinds := make([]uuid.UUID, len(list)), make([]int, len(list)), make([]string, len(list))
	for i, b := range list {
		entries[i], revisions[i], kinds[i] = b.Entry, b.Revision, string(b.Kind)
	}
	_, err = t.exec(ctx, `insert into volume_entries (prison_id, volume_id, n, entry_id, revision, kind)
		select $1, $2, n, entry, revision, kind from unnest($3::uuid[], $4::int[], $5::text[]) with ordinality as b (entry, revision, kind, n)`,
		v.Prison, v.ID, entries, revisions, kinds)
	return err
}

// BoundIn joins the entries, so that row-level security leaves out what the
// session may not read, and with it what it may read only a part of.
func (t printed) BoundIn(ctx context.Context, k printing.VolumeKey) ([]printing.Bound, error) {
	rows, err := t.tx.Query(ctx, `select b.entry_id, b.revision, b.kind, (r.occurred_at at time zone 'UTC' + interval '8 hours')::date::text, p.name
		from volume_entries b
		join entries e on e.prison_id = b.prison_id and e.entry_id = b.entry_id
		join revisions r on r.prison_id = b.prison_id and r.entry_id = b.entry_id and r.revision = b.revision
		join persons p on p.person_id = r.author
		where b.prison_id = $1 and b.volume_id = $2 and app.whole(e.prison_id, e.area_id, e.ledger, e.level, e.sealed, e.author) order by b.n`, k.Prison, k.ID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (printing.Bound, error) {
		var b printing.Bound
		err := row.Scan(&b.Entry, &b.Revision, &b.Kind, &b.Day, &b.Author)
		return b, err
	})
}

func (t printed) ClaimVolume(ctx context.Context, k printing.VolumeKey, now time.Time) (bool, error) {
	tag, err := t.exec(ctx, `update volumes set state = 'binding', attempts = attempts + 1, failure = '', paused_till = null, touched_at = now()
		where prison_id = $1 and volume_id = $2 and (state = 'waiting' and coalesce(paused_till <= $3, true) or state = 'binding' and touched_at < $4)`,
		k.Prison, k.ID, now, now.Add(-printing.WorkerDead))
	return tag.RowsAffected() == 1, err
}

func (t printed) UpdateVolume(ctx context.Context, v printing.Volume) error {
	var sum []byte
	var version *string
	if v.Sha256 != nil {
		sum, version = v.Sha256[:], &v.VersionID
	}
	_, err := t.exec(ctx, `update volumes set state = $3, done = $4, pages = $5, sha256 = $6, version_id = $7, size = $8, finished_at = $9, attempts = $10,
		failure = $11, paused_till = $12, touched_at = now() where prison_id = $1 and volume_id = $2`, v.Prison, v.ID, v.State, v.Done, v.Pages, sum,
		version, v.Size, v.FinishedAt, v.Attempts, v.Failure, v.PausedTill)
	return err
}

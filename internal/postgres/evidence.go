package postgres

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Evidence reads what lies beside the draft (n = 0) or under revision n.
func (t *txn) Evidence(ctx context.Context, k ledger.Key, n int) ([]ledger.Evidence, error) {
	sql := `select evidence_id, revision, slot, name, media_type, size, sha256, version_id, width, height, taken_at, uploaded_by, uploaded_at, salt
		from evidence where prison_id = $1 and entry_id = $2 and revision = $3 order by evidence_id`
	if n == 0 {
		sql = `select a.evidence_id, 0, a.slot, a.name, a.media_type, a.size, a.sha256, o.version_id, a.width, a.height, a.taken_at, a.uploaded_by,
				a.uploaded_at, null::bytea
			from attachments a join objects o on o.prison_id = a.prison_id and o.sha256 = a.sha256
			where a.prison_id = $1 and a.entry_id = $2 and $3 = 0 order by a.evidence_id`
	}
	rows, err := t.tx.Query(ctx, sql, k.Prison, k.Entry, n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Evidence, error) {
		var e ledger.Evidence
		var sum []byte
		err := row.Scan(&e.ID, &e.Revision, &e.Slot, &e.Name, &e.MediaType, &e.Size, &sum, &e.VersionID, &e.Width, &e.Height,
			&e.TakenAt, &e.UploadedBy, &e.UploadedAt, &e.Salt)
		copy(e.Sha256[:], sum)
		return e, err
	})
}

func (t *txn) InsertEvidence(ctx context.Context, k ledger.Key, e ledger.Evidence) error {
	_, err := t.exec(ctx, `insert into evidence (prison_id, entry_id, revision, evidence_id, slot, name, media_type, size, sha256, version_id,
			width, height, taken_at, uploaded_by, uploaded_at, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		k.Prison, k.Entry, e.Revision, e.ID, e.Slot, e.Name, e.MediaType, e.Size, e.Sha256[:], e.VersionID,
		e.Width, e.Height, e.TakenAt, e.UploadedBy, e.UploadedAt, e.Salt)
	if err != nil {
		return err
	}
	return t.note(ledger.EvidenceRecord(k, e))
}

func (t *txn) InsertAttachment(ctx context.Context, k ledger.Key, e ledger.Evidence) error {
	// A repeated last part finds its own row: finishing is the same again.
	_, err := t.exec(ctx, `insert into attachments (prison_id, evidence_id, entry_id, slot, name, media_type, size, sha256, width, height, taken_at, uploaded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
		k.Prison, e.ID, k.Entry, e.Slot, e.Name, e.MediaType, e.Size, e.Sha256[:], e.Width, e.Height, e.TakenAt, e.UploadedBy)
	return err
}

func (t *txn) DeleteAttachment(ctx context.Context, k ledger.Key, id uuid.UUID) error {
	tag, err := t.exec(ctx, "delete from attachments where prison_id = $1 and entry_id = $2 and evidence_id = $3", k.Prison, k.Entry, id)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "not_found")
	}
	return err
}

// CopyAttachments lays the files of a revision beside the reopened draft.
func (t *txn) CopyAttachments(ctx context.Context, k ledger.Key, revision int) error {
	_, err := t.exec(ctx, `insert into attachments (prison_id, evidence_id, entry_id, slot, name, media_type, size, sha256, width, height, taken_at, uploaded_by, uploaded_at)
		select prison_id, evidence_id, entry_id, slot, name, media_type, size, sha256, width, height, taken_at, uploaded_by, uploaded_at
		from evidence where prison_id = $1 and entry_id = $2 and revision = $3 on conflict do nothing`, k.Prison, k.Entry, revision)
	return err
}

func (t *txn) TouchObject(ctx context.Context, prison uuid.UUID, sum ledger.Digest, version string, size int64) error {
	_, err := t.exec(ctx, `insert into objects (prison_id, sha256, version_id, size) values ($1, $2, $3, $4)
		on conflict (prison_id, sha256) do update set touched_at = now(), version_id = excluded.version_id`,
		prison, sum[:], version, size)
	return err
}

func (t *txn) LockKey(ctx context.Context, prison uuid.UUID, sum ledger.Digest) (ledger.ObjectRow, error) {
	var row ledger.ObjectRow
	// Not the row's own lock: there may be no row yet, and the store itself does
	// not bear a removal beside a put of the same key.
	if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 1))", ledger.ObjectKey(prison, sum)); err != nil {
		return row, err
	}
	err := t.tx.QueryRow(ctx, "select version_id, touched_at from objects where prison_id = $1 and sha256 = $2 for update", prison, sum[:]).
		Scan(&row.VersionID, &row.TouchedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return row, nil
	}
	if err != nil {
		return row, err
	}
	row.Known = true
	// A statement of its own, after the locks: in the same one it would see what
	// was there before whoever held them committed.
	err = t.tx.QueryRow(ctx, `select exists (select from attachments where prison_id = $1 and sha256 = $2)
		or exists (select from evidence where prison_id = $1 and sha256 = $2)
		or exists (select from prints where prison_id = $1 and sha256 = $2)
		or exists (select from volumes where prison_id = $1 and sha256 = $2)
		or exists (select from meeting_acts where prison_id = $1 and sha256 = $2)
		or exists (select from sheet_prints where prison_id = $1 and sha256 = $2)
		or exists (select from photos where prison_id = $1 and sha256 = $2)
		or exists (select from packages where prison_id = $1 and sha256 = $2)`, prison, sum[:]).Scan(&row.Used)
	return row, err
}

func (t *txn) DropClaims(ctx context.Context, prison uuid.UUID, before time.Time) error {
	_, err := t.exec(ctx, "delete from objects where prison_id = $1 and version_id = '' and touched_at < $2", prison, before)
	return err
}

func (t *txn) DropObject(ctx context.Context, prison uuid.UUID, sum ledger.Digest) error {
	_, err := t.exec(ctx, "delete from objects where prison_id = $1 and sha256 = $2", prison, sum[:])
	return err
}

// HoldObjects locks in the order of the hashes, so that two submissions of the
// same files can not wait for each other.
func (t *txn) HoldObjects(ctx context.Context, prison uuid.UUID, sums []ledger.Digest) (map[ledger.Digest]string, error) {
	held := make(map[ledger.Digest]string, len(sums))
	sums = slices.Clone(sums)
	slices.SortFunc(sums, func(a, b ledger.Digest) int { return bytes.Compare(a[:], b[:]) })
	for _, sum := range slices.Compact(sums) {
		var version string
		err := t.tx.QueryRow(ctx, "select version_id from objects where prison_id = $1 and sha256 = $2 for share", prison, sum[:]).Scan(&version)
		if fault.Is(mapped(err), fault.NotFound) {
			return nil, fault.New(fault.Conflict, "evidence_gone").With("sha256", sum)
		}
		if err != nil {
			return nil, err
		}
		held[sum] = version
	}
	return held, nil
}

func (t *txn) InsertCustody(ctx context.Context, prison uuid.UUID, r ledger.CustodyRow) error {
	_, err := t.exec(ctx, `insert into custody_events (prison_id, custody_id, kind, subject, person_id, address, reason, detail, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		prison, r.ID, r.Custody.Kind, r.Custody.Subject, r.Person, r.Address, r.Custody.Reason, r.Custody.Detail, r.Salt)
	if err != nil {
		return err
	}
	return t.note(ledger.CustodyRecord(r))
}

func (t *txn) RetainObject(ctx context.Context, prison uuid.UUID, sum ledger.Digest, until time.Time) error {
	_, err := t.exec(ctx, `update objects set retained_until = greatest(retained_until, $3) where prison_id = $1 and sha256 = $2`, prison, sum[:], until)
	return err
}

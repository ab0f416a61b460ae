package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/standards"
)

const basisFileColumns = "version, name, length(body), sha256, (added_at at time zone 'Asia/Shanghai')::date::text"

func scanBasisFile(row pgx.CollectableRow, more ...any) (standards.BasisFile, error) {
	var f standards.BasisFile
	var sum []byte
	err := row.Scan(append([]any{&f.Version, &f.Name, &f.Size, &sum, &f.AddedOn}, more...)...)
	copy(f.Sha256[:], sum)
	return f, err
}

// basisFiles puts to each document the versions of its file.
func basisFiles(ctx context.Context, t *txn, list []standards.Document) error {
	rows, err := t.tx.Query(ctx, "select "+basisFileColumns+", title from basis_files order by title, version desc")
	if err != nil {
		return err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var title string
		f, err := scanBasisFile(row, &title)
		if i := slices.IndexFunc(list, func(d standards.Document) bool { return d.Title == title }); err == nil && i >= 0 {
			list[i].Files = append(list[i].Files, f)
		}
		return struct{}{}, err
	})
	return err
}

// AttachBasis keeps the next version of a document's file.
func (s Standards) AttachBasis(ctx context.Context, ses ledger.Session, idem ledger.Idem, title string, f standards.BasisFile, body []byte) (out standards.BasisFile, err error) {
	err = s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		// Two files of one document at once follow one another.
		if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended('basis/' || $1, 0))", title); err != nil {
			return err
		}
		var there bool
		if err := t.tx.QueryRow(ctx, "select exists (select from basis_documents where title = $1)", title).Scan(&there); err != nil {
			return err
		}
		if !there {
			return fault.New(fault.NotFound, "not_found")
		}
		out, err = t.newestBasis(ctx, title)
		if err == nil && out.Sha256 == f.Sha256 {
			return nil
		}
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if _, err := t.exec(ctx, "insert into basis_files (title, version, name, sha256, body, added_by) values ($1, $2, $3, $4, $5, $6)",
			title, out.Version+1, f.Name, f.Sha256[:], body, f.AddedBy); err != nil {
			return err
		}
		out, err = t.newestBasis(ctx, title)
		return err
	})
	return out, err
}

func (t *txn) newestBasis(ctx context.Context, title string) (standards.BasisFile, error) {
	rows, err := t.tx.Query(ctx, "select "+basisFileColumns+" from basis_files where title = $1 order by version desc limit 1", title)
	if err != nil {
		return standards.BasisFile{}, err
	}
	return pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (standards.BasisFile, error) { return scanBasisFile(row) })
}

// BasisFile reads one version whole.
func (s Standards) BasisFile(ctx context.Context, ses ledger.Session, title string, version int) (f standards.BasisFile, body []byte, err error) {
	err = s.Read(ctx, ses, func(r ledger.Reader) error {
		rows, err := r.(*txn).tx.Query(ctx, "select "+basisFileColumns+", body from basis_files where title = $1 and version = $2", title, version)
		if err != nil {
			return err
		}
		f, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (standards.BasisFile, error) { return scanBasisFile(row, &body) })
		return err
	})
	return f, body, mapped(err)
}

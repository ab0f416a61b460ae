package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/proposal"
)

// Installer is who starts a server, and which.
type Installer struct {
	Operator string // account and machine
	Program  string // its build
}

// Install publishes the shipped versions, with all that follows from a new one of a
// ledger there is. One already there stays as it is: a published version is
// immutable. What the register refuses is the fault install_refused; then nothing comes
// in, and the refusal is kept, once however often the same server is started.
func (s *Store) Install(ctx context.Context, c *catalog.Catalog, r *catalog.Register, owner func(ledger string) string, departments []Department, by Installer) error {
	var refused []fault.Field
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// Two servers may start at once, and a change of the catalogue be decided meanwhile.
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", catalogueLock); err != nil {
			return err
		}
		now, err := s.begin(ctx, tx, everything) // drafts and duties are all prisons'
		if err != nil {
			return err
		}
		to := proposing{&txn{tx: tx, now: now, ses: everything, jobs: s.jobs}}
		there, err := publishedIn(ctx, tx)
		if err != nil {
			return err
		}
		if refused, err = r.Refused(c, there); err != nil {
			return err
		}
		if len(refused) > 0 {
			digest, err := r.Digest(c)
			if err != nil {
				return err
			}
			return to.refuseInstall(ctx, proposal.RefusedInstall{ID: uuid.Must(uuid.NewV7()), Digest: digest, Failed: refused, Operator: by.Operator, Program: by.Program})
		}
		for _, d := range departments {
			if _, err := tx.Exec(ctx, "insert into departments (code, title_zh, title_en, bureau_zh) values ($1, $2, $3, $4) on conflict do nothing", d.Code, d.ZH, d.EN, d.Bureau); err != nil {
				return err
			}
		}
		for _, t := range c.Types() {
			var known bool
			if err := tx.QueryRow(ctx, "select exists (select from ledger_versions where ledger = $1 and version = $2)", t.ID, t.Version).Scan(&known); err != nil {
				return err
			}
			if !known {
				if err := proposal.Publish(ctx, to, t, uuid.Nil); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(ctx, `insert into ledger_owners (ledger, from_at, department) select $1, $3, $2
				where not exists (select from ledger_owners where ledger = $1)`, t.ID, owner(t.ID), now); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(refused) > 0 {
		err = catalog.NotInstalled(refused)
	}
	return mapped(err)
}

func (t proposing) refuseInstall(ctx context.Context, r proposal.RefusedInstall) error {
	_, err := t.exec(ctx, `insert into refused_installs (install_id, digest, failed, operator, program) select $1::uuid, $2::bytea, $3::jsonb, $4::text, $5::text
		where not exists (select from refused_installs where digest = $2 and failed = $3 and operator = $4 and program = $5)`,
		r.ID, r.Digest[:], r.Failed, r.Operator, r.Program)
	return err
}

func (t proposing) RefusedInstalls(ctx context.Context, limit int) ([]proposal.RefusedInstall, error) {
	rows, err := t.tx.Query(ctx, `select install_id, digest, failed, operator, program, recorded_at from refused_installs
		order by recorded_at desc, install_id desc limit $1`, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (proposal.RefusedInstall, error) {
		var r proposal.RefusedInstall
		var digest []byte
		err := row.Scan(&r.ID, &digest, &r.Failed, &r.Operator, &r.Program, &r.RecordedAt)
		copy(r.Digest[:], digest)
		return r, err
	})
}

// Department as the database keeps it.
type Department struct {
	Code, ZH, EN string
	Bureau       string // what it is called there, in Chinese; "" as in a prison
}

// Governed is the owner of every ledger now and what became of those no longer
// kept. The owner with the latest from_at is the one.
func (s *Store) Governed(ctx context.Context) (map[string]string, []catalog.End, error) {
	owners, ends, err := governedIn(ctx, s.pool)
	return owners, ends, mapped(err)
}

// OwnersOn is who owned each ledger at the end of a day (YYYY-MM-DD); before there
// was an owner, the first.
func (s *Store) OwnersOn(ctx context.Context, day string) (map[string]string, error) {
	owners, err := ownersIn(ctx, s.pool, `select distinct on (ledger) ledger, department
		from (select *, (from_at at time zone 'Asia/Shanghai')::date > $1::text::date as later from ledger_owners) o
		order by ledger, later, case when later then null else from_at end desc, from_at`, day)
	return owners, mapped(err)
}

func ownersIn(ctx context.Context, from querier, sql string, args ...any) (map[string]string, error) {
	owners := map[string]string{}
	rows, err := from.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	var ledger, department string
	_, err = pgx.ForEachRow(rows, []any{&ledger, &department}, func() error { owners[ledger] = department; return nil })
	return owners, err
}

func governedIn(ctx context.Context, from querier) (owners map[string]string, ends []catalog.End, err error) {
	owners, err = ownersIn(ctx, from, "select distinct on (ledger) ledger, department from ledger_owners order by ledger, from_at desc")
	if err != nil {
		return nil, nil, err
	}
	rows, err := from.Query(ctx, "select ledger, kind, target, notice_zh, notice_en, ended_at, places from ledger_ends order by ledger")
	if err != nil {
		return nil, nil, err
	}
	ends, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (catalog.End, error) {
		var e catalog.End
		err := row.Scan(&e.Ledger, &e.Kind, &e.Target, &e.Notice.ZH, &e.Notice.EN, &e.At, &e.Places)
		e.On = catalog.DayOf(e.At)
		return e, err
	})
	return owners, ends, err
}

// HoldCatalogue is a statement of its own: only those after it see what a change
// that it waited for has committed.
func (t *txn) HoldCatalogue(ctx context.Context) error {
	_, err := t.exec(ctx, "select pg_advisory_xact_lock_shared($1)", catalogueLock)
	return err
}

// VersionInForce as in ledger.Tx.
func (t *txn) VersionInForce(ctx context.Context, ledgerID string) (version int, err error) {
	err = t.tx.QueryRow(ctx, `select coalesce(max(version), 0) from ledger_versions
		where ledger = $1 and not exists (select from ledger_ends where ledger = $1)`, ledgerID).Scan(&version)
	return version, err
}

// Generation grows with every change of the catalogue.
func (s *Store) Generation(ctx context.Context) (int, error) {
	var n int
	err := s.pool.QueryRow(ctx, "select (select count(*) from ledger_versions) + (select count(*) from ledger_owners) + (select count(*) from ledger_ends)").Scan(&n)
	return n, mapped(err)
}

// Published reads every version in force or ever in force.
func (s *Store) Published(ctx context.Context) ([]catalog.Files, error) {
	list, err := publishedIn(ctx, s.pool)
	return list, mapped(err)
}

// querier is the pool, or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func publishedIn(ctx context.Context, from querier) ([]catalog.Files, error) {
	// What the first installation brought, in one transaction, stands for all that was kept before there was a program.
	rows, err := from.Query(ctx, `select schema, definition, form, case when proposal_id is not null or published_at > (select min(published_at) from ledger_versions where proposal_id is null) then published_at end
		from ledger_versions order by ledger, version`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (catalog.Files, error) {
		var f catalog.Files
		var at *time.Time
		err := row.Scan(&f.Schema, &f.Definition, &f.Form, &at)
		if at != nil {
			f.At = *at
		}
		return f, err
	})
}

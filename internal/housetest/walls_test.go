package housetest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// allowAll is an authoriser that lets everything pass; only the scope, which
// the database sees, is the real one.
type allowAll struct{ ledger.Authorizer }

func (allowAll) Check(actor.Actor, string, ledger.Subject, time.Time) error { return nil }

var strangers = []string{"officer elsewhere", "area head elsewhere", "education head", "inspector"}

// TestSecondWallAlone replaces every decision of access by "allowed": the
// database itself lets no foreign row through.
func TestSecondWallAlone(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := h.Submitted(t)
	open := *h.Ledger
	open.Access = allowAll{h.Access}
	for _, who := range strangers {
		ctx := h.As(t.Context(), who)
		if _, err := open.Get(ctx, e.Key); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads: %v", who, err)
		}
		if _, err := open.Approve(ctx, e.Key, ledger.Judgement{Digest: *e.Digest}, ledger.Idem{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s approves: %v", who, err)
		}
		// The list's own condition is not asked either: only row-level security.
		n := -1
		err := h.Store.Read(ctx, ledger.Session{Prison: h.Prison, Person: h.Person(who).PersonID, Scope: h.Access.Scope(h.Person(who), time.Now())}, func(r ledger.Reader) error {
			list, err := r.Entries(ctx, ledger.Query{Prison: h.Prison, Limit: 50, Scope: ledger.Scope{"prisons": "*", "areas": "*", "ledgers": "*", "restricted": "*", "sealed": "*"}})
			n = len(list)
			return err
		})
		if err != nil || n != 0 {
			t.Errorf("%s lists %d: %v", who, n, err)
		}
	}
}

// TestSecondWallAroundScores: duties, facts and findings too.
func TestSecondWallAroundScores(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	approved(t, h)
	if err := h.Duty.Plan(ctx, h.Prison, time.Now().Add(-48*time.Hour), time.Now().Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := h.Duty.RefreshDue(ctx, h.Prison, time.Now().Add(-72*time.Hour), time.Now()); err != nil {
		t.Fatal(err)
	}
	open := *h.Duty
	open.Access = allowAll{h.Access}
	sees := func(who string) (duties, shares int) {
		t.Helper()
		ctx := h.As(ctx, who)
		list, err := open.List(ctx, h.Prison, duty.Filter{Areas: []uuid.UUID{h.Area}, DueFrom: time.Now().Add(-72 * time.Hour), DueTo: time.Now().Add(48 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		sums, err := open.Completeness(ctx, h.Prison, "2020-01-01", "2099-01-01")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sums {
			if s.Area == h.Area {
				shares++
			}
		}
		return len(list), shares
	}
	if duties, shares := sees("officer"); duties == 0 || shares == 0 {
		t.Fatalf("the officer of the area sees %d duties, %d shares", duties, shares)
	}
	for _, who := range []string{"officer elsewhere", "area head elsewhere", "inspector"} {
		if duties, shares := sees(who); duties+shares > 0 {
			t.Errorf("%s sees %d duties and %d shares of a foreign area", who, duties, shares)
		}
	}
}

// TestFirstWallAlone takes row-level security away: access alone lets no
// foreign row through.
func TestFirstWallAlone(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := h.Submitted(t)
	for _, table := range []string{"entries", "events", "revisions"} {
		if _, err := h.Owner.Exec(t.Context(), "alter table "+table+" disable row level security"); err != nil {
			t.Fatal(err)
		}
	}
	today := catalog.DayOf(time.Now())
	spent := func(who string) int {
		list, err := h.Ledger.Burden(h.As(t.Context(), who), h.Prison, uuid.Nil, today, today)
		if err != nil {
			t.Fatal(who, err)
		}
		return len(list)
	}
	if n := spent("officer"); n != 1 {
		t.Errorf("the author's effort: %d ledgers", n)
	}
	for _, who := range strangers {
		ctx := h.As(t.Context(), who)
		if n := spent(who); n != 0 {
			t.Errorf("%s sees the effort of %d ledgers", who, n)
		}
		if _, err := h.Ledger.Get(ctx, e.Key); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads: %v", who, err)
		}
		list, err := h.Ledger.List(ctx, ledger.Query{Prison: h.Prison, Limit: 50})
		if err != nil || len(list) != 0 {
			t.Errorf("%s lists %d: %v", who, len(list), err)
		}
	}
	list, err := h.Ledger.List(h.As(t.Context(), "officer"), ledger.Query{Prison: h.Prison, Limit: 50})
	if err != nil || len(list) != 1 {
		t.Errorf("the author lists %d: %v", len(list), err)
	}
}

// TestDatabaseRefuses goes past the program: what the service's own role may
// not do, whatever the code says.
func TestDatabaseRefuses(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := h.Submitted(t)
	out, err := h.Ledger.Approve(h.As(t.Context(), "duty leader"), e.Key, ledger.Judgement{Digest: *e.Digest}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	conn, err := h.Store.Pool().Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, table := range []string{"revisions", "decisions", "events", "evidence", "custody_events", "findings", "log_leaves", "log_hashes", "checkpoints", "ledger_versions"} {
		for _, sql := range []string{"delete from " + table, "truncate " + table, "update " + table + " set prison_id = prison_id"} {
			if table == "ledger_versions" {
				sql = strings.ReplaceAll(sql, "prison_id", "ledger")
			}
			if _, err := conn.Exec(ctx, sql); err == nil || !strings.Contains(err.Error(), "42501") {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
	// A decision by the author, written straight into the table by a superuser.
	_, err = h.Owner.Exec(ctx, `insert into decisions (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest, comment, remarks, salt)
		select prison_id, entry_id, revision, 9, gen_random_uuid(), 'approve', author, author, 'officer', digest, '', '[]', salt from revisions where entry_id = $1`, e.Entry)
	if err == nil || !strings.Contains(err.Error(), "decisions_check") {
		t.Errorf("own decision: %v", err)
	}
	// Nor under another name: the author comes with the revision.
	_, err = h.Owner.Exec(ctx, `insert into decisions (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest, comment, remarks, salt)
		select prison_id, entry_id, revision, 9, gen_random_uuid(), 'approve', $2, author, 'officer', digest, '', '[]', salt from revisions where entry_id = $1`, e.Entry, h.Person("warden").PersonID)
	if err == nil || !strings.Contains(err.Error(), "fkey") {
		t.Errorf("own decision under another author: %v", err)
	}
	_ = out
	// Without any setting no row is seen.
	var n int
	if err := conn.QueryRow(ctx, "select count(*) from entries").Scan(&n); err != nil || n != 0 {
		t.Errorf("without a scope %d entries: %v", n, err)
	}
}

// TestNothingIsEmptied: what the service only adds to, and may neither change nor
// remove, its owner cannot empty by mistake.
func TestNothingIsEmptied(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	rows, err := h.Owner.Query(t.Context(), `select c.oid::regclass::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
		and has_any_column_privilege('taizhang_app', c.oid, 'INSERT') and not has_any_column_privilege('taizhang_app', c.oid, 'UPDATE')
		and not has_table_privilege('taizhang_app', c.oid, 'DELETE') order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 10 {
		t.Fatalf("%v: %v", tables, err)
	}
	for _, table := range tables {
		var pg *pgconn.PgError
		if _, err := h.Owner.Exec(t.Context(), "truncate "+table+" cascade"); !errors.As(err, &pg) || pg.Code != "23001" {
			t.Errorf("%s: %v", table, err)
		}
	}
}

// TestSettingsStay makes sure that no setting outlives its transaction.
func TestSettingsStay(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Submitted(t)
	for range 20 {
		var left string
		err := h.Store.Pool().QueryRow(t.Context(), "select coalesce(current_setting('app.prisons', true), '') || coalesce(current_setting('app.person', true), '')").Scan(&left)
		if err != nil || left != "" {
			t.Fatalf("left over: %q %v", left, err)
		}
	}
}

// TestSightNarrowsAgain: what the program looked up for somebody, found or not,
// leaves nothing more in sight for the rest of the transaction.
func TestSightNarrowsAgain(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := h.Submitted(t)
	a := h.Person("officer elsewhere")
	ses := ledger.Session{Prison: h.Prison, Person: a.PersonID, Scope: h.Access.Scope(a, time.Now())}
	err := h.Store.Read(t.Context(), ses, func(r ledger.Reader) error {
		if _, err := r.PeriodAt(t.Context(), h.Prison, h.Area, "no-such-ledger", time.Now()); !fault.Is(err, fault.NotFound) {
			t.Errorf("a period of nothing: %v", err)
		}
		if _, err := r.Entry(t.Context(), e.Key); !fault.Is(err, fault.NotFound) {
			t.Errorf("another area's entry after it: %v, want not_found", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

package housetest_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/testkit"
	"taizhang/migrations"
)

// lived is a prison as migration 0011 left it: an entry in every state of
// approval, a voided one whose decisions stand at two steps, duties, an upload.
const lived = `
insert into departments values ('dept_custody', '科室', 'department');
insert into prisons (prison_id, code, name_zh, name_en, opened_at) values ('00000000-0000-7000-8000-000000000001', 'JIA', '甲监狱', 'Prison Jia', now());
insert into log_heads (prison_id) values ('00000000-0000-7000-8000-000000000001');
insert into areas values ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'A1', '监区', 'Area', 'ordinary', 'residential', true);
insert into inmates values ('00000000-0000-7000-8000-000000000001', '0000000001', '张三', '00000000-0000-7000-8000-000000000002', '2025-01-01', null);
insert into persons select ('00000000-0000-7000-8000-00000000010' || n)::uuid, lpad(n::text, 7, '0'), '李四' from generate_series(1, 4) n;
insert into ledger_versions (ledger, version, schema, definition, form, digest) values ('cell-body-search', 1, '', '', '', '');
insert into entries (prison_id, entry_id, area_id, ledger, version, level, author, state, revision, in_force, step, step_roles, step_unit, submitted_at, resubmitted_at)
	select '00000000-0000-7000-8000-000000000001', ('00000000-0000-7000-8000-00000000020' || n)::uuid, '00000000-0000-7000-8000-000000000002',
		'cell-body-search', 1, 'L2', '00000000-0000-7000-8000-000000000101', (array['submitted', 'submitted', 'approved', 'voided', 'returned'])[n],
		1, case when n in (3, 4) then 1 else 0 end, case n when 1 then 0 when 5 then 0 when 2 then 1 else 2 end,
		case when n < 3 then '{duty_leader}'::text[] else '{}' end, case when n < 3 then 'area' else '' end, now(), now() from generate_series(1, 5) n;
insert into revisions (prison_id, entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return, reason, chain, warnings, occurred_at)
	select prison_id, entry_id, 1, author, ledger, 1, '{"a":1}', sha256('s'), sha256('d'), false, '', '[]', '[]', now() from entries;
insert into decisions (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest, comment, remarks, salt)
	select e.prison_id, e.entry_id, 1, s, gen_random_uuid(), case when s = 2 then 'void' when e.state = 'returned' then 'return' else 'approve' end,
		e.author, ('00000000-0000-7000-8000-00000000010' || s + 2)::uuid, 'duty_leader', sha256('d'), '', '[]', sha256('s')
	from entries e, generate_series(0, 2) s where s < e.step or s = 2 and e.state = 'voided' or s = 0 and e.state = 'returned';
insert into duties select prison_id, area_id, 'cell-body-search', '2026-11', n, gen_random_uuid(), now(), now(), now(), '2026-11-30' from areas, generate_series(1, 3) n;`

// queued is what the queue of the release before held: jobs by names that have
// since changed, and one whose name stays.
const queued = `
insert into river_job (kind, queue, state, max_attempts, args) values ('batch', 'batch', 'available', 25, '{}'), ('batch', 'batch', 'running', 25, '{}'),
	('tend_batches', 'default', 'retryable', 25, '{}'), ('bind_volumes', 'default', 'scheduled', 25, '{}'),
	('day_touched', 'default', 'available', 25, '{}')`

// before0012 makes an empty database of migration 0011.
func before0012(t *testing.T) string {
	return testkit.Database(t, "before 0012", func(ctx context.Context, url string) error { return upTo(ctx, url, 11) })
}

func upTo(ctx context.Context, url string, version int64) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, version)
	return err
}

// TestMigrateLived takes a database with rows, as the release before left it, to
// the shape of now: nothing is lost and every column has its value.
func TestMigrateLived(t *testing.T) {
	t.Parallel()
	url := before0012(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), lived); err != nil {
		t.Fatalf("the rows: %v", err)
	}
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), queued); err != nil {
		t.Fatal(err)
	}
	// Once more does nothing to the rows.
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	for name, sql := range map[string]string{
		"decisions":       "select count(*) = 7 and bool_and(capacity = '' and for_person is null) from decisions",
		"planned":         "select count(*) = 3 and bool_and(planned_due_at = due_at) from duties",
		"steps":           "select count(*) = 5 and bool_and(step_mode = '' and not step_bound and step_seats = '{}' and step_due is null) from entries",
		"revisions":       "select count(*) = 5 and bool_and(hints = '[]' and pins = '[]') from revisions",
		"one anchor key":  "select count(*) = 1 from anchor_keys",
		"walls":           "select count(*) = 0 from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname = 'prison_id' where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relrowsecurity and c.relname <> all ('{areas,body_members,checkpoints,custody_events,grants,idempotency,inmates,log_hashes,log_heads,log_leaves,objects,postings,prisons,proposal_decisions,proposals,reckonings}')",
		"queue":           "select count(*) = 1 and bool_and(kind = 'day_touched') from river_job",
		"nobody may drop": "select count(*) = 0 from information_schema.role_table_grants where grantee = 'taizhang_app' and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')",
	} {
		var ok bool
		if err := conn.QueryRow(t.Context(), sql).Scan(&ok); err != nil || !ok {
			t.Errorf("%s: %v %v", name, ok, err)
		}
	}
}

// TestMigrateTasks: what was done under the rule before 0020, by any entry that
// mentioned the number, stays done where nobody is named, and nothing else becomes so.
func TestMigrateTasks(t *testing.T) {
	t.Parallel()
	url := before0012(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), lived); err != nil {
		t.Fatalf("the rows: %v", err)
	}
	if err := upTo(t.Context(), url, 19); err != nil {
		t.Fatal(err)
	}
	// The approved search speaks of 1 and 2, the voided one of 3; the groups of 1 and 2.
	if _, err := conn.Exec(t.Context(), `
set session_replication_role = replica;
update revisions set canonical = case right(entry_id::text, 1) when '3' then '{"note":"0000000001、0000000002"}'::bytea else '{"note":"0000000003"}'::bytea end
	where right(entry_id::text, 1) in ('3', '4');
set session_replication_role = origin;
insert into ledger_versions (ledger, version, schema, definition, form, digest) values ('mutual-supervision-group', 1, '', '', '', '');
insert into entries (prison_id, entry_id, area_id, ledger, version, level, author, state, revision, in_force, submitted_at, resubmitted_at)
	select prison_id, gen_random_uuid(), area_id, 'mutual-supervision-group', 1, 'L2', '00000000-0000-7000-8000-000000000101', 'approved', 1, 1, now(), now() from areas;
insert into revisions (prison_id, entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return, reason, chain, warnings, occurred_at)
	select prison_id, entry_id, 1, author, ledger, 1, '{"member_refs":["0000000001","0000000007"],"pairing_note":"0000000002"}', sha256('s'), sha256('d'), false, '', '[]', '[]', now()
	from entries where ledger = 'mutual-supervision-group';
insert into tasks (prison_id, task_id, area_id, trigger, source, ledger, title_zh, title_en, roles, department, body, disputes, recorded_at)
	select prison_id, gen_random_uuid(), area_id, 'arrival/' || w.id, n, w.ledger, '任务', 'task', '{officer}', '', w.body::bytea, false, now() - interval '1 day'
	from areas, (values ('search', 'cell-body-search', '{"search_kind":"body"}'), ('group', 'mutual-supervision-group', '{}')) w (id, ledger, body),
		unnest('{0000000001,0000000002,0000000003}'::text[]) n`); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	store, err := postgres.Open(t.Context(), postgres.AsRole(url, "taizhang_app"), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	prison := uuid.MustParse("00000000-0000-7000-8000-000000000001")
	var done []string
	err = store.Read(t.Context(), ledger.Session{Prison: prison, Scope: ledger.Everything()}, func(r ledger.Reader) error {
		list, err := r.Tasks(t.Context(), prison, ledger.TaskQuery{})
		for _, k := range list {
			if k.Done {
				done = append(done, k.Trigger+" "+k.Source)
			}
		}
		return err
	})
	slices.Sort(done)
	if want := []string{"arrival/group 0000000001", "arrival/search 0000000001", "arrival/search 0000000002"}; err != nil || !slices.Equal(done, want) {
		t.Errorf("done: %q %v, want %q", done, err, want)
	}
}

// TestMigrateNotices: who was told of a deadline, in the zone of the server as it then
// was, is not told of it again.
func TestMigrateNotices(t *testing.T) {
	t.Parallel()
	url := before0012(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), lived); err != nil {
		t.Fatalf("the rows: %v", err)
	}
	if err := upTo(t.Context(), url, 36); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{
		"2026-11-20T08:30:00.123400+08:00": "2026-11-20T00:30:00.1234Z",
		"2026-11-20T08:30:00+08:00":        "2026-11-20T00:30:00Z",
		"2026-11-20T00:00:00Z":             "2026-11-20T00:00:00Z",
	}
	for old := range told {
		if _, err := conn.Exec(t.Context(), `insert into notices (prison_id, notice_id, person_id, kind, subject, revision, step, detail)
			select prison_id, gen_random_uuid(), '00000000-0000-7000-8000-000000000101', 'overdue', gen_random_uuid(), 1, 0, jsonb_build_object('due', $1::text, 'author', $1) from prisons`, old); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(t.Context(), `insert into notices (prison_id, notice_id, person_id, kind, subject, revision, step, detail)
		select prison_id, gen_random_uuid(), '00000000-0000-7000-8000-000000000101', 'delegated', gen_random_uuid(), 1, 0, '{}' from prisons`); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), "select coalesce(detail ->> 'author', ''), coalesce(detail ->> 'due', '') from notices")
	if err != nil {
		t.Fatal(err)
	}
	var old, due string
	if _, err := pgx.ForEachRow(rows, []any{&old, &due}, func() error {
		if due != told[old] {
			t.Errorf("%q became %q, want %q", old, due, told[old])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// before is a database as a migration before the given one leaves it, with the rows
// of lived and those of sql.
func before(t *testing.T, version int64, sql string) (conn *pgx.Conn, url string) {
	t.Helper()
	url = before0012(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	if _, err := conn.Exec(t.Context(), lived); err != nil {
		t.Fatalf("the rows: %v", err)
	}
	if err := upTo(t.Context(), url, version-1); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
	return conn, url
}

// lines of a query of one column.
func lines(t *testing.T, conn *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestMigrateTotals: 0046 fills the running totals from the facts there are: of each
// quarter, measure and ledger on each day what its days up to then add up to.
func TestMigrateTotals(t *testing.T) {
	t.Parallel()
	conn, url := before(t, 46, `
insert into facts (prison_id, area_id, ledger, day, measure, value, refs) select prison_id, area_id, l, d::date, m, v, '[]' from areas, (values
	('cell-body-search', '2026-01-01', 'due', 1), ('cell-body-search', '2026-01-31', 'due', 2.5), ('cell-body-search', '2026-03-31', 'due', 4),
	('cell-body-search', '2026-04-01', 'due', 8), ('cell-body-search', '2026-01-31', 'filled', 16), ('headcount', '2026-02-28', 'due', 32), ('headcount', '2024-02-29', 'due', 64)) f (l, d, m, v)`)
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"cell-body-search due 2026-01-01 90 1 1 3.5 3.5 7.5", "cell-body-search due 2026-04-01 91 8 8 8 8 8", "cell-body-search filled 2026-01-01 90 0 0 16 16 16",
		"headcount due 2024-01-01 91 0 0 0 64 64", "headcount due 2026-01-01 90 0 0 0 32 32",
	}
	got := lines(t, conn, `select concat_ws(' ', ledger, measure, quarter, cardinality(totals), totals[1], totals[30], totals[31], totals[60], totals[cardinality(totals)])
		from fact_totals where ledger <> '*' order by ledger, measure, quarter`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if off := lines(t, conn, `select concat_ws(' ', ledger, measure, d::date) from fact_totals k, generate_series(quarter::timestamp, quarter + interval '3 months' - interval '1 day', '1 day') d
		where totals[d::date - quarter + 1] <> (select coalesce(sum(value), 0) from facts f where f.area_id = k.area_id and k.ledger in (f.ledger, '*') and f.measure = k.measure and f.day between quarter and d::date)`); len(off) > 0 {
		t.Errorf("not the sum of its days: %v", off)
	}
}

// TestMigrateOwed: 0048 makes of a duty that was the whole roll one that is owed of
// each on it, by the newest version's field; other duties stay as they were.
func TestMigrateOwed(t *testing.T) {
	t.Parallel()
	conn, url := before(t, 48, `
insert into ledger_versions (ledger, version, schema, definition, form, digest) values
	('talk', 1, '{"properties":{"who":{"x-ui":{"lookup":"inmate"}}}}', '{"cadence":{"per":"inmate"}}', '', ''),
	('talk', 2, '{"properties":{"inmate_ref":{"x-ui":{"lookup":"inmate"}},"police_ref":{"x-ui":{"lookup":"police"}}}}', '{"cadence":{"per":"inmate"}}', '', ''),
	('nameless', 1, '{"properties":{"note":{}}}', '{"cadence":{"per":"inmate"}}', '', '');
insert into areas (prison_id, area_id, code, name_zh, name_en, kind, function, has_labour)
	select prison_id, '00000000-0000-7000-8000-000000000003', 'A2', '监区', 'Area', kind, function, has_labour from areas;
delete from inmates;
insert into inmates (prison_id, inmate_no, name, area_id, admitted_on, released_on) select prison_id, n, '张三', ('00000000-0000-7000-8000-00000000000' || a)::uuid, f::date, u::date
	from prisons, (values ('0000000001', 2, '2020-01-01', null), ('0000000002', 2, '2026-11-30', null), ('0000000003', 2, '2026-12-01', null),
		('0000000004', 2, '2020-01-01', '2026-11-02'), ('0000000005', 2, '2020-01-01', '2026-11-01'), ('0000000006', 3, '2020-01-01', null)) i (n, a, f, u);
insert into duties (prison_id, area_id, ledger, period, target, duty_id, starts_at, ends_at, due_at, planned_due_at, day)
	select prison_id, area_id, l, '2026-11', t, gen_random_uuid(), '2026-11-01T00:00+08', '2026-12-01T00:00+08', '2026-12-02T00:00+08', '2026-12-02T00:00+08', '2026-11-30'
	from areas, (values ('talk', 4), ('nameless', 4), ('headcount', 1), ('headcount', 2)) d (l, t) where code = 'A1'`)
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	want := []string{"cell-body-search 1 ", "cell-body-search 2 ", "cell-body-search 3 ", "headcount 1 ", "headcount 2 ", "nameless 4 ", "talk 1 inmate_ref0000000001,0000000002,0000000004"}
	got := lines(t, conn, `select ledger || ' ' || target || ' ' || about || coalesce((select string_agg(inmate_no, ',' order by inmate_no) from duty_inmates o where o.duty_id = d.duty_id), '')
		from duties d order by ledger, target`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestMigrateTogether: 0075 works out what all ledgers have together from what each had.
func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	conn, url := before(t, 75, `
insert into fact_totals select prison_id, area_id, date '2026-10-01', l, m, array(select n * 0.25 from generate_series(1, 92) n)
	from areas, unnest('{headcount,duty-log}'::text[]) l, unnest('{due,late}'::text[]) m where l = 'headcount' or m = 'due'`)
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	want := []string{"due 92 0.50 46.00", "late 92 0.25 23.00"}
	got := lines(t, conn, `select concat_ws(' ', measure, cardinality(totals), totals[1], totals[92]) from fact_totals where ledger = '*' order by measure`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

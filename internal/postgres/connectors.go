package postgres

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/connector"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Connectors keeps connectors, their runs and the outbox (connector.Store).
type Connectors struct{ *Store }

// connecting is a transaction over connectors.
type connecting struct{ *txn }

// Write commits through the one commit path.
func (s Connectors) Write(ctx context.Context, ses ledger.Session, out any, fn func(connector.Tx) error) error {
	return s.write(ctx, ses, ledger.Idem{}, out, func(t *txn) error { return fn(connecting{t}) })
}

// Read runs fn in a read-only transaction.
func (s Connectors) Read(ctx context.Context, ses ledger.Session, fn func(connector.Tx) error) error {
	return s.Store.Read(ctx, ses, func(r ledger.Reader) error { return fn(connecting{r.(*txn)}) })
}

// Codes lists the open prisons by code.
func (s Connectors) Codes(ctx context.Context) (map[string]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, "select code, prison_id from prisons where opened_at is not null")
	if err != nil {
		return nil, mapped(err)
	}
	codes := map[string]uuid.UUID{}
	var code string
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&code, &id}, func() error { codes[code] = id; return nil })
	return codes, mapped(err)
}

func (t connecting) Register(ctx context.Context, prison uuid.UUID, c connector.Connector) error {
	events, ledgers := c.Events, c.Ledgers
	if events == nil {
		events = []string{}
	}
	if ledgers == nil {
		ledgers = []string{}
	}
	// A connector that now means something else begins anew: what its source last
	// said of itself was said to another question.
	_, err := t.exec(ctx, `insert into connectors as c (prison_id, connector, kind, system, target, title_zh, title_en, events, ledgers)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (prison_id, connector) do update set kind = excluded.kind, system = excluded.system, target = excluded.target,
			title_zh = excluded.title_zh, title_en = excluded.title_en, events = excluded.events, ledgers = excluded.ledgers, configured = true,
			etag = '', last_modified = '',
			open_run = case when (c.kind, c.system, c.target) = (excluded.kind, excluded.system, excluded.target) then c.open_run end`,
		prison, c.ID, c.Kind, c.System, c.Target, c.Title.ZH, c.Title.EN, events, ledgers)
	return err
}

func (t connecting) Retire(ctx context.Context, prison uuid.UUID, kept []string) error {
	_, err := t.exec(ctx, "update connectors set configured = false where prison_id = $1 and configured and connector <> all($2)", prison, kept)
	return err
}

const stateColumns = `prison_id, connector, kind, system, target, title_zh, title_en, configured, paused, next_at,
	nullif(leased_until, '-infinity'), failures, open_run, etag, last_modified`

func scanState(row pgx.CollectableRow) (connector.State, error) {
	var s connector.State
	var leased *time.Time
	err := row.Scan(&s.Prison, &s.ID, &s.Kind, &s.System, &s.Target, &s.Title.ZH, &s.Title.EN, &s.Configured, &s.Paused, &s.NextAt,
		&leased, &s.Failures, &s.Open, &s.ETag, &s.LastModified)
	if leased != nil {
		s.LeasedUntil = *leased
	}
	return s, err
}

func (t connecting) Lock(ctx context.Context, prison uuid.UUID, id string) (connector.State, error) {
	rows, err := t.tx.Query(ctx, "select "+stateColumns+" from connectors where prison_id = $1 and connector = $2 for update", prison, id)
	if err != nil {
		return connector.State{}, err
	}
	s, err := pgx.CollectExactlyOneRow(rows, scanState)
	return s, mapped(err)
}

func (t connecting) States(ctx context.Context, prison uuid.UUID) ([]connector.State, error) {
	rows, err := t.tx.Query(ctx, "select "+stateColumns+" from connectors where prison_id = $1 order by configured desc, connector", prison)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanState)
}

func (t connecting) Save(ctx context.Context, s connector.State) error {
	var leased *time.Time
	if !s.LeasedUntil.IsZero() {
		leased = &s.LeasedUntil
	}
	_, err := t.exec(ctx, `update connectors set paused = $3, next_at = $4, leased_until = coalesce($5, '-infinity'::timestamptz), failures = $6, open_run = $7,
		etag = $8, last_modified = $9 where prison_id = $1 and connector = $2`,
		s.Prison, s.ID, s.Paused, s.NextAt, leased, s.Failures, s.Open, s.ETag, s.LastModified)
	return err
}

func (t connecting) Replayed(ctx context.Context, s connector.State) error {
	_, err := t.exec(ctx, "update connectors set replays = replays + 1 where prison_id = $1 and connector = $2", s.Prison, s.ID)
	return err
}

func (t connecting) AreaByCode(ctx context.Context, prison uuid.UUID, code string) (uuid.UUID, error) {
	var id uuid.UUID
	err := t.tx.QueryRow(ctx, "select area_id from areas where prison_id = $1 and code = $2", prison, code).Scan(&id)
	return id, mapped(err)
}

func (t connecting) PersonByNumber(ctx context.Context, prison uuid.UUID, number string) (uuid.UUID, error) {
	var id uuid.UUID
	err := t.tx.QueryRow(ctx, `select p.person_id from persons p where p.number = $2 and exists (select from postings o
		where o.person_id = p.person_id and o.prison_id = $1 and (o.until_at is null or o.until_at > app.transaction_time()))`, prison, number).Scan(&id)
	return id, mapped(err)
}

func (t connecting) Kept(ctx context.Context, prison uuid.UUID, run connector.Run, r connector.Record) (same, newest *connector.Kept, err error) {
	rows, err := t.tx.Query(ctx, `(select version, deleted, fields from source_records where prison_id = $1 and system = $2 and target = $3 and key = $4 and version = $5)
		union all (select version, deleted, fields from source_records where prison_id = $1 and system = $2 and target = $3 and key = $4 order by version desc limit 1)`,
		prison, run.System, run.Target, r.Key, r.Version)
	if err != nil {
		return nil, nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[connector.Kept])
	if err != nil {
		return nil, nil, err
	}
	for _, k := range list {
		if k.Version == r.Version {
			same = &k
		}
		if newest == nil || k.Version > newest.Version {
			newest = &k
		}
	}
	return same, newest, nil
}

func (t connecting) Claimed(ctx context.Context, prison uuid.UUID, run connector.Run, r connector.Record) (bool, error) {
	var taken bool
	// Nobody on the roll is ever deleted; a fact that is gone makes room.
	err := t.tx.QueryRow(ctx, `select exists (select from source_records s where s.prison_id = $1 and s.system = $2 and s.target = $3
		and app.document(s.fields)->>'number' = $4 and s.key <> $5 and (s.target = 'inmates' or not s.deleted and `+newest+`))`, prison, run.System, run.Target, r.Fields["number"], r.Key).Scan(&taken)
	return taken, err
}

func (t connecting) Keep(ctx context.Context, prison uuid.UUID, run connector.Run, r connector.Record, fields []byte) error {
	_, err := t.exec(ctx, `insert into source_records (prison_id, system, target, key, version, run_id, deleted, fields) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		prison, run.System, run.Target, r.Key, r.Version, run.ID, r.Deleted, fields)
	return err
}

func (t connecting) PutInmate(ctx context.Context, prison, area uuid.UUID, r connector.Record) error {
	_, err := t.exec(ctx, `insert into inmates (prison_id, inmate_no, name, area_id, admitted_on, released_on)
		values ($1, $2, $3, $4, $5::text::date, nullif($6, '')::text::date)
		on conflict (prison_id, inmate_no) do update set name = excluded.name, area_id = excluded.area_id,
			admitted_on = excluded.admitted_on, released_on = excluded.released_on`,
		prison, r.Fields["number"], r.Fields["name"], area, r.Fields["admitted"], r.Fields["released"])
	return err
}

func (t connecting) PutShift(ctx context.Context, prison, area, person uuid.UUID, r connector.Record) error {
	_, err := t.exec(ctx, `insert into delivered_rosters (prison_id, area_id, day, shift, person_id) values ($1, $2, $3::text::date, $4, $5) on conflict do nothing`,
		prison, area, r.Fields["day"], r.Fields["shift"], person)
	return err
}

func (t connecting) DropShift(ctx context.Context, prison, area, person uuid.UUID, day, shift string) error {
	_, err := t.exec(ctx, `delete from delivered_rosters where prison_id = $1 and area_id = $2 and day = $3::text::date and shift = $4 and person_id = $5`,
		prison, area, day, shift, person)
	return err
}

func (t connecting) Reject(ctx context.Context, prison uuid.UUID, run connector.Run, number int, r connector.Record) error {
	var version *int64
	if r.Version > 0 || !r.Moment.IsZero() {
		version = &r.Version
	}
	_, err := t.exec(ctx, `insert into connector_rejected (prison_id, run_id, number, connector, system, target, key, version, raw, problems)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		prison, run.ID, number, run.Connector, run.System, run.Target, r.Key, version, r.Raw, r.Problems)
	return err
}

// mended says of a rejected record j that the source has said better since.
const mended = `exists (select from source_records s where s.prison_id = j.prison_id and s.system = j.system and s.target = j.target and s.key = j.key
	and (s.version > j.version or (j.version is null or s.version = j.version) and s.recorded_at > j.recorded_at))`

// One without a key is never mended by another: it counts while its run is the last.
func (t connecting) OpenRejections(ctx context.Context, prison uuid.UUID, system, target string, run uuid.UUID) (int, error) {
	var n int
	err := t.tx.QueryRow(ctx, `select count(distinct (j.key, case when j.key = '' then j.number end)) from connector_rejected j
		where j.prison_id = $1 and j.system = $2 and j.target = $3 and (j.key <> '' or j.run_id = $4) and not `+mended,
		prison, system, target, run).Scan(&n)
	return n, err
}

// newest says of a version s of a record that it stands.
const newest = `not exists (select from source_records n where n.prison_id = s.prison_id and n.system = s.system and n.target = s.target
	and n.key = s.key and n.version > s.version)`

// touched are the days of areas that a run speaks of: of its records, and of what
// was said under their keys before.
const touched = `(select distinct app.document(o.fields)->>'area' as code, (app.document(o.fields)->>'day')::date as day
	from source_records s join source_records o using (prison_id, system, target, key)
	where s.prison_id = $1 and s.run_id = $3 and $4::text <> '' and $2::text <> '') d
	join areas a on a.prison_id = $1 and a.code = d.code`

// delivered is what each target's source says of an area on a day. Facts of
// several records are a list, in the order of their keys.
var delivered = map[string]string{
	connector.Inmates: `select a.area_id, $4::text::date as day, jsonb_build_object('roll', (select count(*) from inmates i
			where i.prison_id = a.prison_id and i.area_id = a.area_id and i.admitted_on <= $4::text::date
			and (i.released_on is null or i.released_on > $4::text::date))) as value
		from areas a where a.prison_id = $1 and $2::text <> ''`,
	connector.Rosters: `select a.area_id, d.day, jsonb_build_object('on_duty', coalesce((select jsonb_agg(distinct p.number order by p.number)
			from delivered_rosters r join persons p on p.person_id = r.person_id
			where r.prison_id = a.prison_id and r.area_id = a.area_id and r.day = d.day), '[]'::jsonb)) as value from ` + touched,
	connector.Facts: `select a.area_id, d.day, coalesce((select jsonb_object_agg(m.name, m.said) from (
			select f.key as name, jsonb_agg(f.value order by s.key collate "C") as said
			from source_records s, jsonb_each(app.document(s.fields)->'facts') f
			where s.prison_id = $1 and s.system = $2 and s.target = 'facts' and app.document(s.fields)->>'area' = d.code
				and app.document(s.fields)->>'day' = d.day::text and not s.deleted and ` + newest + ` group by f.key) m), '{}'::jsonb) as value from ` + touched,
}

// Deliver writes only what is news: a run that found nothing changed says again
// what stands.
func (t connecting) Deliver(ctx context.Context, prison uuid.UUID, run connector.Run, day string, relied bool) error {
	_, err := t.exec(ctx, `insert into deliveries (prison_id, system, area_id, day, run_id, value)
		select $1, $2, n.area_id, n.day, $3, case when $5 then n.value end from (`+delivered[run.Target]+`) n
		left join lateral (select true as known, l.value from deliveries l where l.prison_id = $1 and l.system = $2 and l.area_id = n.area_id and l.day = n.day
			order by l.recorded_at desc, l.run_id desc limit 1) l on true
		where l.known is null or l.value is distinct from case when $5 then n.value end`,
		prison, run.System, run.ID, day, relied)
	return err
}

const runColumns = `run_id, connector, system, target, state, problem, started_at, ended_at, read, changed, unchanged, rejected, cursor,
	idem_key, body_digest, records, salt, recorded_at`

func scanRun(row pgx.CollectableRow) (connector.Run, error) {
	var r connector.Run
	var records []byte
	err := row.Scan(&r.ID, &r.Connector, &r.System, &r.Target, &r.State, &r.Problem, &r.StartedAt, &r.EndedAt, &r.Read, &r.Changed, &r.Unchanged,
		&r.Rejected, &r.Cursor, &r.IdemKey, &r.BodyDigest, &records, &r.Salt, &r.RecordedAt)
	copy(r.Records[:], records)
	return r, err
}

// broughtBy is the hash over everything a run brought, refused and delivered, of
// the run r.
const broughtBy = `sha256(
	coalesce((select string_agg(sha256(convert_to(concat_ws('|', s.system, s.target, s.key, s.version, s.deleted, ''), 'UTF8') || s.fields), ''::bytea
		order by s.key collate "C", s.version) from source_records s where s.prison_id = r.prison_id and s.run_id = r.run_id), ''::bytea)
	|| coalesce((select string_agg(sha256(convert_to(concat_ws('|', j.number, j.key, j.version, j.problems::text, ''), 'UTF8') || j.raw), ''::bytea
		order by j.number) from connector_rejected j where j.prison_id = r.prison_id and j.run_id = r.run_id), ''::bytea)
	|| coalesce((select string_agg(sha256(convert_to(concat_ws('|', d.system, d.area_id, d.day, coalesce(d.value::text, 'null')), 'UTF8')), ''::bytea
		order by d.area_id, d.day) from deliveries d where d.prison_id = r.prison_id and d.run_id = r.run_id), ''::bytea))`

// EndRun comes after everything the run brought: its leaf covers that.
func (t connecting) EndRun(ctx context.Context, prison uuid.UUID, run connector.Run) error {
	var records []byte
	if err := t.tx.QueryRow(ctx, "select "+broughtBy+" from (select $1::uuid as prison_id, $2::uuid as run_id) r", prison, run.ID).Scan(&records); err != nil {
		return err
	}
	copy(run.Records[:], records)
	if run.BodyDigest == nil {
		run.BodyDigest = []byte{}
	}
	if _, err := t.exec(ctx, `insert into connector_runs (prison_id, run_id, connector, system, target, state, problem, started_at, ended_at, read, changed,
			unchanged, rejected, cursor, idem_key, body_digest, records, salt) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		prison, run.ID, run.Connector, run.System, run.Target, run.State, run.Problem, run.StartedAt, run.EndedAt, run.Read, run.Changed,
		run.Unchanged, run.Rejected, run.Cursor, run.IdemKey, run.BodyDigest, records, run.Salt); err != nil {
		return err
	}
	return t.note(run.Log())
}

func (t connecting) run(ctx context.Context, where string, args ...any) (connector.Run, error) {
	rows, err := t.tx.Query(ctx, "select "+runColumns+" from connector_runs where "+where+" order by run_id desc limit 1", args...)
	if err != nil {
		return connector.Run{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRun)
	return r, mapped(err)
}

func (t connecting) RunByKey(ctx context.Context, prison uuid.UUID, id, key string) (connector.Run, error) {
	return t.run(ctx, "prison_id = $1 and connector = $2 and idem_key = $3 and idem_key <> ''", prison, id, key)
}

func (t connecting) FileDone(ctx context.Context, prison uuid.UUID, id string, sum []byte) (connector.Run, bool, error) {
	r, err := t.run(ctx, "prison_id = $1 and connector = $2 and body_digest = $3 and state = 'done'", prison, id, sum)
	if fault.Is(err, fault.NotFound) {
		return r, false, nil
	}
	return r, err == nil, err
}

func (t connecting) Runs(ctx context.Context, prison uuid.UUID, id string, limit int) ([]connector.Run, error) {
	rows, err := t.tx.Query(ctx, "select "+runColumns+" from connector_runs where prison_id = $1 and connector = $2 order by run_id desc limit $3", prison, id, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanRun)
}

// Rejected of one run, in its order; or of all, the newest first, a record that
// was refused again and again for the same reason once.
func (t connecting) Rejected(ctx context.Context, prison uuid.UUID, id string, run uuid.UUID, limit int) ([]connector.Rejected, error) {
	sql := `select j.run_id, j.number, j.key, j.problems, ` + mended + `, j.recorded_at from connector_rejected j
		where j.prison_id = $1 and j.connector = $2 and j.run_id = $3 order by j.number limit $4`
	if run == uuid.Nil {
		sql = `select run_id, number, key, problems, mended, recorded_at from (
			select distinct on (j.key, case when j.key = '' then j.run_id end, case when j.key = '' then j.number end, j.version, j.problems)
				j.run_id, j.number, j.key, j.problems, ` + mended + ` as mended, j.recorded_at from connector_rejected j
			where j.prison_id = $1 and j.connector = $2 and $3::uuid is not null
			order by j.key, case when j.key = '' then j.run_id end, case when j.key = '' then j.number end, j.version, j.problems, j.run_id desc) j
			order by mended, run_id desc, number limit $4`
	}
	rows, err := t.tx.Query(ctx, sql, prison, id, run, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (connector.Rejected, error) {
		var r connector.Rejected
		err := row.Scan(&r.Run, &r.Number, &r.Key, &r.Problems, &r.Mended, &r.RecordedAt)
		return r, err
	})
}

// asked says of a target's data x that a connector still brings it.
const asked = `exists (select from connectors c where c.prison_id = $1 and c.system = $2 and c.target = x.target and c.configured and c.kind <> 'webhook')`

// Delivered is what a configured source says of an area on days, unless it
// cannot be relied on just now. Of several targets of one system that which says
// what is to be taken answers. See ledger.Reader.
func (t *txn) Delivered(ctx context.Context, prison uuid.UUID, system string, area uuid.UUID, days []string, take string) (map[string]ledger.Delivery, error) {
	return t.deliveries(ctx, `select d.day, y.* from unnest($5::text[]) as d(day) cross join lateral (select x.run_id, '', x.value from (
			select distinct on (r.target) r.target, l.run_id, l.value from deliveries l join connector_runs r using (prison_id, run_id)
			where l.prison_id = $1 and l.system = $2 and l.area_id = $4 and l.day = d.day::date order by r.target, l.recorded_at desc, l.run_id desc) x
		where x.value is not null and `+asked+` and (x.target = 'inmates' or not exists (select from connector_rejected j
			where j.prison_id = $1 and j.system = $2 and j.target = x.target and not `+mended+` and (j.key <> '' or j.run_id = (
				select run_id from connector_runs n where n.prison_id = $1 and n.system = $2 and n.target = x.target order by run_id desc limit 1))))
		order by x.value ? $3 desc, x.target limit 1) y`, prison, system, take, area, days)
}

// SourceRecords is what a configured source says of inmates or assets, unless
// a newer word of it could not be mapped; nothing, of facts that it took back. See
// ledger.Reader.
func (t *txn) SourceRecords(ctx context.Context, prison uuid.UUID, system string, numbers []string, take string) (map[string]ledger.Delivery, error) {
	return t.deliveries(ctx, `select d.number, y.* from unnest($4::text[]) as d(number) cross join lateral (select x.run_id, x.key, x.value from (
			select s.target, s.run_id, s.key, case when s.deleted then '{}' else coalesce(app.document(s.fields)->'facts', app.document(s.fields)) end as value from source_records s
			where s.prison_id = $1 and s.system = $2 and s.target = any('{inmates,facts}') and app.document(s.fields)->>'number' = d.number
				and (s.target = 'facts' or not s.deleted) and `+newest+`) x
		where `+asked+` and not exists (select from connector_rejected j
			where j.prison_id = $1 and j.system = $2 and j.target = x.target and j.key = x.key and not `+mended+`)
		order by x.value ? $3 desc, x.target limit 1) y`, prison, system, take, numbers)
}

func (t *txn) deliveries(ctx context.Context, sql string, args ...any) (map[string]ledger.Delivery, error) {
	found := map[string]ledger.Delivery{}
	rows, err := t.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, mapped(err)
	}
	var of string
	var d ledger.Delivery
	var value []byte
	_, err = pgx.ForEachRow(rows, []any{&of, &d.Run, &d.Record, &value}, func() error {
		d.Value = nil
		err := json.Unmarshal(value, &d.Value)
		found[of] = d
		return err
	})
	return found, mapped(err)
}

// connectorRuns as the verifier reads them: the run's columns, and what it
// brought hashed anew.
func (s *Snapshot) connectorRuns(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var r connector.Run
		var records []byte
		var whole bool
		if err := row.Scan(&r.ID, &r.Connector, &r.System, &r.Target, &r.State, &r.Problem, &r.StartedAt, &r.EndedAt, &r.Read, &r.Changed, &r.Unchanged,
			&r.Rejected, &r.Cursor, &r.IdemKey, &r.BodyDigest, &records, &r.Salt, &r.RecordedAt, &whole); err != nil {
			return integrity.Row{}, err
		}
		copy(r.Records[:], records)
		wrong := ""
		if !whole {
			wrong = "records"
		}
		rec, err := r.Log()
		return rowOf("connector_runs", rec, err, r.RecordedAt, wrong)
	}, "select "+runColumns+", records = "+broughtBy+" from connector_runs r where prison_id = $1 order by run_id", prison)
}

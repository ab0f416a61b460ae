package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

const entryColumns = `e.prison_id, e.entry_id, e.area_id, e.ledger, e.version, e.level, e.sealed, e.author, p.name, e.state, e.etag,
	e.revision, e.in_force, e.step, e.step_roles, e.step_unit, e.nil_return, e.counts, e.warnings, e.hints, e.occurred_at,
	coalesce(e.occurred_day::text, ''), e.opened_by, e.summary, e.created_at, e.changed_at, e.submitted_at, e.resubmitted_at, e.decided_at,
	(select r.digest from revisions r where r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.revision),
	(select sha256(r.salt || r.digest) from revisions r where r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.revision),
	e.step_mode, e.step_bound, e.step_seats, e.step_out, e.step_vacant, e.step_due, e.step_higher, e.step_higher_unit,
	e.void_id, coalesce(e.void_by, '00000000-0000-0000-0000-000000000000'), e.void_roles, e.void_unit, e.step_reached_at, e.step_planned_due,
	e.void_due, e.void_reached_at, e.void_planned_due, e.void_higher, e.void_higher_unit,
	array(select w.name from persons w where w.person_id = any(e.step_seats) order by w.number),
	array(select w.name from persons w where w.person_id = any(e.step_out) order by w.number)`

const fromEntries = ` from entries e join persons p on p.person_id = e.author `

func scanEntry(row pgx.CollectableRow) (ledger.Entry, error) {
	var e ledger.Entry
	var digest, masked []byte
	err := row.Scan(&e.Prison, &e.Entry, &e.Area, &e.Ledger, &e.Version, &e.Level, &e.Sealed, &e.Author, &e.AuthorName, &e.State, &e.ETag,
		&e.Revision, &e.InForce, &e.Step, &e.StepRoles, &e.StepUnit, &e.Nil, &e.Counts, &e.Warnings, &e.Hints, &e.OccurredAt,
		&e.Day, &e.OpenedBy, &e.Summary, &e.CreatedAt, &e.ChangedAt, &e.Submitted, &e.Resubmit, &e.DecidedAt, &digest, &masked,
		&e.StepMode, &e.StepBound, &e.StepSeats, &e.StepOut, &e.StepVacant, &e.StepDue, &e.StepHigher, &e.HigherUnit,
		&e.VoidAsked, &e.VoidBy, &e.VoidRoles, &e.VoidUnit, &e.StepReached, &e.StepPlanned,
		&e.VoidDue, &e.VoidReached, &e.VoidPlanned, &e.VoidHigher, &e.VoidHigherUnit, &e.Waiting, &e.Heard)
	if len(digest) == 32 {
		d, m := ledger.Digest(digest), ledger.Digest(masked)
		e.Digest, e.Masked = &d, &m
	}
	return e, err
}

func (t *txn) entries(ctx context.Context, sql string, args ...any) ([]ledger.Entry, error) {
	rows, err := t.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanEntry)
}

// Lock takes the row, then reads it by a second statement: one that waited for
// the lock would show what hangs on the entry as it was before.
func (t *txn) Lock(ctx context.Context, k ledger.Key) (ledger.Entry, error) {
	var id uuid.UUID
	err := t.tx.QueryRow(ctx, "select entry_id from entries where prison_id = $1 and entry_id = $2 for update", k.Prison, k.Entry).Scan(&id)
	if err != nil {
		return ledger.Entry{}, mapped(err)
	}
	return t.Entry(ctx, k)
}

func (t *txn) Entry(ctx context.Context, k ledger.Key) (ledger.Entry, error) {
	rows, err := t.tx.Query(ctx, "select "+entryColumns+fromEntries+"where e.prison_id = $1 and e.entry_id = $2", k.Prison, k.Entry)
	if err != nil {
		return ledger.Entry{}, err
	}
	e, err := pgx.CollectExactlyOneRow(rows, scanEntry)
	return e, mapped(err)
}

// Named as in ledger.Reader.
func (t *txn) Named(ctx context.Context, prison uuid.UUID, refs []catalog.Reference) (map[string]string, error) {
	numbers := map[string][]string{}
	for _, ref := range refs {
		numbers[ref.Kind] = append(numbers[ref.Kind], ref.Value)
	}
	names := map[string]string{}
	if len(refs) == 0 {
		return names, nil
	}
	rows, err := t.tx.Query(ctx, `select 'police ' || number, name from persons where number = any($2)
		union all select 'inmate ' || inmate_no, name from inmates where prison_id = $1 and inmate_no = any($3)`, prison, numbers["police"], numbers["inmate"])
	if err != nil {
		return nil, err
	}
	var who, name string
	_, err = pgx.ForEachRow(rows, []any{&who, &name}, func() error {
		names[who] = name
		return nil
	})
	return names, err
}

// Whereabouts as in ledger.Reader. A roll is delivered while a connector that
// brought something goes on without a failure.
func (t *txn) Whereabouts(ctx context.Context, prison uuid.UUID, refs []catalog.Reference) (ledger.Whereabouts, error) {
	w := ledger.Whereabouts{Areas: map[string]uuid.UUID{}}
	numbers := map[string][]string{}
	for _, ref := range refs {
		numbers[ref.Kind] = append(numbers[ref.Kind], ref.Value)
	}
	rows, err := t.tx.Query(ctx, `select 'police ' || number, null::uuid from persons where number = any($2)
		union all select 'inmate ' || inmate_no, area_id from inmates where prison_id = $1 and inmate_no = any($3)`, prison, numbers["police"], numbers["inmate"])
	if err != nil {
		return w, err
	}
	var who string
	var area *uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&who, &area}, func() error {
		w.Areas[who] = uuid.Nil
		if area != nil {
			w.Areas[who] = *area
		}
		return nil
	}); err != nil || len(numbers["inmate"]) == 0 {
		return w, err
	}
	err = t.tx.QueryRow(ctx, `select case when not exists (select from inmates where prison_id = $1) then $2::int
		when exists (select from connectors c where c.prison_id = $1 and c.target = 'inmates' and c.configured and c.kind <> 'webhook' and not c.paused and c.failures = 0
			and exists (select from source_records s where s.prison_id = $1 and s.system = c.system and s.target = 'inmates')) then $3::int
		else $4::int end`, prison, int(ledger.NoRoll), int(ledger.DeliveredRoll), int(ledger.KeptRoll)).Scan(&w.Roll)
	return w, err
}

func (t *txn) Opened(ctx context.Context, k ledger.Key) ([]ledger.Entry, error) {
	return t.entries(ctx, "select "+entryColumns+fromEntries+
		"where e.prison_id = $1 and e.opened_by = $2 order by e.entry_id", k.Prison, k.Entry)
}

func (t *txn) InsertEntry(ctx context.Context, e ledger.Entry) error {
	_, err := t.exec(ctx, `insert into entries (prison_id, entry_id, area_id, ledger, version, level, sealed, author, state, nil_return, opened_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.Prison, e.Entry, e.Area, e.Ledger, e.Version, e.Level, e.Sealed, e.Author, e.State, e.Nil, e.OpenedBy)
	return err
}

func (t *txn) UpdateEntry(ctx context.Context, e *ledger.Entry) error {
	var day *string
	if e.Day != "" {
		day = &e.Day
	}
	if len(e.Summary) == 0 {
		e.Summary = json.RawMessage("[]")
	}
	return t.tx.QueryRow(ctx, `update entries set version = $3, sealed = $4, state = $5, etag = etag + 1, revision = $6, in_force = $7,
			step = $8, step_roles = $9, step_unit = $10, nil_return = $11, counts = $12, warnings = $13, occurred_at = $14,
			occurred_day = $15::text::date, summary = $16, changed_at = app.transaction_time(), submitted_at = $17, resubmitted_at = $18, decided_at = $19,
			hints = $20, step_mode = $21, step_bound = $22, step_seats = $23, step_out = $24, step_vacant = $25, step_due = $26, step_higher = $27,
			step_higher_unit = $28, void_id = $29, void_by = case when $29::uuid is not null then $30::uuid end, void_roles = $31, void_unit = $32,
			step_reached_at = $33, step_planned_due = $34, void_due = $35, void_reached_at = $36, void_planned_due = $37,
			void_higher = $38, void_higher_unit = $39
		where prison_id = $1 and entry_id = $2 returning etag, changed_at`,
		e.Prison, e.Entry, e.Version, e.Sealed, e.State, e.Revision, e.InForce,
		e.Step, some(e.StepRoles), e.StepUnit, e.Nil, e.Counts, e.Warnings, e.OccurredAt,
		day, e.Summary, e.Submitted, e.Resubmit, e.DecidedAt,
		e.Hints, e.StepMode, e.StepBound, some(e.StepSeats), some(e.StepOut), some(e.StepVacant), e.StepDue, some(e.StepHigher), e.HigherUnit,
		e.VoidAsked, e.VoidBy, some(e.VoidRoles), e.VoidUnit, e.StepReached, e.StepPlanned,
		e.VoidDue, e.VoidReached, e.VoidPlanned, some(e.VoidHigher), e.VoidHigherUnit).Scan(&e.ETag, &e.ChangedAt)
}

// some is never NULL: the columns are not.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// where collects conditions and their arguments in step.
type where struct {
	conds []string
	args  []any
}

// add takes a condition whose %s are the places of its arguments.
func (w *where) add(cond string, args ...any) {
	places := make([]any, len(args))
	for i, a := range args {
		w.args = append(w.args, a)
		places[i] = fmt.Sprintf("$%d", len(w.args))
	}
	w.conds = append(w.conds, fmt.Sprintf(cond, places...))
}

func (w *where) String() string { return strings.Join(w.conds, " and ") }

// scope is the first wall: the decisions of access as a condition. Row-level
// security is the second; each is enough alone.
func (w *where) scope(s ledger.Scope) {
	args := make([]any, len(scopeNames))
	for i, n := range scopeNames {
		args[i] = s[n]
	}
	w.add("app.sees(%s::text, %s::text, %s::text, %s::text, %s::text, %s::text, e.prison_id, e.area_id, e.ledger, e.level, e.sealed, e.author)", args...)
}

// chosen is what a list holds, whatever its order and page.
func chosen(q ledger.Query) *where {
	w := &where{}
	w.add("e.prison_id = %s", q.Prison)
	w.scope(q.Scope)
	if q.Area != uuid.Nil {
		w.add("e.area_id = %s", q.Area)
	}
	if len(q.Ledgers) > 0 {
		w.add("e.ledger = any(%s)", q.Ledgers)
	}
	if len(q.Except) > 0 {
		w.add("e.ledger <> all(%s)", q.Except)
	}
	if len(q.Whole) > 0 {
		w.add("(e.ledger <> all(%s) or app.whole(e.prison_id, e.area_id, e.ledger, e.level, e.sealed, e.author))", q.Whole)
	}
	if q.Undecided {
		w.add(undecided)
	}
	if q.Standing {
		w.add("(e.in_force > 0 or e.state in ('submitted', 'returned')) and e.state <> 'voided'")
	}
	if q.Filed {
		w.add("(e.in_force > 0 or e.state in ('submitted', 'returned', 'voided'))")
	}
	if len(q.States) > 0 {
		// As app.hits has it: what is being corrected stands, approved, meanwhile.
		w.add("(e.state = any(%[1]s) or 'approved' = any(%[1]s) and e.in_force > 0 and e.state <> 'voided')", q.States)
	} else {
		w.add("e.state <> 'discarded'")
	}
	if q.Author != uuid.Nil {
		w.add("e.author = %s", q.Author)
	}
	if q.From != "" {
		w.add("e.occurred_day >= %s::text::date", q.From)
	}
	if q.To != "" {
		w.add("e.occurred_day <= %s::text::date", q.To)
	}
	if q.Text != "" {
		w.add("exists (select from jsonb_array_elements(e.summary) i where concat_ws(chr(10), i ->> 'value', i -> 'text' ->> 'zh', i -> 'text' ->> 'en') ilike %s)", "%"+likeEscape.Replace(q.Text)+"%")
	}
	for _, f := range q.Fields {
		w.add("exists (select from revisions r where r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = coalesce(nullif(e.in_force, 0), e.revision) and r.document @> %s)", f)
	}
	if q.Waiting {
		w.inbox(q)
	}
	return w
}

func (t *txn) Count(ctx context.Context, q ledger.Query) (int, error) {
	w := chosen(q)
	var n int
	err := t.tx.QueryRow(ctx, "select count(*)"+fromEntries+"where "+w.String(), w.args...).Scan(&n)
	return n, err
}

func (t *txn) Entries(ctx context.Context, q ledger.Query) ([]ledger.Entry, error) {
	w := chosen(q)
	// Written as the indexes are.
	column := map[ledger.Sort]string{ledger.ByOccurred: "coalesce(e.occurred_at, '-infinity')", ledger.BySubmitted: "coalesce(e.resubmitted_at, '-infinity')"}[q.Sort]
	if column == "" {
		column = "e.changed_at"
	}
	than, order := ">", "asc"
	if q.Desc {
		than, order = "<", "desc"
	}
	if q.After.Entry != uuid.Nil {
		w.add("("+column+", e.entry_id) "+than+" (%s::text::timestamptz, %s)", q.After.Value, q.After.Entry)
	}
	w.args = append(w.args, q.Limit)
	return t.entries(ctx, fmt.Sprintf("select %s %s where %s order by %s %s, e.entry_id %s limit $%d",
		entryColumns, fromEntries, w, column, order, order, len(w.args)), w.args...)
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// undecided is written as the index is.
const undecided = "(e.state = 'submitted' or e.void_id is not null)"

// inbox keeps the entries whose step at hand, or void, is for the one who asks: by
// name, by a post, in the name of whoever delegated one, or as the higher post
// once the deadline has passed (ledger.Subject.Capacities, as a condition).
func (w *where) inbox(q ledger.Query) {
	var roles, departments []string
	var areas, holders []*uuid.UUID
	add := func(p actor.Posting, holder *uuid.UUID) {
		roles, departments, holders = append(roles, string(p.Role)), append(departments, p.Department), append(holders, holder)
		if p.AreaID == uuid.Nil {
			areas = append(areas, nil)
		} else {
			areas = append(areas, &p.AreaID)
		}
	}
	for _, p := range q.Inbox {
		add(p, nil)
	}
	for _, d := range q.Deputy {
		add(d.Posting, &d.Holder)
	}
	var owners, owned []string
	for department, ledgers := range q.OwnerOf {
		for _, l := range ledgers {
			owners, owned = append(owners, department), append(owned, l)
		}
	}
	w.add(undecided)
	w.add("e.author <> %s", q.Me)
	w.add(`(e.state = 'submitted' and %[1]s <> all(e.step_out) and %[1]s = any(e.step_seats) or exists (
		select from unnest(%[2]s::text[], %[3]s::uuid[], %[4]s::text[], %[5]s::uuid[]) as post(role, area, department, holder)
		cross join lateral (values (e.step_roles, e.step_unit, 'step'), (e.step_higher, e.step_higher_unit, 'higher'), (e.void_roles, e.void_unit, 'void'),
			(e.void_higher, e.void_higher_unit, 'void higher')) as want(roles, unit, at)
		where post.role = any(want.roles)
			and case want.unit when 'area' then post.area = e.area_id when 'prison' then post.area is null and post.department = ''
				when 'owner' then case when e.sealed then post.department = 'dept_discipline'
					else exists (select from unnest(%[6]s::text[], %[7]s::text[]) as own(department, ledger) where own.department = post.department and own.ledger = e.ledger) end
				else false end
			and (post.holder is null or post.holder <> e.author)
			and case when want.at = 'void higher' then post.holder is null and %[1]s <> e.void_by and e.void_due <= app.transaction_time()
				when want.at = 'void' then %[1]s <> e.void_by and (post.holder is null or post.holder <> e.void_by)
				when e.state <> 'submitted' or %[1]s = any(e.step_out) then false
				when want.at = 'higher' then post.holder is null and e.step_due <= app.transaction_time()
				when post.holder is null then not e.step_bound
				else post.holder <> all(e.step_out) and (not e.step_bound or post.holder = any(e.step_seats)) end))`,
		q.Me, roles, areas, departments, holders, owners, owned)
}

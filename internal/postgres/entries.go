package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
)

const entryColumns = `e.prison_id, e.entry_id, e.area_id, e.ledger, e.version, e.level, e.sealed, e.author, p.name, e.state, e.etag,
	e.revision, e.in_force, e.step, e.step_roles, e.step_unit, e.nil_return, e.counts, e.warnings, e.occurred_at,
	coalesce(e.occurred_day::text, ''), e.opened_by, e.summary, e.created_at, e.changed_at, e.submitted_at, e.resubmitted_at, e.decided_at,
	(select r.digest from revisions r where r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.revision)`

const fromEntries = ` from entries e join persons p on p.person_id = e.author `

func scanEntry(row pgx.CollectableRow) (ledger.Entry, error) {
	var e ledger.Entry
	var roles []string
	var digest []byte
	err := row.Scan(&e.Prison, &e.Entry, &e.Area, &e.Ledger, &e.Version, &e.Level, &e.Sealed, &e.Author, &e.AuthorName, &e.State, &e.ETag,
		&e.Revision, &e.InForce, &e.Step, &roles, &e.StepUnit, &e.Nil, &e.Counts, &e.Warnings, &e.OccurredAt,
		&e.Day, &e.OpenedBy, &e.Summary, &e.CreatedAt, &e.ChangedAt, &e.Submitted, &e.Resubmit, &e.DecidedAt, &digest)
	if len(digest) == 32 {
		d := ledger.Digest(digest)
		e.Digest = &d
	}
	for _, r := range roles {
		e.StepRoles = append(e.StepRoles, actor.Role(r))
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
	roles := make([]string, len(e.StepRoles))
	for i, r := range e.StepRoles {
		roles[i] = string(r)
	}
	var day *string
	if e.Day != "" {
		day = &e.Day
	}
	if len(e.Summary) == 0 {
		e.Summary = json.RawMessage("[]")
	}
	return t.tx.QueryRow(ctx, `update entries set version = $3, sealed = $4, state = $5, etag = etag + 1, revision = $6, in_force = $7,
			step = $8, step_roles = $9, step_unit = $10, nil_return = $11, counts = $12, warnings = $13, occurred_at = $14,
			occurred_day = $15::text::date, summary = $16, changed_at = app.transaction_time(), submitted_at = $17, resubmitted_at = $18, decided_at = $19
		where prison_id = $1 and entry_id = $2 returning etag, changed_at`,
		e.Prison, e.Entry, e.Version, e.Sealed, e.State, e.Revision, e.InForce,
		e.Step, roles, e.StepUnit, e.Nil, e.Counts, e.Warnings, e.OccurredAt,
		day, e.Summary, e.Submitted, e.Resubmit, e.DecidedAt).Scan(&e.ETag, &e.ChangedAt)
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
	if q.Standing {
		w.add("(e.in_force > 0 or e.state in ('submitted', 'returned')) and e.state <> 'voided'")
	}
	if len(q.States) > 0 {
		w.add("e.state = any(%s)", q.States)
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
		w.add("e.summary::text ilike %s", "%"+likeEscape.Replace(q.Text)+"%")
	}
	for _, f := range q.Fields {
		w.add("exists (select from revisions r where r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.revision and r.document @> %s)", f)
	}
	if len(q.Inbox) > 0 {
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

// inbox keeps the entries whose step at hand one of the postings may decide.
func (w *where) inbox(q ledger.Query) {
	var roles, departments []string
	var areas []*uuid.UUID
	var owned []string
	for _, p := range q.Inbox {
		roles = append(roles, string(p.Role))
		departments = append(departments, p.Department)
		if p.AreaID == uuid.Nil {
			areas = append(areas, nil)
		} else {
			areas = append(areas, &p.AreaID)
		}
		owned = append(owned, q.OwnerOf[p.Department]...)
	}
	w.add("e.state = 'submitted' and e.author <> %s", q.Me)
	w.add(`exists (select from unnest(%s::text[], %s::uuid[], %s::text[]) as post(role, area, department)
		where post.role = any(e.step_roles) and (post.area is null or post.area = e.area_id)
		and (e.step_unit <> 'owner' or post.department = '' or e.ledger = any(%s::text[])))`, roles, areas, departments, owned)
}

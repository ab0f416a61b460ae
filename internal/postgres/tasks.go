package postgres

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/duty"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// taskDone is looked up, not stored: an act of its own; an entry that was begun for it,
// filed; an entry by hand that it is the oldest task for (migration 0077); for a doubted
// entry its correction in force, its voiding or a finding.
const taskDone = `(a.task_id is not null
	or t.ledger <> '' and (app.task_own(t) or app.task_entry(t) is not null)
	or t.disputes and (exists (select from entries e where e.prison_id = t.prison_id and e.entry_id = t.entry_id and (e.state = 'voided'
			or exists (select from revisions r where r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.in_force and r.recorded_at > t.recorded_at)))
		or exists (select from findings f where f.prison_id = t.prison_id and f.entry_id = t.entry_id and f.recorded_at > t.recorded_at)))`

// draftedFor are drafts of the entry that the task asks for: the one made with it, or
// one begun from it. Others of the ledger may be about somebody else.
const draftedFor = `from entries e join persons w on w.person_id = e.author where e.prison_id = t.prison_id and e.ledger = t.ledger and e.state = 'draft'
	and (e.entry_id = t.opened or exists (select from task_entries b where b.prison_id = e.prison_id and b.task_id = t.task_id and b.entry_id = e.entry_id))`

// Tasks looks as the program does: whether one is done is the same for
// everybody, and who may do it is decided above.
func (t *txn) Tasks(ctx context.Context, prison uuid.UUID, q ledger.TaskQuery) ([]ledger.Task, error) {
	w := &where{}
	w.add("t.prison_id = %s", prison)
	if q.Task != uuid.Nil {
		w.add("t.task_id = %s", q.Task)
	}
	if q.Entry != uuid.Nil {
		w.add("t.entry_id = %s", q.Entry)
	}
	if q.Area != uuid.Nil {
		w.add("t.area_id = %s", q.Area)
	}
	if q.Mine != nil {
		var roles, departments []string
		var areas []uuid.UUID
		for _, p := range q.Mine {
			roles, areas, departments = append(roles, string(p.Role)), append(areas, p.AreaID), append(departments, p.Department)
		}
		w.add(`exists (select from unnest(%s::text[], %s::uuid[], %s::text[]) as post(role, area, department) where post.role = any(t.roles)
			and case t.department when '' then post.area = t.area_id else post.department = t.department end)`, some(roles), some(areas), some(departments))
	}
	if q.Open {
		w.add("not " + taskDone)
	}
	w.args = append(w.args, q.Me)
	me := fmt.Sprintf("$%d", len(w.args))
	var list []ledger.Task
	err := t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select t.task_id, t.area_id, t.trigger, t.source, t.entry_id, t.ledger, t.opened, t.title_zh, t.title_en, t.roles, t.department,
				t.due_at, t.disputes, t.recorded_at, t.body, `+taskDone+`, coalesce(p.name, ''), coalesce(a.note, ''),
				(select e.entry_id `+draftedFor+` and e.author = `+me+` order by e.entry_id limit 1),
				coalesce((select w.name `+draftedFor+` and e.author <> `+me+` order by e.entry_id limit 1), ''),
				exists (select from entries e where e.prison_id = t.prison_id and e.entry_id = t.entry_id and e.state = 'voided')
			from tasks t left join task_acts a on a.prison_id = t.prison_id and a.task_id = t.task_id left join persons p on p.person_id = a.done_by
			where `+w.String()+` order by t.due_at nulls last, t.task_id limit 500`, w.args...)
		if err != nil {
			return err
		}
		if list, err = pgx.CollectRows(rows, scanTask); err != nil {
			return err
		}
		return t.postponeTasks(ctx, list)
	})
	return list, err
}

// postponeTasks moves their deadlines as outages do. A task never changes: what
// was planned stays in its row, and each reading asks anew.
func (t *txn) postponeTasks(ctx context.Context, list []ledger.Task) error {
	outages, all, err := t.outages(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	for i, k := range list {
		if k.DueAt != nil {
			due := duty.Postponed(k.RecordedAt, *k.DueAt, outages(k.Area))
			list[i].DueAt = &due
		}
	}
	slices.SortStableFunc(list, func(a, b ledger.Task) int {
		if a.DueAt == nil || b.DueAt == nil {
			return 0 // those without one come last already
		}
		return a.DueAt.Compare(*b.DueAt)
	})
	return nil
}

func scanTask(row pgx.CollectableRow) (ledger.Task, error) {
	var k ledger.Task
	var roles []string
	var body []byte
	err := row.Scan(&k.ID, &k.Area, &k.Trigger, &k.Source, &k.Entry, &k.Ledger, &k.Opened, &k.Title.ZH, &k.Title.EN, &roles, &k.Department,
		&k.DueAt, &k.Disputes, &k.RecordedAt, &body, &k.Done, &k.DoneBy, &k.Note, &k.GoOn, &k.Drafting, &k.Voided)
	k.Body = body
	for _, r := range roles {
		k.Roles = append(k.Roles, actor.Role(r))
	}
	return k, err
}

// InsertTask leaves alone what is there.
func (t *txn) InsertTask(ctx context.Context, prison uuid.UUID, k ledger.Task) (bool, error) {
	roles := make([]string, len(k.Roles))
	for i, r := range k.Roles {
		roles[i] = string(r)
	}
	tag, err := t.exec(ctx, `insert into tasks (prison_id, task_id, area_id, trigger, source, entry_id, ledger, opened, title_zh, title_en, roles, department, due_at, body, disputes)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (prison_id, trigger, source) do nothing`,
		prison, newID(), k.Area, k.Trigger, k.Source, k.Entry, k.Ledger, k.Opened, k.Title.ZH, k.Title.EN, roles, k.Department, k.DueAt, []byte(k.Body), k.Disputes)
	return tag.RowsAffected() == 1, err
}

func (t *txn) LockTask(ctx context.Context, prison, id uuid.UUID) error {
	// A task never changes, so its row cannot be locked for an update it has no right to.
	_, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", "task/"+prison.String()+"/"+id.String())
	return err
}

func (t *txn) InsertTaskAct(ctx context.Context, prison uuid.UUID, a ledger.TaskAct) error {
	return t.asProgram(ctx, func() error {
		if _, err := t.exec(ctx, "insert into task_acts (prison_id, task_id, done_by, note, salt) values ($1, $2, $3, $4, $5)", prison, a.Task, a.By, a.Note, a.Salt); err != nil {
			return err
		}
		return t.note(a.Record())
	})
}

func (t *txn) InsertTaskEntry(ctx context.Context, prison uuid.UUID, e ledger.TaskEntry) error {
	return t.asProgram(ctx, func() error {
		if _, err := t.exec(ctx, "insert into task_entries (prison_id, task_id, entry_id, salt) values ($1, $2, $3, $4)", prison, e.Task, e.Entry, e.Salt); err != nil {
			return err
		}
		return t.note(e.Record())
	})
}

// Moving lists who came between two days, or is to go before one.
func (t *txn) Moving(ctx context.Context, prison uuid.UUID, from, to, before string) ([]ledger.Inmate, error) {
	rows, err := t.tx.Query(ctx, `select inmate_no, name, area_id from inmates where prison_id = $1 and released_on is null and case when $4 = ''
		then admitted_on between nullif($2, '')::date and nullif($3, '')::date else release_on <= nullif($4, '')::date end order by inmate_no`, prison, from, to, before)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Inmate, error) {
		var i ledger.Inmate
		err := row.Scan(&i.Number, &i.Name, &i.Area)
		return i, err
	})
}

// taskActs as the verifier reads them.
func (s *Snapshot) taskActs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var a ledger.TaskAct
		var at time.Time
		if err := row.Scan(&a.Task, &a.By, &a.Note, &a.Salt, &at); err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record()
		return rowOf("task_acts", rec, err, at, "")
	}, "select task_id, done_by, note, salt, recorded_at from task_acts where prison_id = $1 order by task_id", prison)
}

// taskEntries as the verifier reads them.
func (s *Snapshot) taskEntries(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var e ledger.TaskEntry
		var at time.Time
		if err := row.Scan(&e.Task, &e.Entry, &e.Salt, &at); err != nil {
			return integrity.Row{}, err
		}
		rec, err := e.Record()
		return rowOf("task_entries", rec, err, at, "")
	}, "select task_id, entry_id, salt, recorded_at from task_entries where prison_id = $1 order by entry_id", prison)
}
